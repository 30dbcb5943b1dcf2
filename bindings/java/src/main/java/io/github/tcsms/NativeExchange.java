// A call whose requests the program's own HTTP client carries.
package io.github.tcsms;

import com.tencentcloudapi.common.http.HttpTransport;
import com.tencentcloudapi.common.http.TransportException;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Does what the native library says step by step, until the call is over. Every decision is the library's. */
final class NativeExchange {
    private final NativeClient client;
    private final long handle;

    private NativeExchange(NativeClient client, long handle) {
        this.client = client;
        this.handle = handle;
    }

    static Outcome call(NativeClient client, byte[] meta, byte[] body, HttpTransport transport) {
        int[] status = new int[1];
        long[] handle = new long[1];
        byte[] bytes = open(client.handle(), meta, body, status, handle);
        if (status[0] != 0) {
            return new Outcome(status[0], bytes);
        }
        try {
            return new NativeExchange(client, handle[0]).run(transport);
        } finally {
            close(handle[0]);
        }
    }

    private Outcome run(HttpTransport transport) {
        int[] status = new int[1];
        while (true) {
            byte[] step = next(handle, status);
            if (status[0] != 0) {
                return new Outcome(status[0], step);
            }
            int line = 0;
            while (step[line] != '\n') {
                line++;
            }
            Map<String, Object> head = Json.readObject(new String(step, 0, line, StandardCharsets.UTF_8));
            byte[] body = Arrays.copyOfRange(step, line + 1, step.length);
            if (head.containsKey("done")) {
                return new Outcome(((Number) head.get("done")).intValue(), body);
            }
            try {
                if (head.containsKey("send")) {
                    send((Map<?, ?>) head.get("send"), body, transport, status);
                } else {
                    Thread.sleep(((Number) head.get("wait_ms")).longValue());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                TencentCloudSDKException told = Failures.local("ClientError.Cancelled", "cancelled",
                        "the thread was interrupted between two attempts", new java.io.InterruptedIOException());
                return new Outcome(-5, Failures.json(told).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private void send(Map<?, ?> told, byte[] body, HttpTransport transport, int[] status) {
        List<String[]> headers = new ArrayList<>();
        for (Object pair : (List<?>) told.get("headers")) {
            headers.add(new String[] {(String) ((List<?>) pair).get(0), (String) ((List<?>) pair).get(1)});
        }
        Object limit = told.get("limit_ms");
        HttpTransport.Request request = new HttpTransport.Request((String) told.get("method"), (String) told.get("url"),
                headers, body, limit == null ? 0 : ((Number) limit).longValue());
        try {
            HttpTransport.Response response = transport.send(request);
            answer(handle, response.getStatus(), Json.write(response.getHeaders()).getBytes(StandardCharsets.UTF_8),
                    response.getBody(), status);
        } catch (IOException | RuntimeException e) {
            String text = e.getMessage() == null ? e.toString() : e.getMessage();
            failed(handle, stepOf(e), maybeSent(e), text.getBytes(StandardCharsets.UTF_8), status);
        }
    }

    /** Where it failed, by its class: the numbers of the native library. */
    private static int stepOf(Exception e) {
        if (e instanceof TransportException) {
            TransportException told = (TransportException) e;
            return told.getStep().ordinal() + (told.hasTimedOut() ? 16 : 0);
        }
        if (e instanceof UnknownHostException) {
            return TransportException.Step.RESOLVE.ordinal();
        }
        if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
            return TransportException.Step.CONNECT.ordinal();
        }
        if (e instanceof SSLHandshakeException || e instanceof SSLPeerUnverifiedException) {
            return TransportException.Step.TLS.ordinal();
        }
        int wait = TransportException.Step.WAIT.ordinal();
        return e instanceof SocketTimeoutException ? wait + 16 : wait;
    }

    private static boolean maybeSent(Exception e) {
        if (e instanceof TransportException) {
            return ((TransportException) e).isMaybeSent();
        }
        return stepOf(e) >= TransportException.Step.WRITE.ordinal();
    }

    private static native byte[] open(long client, byte[] meta, byte[] body, int[] status, long[] handle);

    private native byte[] next(long handle, int[] status);

    private native byte[] answer(long handle, int httpStatus, byte[] headers, byte[] body, int[] status);

    private native byte[] failed(long handle, int step, boolean maybeSent, byte[] text, int[] status);

    private static native void close(long handle);
}
