// A request of HTTP.
#ifndef TENCENTCLOUD_CORE_HTTP_HTTPREQUEST_H_
#define TENCENTCLOUD_CORE_HTTP_HTTPREQUEST_H_

#include <tencentcloud/core/http/Http.h>
#include <tencentcloud/core/http/Url.h>

namespace TencentCloud
{

/// A request: method, URL, headers and body.
class HttpRequest : public Http
{
public:
    /// The HTTP method.
    enum Method
    {
        POST
    };

    /// A request without headers and body.
    explicit HttpRequest(const Url &url = Url(), Method method = POST) : m_url(url), m_method(method) {}
    ~HttpRequest() = default;
    HttpRequest(const HttpRequest &) = default;
    HttpRequest(HttpRequest &&) = default;
    HttpRequest &operator=(const HttpRequest &) = default;
    HttpRequest &operator=(HttpRequest &&) = default;

    /// The method.
    Method GetMethod() const { return m_method; }
    /// Sets the method.
    void SetMethod(Method method) { m_method = method; }
    /// Sets the URL.
    void SetUrl(const Url &url) { m_url = url; }
    /// The URL.
    const Url& GetUrl() const { return m_url; }

private:
    Url m_url;
    Method m_method;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_HTTP_HTTPREQUEST_H_
