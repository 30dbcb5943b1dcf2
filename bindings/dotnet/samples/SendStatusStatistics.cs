// Counts the messages of a day, and prints the answer. The call is a task.

using System;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

internal static class SendStatusStatistics
{
    private static int Main()
    {
        return CountAsync().GetAwaiter().GetResult();
    }

    private static async Task<int> CountAsync()
    {
        SmsClient client = new SmsClient(new Credential { SecretId = "secretId", SecretKey = "secretKey" }, "ap-guangzhou");
        SendStatusStatisticsRequest request = new SendStatusStatisticsRequest
        {
            SmsSdkAppId = "1400787878",
            BeginTime = "2019122400",
            EndTime = "2019122423",
            Limit = 1,
            Offset = 0
        };
        try
        {
            SendStatusStatisticsResponse answer = await client.SendStatusStatistics(request);
            Console.WriteLine(AbstractModel.ToJsonString(answer));
            return 0;
        }
        catch (TencentCloudSDKException error)
        {
            Console.WriteLine(error);
            return 1;
        }
    }
}
