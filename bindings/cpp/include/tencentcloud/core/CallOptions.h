// What one call does otherwise than its client.
#ifndef TENCENTCLOUD_CORE_CALLOPTIONS_H_
#define TENCENTCLOUD_CORE_CALLOPTIONS_H_

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <tcsms/json.h>
#include <tcsms/native.h>
#include <tencentcloud/core/Credential.h>

namespace TencentCloud
{

/// Ends calls that are under way, from any thread. Copies are the same one.
class Cancellation
{
public:
    /// One that has not been asked for.
    Cancellation() : m_state(std::make_shared<State>()) {}

    /// Ends every call that has this in its options, now and later: with an error of the kind cancelled, whose delivery says
    /// whether anything may have been sent.
    void Cancel()
    {
        std::list<Running> running;
        {
            std::lock_guard<std::mutex> guard(m_state->lock);
            m_state->asked = true;
            running = m_state->running;
        }
        for (const Running &call : running)
            tcsms_cancel(call.client->Raw(), call.id);
    }

    /// Whether Cancel was called.
    bool IsCancelled() const
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        return m_state->asked;
    }

    /// Notes a call that is under way; false when it has to end at once.
    bool Enter(const std::shared_ptr<tcsms::native::Client> &client, uint64_t id)
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        m_state->running.push_back(Running{client, id});
        return !m_state->asked;
    }

    /// Forgets a call that has ended.
    void Leave(uint64_t id)
    {
        std::lock_guard<std::mutex> guard(m_state->lock);
        m_state->running.remove_if([id](const Running &call) { return call.id == id; });
    }

    /// A number by which one call can be cancelled.
    static uint64_t NextId()
    {
        static std::atomic<uint64_t> *const next = new std::atomic<uint64_t>(1);
        return next->fetch_add(1);
    }

private:
    struct Running
    {
        std::shared_ptr<tcsms::native::Client> client;
        uint64_t id;
    };
    struct State
    {
        std::mutex lock;
        bool asked = false;
        std::list<Running> running;
    };
    std::shared_ptr<State> m_state;
};

/// What one call does otherwise than its client: `client.With(options).SendSms(request)`. Each method returns the options
/// themselves, so that they can be written in a row.
class CallOptions
{
public:
    /// Nothing otherwise.
    CallOptions() : m_timeout(0) {}

    /// How long the call may take with all its attempts, in milliseconds; 0: as the client says.
    CallOptions &SetTimeoutMs(uint32_t timeout)
    {
        m_timeout = timeout;
        return *this;
    }
    /// The region.
    CallOptions &SetRegion(const std::string &region) { return Text("region", region); }
    /// The language of the service's messages: `zh-CN` or `en-US`.
    CallOptions &SetLanguage(const std::string &language) { return Text("language", language); }
    /// The trace id, sent as X-TC-TraceId.
    CallOptions &SetTraceId(const std::string &id) { return Text("trace_id", id); }
    /// The key by which a gateway recognises a repeat, sent as X-Idempotency-Key.
    CallOptions &SetIdempotencyKey(const std::string &key) { return Text("idempotency_key", key); }
    /// `TC3-HMAC-SHA256`, `HmacSHA256` or `HmacSHA1`.
    CallOptions &SetSignMethod(const std::string &method) { return Text("sign_method", method); }
    /// `POST` or `GET`.
    CallOptions &SetHttpMethod(const std::string &method) { return Text("http_method", method); }
    /// Whether the body is left out of the signature.
    CallOptions &SetUnsignedPayload(bool unsignedPayload) { return Set("unsigned_payload", tcsms::json::Value::Bool(unsignedPayload)); }
    /// Whether the call goes without a signature.
    CallOptions &SetSkipSign(bool skip) { return Set("skip_sign", tcsms::json::Value::Bool(skip)); }
    /// Whether a call by name may be repeated when it may have arrived.
    CallOptions &SetIdempotent(bool idempotent) { return Set("idempotent", tcsms::json::Value::Bool(idempotent)); }
    /// When the call is tried again, as the core setting `retry`: `{"policy": "never"}`. What is no JSON is the call's error.
    CallOptions &SetRetry(const std::string &json)
    {
        m_members["retry"] = json;
        return *this;
    }
    /// A header, in place of one of the client with the same name.
    CallOptions &SetHeader(const std::string &name, const std::string &value)
    {
        m_headers[name] = value;
        return *this;
    }
    /// A credential, in place of the client's.
    CallOptions &SetCredential(const Credential &credential)
    {
        m_credential = std::make_shared<Credential>(credential);
        return *this;
    }
    /// A binary part of a call by name, which then travels as multipart/form-data.
    CallOptions &AddPart(const std::string &name, const std::string &bytes)
    {
        m_parts[name] = bytes;
        return *this;
    }
    /// What ends the call when it is asked to.
    CallOptions &SetCancellation(const Cancellation &cancellation)
    {
        m_cancellation = std::make_shared<Cancellation>(cancellation);
        return *this;
    }

    /// How long the call may take, in milliseconds.
    uint32_t GetTimeoutMs() const { return m_timeout; }
    /// Whether it has an own value for a member of the call's description.
    bool Has(const std::string &name) const { return m_members.count(name) > 0; }
    /// The headers.
    const std::map<std::string, std::string> &GetHeaders() const { return m_headers; }
    /// The credential; null for the client's.
    const std::shared_ptr<Credential> &GetCredential() const { return m_credential; }
    /// What ends the call; null for nothing.
    const std::shared_ptr<Cancellation> &GetCancellation() const { return m_cancellation; }

    /// Writes all but headers and credential into the call's description. False, with what is wrong, when it cannot be.
    bool WriteTo(tcsms::json::ObjectWriter &meta, std::string &fault) const
    {
        for (const auto &member : m_members)
        {
            tcsms::json::Value value;
            if (!tcsms::json::Value::Parse(member.second, value, fault))
            {
                fault = "the option " + member.first + " is no JSON: " + fault;
                return false;
            }
            meta.Raw(member.first.c_str(), member.second);
        }
        if (!m_parts.empty())
        {
            tcsms::json::Value parts(tcsms::json::Value::OBJECT);
            for (const auto &part : m_parts)
                parts[part.first]["base64"] = tcsms::json::Value::Text(Base64(part.second));
            meta.Member("parts", parts);
        }
        return true;
    }

private:
    CallOptions &Set(const char *name, const tcsms::json::Value &value)
    {
        m_members[name] = value.ToString();
        return *this;
    }
    CallOptions &Text(const char *name, const std::string &text) { return Set(name, tcsms::json::Value::Text(text)); }

    static std::string Base64(const std::string &bytes)
    {
        static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string text;
        text.reserve((bytes.size() + 2) / 3 * 4);
        for (size_t i = 0; i < bytes.size(); i += 3)
        {
            uint32_t group = 0;
            for (size_t k = 0; k < 3; k++)
                group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
            for (size_t k = 0; k < 4; k++)
                text += i + k <= bytes.size() ? letters[(group >> (18 - 6 * k)) & 63] : '=';
        }
        return text;
    }

    uint32_t m_timeout;
    std::map<std::string, std::string> m_members;
    std::map<std::string, std::string> m_headers;
    std::map<std::string, std::string> m_parts;
    std::shared_ptr<Credential> m_credential;
    std::shared_ptr<Cancellation> m_cancellation;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_CALLOPTIONS_H_
