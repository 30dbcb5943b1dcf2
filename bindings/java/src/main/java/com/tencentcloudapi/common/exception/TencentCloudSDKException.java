// What a call that failed ends with.
package com.tencentcloudapi.common.exception;

import java.util.Map;

/**
 * A call failed, or could not be made.
 *
 * <p>The code is the service's, such as {@code FailedOperation.SignatureIncorrectOrUnapproved}; for what failed on the way
 * it is {@code ClientError.NetworkError} (no connection, or no answer in time), {@code ServerSideError} (what came is no
 * answer of the API), {@code ClientError.CredentialError}, {@code ClientError.InvalidRequest} (the request cannot be
 * written), {@code ClientError.ConfigError} (the settings cannot be used) or {@code ClientError.Cancelled}.
 */
public class TencentCloudSDKException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The request's id. */
    private final String requestId;
    /** The code. */
    private final String errorCode;
    private String kind;
    private String delivery;
    private long attempts;
    private boolean retryable;
    private String traceId;
    private String step;
    private String endpoint;
    private int httpStatus;
    private String text;

    /**
     * Makes one with a cause.
     *
     * @param message what happened
     * @param cause what it comes from
     */
    public TencentCloudSDKException(String message, Throwable cause) {
        super(message, cause);
        this.requestId = "";
        this.errorCode = "";
    }

    /**
     * Makes one without an id or code.
     *
     * @param message what happened
     */
    public TencentCloudSDKException(String message) {
        this(message, "");
    }

    /**
     * Makes one without a code.
     *
     * @param message what happened
     * @param requestId the request's id
     */
    public TencentCloudSDKException(String message, String requestId) {
        this(message, requestId, "");
    }

    /**
     * Makes one.
     *
     * @param message what happened
     * @param requestId the request's id
     * @param errorCode the code
     */
    public TencentCloudSDKException(String message, String requestId, String errorCode) {
        super(message);
        this.requestId = requestId;
        this.errorCode = errorCode;
    }

    /**
     * Takes over what the core tells of a failure. For this library's own use.
     *
     * @param told the failure's members by their names
     */
    public void fill(Map<String, Object> told) {
        this.text = (String) told.get("text");
        this.kind = (String) told.get("kind");
        this.delivery = (String) told.get("delivery");
        Object number = told.get("attempts");
        this.attempts = number == null ? 0 : ((Number) number).longValue();
        this.retryable = Boolean.TRUE.equals(told.get("retryable"));
        this.traceId = (String) told.get("traceId");
        this.step = (String) told.get("step");
        this.endpoint = (String) told.get("endpoint");
        Object status = told.get("httpStatus");
        this.httpStatus = status == null ? 0 : ((Number) status).intValue();
    }

    /**
     * The id of the request, by which support finds the call.
     *
     * @return the id; null or empty when the service did not answer
     */
    public String getRequestId() {
        return requestId;
    }

    /**
     * The code, see above.
     *
     * @return the code; null or empty when a program made the exception without one
     */
    public String getErrorCode() {
        return errorCode;
    }

    /**
     * What failed: {@code service}, or {@code config}, {@code credential}, {@code invalid_request}, {@code resolve},
     * {@code connect}, {@code proxy}, {@code tls}, {@code timeout}, {@code network}, {@code invalid_answer},
     * {@code cancelled}, {@code shut_down}, {@code panic}.
     *
     * @return the kind; null when a program made the exception
     */
    public String getKind() {
        return kind;
    }

    /**
     * Whether the service may have acted: {@code not_sent}, {@code maybe_sent} or {@code answered}. An SMS that is
     * {@code maybe_sent} may be on its way: look before sending it again.
     *
     * @return one of the three; null when a program made the exception
     */
    public String getDelivery() {
        return delivery;
    }

    /**
     * How often the request was sent, or tried to be.
     *
     * @return the number of attempts
     */
    public long getAttempts() {
        return attempts;
    }

    /**
     * Whether the same call may succeed later, and repeating it does no harm.
     *
     * @return true when it may
     */
    public boolean isRetryable() {
        return retryable;
    }

    /**
     * What happened in one line, with what to do about it where that is known.
     *
     * @return the line; that of {@link #getMessage()} when a program made the exception
     */
    public String getText() {
        return text == null ? getMessage() : text;
    }

    /**
     * The id that the call was traced under.
     *
     * @return the id, or null
     */
    public String getTraceId() {
        return traceId;
    }

    /**
     * Where the last attempt failed: {@code resolve}, {@code connect}, {@code proxy}, {@code tls}, {@code write},
     * {@code wait} or {@code read}.
     *
     * @return the step; null for what did not fail on the way
     */
    public String getStep() {
        return step;
    }

    /**
     * The host and port of the last attempt.
     *
     * @return the endpoint, or null
     */
    public String getEndpoint() {
        return endpoint;
    }

    /**
     * The HTTP status of what came in place of an answer.
     *
     * @return the status; 0 when there was none
     */
    public int getHttpStatus() {
        return httpStatus;
    }

    /**
     * The code, what happened, and the id of the request, in one line.
     *
     * @return the line
     */
    @Override
    public String toString() {
        return "[TencentCloudSDKException]code: " + getErrorCode() + " message:" + getMessage() + " requestId:"
                + getRequestId();
    }
}
