// Counts what an app sent on one day.
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

    Model::SendStatusStatisticsRequest request;
    request.SetSmsSdkAppId("1400787878");
    request.SetBeginTime("2019122400");                   // year, month, day and hour, UTC+8
    request.SetEndTime("2019122523");
    request.SetLimit(0);
    request.SetOffset(0);

    auto outcome = client.SendStatusStatistics(request);
    if (!outcome.IsSuccess())
    {
        std::cerr << outcome.GetError().PrintAll() << std::endl;
        return 1;
    }
    std::cout << outcome.GetResult().ToJsonString() << std::endl;
    return 0;
}
