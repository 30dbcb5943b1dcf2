// Errors of the native library as exceptions.
package io.github.tcsms;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLException;

/**
 * Makes exceptions.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public final class Failures {
    private Failures() {
    }

    /** The exception of an error as JSON. */
    static TencentCloudSDKException told(String json) {
        Map<String, Object> told = Json.readObject(json);
        String kind = (String) told.get("kind");
        boolean service = "service".equals(kind);
        String text = (String) told.get(service ? "message" : "text");
        TencentCloudSDKException made = new TencentCloudSDKException(text, (String) told.get("requestId"),
                service ? (String) told.get("code") : code(kind));
        Throwable cause = cause(kind, text);
        if (cause != null) {
            made.initCause(cause);
        }
        made.fill(told);
        return made;
    }

    /**
     * The exception of something that failed in these classes, before anything was sent.
     *
     * @param code its code
     * @param kind its kind
     * @param text what happened
     * @param cause what it comes from, or null
     * @return the exception
     */
    public static TencentCloudSDKException local(String code, String kind, String text, Throwable cause) {
        TencentCloudSDKException made = new TencentCloudSDKException(text, "", code);
        if (cause != null) {
            made.initCause(cause);
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("kind", kind);
        told.put("delivery", "not_sent");
        told.put("text", text);
        made.fill(told);
        return made;
    }

    /** An exception as the JSON that it would come from. */
    static String json(TencentCloudSDKException failure) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("kind", failure.getKind());
        told.put("delivery", failure.getDelivery());
        told.put("message", failure.getMessage());
        told.put("text", failure.getMessage());
        return Json.write(told);
    }

    /** The code of what is no error of the service. */
    private static String code(String kind) {
        switch (String.valueOf(kind)) {
            case "invalid_answer": return "ServerSideError";
            case "credential": return "ClientError.CredentialError";
            case "config": return "ClientError.ConfigError";
            case "invalid_request": return "ClientError.InvalidRequest";
            case "interceptor": return "ClientError.InterceptorError";
            case "cancelled": return "ClientError.Cancelled";
            case "shut_down": return "ClientError.ShutDown";
            case "panic": return "ClientError.InternalError";
            default: return "ClientError.NetworkError";
        }
    }

    /** What a program that looks at causes expects of Java's own classes. */
    private static Throwable cause(String kind, String text) {
        switch (String.valueOf(kind)) {
            case "resolve": return new UnknownHostException(text);
            case "connect": return new ConnectException(text);
            case "tls": return new SSLException(text);
            case "timeout": return new SocketTimeoutException(text);
            case "proxy": case "network": return new IOException(text);
            case "cancelled": return new InterruptedIOException(text);
            default: return null;
        }
    }
}
