// What all clients have in common: their settings, and the ways to make a call.
#ifndef TENCENTCLOUD_CORE_ABSTRACTCLIENT_H_
#define TENCENTCLOUD_CORE_ABSTRACTCLIENT_H_

#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <tcsms/json.h>
#include <tcsms/native.h>
#include <tcsms/settings.h>
#include <tencentcloud/core/AbstractModel.h>
#include <tencentcloud/core/AsyncCallerContext.h>
#include <tencentcloud/core/CallOptions.h>
#include <tencentcloud/core/Credential.h>
#include <tencentcloud/core/Error.h>
#include <tencentcloud/core/EventStream.h>
#include <tencentcloud/core/NetworkProxy.h>
#include <tencentcloud/core/Outcome.h>
#include <tencentcloud/core/http/HttpClient.h>
#include <tencentcloud/core/profile/ClientProfile.h>

namespace TencentCloud
{

/// A client of one product. Safe to use from many threads at once, and after a fork; a copy has settings of its own. Clients
/// with equal settings share their connections, so that it costs little to make one for each call.
class AbstractClient
{
public:
    /// The content of `Response` as JSON, or why there is none.
    typedef Outcome<Core::Error, std::string> JsonOutcome;

    /// A client of the product that `endpoint` begins with, `sms.tencentcloudapi.com` say.
    AbstractClient(const std::string &endpoint, const std::string &version, const Credential &credential, const std::string &region)
        : m_state(std::make_shared<State>(endpoint, version, credential, region, ClientProfile()))
    {
    }
    /// The same with a profile.
    AbstractClient(const std::string &endpoint, const std::string &version, const Credential &credential, const std::string &region, const ClientProfile &profile)
        : m_state(std::make_shared<State>(endpoint, version, credential, region, profile))
    {
    }
    ~AbstractClient() = default;
    AbstractClient(const AbstractClient &o) : m_state(std::make_shared<State>(*o.m_state)), m_options(o.m_options) {}
    AbstractClient &operator=(const AbstractClient &o)
    {
        m_state = std::make_shared<State>(*o.m_state);
        m_options = o.m_options;
        return *this;
    }

    /// Sets the region for later calls.
    void SetRegion(const std::string &region)
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        m_state->region = region;
    }
    /// The region.
    std::string GetRegion() const
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        return m_state->region;
    }
    /// Sets the profile for later calls.
    void SetClientProfile(const ClientProfile &profile)
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        m_state->profile = profile;
        m_state->native.reset();
    }
    /// The profile.
    ClientProfile GetClientProfile() const
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        return m_state->profile;
    }
    /// Sets the credential for later calls; connections stay open.
    void SetCredential(const Credential &credential)
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        m_state->credential = credential;
        if (!m_state->credentialPerCall || credential.IsDefault())
            m_state->native.reset();
    }
    /// The credential.
    Credential GetCredential() const
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        return m_state->credential;
    }
    /// Sets the proxy for later calls.
    void SetNetworkProxy(const NetworkProxy &proxy)
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        m_state->proxy = proxy;
        m_state->native.reset();
    }
    /// Sets the headers that later calls carry besides their own, in place of those set before. X-TC-Language and X-TC-TraceId
    /// are taken as the settings that they are; other headers of the protocol are refused by the call.
    void SetHeader(const std::map<std::string, std::string> &headers)
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        m_state->headers = headers;
    }

    /// Makes a call by name; `params` is a JSON object. As with the official SDK, the answer of the service is a success even
    /// when it is a refusal: its whole body `{"Response": {…}}` is there to be read. CallJson tells the two apart.
    HttpClient::HttpResponseOutcome MakeRequestJson(const std::string &actionName, const std::string &params)
    {
        return Whole(Make(actionName, params, nullptr));
    }

    /// Makes a call by name whose body is any bytes, as application/octet-stream. The parameters are headers, such as
    /// `X-SMS-SmsSdkAppId`. The outcome is as with MakeRequestJson.
    HttpClient::HttpResponseOutcome MakeRequestOctetStream(const std::string &actionName, std::map<std::string, std::string> &headers, const std::string &body)
    {
        const Octets octets = {&headers, nullptr};
        return Whole(Make(actionName, body, &octets));
    }

    /// Makes a call by name; `params` is a JSON object. The result is the content of `Response`.
    JsonOutcome CallJson(const std::string &actionName, const std::string &params) const { return Make(actionName, params, nullptr); }

    /// Makes a call by name whose body is any bytes; `params` is a JSON object, which travels as headers of the product. The result
    /// is the content of `Response`.
    JsonOutcome CallOctetStream(const std::string &actionName, const std::string &params, const std::string &body) const
    {
        const Octets octets = {nullptr, &params};
        return Make(actionName, body, &octets);
    }

    /// Makes a call by name that answers with server-sent events.
    EventStreamOutcome OpenStream(const std::string &actionName, const std::string &params) const
    {
        tcsms::native::Call call;
        Core::Error error;
        if (!Prepare(actionName, false, nullptr, call, error))
            return EventStreamOutcome(error);
        tcsms_stream *stream = nullptr;
        tcsms::native::Buffer told;
        const int32_t status = tcsms_stream_open(call.client->Raw(), tcsms::native::Bytes(call.meta), call.meta.size(),
                                                 tcsms::native::Bytes(params), params.size(), &stream, told.Out());
        if (status != TCSMS_OK)
            return EventStreamOutcome(told.Error());
        return EventStreamOutcome(stream ? EventStream(stream) : EventStream::Answered(told.Text()));
    }

