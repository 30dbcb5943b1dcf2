// Asks how many messages were sent in some hours.
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.SendStatusStatisticsRequest;
import com.tencentcloudapi.sms.v20210111.models.SendStatusStatisticsResponse;

public class SendStatusStatistics {
    public static void main(String[] arguments) {
        // In a program of yours the keys come from the environment or a role, not from its source.
        Credential credential = new Credential("secretId", "secretKey");
        SmsClient client = new SmsClient(credential, "ap-guangzhou");
        SendStatusStatisticsRequest request = new SendStatusStatisticsRequest();
        request.setSmsSdkAppId("1400787878");
        request.setBeginTime("2026112700");
        request.setEndTime("2026112723");
        request.setLimit(10L);
        request.setOffset(0L);
        try {
            SendStatusStatisticsResponse response = client.SendStatusStatistics(request);
            System.out.println(SendStatusStatisticsResponse.toJsonString(response));
        } catch (TencentCloudSDKException failure) {
            // `not_sent` and `answered` are certain; after `maybe_sent` look before you send again.
            System.err.println(failure + " (" + failure.getDelivery() + ")");
            System.exit(1);
        }
    }
}
