// The base of the clients of all products.
package com.tencentcloudapi.common;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.http.HttpTransport;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import io.github.tcsms.Core;
import io.github.tcsms.CoreSource;
import io.github.tcsms.Failures;
import io.github.tcsms.Json;
import io.github.tcsms.Models;
import io.github.tcsms.NativeStream;
import io.github.tcsms.Settings;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Makes calls. Safe to use from many threads; clients with the same settings share their connections. Credential and
 * profile may be changed at any time, and the next call follows.
 */
public abstract class AbstractClient {
    /** The HTTP status of every answer of the API. */
    public static final int HTTP_RSP_OK = 200;
    /** How this library names itself to the service. */
    public static final String SDK_VERSION = Core.SDK;

    private volatile Credential credential;
    private volatile ClientProfile profile;
    private final String endpoint;
    private final String service;
    private volatile String region;
    private final String apiVersion;
    private volatile CircuitBreaker regionBreaker;
    private volatile Made made;

    /** A core and what it was made for. */
    private static final class Made {
        final String settings;
        final Object[] foreign;
        final Core core;

        Made(String settings, Object[] foreign, Core core) {
            this.settings = settings;
            this.foreign = foreign;
            this.core = core;
        }
    }

    /** A call, as the core is told of it. */
    private static final class Told {
        final Core core;
        final String meta;
        final int timeoutMs;

        Told(Core core, String meta, int timeoutMs) {
            this.core = core;
            this.meta = meta;
            this.timeoutMs = timeoutMs;
        }
    }

    /**
     * Makes a client with the settings that are usual.
     *
     * @param endpoint the product's host, such as {@code sms.tencentcloudapi.com}
     * @param version the version of its API, such as {@code 2021-01-11}
     * @param credential who calls
     * @param region the region, such as {@code ap-guangzhou}
     */
    public AbstractClient(String endpoint, String version, Credential credential, String region) {
        this(endpoint, version, credential, region, new ClientProfile());
    }

    /**
     * Makes a client.
     *
     * @param endpoint the product's host, such as {@code sms.tencentcloudapi.com}
     * @param version the version of its API, such as {@code 2021-01-11}
     * @param credential who calls
     * @param region the region, such as {@code ap-guangzhou}
     * @param profile how calls are made
     */
    public AbstractClient(String endpoint, String version, Credential credential, String region, ClientProfile profile) {
        this.endpoint = endpoint;
        this.service = endpoint.split("\\.", 2)[0];
        this.apiVersion = version;
        this.credential = credential;
        this.region = region;
        this.profile = profile == null ? new ClientProfile() : profile;
        this.regionBreaker = new CircuitBreaker();
    }

    /**
     * The region that is called.
     *
     * @return the region
     */
    public String getRegion() {
        return this.region;
    }

    /**
     * Calls another region.
     *
     * @param region such as {@code ap-guangzhou}
     */
    public void setRegion(String region) {
        this.region = region;
    }

    /**
     * How calls are made.
     *
     * @return the profile itself
     */
    public ClientProfile getClientProfile() {
        return this.profile;
    }

    /**
     * Makes calls otherwise.
     *
     * @param profile how
     */
    public void setClientProfile(ClientProfile profile) {
        this.profile = profile == null ? new ClientProfile() : profile;
    }

    /**
     * Who calls.
     *
     * @return the credential itself
     */
    public Credential getCredential() {
        return this.credential;
    }

    /**
     * Calls as somebody else.
     *
     * @param credential who
     */
    public void setCredential(Credential credential) {
        this.credential = credential;
    }

    /**
     * When an endpoint that fails is left out.
     *
     * @return the breaker, whose setting counts
     */
    public CircuitBreaker getRegionBreaker() {
        return this.regionBreaker;
    }

    /**
     * Sets when an endpoint that fails is left out; it counts when {@link ClientProfile#setBackupEndpoint} named another.
     * The core does the counting itself, by the breaker's setting.
     *
     * @param regionBreaker the breaker
     */
    public void setRegionBreaker(CircuitBreaker regionBreaker) {
        this.regionBreaker = regionBreaker;
    }

