// A URL in its parts.
#ifndef TENCENTCLOUD_CORE_HTTP_URL_H_
#define TENCENTCLOUD_CORE_HTTP_URL_H_

#include <string>

namespace TencentCloud
{

/// A URL in its parts.
class Url
{
public:
    /// An https URL without a host.
    Url() : m_iURLType(0), m_scheme("https"), m_path("/"), m_port(0) {}
    ~Url() = default;
    Url(const Url &) = default;
    Url(Url &&) = default;
    Url &operator=(const Url &) = default;
    Url &operator=(Url &&) = default;

    /// Sets the host, which may end in `:port`.
    void SetHost(const std::string &host) { m_host = host; }
    /// The host.
    std::string GetHost() const { return m_host; }
    /// Sets the path.
    void SetPath(const std::string &path) { m_path = path; }
    /// The path.
    std::string GetPath() const { return m_path; }
    /// Whether there is a query.
    bool HasQuery() const { return !m_query.empty(); }
    /// The whole URL.
    std::string ToString() const
    {
        std::string text = m_scheme + "://" + m_host;
        if (m_port > 0)
            text += ":" + std::to_string(m_port);
        text += m_path.empty() || m_path[0] != '/' ? "/" + m_path : m_path;
        return HasQuery() ? text + "?" + m_query : text;
    }
    /// Sets the scheme, `https` or `http`.
    void SetScheme(const std::string &scheme) { m_scheme = scheme; }
    /// The scheme.
    std::string GetScheme() const { return m_scheme; }

    /// The caller's own mark; not looked at here.
    int m_iURLType;
    /// The scheme.
    std::string m_scheme;
    /// The host.
    std::string m_host;
    /// The path.
    std::string m_path;
    /// The query, without the question mark.
    std::string m_query;
    /// The port; 0 for none beside the host.
    int m_port;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_HTTP_URL_H_
