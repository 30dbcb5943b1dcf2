// An account for one test.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using TencentCloud.Common;
using TencentCloud.Common.Profile;
using TencentCloud.Sms.V20210111;

namespace TencentCloud.Testing
{
    /// <summary>What an account is like.</summary>
    public sealed class AccountOptions
    {
        /// <summary>The id of an account in the configuration whose signatures, templates and packages it gets; null: the first.</summary>
        public string Like { get; set; }

        /// <summary><c>default</c>, <c>strict</c> or <c>off</c>; null: the limits of the account that it is like.</summary>
        public string Limits { get; set; } = "off";

        /// <summary>How long it lives, in real time, such as <c>30m</c>; at most <c>24h</c>.</summary>
        public string Ttl { get; set; } = "10m";

        /// <summary>Where its delivery reports are pushed to.</summary>
        public string StatusUrl { get; set; }

        /// <summary>Where its replies are pushed to.</summary>
        public string ReplyUrl { get; set; }
    }

    /// <summary>An account with its own key, app, data, faults and clock: what one test does, no other sees.</summary>
    public sealed class Account : IDisposable
    {
        /// <summary>The region of its clients; the service takes any.</summary>
        private const string Region = "ap-guangzhou";

        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

        private readonly string api;
        private readonly Control calls;

        internal Account(Dictionary<string, object> made, string api, Control calls)
        {
            this.api = api;
            this.calls = calls;
            Id = Testing.Message.TextOf(made, "id");
            SecretId = Testing.Message.TextOf(made, "secretId");
            SecretKey = Testing.Message.TextOf(made, "secretKey");
            SdkAppId = Testing.Message.TextOf(made, "sdkAppId");
            Signs = Testing.Message.TextsOf(made, "signs");
            Templates = Objects(made, "templates").ConvertAll(one => new KeyValuePair<string, string>((string)one["id"], (string)one["content"]));
        }

        /// <summary>Its id in the control API.</summary>
        public string Id { get; }

        /// <summary>The id of its key.</summary>
        public string SecretId { get; }

        /// <summary>Its key.</summary>
        public string SecretKey { get; }

        /// <summary>Its app.</summary>
        public string SdkAppId { get; }

        /// <summary>The texts of its approved signatures.</summary>
        public IReadOnlyList<string> Signs { get; }

        /// <summary>The ids and contents of its approved templates.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Templates { get; }

        /// <summary>A client of the SDK with the key of this account, of version 2021-01-11.</summary>
        public SmsClient Client()
        {
            return new SmsClient(Credential(), Region, Profile());
        }

        /// <summary>The key of this account, for a client of your own.</summary>
        public Credential Credential()
        {
            return new Credential { SecretId = SecretId, SecretKey = SecretKey };
        }

        /// <summary>A profile by which clients call the service. A client of version 2019-07-11 is made of it and the credential.</summary>
        public ClientProfile Profile()
        {
            ClientProfile profile = new ClientProfile();
            // It comes before what TCSMS_CONNECT_TO says, and needs no proxy.
            profile.Settings["connect_to"] = api;
            // In a network of containers the service is on no loopback address.
            profile.Settings["allow_plain_http"] = true;
            return profile;
        }

        /// <summary>Waits for a message.</summary>
        /// <param name="phone">To this number, in any form that a send accepts.</param>
        /// <param name="status"><c>refused</c>, <c>submitted</c>, <c>delivered</c> or <c>failed</c>.</param>
        /// <param name="q">What its text, number or serial number contains.</param>
        /// <param name="app">Of this SdkAppId.</param>
        /// <param name="timeout">At most 300 s; null: 10 s.</param>
        /// <returns>The newest one that fits.</returns>
        /// <exception cref="MessageMissingException">None came; the text has those that came near.</exception>
        public Message WaitForMessage(string phone = null, string status = null, string q = null, string app = null, TimeSpan? timeout = null)
        {
            return WaitForMessageAsync(phone, status, q, app, timeout).GetAwaiter().GetResult();
        }

