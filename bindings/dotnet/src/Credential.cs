// Who makes the calls.

using System;

namespace TencentCloud.Common
{
    /// <summary>
    /// The key pair that signs, and a session token if it is a temporary one. It is read at each call, so that a change counts for the
    /// next one; to change all three at once, give the client another object. A role of a cloud server, one of STS, or one of a
    /// pod is named by <see cref="Profile.ClientProfile.Settings"/>, and is fetched and kept fresh by the library.
    /// </summary>
    public class Credential
    {
        private static readonly Credential Chain = new Credential();

        /// <summary>The id of the key pair.</summary>
        public string SecretId { get; set; }

        /// <summary>The key of the pair.</summary>
        public string SecretKey { get; set; }

        /// <summary>The session token; null for a pair that lasts.</summary>
        public string Token { get; set; }

        /// <summary>
        /// The credential is found by the library: in the environment, in the credentials file, as the role of the cloud server or of the
        /// pod, in this order; it is kept fresh.
        /// </summary>
        public static Credential Default
        {
            get { return Chain; }
        }

        /// <summary>The credential that the program gets from elsewhere: <paramref name="source"/> is asked before each call.</summary>
        /// <param name="source">Gives the credential. It is called on the caller's thread, and may be called by several at once.</param>
        public static Credential From(Func<Credential> source)
        {
            if (source == null)
                throw new ArgumentNullException("source");
            return new SourcedCredential(source);
        }

        /// <summary>The credential of a call that begins now.</summary>
        internal virtual Credential Now()
        {
            return this;
        }

        private sealed class SourcedCredential : Credential
        {
            private readonly Func<Credential> source;

            internal SourcedCredential(Func<Credential> source)
            {
                this.source = source;
            }

            internal override Credential Now()
            {
                Credential now;
                try
                {
                    now = source();
                }
                catch (Exception failure)
                {
                    throw TencentCloudSDKException.Local("credential", "the program's source of the credential failed: " + failure.GetType().Name + ": " + failure.Message);
                }
                if (now == null)
                    throw TencentCloudSDKException.Local("credential", "the program's source of the credential gave none");
                return now.Now();
            }
        }
    }
}
