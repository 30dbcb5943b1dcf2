// The proxy of a client.
#ifndef TENCENTCLOUD_CORE_NETWORKPROXY_H_
#define TENCENTCLOUD_CORE_NETWORKPROXY_H_

#include <cstdint>
#include <string>

namespace TencentCloud
{

/// A proxy, set with AbstractClient::SetNetworkProxy. User and password may hold any character.
class NetworkProxy
{
public:
    /// How the proxy is spoken to.
    enum Type
    {
        /// No proxy of its own: the one of the environment (https_proxy and so on), if there is one.
        NONE = 0,
        /// A proxy that speaks HTTP.
        HTTP,
        /// A proxy that speaks SOCKS5 and looks up the host name.
        SOCKS5
    };

    /// A proxy; user and password only where it asks for them.
    NetworkProxy(Type type = NONE, const std::string &hostName = "", uint16_t port = 0, const std::string &user = "", const std::string &password = "")
        : m_type(type), m_hostName(hostName), m_port(port), m_user(user), m_password(password)
    {
    }
    ~NetworkProxy() = default;
    NetworkProxy(const NetworkProxy &) = default;
    NetworkProxy(NetworkProxy &&) = default;
    NetworkProxy &operator=(const NetworkProxy &) = default;
    NetworkProxy &operator=(NetworkProxy &&) = default;

    /// Host name or address.
    std::string GetHostName() const { return m_hostName; }
    /// The password.
    std::string GetPassword() const { return m_password; }
    /// The port; 0 stands for the usual one of the type, 80 or 1080.
    uint16_t GetPort() const { return m_port; }
    /// Sets host name or address.
    void SetHostName(const std::string &hostName) { m_hostName = hostName; }
    /// Sets the password.
    void SetPassword(const std::string &password) { m_password = password; }
    /// Sets the port.
    void SetPort(uint16_t port) { m_port = port; }
    /// Sets how the proxy is spoken to.
    void SetType(Type type) { m_type = type; }
    /// Sets the user.
    void SetUser(const std::string &user) { m_user = user; }
    /// How the proxy is spoken to.
    Type GetType() const { return m_type; }
    /// The user.
    std::string GetUser() const { return m_user; }

private:
    Type m_type;
    std::string m_hostName;
    uint16_t m_port;
    std::string m_user;
    std::string m_password;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_NETWORKPROXY_H_
