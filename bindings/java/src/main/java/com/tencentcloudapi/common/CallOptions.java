// What one call does otherwise than its client.
package com.tencentcloudapi.common;

import java.util.LinkedHashMap;
import java.util.Map;

/** Options of a call. What is not set is as the client has it. */
public class CallOptions {
    final Map<String, Object> meta = new LinkedHashMap<>();
    final Map<String, String> headers = new LinkedHashMap<>();
    int timeoutMs;

    /** Makes options that change nothing. */
    public CallOptions() {
    }

    private CallOptions put(String name, Object value) {
        if (value == null) {
            meta.remove(name);
        } else {
            meta.put(name, value);
        }
        return this;
    }

    /**
     * Limits the time of the call with all its attempts.
     *
     * @param timeoutMs milliseconds; 0 for the client's own limit
     * @return these options
     */
    public CallOptions timeoutMs(int timeoutMs) {
        if (timeoutMs < 0) {
            throw new IllegalArgumentException("the time limit of a call is " + timeoutMs + " ms: give 0 or more");
        }
        this.timeoutMs = timeoutMs;
        return this;
    }

    /**
     * Calls another region.
     *
     * @param region such as {@code ap-guangzhou}
     * @return these options
     */
    public CallOptions region(String region) {
        return put("region", region);
    }

    /**
     * Asks for messages in another language.
     *
     * @param language {@code zh-CN} or {@code en-US}
     * @return these options
     */
    public CallOptions language(String language) {
        return put("language", language);
    }

    /**
     * Signs otherwise.
     *
     * @param signMethod one of the constants of {@link com.tencentcloudapi.common.profile.ClientProfile}
     * @return these options
     */
    public CallOptions signMethod(String signMethod) {
        return put("sign_method", signMethod);
    }

    /**
     * Uses another HTTP method.
     *
     * @param httpMethod {@code POST} or {@code GET}
     * @return these options
     */
    public CallOptions httpMethod(String httpMethod) {
        return put("http_method", httpMethod);
    }

    /**
     * Leaves the body out of the signature, or not.
     *
     * @param unsignedPayload true to leave it out
     * @return these options
     */
    public CallOptions unsignedPayload(boolean unsignedPayload) {
        return put("unsigned_payload", unsignedPayload);
    }

    /**
     * Goes without a signature.
     *
     * @param skipSign true for none
     * @return these options
     */
    public CallOptions skipSign(boolean skipSign) {
        return put("skip_sign", skipSign);
    }

    /**
     * Names the call in logs, here and at the service.
     *
     * @param traceId the name
     * @return these options
     */
    public CallOptions traceId(String traceId) {
        return put("trace_id", traceId);
    }

    /**
     * Marks the call, so that a service that knows such keys acts once only.
     *
     * @param idempotencyKey the key
     * @return these options
     */
    public CallOptions idempotencyKey(String idempotencyKey) {
        return put("idempotency_key", idempotencyKey);
    }

    /**
     * Says whether an action that is called by its name may be repeated when the request may have arrived.
     *
     * @param idempotent true when repeating it changes nothing
     * @return these options
     */
    public CallOptions idempotent(boolean idempotent) {
        return put("idempotent", idempotent);
    }

    /**
     * Repeats otherwise.
     *
     * @param retry {@code policy} ({@code never}, {@code safe}, {@code idempotent}, {@code any}), {@code attempts},
     *     {@code pause_ms}, {@code longest_pause_ms}, {@code jitter_percent}
     * @return these options
     */
    public CallOptions retry(Map<String, Object> retry) {
        return put("retry", retry == null ? null : new LinkedHashMap<>(retry));
    }

    /**
     * Adds a header.
     *
     * @param name its name
     * @param value its value
     * @return these options
     */
    public CallOptions header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /**
     * Adds a part of bytes; the call travels as {@code multipart/form-data}.
     *
     * @param name the parameter's name
     * @param bytes its value
     * @return these options
     */
    @SuppressWarnings("unchecked")
    public CallOptions part(String name, byte[] bytes) {
        Map<String, Object> parts = (Map<String, Object>) meta.get("parts");
        if (parts == null) {
            parts = new LinkedHashMap<>();
            meta.put("parts", parts);
        }
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("base64", java.util.Base64.getEncoder().encodeToString(bytes));
        parts.put(name, part);
        return this;
    }

    /**
     * Gives a call whose body is bytes its parameters, which are sent as headers by themselves.
     *
     * @param parameters the parameters by name
     * @return these options
     */
    public CallOptions parameters(Map<String, Object> parameters) {
        return put("parameters", parameters == null ? null : new LinkedHashMap<>(parameters));
    }
}
