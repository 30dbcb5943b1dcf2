// A message as the service has it.

using System.Collections.Generic;

namespace TencentCloud.Testing
{
    /// <summary>A message that a program sent.</summary>
    public sealed class Message
    {
        internal Message(Dictionary<string, object> members)
        {
            Serial = TextOf(members, "serial");
            Account = TextOf(members, "account");
            App = TextOf(members, "app");
            Phone = TextOf(members, "phone");
            Text = TextOf(members, "text");
            Params = TextsOf(members, "params");
            Code = TextOf(members, "code");
            Template = TextOf(members, "template");
            Sign = TextOf(members, "sign");
            Status = TextOf(members, "status");
            Report = TextOf(members, "report");
            Segments = NumberOf(members, "segments");
            Fee = NumberOf(members, "fee");
            At = NumberOf(members, "at");
            Row = NumberOf(members, "row");
            Waiting = TextOf(members, "waiting");
            Faults = TextsOf(members, "faults");
            RequestId = TextOf(members, "requestId");
        }

        /// <summary>The serial number, as the answer to the send and the report have it.</summary>
        public string Serial { get; }

        /// <summary>The id of the account.</summary>
        public string Account { get; }

        /// <summary>The SdkAppId.</summary>
        public string App { get; }

        /// <summary>The number, in E.164 form.</summary>
        public string Phone { get; }

        /// <summary>The whole text, with the signature.</summary>
        public string Text { get; }

        /// <summary>The values of the template's variables.</summary>
        public IReadOnlyList<string> Params { get; }

        /// <summary>The login code in the text; null when there is none.</summary>
        public string Code { get; }

        /// <summary>The id of the template.</summary>
        public string Template { get; }

        /// <summary>The text of the signature.</summary>
        public string Sign { get; }

        /// <summary><c>refused</c>, <c>submitted</c>, <c>delivered</c> or <c>failed</c>.</summary>
        public string Status { get; }

        /// <summary>The carrier's code word, or the code of the refusal; null before there is one.</summary>
        public string Report { get; }

        /// <summary>How many messages it counts as for the carrier.</summary>
        public long Segments { get; }

        /// <summary>How many were charged.</summary>
        public long Fee { get; }

        /// <summary>When it was taken, business time, Unix seconds.</summary>
        public long At { get; }

        /// <summary>Its place among all messages; later ones have a higher one.</summary>
        public long Row { get; }

        /// <summary>What it waits for; null when for nothing, and where several messages were asked for.</summary>
        public string Waiting { get; }

        /// <summary>The names of the faults that struck it or its call; empty where several messages were asked for.</summary>
        public IReadOnlyList<string> Faults { get; }

        /// <summary>The RequestId of the call that sent it; null where several messages were asked for.</summary>
        public string RequestId { get; }

        /// <summary>The number, what became of the message, and its text, in one line.</summary>
        public override string ToString()
        {
            return Phone + " " + Status + ": " + Text;
        }

        internal static string TextOf(Dictionary<string, object> members, string name)
        {
            object value;
            return members.TryGetValue(name, out value) ? (string)value : null;
        }

        internal static IReadOnlyList<string> TextsOf(Dictionary<string, object> members, string name)
        {
            object value;
            return members.TryGetValue(name, out value) ? ((List<object>)value).ConvertAll(one => (string)one) : new List<string>();
        }

        private static long NumberOf(Dictionary<string, object> members, string name)
        {
            object value;
            return members.TryGetValue(name, out value) ? (long)value : 0;
        }
    }
}
