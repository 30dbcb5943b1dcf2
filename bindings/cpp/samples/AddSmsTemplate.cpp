// Hands in a template for review.
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

    Model::AddSmsTemplateRequest request;
    request.SetTemplateName("login");
    request.SetTemplateContent("{1} is your login code. It is good for {2} minutes.");
    request.SetSmsType(0);                                // a notice
    request.SetInternational(1);                          // for all other countries
    request.SetRemark("for the login page");

    auto outcome = client.AddSmsTemplate(request);
    if (!outcome.IsSuccess())
    {
        std::cerr << outcome.GetError().PrintAll() << std::endl;
        return 1;
    }
    std::cout << outcome.GetResult().ToJsonString() << std::endl;
    return 0;
}
