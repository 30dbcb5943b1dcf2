// One of two units of the same program that include everything; see two_units_b.cpp.
#include <tencentcloud/core/CommonClient.h>
#include <tencentcloud/core/Executor.h>
#include <tencentcloud/core/TencentCloud.h>
#include <tencentcloud/sms/v20190711/SmsClient.h>
#include <tencentcloud/sms/v20190711/SmsErrorCode.h>
#include <tencentcloud/sms/v20210111/SmsClient.h>
#include <tencentcloud/sms/v20210111/SmsErrorCode.h>

const void *RegistryOfB();
int ReadByB(TencentCloud::Sms::V20210111::Model::SendSmsResponse &response);

int main()
{
    TencentCloud::Sms::V20210111::Model::SendSmsResponse response;
    const bool same = RegistryOfB() == &tcsms::native::OfProcess<tcsms::native::Registry>::Get();
    return same && ReadByB(response) == 1 && response.GetRequestId() == "r" ? 0 : 1;
}
