// What all clients have in common: their settings, and the ways to make a call.

using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common.Profile;

namespace TencentCloud.Common
{
    /// <summary>
    /// A client of one product. Safe to use from many threads at once. Clients with equal settings share their connections, so that it
    /// costs little to make one for each call. Changes of its properties count for later calls.
    /// </summary>
    public class AbstractClient
    {
        /// <summary>The HTTP status of an answer that can be read.</summary>
        public const int HTTP_RSP_OK = 200;

        /// <summary>How this SDK names itself to the service.</summary>
        public const string SDK_VERSION = "SDK_TCSMS_CSHARP_0.1.0";

        private static readonly byte[] Nothing = new byte[0];

        private readonly string home;
        private Opened opened;

        /// <summary>A client of the product that the endpoint begins with.</summary>
        /// <param name="endpoint">The product's endpoint, such as <c>sms.tencentcloudapi.com</c>.</param>
        /// <param name="version">The version of the API, such as <c>2021-01-11</c>.</param>
        /// <param name="credential">Who makes the calls.</param>
        /// <param name="region">The region, such as <c>ap-guangzhou</c>.</param>
        /// <param name="profile">The settings; null: everything at its default.</param>
        public AbstractClient(string endpoint, string version, Credential credential, string region, ClientProfile profile)
        {
            if (endpoint == null)
                throw new ArgumentNullException("endpoint");
            home = endpoint;
            Credential = credential;
            Profile = profile ?? new ClientProfile();
            Endpoint = string.IsNullOrEmpty(Profile.HttpProfile == null ? null : Profile.HttpProfile.Endpoint) ? endpoint : Profile.HttpProfile.Endpoint;
            Region = region;
            Path = "/";
            SdkVersion = SDK_VERSION;
            ApiVersion = version;
            firstEndpoint = Endpoint;
        }

        private readonly string firstEndpoint;

        /// <summary>Who makes the calls.</summary>
        public Credential Credential { get; set; }

        /// <summary>The settings.</summary>
        public ClientProfile Profile { get; set; }

        /// <summary>The endpoint that calls go to, unless the profile has one.</summary>
        public string Endpoint { get; set; }

        /// <summary>The region.</summary>
        public string Region { get; set; }

        /// <summary>The path of all calls.</summary>
        public string Path { get; private set; }

        /// <summary>How the client names itself to the service; another name is told beside <see cref="SDK_VERSION"/>.</summary>
        public string SdkVersion { get; set; }

        /// <summary>The version of the API.</summary>
        public string ApiVersion { get; set; }

        /// <summary>
        /// The program's own HTTP client, which then carries the requests: its proxy, certificates and handlers count. Signing, retries
        /// and time limits stay with the library. Null, as at first: the library's own connections, which are faster. It has to pass requests
        /// on as they are, and must not follow redirects; server-sent events do not go by it.
        /// </summary>
        public HttpClient HttpClient { get; set; }

        /// <summary>Seconds since the beginning of 1970 by UTC, now.</summary>
        public long ToTimestamp()
        {
            return (long)(DateTime.UtcNow - new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc)).TotalSeconds;
        }

        /// <summary>
        /// The credential that calls are signed with now. A role is fetched, or fetched anew when it is about to end.
        /// </summary>
        public Credential CurrentCredential()
        {
            bool perCall;
            NativeClient client = Open(false, out perCall);
            if (perCall)
            {
                if (Credential == null)
                    throw TencentCloudSDKException.Local("credential", "the client has no credential");
                return Credential.Now();
            }
            Dictionary<string, string> told = AbstractModel.FromJsonString<Dictionary<string, string>>(Utf8.Text(client.CurrentCredential()));
            string token;
            told.TryGetValue("token", out token);
            return new Credential { SecretId = told["secret_id"], SecretKey = told["secret_key"], Token = token };
        }

        /// <summary>Makes a call, for clients of other products.</summary>
        /// <typeparam name="TRep">The class of the answer.</typeparam>
        /// <param name="request">The parameters.</param>
        /// <param name="actionName">The action, such as <c>SendSms</c>.</param>
        protected Task<TRep> InternalRequestAsync<TRep>(AbstractModel request, string actionName)
        {
            return CallAsync<TRep>(request, actionName, null, false);
        }

        /// <summary>Makes a call on the caller's thread, for clients of other products.</summary>
        /// <typeparam name="TRep">The class of the answer.</typeparam>
        /// <param name="request">The parameters.</param>
        /// <param name="actionName">The action, such as <c>SendSms</c>.</param>
        protected TRep InternalRequest<TRep>(AbstractModel request, string actionName)
        {
            return Call<TRep>(request, actionName, null, false);
        }

