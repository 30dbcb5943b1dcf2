// The driver of this SDK: makes the calls of a case and tells their outcomes in plain words. `Driver.exe sync|async`.

using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Common.Profile;
using Old = TencentCloud.Sms.V20190711;
using New = TencentCloud.Sms.V20210111;
using Members = System.Collections.Generic.Dictionary<string, object>;

internal static class Driver
{
    private static bool isAsync;

    private static void Main(string[] arguments)
    {
        // Not by returning: Mono then waits for a thread of its pool that is just starting, until that is idle for some seconds.
        Environment.Exit(Drive(arguments));
    }

    private static int Drive(string[] arguments)
    {
        isAsync = arguments.Length == 1 && arguments[0] == "async";
        if (arguments.Length != 1 || !isAsync && arguments[0] != "sync")
        {
            Console.Error.WriteLine("usage: Driver.exe sync|async");
            return 2;
        }
        UTF8Encoding utf8 = new UTF8Encoding(false);
        TextReader input = new StreamReader(Console.OpenStandardInput(), utf8);
        TextWriter output = new StreamWriter(Console.OpenStandardOutput(), utf8) { NewLine = "\n" };
        try
        {
            Setup setup = new Setup(AbstractModel.FromJsonString<Members>(input.ReadLine()));
            string line;
            while ((line = input.ReadLine()) != null)
            {
                foreach (string outcome in Make(setup, AbstractModel.FromJsonString<Members>(line)))
                    output.WriteLine(outcome);
                output.Flush();
            }
            return 0;
        }
        catch (InvalidDataException unknown)
        {
            Console.Error.WriteLine("driver: " + unknown.Message);
            return 2;
        }
    }

    /// <summary>The settings, by the properties that the official profile has and by Settings for the rest.</summary>
    private sealed class Setup
    {
        internal readonly Credential Credential;
        internal readonly ClientProfile Profile = new ClientProfile();
        internal readonly string Region;
        internal readonly string Service = "sms";

        internal Setup(Members settings)
        {
            bool pair = Given(settings, "secret_id") != null && Given(settings, "secret_key") != null;
            bool source = false;
            // A case that says nothing of a language wants none to be sent; the profile would say Chinese, as the official one does.
            Profile.Settings["language"] = null;
            foreach (KeyValuePair<string, object> setting in settings)
            {
                string value = setting.Value as string;
                switch (setting.Value == null ? "" : setting.Key)
                {
                    case "":
                    case "secret_id":
                    case "secret_key":
                    case "token":
                        break;
                    case "region":
                        Region = value;
                        break;
                    case "service":
                        Service = value;
                        break;
                    case "endpoint":
                        Profile.HttpProfile.Endpoint = value;
                        break;
                    case "proxy":
                        Profile.HttpProfile.WebProxy = value;
                        break;
                    case "sign_method":
                        Profile.SignMethod = value;
                        break;
                    case "http_method":
                        Profile.HttpProfile.ReqMethod = value;
                        break;
                    case "language":
                        Profile.Settings.Remove("language");
                        Profile.Language = value == "en-US" ? Language.EN_US : value == "zh-CN" ? Language.ZH_CN : Unknown(value);
                        break;
                    default:
                        source = source || setting.Key == "profile" || setting.Key == "cvm_role" || setting.Key == "assume_role" || setting.Key == "web_identity";
                        Profile.Settings[setting.Key] = setting.Value;
                        break;
                }
            }
            if (pair)
                Credential = new Credential { SecretId = Text(settings, "secret_id"), SecretKey = Text(settings, "secret_key"), Token = Text(settings, "token") };
            else
                Credential = source ? new Credential() : Credential.Default;
        }

        private static Language Unknown(string value)
        {
            throw new InvalidDataException("there is no language " + value);
        }
    }

    private static CallOptions OptionsOf(Members call)
    {
        CallOptions options = new CallOptions
        {
            Region = Text(call, "region"),
            Language = Text(call, "language"),
            SignMethod = Text(call, "sign_method"),
            HttpMethod = Text(call, "http_method"),
            TraceId = Text(call, "trace_id"),
            IdempotencyKey = Text(call, "idempotency_key"),
            UnsignedPayload = (bool?)Given(call, "unsigned_payload"),
            Idempotent = (bool?)Given(call, "idempotent"),
            SkipSign = true.Equals(Given(call, "skip_sign")),
            Retry = Given(call, "retry")
        };
        if (Given(call, "timeout_ms") != null)
            options.Timeout = TimeSpan.FromMilliseconds((long)call["timeout_ms"]);
        Members headers = (Members)Given(call, "headers");
        if (headers != null)
        {
            options.Headers = new Dictionary<string, string>();
            foreach (KeyValuePair<string, object> header in headers)
                options.Headers[header.Key] = (string)header.Value;
        }
        Members parts = (Members)Given(call, "parts");
        if (parts != null)
        {
            options.Parts = new Dictionary<string, byte[]>();
            foreach (KeyValuePair<string, object> part in parts)
                options.Parts[part.Key] = Bytes(part.Value);
        }
        return options;
    }

