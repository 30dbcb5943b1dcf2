// Endpoint, proxy and time limit of a client.

namespace TencentCloud.Common.Profile
{
    /// <summary>Endpoint, proxy and time limit of a client.</summary>
    public class HttpProfile
    {
        /// <summary>The protocol https.</summary>
        public static readonly string REQ_HTTPS = "https://";

        /// <summary>The protocol http, without encryption.</summary>
        public static readonly string REQ_HTTP = "http://";

        /// <summary>The method POST.</summary>
        public static readonly string REQ_POST = "POST";

        /// <summary>The method GET.</summary>
        public static readonly string REQ_GET = "GET";

        /// <summary>A minute in seconds.</summary>
        public static readonly int TM_MINUTE = 60;

        /// <summary>POST by https within a minute.</summary>
        public HttpProfile()
        {
            ReqMethod = REQ_POST;
            Protocol = REQ_HTTPS;
            Timeout = TM_MINUTE;
        }

        /// <summary><c>POST</c> or <c>GET</c>; large requests cannot go by GET.</summary>
        public string ReqMethod { get; set; }

        /// <summary>The endpoint, such as <c>sms.tencentcloudapi.com</c>, also with a port; null: that of the product.</summary>
        public string Endpoint { get; set; }

        /// <summary><see cref="REQ_HTTPS"/> or <see cref="REQ_HTTP"/>.</summary>
        public string Protocol { get; set; }

        /// <summary>The longest that a call may take, with all its attempts, in seconds; 0: without end.</summary>
        public int Timeout { get; set; }

        /// <summary>
        /// The URL of a proxy, such as <c>http://user:password@proxy:8080</c> or <c>socks5://proxy:1080</c>; null: what the environment
        /// says (<c>https_proxy</c> and so on). A client with a <see cref="AbstractClient.HttpClient"/> goes by the proxy of that.
        /// </summary>
        public string WebProxy { get; set; }
    }
}