protected:
    /// Says that a client shares the settings of another.
    struct Shared
    {
    };
    AbstractClient(const AbstractClient &o, Shared) : m_state(o.m_state), m_options(o.m_options) {}

    /// Sets what calls do otherwise.
    void UseOptions(const CallOptions &options) { m_options = std::make_shared<const CallOptions>(options); }

    /// Makes the call of a model, for clients of other products.
    HttpClient::HttpResponseOutcome MakeRequest(const AbstractModel &model, const std::string &actionName)
    {
        return MakeRequestJson(actionName, model.ToJsonString());
    }

    /// Makes a call and reads its answer.
    template <typename Response, typename Request>
    Outcome<Core::Error, Response> CallModel(const char *actionName, const Request &request) const
    {
        tcsms::native::Call call;
        Core::Error error;
        if (Cancels())
            return CallModelFuture<Response>(actionName, request).get();
        if (!Prepare(actionName, true, nullptr, call, error))
            return Outcome<Core::Error, Response>(error);
        tcsms::native::Buffer out;
        const int32_t status = tcsms::native::Make(call, request.ToJsonString(), out);
        return ReadModel<Response>(status, out.Data(), out.Size());
    }

    /// Begins a call, and promises its outcome.
    template <typename Response, typename Request>
    std::future<Outcome<Core::Error, Response>> CallModelFuture(const char *actionName, const Request &request) const
    {
        std::unique_ptr<ModelPromise<Response>> pending(new ModelPromise<Response>());
        std::future<Outcome<Core::Error, Response>> future = pending->promise.get_future();
        Begin(actionName, true, nullptr, request.ToJsonString(), std::move(pending));
        return future;
    }

    /// Begins a call, and calls `handler` with its outcome, on a thread of the library's. The handler is given a client with the
    /// same settings, which outlives it, whatever becomes of this one.
    template <typename Response, typename Client, typename Request, typename Handler>
    static void CallModelAsync(const Client &client, const char *actionName, const Request &request, const Handler &handler,
                               const std::shared_ptr<const AsyncCallerContext> &context)
    {
        const Client kept(client, Shared());
        std::unique_ptr<PendingCall> pending(new ModelHandler<Response, Client, Request, Handler>(kept, request, handler, context));
        client.Begin(actionName, true, nullptr, request.ToJsonString(), std::move(pending));
    }