    private static IEnumerable<string> Make(Setup setup, Members call)
    {
        CallOptions options = OptionsOf(call);
        string action = Text(call, "action");
        string version = Text(call, "version");
        if (true.Equals(Given(call, "by_name")) || setup.Service != "sms")
            return ByName(setup, call, action, version, options);
        string parameters = Json(Given(call, "parameters"));
        AbstractClient client;
        if (version == "2019-07-11")
            client = new Old.SmsClient(setup.Credential, setup.Region, setup.Profile);
        else
            client = new New.SmsClient(setup.Credential, setup.Region, setup.Profile);
        MethodInfo begin = MethodOf(client, action);
        MethodInfo make = MethodOf(client, action + "Sync");
        if (begin == null || make == null)
            throw new InvalidDataException("there is no " + action + " of " + version);
        Type[] both = { make.GetParameters()[0].ParameterType, make.ReturnType };
        MethodInfo typed = typeof(Driver).GetMethod("Typed", BindingFlags.NonPublic | BindingFlags.Static).MakeGenericMethod(both);
        return (IEnumerable<string>)typed.Invoke(null, new object[] { call, parameters, options, client, begin, make });
    }

    /// <summary>The method of a client that takes options beside the request.</summary>
    private static MethodInfo MethodOf(AbstractClient client, string name)
    {
        foreach (MethodInfo method in client.GetType().GetMethods())
        {
            ParameterInfo[] taken = method.GetParameters();
            if (method.Name == name && taken.Length == 2 && taken[1].ParameterType == typeof(CallOptions))
                return method;
        }
        return null;
    }

    private static IEnumerable<string> Typed<TReq, TRep>(Members call, string parameters, CallOptions options, AbstractClient client, MethodInfo beginMethod, MethodInfo makeMethod)
        where TReq : AbstractModel where TRep : AbstractModel
    {
        // Delegates throw what the methods throw, which calls by reflection would wrap.
        Func<TReq, CallOptions, Task<TRep>> begin = (Func<TReq, CallOptions, Task<TRep>>)Delegate.CreateDelegate(typeof(Func<TReq, CallOptions, Task<TRep>>), client, beginMethod);
        Func<TReq, CallOptions, TRep> make = (Func<TReq, CallOptions, TRep>)Delegate.CreateDelegate(typeof(Func<TReq, CallOptions, TRep>), client, makeMethod);
        TReq request = AbstractModel.FromJsonString<TReq>(parameters);
        return AtOnce(call, async () => AbstractModel.ToJsonString(await begin(request, options)), () => AbstractModel.ToJsonString(make(request, options)));
    }

    private static IEnumerable<string> ByName(Setup setup, Members call, string action, string version, CallOptions options)
    {
        CommonClient client = new CommonClient(setup.Service, version, setup.Credential, setup.Region, setup.Profile);
        string text = Text(call, "parameters_text");
        CommonRequest request = text != null ? new CommonRequest(text) : new CommonRequest(Given(call, "parameters") ?? new Members());
        object octets = Given(call, "octets");
        if (octets != null)
        {
            byte[] body = Bytes(octets);
            return AtOnce(call, () => client.CallOctetStreamAsync(request, body, action, options), () => client.CallOctetStream(request, body, action, options));
        }
        if (true.Equals(Given(call, "stream")))
            return AtOnce(call, async () => Events(await client.CallAsync<CommonSSEResponse>(request, action, options)), () => Events(client.Call<CommonSSEResponse>(request, action, options)));
        return AtOnce(call, () => client.CallAsync(request, action, options), () => client.Call(request, action, options));
    }

    private static string Events(CommonSSEResponse response)
    {
        using (response)
        {
            List<object> events = new List<object>();
            foreach (AbstractSSEModel.SSE one in response)
                events.Add(new { id = one.Id, @event = one.Event, data = one.Data, retry_ms = one.Retry == 0 ? (int?)null : one.Retry });
            return response.Answer ?? Json(new { Events = events });
        }
    }

    /// <summary>Makes a call as often at the same time as the case says, in the form that the driver was started for.</summary>
    private static IEnumerable<string> AtOnce(Members call, Func<Task<string>> begin, Func<string> make)
    {
        long count = Given(call, "at_once") == null ? 1 : (long)call["at_once"];
        List<string> outcomes = new List<string>();
        if (isAsync)
        {
            List<Task<string>> tasks = new List<Task<string>>();
            for (long i = 0; i < count; i++)
                tasks.Add(begin());
            foreach (Task<string> task in tasks)
                outcomes.Add(Told(() => task.GetAwaiter().GetResult()));
            return outcomes;
        }
        if (count == 1)
            return new[] { Told(make) };
        List<Thread> threads = new List<Thread>();
        for (long i = 0; i < count; i++)
        {
            Thread thread = new Thread(delegate()
            {
                string outcome = Told(make);
                lock (outcomes)
                    outcomes.Add(outcome);
            });
            thread.Start();
            threads.Add(thread);
        }
        foreach (Thread thread in threads)
            thread.Join();
        return outcomes;
    }

    private static string Told(Func<string> make)
    {
        try
        {
            return "{\"answer\":" + make() + "}";
        }
        catch (TencentCloudSDKException error)
        {
            return Json(new
            {
                error = new
                {
                    kind = error.Kind,
                    code = error.Kind == "service" ? error.ErrorCode : null,
                    requestId = error.RequestId == "" ? null : error.RequestId,
                    delivery = error.Delivery,
                    attempts = error.Attempts,
                    step = error.Step,
                    endpoint = error.Endpoint,
                    message = error.Text,
                    shown = new[] { error.ToString(), error.Message }
                }
            });
        }
    }

    private static string Json(object value)
    {
        return new CommonRequest(value).Serialize();
    }

    private static object Given(Members members, string name)
    {
        object value;
        return members.TryGetValue(name, out value) ? value : null;
    }

    private static string Text(Members members, string name)
    {
        return (string)Given(members, name);
    }

    private static byte[] Bytes(object encoded)
    {
        string hex = (string)((Members)encoded)["hex"];
        byte[] bytes = new byte[hex.Length / 2];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
        return bytes;
    }
}
