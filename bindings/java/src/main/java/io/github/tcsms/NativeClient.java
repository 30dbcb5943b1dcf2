// A client of the native library.
package io.github.tcsms;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;

/** Makes calls with one set of settings. Clients with the same settings are the same one, and share its connections. */
final class NativeClient {
    /** How many sets of settings are kept at most; the one that was looked for longest ago goes first. */
    private static final int MOST = 64;

    private static final Map<String, NativeClient> KNOWN = new LinkedHashMap<>(16, 0.75f, true);

    private final long handle;

    private NativeClient(long handle) {
        this.handle = handle;
    }

    /** The client with these settings, made when there is none yet. */
    static NativeClient of(String settings) throws TencentCloudSDKException {
        Native.needed();
        synchronized (KNOWN) {
            NativeClient known = KNOWN.get(settings);
            if (known != null) {
                return known;
            }
            int[] status = new int[1];
            long[] handle = new long[1];
            byte[] bytes = open(settings.getBytes(StandardCharsets.UTF_8), status, handle);
            new Outcome(status[0], bytes).answer();
            NativeClient made = new NativeClient(handle[0]);
            KNOWN.put(settings, made);
            if (KNOWN.size() > MOST) {
                Iterator<NativeClient> oldest = KNOWN.values().iterator();
                oldest.next();
                oldest.remove();
            }
            return made;
        }
    }

    /** Nobody uses it any more. That it is an object's own method keeps the object alive in the calls below. */
    @Override
    @SuppressWarnings("deprecation")
    protected void finalize() {
        close(handle);
    }

    long handle() {
        return handle;
    }

    /** Makes a call on this thread. */
    Outcome call(byte[] meta, byte[] body, int timeoutMs) {
        int[] status = new int[1];
        byte[] bytes = call(handle, meta, body, timeoutMs, status);
        return new Outcome(status[0], bytes);
    }

    /** The credential that a call would be signed with now. */
    Map<String, Object> credential() throws TencentCloudSDKException {
        int[] status = new int[1];
        byte[] bytes = credential(handle, 0, status);
        return Json.readObject(new Outcome(status[0], bytes).answer());
    }

    /** Asked by the native library while it waits. */
    @SuppressWarnings("unused")
    private boolean isInterrupted() {
        return Thread.currentThread().isInterrupted();
    }

    /** A call under way. Cancelling it ends the call. */
    static final class Pending<T> extends CompletableFuture<T> {
        private NativeClient client;
        private long id;

        private synchronized void begun(NativeClient client, long id) {
            this.client = client;
            this.id = id;
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            synchronized (this) {
                if (client != null) {
                    client.cancel(client.handle, id);
                }
            }
            return cancelled;
        }
    }

    /** Told the outcome on a thread of the native library, which must not wait for the program's own work. */
    private static final class Done {
        private final Consumer<Outcome> tell;

        Done(Consumer<Outcome> tell) {
            this.tell = tell;
        }

        @SuppressWarnings("unused")
        void done(int status, byte[] bytes) {
            ForkJoinPool.commonPool().execute(() -> tell.accept(new Outcome(status, bytes)));
        }
    }

    /** Reads an answer. */
    interface Reader<T> {
        T read(String answer) throws TencentCloudSDKException;
    }

    /** Has a call made in the background. */
    <T> CompletableFuture<T> submit(byte[] meta, byte[] body, int timeoutMs, Reader<T> reader) {
        Pending<T> pending = new Pending<>();
        Done done = new Done(outcome -> {
            try {
                pending.complete(reader.read(outcome.answer()));
            } catch (Throwable e) {
                pending.completeExceptionally(e);
            }
        });
        int[] status = new int[1];
        long[] id = new long[1];
        byte[] bytes = submit(handle, meta, body, timeoutMs, done, status, id);
        if (status[0] != 0) {
            pending.completeExceptionally(Failures.told(new Outcome(status[0], bytes).text()));
        } else {
            pending.begun(this, id[0]);
        }
        return pending;
    }

    private static native byte[] open(byte[] settings, int[] status, long[] handle);

    private static native void close(long handle);

    private native byte[] call(long handle, byte[] meta, byte[] body, int timeoutMs, int[] status);

    private native byte[] submit(long handle, byte[] meta, byte[] body, int timeoutMs, Object done, int[] status, long[] id);

    private native boolean cancel(long handle, long id);

    private native byte[] credential(long handle, int timeoutMs, int[] status);
}
