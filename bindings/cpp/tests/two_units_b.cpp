// The other unit: what the headers define once in a program is the same here.
#include <tencentcloud/core/CommonClient.h>
#include <tencentcloud/core/Executor.h>
#include <tencentcloud/core/TencentCloud.h>
#include <tencentcloud/sms/v20190711/SmsClient.h>
#include <tencentcloud/sms/v20190711/SmsErrorCode.h>
#include <tencentcloud/sms/v20210111/SmsClient.h>
#include <tencentcloud/sms/v20210111/SmsErrorCode.h>

const void *RegistryOfB()
{
    return &tcsms::native::OfProcess<tcsms::native::Registry>::Get();
}

int ReadByB(TencentCloud::Sms::V20210111::Model::SendSmsResponse &response)
{
    return response.Deserialize("{\"Response\":{\"SendStatusSet\":[{}],\"RequestId\":\"r\"}}").IsSuccess() ? static_cast<int>(response.GetSendStatusSet().size()) : -1;
}
