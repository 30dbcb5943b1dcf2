// The members of profiles in the words of the core.
package io.github.tcsms;

import com.tencentcloudapi.common.CircuitBreaker;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.http.HttpTransport;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Translates profiles.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public final class Settings {
    private static final String ROOT = "tencentcloudapi.com";

    /** Settings that say where the credential comes from. */
    private static final String[] SOURCES = {"secret_id", "secret_key", "token", "profile", "cvm_role", "assume_role", "web_identity",
        "credential_chain", "credential_per_call"};

    private Settings() {
    }

    /**
     * Whether the program's own settings say where the credential comes from. A {@code credential_chain} that is null says it
     * too: from wherever there is one.
     *
     * @param own the settings, or null
     * @return true when they do
     */
    public static boolean hasCredential(Map<String, Object> own) {
        if (own != null && own.containsKey("credential_chain")) {
            return true;
        }
        for (int i = 0; own != null && i < SOURCES.length; i++) {
            if (own.get(SOURCES[i]) != null) {
                return true;
            }
        }
        return false;
    }

    /**
     * The settings of a client.
     *
     * @param service the product, such as {@code sms}
     * @param endpoint the product's host, as its client has it
     * @param region the region, or null
     * @param profile how calls are made
     * @param source where the core fetches the credential, or null when each call brings it
     * @param breaker when an endpoint is left out
     * @param foreign whether a transport of the program's own carries requests
     * @return JSON
     */
    public static String of(String service, String endpoint, String region, ClientProfile profile, CoreSource source,
            CircuitBreaker.Setting breaker, boolean foreign) {
        Map<String, Object> told = new LinkedHashMap<>();
        HttpProfile http = profile.getHttpProfile();
        Map<String, Object> own = profile.getSettings();
        told.put("sdk", Core.SDK);
        told.put("service", service);
        if (source != null) {
            told.putAll(source.coreSettings());
        } else if (!hasCredential(own)) {
            told.put("credential_per_call", true);
        }
        if (!empty(region)) {
            told.put("region", region);
        }
        endpoint(told, service, endpoint, http);
        if (!empty(http.getApigwEndpoint())) {
            told.put("api_gateway", http.getApigwEndpoint());
        }
        told.put("http_method", http.getReqMethod());
        told.put("sign_method", profile.getSignMethod());
        if (profile.getLanguage() != null) {
            told.put("language", profile.getLanguage().getValue());
        }
        if (profile.isUnsignedPayload()) {
            told.put("unsigned_payload", true);
        }
        if (!empty(profile.getBackupEndpoint())) {
            String backup = profile.getBackupEndpoint();
            told.put("backup_endpoints", Collections.singletonList(
                    backup.startsWith(service + ".") || backup.contains(":") ? backup : service + "." + backup));
            Map<String, Object> when = new LinkedHashMap<>();
            when.put("failures", breaker.maxFailNum);
            when.put("window_ms", breaker.windowIntervalMs);
            when.put("pause_ms", breaker.timeoutMs);
            told.put("breaker", when);
        }
        if (!foreign) {
            timeouts(told, http);
            String proxy = proxy(http);
            if (proxy != null) {
                told.put("proxy", proxy);
            }
        } else {
            told.put("foreign_transport", true);
            if (http.getReadTimeout() > 0 || http.getWriteTimeout() > 0) {
                told.put("timeouts", Collections.singletonMap("attempt_ms", attemptMs(http)));
            }
        }
        merge(told, own);
        return Json.write(told);
    }

    private static boolean empty(String text) {
        return text == null || text.isEmpty();
    }

    private static void endpoint(Map<String, Object> told, String service, String endpoint, HttpProfile http) {
        String protocol = http.getProtocol();
        boolean plain = protocol != null && protocol.toLowerCase(java.util.Locale.ROOT).startsWith("http")
                && !protocol.toLowerCase(java.util.Locale.ROOT).startsWith("https");
        String host = empty(http.getEndpoint()) ? null : http.getEndpoint();
        String root = empty(http.getRootDomain()) ? ROOT : http.getRootDomain();
        if (host == null && !endpoint.equals(service + "." + ROOT)) {
            host = endpoint;
        }
        if (plain) {
            told.put("allow_plain_http", true);
            host = host == null ? service + "." + root : host;
            host = host.contains("://") ? host : "http://" + host;
        }
        if (host != null) {
            told.put("endpoint", host);
        } else if (!root.equals(ROOT)) {
            told.put("root_domain", root);
        }
    }

    private static long attemptMs(HttpProfile http) {
        return 1000L * ((long) Math.max(0, http.getConnTimeout()) + Math.max(0, http.getReadTimeout())
                + Math.max(0, http.getWriteTimeout()));
    }

    /** The official times are those of single steps, in seconds; 0, their default, is no limit, and left to the core here. */
    private static void timeouts(Map<String, Object> told, HttpProfile http) {
        Map<String, Object> times = new LinkedHashMap<>();
        times.put("connect_ms", 1000L * Math.max(0, http.getConnTimeout()));
        if (http.getReadTimeout() > 0 || http.getWriteTimeout() > 0) {
            times.put("attempt_ms", attemptMs(http));
        }
        told.put("timeouts", times);
    }

    /** The proxy of the profile, else that of the machine's properties; null leaves it to the environment. */
    private static String proxy(HttpProfile http) {
        if (!empty(http.getProxyHost())) {
            String user = http.getProxyUsername();
            String password = http.getProxyPassword();
            String who = empty(user) && empty(password) ? "" : encoded(user) + ":" + encoded(password) + "@";
            return "http://" + who + bracketed(http.getProxyHost()) + (http.getProxyPort() > 0 ? ":" + http.getProxyPort() : "");
        }
        if (System.getProperty("https.proxyHost") == null && System.getProperty("http.proxyHost") == null
                && System.getProperty("socksProxyHost") == null) {
            return null;
        }
        String host = empty(http.getEndpoint()) ? "sms." + ROOT : http.getEndpoint();
        String scheme = http.getProtocol() == null ? "https://" : http.getProtocol();
        ProxySelector selector = ProxySelector.getDefault();
        if (selector == null) {
            return null;
        }
        try {
            for (Proxy found : selector.select(URI.create(host.contains("://") ? host : scheme + host))) {
                if (found.type() != Proxy.Type.DIRECT && found.address() instanceof InetSocketAddress) {
                    InetSocketAddress address = (InetSocketAddress) found.address();
                    return (found.type() == Proxy.Type.SOCKS ? "socks5://" : "http://") + bracketed(address.getHostString()) + ":"
                            + address.getPort();
                }
            }
        } catch (IllegalArgumentException e) {
            // An endpoint that is no URL: the core says what is wrong with it.
        }
        return null;
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") && !host.contains("://") ? "[" + host + "]" : host;
    }

    private static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : (text == null ? "" : text).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 255);
            if (c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append(String.format("%%%02X", (int) c));
            }
        }
        return out.toString();
    }

    /** Puts the program's own settings over the rest, member by member also in what they hold; null takes one away. */
    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> told, Map<String, Object> own) {
        for (Map.Entry<String, Object> setting : (own == null ? Collections.<String, Object>emptyMap() : own).entrySet()) {
            Object known = told.get(setting.getKey());
            if (setting.getValue() == null) {
                told.remove(setting.getKey());
            } else if (known instanceof Map && setting.getValue() instanceof Map) {
                Map<String, Object> both = new LinkedHashMap<>((Map<String, Object>) known);
                both.putAll((Map<String, Object>) setting.getValue());
                told.put(setting.getKey(), both);
            } else {
                told.put(setting.getKey(), setting.getValue());
            }
        }
    }

    /**
     * What carries requests in the place of the core, when the profile asks for it.
     *
     * @param http the profile
     * @return the transport, or null
     * @throws TencentCloudSDKException when what it was given cannot carry requests
     */
    public static HttpTransport transport(HttpProfile http) throws TencentCloudSDKException {
        Object given = http.getHttpClient();
        if (given instanceof HttpTransport) {
            return (HttpTransport) given;
        }
        if (given != null && OkHttpTransport.fits(given)) {
            try {
                return new OkHttpTransport(given);
            } catch (ReflectiveOperationException e) {
                throw Failures.local("ClientError.ConfigError", "config", "this version of okhttp3 is not known (" + e
                        + "): give setHttpClient an HttpTransport that uses it", e);
            }
        }
        if (given != null) {
            throw Failures.local("ClientError.ConfigError", "config", "setHttpClient was given a " + given.getClass().getName()
                    + ": give it an okhttp3.OkHttpClient or a com.tencentcloudapi.common.http.HttpTransport", null);
        }
        if (http.getSslSocketFactory() == null && http.getX509TrustManager() == null && http.getHostnameVerifier() == null) {
            return null;
        }
        SSLSocketFactory factory = http.getSslSocketFactory();
        try {
            if (factory == null && http.getX509TrustManager() != null) {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, new TrustManager[] {http.getX509TrustManager()}, null);
                factory = context.getSocketFactory();
            }
        } catch (java.security.GeneralSecurityException e) {
            throw Failures.local("ClientError.ConfigError", "config", "the X509TrustManager cannot be used: " + e, e);
        }
        if (factory == null) {
            factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        }
        int connectMs = (int) Math.min(Integer.MAX_VALUE, 1000L * Math.max(0, http.getConnTimeout()));
        return new SocketTransport(factory, http.getHostnameVerifier(), connectMs, empty(http.getProxyHost()) ? null
                : http.getProxyHost(), http.getProxyPort(), http.getProxyUsername(), http.getProxyPassword());
    }
}
