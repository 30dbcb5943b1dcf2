// The first call of a program that uses the installed package.
#include <tencentcloud/core/CommonClient.h>

#include <iostream>

int main()
{
    using namespace TencentCloud;
    CommonClient client("sms", "2021-01-11", Credential::Default(), "ap-guangzhou", ClientProfile());
    const AbstractClient::JsonOutcome outcome = client.CallJson("PullSmsSendStatus", "{\"Limit\":1,\"SmsSdkAppId\":\"1400787878\"}");
    std::cout << (outcome.IsSuccess() ? outcome.GetResult() : outcome.GetError().PrintAll()) << std::endl;
    return outcome.IsSuccess() ? 0 : 1;
}
