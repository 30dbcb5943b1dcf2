// Servers that do not answer as they should, cancellation, time limits, events, and the program's own HTTP client.

using System;
using System.Collections.Generic;
using System.IO;
using System.Diagnostics;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

internal static class NetworkTests
{
    private sealed class Counting : DelegatingHandler
    {
        internal int Requests;
        internal string Authorization;

        internal Counting()
            : base(new HttpClientHandler())
        {
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            IEnumerable<string> values;
            if (request.Headers.TryGetValues("Authorization", out values))
                Authorization = string.Join(",", values);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Sends nothing, as where nobody listens, and tells of it.</summary>
    private sealed class Refusing : HttpMessageHandler
    {
        private readonly Action told;

        internal Refusing(Action told)
        {
            this.told = told;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            told();
            throw new HttpRequestException("refused", new SocketException((int)SocketError.ConnectionRefused));
        }
    }

    public static void ClientsOfTheSameSettingsShareConnections()
    {
        // One of its own, so that nobody else has connections to its port.
        Service service = new Service("127.0.0.1:0");
        try
        {
            for (int i = 0; i < 5; i++)
                new SmsClient(Make.Pair(), "ap-guangzhou", Make.Profile(service.Url)).SendSmsSync(Make.Send());
            string port = ":" + new Uri(service.Url).Port.ToString("X4");
            int connections = 0;
            foreach (string line in File.ReadAllLines("/proc/self/net/tcp"))
            {
                string[] words = line.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
                // The other end has this port, and the state is that of an open connection.
                if (words[2].EndsWith(port, StringComparison.Ordinal) && words[3] == "01")
                    connections++;
            }
            Expect.Equal(1, connections);
        }
        finally
        {
            service.Stop();
        }
    }

    public static void ACancelledTokenSendsNothing()
    {
        using (OneAnswerServer server = new OneAnswerServer(null, false))
        {
            CancellationToken cancelled = new CancellationToken(true);
            Expect.Throws<OperationCanceledException>(() => Make.ClientOf(server).SendSmsSync(Make.Send(), cancelled));
            Task task = Make.ClientOf(server).SendSms(Make.Send(), cancelled);
            Expect.Throws<OperationCanceledException>(() => task.GetAwaiter().GetResult());
            Expect.That(task.IsCanceled, "the task is cancelled");
            Expect.That(!server.Asked.IsSet, "nothing was sent");
        }
    }

    public static void ACallUnderWayIsCancelled()
    {
        foreach (bool own in new[] { false, true })
        {
            using (OneAnswerServer server = new OneAnswerServer(null, false))
            using (CancellationTokenSource source = new CancellationTokenSource())
            {
                SmsClient client = Make.ClientOf(server);
                client.HttpClient = own ? new HttpClient() : null;
                Task task = client.SendSms(Make.Send(), source.Token);
                Expect.That(server.Asked.Wait(10000), "the server is asked");
                source.Cancel();
                OperationCanceledException ended = Expect.Throws<OperationCanceledException>(() => task.GetAwaiter().GetResult());
                Expect.That(task.IsCanceled, "the task is cancelled");
                if (!own)
                    Expect.Equal("maybe_sent", ((TencentCloudSDKException)ended.InnerException).Delivery);
            }
            using (OneAnswerServer server = new OneAnswerServer(null, false))
            using (CancellationTokenSource source = new CancellationTokenSource())
            {
                SmsClient client = Make.ClientOf(server);
                client.HttpClient = own ? new HttpClient() : null;
                ThreadPool.QueueUserWorkItem(delegate
                {
                    server.Asked.Wait(10000);
                    source.Cancel();
                });
                Expect.Throws<OperationCanceledException>(() => client.SendSmsSync(Make.Send(), source.Token));
            }
        }
    }

    public static void ACallIsCancelledBetweenItsAttempts()
    {
        foreach (bool own in new[] { false, true })
        {
            using (CancellationTokenSource source = new CancellationTokenSource())
            {
                SmsClient client = new SmsClient(Make.Pair(), "ap-guangzhou", Make.Profile("http://127.0.0.1:1"));
                // The first attempt ends it, whichever way it is told of: there is a long pause behind it.
                Action cancel = () => ThreadPool.QueueUserWorkItem(delegate { source.Cancel(); });
                client.HttpClient = own ? new HttpClient(new Refusing(cancel)) : null;
                client.Profile.Settings["retry"] = new { attempts = 2, pause_ms = 50000, longest_pause_ms = 50000, jitter_percent = 0 };
                if (!own)
                    Tcsms.SetLog((level, line) => cancel(), 4);
                try
                {
                    Stopwatch watch = Stopwatch.StartNew();
                    Expect.Throws<OperationCanceledException>(() => client.SendSmsSync(Make.Send(), source.Token));
                    Expect.That(watch.ElapsedMilliseconds < 10000, "it did not wait for the second attempt");
                }
                finally
                {
                    Tcsms.SetLog(null, 0);
                }
            }
        }
    }

    public static void OneOfManyCallsIsCancelled()
    {
        using (OneAnswerServer server = new OneAnswerServer(null, false))
        using (CancellationTokenSource source = new CancellationTokenSource())
        {
            SmsClient client = Make.ClientOf(server);
            Task cancelled = client.SendSms(Make.Send(), source.Token);
            Task other = client.SendSms(Make.Send(), new CallOptions { Timeout = TimeSpan.FromSeconds(2) });
            Expect.That(server.Asked.Wait(10000), "the server is asked");
            source.Cancel();
            Expect.Throws<OperationCanceledException>(() => cancelled.GetAwaiter().GetResult());
            Expect.That(!other.IsCompleted, "the other goes on");
            Expect.Equal("timeout", Expect.Throws<TencentCloudSDKException>(() => other.GetAwaiter().GetResult()).Kind);
        }
        using (CancellationTokenSource source = new CancellationTokenSource())
        {
            // A token that comes too late changes nothing, and one may serve many calls.
            Task<SendSmsResponse> first = Make.Client().SendSms(Make.Send(), source.Token);
            first.Wait();
            Make.Client().SendSmsSync(Make.Send(), source.Token);
            source.Cancel();
            Expect.Equal("Ok", first.Result.SendStatusSet[0].Code);
        }
    }

    public static void AStreamIsCancelled()
    {
        using (OneAnswerServer server = new OneAnswerServer("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: a\n\n", false))
        using (CancellationTokenSource source = new CancellationTokenSource())
        {
            CommonClient client = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(server.Url));
            CallOptions options = new CallOptions { CancellationToken = source.Token };
            int events = 0;
            using (CommonSSEResponse response = client.Call<CommonSSEResponse>(new CommonRequest("{}"), "Chat", options))
            {
                OperationCanceledException ended = Expect.Throws<OperationCanceledException>(delegate
                {
                    foreach (AbstractSSEModel.SSE one in response)
                    {
                        events++;
                        source.Cancel();
                    }
                });
                Expect.Equal(source.Token, ended.CancellationToken);
            }
            Expect.Equal(1, events);
            Expect.Throws<OperationCanceledException>(() => client.Call<CommonSSEResponse>(new CommonRequest("{}"), "Chat", options));
            Task task = client.CallAsync<CommonSSEResponse>(new CommonRequest("{}"), "Chat", options);
            Expect.Throws<OperationCanceledException>(() => task.GetAwaiter().GetResult());
            Expect.That(task.IsCanceled, "the task is cancelled");
        }
    }

