// The TLS setters against a server with TLS: `Tls ADDRESS CA`. A line for each test.
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.PullSmsSendStatusRequest;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

public class Tls {
    static String address;
    static int failed;

    interface Setup {
        void on(HttpProfile profile) throws Exception;
    }

    static void test(String name, String expected, Setup setup) throws Exception {
        ClientProfile profile = new ClientProfile();
        setup.on(profile.getHttpProfile());
        profile.setSetting("connect_to", null);
        SmsClient client = new SmsClient(new Credential("i", "k"), "r", profile);
        String found;
        try {
            PullSmsSendStatusRequest request = new PullSmsSendStatusRequest();
            request.setSmsSdkAppId("1");
            request.setLimit(1L);
            found = client.PullSmsSendStatus(request).getRequestId();
        } catch (TencentCloudSDKException e) {
            found = e.getKind() + " " + e.getDelivery();
            if (!found.equals(expected)) {
                found = found + ": " + e;
            }
        }
        failed += found.equals(expected) ? 0 : 1;
        System.out.println(found.equals(expected) ? "ok " + name : "FAILED " + name + ": found " + found);
    }

    public static void main(String[] arguments) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (FileInputStream in = new FileInputStream(arguments[1])) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        X509TrustManager trust = (X509TrustManager) factory.getTrustManagers()[0];
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        test("an SSLSocketFactory makes the connections", "r", http -> http.setSslSocketFactory(context.getSocketFactory()));
        test("an X509TrustManager decides who is trusted", "r", http -> http.setX509TrustManager(trust));
        test("a HostnameVerifier may refuse", "tls not_sent", http -> {
            http.setX509TrustManager(trust);
            http.setHostnameVerifier((host, session) -> false);
        });
        test("without them a stranger is refused", "tls not_sent", http -> http.setHostnameVerifier((host, session) -> true));
        System.exit(failed);
    }
}
