// Makes the calls of a conformance case with the official SDK for Java: Driver
//
// The protocol is in conformance/README.md. It knows the settings and calls of the interop cases.

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
        Credential credential = new Credential(settings.get("secret_id").getAsString(), settings.get("secret_key").getAsString());
        Object client = Class.forName(version + ".SmsClient").getConstructor(Credential.class, String.class, ClientProfile.class)
            .newInstance(credential, settings.get("region").getAsString(), profile);
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
        JsonObject settings = new JsonParser().parse(lines.readLine()).getAsJsonObject();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject told = new JsonObject();
            try {
                told.add("answer", new JsonParser().parse(make(settings, new JsonParser().parse(line).getAsJsonObject())));
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