        internal Task<TRep> CallTypedAsync<TRep>(AbstractModel request, string actionName, CallOptions options)
        {
            return CallAsync<TRep>(request, actionName, options, true);
        }

        internal TRep CallTyped<TRep>(AbstractModel request, string actionName, CallOptions options)
        {
            return Call<TRep>(request, actionName, options, true);
        }

        internal async Task<TRep> CallAsync<TRep>(AbstractModel request, string actionName, CallOptions options, bool typed)
        {
            if (typeof(AbstractSSEModel).IsAssignableFrom(typeof(TRep)))
                return await Task.Run(() => Stream<TRep>(request, actionName, options)).ConfigureAwait(false);
            return Read<TRep>(await CallAsync(request, actionName, options, typed).ConfigureAwait(false));
        }

        internal TRep Call<TRep>(AbstractModel request, string actionName, CallOptions options, bool typed)
        {
            if (typeof(AbstractSSEModel).IsAssignableFrom(typeof(TRep)))
                return Stream<TRep>(request, actionName, options);
            return Read<TRep>(Call(request, actionName, options, typed));
        }

        /// <summary>The content of <c>Response</c>.</summary>
        internal async Task<byte[]> CallAsync(AbstractModel request, string actionName, CallOptions options, bool typed)
        {
            Prepared call = Prepare(request, actionName, options, typed);
            call.Cancellation.ThrowIfCancellationRequested();
            Outcome outcome;
            if (call.Http != null)
                outcome = await Exchange.RunAsync(call, call.Http).ConfigureAwait(false);
            else
                outcome = await call.Client.CallAsync(call.Meta, call.Body, call.Timeout, call.Cancellation).ConfigureAwait(false);
            return Answer(outcome, call.Cancellation);
        }

        /// <summary>The same on the caller's thread.</summary>
        internal byte[] Call(AbstractModel request, string actionName, CallOptions options, bool typed)
        {
            Prepared call = Prepare(request, actionName, options, typed, BlockingCalls.NewId());
            call.Cancellation.ThrowIfCancellationRequested();
            if (call.Http != null)
            {
                // On a thread of the pool, which has no synchronisation context that the HTTP client's tasks could wait for.
                return Answer(Task.Run(() => Exchange.RunAsync(call, call.Http)).GetAwaiter().GetResult(), call.Cancellation);
            }
            if (call.Cancellation.CanBeCanceled)
            {
                // Its outcome is set by the library's thread, which waits for nobody.
                return Answer(call.Client.CallAsync(call.Meta, call.Body, call.Timeout, call.Cancellation).GetAwaiter().GetResult(), call.Cancellation);
            }
            byte[] answer;
            int status = call.Client.Call(call.Meta, call.Body, call.Timeout, call.CancelId, out answer);
            return Answer(new Outcome(status, answer), call.Cancellation);
        }

        private TRep Stream<TRep>(AbstractModel request, string actionName, CallOptions options)
        {
            bool isCancellable = options != null && options.CancellationToken.CanBeCanceled;
            Prepared call = Prepare(request, actionName, options, false, BlockingCalls.NewId(isCancellable));
            if (call.Http != null)
                throw TencentCloudSDKException.Local("config", "server-sent events do not go by the HttpClient of the program: use a client without one for " + actionName);
            call.Cancellation.ThrowIfCancellationRequested();
            AbstractSSEModel model = (AbstractSSEModel)(object)Activator.CreateInstance<TRep>();
            byte[] answer;
            IntPtr handle;
            int status;
            // Until the stream begins, which has one of its own.
            using (call.Cancellation.Register(() => Task.Run(() => CancelOpening(call))))
            {
                status = call.Client.OpenStream(call.Meta, call.Body, call.CancelId, out handle, out answer);
                call.IsOpened = true;
            }
            if (status != Native.Ok)
                Answer(new Outcome(status, answer), call.Cancellation);
            if (handle == IntPtr.Zero)
                model.Answered(Utf8.Text(answer));
            else
                model.Begin(new EventStream(call.Client, handle, call.Cancellation));
            return (TRep)(object)model;
        }

        /// <summary>The token may be cancelled a moment before the library knows of the call.</summary>
        private static void CancelOpening(Prepared call)
        {
            while (!call.IsOpened && !call.Client.Cancel(call.CancelId))
                Thread.Yield();
        }

