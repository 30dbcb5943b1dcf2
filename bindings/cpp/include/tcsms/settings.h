// The members of profile, credential and proxy in the words of the library.
#ifndef TCSMS_SETTINGS_H
#define TCSMS_SETTINGS_H

#include <dirent.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <tcsms/json.h>
#include <tencentcloud/core/Config.h>
#include <tencentcloud/core/Credential.h>
#include <tencentcloud/core/NetworkProxy.h>
#include <tencentcloud/core/http/Http.h>
#include <tencentcloud/core/profile/ClientProfile.h>

namespace tcsms
{

/// Everything but letters, digits and `-._~` as `%XX`, as it has to stand in a URL.
inline std::string PercentEncoded(const std::string &text)
{
    static const char digits[] = "0123456789ABCDEF";
    std::string out;
    for (char c : text)
    {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
        {
            out += c;
            continue;
        }
        out += '%';
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

/// An IPv6 address stands in brackets where a port may follow.
inline std::string InUrl(const std::string &host)
{
    return host.find(':') != std::string::npos && host[0] != '[' ? "[" + host + "]" : host;
}

/// The URL of a proxy.
inline std::string ProxyUrl(const TencentCloud::NetworkProxy &proxy)
{
    std::string url = proxy.GetType() == TencentCloud::NetworkProxy::SOCKS5 ? "socks5://" : "http://";
    if (!proxy.GetUser().empty() || !proxy.GetPassword().empty())
        url += PercentEncoded(proxy.GetUser()) + ":" + PercentEncoded(proxy.GetPassword()) + "@";
    url += InUrl(proxy.GetHostName());
    return proxy.GetPort() != 0 ? url + ":" + std::to_string(proxy.GetPort()) : url;
}

/// The PEM certificates of the files of a folder, in the order of their names, none twice.
inline bool ReadCertificates(const std::string &folder, std::string &pem, std::string &fault)
{
    DIR *open = opendir(folder.c_str());
    if (open == nullptr)
    {
        fault = "the folder of certificates " + folder + " (SetCaPath) cannot be read";
        return false;
    }
    std::vector<std::string> names;
    while (const dirent *entry = readdir(open))
        names.push_back(entry->d_name);
    closedir(open);
    std::sort(names.begin(), names.end());
    std::map<std::string, bool> known;
    for (const std::string &name : names)
    {
        std::ifstream file((folder + "/" + name).c_str(), std::ios::binary);
        const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        if (text.find("-----BEGIN CERTIFICATE-----") != std::string::npos && known.insert(std::make_pair(text, true)).second)
            pem += text + "\n";
    }
    if (!pem.empty())
        return true;
    fault = "the folder " + folder + " (SetCaPath) holds no file with a PEM certificate";
    return false;
}

/// Writes the member `credential` of a call.
inline void WriteCredential(json::ObjectWriter &meta, const TencentCloud::Credential &credential)
{
    json::Value value;
    value["secret_id"] = json::Value::Text(credential.GetSecretId());
    value["secret_key"] = json::Value::Text(credential.GetSecretKey());
    if (!credential.GetToken().empty())
        value["token"] = json::Value::Text(credential.GetToken());
    meta.Member("credential", value);
}

inline bool SameHeader(const std::string &a, const std::string &b)
{
    const TencentCloud::Http::NocaseLess less = TencentCloud::Http::NocaseLess();
    return !less(a, b) && !less(b, a);
}

/// Puts headers in the place of those of the same name.
inline void MergeHeaders(std::map<std::string, std::string> &headers, const std::map<std::string, std::string> &over)
{
    for (const auto &header : over)
    {
        for (auto known = headers.begin(); known != headers.end();)
            known = SameHeader(known->first, header.first) ? headers.erase(known) : std::next(known);
        headers[header.first] = header.second;
    }
}

/// Writes the headers of a call. The official SDK has no other way than headers to set language and trace id, so these become
/// what they are, unless the call has its own; and a call with bytes may name its content type.
inline void WriteHeaders(json::ObjectWriter &meta, const std::map<std::string, std::string> &headers, bool hasLanguage, bool hasTraceId, bool octets)
{
    json::Value rest(json::Value::OBJECT);
    for (const auto &header : headers)
    {
        if (SameHeader(header.first, "X-TC-Language"))
        {
            if (!hasLanguage)
                meta.Member("language", header.second);
        }
        else if (SameHeader(header.first, "X-TC-TraceId"))
        {
            if (!hasTraceId)
                meta.Member("trace_id", header.second);
        }
        else if (!(octets && SameHeader(header.first, "Content-Type") && header.second == "application/octet-stream"))
        {
            rest[header.first] = json::Value::Text(header.second);
        }
    }
    if (!rest.members.empty())
        meta.Member("headers", rest);
}

/// A time limit of the profile in milliseconds.
inline json::Value Milliseconds(int64_t seconds, int64_t unlimited)
{
    const int64_t longest = 365 * 24 * 3600;
    return json::Value::Number(static_cast<uint64_t>(std::min(seconds > 0 ? seconds : unlimited, longest)) * 1000);
}

/// Writes the configuration of a native client. `credentialPerCall`: every call brings its credential, so that a new one needs
/// no new connections; false when the settings say where the library gets it.
inline bool MakeConfig(const std::string &home, const TencentCloud::ClientProfile &profile, const TencentCloud::Credential &credential,
                       const TencentCloud::NetworkProxy &proxy, std::string &config, bool &credentialPerCall, std::string &fault)
{
    using TencentCloud::HttpProfile;
    using TencentCloud::NetworkProxy;
    json::Value settings(json::Value::OBJECT);
    if (!profile.GetSettings().empty())
    {
        if (!json::Value::Parse(profile.GetSettings(), settings, fault) || settings.kind != json::Value::OBJECT)
        {
            fault = "the settings of the profile (SetSettings) are no JSON object" + (fault.empty() ? std::string() : ": " + fault);
            return false;
        }
    }
    const HttpProfile http = profile.GetHttpProfile();
    const bool tls = http.GetProtocol() == HttpProfile::HTTPS;
    json::Value value(json::Value::OBJECT);
    value["sdk"] = json::Value::Text("SDK_TCSMS_CPP_" TCSMS_VERSION_STR);
    const std::string service = home.substr(0, home.find('.'));
    value["service"] = json::Value::Text(service);

    // The product's own endpoint is left to the library, so that a root domain in the settings counts.
    const bool own = !http.GetEndpoint().empty() || home != service + ".tencentcloudapi.com" || !tls;
    const std::string endpoint = http.GetEndpoint().empty() ? home : http.GetEndpoint();
    if (own)
        value["endpoint"] = json::Value::Text(tls || endpoint.find("://") != std::string::npos ? endpoint : "http://" + endpoint);
    if (!tls)
        value["allow_plain_http"] = json::Value::Bool(true);
    json::Value timeouts(json::Value::OBJECT);
    timeouts["connect_ms"] = Milliseconds(http.GetConnectTimeout(), 300);
    timeouts["attempt_ms"] = Milliseconds(http.GetReqTimeout(), 24 * 3600);
    timeouts["total_ms"] = Milliseconds(http.GetReqTimeout(), 24 * 3600);
    if (http.ClosesConnections())
        timeouts["idle_ms"] = json::Value::Number(0);
    value["timeouts"] = timeouts;
    if (!http.GetCaInfo().empty())
        value["ca_file"] = json::Value::Text(http.GetCaInfo());
    if (!http.GetCaPath().empty())
    {
        std::string pem;
        if (!ReadCertificates(http.GetCaPath(), pem, fault))
            return false;
        value["ca_pem"] = json::Value::Text(pem);
    }
    if (!http.GetResolveIp().empty())
    {
        const std::string::size_type colon = endpoint.rfind(':');
        const bool port = colon != std::string::npos && endpoint.find_first_not_of("0123456789", colon + 1) == std::string::npos && colon + 1 < endpoint.size();
        value["connect_to"] = json::Value::Text((tls ? "https://" : "http://") + InUrl(http.GetResolveIp()) + (port ? endpoint.substr(colon) : tls ? ":443" : ":80"));
    }
    if (proxy.GetType() != NetworkProxy::NONE)
        value["proxy"] = json::Value::Text(ProxyUrl(proxy));

    static const char *const sources[] = {"secret_id", "secret_key", "profile", "cvm_role", "assume_role", "web_identity", "credential_chain", "credential_per_call"};
    credentialPerCall = !credential.IsDefault();
    for (const char *source : sources)
        credentialPerCall = credentialPerCall && settings.Find(source) == nullptr;
    if (credentialPerCall)
    {
        value["credential_per_call"] = json::Value::Bool(true);
    }
    else if (!credential.GetSecretId().empty() || !credential.GetSecretKey().empty())
    {
        value["secret_id"] = json::Value::Text(credential.GetSecretId());
        value["secret_key"] = json::Value::Text(credential.GetSecretKey());
        if (!credential.GetToken().empty())
            value["token"] = json::Value::Text(credential.GetToken());
    }
    json::Merge(value, settings);
    config = value.ToString();
    return true;
}

} // namespace tcsms

#endif // TCSMS_SETTINGS_H
