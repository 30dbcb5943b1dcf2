// The properties of profile, credential and client in the words of the library.

using System;
using System.Collections.Generic;
using TencentCloud.Common.Profile;

namespace TencentCloud.Common
{
    /// <summary>Makes the configuration of a native client.</summary>
    internal static class ClientSettings
    {
        /// <summary>Settings that say where the credential comes from.</summary>
        private static readonly string[] Sources =
        {
            "secret_id", "secret_key", "profile", "cvm_role", "assume_role", "web_identity", "credential_chain", "credential_per_call"
        };

        /// <param name="home">The product's own endpoint.</param>
        /// <param name="sdk">How the client names itself.</param>
        /// <param name="profile">The settings.</param>
        /// <param name="credential">Who makes the calls.</param>
        /// <param name="foreign">Whether the program's own HTTP client carries the requests.</param>
        /// <param name="perCall">Whether each call brings its credential, so that a new one needs no new connections.</param>
        internal static string Make(string home, string sdk, ClientProfile profile, Credential credential, bool foreign, out bool perCall)
        {
            HttpProfile http = profile.HttpProfile ?? new HttpProfile();
            Dictionary<string, object> own = Plain(profile.Settings);
            Dictionary<string, object> config = new Dictionary<string, object>();
            config["sdk"] = AbstractClient.SDK_VERSION;
            if (!string.IsNullOrEmpty(sdk) && sdk != AbstractClient.SDK_VERSION)
                config["request_client"] = sdk;
            string service = home.Split('.')[0];
            config["service"] = service;

            // The product's own endpoint is left to the library, so that a root domain in the settings counts.
            bool plainHttp = http.Protocol != null && http.Protocol.TrimEnd('/', ':').Equals("http", StringComparison.OrdinalIgnoreCase);
            string endpoint = string.IsNullOrEmpty(http.Endpoint) ? home : http.Endpoint;
            if (endpoint != service + ".tencentcloudapi.com" || plainHttp)
                config["endpoint"] = plainHttp && endpoint.IndexOf("://", StringComparison.Ordinal) < 0 ? "http://" + endpoint : endpoint;
            if (plainHttp)
                config["allow_plain_http"] = true;

            config["sign_method"] = profile.SignMethod ?? ClientProfile.SIGN_TC3SHA256;
            config["http_method"] = http.ReqMethod ?? HttpProfile.REQ_POST;
            // As the official SDK: the present way of signing always says a language, the older ones only when one is set.
            if (profile.Language == Language.EN_US)
                config["language"] = "en-US";
            else if (profile.Language == Language.ZH_CN || Equals(config["sign_method"], ClientProfile.SIGN_TC3SHA256))
                config["language"] = "zh-CN";

            long limit = http.Timeout > 0 ? http.Timeout * 1000L : 0;
            config["timeouts"] = new Dictionary<string, object> { { "attempt_ms", limit }, { "total_ms", limit } };
            if (!string.IsNullOrEmpty(http.WebProxy) && !foreign)
                config["proxy"] = http.WebProxy;
            if (foreign)
                config["foreign_transport"] = true;

            perCall = credential != Credential.Default && !SaysWhere(own);
            if (perCall)
            {
                config["credential_per_call"] = true;
            }
            else if (credential != Credential.Default && credential != null)
            {
                Credential now = credential.Now();
                if (!string.IsNullOrEmpty(now.SecretId) || !string.IsNullOrEmpty(now.SecretKey))
                {
                    config["secret_id"] = now.SecretId;
                    config["secret_key"] = now.SecretKey;
                    if (!string.IsNullOrEmpty(now.Token))
                        config["token"] = now.Token;
                }
            }
            else if (credential == Credential.Default && !SaysWhere(own))
            {
                // The first place of the chain. On .NET Core the library does not see variables that the program has set itself.
                string id = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_ID");
                string key = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_KEY");
                string token = Environment.GetEnvironmentVariable("TENCENTCLOUD_SESSION_TOKEN");
                if (!string.IsNullOrEmpty(id) && !string.IsNullOrEmpty(key))
                {
                    config["secret_id"] = id;
                    config["secret_key"] = key;
                    if (!string.IsNullOrEmpty(token))
                        config["token"] = token;
                }
            }
            foreach (KeyValuePair<string, object> setting in own)
                Merge(config, setting.Key, setting.Value);
            return JsonMapper.ToJson(config);
        }

        /// <summary>The member <c>credential</c> of a call.</summary>
        internal static void WriteCredential(JsonWriter meta, Credential credential)
        {
            if (credential == null)
                throw TencentCloudSDKException.Local("credential", "the client has no credential: give it one, or Credential.Default to have one looked for");
            Credential now = credential.Now();
            meta.Name("credential");
            meta.BeginObject();
            meta.Member("secret_id", now.SecretId ?? "");
            meta.Member("secret_key", now.SecretKey ?? "");
            if (!string.IsNullOrEmpty(now.Token))
                meta.Member("token", now.Token);
            meta.EndObject();
        }

        /// <summary>The settings of the program with nothing in them but dictionaries, lists, texts and numbers.</summary>
        private static Dictionary<string, object> Plain(IDictionary<string, object> settings)
        {
            if (settings.Count == 0)
                return new Dictionary<string, object>();
            try
            {
                return (Dictionary<string, object>)JsonMapper.FromJson(JsonMapper.ToJson(settings), typeof(Dictionary<string, object>));
            }
            catch (JsonException fault)
            {
                throw TencentCloudSDKException.Local("config", "the Settings of the profile cannot be written as JSON: " + fault.Message);
            }
        }

        /// <summary>Whether the settings say where the credential comes from.</summary>
        private static bool SaysWhere(Dictionary<string, object> own)
        {
            foreach (string source in Sources)
                if (own.ContainsKey(source))
                    return true;
            return false;
        }

        private static void Merge(Dictionary<string, object> config, string name, object value)
        {
            object before;
            Dictionary<string, object> members = value as Dictionary<string, object>;
            Dictionary<string, object> known = config.TryGetValue(name, out before) ? before as Dictionary<string, object> : null;
            if (members == null || known == null)
            {
                config[name] = value;
                return;
            }
            foreach (KeyValuePair<string, object> member in members)
                Merge(known, member.Key, member.Value);
        }
    }
}
