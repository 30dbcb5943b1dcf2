// Sends a code to one number, and prints the answer.

using System;
using TencentCloud.Common;
using TencentCloud.Common.Profile;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

internal static class SendSms
{
    private static int Main()
    {
        // Credential.Default would be found in the environment, the credentials file, or the role of the machine.
        Credential credential = new Credential { SecretId = "secretId", SecretKey = "secretKey" };
        ClientProfile profile = new ClientProfile { Language = Language.EN_US };
        profile.HttpProfile.Timeout = 10;
        SmsClient client = new SmsClient(credential, "ap-guangzhou", profile);
        SendSmsRequest request = new SendSmsRequest
        {
            SmsSdkAppId = "1400787878",
            SignName = "xxx",
            TemplateId = "449739",
            TemplateParamSet = new[] { "2468" },
            PhoneNumberSet = new[] { "+8613711112222" }
        };
        try
        {
            SendSmsResponse answer = client.SendSmsSync(request);
            Console.WriteLine(AbstractModel.ToJsonString(answer));
            // An answer does not mean that all were sent: each number has a code of its own.
            foreach (SendStatus status in answer.SendStatusSet)
                if (status.Code != "Ok")
                    Console.Error.WriteLine(status.PhoneNumber + " was not sent to: " + status.Code + " " + status.Message);
            return 0;
        }
        catch (TencentCloudSDKException error)
        {
            Console.WriteLine(error);
            return 1;
        }
    }
}
