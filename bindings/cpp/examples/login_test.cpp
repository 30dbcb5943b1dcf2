// How a program that sends login codes is tested: copy it, and put your own code in the place of Login. With a framework each test is a
// TEST or TEST_CASE of it, and CHECK is its own.
#include <tencentcloud/sms/v20210111/SmsClient.h>
#include <tencentcloud/testing/local_service.h>

#include <iostream>
#include <random>

using namespace TencentCloud;
using namespace TencentCloud::Sms::V20210111;
using namespace TencentCloud::Testing;

namespace
{

/// The program under test.
class Login
{
public:
    Login(const SmsClient &client, const std::string &app) : m_client(client), m_app(app) {}

    /// Sends a new code, and says whether the number was sent to.
    bool SendCode(const std::string &phone)
    {
        std::random_device random;
        code = std::to_string(std::uniform_int_distribution<int>(100000, 999999)(random));
        Model::SendSmsRequest request;
        request.SetSmsSdkAppId(m_app);
        request.SetSignName("腾讯云");
        request.SetTemplateId("449739");
        request.SetTemplateParamSet({code});
        request.SetPhoneNumberSet({phone});
        const auto outcome = m_client.SendSms(request);
        error = outcome.IsSuccess() ? "" : outcome.GetError().GetErrorCode();
        return outcome.IsSuccess() && outcome.GetResult().GetSendStatusSet()[0].GetCode() == "Ok";
    }

    std::string code;
    std::string error;

private:
    SmsClient m_client;
    std::string m_app;
};

const std::string PHONE = "+8613711112222";
int failed = 0;

#define CHECK(condition)                                                         \
    do                                                                           \
    {                                                                            \
        if (!(condition))                                                        \
        {                                                                        \
            failed++;                                                            \
            std::cerr << "line " << __LINE__ << ": " << #condition << std::endl; \
        }                                                                        \
    } while (false)

void TheCodeArrives()
{
    Account account = LocalService::Shared().NewAccount();
    Login login(account.Client(), account.SdkAppId());
    CHECK(login.SendCode(PHONE));
    CHECK(account.WaitForMessage(PHONE).code == login.code);
}

void ANumberThatIsRefusedIsReported()
{
    Account account = LocalService::Shared().NewAccount();
    Login login(account.Client(), account.SdkAppId());
    CHECK(!login.SendCode("+861371111"));
    CHECK(login.error == "");
}

void ABusyServiceIsAskedAgain()
{
    Account account = LocalService::Shared().NewAccount();
    account.SetFaults({Fault::Error("RequestLimitExceeded").On("SendSms").Times(1)});
    Login login(account.Client(), account.SdkAppId());
    CHECK(login.SendCode(PHONE));
    CHECK(account.Requests("SendSms").size() == 2);
}

void AServiceThatFailsIsAnError()
{
    Account account = LocalService::Shared().NewAccount();
    account.SetFaults({Fault::Error("InternalError.Timeout")});
    Login login(account.Client(), account.SdkAppId());
    CHECK(!login.SendCode(PHONE));
    CHECK(login.error == "InternalError.Timeout");
}

void TheLimitOfADayEndsWithTheDay()
{
    AccountOptions strict;
    strict.limits = "strict";
    Account account = LocalService::Shared().NewAccount(strict);
    Login login(account.Client(), account.SdkAppId());
    // Noon in Beijing on 1 January 2027, so that no midnight comes between. Strict means two messages to a number on a day.
    const uint64_t noon = 1798776000;
    for (uint64_t minute = 0; minute < 2; minute++)
    {
        account.SetClock(noon + minute * 60);
        CHECK(login.SendCode(PHONE));
    }
    account.SetClock(noon + 120);
    CHECK(!login.SendCode(PHONE));
    account.SetClock(noon + 86400);
    CHECK(login.SendCode(PHONE));
}

} // namespace

int main()
{
    TheCodeArrives();
    ANumberThatIsRefusedIsReported();
    ABusyServiceIsAskedAgain();
    AServiceThatFailsIsAnError();
    TheLimitOfADayEndsWithTheDay();
    std::cout << (failed == 0 ? "all passed" : "some failed") << std::endl;
    return failed == 0 ? 0 : 1;
}
