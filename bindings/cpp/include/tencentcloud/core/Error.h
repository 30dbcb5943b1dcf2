// Why a call has no result.
#ifndef TENCENTCLOUD_CORE_ERROR_H_
#define TENCENTCLOUD_CORE_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include <tcsms/json.h>

namespace TencentCloud
{
namespace Core
{

/// Why a call has no result: a refusal of the service with its code, or a failure on this side. No text holds a secret.
///
/// The codes of failures on this side are those of the official SDK for C++:
///
/// | code | kinds |
/// |---|---|
/// | ClientError | config, credential, invalid_request, cancelled, shut_down, panic |
/// | NetworkError | resolve, connect, proxy, tls, timeout, network |
/// | ServiceNetworkError | invalid_answer with an HTTP status other than 200 |
/// | CoreInternalError | invalid_answer otherwise |
class Error
{
public:
    Error() = default;
    /// An error without a code.
    Error(const std::string message) : m_message(message) {}
    /// An error with a code.
    Error(std::string code, const std::string message) : m_code(code), m_message(message) {}
    ~Error() = default;
    Error(const Error &) = default;
    Error(Error &&) = default;
    Error &operator=(const Error &) = default;
    Error &operator=(Error &&) = default;

    /// The service's code such as `FailedOperation.SignatureIncorrectOrUnapproved`, or one of the table above.
    std::string GetErrorCode() const { return m_code; }
    /// The service's message, or what went wrong here and what to do about it.
    std::string GetErrorMessage() const { return m_message; }
    /// The id under which the service logged the call; empty when it did not answer.
    std::string GetRequestId() const { return m_requestId; }

    /// Sets the code.
    Error& SetErrorCode(const std::string &code)
    {
        m_code = code;
        return *this;
    }
    /// Sets the message.
    Error& SetErrorMessage(const std::string& message)
    {
        m_message = message;
        return *this;
    }
    /// Sets the id.
    Error& SetRequestId(const std::string& requestId)
    {
        m_requestId = requestId;
        return *this;
    }

    /// All three in one line.
    std::string PrintAll() const { return "RequestId=" + m_requestId + ", ErrorCode=" + m_code + ", ErrorMessage=" + m_message; }

    // ------------------------------------------------------------ beyond the official SDK

    /// What happened and what to do about it, in one line for people; of a refusal it says more than the service's message.
    std::string GetText() const { return m_text.empty() ? m_message : m_text; }
    /// What kind of failure it is: config, credential, invalid_request, resolve, connect, proxy, tls, timeout, network,
    /// invalid_answer, service, cancelled, shut_down or panic; empty for an error that the program made itself.
    std::string GetKind() const { return m_kind; }
    /// Whether the service may have acted: not_sent, maybe_sent or answered. A message is sent again safely only after
    /// not_sent.
    std::string GetDelivery() const { return m_delivery; }
    /// Whether the same call may succeed later.
    bool IsRetryable() const { return m_retryable; }
    /// How many attempts were made.
    uint32_t GetAttempts() const { return m_attempts; }
    /// The step of the last attempt that failed: resolve, connect, proxy, tls, write, wait or read; empty without one.
    std::string GetStep() const { return m_step; }
    /// Host and port of the endpoint of the last attempt; empty without one.
    std::string GetEndpoint() const { return m_endpoint; }
    /// The trace id that the call was sent with; empty without one.
    std::string GetTraceId() const { return m_traceId; }
    /// The HTTP status of the last answer; 0 without one.
    int GetHttpStatus() const { return m_httpStatus; }

    /// The error that the library tells as JSON.
    static Error FromJson(const char *json, size_t size)
    {
        Error error;
        std::string message;
        tcsms::json::Reader reader(json, size);
        bool is = reader.Object([&](const std::string &name) {
            bool there = false;
            int64_t number = 0;
            if (name == "code")
                tcsms::json::ReadMember(reader, error.m_code, there);
            else if (name == "message")
                tcsms::json::ReadMember(reader, message, there);
            else if (name == "text")
                tcsms::json::ReadMember(reader, error.m_text, there);
            else if (name == "requestId")
                tcsms::json::ReadMember(reader, error.m_requestId, there);
            else if (name == "kind")
                tcsms::json::ReadMember(reader, error.m_kind, there);
            else if (name == "delivery")
                tcsms::json::ReadMember(reader, error.m_delivery, there);
            else if (name == "step")
                tcsms::json::ReadMember(reader, error.m_step, there);
            else if (name == "endpoint")
                tcsms::json::ReadMember(reader, error.m_endpoint, there);
            else if (name == "traceId")
                tcsms::json::ReadMember(reader, error.m_traceId, there);
            else if (name == "retryable")
                tcsms::json::ReadMember(reader, error.m_retryable, there);
            else if (name == "attempts")
            {
                tcsms::json::ReadMember(reader, number, there);
                error.m_attempts = static_cast<uint32_t>(number);
            }
            else if (name == "httpStatus")
            {
                tcsms::json::ReadMember(reader, number, there);
                error.m_httpStatus = static_cast<int>(number);
            }
        });
        if (!is)
            return Local("panic", "the library told an error that cannot be read: " + reader.Error());
        const bool service = error.m_kind == "service";
        error.m_message = service || error.m_text.empty() ? message : error.m_text;
        if (!service)
            error.m_code = CodeOf(error.m_kind, error.m_httpStatus);
        return error;
    }

    /// The error as the library would tell it.
    std::string ToJson() const
    {
        std::string json;
        {
            tcsms::json::ObjectWriter writer(json);
            writer.Member("code", m_code);
            writer.Member("message", m_message);
            writer.Member("requestId", m_requestId);
            writer.Member("kind", m_kind);
            writer.Member("delivery", m_delivery);
            writer.Member("retryable", m_retryable);
            writer.Member("attempts", static_cast<uint64_t>(m_attempts));
        }
        return json;
    }

    /// An error of this side that came about before anything was sent.
    static Error Local(const std::string &kind, const std::string &message)
    {
        Error error(CodeOf(kind, 0), message);
        error.m_kind = kind;
        error.m_delivery = "not_sent";
        return error;
    }

    /// An answer that came and cannot be read as what it should be: the service may have acted.
    static Error BadAnswer(const std::string &message)
    {
        Error error(CodeOf("invalid_answer", 0), message);
        error.m_kind = "invalid_answer";
        error.m_delivery = "maybe_sent";
        error.m_step = "read";
        error.m_attempts = 1;
        return error;
    }

private:
    static const char *CodeOf(const std::string &kind, int httpStatus)
    {
        if (kind == "invalid_answer")
            return httpStatus != 0 && httpStatus != 200 ? "ServiceNetworkError" : "CoreInternalError";
        static const char *const network[] = {"resolve", "connect", "proxy", "tls", "timeout", "network"};
        for (const char *one : network)
            if (kind == one)
                return "NetworkError";
        return "ClientError";
    }

    std::string m_code;
    std::string m_message;
    std::string m_text;
    std::string m_requestId;
    std::string m_kind;
    std::string m_delivery;
    std::string m_step;
    std::string m_endpoint;
    std::string m_traceId;
    bool m_retryable = false;
    uint32_t m_attempts = 0;
    int m_httpStatus = 0;
};

} // namespace Core
} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_ERROR_H_
