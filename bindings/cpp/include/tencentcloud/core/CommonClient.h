// A client whose calls are made by name, of any product.
#ifndef TENCENTCLOUD_CORE_COMMONCLIENT_H_
#define TENCENTCLOUD_CORE_COMMONCLIENT_H_

#include <string>

#include <tencentcloud/core/AbstractClient.h>

namespace TencentCloud
{

/// Makes calls by name: MakeRequestJson and MakeRequestOctetStream as in the official SDK, CallJson, CallOctetStream and
/// OpenStream beyond it.
class CommonClient : public AbstractClient
{
public:
    /// A client of the product with this label, such as `sms` or `cvm`.
    CommonClient(const std::string &service, const std::string &version, const Credential &credential, const std::string &region, const ClientProfile &profile)
        : AbstractClient(service + ".tencentcloudapi.com", version, credential, region, profile)
    {
    }
    ~CommonClient() = default;
    CommonClient(const CommonClient &) = default;
    CommonClient &operator=(const CommonClient &) = default;

    /// The same client whose calls do something otherwise.
    CommonClient With(const CallOptions &options) const
    {
        CommonClient client(*this, Shared());
        client.UseOptions(options);
        return client;
    }

private:
    friend class AbstractClient;
    CommonClient(const CommonClient &o, Shared) : AbstractClient(o, Shared()) {}
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_COMMONCLIENT_H_
