// Takes the delivery reports that are waiting, and prints the answer.

using System;
using TencentCloud.Common;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

internal static class PullSmsSendStatus
{
    private static int Main()
    {
        SmsClient client = new SmsClient(new Credential { SecretId = "secretId", SecretKey = "secretKey" }, "ap-guangzhou");
        try
        {
            // What is pulled is gone: keep it before the next call.
            PullSmsSendStatusResponse answer = client.PullSmsSendStatusSync(new PullSmsSendStatusRequest { SmsSdkAppId = "1400787878", Limit = 10 });
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
