// How requests travel.
#ifndef TENCENTCLOUD_CORE_PROFILE_HTTPPROFILE_H_
#define TENCENTCLOUD_CORE_PROFILE_HTTPPROFILE_H_

#include <cstdint>
#include <string>

namespace TencentCloud
{

/// How many seconds a minute has.
static const int64_t TM_MINUTE_SECOND = 60;

/// How requests travel: endpoint, time limits, certificates.
class HttpProfile
{
public:
    /// With or without TLS.
    enum Scheme
    {
        HTTPS,
        HTTP
    };
    /// The HTTP method. The methods and signatures that this enum does not have are core settings, see
    /// ClientProfile::SetSettings.
    enum Method
    {
        POST
    };

    /// https by POST, 60 s for connecting and 60 s for a call.
    HttpProfile()
        : m_protocol(HTTPS), m_method(POST), m_reqTimeout(TM_MINUTE_SECOND), m_connectTimeout(TM_MINUTE_SECOND), m_keepAlive(UNSAID)
    {
    }
    HttpProfile(const HttpProfile &o) = default;
    HttpProfile &operator=(const HttpProfile &o) = default;

    /// Sets the method.
    void SetMethod(const Method &method) { m_method = method; }
    /// Sets the endpoint, `host` or `host:port`. By default the product's own, such as sms.tencentcloudapi.com.
    void SetEndpoint(const std::string &endpoint) { m_endpoint = endpoint; }
    /// The endpoint; empty for the product's own.
    std::string GetEndpoint() const { return m_endpoint; }
    /// Sets whether TLS is spoken.
    void SetProtocol(const HttpProfile::Scheme &protocol) { m_protocol = protocol; }
    /// Sets how long a call may take with all its attempts, in seconds, 60 by default; 0 or less: 24 hours.
    void SetReqTimeout(int64_t timeoutOfSecond) { m_reqTimeout = timeoutOfSecond; }
    /// How long a call may take, in seconds.
    int64_t GetReqTimeout() const { return m_reqTimeout; }
    /// Sets how long opening a connection may take, in seconds, 60 by default; 0 or less: 300, as with libcurl.
    void SetConnectTimeout(int64_t timeoutOfSecond) { m_connectTimeout = timeoutOfSecond; }
    /// How long opening a connection may take, in seconds.
    int64_t GetConnectTimeout() const { return m_connectTimeout; }
    /// Sets whether connections are used again. They are when nothing is said; false makes each call open its own.
    void SetKeepAlive(bool flag=false) { m_keepAlive = flag ? ON : OFF; }
    /// Whether SetKeepAlive(true) was said.
    bool IsKeepAlive() const { return m_keepAlive == ON; }
    /// Whether a connection is used for one call only.
    bool ClosesConnections() const { return m_keepAlive == OFF; }
    /// Whether TLS is spoken.
    HttpProfile::Scheme GetProtocol() const { return m_protocol; }
    /// Trusts the certificates of this PEM file besides those of the system.
    void SetCaInfo(std::string caInfo) { m_caInfo = caInfo; }
    /// The PEM file.
    std::string GetCaInfo() const { return m_caInfo; }
    /// Connects to this IP address whatever the endpoint is; name, signature and certificate stay the endpoint's.
    void SetResolveIp(std::string resolveIp) { m_resolveIp = resolveIp; }
    /// The IP address.
    std::string GetResolveIp() const { return m_resolveIp; }
    /// Trusts the certificates of the PEM files of this folder besides those of the system.
    void SetCaPath(std::string caPath) { m_caPath = caPath; }
    /// The folder.
    std::string GetCaPath() const { return m_caPath; }

private:
    enum KeepAlive
    {
        UNSAID,
        OFF,
        ON
    };

    Scheme m_protocol;
    Method m_method;
    std::string m_endpoint;
    int64_t m_reqTimeout;
    int64_t m_connectTimeout;
    KeepAlive m_keepAlive;
    std::string m_caInfo;
    std::string m_caPath;
    std::string m_resolveIp;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_PROFILE_HTTPPROFILE_H_