    public static void AStreamThatIsBeingOpenedIsCancelled()
    {
        foreach (bool late in new[] { true, false })
        {
            using (OneAnswerServer server = new OneAnswerServer(null, false))
            using (CancellationTokenSource source = new CancellationTokenSource())
            {
                CommonClient client = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(server.Url));
                CallOptions options = new CallOptions { CancellationToken = source.Token };
                Task task = client.CallAsync<CommonSSEResponse>(new CommonRequest("{}"), "Chat", options);
                if (late)
                    server.Asked.Wait();
                source.Cancel();
                Expect.Equal(source.Token, Expect.Throws<OperationCanceledException>(() => task.GetAwaiter().GetResult()).CancellationToken);
            }
        }
    }

    public static void ATimeLimitIsKept()
    {
        foreach (bool own in new[] { false, true })
        {
            using (OneAnswerServer server = new OneAnswerServer(null, false))
            {
                SmsClient client = Make.ClientOf(server);
                client.HttpClient = own ? new HttpClient() : null;
                client.Profile.HttpProfile.Timeout = 1;
                Stopwatch watch = Stopwatch.StartNew();
                TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send()));
                Expect.Equal("timeout", error.Kind);
                Expect.Equal("ClientError.Timeout", error.ErrorCode);
                Expect.Equal("maybe_sent", error.Delivery);
                Expect.Equal(1, error.Attempts);
                Expect.That(watch.ElapsedMilliseconds < 8000, "it took not much longer than its limit: " + watch.ElapsedMilliseconds);
            }
        }
    }

    public static void TheLimitOfOneCallIsKept()
    {
        using (OneAnswerServer server = new OneAnswerServer(null, false))
        {
            CallOptions options = new CallOptions { Timeout = TimeSpan.FromMilliseconds(200) };
            TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => Make.ClientOf(server).SendSms(Make.Send(), options).GetAwaiter().GetResult());
            Expect.Equal("timeout", error.Kind);
            SmsClient own = Make.ClientOf(server);
            own.HttpClient = new HttpClient();
            Expect.Equal("timeout", Expect.Throws<TencentCloudSDKException>(() => own.SendSmsSync(Make.Send(), options)).Kind);
            options.Timeout = TimeSpan.FromMilliseconds(-5);
            Expect.Equal("invalid_request", Expect.Throws<TencentCloudSDKException>(() => Make.ClientOf(server).SendSmsSync(Make.Send(), options)).Kind);
        }
    }

    public static void AnAnswerThatIsNoneIsAnError()
    {
        foreach (string answer in new[] { OneAnswerServer.Json("no JSON"), OneAnswerServer.Json("{\"Response\":{\"RequestId\":5}}"), "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n" })
        {
            using (OneAnswerServer server = new OneAnswerServer(answer, false))
            {
                TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => Make.ClientOf(server).SendSmsSync(Make.Send()));
                Expect.Equal("invalid_answer", error.Kind);
                Expect.Equal("maybe_sent", error.Delivery);
            }
        }
        using (OneAnswerServer server = new OneAnswerServer("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", false))
        {
            TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => Make.ClientOf(server).SendSmsSync(Make.Send()));
            Expect.Equal("ClientError.HttpStatusCodeError", error.ErrorCode);
            Expect.Equal(502, error.HttpStatus);
        }
    }

    public static void WhoCannotBeReachedWasSentNothing()
    {
        SmsClient client = new SmsClient(Make.Pair(), "ap-guangzhou", Make.Profile("http://127.0.0.1:1"));
        TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send()));
        Expect.Equal("connect", error.Kind);
        Expect.Equal("not_sent", error.Delivery);
        Expect.Equal(3, error.Attempts);
        Expect.Equal("ClientError.NetworkError", error.ErrorCode);
        client.HttpClient = new HttpClient();
        error = Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send()));
        Expect.Equal("connect", error.Kind);
        Expect.Equal("not_sent", error.Delivery);
        Expect.Equal(3, error.Attempts);
    }

    public static void TheProgramsHttpClientCarriesTheRequests()
    {
        Counting handler = new Counting();
        SmsClient client = Make.Client();
        client.HttpClient = new HttpClient(handler);
        client.Profile.HttpProfile.WebProxy = "http://127.0.0.1:1";
        Expect.Equal("Ok", client.SendSmsSync(Make.Send()).SendStatusSet[0].Code);
        Expect.Equal("Ok", client.SendSms(Make.Send()).GetAwaiter().GetResult().SendStatusSet[0].Code);
        client.Profile.HttpProfile.ReqMethod = "GET";
        Expect.Equal("Ok", client.SendSmsSync(Make.Send()).SendStatusSet[0].Code);
        Expect.Equal(3, handler.Requests);
        Expect.Contains("TC3-HMAC-SHA256 Credential=secretId/", handler.Authorization);
        client.Credential = new Credential { SecretId = "secretId", SecretKey = "another" };
        Expect.Equal("AuthFailure.SignatureFailure", Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send())).ErrorCode);
    }

    public static void WhatTheProgramsHttpClientMeetsIsAnError()
    {
        foreach (string answer in new[]
        {
            "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"Resp",
            OneAnswerServer.Json("no JSON")
        })
        {
            using (OneAnswerServer server = new OneAnswerServer(answer, true))
            {
                SmsClient client = Make.ClientOf(server);
                client.HttpClient = new HttpClient();
                TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send()));
                Expect.That(error.Kind == "invalid_answer" || error.Kind == "network", "it is one of the answer, not " + error.Kind);
                Expect.Equal("maybe_sent", error.Delivery);
                Expect.Equal(1, error.Attempts);
            }
        }
        SmsClient disposed = Make.Client();
        disposed.HttpClient = new HttpClient();
        disposed.HttpClient.Dispose();
        TencentCloudSDKException gone = Expect.Throws<TencentCloudSDKException>(() => disposed.SendSmsSync(Make.Send()));
        Expect.Equal("not_sent", gone.Delivery);
        Expect.Contains("disposed of", gone.Message);
        SmsClient unknown = new SmsClient(Make.Pair(), "ap-guangzhou", null);
        unknown.Profile.HttpProfile.Endpoint = "sms.nowhere.invalid";
        unknown.HttpClient = new HttpClient();
        TencentCloudSDKException nowhere = Expect.Throws<TencentCloudSDKException>(() => unknown.SendSmsSync(Make.Send()));
        Expect.Equal("resolve", nowhere.Kind);
        Expect.Equal("not_sent", nowhere.Delivery);
        CommonClient events = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(Service.Shared.Url)) { HttpClient = new HttpClient() };
        Expect.Equal("config", Expect.Throws<TencentCloudSDKException>(() => events.Call<CommonSSEResponse>(new CommonRequest("{}"), "Chat")).Kind);
    }

    public static void EventsAreEnumeratedAsTheyCome()
    {
        string events = "id: 1\ndata: a\n\nevent: done\ndata: b\nretry: 500\n\n";
        using (OneAnswerServer server = new OneAnswerServer("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: " + events.Length + "\r\n\r\n" + events, false))
        {
            CommonClient client = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(server.Url));
            using (CommonSSEResponse response = client.Call<CommonSSEResponse>(new CommonRequest("{}"), "Chat"))
            {
                List<AbstractSSEModel.SSE> all = new List<AbstractSSEModel.SSE>(response);
                Expect.Equal(2, all.Count);
                Expect.Equal("1", all[0].Id);
                Expect.Equal("a", all[0].Data);
                Expect.Equal("done", all[1].Event);
                Expect.Equal(500, all[1].Retry);
                Expect.Equal(null, response.Answer);
            }
        }
        using (OneAnswerServer server = new OneAnswerServer("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: a\n\n", false))
        {
            // A stream that never ends is ended by its reader.
            CommonClient client = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(server.Url));
            CommonSSEResponse response = client.CallAsync<CommonSSEResponse>(new CommonRequest("{}"), "Chat").GetAwaiter().GetResult();
            foreach (AbstractSSEModel.SSE one in response)
            {
                Expect.Equal("a", one.Data);
                response.Dispose();
            }
        }
    }
}
