// Hands in a template for review, and prints the answer.

using System;
using TencentCloud.Common;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

internal static class AddSmsTemplate
{
    private static int Main()
    {
        SmsClient client = new SmsClient(new Credential { SecretId = "secretId", SecretKey = "secretKey" }, "ap-guangzhou");
        AddSmsTemplateRequest request = new AddSmsTemplateRequest
        {
            TemplateName = "login",
            TemplateContent = "{1} is your login code. It is good for {2} minutes.",
            SmsType = 0,
            International = 1,
            Remark = "for the login page"
        };
        try
        {
            Console.WriteLine(AbstractModel.ToJsonString(client.AddSmsTemplateSync(request)));
            return 0;
        }
        catch (TencentCloudSDKException error)
        {
            Console.WriteLine(error);
            return 1;
        }
    }
}