        private static TRep Read<TRep>(byte[] answer)
        {
            string json = Utf8.Text(answer);
            try
            {
                return AbstractModel.FromJsonString<TRep>(json);
            }
            catch (FormatException fault)
            {
                throw TencentCloudSDKException.BadAnswer("the answer cannot be read as " + typeof(TRep).Name + ": " + fault.Message);
            }
        }

        private static byte[] Answer(Outcome outcome, CancellationToken cancellation)
        {
            if (outcome.Status == Native.Ok)
                return outcome.Bytes;
            TencentCloudSDKException error = TencentCloudSDKException.FromJson(outcome.Bytes);
            if (outcome.Status == Native.Cancelled && cancellation.IsCancellationRequested)
                throw new OperationCanceledException(error.Text, error, cancellation);
            throw error;
        }

        /// <summary>A native client, and what it was made from.</summary>
        private sealed class Opened
        {
            internal string Config;
            internal NativeClient Client;
        }

        private NativeClient Open(bool foreign, out bool perCall)
        {
            // The endpoint of the profile goes before that of the client, unless the latter was changed.
            string endpoint = Endpoint != firstEndpoint && !string.IsNullOrEmpty(Endpoint) ? Endpoint : home;
            ClientProfile profile = Profile ?? new ClientProfile();
            string config = ClientSettings.Make(endpoint, SdkVersion, profile, Credential, foreign, out perCall);
            Opened now = opened;
            if (now == null || now.Config != config)
            {
                now = new Opened { Config = config, Client = NativeClient.Open(config) };
                opened = now;
            }
            return now.Client;
        }

        private Prepared Prepare(AbstractModel request, string actionName, CallOptions options, bool typed, ulong cancelId = 0)
        {
            if (request == null)
                throw new ArgumentNullException("request");
            if (string.IsNullOrEmpty(actionName))
                throw new ArgumentException("the name of the action is empty", "actionName");
            HttpClient http = HttpClient;
            bool perCall;
            Prepared call = new Prepared { Client = Open(http != null, out perCall), Http = http, CancelId = cancelId };
            JsonWriter meta = new JsonWriter(false);
            meta.BeginObject();
            meta.Member("version", ApiVersion ?? "");
            meta.Member("action", actionName);
            if (typed)
                meta.Member("typed", true);
            if (cancelId != 0)
                meta.Member("cancel_id", cancelId);
            string region = options != null && options.Region != null ? options.Region : Region;
            if (!string.IsNullOrEmpty(region))
                meta.Member("region", region);
            Credential credential = options == null ? null : options.Credential;
            if (credential != null)
                ClientSettings.WriteCredential(meta, credential);
            else if (perCall && (options == null || !options.SkipSign))
                ClientSettings.WriteCredential(meta, Credential);
            try
            {
                if (options != null)
                {
                    options.WriteTo(meta);
                    call.Timeout = options.TimeoutMilliseconds();
                    call.Cancellation = options.CancellationToken;
                }
                call.Body = Body(request, meta, actionName);
            }
            catch (JsonException fault)
            {
                throw TencentCloudSDKException.Local("invalid_request", "the parameters of " + actionName + " cannot be written as JSON: " + fault.Message);
            }
            meta.EndObject();
            call.Meta = Utf8.Bytes(meta.ToString(), "an option of " + actionName);
            return call;
        }

        private static byte[] Body(AbstractModel request, JsonWriter meta, string actionName)
        {
            IOctetRequest octets = request as IOctetRequest;
            if (octets != null)
            {
                Dictionary<string, object> parameters = AbstractModel.FromJsonString<Dictionary<string, object>>(request.ToRequestJson());
                parameters.Remove("OctetBody");
                meta.Member("octets", true);
                meta.Any("parameters", parameters);
                return octets.OctetBody ?? Nothing;
            }
            ISerializable own = request as ISerializable;
            return Utf8.Bytes(own != null ? own.Serialize() ?? "" : request.ToRequestJson(), "a parameter of " + actionName);
        }
    }

    /// <summary>All that a call needs.</summary>
    internal sealed class Prepared
    {
        internal NativeClient Client;
        internal HttpClient Http;
        internal byte[] Meta;
        internal byte[] Body;
        internal uint Timeout;
        internal ulong CancelId;
        internal CancellationToken Cancellation;
        /// <summary>Whether the library is done with opening a stream.</summary>
        internal volatile bool IsOpened;
    }
}
