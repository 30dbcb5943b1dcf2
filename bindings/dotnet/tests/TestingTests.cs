// The helpers for tests: a service of one's own, accounts, messages, faults and clock.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;
using TencentCloud.Testing;

internal static class TestingTests
{
    private const string One = "+8613700000001";
    private const string Other = "+8613700000002";

    private static string Send(Account account, string phone)
    {
        SendSmsRequest request = new SendSmsRequest
        {
            SmsSdkAppId = account.SdkAppId,
            SignName = account.Signs[0],
            TemplateId = account.Templates[0].Key,
            TemplateParamSet = new[] { "2468" },
            PhoneNumberSet = new[] { phone }
        };
        return account.Client().SendSmsSync(request).SendStatusSet[0].Code;
    }

    private static LocalServiceOptions Options()
    {
        return new LocalServiceOptions { Program = Program.Tcsms };
    }

    private static LocalService shared;

    private static LocalService Service
    {
        get { return shared ?? (shared = LocalService.Start(Options())); }
    }

    private static string NotStarted(LocalServiceOptions options)
    {
        return Expect.Throws<InvalidOperationException>(() => LocalService.Start(options)).Message;
    }

    /// <summary>A connection that ends with the service, and not before.</summary>
    private static TcpClient Watching(string api)
    {
        Uri url = new Uri(api);
        return new TcpClient(url.Host, url.Port) { ReceiveTimeout = 60000 };
    }

    private static void Ends(TcpClient watching)
    {
        using (watching)
        {
            try
            {
                Expect.Equal(0, watching.GetStream().Read(new byte[1], 0, 1));
            }
            catch (IOException error)
            {
                // Broken off is ended too.
                Expect.Equal(SocketError.ConnectionReset, ((SocketException)error.InnerException).SocketErrorCode);
            }
        }
    }

    public static void AProgramThatIsNotFoundIsASentenceWithAllPlaces()
    {
        string path = Environment.GetEnvironmentVariable("PATH");
        string program = Environment.GetEnvironmentVariable("TCSMS_PROGRAM");
        try
        {
            Environment.SetEnvironmentVariable("PATH", "/nowhere");
            Environment.SetEnvironmentVariable("TCSMS_PROGRAM", null);
            string text = NotStarted(null);
            foreach (string place in new[] { "Program", "TCSMS_PROGRAM", "PATH", "cargo build --release" })
                Expect.Contains(place, text);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            Environment.SetEnvironmentVariable("TCSMS_PROGRAM", program);
        }
        Expect.Contains("/nowhere/tcsms cannot be started", NotStarted(new LocalServiceOptions { Program = "/nowhere/tcsms" }));
        Expect.Contains("did not say where it listens: serve --listen", NotStarted(new LocalServiceOptions { Program = "/bin/echo" }));
    }

    public static void WhatTheProgramSaysOfAWrongConfigurationIsInTheError()
    {
        LocalServiceOptions options = Options();
        options.Config = "[limits]\nprofile = \"none\"\n";
        string text = NotStarted(options);
        Expect.Contains("ended before it listened", text);
        Expect.Contains(":2", text);
    }

    public static void AProgramThatDoesNotListenInTimeIsEnded()
    {
        LocalServiceOptions options = Options();
        options.StartTimeout = TimeSpan.Zero;
        Expect.Contains("did not listen within 0 s", NotStarted(options));
    }

    public static void StopEndsTheServiceAndTwiceIsFine()
    {
        LocalServiceOptions options = Options();
        options.Arguments = new[] { "--log", "error" };
        LocalService service = LocalService.Start(options);
        TcpClient watching = Watching(service.Api);
        Account account = service.Account();
        service.Stop();
        Ends(watching);
        service.Dispose();
        ControlException error = Expect.Throws<ControlException>(() => service.Account());
        Expect.Equal(0, error.Status);
        Expect.Contains(service.Control, error.Message);
        account.Dispose();
    }

    /// <summary>A process that starts a service, says where, and waits for a line; then it returns without stopping it.</summary>
    private static void EndsWith(Action<Process> end)
    {
        string own = typeof(Children).Assembly.Location;
        ProcessStartInfo start = new ProcessStartInfo(Environment.GetEnvironmentVariable("TCSMS_TEST_HOST"), "\"" + own + "\" child hold \"" + Program.Tcsms + "\"")
        {
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(own),
            RedirectStandardInput = true,
            RedirectStandardOutput = true
        };
        using (Process process = Process.Start(start))
        {
            TcpClient watching = Watching(process.StandardOutput.ReadLine());
            end(process);
            Ends(watching);
            Expect.That(process.WaitForExit(20000), "the process ends");
        }
    }

    public static void AServiceEndsWithTheProcessThatStartedItWhenThatIsKilled()
    {
        EndsWith(process => process.Kill());
    }

    public static void AServiceEndsWithTheProcessThatStartedIt()
    {
        EndsWith(process => process.StandardInput.WriteLine());
    }

    public static void TwoAccountsKnowNothingOfEachOther()
    {
        using (Account one = Service.Account())
        using (Account other = Service.Account())
        {
            one.SetFaults(Fault.Error("InternalError"));
            one.MoveClock("24h");
            Expect.Equal("Ok", Send(other, One));
            Expect.Equal(0, one.Messages().Count);
            Expect.Equal(1, other.Messages().Count);
            Expect.Equal(0, other.Faults().Count);
            Expect.Equal("0s", other.Clock()["offset"]);
        }
    }

