// The servers that the tests meet: the service, and servers of single answers.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using TencentCloud.Common;
using TencentCloud.Common.Profile;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

/// <summary>A `tcsms serve` of its own.</summary>
internal sealed class Service
{
    private static readonly List<Service> All = new List<Service>();
    private static Service shared;

    private readonly Process process;

    internal readonly string Url;

    /// <summary>One for all tests that change nothing in it.</summary>
    internal static Service Shared
    {
        get { return shared ?? (shared = new Service("127.0.0.1:0")); }
    }

    internal Service(string listen)
    {
        string config = Environment.GetEnvironmentVariable("TCSMS_TEST_CONFIG");
        ProcessStartInfo start = new ProcessStartInfo(Program.Tcsms, "serve --database memory --listen " + listen + " --config \"" + config + "\"")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        process = Process.Start(start);
        process.ErrorDataReceived += delegate { };
        process.BeginErrorReadLine();
        string line = process.StandardOutput.ReadLine();
        if (line == null)
            throw new Exception("the service did not start");
        Url = (string)AbstractModel.FromJsonString<Dictionary<string, object>>(line)["api"];
        All.Add(this);
    }

    internal void Stop()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
    }

    internal static void StopAll()
    {
        foreach (Service service in All)
            service.Stop();
    }
}

/// <summary>A server that gives each connection the same bytes, or none at all, and keeps it open until it is disposed of.</summary>
internal sealed class OneAnswerServer : IDisposable
{
    private readonly TcpListener listener = new TcpListener(IPAddress.Loopback, 0);
    private readonly List<TcpClient> open = new List<TcpClient>();
    private readonly byte[] answer;
    private readonly bool close;

    /// <summary>Set when a request has come.</summary>
    internal readonly ManualResetEventSlim Asked = new ManualResetEventSlim();

    internal OneAnswerServer(string answer, bool close)
    {
        this.answer = answer == null ? null : Encoding.UTF8.GetBytes(answer);
        this.close = close;
        listener.Start();
        Thread thread = new Thread(Accept) { IsBackground = true };
        thread.Start();
    }

    internal string Url
    {
        get { return "http://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port; }
    }

    internal static string Json(string body)
    {
        return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + Encoding.UTF8.GetByteCount(body) + "\r\n\r\n" + body;
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                TcpClient client = listener.AcceptTcpClient();
                lock (open)
                    open.Add(client);
                NetworkStream stream = client.GetStream();
                byte[] buffer = new byte[65536];
                stream.Read(buffer, 0, buffer.Length);
                Asked.Set();
                if (answer != null)
                    stream.Write(answer, 0, answer.Length);
                if (close)
                    client.Close();
            }
        }
        catch (Exception)
        {
            // The listener was stopped.
        }
    }

    public void Dispose()
    {
        listener.Stop();
        lock (open)
            foreach (TcpClient client in open)
                client.Close();
    }
}

/// <summary>Clients and requests as the tests use them.</summary>
internal static class Make
{
    internal static Credential Pair()
    {
        return new Credential { SecretId = "secretId", SecretKey = "secretKey" };
    }

    internal static ClientProfile Profile(string url)
    {
        ClientProfile profile = new ClientProfile();
        profile.Settings["connect_to"] = url;
        return profile;
    }

    internal static SmsClient Client()
    {
        return new SmsClient(Pair(), "ap-guangzhou", Profile(Service.Shared.Url));
    }

    internal static SmsClient ClientOf(OneAnswerServer server)
    {
        return new SmsClient(Pair(), "ap-guangzhou", Profile(server.Url));
    }

    internal static SendSmsRequest Send()
    {
        return new SendSmsRequest
        {
            SmsSdkAppId = "1400787878",
            SignName = "xxx",
            TemplateId = "449739",
            TemplateParamSet = new[] { "1234" },
            PhoneNumberSet = new[] { "+8613711112222" }
        };
    }
}
