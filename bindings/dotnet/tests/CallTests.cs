// Calls of the service: answers, refusals, credentials, settings, many at once.

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Common.Profile;
using TencentCloud.Sms.V20210111;
using TencentCloud.Sms.V20210111.Models;

internal static class CallTests
{
    /// <summary>One thread, as that of a window or of an old ASP.NET request: what is awaited on it goes on on it.</summary>
    private sealed class OneThread : SynchronizationContext
    {
        private readonly BlockingCollection<KeyValuePair<SendOrPostCallback, object>> work = new BlockingCollection<KeyValuePair<SendOrPostCallback, object>>();

        public override void Post(SendOrPostCallback callback, object state)
        {
            work.Add(new KeyValuePair<SendOrPostCallback, object>(callback, state));
        }

        /// <summary>Runs the action on such a thread; false when it has not ended within ten seconds.</summary>
        internal static bool Run(Func<Task> action)
        {
            Exception fault = null;
            Thread thread = new Thread(delegate()
            {
                OneThread context = new OneThread();
                SetSynchronizationContext(context);
                try
                {
                    Task task = action();
                    task.ContinueWith(delegate { context.work.CompleteAdding(); }, TaskScheduler.Default);
                    foreach (KeyValuePair<SendOrPostCallback, object> one in context.work.GetConsumingEnumerable())
                        one.Key(one.Value);
                    task.GetAwaiter().GetResult();
                }
                catch (Exception thrown)
                {
                    fault = thrown;
                }
            }) { IsBackground = true };
            thread.Start();
            bool ended = thread.Join(10000);
            if (fault != null)
                throw new Exception("on one thread", fault);
            return ended;
        }
    }

    public static void AMessageIsSentOnTheCallersThread()
    {
        SendSmsResponse answer = Make.Client().SendSmsSync(Make.Send());
        Expect.Equal("Ok", answer.SendStatusSet[0].Code);
        Expect.Equal("+8613711112222", answer.SendStatusSet[0].PhoneNumber);
    }

    public static void AMessageIsSentByATask()
    {
        Task<SendSmsResponse> task = Make.Client().SendSms(Make.Send());
        Expect.Equal("Ok", task.GetAwaiter().GetResult().SendStatusSet[0].Code);
    }

    public static void TheOlderVersionIsThereToo()
    {
        TencentCloud.Sms.V20190711.SmsClient client = new TencentCloud.Sms.V20190711.SmsClient(Make.Pair(), "ap-guangzhou", Make.Profile(Service.Shared.Url));
        TencentCloud.Sms.V20190711.Models.SendSmsResponse answer = client.SendSmsSync(new TencentCloud.Sms.V20190711.Models.SendSmsRequest
        {
            SmsSdkAppid = "1400787878", Sign = "xxx", TemplateID = "449739", TemplateParamSet = new[] { "1234" }, PhoneNumberSet = new[] { "+8613711112222" }
        });
        Expect.Equal("Ok", answer.SendStatusSet[0].Code);
    }

    public static void EverySignatureAndMethodIsTaken()
    {
        foreach (string sign in new[] { ClientProfile.SIGN_TC3SHA256, ClientProfile.SIGN_SHA256, ClientProfile.SIGN_SHA1 })
        {
            foreach (string method in new[] { HttpProfile.REQ_POST, HttpProfile.REQ_GET })
            {
                ClientProfile profile = Make.Profile(Service.Shared.Url);
                profile.SignMethod = sign;
                profile.HttpProfile.ReqMethod = method;
                Expect.Equal("Ok", new SmsClient(Make.Pair(), "ap-guangzhou", profile).SendSmsSync(Make.Send()).SendStatusSet[0].Code);
            }
        }
    }

