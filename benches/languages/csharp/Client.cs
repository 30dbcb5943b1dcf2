// Calls SendSms and measures it: PORT NUMBERS CONCURRENCY CALLS WARMUP
// So many threads as CONCURRENCY says share one client. It prints `first` with the peak memory after the first call, then a
// line of JSON with the figures of the others.

using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using TencentCloud.Common;
using TencentCloud.Common.Profile;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

internal static class Client
{
    private static SmsClient client;
    private static string[] numbers;

    private static void Call()
    {
        SendSmsRequest request = new SendSmsRequest
        {
            PhoneNumberSet = numbers,
            SmsSdkAppId = "1400787878",
            TemplateId = "449739",
            SignName = "腾讯云",
            TemplateParamSet = new[] { "123456", "5" },
            SessionContext = "test",
        };
        if (client.SendSmsSync(request).SendStatusSet.Length != numbers.Length)
            throw new InvalidDataException("an answer for other numbers");
    }

    /// <summary>The peak of resident memory in KiB.</summary>
    private static string Peak()
    {
        return File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM")).Split((char[])null, StringSplitOptions.RemoveEmptyEntries)[1];
    }

    /// <summary>Makes the calls, and gives how long each took in microseconds, in order of length.</summary>
    private static double[] Rounds(int calls, int threads)
    {
        double[][] parts = new double[threads][];
        Thread[] running = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int place = i;
            double[] took = new double[calls / threads + (i < calls % threads ? 1 : 0)];
            parts[place] = took;
            ThreadStart work = () =>
            {
                for (int k = 0; k < took.Length; k++)
                {
                    long start = Stopwatch.GetTimestamp();
                    Call();
                    took[k] = (Stopwatch.GetTimestamp() - start) * 1e6 / Stopwatch.Frequency;
                }
            };
            if (threads == 1)
            {
                work();
                continue;
            }
            running[i] = new Thread(work);
            running[i].Start();
        }
        foreach (Thread thread in running.Where(thread => thread != null))
            thread.Join();
        return parts.SelectMany(part => part).OrderBy(took => took).ToArray();
    }

    private static void Main(string[] arguments)
    {
        int[] given = arguments.Select(int.Parse).ToArray();
        numbers = Enumerable.Range(11110000, given[1]).Select(number => "+86137" + number.ToString("d8", CultureInfo.InvariantCulture)).ToArray();
        ClientProfile profile = new ClientProfile { HttpProfile = new HttpProfile { Protocol = "http://", Endpoint = "127.0.0.1:" + given[0] } };
        client = new SmsClient(new Credential { SecretId = "AKIDEXAMPLE", SecretKey = "SKEXAMPLE" }, "ap-guangzhou", profile);
        Call();
        Console.WriteLine("first " + Peak());
        if (given[4] > 0)
            Rounds(given[4], given[2]);
        if (given[3] > 0)
        {
            Process self = Process.GetCurrentProcess();
            double user = self.UserProcessorTime.TotalMilliseconds, system = self.PrivilegedProcessorTime.TotalMilliseconds;
            Stopwatch watch = Stopwatch.StartNew();
            double[] took = Rounds(given[3], given[2]);
            double wall = watch.Elapsed.TotalSeconds;
            self.Refresh();
            user = (self.UserProcessorTime.TotalMilliseconds - user) * 1e3 / took.Length;
            system = (self.PrivilegedProcessorTime.TotalMilliseconds - system) * 1e3 / took.Length;
            Console.WriteLine(string.Format(
                CultureInfo.InvariantCulture,
                "{{\"calls\":{0},\"wall\":{1:f6},\"user_us\":{2:f2},\"sys_us\":{3:f2},\"p50\":{4:f1},\"p99\":{5:f1},\"hwm_kb\":{6}}}",
                took.Length, wall, user, system, took[took.Length / 2], took[took.Length * 99 / 100], Peak()));
        }
        Environment.Exit(0);
    }
}
