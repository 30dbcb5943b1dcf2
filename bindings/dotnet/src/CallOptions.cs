// What one call does otherwise than its client.

using System;
using System.Collections.Generic;
using System.Threading;

namespace TencentCloud.Common
{
    /// <summary>What one call does otherwise than its client. What is null stays as the client has it.</summary>
    public class CallOptions
    {
        /// <summary>Ends the call. What had left by then may have been carried out.</summary>
        public CancellationToken CancellationToken { get; set; }

        /// <summary>The longest that the call may take with all its attempts.</summary>
        public TimeSpan? Timeout { get; set; }

        /// <summary>The region.</summary>
        public string Region { get; set; }

        /// <summary>The language: <c>zh-CN</c> or <c>en-US</c>.</summary>
        public string Language { get; set; }

        /// <summary>The way of signing, see <see cref="Profile.ClientProfile.SignMethod"/>.</summary>
        public string SignMethod { get; set; }

        /// <summary><c>POST</c> or <c>GET</c>.</summary>
        public string HttpMethod { get; set; }

        /// <summary>Whether the body is left out of the signature.</summary>
        public bool? UnsignedPayload { get; set; }

        /// <summary>True: the call goes without a signature, for the few actions that allow it.</summary>
        public bool SkipSign { get; set; }

        /// <summary>Who makes the call.</summary>
        public Credential Credential { get; set; }

        /// <summary>Headers besides those that every request has.</summary>
        public IDictionary<string, string> Headers { get; set; }

        /// <summary>The id under which the service traces the call.</summary>
        public string TraceId { get; set; }

        /// <summary>The key by which a repetition is recognised.</summary>
        public string IdempotencyKey { get; set; }

        /// <summary>Whether carrying the call out twice does no harm.</summary>
        public bool? Idempotent { get; set; }

        /// <summary>
        /// When a failed attempt is repeated, by the names of the library: an object or a dictionary with <c>policy</c> (never, safe,
        /// idempotent, any), <c>attempts</c>, <c>pause_ms</c>, <c>longest_pause_ms</c>, <c>jitter_percent</c>.
        /// </summary>
        public object Retry { get; set; }

        /// <summary>Binary parts by name: the call travels as <c>multipart/form-data</c>.</summary>
        public IDictionary<string, byte[]> Parts { get; set; }

        internal void WriteTo(JsonWriter meta)
        {
            meta.Member("language", Language);
            meta.Member("sign_method", SignMethod);
            meta.Member("http_method", HttpMethod);
            meta.Member("unsigned_payload", UnsignedPayload);
            if (SkipSign)
                meta.Member("skip_sign", true);
            meta.Any("headers", Headers);
            meta.Member("trace_id", TraceId);
            meta.Member("idempotency_key", IdempotencyKey);
            meta.Member("idempotent", Idempotent);
            meta.Any("retry", Retry);
            if (Parts == null)
                return;
            meta.Name("parts");
            meta.BeginObject();
            foreach (KeyValuePair<string, byte[]> part in Parts)
            {
                if (part.Value == null)
                    throw TencentCloudSDKException.Local("invalid_request", "the part " + part.Key + " is null");
                meta.Name(part.Key);
                meta.BeginObject();
                meta.Member("base64", Convert.ToBase64String(part.Value));
                meta.EndObject();
            }
            meta.EndObject();
        }

        /// <summary>The time limit in milliseconds; 0: the client's own.</summary>
        internal uint TimeoutMilliseconds()
        {
            if (Timeout == null || Timeout.Value == System.Threading.Timeout.InfiniteTimeSpan)
                return 0;
            double milliseconds = Math.Ceiling(Timeout.Value.TotalMilliseconds);
            if (milliseconds <= 0)
                throw TencentCloudSDKException.Local("invalid_request", "the time limit of the call is " + Timeout.Value + ": it has to be more than nothing");
            return milliseconds >= uint.MaxValue ? uint.MaxValue : (uint)milliseconds;
        }
    }
}
