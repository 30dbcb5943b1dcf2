// Makes many calls and watches the resident memory: Soak.exe URL CALLS
// Fails when the median of the last ten samples lies more than 5 % above that after a quarter of the calls.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Common.Profile;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

internal static class Soak
{
    private const int AtOnce = 16;

    private static int Main(string[] arguments)
    {
        long calls = long.Parse(arguments[1], CultureInfo.InvariantCulture);
        ClientProfile profile = new ClientProfile();
        profile.Settings["connect_to"] = arguments[0];
        SmsClient client = new SmsClient(new Credential { SecretId = "secretId", SecretKey = "secretKey" }, "ap-guangzhou", profile);
        PullSmsSendStatusRequest request = new PullSmsSendStatusRequest { SmsSdkAppId = "1400787878", Limit = 10 };
        // A quarter at least: 50,000 of the usual 200,000.
        long quarter = calls / 4;
        long step = Math.Max(1, (calls - quarter) / 20);
        long made = 0;
        double first = 0;
        List<double> samples = new List<double>();
        Stopwatch watch = Stopwatch.StartNew();
        while (made < calls)
        {
            // Half of them on this thread, half as tasks.
            Task<PullSmsSendStatusResponse>[] tasks = new Task<PullSmsSendStatusResponse>[AtOnce];
            for (int i = 0; i < AtOnce; i++)
                tasks[i] = client.PullSmsSendStatus(request);
            for (int i = 0; i < AtOnce; i++)
                client.PullSmsSendStatusSync(request);
            Task.WaitAll(tasks);
            long before = made;
            made += 2 * AtOnce;
            if (first == 0 && made >= quarter)
                first = Resident();
            else if (first != 0 && made / step != before / step)
                samples.Add(Resident());
        }
        samples.RemoveRange(0, Math.Max(0, samples.Count - 10));
        samples.Sort();
        double last = samples[samples.Count / 2];
        double growth = 100 * (last - first) / first;
        Console.WriteLine("{" + string.Format(CultureInfo.InvariantCulture,
            "\"calls\":{0},\"seconds\":{1:F1},\"rss_50k_mib\":{2:F1},\"rss_end_mib\":{3:F1},\"growth_percent\":{4:F1}",
            made, watch.Elapsed.TotalSeconds, first, last, growth) + "}");
        return growth > 5 ? 1 : 0;
    }

    /// <summary>The resident memory in MiB, after garbage is gone.</summary>
    private static double Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        foreach (string line in File.ReadAllLines("/proc/self/status"))
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                return double.Parse(line.Split(new[] { ' ', '\t' }, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        throw new IOException("there is no VmRSS");
    }
}
