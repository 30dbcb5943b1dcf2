// The program's own HTTP client in the place of the library's.
package com.tencentcloudapi.common.http;

import java.io.IOException;
import java.util.List;

/**
 * Carries requests, see {@link com.tencentcloudapi.common.profile.HttpProfile#setHttpClient(Object)}. Signing, repeating and
 * reading answers stay with the library: a transport sends what it is given once, as it is, and hands back what comes,
 * whatever its status. It must not repeat a request or follow a redirection: an SMS would be sent twice.
 */
public interface HttpTransport {
    /**
     * Sends a request, and waits for its answer.
     *
     * @param request the request
     * @return the answer
     * @throws IOException when there is none; best a {@link TransportException}, which tells whether the request may have
     *     arrived. Of others that is guessed by their class, and said to be so when in doubt
     */
    Response send(Request request) throws IOException;

    /** A request, signed as it is. */
    final class Request {
        private final String method;
        private final String url;
        private final List<String[]> headers;
        private final byte[] body;
        private final long limitMs;

        /**
         * Makes a request.
         *
         * @param method the method
         * @param url the URL
         * @param headers pairs of a name and a value
         * @param body the body
         * @param limitMs the time it may take, in milliseconds; 0 for any
         */
        public Request(String method, String url, List<String[]> headers, byte[] body, long limitMs) {
            this.method = method;
            this.url = url;
            this.headers = headers;
            this.body = body;
            this.limitMs = limitMs;
        }

        /**
         * The method.
         *
         * @return {@code GET} or {@code POST}
         */
        public String getMethod() {
            return method;
        }

        /**
         * Where it goes.
         *
         * @return the URL
         */
        public String getUrl() {
            return url;
        }

        /**
         * Its headers. {@code host} is among them; it is signed, and may differ from the URL's.
         *
         * @return pairs of a name and a value
         */
        public List<String[]> getHeaders() {
            return headers;
        }

        /**
         * Its body.
         *
         * @return the bytes; empty for {@code GET}
         */
        public byte[] getBody() {
            return body;
        }

        /**
         * How long it may take.
         *
         * @return milliseconds; 0 for any time
         */
        public long getLimitMs() {
            return limitMs;
        }
    }

    /** An answer. */
    final class Response {
        private final int status;
        private final List<String[]> headers;
        private final byte[] body;

        /**
         * Makes an answer.
         *
         * @param status the HTTP status
         * @param headers pairs of a name and a value
         * @param body the body, whole
         */
        public Response(int status, List<String[]> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        /**
         * The status.
         *
         * @return such as 200
         */
        public int getStatus() {
            return status;
        }

        /**
         * Its headers.
         *
         * @return pairs of a name and a value
         */
        public List<String[]> getHeaders() {
            return headers;
        }

        /**
         * Its body.
         *
         * @return the bytes
         */
        public byte[] getBody() {
            return body;
        }
    }
}
