// The settings of a client.

using System.Collections.Generic;

namespace TencentCloud.Common.Profile
{
    /// <summary>In which language the service's texts come.</summary>
    public enum Language
    {
        /// <summary>As the service has it: Chinese.</summary>
        DEFAULT = 0,

        /// <summary>English.</summary>
        EN_US = 1,

        /// <summary>Chinese.</summary>
        ZH_CN = 2
    }

    /// <summary>The settings of a client. Changes made to them count for later calls.</summary>
    public class ClientProfile
    {
        /// <summary>Sign by HMAC-SHA1.</summary>
        public const string SIGN_SHA1 = "HmacSHA1";

        /// <summary>Sign by HMAC-SHA256.</summary>
        public static string SIGN_SHA256 = "HmacSHA256";

        /// <summary>Sign by TC3-HMAC-SHA256, the present method.</summary>
        public static string SIGN_TC3SHA256 = "TC3-HMAC-SHA256";

        private IDictionary<string, object> settings = new Dictionary<string, object>();

        /// <summary>A profile with both.</summary>
        public ClientProfile(string signMethod, HttpProfile httpProfile)
        {
            SignMethod = signMethod;
            HttpProfile = httpProfile;
            Language = Language.DEFAULT;
        }

        /// <summary>A profile with a way of signing.</summary>
        public ClientProfile(string signMethod)
            : this(signMethod, new HttpProfile())
        {
        }

        /// <summary>A profile with everything at its default.</summary>
        public ClientProfile()
            : this(SIGN_TC3SHA256, new HttpProfile())
        {
        }

        /// <summary>Endpoint, proxy and time limit.</summary>
        public HttpProfile HttpProfile { get; set; }

        /// <summary>How requests are signed: <see cref="SIGN_TC3SHA256"/> unless it is set.</summary>
        public string SignMethod { get; set; }

        /// <summary>The language of the service's texts.</summary>
        public Language Language { get; set; }

        /// <summary>
        /// What the library can besides, by the names of its settings, and in place of what the other properties say:
        /// <c>profile.Settings["ca_file"] = "/etc/ca.pem"</c>, <c>profile.Settings["retry"] = new { policy = "never" }</c>. A value is a
        /// text, a number, a truth value, a list, a dictionary, an object with properties, or null for the library's own default. Names that the
        /// library does not know make the call fail. All names are listed in the README.
        /// </summary>
        public IDictionary<string, object> Settings
        {
            get { return settings; }
            set { settings = value ?? new Dictionary<string, object>(); }
        }
    }
}
