// Server-sent events on their way to Java.
package io.github.tcsms;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.io.Closeable;
import java.util.Map;

/**
 * Events under way.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public final class NativeStream implements Closeable {
    /** How long one wait lasts before closing and interruption are looked at, in milliseconds. */
    private static final int GLANCE = 100;
    private static final int EVENT = 1;
    private static final int END = 2;

    private final NativeClient client;
    private final long handle;
    private final String answer;
    private volatile boolean closed;

    private NativeStream(NativeClient client, long handle, String answer) {
        this.client = client;
        this.handle = handle;
        this.answer = answer;
        this.closed = handle == 0;
    }

    static NativeStream open(NativeClient client, byte[] meta, byte[] body) throws TencentCloudSDKException {
        int[] status = new int[1];
        long[] handle = new long[1];
        byte[] bytes = open(client.handle(), meta, body, status, handle);
        String answer = new Outcome(status[0], bytes).answer();
        return new NativeStream(client, handle[0], handle[0] == 0 ? answer : null);
    }

    /**
     * The answer that came in place of events, or null.
     *
     * @return the JSON text
     */
    public String answer() {
        return answer;
    }

    /**
     * The next event, however long it takes.
     *
     * @return its members, or null at the end
     * @throws TencentCloudSDKException when the stream broke, or the thread was interrupted
     */
    public Map<String, Object> next() throws TencentCloudSDKException {
        int[] status = new int[1];
        while (!closed) {
            Outcome outcome = new Outcome(status[0], next(handle, GLANCE, status));
            switch (status[0]) {
                case EVENT:
                    return Json.readObject(outcome.text());
                case END:
                    close();
                    return null;
                case 0:
                    if (Thread.currentThread().isInterrupted()) {
                        close();
                        throw Failures.local("ClientError.Cancelled", "cancelled", "the thread was interrupted while it "
                                + "waited for an event", new java.io.InterruptedIOException());
                    }
                    break;
                default:
                    close();
                    throw Failures.told(outcome.text());
            }
        }
        return null;
    }

    /** Closes the connection. Who waits for an event gets the end. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            close(handle);
        }
    }

    private static native byte[] open(long client, byte[] meta, byte[] body, int[] status, long[] handle);

    private native byte[] next(long handle, int waitMs, int[] status);

    private static native void close(long handle);
}
