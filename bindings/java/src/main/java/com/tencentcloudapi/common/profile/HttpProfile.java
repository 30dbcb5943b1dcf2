// How calls travel.
package com.tencentcloudapi.common.profile;

import com.tencentcloudapi.common.http.HttpTransport;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;

/** The part of a profile about HTTP. It may be changed at any time; the next call follows. */
public class HttpProfile {
    /** With TLS. */
    public static final String REQ_HTTPS = "https://";
    /** Without TLS. */
    public static final String REQ_HTTP = "http://";
    /** Parameters travel in the body. */
    public static final String REQ_POST = "POST";
    /** Parameters travel in the address. */
    public static final String REQ_GET = "GET";
    /** A minute in seconds. */
    public static final int TM_MINUTE = 60;

    private String reqMethod = REQ_POST;
    private String endpoint;
    private String protocol = REQ_HTTPS;
    private int readTimeout;
    private int writeTimeout;
    private int connTimeout = TM_MINUTE;
    private String proxyHost;
    private int proxyPort;
    private String proxyUsername;
    private String proxyPassword;
    private String rootDomain = "tencentcloudapi.com";
    private SSLSocketFactory sslSocketFactory;
    private X509TrustManager x509TrustManager;
    private HostnameVerifier hostnameVerifier;
    private String apigwEndpoint;
    private Object httpClient;

    /** Makes the usual one: POST, https, a minute for connecting. */
    public HttpProfile() {
    }

    /**
     * The HTTP method of calls.
     *
     * @return {@link #REQ_POST} or {@link #REQ_GET}
     */
    public String getReqMethod() {
        return this.reqMethod;
    }

    /**
     * Uses another HTTP method.
     *
     * @param reqMethod {@link #REQ_POST} or {@link #REQ_GET}
     */
    public void setReqMethod(String reqMethod) {
        this.reqMethod = reqMethod;
    }

    /**
     * The host that is called in place of the product's.
     *
     * @return the host; null for the product's
     */
    public String getEndpoint() {
        return this.endpoint;
    }

