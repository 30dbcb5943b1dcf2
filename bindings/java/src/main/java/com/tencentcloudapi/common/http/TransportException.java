// How a transport tells where a request failed.
package com.tencentcloudapi.common.http;

import java.io.IOException;

/** A request failed, and it is known where. */
public class TransportException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Where, in the order in which a request goes. */
    public enum Step {
        /** Looking up the host's addresses. */
        RESOLVE,
        /** Opening the connection. */
        CONNECT,
        /** Having the proxy open the way. */
        PROXY,
        /** The TLS handshake. */
        TLS,
        /** Writing the request. */
        WRITE,
        /** Waiting for the answer. */
        WAIT,
        /** Reading the answer. */
        READ
    }

    /** Where. */
    private final Step step;
    /** Whether a time limit passed. */
    private final boolean timedOut;
    /** Whether the request may have arrived. */
    private final boolean maybeSent;

    /**
     * Makes one.
     *
     * @param step where it failed
     * @param timedOut whether a time limit passed
     * @param maybeSent whether a part of the request may have left; false only when certainly nothing did
     * @param cause what failed
     */
    public TransportException(Step step, boolean timedOut, boolean maybeSent, Exception cause) {
        super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        this.step = step;
        this.timedOut = timedOut;
        this.maybeSent = maybeSent;
    }

    /**
     * Where it failed.
     *
     * @return the step
     */
    public Step getStep() {
        return step;
    }

    /**
     * Whether a time limit passed.
     *
     * @return true when one did
     */
    public boolean hasTimedOut() {
        return timedOut;
    }

    /**
     * Whether a part of the request may have left.
     *
     * @return false when certainly nothing did
     */
    public boolean isMaybeSent() {
        return maybeSent;
    }
}
