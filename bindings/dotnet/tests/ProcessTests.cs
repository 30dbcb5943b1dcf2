// What becomes of whole processes: they end, whatever calls are under way, and say what is wrong with the library.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Sms.V20210111;

internal static class ProcessTests
{
    /// <summary>A child that does this ends with the code, in time, and without a word.</summary>
    private static void Ends(string how, int code, string detail = "")
    {
        using (OneAnswerServer silent = new OneAnswerServer(null, false))
        {
            string output;
            int found = Children.Start(new[] { how, Service.Shared.Url, silent.Url, detail }, null, out output);
            if (found != code || output != "")
                throw new Exception("the process `" + how + " " + detail + "` ended with " + found + " instead of " + code + ": " + output);
        }
    }

    public static void AProcessEndsAfterSynchronousCalls()
    {
        Ends("sync", 0);
    }

    public static void AProcessEndsAfterAsynchronousCalls()
    {
        for (int i = 0; i < 3; i++)
            Ends("async", 0);
    }

    public static void AProcessEndsWhileCallsAreUnderWay()
    {
        Ends("under-way", 0);
        Ends("exit-under-way", 3);
    }

    public static void AProcessEndsAtAnyMomentOfBusyCalls()
    {
        foreach (int calls in new[] { 1, 7, 60 })
        {
            Ends("busy", 0, calls.ToString());
            Ends("busy-exit", 3, calls.ToString());
            Ends("busy-exit-in-continuation", 3, calls.ToString());
        }
    }

    public static void AProcessEndsWhileEventsAreWaitedFor()
    {
        string head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        using (OneAnswerServer server = new OneAnswerServer(head + "data: a\n\n", false))
        {
            Ends("events", 0, server.Url);
            Ends("events-exit", 3, server.Url);
        }
    }

    public static void AProcessEndsWhileItsHttpClientWaits()
    {
        Ends("http-client", 0);
        Ends("http-client-exit", 3);
    }

    public static void AnErrorThatNobodyCatchesEndsTheProcess()
    {
        using (OneAnswerServer silent = new OneAnswerServer(null, false))
        {
            string output;
            int found = Children.Start(new[] { "uncaught", Service.Shared.Url, silent.Url }, null, out output);
            Expect.That(found > 0, "it ends with an error and in time, not " + found + ": " + output);
            Expect.Contains("nobody catches this", output);
        }
    }

    public static void ACallAfterTheEndOfTheLibraryIsRefused()
    {
        Ends("shut-down", 0);
    }

    public static void AMissingLibraryIsSaid()
    {
        string output;
        Dictionary<string, string> environment = new Dictionary<string, string> { { "TCSMS_LIBRARY", "/nowhere/libtcsms_c.so" } };
        Expect.Equal(0, Children.Start(new[] { "library", Service.Shared.Url, "" }, environment, out output));
        Expect.Contains("config: the native library of tcsms that TCSMS_LIBRARY names, /nowhere/libtcsms_c.so, cannot be loaded", output);
    }

    public static void AnotherLibraryIsSaid()
    {
        string output;
        Dictionary<string, string> environment = new Dictionary<string, string> { { "TCSMS_LIBRARY", "libm.so.6" } };
        Expect.Equal(0, Children.Start(new[] { "library", Service.Shared.Url, "" }, environment, out output));
        Expect.Contains("config: the native library of tcsms that was found lacks the function tcsms_abi_version", output);
    }
}