    private Core core() throws TencentCloudSDKException {
        ClientProfile profile = this.profile;
        HttpProfile http = profile.getHttpProfile();
        Credential credential = this.credential;
        CircuitBreaker breaker = this.regionBreaker;
        Object[] foreign = {http.getHttpClient(), http.getSslSocketFactory(), http.getX509TrustManager(), http.getHostnameVerifier(),
            http.getConnTimeout(), http.getProxyHost(), http.getProxyPort(), http.getProxyUsername(), http.getProxyPassword()};
        boolean own = foreign[0] != null || foreign[1] != null || foreign[2] != null || foreign[3] != null;
        CoreSource source = credential instanceof CoreSource ? (CoreSource) credential : null;
        String settings;
        try {
            settings = Settings.of(service, endpoint, region, profile, source,
                    (breaker == null ? new CircuitBreaker() : breaker).setting(), own);
        } catch (IllegalArgumentException e) {
            throw Failures.local("ClientError.ConfigError", "config", "the settings of the profile cannot be used: " + e.getMessage(), e);
        }
        Core.log(profile.isDebug());
        Made present = this.made;
        if (present != null && present.settings.equals(settings) && (!own && present.foreign == null
                || own && java.util.Arrays.equals(present.foreign, foreign))) {
            return present.core;
        }
        HttpTransport transport = Settings.transport(http);
        Core core = Core.of(settings, transport);
        this.made = new Made(settings, own ? foreign : null, core);
        return core;
    }

    private static TencentCloudSDKException unusable(String what) {
        return Failures.local("ClientError.InvalidRequest", "invalid_request", what + "; nothing was sent", null);
    }

    private Told told(String action, AbstractModel req, Map<String, String> headers, CallOptions options, boolean typed, boolean octets)
            throws TencentCloudSDKException {
        if (action == null || action.isEmpty()) {
            throw unusable("the name of the action is missing");
        }
        Core core = core();
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("version", apiVersion);
        meta.put("action", Character.toUpperCase(action.charAt(0)) + action.substring(1));
        if (typed) {
            meta.put("typed", true);
        }
        if (octets) {
            meta.put("octets", true);
        }
        if (req != null && req.getSkipSign()) {
            meta.put("skip_sign", true);
        }
        Map<String, String> added = new LinkedHashMap<>();
        headers(meta, added, headers, octets);
        int timeoutMs = 0;
        if (options != null) {
            meta.putAll(options.meta);
            headers(meta, added, options.headers, octets);
            timeoutMs = options.timeoutMs;
        }
        if (!added.isEmpty()) {
            meta.put("headers", added);
        }
        if (req != null) {
            parts(meta, req);
        }
        Credential credential = this.credential;
        if (credential != null && !(credential instanceof CoreSource) && !Settings.hasCredential(profile.getSettings())
                && !Boolean.TRUE.equals(meta.get("skip_sign"))) {
            meta.put("credential", keys(credential));
        }
        try {
            return new Told(core, Json.write(meta), timeoutMs);
        } catch (IllegalArgumentException e) {
            throw unusable("the call cannot be written: " + e.getMessage());
        }
    }

    /** A class of the program's own may have getters of its own. */
    private static Map<String, Object> keys(Credential credential) throws TencentCloudSDKException {
        Credential used = credential.getClass() == Credential.class ? credential.used() : credential;
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("secret_id", used.getSecretId());
        keys.put("secret_key", used.getSecretKey());
        if (keys.get("secret_id") == null || keys.get("secret_key") == null) {
            throw Failures.local("ClientError.CredentialError", "credential", "the credential has no secret id or no secret key; "
                    + "nothing was sent", null);
        }
        String token = used.getToken();
        if (token != null && !token.isEmpty()) {
            keys.put("token", token);
        }
        return keys;
    }

