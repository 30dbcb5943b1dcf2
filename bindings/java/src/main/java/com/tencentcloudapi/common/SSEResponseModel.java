// Answers that are server-sent events.
package com.tencentcloudapi.common;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import io.github.tcsms.NativeStream;
import java.io.Closeable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * An answer that may come as events. When {@link #isStream()}, they are read by going through it, once; closing it closes the
 * connection. Otherwise it is an answer as all others are.
 */
public abstract class SSEResponseModel extends AbstractModel implements Iterable<SSEResponseModel.SSE>, Closeable {
    private NativeStream stream;
    private CircuitBreaker.Token token;

    /** Makes one without events. */
    public SSEResponseModel() {
    }

    /** An event. */
    public static class SSE {
        /** Its id, or null. */
        public String Id;
        /** Its name, or null. */
        public String Event;
        /** Its data. */
        public String Data;
        /** How long to wait before connecting again, in milliseconds; 0 when that is not said. */
        public long Retry;

        /** Makes one without data. */
        public SSE() {
        }

        /**
         * All four in one line.
         *
         * @return the line
         */
        @Override
        public String toString() {
            return "SSE{Id='" + Id + "', Event='" + Event + "', Data='" + Data + "', Retry=" + Retry + "}";
        }
    }

    /**
     * The request's id.
     *
     * @return the id, or null
     */
    public abstract String getRequestId();

    /**
     * Sets the request's id.
     *
     * @param requestId the id
     */
    public abstract void setRequestId(String requestId);

    void begin(NativeStream stream) {
        this.stream = stream;
    }

    /**
     * Whether events came.
     *
     * @return false when the answer is one as all others are
     */
    @Override
    public boolean isStream() {
        return this.stream != null;
    }

    /**
     * Has a breaker told how the stream ends.
     *
     * @param token the permission that the breaker gave
     */
    public void setToken(CircuitBreaker.Token token) {
        this.token = token;
    }

    /**
     * The events as they arrive. Its methods throw an {@link IllegalStateException}, whose cause is the
     * {@link TencentCloudSDKException}, when the stream breaks.
     *
     * @return what goes through them
     */
    @Override
    public Iterator<SSE> iterator() {
        return new Iterator<SSE>() {
            private SSE next;

            @Override
            public boolean hasNext() {
                if (next == null && stream != null) {
                    next = read();
                }
                return next != null;
            }

            @Override
            public SSE next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("the events are over");
                }
                SSE given = next;
                next = null;
                return given;
            }
        };
    }

    private SSE read() {
        Map<String, Object> told;
        try {
            told = stream.next();
        } catch (TencentCloudSDKException e) {
            report(false);
            throw new IllegalStateException(e.getMessage(), e);
        }
        if (told == null) {
            report(true);
            return null;
        }
        SSE event = new SSE();
        event.Id = (String) told.get("id");
        event.Event = (String) told.get("event");
        event.Data = (String) told.get("data");
        Object retry = told.get("retry_ms");
        event.Retry = retry == null ? 0 : ((Number) retry).longValue();
        return event;
    }

    private void report(boolean success) {
        CircuitBreaker.Token told = this.token;
        this.token = null;
        if (told != null) {
            told.report(success);
        }
    }

    @Override
    protected void toMap(HashMap<String, String> map, String prefix) {
    }

    /** Closes the connection. Nothing more comes. */
    @Override
    public void close() {
        if (this.stream != null) {
            this.stream.close();
        }
    }
}
