// An answer of HTTP.
#ifndef TENCENTCLOUD_CORE_HTTP_HTTPRESPONSE_H_
#define TENCENTCLOUD_CORE_HTTP_HTTPRESPONSE_H_

#include <tencentcloud/core/http/Http.h>

namespace TencentCloud
{

/// An answer: status, headers and body.
class HttpResponse : public Http
{
public:
    /// An answer without a status.
    HttpResponse() : m_statusCode(0) {}
    ~HttpResponse() = default;
    HttpResponse(const HttpResponse &) = default;
    HttpResponse(HttpResponse &&) = default;
    HttpResponse &operator=(const HttpResponse &) = default;
    HttpResponse &operator=(HttpResponse &&) = default;

    /// Sets the status.
    void SetStatusCode(int code) { m_statusCode = code; }
    /// The status; 0 when there is none.
    int GetStatusCode() const { return m_statusCode; }

private:
    int m_statusCode;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_HTTP_HTTPRESPONSE_H_