    public static void ARefusalHasItsCode()
    {
        SmsClient client = Make.Client();
        client.Credential = new Credential { SecretId = "secretId", SecretKey = "another" };
        TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send()));
        Expect.Equal("AuthFailure.SignatureFailure", error.ErrorCode);
        Expect.Equal("service", error.Kind);
        Expect.Equal("answered", error.Delivery);
        Expect.That(error.RequestId.Length == 36, "the id is there");
        Expect.Contains("requestId: " + error.RequestId + " code: AuthFailure.SignatureFailure TencentCloud.Common.TencentCloudSDKException: " + error.Message, error.ToString());
        Expect.That(error.ToString().IndexOf("another", StringComparison.Ordinal) < 0, "no secret is shown");
        AggregateException wrapped = Expect.Throws<AggregateException>(() => client.SendSms(Make.Send()).Wait());
        Expect.Equal("AuthFailure.SignatureFailure", ((TencentCloudSDKException)wrapped.InnerException).ErrorCode);
    }

    public static void AnErrorHasTheTraceIdOfItsCall()
    {
        SmsClient client = Make.Client();
        client.Credential = new Credential { SecretId = "secretId", SecretKey = "another" };
        CallOptions options = new CallOptions { TraceId = "order-4711" };
        Expect.Equal("order-4711", Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send(), options)).TraceId);
        Task<SendSmsResponse> task = client.SendSms(Make.Send(), options);
        Expect.Equal("order-4711", Expect.Throws<TencentCloudSDKException>(() => task.GetAwaiter().GetResult()).TraceId);
    }

    public static void CodesHaveTheirDocumentedText()
    {
        Expect.Equal("FailedOperation.JsonParseFail", SmsErrorCode.FAILEDOPERATION_JSONPARSEFAIL);
        Expect.Equal("FailedOperation.JsonParseFail", TencentCloud.Sms.V20190711.SmsErrorCode.FAILEDOPERATION_JSONPARSEFAIL);
    }

    public static void ANewCredentialCountsForTheNextCall()
    {
        SmsClient client = Make.Client();
        client.Credential.SecretKey = "another";
        Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send()));
        client.Credential.SecretKey = "secretKey";
        Expect.Equal("Ok", client.SendSmsSync(Make.Send()).SendStatusSet[0].Code);
        Expect.Equal("secretId", client.CurrentCredential().SecretId);
    }

    public static void TheProgramsOwnSourceIsAskedForEachCall()
    {
        int asked = 0;
        SmsClient client = Make.Client();
        client.Credential = Credential.From(delegate
        {
            asked++;
            return Make.Pair();
        });
        client.SendSmsSync(Make.Send());
        client.SendSms(Make.Send()).GetAwaiter().GetResult();
        Expect.Equal(2, asked);
        client.Credential = Credential.From(() => { throw new InvalidOperationException("vault closed"); });
        TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send()));
        Expect.Equal("credential", error.Kind);
        Expect.Contains("vault closed", error.Message);
    }

    public static void WithoutACredentialTheCallSaysSo()
    {
        SmsClient client = new SmsClient(null, "ap-guangzhou", Make.Profile(Service.Shared.Url));
        TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send()));
        Expect.Equal("credential", error.Kind);
        Expect.Equal("ClientError.CredentialError", error.ErrorCode);
    }

    public static void TheLibraryFindsTheCredential()
    {
        Environment.SetEnvironmentVariable("TENCENTCLOUD_SECRET_ID", "secretId");
        Environment.SetEnvironmentVariable("TENCENTCLOUD_SECRET_KEY", "secretKey");
        try
        {
            SmsClient client = Make.Client();
            client.Credential = Credential.Default;
            Expect.Equal("Ok", client.SendSmsSync(Make.Send()).SendStatusSet[0].Code);
            Expect.Equal("secretKey", client.CurrentCredential().SecretKey);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TENCENTCLOUD_SECRET_ID", null);
            Environment.SetEnvironmentVariable("TENCENTCLOUD_SECRET_KEY", null);
        }
    }

    public static void CallsByNameGiveTheContentOfTheAnswer()
    {
        CommonClient client = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(Service.Shared.Url));
        string json = client.Call(new CommonRequest(AbstractModel.ToJsonString(Make.Send())), "SendSms");
        Expect.Contains("{\"SendStatusSet\":[{", json);
        Expect.Equal("Ok", client.Call<SendSmsResponse>(new CommonRequest((object)Make.Send()), "SendSms").SendStatusSet[0].Code);
        Dictionary<string, object> answer = client.CallAsync<Dictionary<string, object>>(new CommonRequest(new { SmsSdkAppId = "1400787878", Limit = 5 }), "PullSmsSendStatus").GetAwaiter().GetResult();
        Expect.That(answer.ContainsKey("PullSmsSendStatusSet"), "the set is there");
        Expect.Contains("RequestId", client.CallAsync(new CommonRequest("{\"SmsSdkAppId\":\"1400787878\",\"Limit\":5}"), "PullSmsSendStatus").GetAwaiter().GetResult());
        Expect.Equal("invalid_request", Expect.Throws<TencentCloudSDKException>(() => client.Call(new CommonRequest("{"), "SendSms")).Kind);
        Expect.Throws<ArgumentNullException>(() => new CommonRequest((string)null));
    }

    public static void NoSynchronisationContextStopsACall()
    {
        Expect.That(OneThread.Run(delegate
        {
            // Waiting for a task on the only thread that could go on with it is what stops programs on the official SDK.
            SendSmsResponse answer = Make.Client().SendSms(Make.Send()).Result;
            Expect.Equal("Ok", answer.SendStatusSet[0].Code);
            Make.Client().SendSmsSync(Make.Send());
            SmsClient own = Make.Client();
            own.HttpClient = new System.Net.Http.HttpClient();
            own.SendSmsSync(Make.Send());
            own.SendSms(Make.Send()).Wait();
            return Task.FromResult(0);
        }), "a call that is waited for on the only thread ends");
    }

    public static void WhatIsAwaitedGoesOnWhereItWas()
    {
        Expect.That(OneThread.Run(async delegate
        {
            int thread = Thread.CurrentThread.ManagedThreadId;
            await Make.Client().SendSms(Make.Send());
            Expect.Equal(thread, Thread.CurrentThread.ManagedThreadId);
        }), "an awaited call ends");
    }

    public static void ACallMayBeWaitedForWhereAnotherEnded()
    {
        // What follows a task must not run on the library's thread, which the inner task needs.
        SmsClient client = Make.Client();
        Task<string> outer = client.SendSms(Make.Send()).ContinueWith(
            delegate { return client.SendSms(Make.Send()).Result.SendStatusSet[0].Code; }, TaskContinuationOptions.ExecuteSynchronously);
        Expect.That(outer.Wait(10000), "it ends");
        Expect.Equal("Ok", outer.Result);
    }

    public static void ManyCallAtOnce()
    {
        SmsClient client = Make.Client();
        List<Task<SendSmsResponse>> tasks = new List<Task<SendSmsResponse>>();
        for (int i = 0; i < 64; i++)
            tasks.Add(client.SendSms(Make.Send()));
        int failed = 0;
        List<Thread> threads = new List<Thread>();
        for (int i = 0; i < 64; i++)
        {
            Thread thread = new Thread(delegate()
            {
                try
                {
                    if (client.SendSmsSync(Make.Send()).SendStatusSet[0].Code != "Ok")
                        Interlocked.Increment(ref failed);
                }
                catch (Exception)
                {
                    Interlocked.Increment(ref failed);
                }
            });
            thread.Start();
            threads.Add(thread);
        }
        foreach (Thread thread in threads)
            thread.Join();
        foreach (Task<SendSmsResponse> task in tasks)
            Expect.Equal("Ok", task.GetAwaiter().GetResult().SendStatusSet[0].Code);
        Expect.Equal(0, failed);
    }

    /// <summary>The error of a call by each way to make it: on this thread, as a task, and by an HTTP client of the program's.</summary>
    private static IEnumerable<T> Thrown<T>(SendSmsRequest request, CallOptions options = null, Action<SmsClient> change = null) where T : Exception
    {
        foreach (bool own in new[] { false, true })
        {
            SmsClient client = Make.Client();
            client.HttpClient = own ? new System.Net.Http.HttpClient() : null;
            if (change != null)
                change(client);
            yield return Expect.Throws<T>(() => client.SendSmsSync(request, options));
            // What is wrong is told by the task, wherever it is noticed.
            Task<SendSmsResponse> task = client.SendSms(request, options);
            yield return Expect.Throws<T>(() => task.GetAwaiter().GetResult());
        }
    }

    public static void ALargeBodyIsCarriedAndRefusedByTheService()
    {
        SendSmsRequest request = Make.Send();
        request.SessionContext = new string('x', 10 * 1000 * 1000);
        foreach (TencentCloudSDKException error in Thrown<TencentCloudSDKException>(request))
        {
            Expect.Equal("service", error.Kind);
            Expect.Equal("FailedOperation.FailResolvePacket", error.ErrorCode);
            Expect.Equal("answered", error.Delivery);
        }
        request.SessionContext = new string('x', 11 * 1024 * 1024);
        foreach (TencentCloudSDKException error in Thrown<TencentCloudSDKException>(request))
        {
            Expect.Equal("invalid_request", error.Kind);
            Expect.Equal("not_sent", error.Delivery);
            Expect.Contains("limited to 10 MB", error.Message);
        }
    }

    public static void HalfACharacterIsRefusedBeforeItIsSent()
    {
        const string half = "a\ud83d";
        SendSmsRequest request = Make.Send();
        request.SessionContext = half;
        List<TencentCloudSDKException> errors = new List<TencentCloudSDKException>(Thrown<TencentCloudSDKException>(request));
        request.SessionContext = null;
        errors.AddRange(Thrown<TencentCloudSDKException>(request, new CallOptions { Region = half }));
        errors.AddRange(Thrown<TencentCloudSDKException>(request, new CallOptions { TraceId = half }));
        errors.AddRange(Thrown<TencentCloudSDKException>(request, new CallOptions { Headers = new Dictionary<string, string> { { "X-Own", half } } }));
        errors.AddRange(Thrown<TencentCloudSDKException>(request, null, client => client.Credential.SecretId = half));
        errors.AddRange(Thrown<TencentCloudSDKException>(request, null, client => client.Profile.Settings["request_client"] = half));
        CommonClient common = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(Service.Shared.Url));
        errors.Add(Expect.Throws<TencentCloudSDKException>(() => common.Call(new CommonRequest(new Dictionary<string, string> { { half, "1" } }), "SendSms")));
        errors.Add(Expect.Throws<TencentCloudSDKException>(() => common.Call(new CommonRequest("{}"), half)));
        foreach (TencentCloudSDKException error in errors)
        {
            Expect.Equal("invalid_request", error.Kind);
            Expect.Equal("not_sent", error.Delivery);
            Expect.Contains("U+D83D", error.Message);
        }
    }

    public static void NothingInPlaceOfAValueIsRefused()
    {
        foreach (ArgumentNullException error in Thrown<ArgumentNullException>(null))
            Expect.Equal("request", error.ParamName);
        foreach (TencentCloudSDKException error in Thrown<TencentCloudSDKException>(Make.Send(), null, client => client.Credential = new Credential()))
            Expect.Equal("credential", error.Kind);
        foreach (TencentCloudSDKException error in Thrown<TencentCloudSDKException>(Make.Send(), null, client => client.Credential = null))
            Expect.Equal("credential", error.Kind);
        SendSmsRequest request = Make.Send();
        request.PhoneNumberSet = new string[] { null };
        foreach (TencentCloudSDKException error in Thrown<TencentCloudSDKException>(request))
            Expect.Equal("InvalidParameter", error.ErrorCode);
        CommonClient common = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(Service.Shared.Url));
        Expect.Equal("actionName", Expect.Throws<ArgumentException>(() => common.Call(new CommonRequest("{}"), null)).ParamName);
        Expect.Throws<ArgumentNullException>(() => new CommonRequest((object)null));
        Expect.Throws<ArgumentNullException>(() => new SmsClient(null, null, null).SendSmsSync(null));
    }

    private sealed class Broken
    {
        public int Value
        {
            get { throw new InvalidOperationException("not now"); }
        }
    }

    public static void AValueOfAnotherTypeIsRefused()
    {
        CommonClient common = new CommonClient("sms", "2021-01-11", Make.Pair(), "ap-guangzhou", Make.Profile(Service.Shared.Url));
        foreach (object parameters in new object[] { 42, "text", new[] { "a" }, double.NaN, new { At = (Action)HalfACharacterIsRefusedBeforeItIsSent }, new { At = typeof(string) }, new Broken() })
        {
            TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => common.Call(new CommonRequest(parameters), "SendSms"));
            Expect.Equal(parameters + " invalid_request", parameters + " " + error.Kind);
        }
        TencentCloudSDKException refused = Expect.Throws<TencentCloudSDKException>(() => common.Call(new CommonRequest(new { SmsSdkAppId = "1400787878", Limit = "ten" }), "PullSmsSendStatus"));
        Expect.Equal("InvalidParameter", refused.ErrorCode);
        foreach (TencentCloudSDKException error in Thrown<TencentCloudSDKException>(Make.Send(), new CallOptions { Retry = 5 }))
            Expect.Equal("invalid_request", error.Kind);
        foreach (TencentCloudSDKException error in Thrown<TencentCloudSDKException>(Make.Send(), null, client => client.Profile.Settings["retry"] = "often"))
            Expect.Equal("config", error.Kind);
    }

    public static void ASettingThatNobodyKnowsIsNamed()
    {
        ClientProfile profile = Make.Profile(Service.Shared.Url);
        profile.Settings["conect_timeout"] = 5;
        TencentCloudSDKException error = Expect.Throws<TencentCloudSDKException>(() => new SmsClient(Make.Pair(), "ap-guangzhou", profile).SendSmsSync(Make.Send()));
        Expect.Equal("config", error.Kind);
        Expect.Contains("conect_timeout", error.Message);
        profile.Settings.Remove("conect_timeout");
        profile.Settings["retry"] = new { policy = "never", attempts = 1 };
        Expect.Equal("Ok", new SmsClient(Make.Pair(), "ap-guangzhou", profile).SendSmsSync(Make.Send()).SendStatusSet[0].Code);
    }

    public static void AChangedProfileCountsForTheNextCall()
    {
        SmsClient client = Make.Client();
        client.SendSmsSync(Make.Send());
        client.Profile.SignMethod = "no such method";
        Expect.Equal("config", Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send())).Kind);
        client.Profile.SignMethod = ClientProfile.SIGN_SHA1;
        Expect.Equal("Ok", client.SendSmsSync(Make.Send()).SendStatusSet[0].Code);
    }

    public static void TheServiceMayBeStartedAnewBetweenCalls()
    {
        Service first = new Service("127.0.0.1:0");
        SmsClient client = new SmsClient(Make.Pair(), "ap-guangzhou", Make.Profile(first.Url));
        client.SendSmsSync(Make.Send());
        client.SendSms(Make.Send()).Wait();
        first.Stop();
        Expect.Equal("connect", Expect.Throws<TencentCloudSDKException>(() => client.SendSmsSync(Make.Send(), new CallOptions { Retry = new { policy = "never" } })).Kind);
        Service second = new Service(first.Url.Substring("http://".Length));
        try
        {
            Expect.Equal("Ok", client.SendSmsSync(Make.Send()).SendStatusSet[0].Code);
            Expect.Equal("Ok", client.SendSms(Make.Send()).Result.SendStatusSet[0].Code);
        }
        finally
        {
            second.Stop();
        }
    }

    public static void TheLogTellsOfCallsButNoSecret()
    {
        ConcurrentQueue<string> lines = new ConcurrentQueue<string>();
        Tcsms.SetLog((level, line) => lines.Enqueue(level + " " + line), 5);
        try
        {
            // The wire is told at level 5, and that an attempt is repeated at level 4.
            Expect.Throws<TencentCloudSDKException>(() => new SmsClient(Make.Pair(), "ap-guangzhou", Make.Profile("http://127.0.0.1:1")).SendSmsSync(Make.Send()));
            Make.Client().SendSmsSync(Make.Send());
        }
        finally
        {
            Tcsms.SetLog(null, 0);
        }
        string all = string.Join("\n", lines);
        Expect.Contains("4 ", all);
        Expect.Contains("attempt", all);
        Expect.That(all.IndexOf("secretKey", StringComparison.Ordinal) < 0 && all.IndexOf("13711112222", StringComparison.Ordinal) < 0, "secrets and numbers are masked");
    }
}
