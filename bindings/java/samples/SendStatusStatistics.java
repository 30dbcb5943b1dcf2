// Asks how many messages were sent in some hours.
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.SendStatusStatisticsRequest;
import com.tencentcloudapi.sms.v20210111.models.SendStatusStatisticsResponse;

public class SendStatusStatistics {
    public static void main(String[] arguments) {
        // Keys come from the environment or a role. These stand-ins are for a local service.
        Credential credential = new Credential(
                System.getenv().getOrDefault("TENCENTCLOUD_SECRET_ID", "secretId"),
                System.getenv().getOrDefault("TENCENTCLOUD_SECRET_KEY", "secretKey"));
        SmsClient client = new SmsClient(credential, "ap-guangzhou");
        SendStatusStatisticsRequest request = new SendStatusStatisticsRequest();
        request.setSmsSdkAppId("1400787878");
        request.setBeginTime("2019122400");
        request.setEndTime("2019122423");
        request.setLimit(1L);
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