private:
    /// The settings, and the native client made from them.
    struct State
    {
        State(const std::string &endpoint_, const std::string &version_, const Credential &credential_, const std::string &region_, const ClientProfile &profile_)
            : endpoint(endpoint_), version(version_), credential(credential_), region(region_), profile(profile_), credentialPerCall(true)
        {
        }
        State(const State &o) : version(), credential("", ""), credentialPerCall(true)
        {
            std::lock_guard<std::mutex> guard(o.lock);
            endpoint = o.endpoint;
            version = o.version;
            credential = o.credential;
            region = o.region;
            profile = o.profile;
            proxy = o.proxy;
            headers = o.headers;
            native = o.native;
            credentialPerCall = o.credentialPerCall;
        }
        State &operator=(const State &) = delete;

        mutable std::mutex lock;
        std::string endpoint;
        std::string version;
        Credential credential;
        std::string region;
        ClientProfile profile;
        NetworkProxy proxy;
        std::map<std::string, std::string> headers;
        std::shared_ptr<tcsms::native::Client> native;
        bool credentialPerCall;
    };

    /// Ties a call under way to what may cancel it. The outcome may come before the call's number is known.
    struct Ticket
    {
        explicit Ticket(const std::shared_ptr<Cancellation> &by_) : by(by_), ended(false), id(0) {}

        void Begun(const std::shared_ptr<tcsms::native::Client> &client, uint64_t number)
        {
            bool cancel = false;
            {
                std::lock_guard<std::mutex> guard(lock);
                if (ended || number == 0)
                    return;
                id = number;
                cancel = !by->Enter(client, id);
            }
            if (cancel)
                tcsms_cancel(client->Raw(), number);
        }

        void Over()
        {
            std::lock_guard<std::mutex> guard(lock);
            ended = true;
            if (id != 0)
                by->Leave(id);
        }

        std::shared_ptr<Cancellation> by;
        std::mutex lock;
        bool ended;
        uint64_t id;
    };

    /// A call under way, which keeps its native client.
    class PendingCall : public tcsms::native::Pending
    {
    public:
        void Ended(int32_t status, const char *bytes, size_t size) override
        {
            if (ticket)
                ticket->Over();
            Tell(status, bytes, size);
        }
        virtual void Tell(int32_t status, const char *bytes, size_t size) = 0;

        std::shared_ptr<Ticket> ticket;
        std::shared_ptr<tcsms::native::Client> client;
    };

    /// A call by name whose outcome is promised.
    class JsonPromise : public PendingCall
    {
    public:
        void Tell(int32_t status, const char *bytes, size_t size) override
        {
            promise.set_value(status == TCSMS_OK ? JsonOutcome(std::string(bytes, size)) : JsonOutcome(Core::Error::FromJson(bytes, size)));
        }

        std::promise<JsonOutcome> promise;
    };

    /// A call whose outcome is promised.
    template <typename Response>
    class ModelPromise : public PendingCall
    {
    public:
        void Tell(int32_t status, const char *bytes, size_t size) override { promise.set_value(ReadModel<Response>(status, bytes, size)); }

        std::promise<Outcome<Core::Error, Response>> promise;
    };

    /// A call whose outcome a handler is told.
    template <typename Response, typename Client, typename Request, typename Handler>
    class ModelHandler : public PendingCall
    {
    public:
        ModelHandler(const Client &kept, const Request &request, const Handler &handler, const std::shared_ptr<const AsyncCallerContext> &context)
            : m_kept(kept, Shared()), m_request(request), m_handler(handler), m_context(context)
        {
        }
        void Tell(int32_t status, const char *bytes, size_t size) override
        {
            if (m_handler)
                m_handler(&m_kept, m_request, ReadModel<Response>(status, bytes, size), m_context);
        }

    private:
        const Client m_kept;
        const Request m_request;
        const Handler m_handler;
        const std::shared_ptr<const AsyncCallerContext> m_context;
    };

    bool Cancels() const { return m_options && m_options->GetCancellation(); }

    template <typename Response>
    static Outcome<Core::Error, Response> ReadModel(int32_t status, const char *bytes, size_t size)
    {
        typedef Outcome<Core::Error, Response> Ends;
        if (status != TCSMS_OK)
            return Ends(Core::Error::FromJson(bytes, size));
        Response response;
        tcsms::json::Reader reader(bytes, size);
        if (!response.ReadFrom(reader) || !reader.End())
            return Ends(Core::Error::BadAnswer("the answer cannot be read: " + reader.Error()));
        return Ends(std::move(response));
    }

    /// The parameters of a call whose body is bytes, in one of two forms.
    struct Octets
    {
        const std::map<std::string, std::string> *headers;
        const std::string *params;
    };

    static bool WriteParams(tcsms::json::ObjectWriter &meta, const std::string &params, std::string &fault)
    {
        tcsms::json::Value value;
        if (!tcsms::json::Value::Parse(params, value, fault))
        {
            fault = "the parameters are no JSON: " + fault;
            return false;
        }
        meta.Member("parameters", value);
        return true;
    }

    /// What a call needs. `typed`: the library holds the answer against the model of the action. `octets` is null for a call whose body
    /// is JSON.
    bool Prepare(const std::string &actionName, bool typed, const Octets *octets, tcsms::native::Call &call, Core::Error &error) const
    {
        State &state = *m_state;
        std::lock_guard<std::mutex> guard(state.lock);
        if (!state.native)
        {
            std::string config, fault;
            if (!tcsms::MakeConfig(state.endpoint, state.profile, state.credential, state.proxy, config, state.credentialPerCall, fault))
            {
                error = Core::Error::Local("config", fault);
                return false;
            }
            state.native = tcsms::native::Open(config, error);
            if (!state.native)
                return false;
        }
        const CallOptions none;
        const CallOptions &options = m_options ? *m_options : none;
        std::string fault;
        call.client = state.native;
        call.timeout = options.GetTimeoutMs();
        call.meta.reserve(256);
        tcsms::json::ObjectWriter meta(call.meta);
        meta.Member("version", state.version);
        meta.Member("action", actionName);
        if (typed)
            meta.Member("typed", true);
        if (!state.region.empty() && !options.Has("region"))
            meta.Member("region", state.region);
        if (options.GetCredential())
            tcsms::WriteCredential(meta, *options.GetCredential());
        else if (state.credentialPerCall && !options.Has("skip_sign"))
            tcsms::WriteCredential(meta, state.credential);
        std::map<std::string, std::string> headers = state.headers;
        tcsms::MergeHeaders(headers, options.GetHeaders());
        if (octets)
            meta.Member("octets", true);
        if (octets && octets->headers)
            tcsms::MergeHeaders(headers, *octets->headers);
        tcsms::WriteHeaders(meta, headers, options.Has("language"), options.Has("trace_id"), octets != nullptr);
        if (options.WriteTo(meta, fault) && (octets == nullptr || octets->params == nullptr || WriteParams(meta, *octets->params, fault)))
            return true;
        error = Core::Error::Local("invalid_request", fault);
        return false;
    }

    /// Begins a call. When it cannot begin, the outcome is told on a thread of its own, so that a caller who holds a lock that
    /// the handler takes is not stopped.
    void Begin(const std::string &actionName, bool typed, const Octets *octets, const std::string &body, std::unique_ptr<PendingCall> pending) const
    {
        tcsms::native::Call call;
        Core::Error error;
        std::shared_ptr<Ticket> ticket;
        if (Cancels())
            ticket = std::make_shared<Ticket>(m_options->GetCancellation());
        const bool prepared = Prepare(actionName, typed, octets, call, error);
        pending->ticket = ticket;
        pending->client = call.client;
        if (!prepared)
        {
            tcsms::native::Refuse(error, std::move(pending));
            return;
        }
        const uint64_t id = tcsms::native::Begin(call, body, std::move(pending));
        if (ticket)
            ticket->Begun(call.client, id);
    }

    JsonOutcome Make(const std::string &actionName, const std::string &body, const Octets *octets) const
    {
        if (Cancels())
        {
            std::unique_ptr<JsonPromise> pending(new JsonPromise());
            std::future<JsonOutcome> future = pending->promise.get_future();
            Begin(actionName, false, octets, body, std::move(pending));
            return future.get();
        }
        tcsms::native::Call call;
        Core::Error error;
        if (!Prepare(actionName, false, octets, call, error))
            return JsonOutcome(error);
        tcsms::native::Buffer out;
        const int32_t status = tcsms::native::Make(call, body, out);
        return status == TCSMS_OK ? JsonOutcome(out.Text()) : JsonOutcome(out.Error());
    }

    /// The outcome in the form of the official SDK: the body of the answer.
    static HttpClient::HttpResponseOutcome Whole(const JsonOutcome &outcome)
    {
        const Core::Error &error = outcome.GetError();
        if (!outcome.IsSuccess() && error.GetKind() != "service")
            return HttpClient::HttpResponseOutcome(error);
        std::string body;
        {
            tcsms::json::ObjectWriter envelope(body);
            if (outcome.IsSuccess())
            {
                envelope.Raw("Response", outcome.GetResult());
            }
            else
            {
                tcsms::json::Value response;
                response["Error"]["Code"] = tcsms::json::Value::Text(error.GetErrorCode());
                response["Error"]["Message"] = tcsms::json::Value::Text(error.GetErrorMessage());
                response["RequestId"] = tcsms::json::Value::Text(error.GetRequestId());
                envelope.Member("Response", response);
            }
        }
        HttpResponse response;
        response.SetStatusCode(200);
        response.SetHeader("Content-Type", "application/json");
        response.SetBody(body);
        return HttpClient::HttpResponseOutcome(response);
    }

    std::shared_ptr<State> m_state;
    std::shared_ptr<const CallOptions> m_options;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_ABSTRACTCLIENT_H_
