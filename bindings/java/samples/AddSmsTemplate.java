// Hands in a text for review.
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.AddSmsTemplateRequest;
import com.tencentcloudapi.sms.v20210111.models.AddSmsTemplateResponse;

public class AddSmsTemplate {
    public static void main(String[] arguments) {
        // Keys come from the environment or a role. These stand-ins are for a local service.
        Credential credential = new Credential(
                System.getenv().getOrDefault("TENCENTCLOUD_SECRET_ID", "secretId"),
                System.getenv().getOrDefault("TENCENTCLOUD_SECRET_KEY", "secretKey"));
        SmsClient client = new SmsClient(credential, "ap-guangzhou");
        AddSmsTemplateRequest request = new AddSmsTemplateRequest();
        request.setTemplateName("login");
        request.setTemplateContent("{1} is your login code. It is good for {2} minutes.");
        request.setSmsType(0L);
        request.setInternational(1L);
        request.setRemark("for the login page");
        try {
            AddSmsTemplateResponse response = client.AddSmsTemplate(request);
            System.out.println(AddSmsTemplateResponse.toJsonString(response));
        } catch (TencentCloudSDKException failure) {
            // `not_sent` and `answered` are certain; after `maybe_sent` look before you send again.
            System.err.println(failure + " (" + failure.getDelivery() + ")");
            System.exit(1);
        }
    }
}
