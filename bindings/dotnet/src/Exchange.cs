// Calls whose requests the program's own HTTP client carries: the library says what to send, and is told what came.

using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TencentCloud.Common
{
    /// <summary>One call by the program's own HTTP client.</summary>
    internal sealed class Exchange
    {
        private const int Resolve = 0;
        private const int Connect = 1;
        private const int Tls = 3;
        private const int Wait = 5;
        private const int TimedOut = 16;

        private IntPtr handle;

        /// <summary>Runs the call to its end.</summary>
        internal static async Task<Outcome> RunAsync(Prepared call, HttpClient http)
        {
            Exchange exchange = new Exchange { handle = call.Client.OpenExchange(call.Meta, call.Body) };
            // A time limit of the call alone; that of the client is counted by the library.
            using (CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation))
            {
                if (call.Timeout > 0)
                    ended.CancelAfter(TimeSpan.FromMilliseconds(call.Timeout));
                try
                {
                    while (true)
                    {
                        byte[] body;
                        // A role may have to be fetched first, which takes its time on the thread.
                        Dictionary<string, object> head = exchange.Next(call.Client, out body);
                        if (head.ContainsKey("done"))
                            return new Outcome((int)(long)head["done"], body);
                        if (head.ContainsKey("wait_ms"))
                        {
                            bool over = await PauseAsync((long)head["wait_ms"], call, ended.Token).ConfigureAwait(false);
                            if (over)
                                throw TencentCloudSDKException.Local("timeout", "the call took longer than its limit of " + call.Timeout + " ms", "maybe_sent");
                            continue;
                        }
                        await exchange.SendAsync((Dictionary<string, object>)head["send"], body, http, call, ended.Token).ConfigureAwait(false);
                    }
                }
                finally
                {
                    Native.ExchangeFree(exchange.handle);
                    GC.KeepAlive(call.Client);
                }
            }
        }

        private static async Task<bool> PauseAsync(long milliseconds, Prepared call, CancellationToken ended)
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), ended).ConfigureAwait(false);
                return false;
            }
            catch (OperationCanceledException)
            {
                call.Cancellation.ThrowIfCancellationRequested();
                return true;
            }
        }

        private Dictionary<string, object> Next(NativeClient client, out byte[] body)
        {
            Native.Buffer buffer;
            ulong id = BlockingCalls.NewId();
            BlockingCalls.Enter(client, id);
            Native.ExchangeNext(handle, out buffer);
            BlockingCalls.Leave(id);
            byte[] step = buffer.Take();
            int line = Array.IndexOf(step, (byte)'\n');
            if (line < 0)
                throw TencentCloudSDKException.Local("panic", "the library told a step that cannot be read");
            body = new byte[step.Length - line - 1];
            Array.Copy(step, line + 1, body, 0, body.Length);
            return AbstractModel.FromJsonString<Dictionary<string, object>>(Encoding.UTF8.GetString(step, 0, line));
        }

        private async Task SendAsync(Dictionary<string, object> send, byte[] body, HttpClient http, Prepared call, CancellationToken ended)
        {
            using (CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(ended))
            using (HttpRequestMessage request = RequestOf(send, body))
            {
                long milliseconds = (long)send["limit_ms"];
                if (milliseconds < int.MaxValue)
                    limit.CancelAfter((int)milliseconds);
                try
                {
                    using (HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token).ConfigureAwait(false))
                    {
                        byte[] answer = response.Content == null ? new byte[0] : await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
                        Answered((int)response.StatusCode, HeadersOf(response), answer);
                    }
                }
                catch (OperationCanceledException)
                {
                    if (call.Cancellation.IsCancellationRequested)
                        throw new OperationCanceledException("the call was cancelled while the program's HttpClient carried it: it may have been carried out", call.Cancellation);
                    Failed(Wait | TimedOut, true, "the program's HttpClient had no answer within the time limit");
                }
                catch (HttpRequestException failure)
                {
                    Exception cause = failure.GetBaseException();
                    int step = StepOf(cause);
                    Failed(step, step == Wait, failure.Message + (cause != failure ? ": " + cause.Message : ""));
                }
                catch (IOException failure)
                {
                    Failed(Wait, true, failure.Message);
                }
                catch (ObjectDisposedException)
                {
                    Failed(Connect, false, "the program's HttpClient was disposed of");
                }
            }
        }

        private static HttpRequestMessage RequestOf(Dictionary<string, object> send, byte[] body)
        {
            string method = (string)send["method"];
            HttpRequestMessage request = new HttpRequestMessage(new HttpMethod(method), new Uri((string)send["url"], UriKind.Absolute));
            if (body.Length > 0 || method != "GET")
                request.Content = new ByteArrayContent(body);
            foreach (object pair in (List<object>)send["headers"])
            {
                string name = (string)((List<object>)pair)[0];
                string value = (string)((List<object>)pair)[1];
                if (name.Equals("host", StringComparison.OrdinalIgnoreCase))
                    request.Headers.Host = value;
                else if (name.Equals("content-length", StringComparison.OrdinalIgnoreCase))
                    continue;
                else if (!request.Headers.TryAddWithoutValidation(name, value))
                {
                    if (request.Content == null)
                        request.Content = new ByteArrayContent(body);
                    request.Content.Headers.TryAddWithoutValidation(name, value);
                }
            }
            return request;
        }

        private static byte[] HeadersOf(HttpResponseMessage response)
        {
            List<string[]> pairs = new List<string[]>();
            foreach (KeyValuePair<string, IEnumerable<string>> header in response.Headers)
                foreach (string value in header.Value)
                    pairs.Add(new[] { header.Key, value });
            if (response.Content != null)
                foreach (KeyValuePair<string, IEnumerable<string>> header in response.Content.Headers)
                    foreach (string value in header.Value)
                        pairs.Add(new[] { header.Key, value });
            return Encoding.UTF8.GetBytes(JsonMapper.ToJson(pairs));
        }

        /// <summary>At which step it failed. Whatever is not known to lie before sending counts as after it.</summary>
        private static int StepOf(Exception cause)
        {
            SocketException socket = cause as SocketException;
            if (socket != null)
            {
                switch (socket.SocketErrorCode)
                {
                    case SocketError.HostNotFound:
                    case SocketError.TryAgain:
                    case SocketError.NoData:
                    case SocketError.NoRecovery:
                        return Resolve;
                    case SocketError.ConnectionRefused:
                    case SocketError.HostUnreachable:
                    case SocketError.NetworkUnreachable:
                        return Connect;
                    default:
                        return Wait;
                }
            }
            WebException web = cause as WebException;
            if (web != null)
            {
                switch (web.Status)
                {
                    case WebExceptionStatus.NameResolutionFailure:
                    case WebExceptionStatus.ProxyNameResolutionFailure:
                        return Resolve;
                    case WebExceptionStatus.ConnectFailure:
                        return Connect;
                    case WebExceptionStatus.TrustFailure:
                    case WebExceptionStatus.SecureChannelFailure:
                        return Tls;
                }
            }
            return cause is AuthenticationException ? Tls : Wait;
        }

        private unsafe void Answered(int status, byte[] headers, byte[] body)
        {
            fixed (byte* headersStart = headers, bodyStart = body)
                Native.ExchangeAnswer(handle, status, headersStart, Native.Length(headers), bodyStart, Native.Length(body));
        }

        private unsafe void Failed(int step, bool maybeSent, string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            fixed (byte* start = bytes)
                Native.ExchangeFailed(handle, step, maybeSent ? 1 : 0, start, Native.Length(bytes));
        }
    }
}
