// Takes up to ten delivery reports of an app from their queue.
#include <tencentcloud/sms/v20210111/SmsClient.h>

#include <cstdlib>
#include <iostream>

using namespace TencentCloud;
using namespace TencentCloud::Sms::V20210111;

int main()
{
    // A program holds no key pair of its own: without the variables it is that of the local service's development account.
    const char *id = std::getenv("TENCENTCLOUD_SECRET_ID");
    const char *key = std::getenv("TENCENTCLOUD_SECRET_KEY");
    SmsClient client(Credential(id ? id : "secretId", key ? key : "secretKey"), "ap-guangzhou");

    Model::PullSmsSendStatusRequest request;
    request.SetSmsSdkAppId("1400787878");
    request.SetLimit(10);                                 // each report is answered once only

    auto outcome = client.PullSmsSendStatus(request);
    if (!outcome.IsSuccess())
    {
        std::cerr << outcome.GetError().PrintAll() << std::endl;
        return 1;
    }
    std::cout << outcome.GetResult().ToJsonString() << std::endl;
    return 0;
}
