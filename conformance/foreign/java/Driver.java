// Makes the calls of a conformance case with the official SDK for Java: Driver
//
// The protocol is in conformance/README.md; a further line of settings replaces those before. It knows what the interop
// cases and check.py need.

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.tencentcloudapi.common.AbstractClient;
import com.tencentcloudapi.common.AbstractModel;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;

public final class Driver {
    private Driver() {}

    /** Calls the method that is called like the action, with a request made of the parameters. */
    private static String make(JsonObject settings, JsonObject call) throws Exception {
        String version = "com.tencentcloudapi.sms.v" + call.get("version").getAsString().replace("-", "");
        String action = call.get("action").getAsString();
        String[] place = settings.get("connect_to").getAsString().split("(?<=://)");
        ClientProfile profile = new ClientProfile();
        profile.getHttpProfile().setProtocol(place[0]);
        profile.getHttpProfile().setEndpoint(place[1]);
        // Here and below: what is absent may be null.
        if (settings.get("sign_method") instanceof JsonPrimitive) {
            profile.setSignMethod(settings.get("sign_method").getAsString());
            profile.getHttpProfile().setReqMethod(settings.get("http_method").getAsString());
        }
        Credential credential = new Credential(settings.get("secret_id").getAsString(), settings.get("secret_key").getAsString());
        AbstractClient client = (AbstractClient) Class.forName(version + ".SmsClient").getConstructor(Credential.class, String.class, ClientProfile.class)
            .newInstance(credential, settings.get("region").getAsString(), profile);
        if (new JsonPrimitive(true).equals(call.get("by_name"))) {
            String answer = client.call(action, call.get("parameters").toString());
            return new JsonParser().parse(answer).getAsJsonObject().get("Response").toString();
        }
        String name = version + ".models." + action + "Request";
        AbstractModel request = AbstractModel.fromJsonString(call.get("parameters").toString(), Class.forName(name).asSubclass(AbstractModel.class));
        try {
            return AbstractModel.toJsonString((AbstractModel) client.getClass().getMethod(action, request.getClass()).invoke(client, request));
        } catch (InvocationTargetException failure) {
            throw failure.getCause() instanceof Exception ? (Exception) failure.getCause() : failure;
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        JsonObject settings = new JsonObject();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject read = new JsonParser().parse(line).getAsJsonObject();
            if (!read.has("action")) {
                settings = read;
                continue;
            }
            JsonObject told = new JsonObject();
            try {
                told.add("answer", new JsonParser().parse(make(settings, read)));
            } catch (TencentCloudSDKException error) {
                JsonObject failure = new JsonObject();
                failure.addProperty("kind", "service");
                failure.addProperty("code", error.getErrorCode());
                failure.addProperty("requestId", error.getRequestId());
                failure.addProperty("delivery", "answered");
                failure.addProperty("attempts", 1);
                failure.addProperty("message", error.toString());
                told.add("error", failure);
            }
            out.println(told);
        }
        // Threads of its HTTP client would keep the program from ending.
        System.exit(0);
    }
}
