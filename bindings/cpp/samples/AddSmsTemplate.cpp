// Hands in a template for review.
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

    Model::AddSmsTemplateRequest request;
    request.SetTemplateName("login");
    request.SetTemplateContent("{1}为您的登录验证码，请于{2}分钟内填写。");
    request.SetSmsType(3);                                // a verification code
    request.SetInternational(0);                          // for mainland China
    request.SetRemark("codes for the login of our app");

    auto outcome = client.AddSmsTemplate(request);
    if (!outcome.IsSuccess())
    {
        std::cerr << outcome.GetError().PrintAll() << std::endl;
        return 1;
    }
    std::cout << outcome.GetResult().ToJsonString() << std::endl;
    return 0;
}
