// Sends a login code to one number, and looks at what became of that number.
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

    Model::SendSmsRequest request;
    request.SetSmsSdkAppId("1400787878");                 // the app, from the console
    request.SetSignName("xxx");                           // an approved signature: its text, not its id
    request.SetTemplateId("449739");                      // an approved template
    request.SetTemplateParamSet({"2468"});                // as many as the template has variables
    request.SetPhoneNumberSet({"+8613711112222"});        // E.164

    auto outcome = client.SendSms(request);
    if (!outcome.IsSuccess())
    {
        std::cerr << outcome.GetError().PrintAll() << std::endl;
        return 1;
    }
    std::cout << outcome.GetResult().ToJsonString() << std::endl;
    // A call that succeeds may still have refused a number.
    for (const Model::SendStatus &status : outcome.GetResult().GetSendStatusSet())
        if (status.GetCode() != "Ok")
            std::cerr << status.GetPhoneNumber() << ": " << status.GetCode() << ": " << status.GetMessage() << std::endl;
    return 0;
}
