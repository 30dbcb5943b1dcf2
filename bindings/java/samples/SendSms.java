// Sends a code to a number, and says so when it was refused.
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.SendSmsRequest;
import com.tencentcloudapi.sms.v20210111.models.SendSmsResponse;
import com.tencentcloudapi.sms.v20210111.models.SendStatus;

public class SendSms {
    public static void main(String[] arguments) {
        // Keys come from the environment or a role. These stand-ins are for a local service.
        Credential credential = new Credential(
                System.getenv().getOrDefault("TENCENTCLOUD_SECRET_ID", "secretId"),
                System.getenv().getOrDefault("TENCENTCLOUD_SECRET_KEY", "secretKey"));
        SmsClient client = new SmsClient(credential, "ap-guangzhou");
        SendSmsRequest request = new SendSmsRequest();
        request.setSmsSdkAppId("1400787878");
        request.setSignName("xxx");
        request.setTemplateId("449739");
        request.setTemplateParamSet(new String[] {"2468"});
        request.setPhoneNumberSet(new String[] {"+8613711112222"});
        try {
            SendSmsResponse response = client.SendSms(request);
            System.out.println(SendSmsResponse.toJsonString(response));
            for (SendStatus status : response.getSendStatusSet()) {
                if (!"Ok".equals(status.getCode())) {
                    System.err.println(status.getPhoneNumber() + " was refused: " + status.getCode());
                }
            }
        } catch (TencentCloudSDKException failure) {
            // `not_sent` and `answered` are certain; after `maybe_sent` look before you send again.
            System.err.println(failure + " (" + failure.getDelivery() + ")");
            System.exit(1);
        }
    }
}
