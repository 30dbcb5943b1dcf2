// Requests to the control API.
package io.github.tcsms.testing;

import io.github.tcsms.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UnsupportedEncodingException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The control API of one service. */
final class Control {
    private static final int PATIENCE_MS = 10_000;

    final String url;
    private final String token;

    Control(String url, String token) {
        this.url = url;
        this.token = token;
    }

    /** A text as part of a path or query. */
    static String encoded(String text) {
        try {
            return URLEncoder.encode(text, "UTF-8").replace("+", "%20");
        } catch (UnsupportedEncodingException e) {
            throw new AssertionError(e);
        }
    }

    /** A path with its query; what is null is left out. */
    static String path(String path, Object... namesAndValues) {
        StringBuilder out = new StringBuilder(path);
        char before = '?';
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null) {
                out.append(before).append(namesAndValues[i]).append('=').append(encoded(namesAndValues[i + 1].toString()));
                before = '&';
            }
        }
        return out.toString();
    }

    /** The answer to a request; {@code body} is written as JSON unless it is null. */
    Map<String, Object> call(String method, String path, Object body) {
        return call(method, path, body, 0);
    }

    /** The answer to a request that the service may hold back for so long. */
    Map<String, Object> call(String method, String path, Object body, long waitMs) {
        String address = url + "/_tcsms/v1/" + path;
        int status;
        String text;
        try {
            // What a proxy of this machine is for, a service for tests is not.
            HttpURLConnection connection = (HttpURLConnection) new URL(address).openConnection(Proxy.NO_PROXY);
            connection.setRequestMethod(method);
            connection.setConnectTimeout(PATIENCE_MS);
            connection.setReadTimeout((int) Math.min(waitMs + PATIENCE_MS, Integer.MAX_VALUE));
            // A kept connection that the service has closed would have Java send a POST again.
            connection.setRequestProperty("Connection", "close");
            if (token != null) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
            }
            if (body != null) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                connection.getOutputStream().write(Json.write(body).getBytes(StandardCharsets.UTF_8));
            }
            status = connection.getResponseCode();
            text = all(status < 400 ? connection.getInputStream() : connection.getErrorStream());
        } catch (IOException e) {
            throw new ControlException(0, "Unreachable",
                    "no answer to " + method + " " + address + ": " + e + "; see that the service runs there", e);
        }
        Map<String, Object> answer;
        try {
            answer = Json.readObject(text);
        } catch (IllegalArgumentException e) {
            throw new ControlException(status, "NoJson",
                    address + " answered with HTTP status " + status + " and no JSON object; see that it is the control API of tcsms serve", e);
        }
        if (answer.get("error") instanceof Map) {
            Map<?, ?> error = (Map<?, ?>) answer.get("error");
            throw new ControlException(status, String.valueOf(error.get("code")), String.valueOf(error.get("message")), null);
        }
        return answer;
    }

    private static String all(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (in != null) {
            try (InputStream open = in) {
                byte[] part = new byte[8192];
                for (int count; (count = open.read(part)) >= 0;) {
                    out.write(part, 0, count);
                }
            }
        }
        return out.toString("UTF-8");
    }
}
