// Answers that come as server-sent events.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;

namespace TencentCloud.Common
{
    /// <summary>
    /// An answer that comes as server-sent events: they are there to be enumerated once, as they come. Dispose of it to end a
    /// stream before its end. Enumerating throws <see cref="TencentCloudSDKException"/> when the stream breaks off.
    /// </summary>
    public abstract class AbstractSSEModel : AbstractModel, IEnumerable<AbstractSSEModel.SSE>, IDisposable
    {
        /// <summary>One event.</summary>
        public class SSE
        {
            /// <summary>The id of the event; null without one.</summary>
            public string Id;

            /// <summary>The type of the event; null without one.</summary>
            public string Event;

            /// <summary>What it says.</summary>
            public string Data;

            /// <summary>After how many milliseconds a lost stream may be asked for again; 0: nothing was said.</summary>
            public int Retry;
        }

        private EventStream stream;

        /// <summary>The id of the call, when the answer was JSON; null for events.</summary>
        public string RequestId { get; set; }

        /// <summary>The answer when the action answered with JSON and not with events; null for events.</summary>
        public string Answer { get; private set; }

        /// <summary>True.</summary>
        public override bool IsStream
        {
            get { return true; }
        }

        /// <summary>The events.</summary>
        public IEnumerator<SSE> GetEnumerator()
        {
            EventStream source = stream;
            if (source == null)
                yield break;
            SSE one;
            while ((one = source.Next()) != null)
                yield return one;
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        /// <summary>Events have no parameters.</summary>
        public override void ToMap(Dictionary<string, string> map, string prefix)
        {
        }

        /// <summary>Ends the stream.</summary>
        public void Dispose()
        {
            EventStream source = stream;
            stream = null;
            if (source != null)
                source.Close();
        }

        internal void Begin(EventStream opened)
        {
            stream = opened;
        }

        internal void Answered(string json)
        {
            Answer = json;
            JsonReader reader = new JsonReader(json);
            if (reader.Peek() == '{')
                reader.Into(this);
        }
    }

    /// <summary>An answer of any action that comes as server-sent events.</summary>
    public sealed class CommonSSEResponse : AbstractSSEModel
    {
    }

    /// <summary>A stream of the library.</summary>
    internal sealed class EventStream
    {
        private const int Event = 1;
        private const int End = 2;

        private readonly object use = new object();
        private readonly NativeClient client;
        private readonly CancellationToken cancellation;
        private IntPtr handle;

        internal EventStream(NativeClient client, IntPtr handle, CancellationToken cancellation)
        {
            this.client = client;
            this.handle = handle;
            this.cancellation = cancellation;
        }

        ~EventStream()
        {
            if (handle != IntPtr.Zero)
                Native.StreamClose(handle);
        }

        /// <summary>The next event; null at the end.</summary>
        internal AbstractSSEModel.SSE Next()
        {
            while (true)
            {
                lock (use)
                {
                    if (handle == IntPtr.Zero)
                        return null;
                    if (cancellation.IsCancellationRequested)
                    {
                        Free();
                        throw new OperationCanceledException("the stream was cancelled: what its action does may have been done", cancellation);
                    }
                    // Short waits, so that Close and a cancellation can come between.
                    Native.Buffer buffer;
                    ulong id = BlockingCalls.NewId();
                    BlockingCalls.Enter(client, id);
                    int status = Native.StreamNext(handle, 100, out buffer);
                    BlockingCalls.Leave(id);
                    byte[] told = buffer.Take();
                    GC.KeepAlive(client);
                    if (status == Event)
                        return Read(Utf8.Text(told));
                    if (status == 0)
                        continue;
                    Free();
                    if (status == End)
                        return null;
                    throw TencentCloudSDKException.FromJson(told);
                }
            }
        }

        internal void Close()
        {
            lock (use)
                Free();
        }

        private void Free()
        {
            if (handle != IntPtr.Zero)
                Native.StreamClose(handle);
            handle = IntPtr.Zero;
            GC.SuppressFinalize(this);
        }

        private static AbstractSSEModel.SSE Read(string json)
        {
            AbstractSSEModel.SSE one = new AbstractSSEModel.SSE();
            JsonReader reader = new JsonReader(json);
            reader.Object(delegate(string name)
            {
                if (name == "id")
                    one.Id = reader.Text();
                else if (name == "event")
                    one.Event = reader.Text();
                else if (name == "data")
                    one.Data = reader.Text();
                else if (name == "retry_ms")
                    one.Retry = (int)Math.Min(int.MaxValue, reader.Unsigned() ?? 0);
                else
                    reader.Skip();
            });
            return one;
        }
    }
}
