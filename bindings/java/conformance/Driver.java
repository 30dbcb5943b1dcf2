// The driver of this SDK: makes the calls of a case and tells their outcomes in plain words. `Driver sync|async`.
import com.tencentcloudapi.common.AbstractClient;
import com.tencentcloudapi.common.AbstractModel;
import com.tencentcloudapi.common.CallOptions;
import com.tencentcloudapi.common.CommonClient;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import io.github.tcsms.Json;
import io.github.tcsms.NativeStream;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;

public class Driver {
    static boolean async;
    static Credential credential;
    static String region;
    static String service = "sms";
    static final ClientProfile profile = new ClientProfile();

    public static void main(String[] arguments) throws Exception {
        async = arguments[0].equals("async");
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        setUp(Json.readObject(in.readLine()));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            for (String outcome : make(Json.readObject(line))) {
                out.println(outcome);
            }
            out.flush();
        }
    }

    /** The settings, by the members that the official profile has, and by setSettings for the rest. */
    static void setUp(Map<String, Object> given) {
        given.values().removeIf(value -> value == null);
        HttpProfile http = profile.getHttpProfile();
        Map<String, Object> rest = new LinkedHashMap<>();
        boolean source = false;
        for (String name : Arrays.asList("profile", "cvm_role", "assume_role", "web_identity")) {
            source = source || given.containsKey(name);
        }
        for (Map.Entry<String, Object> setting : given.entrySet()) {
            Object value = setting.getValue();
            switch (setting.getKey()) {
                case "region": region = (String) value; break;
                case "service": service = (String) value; break;
                case "endpoint": http.setEndpoint((String) value); break;
                case "root_domain": http.setRootDomain((String) value); break;
                case "api_gateway": http.setApigwEndpoint((String) value); break;
                case "http_method": http.setReqMethod((String) value); break;
                case "sign_method": profile.setSignMethod((String) value); break;
                case "unsigned_payload": profile.setUnsignedPayload((Boolean) value); break;
                default: rest.put(setting.getKey(), value);
            }
        }
        if (!source && given.containsKey("secret_id") && given.containsKey("secret_key")) {
            rest.keySet().removeAll(Arrays.asList("secret_id", "secret_key", "token"));
            credential = new Credential((String) given.get("secret_id"), (String) given.get("secret_key"), (String) given.get("token"));
        } else if (!source) {
            rest.put("credential_chain", null);
        }
        profile.setSettings(rest);
    }

    static byte[] unhex(Object value) {
        String hex = (String) ((Map<?, ?>) value).get("hex");
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }

    @SuppressWarnings("unchecked")
    static CallOptions options(Map<String, Object> call) {
        CallOptions options = new CallOptions();
        for (Map.Entry<String, Object> member : call.entrySet()) {
            Object value = member.getValue();
            switch (member.getKey()) {
                case "action": case "version": case "parameters": case "parameters_text": case "by_name": case "stream":
                case "at_once": case "octets": break;
                case "timeout_ms": options.timeoutMs(((Number) value).intValue()); break;
                case "region": options.region((String) value); break;
                case "language": options.language((String) value); break;
                case "sign_method": options.signMethod((String) value); break;
                case "http_method": options.httpMethod((String) value); break;
                case "unsigned_payload": options.unsignedPayload((Boolean) value); break;
                case "skip_sign": options.skipSign((Boolean) value); break;
                case "idempotent": options.idempotent((Boolean) value); break;
                case "trace_id": options.traceId((String) value); break;
                case "idempotency_key": options.idempotencyKey((String) value); break;
                case "retry": options.retry((Map<String, Object>) value); break;
                case "headers": ((Map<String, String>) value).forEach(options::header); break;
                case "parts": ((Map<String, Object>) value).forEach((name, part) -> options.part(name, unhex(part))); break;
                default: throw new IllegalArgumentException("the driver does not know the member " + member.getKey());
            }
        }
        return options;
    }

    static List<String> make(Map<String, Object> call) throws Exception {
        call.values().removeIf(value -> value == null);
        int count = call.containsKey("at_once") ? ((Number) call.get("at_once")).intValue() : 1;
        Callable<CompletableFuture<String>> way = way(call);
        if (way == null) {
            return told(count, blocking(call));
        }
        List<CompletableFuture<String>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(way.call());
        }
        List<String> outcomes = new ArrayList<>();
        for (CompletableFuture<String> future : futures) {
            outcomes.add(outcome(future::join));
        }
        return outcomes;
    }

    static List<String> told(int count, Callable<String> call) throws Exception {
        List<FutureTask<String>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FutureTask<String> task = new FutureTask<>(() -> outcome(call));
            tasks.add(task);
            if (count == 1) {
                task.run();
            } else {
                new Thread(task).start();
            }
        }
        List<String> outcomes = new ArrayList<>();
        for (FutureTask<String> task : tasks) {
            outcomes.add(task.get());
        }
        return outcomes;
    }

    static String response(String enveloped) {
        if (!enveloped.startsWith("{\"Response\":") || !enveloped.endsWith("}")) {
            throw new IllegalStateException("no envelope: " + enveloped);
        }
        return enveloped.substring(12, enveloped.length() - 1);
    }

    static boolean named(Map<String, Object> call) {
        return Boolean.TRUE.equals(call.get("by_name")) || !service.equals("sms");
    }

    static String parameters(Map<String, Object> call) {
        return call.containsKey("parameters_text") ? (String) call.get("parameters_text")
                : call.containsKey("parameters") ? Json.write(call.get("parameters")) : "{}";
    }

    static AbstractClient client(Map<String, Object> call) throws Exception {
        String version = (String) call.get("version");
        if (named(call)) {
            return new CommonClient(service, version, credential, region, profile);
        }
        return (AbstractClient) Class.forName(typed(call) + "SmsClient")
                .getConstructor(Credential.class, String.class, ClientProfile.class).newInstance(credential, region, profile);
    }

    static String typed(Map<String, Object> call) {
        return "com.tencentcloudapi.sms.v" + ((String) call.get("version")).replace("-", "") + ".";
    }

    static AbstractModel request(Map<String, Object> call) throws Exception {
        AbstractModel request = (AbstractModel) AbstractModel.fromJsonString(parameters(call),
                Class.forName(typed(call) + "models." + call.get("action") + "Request"));
        request.setCallOptions(options(call));
        return request;
    }

    /** The call in the form that does not wait; null when this driver plays the other form, or there is no such form. */
    static Callable<CompletableFuture<String>> way(Map<String, Object> call) throws Exception {
        if (!async || call.get("stream") == Boolean.TRUE) {
            return null;
        }
        AbstractClient client = client(call);
        String action = (String) call.get("action");
        if (!named(call)) {
            AbstractModel request = request(call);
            return () -> ((CompletableFuture<?>) client.getClass().getMethod(action + "Async", request.getClass())
                    .invoke(client, request)).thenApply(answer -> AbstractModel.toJsonString((AbstractModel) answer));
        }
        CallOptions options = options(call);
        if (call.containsKey("octets")) {
            octets(call, options);
            return () -> client.callOctetStreamAsync(action, null, unhex(call.get("octets")), options).thenApply(Driver::response);
        }
        return () -> client.callAsync(action, parameters(call), options).thenApply(Driver::response);
    }

    @SuppressWarnings("unchecked")
    static void octets(Map<String, Object> call, CallOptions options) {
        if (call.containsKey("parameters")) {
            options.parameters((Map<String, Object>) call.get("parameters"));
        }
    }

    static Callable<String> blocking(Map<String, Object> call) throws Exception {
        AbstractClient client = client(call);
        String action = (String) call.get("action");
        if (!named(call)) {
            AbstractModel request = request(call);
            return () -> AbstractModel.toJsonString(
                    (AbstractModel) client.getClass().getMethod(action, request.getClass()).invoke(client, request));
        }
        CallOptions options = options(call);
        if (call.get("stream") == Boolean.TRUE) {
            return () -> {
                try (NativeStream events = client.callEvents(action, parameters(call), options)) {
                    if (events.answer() != null) {
                        return events.answer();
                    }
                    List<Object> all = new ArrayList<>();
                    for (Map<String, Object> event = events.next(); event != null; event = events.next()) {
                        all.add(event);
                    }
                    return Json.write(Collections.singletonMap("Events", all));
                }
            };
        }
        if (call.containsKey("octets")) {
            octets(call, options);
            return () -> response(client.callOctetStream(action, null, unhex(call.get("octets")), options));
        }
        return () -> response(client.call(action, parameters(call), options));
    }

    static String outcome(Callable<String> call) throws Exception {
        try {
            return "{\"answer\":" + call.call().replace("\n", "").replace("\r", "") + "}";
        } catch (InvocationTargetException | CompletionException e) {
            if (e.getCause() instanceof TencentCloudSDKException) {
                return told((TencentCloudSDKException) e.getCause());
            }
            throw e;
        } catch (TencentCloudSDKException e) {
            return told(e);
        }
    }

    static String told(TencentCloudSDKException failure) {
        Map<String, Object> told = new LinkedHashMap<>();
        boolean service = "service".equals(failure.getKind());
        String id = failure.getRequestId();
        told.put("kind", failure.getKind());
        told.put("code", service ? failure.getErrorCode() : null);
        told.put("requestId", id == null || id.isEmpty() ? null : id);
        told.put("delivery", failure.getDelivery());
        told.put("attempts", failure.getAttempts());
        told.put("step", failure.getStep());
        told.put("endpoint", failure.getEndpoint());
        told.put("message", failure.getText());
        List<String> shown = new ArrayList<>(Arrays.asList(failure.toString(), failure.getMessage(), String.valueOf(failure.getTraceId())));
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            shown.add(cause.toString());
        }
        told.put("shown", shown);
        return Json.write(Collections.singletonMap("error", told));
    }
}
