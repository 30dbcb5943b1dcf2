// A key pair, permanent or temporary.
#ifndef TENCENTCLOUD_CORE_CREDENTIAL_H_
#define TENCENTCLOUD_CORE_CREDENTIAL_H_

#include <string>

namespace TencentCloud
{

/// What requests are signed with. One that the library finds, fetches and renews itself is Default(), or is described by
/// ClientProfile::SetSettings (`cvm_role`, `assume_role`, `web_identity`, `profile`).
class Credential
{
public:
    /// A permanent pair.
    Credential(const std::string &secretId, const std::string &secretKey) : m_default(false), m_secretId(secretId), m_secretKey(secretKey) {}
    /// A temporary pair with its session token.
    Credential(const std::string &secretId, const std::string &secretKey, const std::string &token)
        : m_default(false), m_secretId(secretId), m_secretKey(secretKey), m_token(token)
    {
    }

    /// The credential that the library finds by itself: of the environment (TENCENTCLOUD_SECRET_ID and so on), else of the
    /// credentials file, else the role of the cloud server, else the identity of the pod.
    static Credential Default()
    {
        Credential credential("", "");
        credential.m_default = true;
        return credential;
    }
    /// Whether this is Default().
    bool IsDefault() const { return m_default; }

    /// Sets the id of the pair.
    void SetSecretId(const std::string &secretId) { m_secretId = secretId; }
    /// Sets the key of the pair.
    void SetSecretKey(const std::string &secretKey) { m_secretKey = secretKey; }
    /// Sets the session token; an empty one counts as none.
    void SetToken(const std::string &token) { m_token = token; }

    /// The id of the pair.
    std::string GetSecretId() const { return m_secretId; }
    /// The key of the pair.
    std::string GetSecretKey() const { return m_secretKey; }
    /// The session token, empty for a permanent pair.
    std::string GetToken() const { return m_token; }

private:
    bool m_default;
    std::string m_secretId;
    std::string m_secretKey;
    std::string m_token;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_CREDENTIAL_H_