/// <summary>The processes that <see cref="ProcessTests"/> start.</summary>
internal static class Children
{
    /// <summary>Runs this program as a child; -1 when it has not ended in time.</summary>
    internal static int Start(string[] arguments, Dictionary<string, string> environment, out string output)
    {
        string own = typeof(Children).Assembly.Location;
        string host = Environment.GetEnvironmentVariable("TCSMS_TEST_HOST");
        ProcessStartInfo start = new ProcessStartInfo(host, "\"" + own + "\" child " + string.Join(" ", Array.ConvertAll(arguments, one => "\"" + one + "\"")))
        {
            UseShellExecute = false,
            // Mono leaves files where it was started when it aborts.
            WorkingDirectory = Path.GetDirectoryName(own),
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        foreach (KeyValuePair<string, string> variable in environment ?? new Dictionary<string, string>())
            start.EnvironmentVariables[variable.Key] = variable.Value;
        using (Process process = Process.Start(start))
        {
            Task<string> text = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            bool ended = process.WaitForExit(20000);
            if (!ended)
                process.Kill();
            process.WaitForExit();
            output = text.Result + errors.Result;
            return ended ? process.ExitCode : -1;
        }
    }

    internal static int Run(string[] arguments)
    {
        if (arguments[1] == "hold")
        {
            Console.WriteLine(TencentCloud.Testing.LocalService.Start(new TencentCloud.Testing.LocalServiceOptions { Program = arguments[2] }).Api);
            Console.ReadLine();
            return 0;
        }
        SmsClient client = new SmsClient(Make.Pair(), "ap-guangzhou", Make.Profile(arguments[2]));
        switch (arguments[1])
        {
            case "sync":
                client.SendSmsSync(Make.Send());
                return 0;
            case "async":
                for (int i = 0; i < 5; i++)
                    client.SendSms(Make.Send()).Wait();
                return 0;
            case "under-way":
            case "exit-under-way":
                // One that has ended, so that the library's thread has run managed code, and some that never do.
                client.SendSms(Make.Send()).Wait();
                client.Profile.Settings["connect_to"] = arguments[3];
                for (int i = 0; i < 5; i++)
                    client.SendSms(Make.Send());
                // Main waits for threads that are no background ones, Environment.Exit does not.
                new Thread(delegate() { client.SendSmsSync(Make.Send()); }) { IsBackground = arguments[1] == "under-way" }.Start();
                if (arguments[1] == "exit-under-way")
                    Environment.Exit(3);
                return 0;
            case "busy":
            case "busy-exit":
            case "busy-exit-in-continuation":
                Busy(client, arguments[1], int.Parse(arguments[4]));
                return 0;
            case "events":
            case "events-exit":
                // One stream stands open and is read on a thread of its own, one more is read as a task.
                for (int i = 0; i < 2; i++)
                {
                    ManualResetEventSlim read = new ManualResetEventSlim();
                    Action reading = delegate { Read(arguments[4], read); };
                    if (i == 0)
                        new Thread(() => reading()) { IsBackground = true }.Start();
                    else
                        Task.Run(reading);
                    read.Wait();
                }
                if (arguments[1] == "events-exit")
                    Environment.Exit(3);
                return 0;
            case "http-client":
            case "http-client-exit":
                client.HttpClient = new System.Net.Http.HttpClient();
                client.SendSmsSync(Make.Send());
                client.Profile.Settings["connect_to"] = arguments[3];
                client.SendSms(Make.Send());
                new Thread(delegate() { client.SendSmsSync(Make.Send()); }) { IsBackground = true }.Start();
                if (arguments[1] == "http-client-exit")
                    Environment.Exit(3);
                return 0;
            case "uncaught":
                client.SendSms(Make.Send()).Wait();
                client.Profile.Settings["connect_to"] = arguments[3];
                client.SendSms(Make.Send());
                new Thread(delegate() { client.SendSmsSync(Make.Send()); }) { IsBackground = true }.Start();
                throw new InvalidOperationException("nobody catches this");
            case "shut-down":
                client.SendSms(Make.Send()).Wait();
                Tcsms.Shutdown(2000);
                try
                {
                    client.SendSmsSync(Make.Send());
                }
                catch (TencentCloudSDKException error)
                {
                    return error.Kind == "shut_down" && error.ErrorCode == "ClientError.InternalError" ? 0 : 1;
                }
                return 1;
            case "library":
                try
                {
                    client.SendSmsSync(Make.Send());
                    return 1;
                }
                catch (TencentCloudSDKException error)
                {
                    Console.WriteLine(error.Kind + ": " + error.Text);
                    return 0;
                }
            default:
                return 2;
        }
    }

    /// <summary>Calls of both kinds from several threads, without pause, until so many have ended; then the process ends.</summary>
    private static void Busy(SmsClient client, string how, int enough)
    {
        int ended = 0;
        ManualResetEventSlim over = new ManualResetEventSlim();
        Action count = delegate
        {
            if (Interlocked.Increment(ref ended) != enough)
                return;
            if (how == "busy-exit-in-continuation")
                Environment.Exit(3);
            over.Set();
        };
        for (int i = 0; i < 3; i++)
        {
            new Thread(delegate()
            {
                while (true)
                {
                    client.SendSmsSync(Make.Send());
                    count();
                }
            }) { IsBackground = true }.Start();
            Again(client, count);
        }
        over.Wait();
        if (how == "busy-exit")
            Environment.Exit(3);
    }

    private static void Again(SmsClient client, Action count)
    {
        client.SendSms(Make.Send()).ContinueWith(delegate
        {
            count();
            Again(client, count);
        });
    }

    private static void Read(string url, ManualResetEventSlim read)
    {
        CommonClient client = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(url));
        foreach (AbstractSSEModel.SSE one in client.Call<CommonSSEResponse>(new CommonRequest("{}"), "Chat"))
            read.Set();
    }
}
