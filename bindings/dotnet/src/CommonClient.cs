// Calls of any action of any product by name.

using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common.Profile;

namespace TencentCloud.Common
{
    /// <summary>Makes calls of any action of any product by name. The answer is the content of <c>Response</c>.</summary>
    public class CommonClient : AbstractClient
    {
        /// <summary>A client of a product.</summary>
        /// <param name="module">The product, such as <c>sms</c>.</param>
        /// <param name="version">The version of its API, such as <c>2021-01-11</c>.</param>
        /// <param name="credential">Who makes the calls.</param>
        /// <param name="region">The region, such as <c>ap-guangzhou</c>.</param>
        /// <param name="profile">The settings.</param>
        public CommonClient(string module, string version, Credential credential, string region, ClientProfile profile)
            : base(module + ".tencentcloudapi.com", version, credential, region, profile)
        {
        }

        /// <summary>Begins a call; the answer is JSON.</summary>
        public Task<string> CallAsync(CommonRequest req, string action)
        {
            return CallAsync(req, action, null);
        }

        /// <summary>Begins a call; the answer is read into a class.</summary>
        public Task<TRep> CallAsync<TRep>(CommonRequest req, string action)
        {
            return CallAsync<TRep>(req, action, null, false);
        }

        /// <summary>Makes a call on the caller's thread; the answer is JSON.</summary>
        public string Call(CommonRequest req, string action)
        {
            return Call(req, action, null);
        }

        /// <summary>
        /// Makes a call on the caller's thread; the answer is read into a class. With <see cref="CommonSSEResponse"/> it comes as events.
        /// </summary>
        public TRep Call<TRep>(CommonRequest req, string action)
        {
            return Call<TRep>(req, action, null, false);
        }

        /// <summary>Begins a call, until it is cancelled; the answer is JSON.</summary>
        public Task<string> CallAsync(CommonRequest req, string action, CancellationToken cancellationToken)
        {
            return CallAsync(req, action, new CallOptions { CancellationToken = cancellationToken });
        }

        /// <summary>Begins a call with options of its own; the answer is JSON.</summary>
        public async Task<string> CallAsync(CommonRequest req, string action, CallOptions options)
        {
            return Utf8.Text(await CallAsync(req, action, options, false).ConfigureAwait(false));
        }

        /// <summary>Begins a call with options of its own; the answer is read into a class.</summary>
        public Task<TRep> CallAsync<TRep>(CommonRequest req, string action, CallOptions options)
        {
            return CallAsync<TRep>(req, action, options, false);
        }

        /// <summary>Makes a call on the caller's thread with options of its own; the answer is JSON.</summary>
        public string Call(CommonRequest req, string action, CallOptions options)
        {
            return Utf8.Text(Call(req, action, options, false));
        }

        /// <summary>Makes a call on the caller's thread with options of its own; the answer is read into a class.</summary>
        public TRep Call<TRep>(CommonRequest req, string action, CallOptions options)
        {
            return Call<TRep>(req, action, options, false);
        }

        /// <summary>Makes a call on the caller's thread whose body is bytes; the parameters travel as headers. The answer is JSON.</summary>
        public string CallOctetStream(CommonRequest req, byte[] body, string action, CallOptions options)
        {
            return Utf8.Text(Call(new OctetRequest(req, body), action, options, false));
        }

        /// <summary>Begins a call whose body is bytes; the parameters travel as headers. The answer is JSON.</summary>
        public async Task<string> CallOctetStreamAsync(CommonRequest req, byte[] body, string action, CallOptions options)
        {
            return Utf8.Text(await CallAsync(new OctetRequest(req, body), action, options, false).ConfigureAwait(false));
        }

        private sealed class OctetRequest : AbstractModel, IOctetRequest
        {
            private readonly CommonRequest parameters;

            internal OctetRequest(CommonRequest parameters, byte[] body)
            {
                if (parameters == null)
                    throw new System.ArgumentNullException("parameters");
                if (body == null)
                    throw new System.ArgumentNullException("body");
                this.parameters = parameters;
                OctetBody = body;
            }

            public byte[] OctetBody { get; set; }

            public override void ToMap(System.Collections.Generic.Dictionary<string, string> map, string prefix)
            {
                parameters.ToMap(map, prefix);
            }

            internal override void WriteMembers(JsonWriter writer)
            {
                parameters.WriteMembers(writer);
            }
        }
    }
}
