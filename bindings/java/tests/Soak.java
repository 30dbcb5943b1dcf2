// Many calls, and the memory watched: `Soak CALLS API`. Fails when memory grows by more than a twentieth.
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.SendStatusStatisticsRequest;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

public class Soak {
    static double rss() throws Exception {
        for (String line : Files.readAllLines(Paths.get("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IllegalStateException("no VmRSS");
    }

    public static void main(String[] arguments) throws Exception {
        int calls = Integer.parseInt(arguments[0]);
        ClientProfile profile = new ClientProfile();
        profile.setSetting("connect_to", arguments[1]);
        SmsClient client = new SmsClient(new Credential("AKIDforeign000000000000000000000001", "foreignKey000000000000000000001"),
                "ap-guangzhou", profile);
        SendStatusStatisticsRequest request = new SendStatusStatisticsRequest();
        request.setSmsSdkAppId("1400787878");
        request.setBeginTime("2019122400");
        request.setEndTime("2019122423");
        request.setLimit(1L);
        request.setOffset(0L);
        int warm = Math.min(50_000, calls / 4);
        int every = Math.max(1, (calls - warm) / 30);
        double before = 0;
        List<Double> samples = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 1; i <= calls; i++) {
            if (i % 4 == 0) {
                client.SendStatusStatisticsAsync(request).join();
            } else {
                client.SendStatusStatistics(request);
            }
            if (i == warm) {
                before = rss();
            } else if (i > warm && i % every == 0) {
                samples.add(rss());
            }
        }
        List<Double> last = new ArrayList<>(samples.subList(Math.max(0, samples.size() - 10), samples.size()));
        Collections.sort(last);
        double after = last.get(last.size() / 2);
        double growth = (after - before) / before * 100;
        System.out.println(String.format(Locale.ROOT,
                "{\"calls\":%d,\"seconds\":%.1f,\"rss_50k_mib\":%.1f,\"rss_end_mib\":%.1f,\"growth_percent\":%.2f}", calls,
                (System.nanoTime() - start) / 1e9, before, after, growth));
        if (growth > 5) {
            System.exit(1);
        }
    }
}
