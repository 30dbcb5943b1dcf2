// The exception of failed calls.

using System;
using System.Collections.Generic;

namespace TencentCloud.Common
{
    /// <summary>
    /// Why a call has no answer: a refusal of the service with its code, or a failure on this side. No text holds a secret.
    /// <para>The codes of failures on this side, by kind: <c>ClientError.ConfigError</c> (config), <c>ClientError.CredentialError</c>
    /// (credential), <c>ClientError.InvalidParameter</c> (invalid_request), <c>ClientError.NetworkError</c> (resolve, connect, proxy,
    /// tls, network), <c>ClientError.Timeout</c> (timeout), <c>ClientError.HttpStatusCodeError</c> (invalid_answer with an HTTP status
    /// other than 200), <c>ClientError.ParseJsonError</c> (invalid_answer otherwise), <c>ClientError.Cancelled</c> (cancelled),
    /// <c>ClientError.InternalError</c> (interceptor, shut_down, panic).</para>
    /// </summary>
    public class TencentCloudSDKException : Exception
    {
        private string text;

        /// <summary>An exception with a message alone.</summary>
        public TencentCloudSDKException(string message)
            : this(message, "", "")
        {
        }

        /// <summary>An exception with the id of the call.</summary>
        public TencentCloudSDKException(string message, string requestId)
            : this(message, "", requestId)
        {
        }

        /// <summary>An exception with another one that led to it.</summary>
        public TencentCloudSDKException(string message, Exception innerException)
            : base(message, innerException)
        {
            ErrorCode = "";
            RequestId = "";
        }

        /// <summary>An exception with a code and the id of the call.</summary>
        public TencentCloudSDKException(string message, string errorCode, string requestId)
            : base(message)
        {
            ErrorCode = errorCode;
            RequestId = requestId;
        }

        /// <summary>The id under which the service logged the call; empty when it did not answer.</summary>
        public string RequestId { get; private set; }

        /// <summary>The service's code, such as <c>FailedOperation.SignatureIncorrectOrUnapproved</c>, or one of those of this side.</summary>
        public string ErrorCode { get; private set; }

        /// <summary>
        /// The kind of failure: config, credential, invalid_request, resolve, connect, proxy, tls, timeout, network, invalid_answer,
        /// service, interceptor, cancelled, shut_down or panic; null for an exception that the program made itself.
        /// </summary>
        public string Kind { get; private set; }

        /// <summary>
        /// Whether the service may have acted: <c>not_sent</c>, <c>maybe_sent</c> or <c>answered</c>. A message may be sent again without
        /// the danger of a second one only after <c>not_sent</c>; null for an exception that the program made itself.
        /// </summary>
        public string Delivery { get; private set; }

        /// <summary>Whether the same call may succeed later.</summary>
        public bool Retryable { get; private set; }

        /// <summary>How many attempts were made.</summary>
        public int Attempts { get; private set; }

        /// <summary>The step of the last attempt that failed: resolve, connect, proxy, tls, write, wait or read; null without one.</summary>
        public string Step { get; private set; }

        /// <summary>Host and port of the endpoint of the last attempt; null without one.</summary>
        public string Endpoint { get; private set; }

        /// <summary>The trace id that the call was sent with; null without one.</summary>
        public string TraceId { get; private set; }

        /// <summary>The HTTP status of the last answer; 0 without one.</summary>
        public int HttpStatus { get; private set; }

        /// <summary>What happened and what to do about it, in one line for people; of a refusal it says more than the message.</summary>
        public string Text
        {
            get { return string.IsNullOrEmpty(text) ? Message : text; }
        }

        /// <summary>The id of the call and the code, then class, message and stack.</summary>
        public override string ToString()
        {
            string code = string.IsNullOrEmpty(ErrorCode) ? "" : " code: " + ErrorCode;
            return "requestId: " + RequestId + code + " " + base.ToString();
        }

        /// <summary>The error that the library tells as JSON.</summary>
        internal static TencentCloudSDKException FromJson(byte[] bytes)
        {
            Dictionary<string, object> told;
            try
            {
                told = (Dictionary<string, object>)JsonMapper.FromJson(Utf8.Text(bytes), typeof(Dictionary<string, object>));
            }
            catch (FormatException fault)
            {
                return Local("panic", "the library told an error that cannot be read: " + fault.Message);
            }
            if (told == null)
                return Local("panic", "the library told no error");
            string kind = TextOf(told, "kind") ?? "panic";
            string text = TextOf(told, "text");
            string message = TextOf(told, "message");
            int httpStatus = (int)NumberOf(told, "httpStatus");
            bool service = kind == "service";
            TencentCloudSDKException error = new TencentCloudSDKException(
                (service ? message : text ?? message) ?? "", service ? TextOf(told, "code") ?? "" : CodeOf(kind, httpStatus), TextOf(told, "requestId") ?? "");
            object retryable;
            error.text = text;
            error.Kind = kind;
            error.Delivery = TextOf(told, "delivery");
            error.Retryable = told.TryGetValue("retryable", out retryable) && true.Equals(retryable);
            error.Attempts = (int)NumberOf(told, "attempts");
            error.Step = TextOf(told, "step");
            error.Endpoint = TextOf(told, "endpoint");
            error.TraceId = TextOf(told, "traceId");
            error.HttpStatus = httpStatus;
            return error;
        }

        /// <summary>An error of this side, before anything was sent.</summary>
        internal static TencentCloudSDKException Local(string kind, string message, string delivery = "not_sent")
        {
            return new TencentCloudSDKException(message, CodeOf(kind, 0), "") { Kind = kind, Delivery = delivery };
        }

        /// <summary>An answer that came and cannot be read: the service may have acted.</summary>
        internal static TencentCloudSDKException BadAnswer(string message)
        {
            return new TencentCloudSDKException(message, CodeOf("invalid_answer", 200), "") { Kind = "invalid_answer", Delivery = "maybe_sent", Step = "read", Attempts = 1 };
        }

        private static string CodeOf(string kind, int httpStatus)
        {
            switch (kind)
            {
                case "config":
                    return "ClientError.ConfigError";
                case "credential":
                    return "ClientError.CredentialError";
                case "invalid_request":
                    return "ClientError.InvalidParameter";
                case "resolve":
                case "connect":
                case "proxy":
                case "tls":
                case "network":
                    return "ClientError.NetworkError";
                case "timeout":
                    return "ClientError.Timeout";
                case "invalid_answer":
                    return httpStatus != 0 && httpStatus != 200 ? "ClientError.HttpStatusCodeError" : "ClientError.ParseJsonError";
                case "cancelled":
                    return "ClientError.Cancelled";
                default:
                    return "ClientError.InternalError";
            }
        }

        private static string TextOf(Dictionary<string, object> told, string name)
        {
            object value;
            return told.TryGetValue(name, out value) ? value as string : null;
        }

        private static long NumberOf(Dictionary<string, object> told, string name)
        {
            object value;
            return told.TryGetValue(name, out value) && value is long ? (long)value : 0;
        }
    }
}
