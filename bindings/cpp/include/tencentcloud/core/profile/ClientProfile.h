// How a client works.
#ifndef TENCENTCLOUD_CORE_PROFILE_CLIENTPROFILE_H_
#define TENCENTCLOUD_CORE_PROFILE_CLIENTPROFILE_H_

#include <string>

#include <tencentcloud/core/profile/HttpProfile.h>

namespace TencentCloud
{

/// How a client works: signature, HTTP, and every setting of the library.
class ClientProfile
{
public:
    /// How requests are signed. The older ways are a core setting, see SetSettings.
    enum SignMethod
    {
        TC3_HMAC_SHA256
    };

    /// Everything at its default.
    ClientProfile() : m_signMethod(TC3_HMAC_SHA256) {}
    /// With this signature.
    ClientProfile(const SignMethod &signMethod) : m_signMethod(signMethod) {}
    /// With this signature and HTTP profile.
    ClientProfile(const SignMethod &signMethod, const HttpProfile &httpProfile) : m_signMethod(signMethod), m_httpProfile(httpProfile) {}
    /// With this HTTP profile.
    ClientProfile(const HttpProfile &httpProfile) : m_signMethod(TC3_HMAC_SHA256), m_httpProfile(httpProfile) {}

    /// Sets how requests are signed.
    void SetSignMethod(const SignMethod &signMethod) { m_signMethod = signMethod; }
    /// Sets the HTTP profile.
    void SetHttpProfile(const HttpProfile &httpProfile) { m_httpProfile = httpProfile; }
    /// The HTTP profile.
    HttpProfile GetHttpProfile() const { return m_httpProfile; }

    /// Sets what the official profile has no member for, as a JSON object with the names of the core settings, such as
    /// `{"retry": {"policy": "never"}, "backup_endpoints": ["sms.ap-beijing.tencentcloudapi.com"]}`. They win over the
    /// other members of the profile and over client and credential. The README lists them. A text that is no JSON object,
    /// and a name that no setting has, are the error of every call.
    void SetSettings(const std::string &json) { m_settings = json; }
    /// The settings as they were given.
    std::string GetSettings() const { return m_settings; }

private:
    SignMethod m_signMethod;
    HttpProfile m_httpProfile;
    std::string m_settings;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_PROFILE_CLIENTPROFILE_H_
