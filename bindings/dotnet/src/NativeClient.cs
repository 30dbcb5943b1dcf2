// Clients of the native library, shared by whoever has the same settings, and the calls that are made with them.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace TencentCloud.Common
{
    /// <summary>A client of the library: its settings and its connections.</summary>
    internal sealed unsafe class NativeClient
    {
        /// <summary>How many clients stay open that nobody holds: programs make a client for every call.</summary>
        private const int Kept = 16;

        /// <summary>What the library reads from the environment when a client is made belongs to its settings.</summary>
        private static readonly string[] Variables =
        {
            "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SESSION_TOKEN", "TENCENTCLOUD_CREDENTIALS_FILE", "HOME",
            "TKE_ROLE_ARN", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_REGION", "TENCENTCLOUD_REGION", "TCSMS_CONNECT_TO",
            "TCSMS_STS_CONNECT_TO", "TCSMS_METADATA_CONNECT_TO", "TCSMS_CONNECT_TO_PLAIN", "TCSMS_CA_FILE", "SSL_CERT_FILE", "SSL_CERT_DIR",
            "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "REQUEST_METHOD"
        };

        private static readonly object Lock = new object();
        private static readonly Dictionary<string, WeakReference> Known = new Dictionary<string, WeakReference>();
        private static readonly LinkedList<NativeClient> LastUsed = new LinkedList<NativeClient>();

        private readonly IntPtr handle;

        private NativeClient(IntPtr handle)
        {
            this.handle = handle;
        }

        ~NativeClient()
        {
            Native.ClientFree(handle);
        }

        /// <summary>The client for these settings, as JSON.</summary>
        internal static NativeClient Open(string config)
        {
            Native.Require();
            StringBuilder name = new StringBuilder(config);
            foreach (string variable in Variables)
                name.Append('\0').Append(Environment.GetEnvironmentVariable(variable));
            string key = name.ToString();
            lock (Lock)
            {
                WeakReference reference;
                NativeClient client = Known.TryGetValue(key, out reference) ? (NativeClient)reference.Target : null;
                if (client == null)
                {
                    client = Make(config);
                    if (Known.Count > 4 * Kept)
                        ForgetDead();
                    Known[key] = new WeakReference(client);
                }
                LastUsed.Remove(client);
                LastUsed.AddFirst(client);
                if (LastUsed.Count > Kept)
                    LastUsed.RemoveLast();
                return client;
            }
        }

        private static void ForgetDead()
        {
            List<string> dead = new List<string>();
            foreach (KeyValuePair<string, WeakReference> entry in Known)
                if (!entry.Value.IsAlive)
                    dead.Add(entry.Key);
            foreach (string key in dead)
                Known.Remove(key);
        }

        private static NativeClient Make(string config)
        {
            byte[] bytes = Utf8.Bytes(config, "a setting");
            IntPtr handle;
            Native.Buffer error;
            int status;
            fixed (byte* start = bytes)
                status = Native.ClientNew(start, Native.Length(bytes), out handle, out error);
            byte[] told = error.Take();
            if (status != Native.Ok)
                throw TencentCloudSDKException.FromJson(told);
            return new NativeClient(handle);
        }

        /// <summary>Tells a call to end; false when there is none of this id (yet).</summary>
        internal bool Cancel(ulong id)
        {
            int status = Native.Cancel(handle, id);
            GC.KeepAlive(this);
            return status == Native.Ok;
        }

        /// <summary>Makes a call on this thread. <paramref name="cancelId"/> is the one in its meta data; 0: it has none.</summary>
        /// <returns>The status; <paramref name="answer"/> is the answer, or the error as JSON.</returns>
        internal int Call(byte[] meta, byte[] body, uint timeout, ulong cancelId, out byte[] answer)
        {
            Native.Buffer buffer;
            int status;
            BlockingCalls.Enter(this, cancelId);
            // Nothing is thrown between these two; in a finally block Mono could not stop the thread.
            fixed (byte* metaStart = meta, bodyStart = body)
                status = Native.Call(handle, metaStart, Native.Length(meta), bodyStart, Native.Length(body), timeout, out buffer);
            BlockingCalls.Leave(cancelId);
            answer = buffer.Take();
            GC.KeepAlive(this);
            return status;
        }

        /// <summary>Begins a call.</summary>
        internal Task<Outcome> CallAsync(byte[] meta, byte[] body, uint timeout, CancellationToken cancellationToken)
        {
            Pending pending = new Pending(this);
            GCHandle kept = GCHandle.Alloc(pending);
            ulong id;
            int status;
            fixed (byte* metaStart = meta, bodyStart = body)
                status = Native.CallAsync(handle, metaStart, Native.Length(meta), bodyStart, Native.Length(body), timeout, Pending.CallbackPointer, GCHandle.ToIntPtr(kept), out id);
            if (status != Native.Ok)
            {
                kept.Free();
                BlockingCalls.StopIfEnding();
                bool down = status == Native.ShutDown;
                throw TencentCloudSDKException.Local(down ? "shut_down" : "panic", down
                    ? "the process is ending, or the library was shut down: no call can be made after that"
                    : "the library refused to begin the call with status " + status);
            }
            if (cancellationToken.CanBeCanceled)
                pending.Watch(cancellationToken, id);
            return pending.Task;
        }

        /// <summary>Opens a stream: <paramref name="opened"/>, which is zero when the action answered with JSON.
        /// <paramref name="cancelId"/> is the one in its meta data.</summary>
        /// <returns>The status; <paramref name="answer"/> is the answer in place of events, or the error as JSON.</returns>
        internal int OpenStream(byte[] meta, byte[] body, ulong cancelId, out IntPtr opened, out byte[] answer)
        {
            Native.Buffer told;
            int status;
            BlockingCalls.Enter(this, cancelId);
            fixed (byte* metaStart = meta, bodyStart = body)
                status = Native.StreamOpen(handle, metaStart, Native.Length(meta), bodyStart, Native.Length(body), out opened, out told);
            BlockingCalls.Leave(cancelId);
            answer = told.Take();
            GC.KeepAlive(this);
            return status;
        }

        /// <summary>The credential that a call would be signed with now, as JSON.</summary>
        internal byte[] CurrentCredential()
        {
            Native.Buffer buffer;
            ulong id = BlockingCalls.NewId();
            BlockingCalls.Enter(this, id);
            int status = Native.Credential(handle, 0, out buffer);
            BlockingCalls.Leave(id);
            byte[] told = buffer.Take();
            GC.KeepAlive(this);
            if (status != Native.Ok)
                throw TencentCloudSDKException.FromJson(told);
            return told;
        }

        internal IntPtr OpenExchange(byte[] meta, byte[] body)
        {
            IntPtr opened;
            Native.Buffer error;
            int status;
            ulong id = BlockingCalls.NewId();
            BlockingCalls.Enter(this, id);
            fixed (byte* metaStart = meta, bodyStart = body)
                status = Native.ExchangeNew(handle, metaStart, Native.Length(meta), bodyStart, Native.Length(body), out opened, out error);
            BlockingCalls.Leave(id);
            byte[] told = error.Take();
            GC.KeepAlive(this);
            if (status != Native.Ok)
                throw TencentCloudSDKException.FromJson(told);
            return opened;
        }
    }

    /// <summary>
    /// Lets the process end on Mono. It waits at its end for threads of the library that have run managed code, and for threads of the
    /// program that are in native code, background or not, and sometimes aborts when one of these comes back: so the former are ended
    /// first, and the calls of the latter. Other run-times need none of this.
    /// </summary>
    internal static class BlockingCalls
    {
        private const int Longest = 2000;

        private static readonly bool IsMono = Type.GetType("Mono.Runtime") != null;
        private static readonly Dictionary<ulong, NativeClient> UnderWay = new Dictionary<ulong, NativeClient>();
        private static long last;
        private static volatile Thread endsTheProcess;

        internal static bool IsEnding
        {
            get { return endsTheProcess != null; }
        }

        internal static void WatchTheEnd()
        {
            if (IsMono)
                AppDomain.CurrentDomain.ProcessExit += delegate { End(); };
        }

        /// <summary>A number by which the call can be ended; 0: nobody will, for the process ends without that.</summary>
        internal static ulong NewId(bool isCancellable = false)
        {
            return IsMono || isCancellable ? (ulong)Interlocked.Increment(ref last) : 0;
        }

        internal static void Enter(NativeClient client, ulong id)
        {
            if (id == 0)
                return;
            lock (UnderWay)
                UnderWay.Add(id, client);
            // After that: whoever is not among them by now does not go into native code any more.
            if (IsEnding)
                Leave(id);
        }

        internal static void Leave(ulong id)
        {
            if (id == 0)
                return;
            lock (UnderWay)
                UnderWay.Remove(id);
            StopIfEnding();
        }

        /// <summary>
        /// Stays here when the process is ending: the error that its end leads to would only be printed as one that nobody caught. Mono
        /// stops the thread.
        /// </summary>
        internal static void StopIfEnding()
        {
            Thread ending = endsTheProcess;
            if (ending != null && ending != Thread.CurrentThread)
                Thread.Sleep(Timeout.Infinite);
        }

        private static void End()
        {
            endsTheProcess = Thread.CurrentThread;
            Native.Shutdown(Longest);
            for (int waited = 0; waited < Longest; waited += 5)
            {
                List<KeyValuePair<ulong, NativeClient>> calls;
                lock (UnderWay)
                    calls = new List<KeyValuePair<ulong, NativeClient>>(UnderWay);
                if (calls.Count == 0)
                    return;
                // One that is about to begin is not known to the library yet, so they are told until all have left.
                foreach (KeyValuePair<ulong, NativeClient> call in calls)
                    call.Value.Cancel(call.Key);
                Thread.Sleep(5);
            }
        }
    }

    /// <summary>What a call came to: a status, and the answer or the error as JSON.</summary>
    internal struct Outcome
    {
        internal readonly int Status;
        internal readonly byte[] Bytes;

        internal Outcome(int status, byte[] bytes)
        {
            Status = status;
            Bytes = bytes;
        }
    }

    /// <summary>A call that is under way.</summary>
    internal sealed class Pending
    {
        private static readonly Native.Callback Callback = Ended;
        internal static readonly IntPtr CallbackPointer = Marshal.GetFunctionPointerForDelegate(Callback);

        // What waits for the task goes on elsewhere: the library's thread must be free for the other calls.
        private readonly TaskCompletionSource<Outcome> source = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly NativeClient client;
        private readonly object registrationLock = new object();
        private CancellationTokenRegistration registration;
        private bool over;

        internal Pending(NativeClient client)
        {
            this.client = client;
        }

        internal Task<Outcome> Task
        {
            get { return source.Task; }
        }

        /// <summary>Ends the call when it is cancelled. It may have ended already.</summary>
        internal void Watch(CancellationToken cancellationToken, ulong id)
        {
            CancellationTokenRegistration made = cancellationToken.Register(delegate { client.Cancel(id); });
            lock (registrationLock)
            {
                if (!over)
                {
                    registration = made;
                    return;
                }
            }
            made.Dispose();
        }

        /// <summary>Called by the library, on its own thread, exactly once for each call.</summary>
        private static void Ended(IntPtr userData, int status, IntPtr bytes, UIntPtr length)
        {
            GCHandle kept = GCHandle.FromIntPtr(userData);
            Pending pending = (Pending)kept.Target;
            kept.Free();
            // What waits for it would go on on a thread of the pool, and Mono hangs when it gets work while it ends.
            if (BlockingCalls.IsEnding)
                return;
            try
            {
                pending.End(new Outcome(status, Native.Copy(bytes, length)));
            }
            catch (Exception failure)
            {
                // Nothing may be thrown into the library.
                pending.source.TrySetException(failure);
            }
        }

        private void End(Outcome outcome)
        {
            CancellationTokenRegistration made;
            lock (registrationLock)
            {
                over = true;
                made = registration;
            }
            // Disposing waits for a cancellation that runs on another thread, which only tells the library: it does not wait for us.
            made.Dispose();
            source.TrySetResult(outcome);
        }
    }

    /// <summary>Texts as the library takes and gives them.</summary>
    internal static class Utf8
    {
        private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        internal static byte[] Bytes(string text, string what)
        {
            try
            {
                return Strict.GetBytes(text);
            }
            catch (EncoderFallbackException half)
            {
                throw TencentCloudSDKException.Local("invalid_request", "the text of " + what + " holds half of a surrogate pair (U+" +
                    ((int)half.CharUnknown).ToString("X4") + ") and cannot be sent: texts are sent as UTF-8; take the whole character or leave it out");
            }
        }

        internal static string Text(byte[] bytes)
        {
            try
            {
                return Strict.GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                throw TencentCloudSDKException.BadAnswer("the answer is no UTF-8");
            }
        }
    }
}
