// Takes the delivery reports that wait; each is handed out once.
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.PullSmsSendStatusRequest;
import com.tencentcloudapi.sms.v20210111.models.PullSmsSendStatusResponse;

public class PullSmsSendStatus {
    public static void main(String[] arguments) {
        // In a program of yours the keys come from the environment or a role, not from its source.
        Credential credential = new Credential("secretId", "secretKey");
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
