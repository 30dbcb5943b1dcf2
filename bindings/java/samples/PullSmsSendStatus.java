// Takes the delivery reports that wait; each is handed out once.
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.PullSmsSendStatusRequest;
import com.tencentcloudapi.sms.v20210111.models.PullSmsSendStatusResponse;

public class PullSmsSendStatus {
    public static void main(String[] arguments) {
        // Keys come from the environment or a role. These stand-ins are for a local service.
        Credential credential = new Credential(
                System.getenv().getOrDefault("TENCENTCLOUD_SECRET_ID", "secretId"),
                System.getenv().getOrDefault("TENCENTCLOUD_SECRET_KEY", "secretKey"));
        SmsClient client = new SmsClient(credential, "ap-guangzhou");
        PullSmsSendStatusRequest request = new PullSmsSendStatusRequest();
        request.setSmsSdkAppId("1400787878");
        request.setLimit(10L);
        try {
            PullSmsSendStatusResponse response = client.PullSmsSendStatus(request);
            System.out.println(PullSmsSendStatusResponse.toJsonString(response));
        } catch (TencentCloudSDKException failure) {
            // `not_sent` and `answered` are certain; after `maybe_sent` look before you send again.
            System.err.println(failure + " (" + failure.getDelivery() + ")");
            System.exit(1);
        }
    }
}