    /** Some headers are members of a call by themselves. */
    private static void headers(Map<String, Object> meta, Map<String, String> added, Map<String, String> headers, boolean octets) {
        if (headers == null) {
            return;
        }
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = String.valueOf(header.getKey());
            if (name.equalsIgnoreCase("X-TC-TraceId")) {
                meta.put("trace_id", header.getValue());
            } else if (name.equalsIgnoreCase("X-TC-Language")) {
                meta.put("language", header.getValue());
            } else if (!(octets && name.equalsIgnoreCase("Content-Type") && "application/octet-stream".equals(header.getValue()))) {
                added.put(name, header.getValue());
            }
        }
    }

    /** Parameters that are bytes travel as parts. */
    private static void parts(Map<String, Object> meta, AbstractModel req) {
        if (req.getBinaryParams().length == 0) {
            return;
        }
        CallOptions parts = new CallOptions();
        for (Map.Entry<String, byte[]> part : req.getMultipartRequestParams().entrySet()) {
            if (part.getValue() != null) {
                parts.part(part.getKey(), part.getValue());
            }
        }
        meta.putAll(parts.meta);
    }

    private static byte[] body(AbstractModel req) throws TencentCloudSDKException {
        if (req == null) {
            throw unusable("the request is null");
        }
        try {
            String json = AbstractModel.toJsonString(req);
            if (req.getBinaryParams().length > 0) {
                Map<String, Object> members = Json.readObject(json);
                members.keySet().removeAll(java.util.Arrays.asList(req.getBinaryParams()));
                json = Json.write(members);
            }
            halves(json);
            return json.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw unusable("the request cannot be written: " + e.getMessage());
        }
    }

    /** A half of a surrogate pair is no character; the writer leaves its number, and the service could only guess. */
    private static void halves(String json) {
        for (int at = json.indexOf('\\'); at >= 0; at = json.indexOf('\\', at + 2)) {
            if (json.startsWith("\\ud", at) && json.charAt(at + 3) >= '8') {
                throw new IllegalArgumentException("a text holds one half of a surrogate pair, \\u" + json.substring(at + 2, at + 6));
            }
        }
    }

    private static byte[] text(String json) {
        return (json == null || json.isEmpty() ? "{}" : json).getBytes(StandardCharsets.UTF_8);
    }

    private static String enveloped(String answer) {
        return "{\"Response\":" + answer + "}";
    }

    private static <T> T read(String answer, Class<T> type) throws TencentCloudSDKException {
        try {
            return Models.read(answer, type);
        } catch (IllegalArgumentException e) {
            TencentCloudSDKException failure = new TencentCloudSDKException("the answer does not fit " + type.getName() + ": "
                    + e.getMessage(), requestId(answer), "ServerSideError");
            Map<String, Object> told = new HashMap<>();
            told.put("kind", "invalid_answer");
            told.put("delivery", "answered");
            failure.fill(told);
            failure.initCause(e);
            throw failure;
        }
    }

    private static String requestId(String answer) {
        try {
            Object id = Json.readObject(answer).get("RequestId");
            return id == null ? "" : id.toString();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /**
     * Makes a call of a request's own class.
     *
     * @param req the request
     * @param action the action
     * @param type the class of the answer
     * @param <T> the class of the answer
     * @return the answer
     * @throws TencentCloudSDKException when the call failed
     */
    protected <T> T typed(AbstractModel req, String action, Class<T> type) throws TencentCloudSDKException {
        byte[] body = body(req);
        Told told = told(action, req, req.GetHeader(), req.getCallOptions(), true, false);
        return read(told.core.call(told.meta, body, told.timeoutMs), type);
    }

    /**
     * As {@link #typed}, without waiting.
     *
     * @param req the request
     * @param action the action
     * @param type the class of the answer
     * @param <T> the class of the answer
     * @return the answer to come
     */
    protected <T> CompletableFuture<T> typedAsync(AbstractModel req, String action, Class<T> type) {
        return begun(() -> {
            byte[] body = body(req);
            Told told = told(action, req, req.GetHeader(), req.getCallOptions(), true, false);
            return told.core.submit(told.meta, body, told.timeoutMs, answer -> read(answer, type));
        });
    }

    /** Begins a call. */
    private interface Beginning<T> {
        CompletableFuture<T> begin() throws TencentCloudSDKException;
    }

    /** What fails at once is told as everything else is. */
    private static <T> CompletableFuture<T> begun(Beginning<T> beginning) {
        try {
            return beginning.begin();
        } catch (TencentCloudSDKException e) {
            CompletableFuture<T> failed = new CompletableFuture<>();
            failed.completeExceptionally(e);
            return failed;
        }
    }

    /**
     * Makes a call, for clients of all products.
     *
     * @param request the request
     * @param actionName the action
     * @return what came: a JSON object with the member {@code Response}
     * @throws TencentCloudSDKException when the call failed
     */
    protected String internalRequest(AbstractModel request, String actionName) throws TencentCloudSDKException {
        byte[] body = body(request);
        Told told = told(actionName, request, request.GetHeader(), request.getCallOptions(), false, false);
        return enveloped(told.core.call(told.meta, body, told.timeoutMs));
    }

    /**
     * As {@link #internalRequest(AbstractModel, String)}, without waiting.
     *
     * @param request the request
     * @param actionName the action
     * @return what comes; cancelling it ends the call
     */
    protected CompletableFuture<String> internalRequestAsync(AbstractModel request, String actionName) {
        return begun(() -> {
            byte[] body = body(request);
            Told told = told(actionName, request, request.GetHeader(), request.getCallOptions(), false, false);
            return told.core.submit(told.meta, body, told.timeoutMs, AbstractClient::enveloped);
        });
    }

    /**
     * Makes a call, for clients of all products. When the class of the answer is one of {@link SSEResponseModel} and the
     * service sends events, the answer is the stream of these.
     *
     * @param request the request
     * @param actionName the action
     * @param typeOfT the class of the answer
     * @param <T> the class of the answer
     * @return the answer
     * @throws TencentCloudSDKException when the call failed
     */
    protected <T> T internalRequest(AbstractModel request, String actionName, Class<T> typeOfT) throws TencentCloudSDKException {
        byte[] body = body(request);
        Told told = told(actionName, request, request.GetHeader(), request.getCallOptions(), false, false);
        if (!SSEResponseModel.class.isAssignableFrom(typeOfT)) {
            return read(told.core.call(told.meta, body, told.timeoutMs), typeOfT);
        }
        NativeStream stream = told.core.stream(told.meta, body);
        if (stream.answer() != null) {
            return read(stream.answer(), typeOfT);
        }
        T answer = read("{}", typeOfT);
        ((SSEResponseModel) answer).begin(stream);
        return answer;
    }

    /**
     * Makes a call by name.
     *
     * @param action the action, such as {@code SendSms}
     * @param jsonPayload its parameters, a JSON object
     * @return what came: a JSON object with the member {@code Response}
     * @throws TencentCloudSDKException when the call failed
     */
    public String call(String action, String jsonPayload) throws TencentCloudSDKException {
        return call(action, jsonPayload, null);
    }

    /**
     * Makes a call by name.
     *
     * @param action the action, such as {@code SendSms}
     * @param jsonPayload its parameters, a JSON object
     * @param options what this call does otherwise than the client; null for nothing
     * @return what came: a JSON object with the member {@code Response}
     * @throws TencentCloudSDKException when the call failed
     */
    public String call(String action, String jsonPayload, CallOptions options) throws TencentCloudSDKException {
        Told told = told(action, null, null, options, false, false);
        return enveloped(told.core.call(told.meta, text(jsonPayload), told.timeoutMs));
    }

    /**
     * As {@link #call(String, String, CallOptions)}, without waiting.
     *
     * @param action the action, such as {@code SendSms}
     * @param jsonPayload its parameters, a JSON object
     * @param options what this call does otherwise than the client; null for nothing
     * @return what comes; cancelling it ends the call
     */
    public CompletableFuture<String> callAsync(String action, String jsonPayload, CallOptions options) {
        return begun(() -> {
            Told told = told(action, null, null, options, false, false);
            return told.core.submit(told.meta, text(jsonPayload), told.timeoutMs, AbstractClient::enveloped);
        });
    }

    /**
     * Makes a call that answers with server-sent events.
     *
     * @param action the action
     * @param jsonPayload its parameters, a JSON object
     * @param options what this call does otherwise than the client; null for nothing
     * @return the events, or the answer that came in their place
     * @throws TencentCloudSDKException when the call failed
     */
    public NativeStream callEvents(String action, String jsonPayload, CallOptions options) throws TencentCloudSDKException {
        Told told = told(action, null, null, options, false, false);
        return told.core.stream(told.meta, text(jsonPayload));
    }

    /**
     * Makes a call whose body is bytes.
     *
     * @param action the action
     * @param headers headers of the request; actions of this kind take their parameters there
     * @param body the body
     * @return what came: a JSON object with the member {@code Response}
     * @throws TencentCloudSDKException when the call failed
     */
    public String callOctetStream(String action, HashMap<String, String> headers, byte[] body) throws TencentCloudSDKException {
        return callOctetStream(action, headers, body, null);
    }

    /**
     * Makes a call whose body is bytes.
     *
     * @param action the action
     * @param headers headers of the request; null for none
     * @param body the body
     * @param options what this call does otherwise than the client; its {@code parameters} are sent as headers
     * @return what came: a JSON object with the member {@code Response}
     * @throws TencentCloudSDKException when the call failed
     */
    public String callOctetStream(String action, Map<String, String> headers, byte[] body, CallOptions options)
            throws TencentCloudSDKException {
        if (body == null) {
            throw unusable("the body is null");
        }
        Told told = told(action, null, headers, options, false, true);
        return enveloped(told.core.call(told.meta, body, told.timeoutMs));
    }

    /**
     * As {@link #callOctetStream(String, Map, byte[], CallOptions)}, without waiting.
     *
     * @param action the action
     * @param headers headers of the request; null for none
     * @param body the body
     * @param options what this call does otherwise than the client; its {@code parameters} are sent as headers
     * @return what comes; cancelling it ends the call
     */
    public CompletableFuture<String> callOctetStreamAsync(String action, Map<String, String> headers, byte[] body, CallOptions options) {
        return begun(() -> {
            if (body == null) {
                throw unusable("the body is null");
            }
            Told told = told(action, null, headers, options, false, true);
            return told.core.submit(told.meta, body, told.timeoutMs, AbstractClient::enveloped);
        });
    }

    /**
     * Makes the call of a request's class, and repeats it up to so many times with a second in between: always when nothing
     * was sent, and when repeating the action changes nothing. A send that may have arrived is not repeated, because it would
     * arrive twice.
     *
     * @param req the request; its class is named after the action, as {@code SendSmsRequest} is
     * @param retryTimes how often it is repeated at most, from 0 to 10
     * @return the answer, of the class that belongs to the request's
     * @throws TencentCloudSDKException when the last attempt failed
     */
    public Object retry(AbstractModel req, int retryTimes) throws TencentCloudSDKException {
        if (retryTimes < 0 || retryTimes > 10) {
            throw unusable("a call is repeated from 0 to 10 times, and not " + retryTimes);
        }
        if (req == null) {
            throw unusable("the request is null");
        }
        String name = req.getClass().getName();
        if (!name.endsWith("Request")) {
            throw unusable(name + " is no class of a request: its name does not end in Request");
        }
        Class<?> answer;
        try {
            answer = Class.forName(name.substring(0, name.length() - 7) + "Response", true, req.getClass().getClassLoader());
        } catch (ClassNotFoundException e) {
            throw unusable("there is no class of the answer beside " + name);
        }
        String action = req.getClass().getSimpleName();
        Map<String, Object> retry = new LinkedHashMap<>();
        retry.put("policy", "idempotent");
        retry.put("attempts", retryTimes + 1);
        retry.put("pause_ms", 1000);
        retry.put("longest_pause_ms", 1000);
        retry.put("jitter_percent", 0);
        CallOptions options = new CallOptions();
        if (req.getCallOptions() != null) {
            options.meta.putAll(req.getCallOptions().meta);
            options.headers.putAll(req.getCallOptions().headers);
            options.timeoutMs = req.getCallOptions().timeoutMs;
        }
        options.retry(retry);
        byte[] body = body(req);
        Told told = told(action.substring(0, action.length() - 7), req, req.GetHeader(), options, service.equals("sms"), false);
        return read(told.core.call(told.meta, body, told.timeoutMs), answer);
    }
}