    public static void AnAccountIsGoneOnceItIsDisposedOfAndTwiceIsFine()
    {
        Account account = Service.Account();
        account.Dispose();
        account.Dispose();
        Expect.Equal("AuthFailure.SecretIdNotFound", Expect.Throws<TencentCloudSDKException>(() => Send(account, One)).ErrorCode);
    }

    public static void AMessageIsWaitedForWithItsCode()
    {
        using (Account account = Service.Account())
        {
            Expect.Equal("Ok", Send(account, One));
            Message message = account.WaitForMessage(One, "delivered", "2468", account.SdkAppId);
            Expect.Equal("2468", message.Code);
            Expect.Equal("2468", message.Params[0]);
            Expect.Equal("DELIVRD", message.Report);
            Message whole = account.Message(message.Serial);
            Expect.Equal(message.Text, whole.Text);
            Expect.That(whole.RequestId != null && message.RequestId == null, "only one message alone has its RequestId");
            Task<IReadOnlyList<Message>> both = account.WaitForMessagesAsync(2);
            Expect.Equal("Ok", Send(account, Other));
            Expect.Equal(Other, both.Result[1].Phone);
            Expect.Equal(1, account.Messages(One).Count);
            account.Clear();
            Expect.Equal(0, account.Messages().Count);
        }
    }

    public static void AWaitInVainSaysWhatCameNear()
    {
        using (Account account = Service.Account())
        {
            Send(account, Other);
            string text = Expect.Throws<MessageMissingException>(() => account.WaitForMessage(One, timeout: TimeSpan.FromSeconds(0.1))).Message;
            Expect.Contains("no message to " + One + " within 0.1 s; near: to " + Other, text);
            Expect.Contains("phone is " + Other + ", wanted " + One, text);
            text = Expect.Throws<MessageMissingException>(() => account.WaitForMessages(3, timeout: TimeSpan.Zero)).Message;
            Expect.Equal("1 of 3 messages within 0 s; near: none", text);
        }
    }

    public static void AFaultStrikesOnceAndTheSdkTriesAgain()
    {
        using (Account account = Service.Account())
        {
            account.SetFaults(Fault.Error("RequestLimitExceeded").On("SendSms").Phone("*0001").Times(1));
            Expect.Equal("Ok", Send(account, One));
            Expect.Equal(1L, account.Faults()[0]["hits"]);
            Expect.Equal(1, account.Requests("SendSms", "RequestLimitExceeded").Count);
            account.SetFaults(7, new object[]
            {
                new { nth = new[] { 2 }, @do = new { error = new { code = "InternalError" } } }, Fault.Latency("1ms").Nth(1),
                Fault.Receipt("failed", "MK:0001"), Fault.Reset(true).Phone("*0002")
            });
            Expect.Equal("Ok", Send(account, One));
            Expect.Equal("InternalError", Expect.Throws<TencentCloudSDKException>(() => Send(account, One)).ErrorCode);
            Expect.Equal("MK:0001", account.WaitForMessage(One, "failed").Report);
            Expect.Equal("maybe_sent", Expect.Throws<TencentCloudSDKException>(() => Send(account, Other)).Delivery);
            account.ClearFaults();
            Expect.Equal(0, account.Faults().Count);
        }
    }

    public static void TheLimitOfADayEndsWithTheDay()
    {
        using (Account account = Service.Account(new AccountOptions { Limits = "default" }))
        {
            long morning = (long)account.Clock()["now"] / 86400 * 86400;
            for (int i = 0; i < 10; i++)
            {
                account.SetClock(morning + i * 31);
                Expect.Equal("Ok", Send(account, One));
            }
            account.SetClock(morning + 310);
            Expect.Equal("LimitExceeded.PhoneNumberDailyLimit", Send(account, One));
            account.MoveClock("24h");
            Expect.Equal("Ok", Send(account, One));
            account.ResetClock();
            Expect.Equal("0s", account.Clock()["offset"]);
        }
    }

    public static void AReplyAReportAndAReviewAreAsTheyWereGiven()
    {
        using (Account account = Service.Account())
        {
            Send(account, One);
            account.Reply(One, "TD");
            PullSmsReplyStatusRequest pull = new PullSmsReplyStatusRequest { SmsSdkAppId = account.SdkAppId, Limit = 10 };
            Expect.Equal("TD", account.Client().PullSmsReplyStatusSync(pull).PullSmsReplyStatusSet[0].ReplyContent);
            string serial = account.WaitForMessage(One).Serial;
            account.Report(serial, "failed", "MX:0003");
            Expect.Equal("MX:0003", account.Message(serial).Report);
            account.ReviewTemplate(ulong.Parse(account.Templates[0].Key), "rejected");
            Expect.Equal("FailedOperation.TemplateUnapprovedOrNotExist", Send(account, One));
        }
    }

    public static void WhatTheControlApiRefusesIsToldWithItsCode()
    {
        using (Account account = Service.Account())
        {
            ControlException error = Expect.Throws<ControlException>(() => account.Report("no-serial", "failed"));
            Expect.Equal("404 NotFound", error.Status + " " + error.Code);
            Expect.Contains("no-serial", error.Message);
        }
    }

    public static void AServiceThatRunsAlreadyIsUsedAndGoesOn()
    {
        LocalService service = LocalService.Connect(Service.Control + "/");
        using (Account account = service.Account())
            Expect.Equal("Ok", Send(account, One));
        service.Stop();
        Service.Account().Dispose();
    }
}