        /// <summary>The same as <see cref="WaitForMessage"/>, without a thread that waits.</summary>
        public async Task<Message> WaitForMessageAsync(string phone = null, string status = null, string q = null, string app = null, TimeSpan? timeout = null)
        {
            return (await WaitForMessagesAsync(1, phone, status, q, app, timeout).ConfigureAwait(false)).Last();
        }

        /// <summary>Waits until so many messages have come; all that fit, the newest last. For the rest as <see cref="WaitForMessage"/>.</summary>
        public IReadOnlyList<Message> WaitForMessages(int count, string phone = null, string status = null, string q = null, string app = null, TimeSpan? timeout = null)
        {
            return WaitForMessagesAsync(count, phone, status, q, app, timeout).GetAwaiter().GetResult();
        }

        /// <summary>The same as <see cref="WaitForMessages"/>, without a thread that waits.</summary>
        public async Task<IReadOnlyList<Message>> WaitForMessagesAsync(int count, string phone = null, string status = null, string q = null, string app = null, TimeSpan? timeout = null)
        {
            TimeSpan wait = timeout ?? Patience;
            string path = MessagesPath(phone, status, q, app, count.ToString(CultureInfo.InvariantCulture), ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms");
            Dictionary<string, object> answer = await calls.CallAsync("GET", path, null, wait).ConfigureAwait(false);
            List<Message> found = Read(answer);
            if ((bool)answer["matched"])
                return found;
            StringBuilder text = new StringBuilder(count == 1 ? "no message" : found.Count + " of " + count + " messages");
            text.Append(phone == null ? "" : " to " + phone).Append(app == null ? "" : " of the app " + app);
            text.Append(status == null ? "" : " with the status " + status).Append(q == null ? "" : " containing `" + q + "`");
            text.Append(" within ").Append(wait.TotalSeconds.ToString(CultureInfo.InvariantCulture)).Append(" s; near: ");
            List<string> near = Objects(answer, "nearMisses").ConvertAll(Near);
            throw new MessageMissingException(text.Append(near.Count == 0 ? "none" : string.Join("; ", near)).ToString());
        }

        private static string Near(Dictionary<string, object> miss)
        {
            return "to " + miss["phone"] + " `" + miss["text"] + "`: "
                + string.Join(", ", Objects(miss, "differs").ConvertAll(one => one["member"] + " is " + one["found"] + ", wanted " + one["wanted"]));
        }

        /// <summary>The messages there are now, at most the newest thousand, the newest last. For the rest as <see cref="WaitForMessage"/>.</summary>
        public IReadOnlyList<Message> Messages(string phone = null, string status = null, string q = null, string app = null)
        {
            return Read(calls.Call("GET", MessagesPath(phone, status, q, app, null, null)));
        }

        private string MessagesPath(string phone, string status, string q, string app, string count, string wait)
        {
            return Control.Path("messages", "account", Id, "phone", phone, "status", status, "q", q, "app", app, "limit", "1000", "count", count, "wait", wait);
        }

        private static List<Message> Read(Dictionary<string, object> answer)
        {
            return Objects(answer, "messages").ConvertAll(one => new Message(one));
        }

        /// <summary>One message, with what it waits for and which faults struck it.</summary>
        public Message Message(string serial)
        {
            return new Message(calls.Call("GET", "messages/" + Uri.EscapeDataString(serial)));
        }

        /// <summary>Forgets all messages.</summary>
        public void Clear()
        {
            calls.Call("DELETE", Mine("messages"));
        }

        /// <summary>Sets what goes wrong from now on, in place of what was set before.</summary>
        /// <param name="rules">Faults, in the order in which they are tried; or objects with the members that docs/service.md describes.</param>
        public void SetFaults(params object[] rules)
        {
            SetFaults(0, rules);
        }

        /// <summary>The same, with a seed that makes the probabilities of rules repeatable.</summary>
        public void SetFaults(long seed, object[] rules)
        {
            object[] faults = System.Array.ConvertAll(rules, rule => rule is Fault ? ((Fault)rule).Rule : rule);
            calls.Call("PUT", Mine("faults"), new { seed, faults });
        }

        /// <summary>The rules of what goes wrong, each with <c>seen</c>, how often it fitted, and <c>hits</c>, how often it struck.</summary>
        public IReadOnlyList<Dictionary<string, object>> Faults()
        {
            return Objects(calls.Call("GET", Mine("faults")), "faults");
        }

        /// <summary>Lets nothing go wrong any more.</summary>
        public void ClearFaults()
        {
            calls.Call("DELETE", Mine("faults"));
        }

        /// <summary>Moves the business clock from real time. Limits, days and reports follow it; signatures keep real time.</summary>
        /// <param name="offset">Such as <c>24h</c> or <c>-5m</c>.</param>
        public void MoveClock(string offset)
        {
            calls.Call("PUT", Mine("clock"), new { offset });
        }

        /// <summary>Stops the business clock at a time in Unix seconds.</summary>
        public void SetClock(long unix)
        {
            calls.Call("PUT", Mine("clock"), new { now = unix });
        }

        /// <summary>Gives the business clock real time.</summary>
        public void ResetClock()
        {
            calls.Call("PUT", Mine("clock"), new { });
        }

        /// <summary>How the clock stands: <c>now</c> in Unix seconds, <c>offset</c>, <c>frozen</c>, <c>signatures</c>, <c>signaturesNow</c>.</summary>
        public Dictionary<string, object> Clock()
        {
            return calls.Call("GET", Mine("clock"));
        }

        /// <summary>A person answers the newest message to their number.</summary>
        public void Reply(string phone, string text)
        {
            calls.Call("POST", "replies", new { phone, text, account = Id });
        }

        /// <summary>Sets what became of a message.</summary>
        /// <param name="serial">Its serial number.</param>
        /// <param name="status"><c>delivered</c> or <c>failed</c>.</param>
        /// <param name="word">The carrier's code word; null for the usual one.</param>
        public void Report(string serial, string status, string word = null)
        {
            calls.Call("POST", "reports", new { serial, status, word });
        }

        /// <summary>Decides about a signature.</summary>
        /// <param name="id">Its id, from the answer that made it.</param>
        /// <param name="status"><c>approved</c>, <c>rejected</c>, <c>reviewing</c> or <c>pending</c>.</param>
        /// <param name="reply">The reviewer's words.</param>
        public void ReviewSign(ulong id, string status, string reply = "")
        {
            calls.Call("POST", Mine("signs/" + id + "/review"), new { status, reply });
        }

        /// <summary>Decides about a template.</summary>
        /// <param name="id">Its id.</param>
        /// <param name="status"><c>approved</c>, <c>rejected</c>, <c>reviewing</c> or <c>pending</c>.</param>
        /// <param name="reply">The reviewer's words.</param>
        public void ReviewTemplate(ulong id, string status, string reply = "")
        {
            calls.Call("POST", Mine("templates/" + id + "/review"), new { status, reply });
        }

        /// <summary>The calls that were received, the newest last.</summary>
        /// <param name="action">Only of this action; null: all.</param>
        /// <param name="code">Only those with this answer, <c>Ok</c> or the code of an error; null: all.</param>
        /// <param name="limit">At most so many, up to 1000.</param>
        /// <returns>
        /// Each with <c>id</c>, <c>action</c>, <c>code</c>, <c>faults</c> and so on; after a failed signature <c>explanation</c> says what was
        /// wrong with it.
        /// </returns>
        public IReadOnlyList<Dictionary<string, object>> Requests(string action = null, string code = null, int limit = 1000)
        {
            string path = Control.Path("requests", "account", Id, "action", action, "code", code, "limit", limit.ToString(CultureInfo.InvariantCulture));
            return Objects(calls.Call("GET", path), "requests");
        }

        private string Mine(string path)
        {
            return Control.Path(path, "account", Id);
        }

        private static List<Dictionary<string, object>> Objects(Dictionary<string, object> answer, string name)
        {
            return ((List<object>)answer[name]).ConvertAll(one => (Dictionary<string, object>)one);
        }

        /// <summary>Removes the account from the service. Twice is fine.</summary>
        public void Dispose()
        {
            try
            {
                calls.Call("DELETE", "accounts/" + Uri.EscapeDataString(Id));
            }
            catch (ControlException error) when (error.Status == 404 || error.Status == 0)
            {
                // It was disposed of before, its time was over, or the service has been stopped: it is gone in any case.
            }
        }
    }
}
