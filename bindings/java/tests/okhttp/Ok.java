// A client of okhttp3 as transport: `Ok`. A line for each test.
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;

public class Ok {
    public static void main(String[] arguments) throws Exception {
        AtomicInteger seen = new AtomicInteger();
        OkHttpClient http = new OkHttpClient.Builder().addInterceptor(chain -> {
            seen.incrementAndGet();
            return chain.proceed(chain.request());
        }).build();
        Tests.test("a client of okhttp3 carries calls of either kind, with its interceptors", () -> {
            try (Tests.Server server = new Tests.Server((connection, head) -> Tests.Server.answer(connection, Tests.SENT))) {
                SmsClient client = client(http, server);
                Tests.same(client.SendSms(Tests.send("+8613711112222")).getRequestId(), "r-1");
                Tests.same(client.SendSmsAsync(Tests.send("+8613711112222")).join().getRequestId(), "r-1");
                Tests.same(seen.get(), 2);
            }
        });
        Tests.test("okhttp3 does not send again by itself", () -> {
            AtomicInteger requests = new AtomicInteger();
            // A connection that breaks at its second request is one that okhttp3 would replace without a word.
            try (Tests.Server server = new Tests.Server((connection, head) -> {
                if (requests.incrementAndGet() == 2) {
                    connection.close();
                } else {
                    Tests.Server.answer(connection, Tests.SENT);
                }
            })) {
                SmsClient client = client(http, server);
                client.SendSms(Tests.send("+8613711112222"));
                TencentCloudSDKException e = Tests.fails(() -> client.SendSms(Tests.send("+8613711112222")));
                Tests.same(e.getKind() + " " + e.getDelivery() + " " + e.getAttempts(), "network maybe_sent 1");
                Tests.same(requests.get(), 2);
            }
        });
        // The threads of okhttp3 would keep the program for a minute.
        System.exit(Tests.failed);
    }

    private static SmsClient client(OkHttpClient http, Tests.Server server) {
        ClientProfile profile = new ClientProfile();
        profile.getHttpProfile().setHttpClient(http);
        profile.getHttpProfile().setProtocol("http://");
        profile.getHttpProfile().setEndpoint(server.address.substring(7));
        return new SmsClient(Tests.KEYS, "ap-guangzhou", profile);
    }
}
