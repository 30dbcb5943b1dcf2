// Requests to the control API.

using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common;

namespace TencentCloud.Testing
{
    /// <summary>The control API of one service.</summary>
    internal sealed class Control
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

        // What a proxy of this machine is for, a service for tests is not. The time limit is that of each call.
        private static readonly HttpClient Http = new HttpClient(new HttpClientHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = Timeout.InfiniteTimeSpan
        };

        private readonly string url;
        private readonly string token;

        internal Control(string url, string token)
        {
            this.url = url;
            this.token = token;
        }

        /// <summary>A path with its query, of names and values by turns; what is null is left out.</summary>
        internal static string Path(string path, params string[] namesAndValues)
        {
            StringBuilder text = new StringBuilder(path);
            char before = '?';
            for (int i = 0; i < namesAndValues.Length; i += 2)
            {
                if (namesAndValues[i + 1] == null)
                    continue;
                text.Append(before).Append(namesAndValues[i]).Append('=').Append(Uri.EscapeDataString(namesAndValues[i + 1]));
                before = '&';
            }
            return text.ToString();
        }

        /// <summary>The answer to a request.</summary>
        internal Dictionary<string, object> Call(string method, string path, object body = null)
        {
            return CallAsync(method, path, body, TimeSpan.Zero).GetAwaiter().GetResult();
        }

        /// <summary>The answer to a request that the service may hold back for so long; <paramref name="body"/> is written as JSON unless it is null.</summary>
        internal async Task<Dictionary<string, object>> CallAsync(string method, string path, object body, TimeSpan wait)
        {
            string address = url + "/_tcsms/v1/" + path;
            int status;
            string text;
            using (HttpRequestMessage request = new HttpRequestMessage(new HttpMethod(method), address))
            using (CancellationTokenSource late = new CancellationTokenSource(wait + Patience))
            {
                request.Headers.ConnectionClose = true;
                if (token != null)
                    request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
                if (body != null)
                    request.Content = new StringContent(JsonMapper.ToJson(body), Encoding.UTF8, "application/json");
                try
                {
                    using (HttpResponseMessage answer = await Http.SendAsync(request, late.Token).ConfigureAwait(false))
                    {
                        status = (int)answer.StatusCode;
                        text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
                    }
                }
                catch (Exception error) when (error is HttpRequestException || error is OperationCanceledException || error is System.IO.IOException)
                {
                    string why = late.IsCancellationRequested ? "it took longer than " + (wait + Patience).TotalSeconds + " s" : error.GetBaseException().Message;
                    throw new ControlException(0, "Unreachable", "no answer to " + method + " " + address + ": " + why + "; see that the service runs there", error);
                }
            }
            Dictionary<string, object> members;
            try
            {
                members = (Dictionary<string, object>)JsonMapper.FromJson(text, typeof(Dictionary<string, object>));
            }
            catch (FormatException error)
            {
                throw new ControlException(status, "NoJson", address + " answered with HTTP status " + status + " and no JSON object; see that it is the control API of tcsms serve", error);
            }
            object told;
            if (members.TryGetValue("error", out told))
            {
                Dictionary<string, object> fault = (Dictionary<string, object>)told;
                throw new ControlException(status, (string)fault["code"], (string)fault["message"], null);
            }
            return members;
        }
    }
}
