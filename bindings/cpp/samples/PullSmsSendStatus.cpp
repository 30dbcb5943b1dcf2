// Takes up to ten delivery reports of an app from their queue.
#include <tencentcloud/sms/v20210111/SmsClient.h>

#include <cstdlib>
#include <iostream>

using namespace TencentCloud;
using namespace TencentCloud::Sms::V20210111;

int main()
{
    // The key pair comes from the environment; a program holds none.
    const char *id = std::getenv("TENCENTCLOUD_SECRET_ID");
    const char *key = std::getenv("TENCENTCLOUD_SECRET_KEY");
    if (id == nullptr || key == nullptr)
    {
        std::cerr << "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY" << std::endl;
        return 2;
    }
    SmsClient client(Credential(id, key), "ap-guangzhou");

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
