// What is to go wrong on demand.

using System.Collections.Generic;

namespace TencentCloud.Testing
{
    /// <summary>A rule by which calls or messages fail: what it does, and what it fits. Without a condition it fits everything.</summary>
    public sealed class Fault
    {
        private readonly Dictionary<string, object> match = new Dictionary<string, object>();

        internal readonly Dictionary<string, object> Rule = new Dictionary<string, object>();

        private Fault(object effect)
        {
            Rule["match"] = match;
            Rule["do"] = effect;
        }

        /// <summary>The call is answered with an error, and nothing is done.</summary>
        /// <param name="code">Such as <c>InternalError.Timeout</c>.</param>
        public static Fault Error(string code)
        {
            return new Fault(new { error = new { code } });
        }

        /// <summary>The call takes longer.</summary>
        /// <param name="time">Such as <c>2s</c>.</param>
        public static Fault Latency(string time)
        {
            return new Fault(new { latency = time });
        }

        /// <summary>The connection is broken off without an answer.</summary>
        /// <param name="after">Whether the action is done before.</param>
        public static Fault Reset(bool after)
        {
            return new Fault(new { reset = new { after } });
        }

        /// <summary>The carrier treats the message so.</summary>
        /// <param name="outcome"><c>delivered</c>, <c>failed</c>, <c>silent</c>, <c>rejected</c>, <c>not_sent</c> or <c>maybe_sent</c>.</param>
        /// <param name="word">The code word of a failure or refusal; null for the usual one.</param>
        public static Fault Receipt(string outcome, string word = null)
        {
            return new Fault(new { receipt = new { outcome, word } });
        }

        /// <summary>Only calls of an action, such as <c>SendSms</c>.</summary>
        public Fault On(string action)
        {
            match["action"] = action;
            return this;
        }

        /// <summary>Only calls and messages to a number, in E.164 form, <c>*</c> for any digits.</summary>
        public Fault Phone(string pattern)
        {
            match["phone"] = pattern;
            return this;
        }

        /// <summary>Strikes at most so often.</summary>
        public Fault Times(int times)
        {
            Rule["times"] = times;
            return this;
        }

        /// <summary>Strikes only at these of what fits, counted from 1.</summary>
        public Fault Nth(params int[] counts)
        {
            Rule["nth"] = counts;
            return this;
        }
    }
}
