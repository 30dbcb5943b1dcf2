// Requests over the sockets of the platform, for programs that bring their own TLS objects.
package io.github.tcsms;

import com.tencentcloudapi.common.http.HttpTransport;
import com.tencentcloudapi.common.http.TransportException;
import com.tencentcloudapi.common.http.TransportException.Step;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection for each request. The platform's own HTTP client would not do: it silently sends a request again when the
 * connection breaks before the answer, and an SMS would arrive twice; and it does not let the signed host be set.
 */
final class SocketTransport implements HttpTransport {
    private static final int MOST_HEADER_BYTES = 256 << 10;
    private static final int MOST_BODY_BYTES = 64 << 20;

    private final SSLSocketFactory factory;
    private final HostnameVerifier verifier;
    private final int connectMs;
    private final String proxyHost;
    private final int proxyPort;
    private final String proxyAuthorization;

    SocketTransport(SSLSocketFactory factory, HostnameVerifier verifier, int connectMs, String proxyHost, int proxyPort,
            String proxyUser, String proxyPassword) {
        this.factory = factory;
        this.verifier = verifier;
        this.connectMs = connectMs;
        this.proxyHost = proxyHost;
        this.proxyPort = proxyPort;
        String pair = (proxyUser == null ? "" : proxyUser) + ":" + (proxyPassword == null ? "" : proxyPassword);
        this.proxyAuthorization = proxyUser == null || proxyUser.isEmpty() ? null
                : Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** A request under way: its socket, how far it has come, and when it has to be over. */
    private final class Way {
        private final long until;
        private Socket socket;
        private Step step = Step.RESOLVE;
        private boolean maybeSent;

        Way(long limitMs) {
            this.until = limitMs == 0 ? Long.MAX_VALUE : System.nanoTime() / 1_000_000 + limitMs;
        }

        /** The time that is left, for the socket: every single wait is bounded by it. */
        int left(long most) throws SocketTimeoutException {
            if (until == Long.MAX_VALUE) {
                return (int) Math.min(most, Integer.MAX_VALUE);
            }
            long left = until - System.nanoTime() / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException("the time for the request passed");
            }
            return (int) Math.min(most == 0 ? left : Math.min(left, most), Integer.MAX_VALUE);
        }

        Response send(Request request) throws IOException {
            URI url = URI.create(request.getUrl());
            boolean tls = "https".equalsIgnoreCase(url.getScheme());
            String host = url.getHost();
            int port = url.getPort() != -1 ? url.getPort() : tls ? 443 : 80;
            boolean proxied = proxyHost != null;
            InetAddress address = InetAddress.getByName(proxied ? proxyHost : host);
            step = Step.CONNECT;
            socket = new Socket();
            socket.connect(new InetSocketAddress(address, proxied ? proxyPort : port), left(connectMs));
            socket.setTcpNoDelay(true);
            if (proxied) {
                step = Step.PROXY;
                throughProxy(host, port);
            }
            if (tls) {
                step = Step.TLS;
                secured(host, port);
            }
            step = Step.WRITE;
            String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
            StringBuilder head = new StringBuilder(request.getMethod()).append(' ').append(path);
            if (url.getRawQuery() != null) {
                head.append('?').append(url.getRawQuery());
            }
            head.append(" HTTP/1.1\r\n");
            boolean length = false;
            for (String[] header : request.getHeaders()) {
                length = length || header[0].equalsIgnoreCase("content-length");
                if (!header[0].equalsIgnoreCase("connection")) {
                    head.append(header[0]).append(": ").append(header[1]).append("\r\n");
                }
            }
            if (!length && !request.getMethod().equals("GET")) {
                head.append("content-length: ").append(request.getBody().length).append("\r\n");
            }
            head.append("connection: close\r\n\r\n");
            ByteArrayOutputStream whole = new ByteArrayOutputStream(head.length() + request.getBody().length);
            whole.write(head.toString().getBytes(StandardCharsets.UTF_8));
            whole.write(request.getBody());
            maybeSent = true;
            whole.writeTo(socket.getOutputStream());
            step = Step.WAIT;
            InputStream in = new BufferedInputStream(socket.getInputStream());
            int status;
            List<String[]> headers;
            do {
                String line = line(in);
                if (!line.matches("HTTP/1\\.[01] [0-9]{3}( .*)?")) {
                    throw new IOException("what came is no HTTP answer");
                }
                status = Integer.parseInt(line.substring(9, 12));
                step = Step.READ;
                headers = headers(in);
            } while (status >= 100 && status < 200);
            return new Response(status, headers, body(in, status, headers));
        }

        private void throughProxy(String host, int port) throws IOException {
            String to = (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
            String ask = "CONNECT " + to + " HTTP/1.1\r\nhost: " + to + "\r\n"
                    + (proxyAuthorization == null ? "" : "proxy-authorization: Basic " + proxyAuthorization + "\r\n") + "\r\n";
            socket.getOutputStream().write(ask.getBytes(StandardCharsets.UTF_8));
            // Nothing may be taken that follows the answer.
            InputStream in = socket.getInputStream();
            String line = line(in);
            headers(in);
            if (!line.matches("HTTP/1\\.[01] 2[0-9]{2}( .*)?")) {
                throw new IOException("the proxy refused: " + line);
            }
        }

        private void secured(String host, int port) throws IOException {
            socket.setSoTimeout(left(0));
            String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            SSLSocket secure = (SSLSocket) factory.createSocket(socket, name, port, true);
            socket = secure;
            if (verifier == null) {
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
            }
            secure.startHandshake();
            if (verifier != null && !verifier.verify(name, secure.getSession())) {
                throw new SSLPeerUnverifiedException("the HostnameVerifier refused the certificate for " + name);
            }
        }

        private int read(InputStream in) throws IOException {
            socket.setSoTimeout(left(0));
            return in.read();
        }

        private int read(InputStream in, byte[] into, int at, int most) throws IOException {
            socket.setSoTimeout(left(0));
            return in.read(into, at, most);
        }

        private String line(InputStream in) throws IOException {
            StringBuilder line = new StringBuilder();
            while (true) {
                int b = read(in);
                if (b < 0) {
                    throw new EOFException("the connection was closed before the answer was whole");
                }
                if (b == '\n') {
                    int end = line.length();
                    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
                }
                line.append((char) b);
                if (line.length() > MOST_HEADER_BYTES) {
                    throw new IOException("the head of the answer is too long");
                }
            }
        }

        private List<String[]> headers(InputStream in) throws IOException {
            List<String[]> headers = new ArrayList<>();
            int bytes = 0;
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                int colon = line.indexOf(':');
                bytes += line.length();
                if (colon <= 0 || bytes > MOST_HEADER_BYTES) {
                    throw new IOException("the head of the answer is no HTTP");
                }
                headers.add(new String[] {line.substring(0, colon).trim(), line.substring(colon + 1).trim()});
            }
            return headers;
        }

        private byte[] body(InputStream in, int status, List<String[]> headers) throws IOException {
            if (status == 204 || status == 304) {
                return new byte[0];
            }
            String length = value(headers, "content-length");
            String coding = value(headers, "transfer-encoding");
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            if (coding != null) {
                if (!coding.equalsIgnoreCase("chunked")) {
                    throw new IOException("the answer is coded as " + coding + ", which was not asked for");
                }
                while (true) {
                    String size = line(in).split(";", 2)[0].trim();
                    if (!size.matches("[0-9a-fA-F]{1,8}")) {
                        throw new IOException("a chunk of the answer has no length");
                    }
                    long chunk = Long.parseLong(size, 16);
                    if (chunk == 0) {
                        headers(in);
                        return body.toByteArray();
                    }
                    copy(in, body, chunk);
                    line(in);
                }
            }
            if (length != null) {
                if (!length.matches("[0-9]{1,15}")) {
                    throw new IOException("the length of the answer is no number");
                }
                copy(in, body, Long.parseLong(length));
                return body.toByteArray();
            }
            byte[] part = new byte[8192];
            for (int n = read(in, part, 0, part.length); n >= 0; n = read(in, part, 0, part.length)) {
                add(body, part, n);
            }
            return body.toByteArray();
        }

        private void copy(InputStream in, ByteArrayOutputStream body, long count) throws IOException {
            byte[] part = new byte[8192];
            for (long left = count; left > 0;) {
                int n = read(in, part, 0, (int) Math.min(left, part.length));
                if (n < 0) {
                    throw new EOFException("the connection was closed before the answer was whole");
                }
                add(body, part, n);
                left -= n;
            }
        }

        private void add(ByteArrayOutputStream body, byte[] part, int count) throws IOException {
            if (body.size() + count > MOST_BODY_BYTES) {
                throw new IOException("the answer is longer than " + MOST_BODY_BYTES + " bytes");
            }
            body.write(part, 0, count);
        }
    }

    private static String value(List<String[]> headers, String name) {
        for (String[] header : headers) {
            if (header[0].equalsIgnoreCase(name)) {
                return header[1];
            }
        }
        return null;
    }

    @Override
    public Response send(Request request) throws IOException {
        Way way = new Way(request.getLimitMs());
        try {
            return way.send(request);
        } catch (IOException | RuntimeException e) {
            throw new TransportException(way.step, e instanceof SocketTimeoutException, way.maybeSent, e);
        } finally {
            if (way.socket != null) {
                try {
                    way.socket.close();
                } catch (IOException e) {
                    // The answer is there or has failed; nothing depends on how the connection ends.
                }
            }
        }
    }
}