    /**
     * Calls another host.
     *
     * @param endpoint the host, with a port if need be; null for the product's
     */
    public void setEndpoint(String endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * How the host is called.
     *
     * @return {@link #REQ_HTTPS} or {@link #REQ_HTTP}
     */
    public String getProtocol() {
        return this.protocol;
    }

    /**
     * Calls the host with or without TLS.
     *
     * @param protocol {@link #REQ_HTTPS} or {@link #REQ_HTTP}
     */
    public void setProtocol(String protocol) {
        this.protocol = protocol;
    }

    /**
     * How long the answer may take.
     *
     * @return seconds; 0 leaves it to the core, which waits 60 s for each attempt
     */
    public int getReadTimeout() {
        return this.readTimeout;
    }

    /**
     * Limits the time for the answer. An attempt of a call may take the sum of the three times.
     *
     * @param readTimeout seconds; 0 leaves it to the core, which waits 60 s for each attempt
     */
    public void setReadTimeout(int readTimeout) {
        this.readTimeout = readTimeout;
    }

    /**
     * How long sending the request may take.
     *
     * @return seconds; 0 leaves it to the core
     */
    public int getWriteTimeout() {
        return this.writeTimeout;
    }

    /**
     * Limits the time for sending the request. An attempt of a call may take the sum of the three times.
     *
     * @param writeTimeout seconds; 0 leaves it to the core
     */
    public void setWriteTimeout(int writeTimeout) {
        this.writeTimeout = writeTimeout;
    }

    /**
     * How long opening a connection may take.
     *
     * @return seconds; 0 for any time
     */
    public int getConnTimeout() {
        return this.connTimeout;
    }

    /**
     * Limits the time for opening a connection.
     *
     * @param connTimeout seconds; 0 for any time
     */
    public void setConnTimeout(int connTimeout) {
        this.connTimeout = connTimeout;
    }

    /**
     * The proxy.
     *
     * @return its host; null or empty for that of the environment
     */
    public String getProxyHost() {
        return this.proxyHost;
    }

    /**
     * Goes through a proxy. Without one, the properties {@code https.proxyHost}, {@code https.proxyPort} and {@code
     * http.nonProxyHosts} of Java count, and without these the environment's {@code https_proxy} and {@code
     * no_proxy}.
     *
     * @param proxyHost its host
     */
    public void setProxyHost(String proxyHost) {
        this.proxyHost = proxyHost;
    }

    /**
     * The proxy's port.
     *
     * @return the port
     */
    public int getProxyPort() {
        return this.proxyPort;
    }

    /**
     * Sets the proxy's port.
     *
     * @param proxyPort the port
     */
    public void setProxyPort(int proxyPort) {
        this.proxyPort = proxyPort;
    }

    /**
     * Who uses the proxy.
     *
     * @return the name, or null
     */
    public String getProxyUsername() {
        return this.proxyUsername;
    }

    /**
     * Says who uses the proxy.
     *
     * @param proxyUsername the name
     */
    public void setProxyUsername(String proxyUsername) {
        this.proxyUsername = proxyUsername;
    }

    /**
     * The password for the proxy.
     *
     * @return the password, or null
     */
    public String getProxyPassword() {
        return this.proxyPassword;
    }

    /**
     * Sets the password for the proxy.
     *
     * @param proxyPassword the password
     */
    public void setProxyPassword(String proxyPassword) {
        this.proxyPassword = proxyPassword;
    }

    /**
     * The domain that the hosts of products end in.
     *
     * @return the domain
     */
    public String getRootDomain() {
        return this.rootDomain;
    }

    /**
     * Calls the hosts of products in another domain.
     *
     * @param rootDomain the domain
     */
    public void setRootDomain(String rootDomain) {
        this.rootDomain = rootDomain;
    }

    /**
     * What makes TLS connections.
     *
     * @return the factory, or null
     */
    public SSLSocketFactory getSslSocketFactory() {
        return this.sslSocketFactory;
    }

    /**
     * Has TLS connections made by the program's own factory. Requests then go over the sockets of Java, a connection
     * for each.
     *
     * @param sslSocketFactory the factory; null for the core's own
     */
    public void setSslSocketFactory(SSLSocketFactory sslSocketFactory) {
        this.sslSocketFactory = sslSocketFactory;
    }

    /**
     * Who is trusted.
     *
     * @return the manager, or null
     */
    public X509TrustManager getX509TrustManager() {
        return this.x509TrustManager;
    }

    /**
     * Has the program decide who is trusted. Requests then go over the sockets of Java, a connection for each; for a
     * file of authorities use the setting {@code ca_file} of {@link ClientProfile#setSettings} instead.
     *
     * @param trustManager the manager; null for the core's own
     */
    public void setX509TrustManager(X509TrustManager trustManager) {
        this.x509TrustManager = trustManager;
    }

    /**
     * Whether a certificate's names are those of the host.
     *
     * @return the verifier, or null
     */
    public HostnameVerifier getHostnameVerifier() {
        return this.hostnameVerifier;
    }

    /**
     * Has the program decide whether a certificate's names are those of the host. Requests then go over the sockets
     * of Java, a connection for each.
     *
     * @param hostnameVerifier the verifier; null for the usual comparison
     */
    public void setHostnameVerifier(HostnameVerifier hostnameVerifier) {
        this.hostnameVerifier = hostnameVerifier;
    }

    /**
     * A gateway that passes calls on.
     *
     * @return its URL, or null
     */
    public String getApigwEndpoint() {
        return this.apigwEndpoint;
    }

    /**
     * Sends calls to a gateway that passes them on; they are signed for the host behind it.
     *
     * @param apigwEndpoint its URL or host, with a path if need be
     */
    public void setApigwEndpoint(String apigwEndpoint) {
        this.apigwEndpoint = apigwEndpoint;
    }

    /**
     * What carries requests in the core's place.
     *
     * @return an {@link HttpTransport} or {@code okhttp3.OkHttpClient}, or null
     */
    public Object getHttpClient() {
        return this.httpClient;
    }

    /**
     * Has requests carried by the program's own HTTP client. The core still signs, decides what is repeated, and
     * reads the answers; connections, proxies and TLS are the client's, and events cannot be read. An OkHttpClient
     * is used without its own repeats and redirections, which would send an SMS twice.
     *
     * @param client an {@link HttpTransport}, or an {@code okhttp3.OkHttpClient}
     */
    public void setHttpClient(Object client) {
        this.httpClient = client;
    }
}
