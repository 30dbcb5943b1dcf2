// A client of the library okhttp3 as transport, without depending on that library.
package io.github.tcsms;

import com.tencentcloudapi.common.http.HttpTransport;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Uses {@code okhttp3.OkHttpClient} through reflection: with its connections, proxies, TLS and interceptors. */
final class OkHttpTransport implements HttpTransport {
    private final Object client;
    private final ClassLoader loader;

    OkHttpTransport(Object given) throws ReflectiveOperationException {
        Object builder = call(given, "newBuilder");
        // The core decides what is sent again. Its own repeats would send an SMS twice.
        builder = call(builder, "retryOnConnectionFailure", boolean.class, false);
        builder = call(builder, "followRedirects", boolean.class, false);
        this.client = call(builder, "build");
        this.loader = given.getClass().getClassLoader();
    }

    /** Whether an object, or what it derives from, is such a client. */
    static boolean fits(Object client) {
        for (Class<?> c = client.getClass(); c != null; c = c.getSuperclass()) {
            if (c.getName().equals("okhttp3.OkHttpClient")) {
                return true;
            }
        }
        return false;
    }

    private static Object call(Object on, String name, Object... typesAndValues) throws ReflectiveOperationException {
        int count = typesAndValues.length / 2;
        Class<?>[] types = new Class<?>[count];
        Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            types[i] = (Class<?>) typesAndValues[2 * i];
            values[i] = typesAndValues[2 * i + 1];
        }
        Method method = on.getClass().getMethod(name, types);
        method.setAccessible(true);
        return method.invoke(on, values);
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName("okhttp3." + name, true, loader);
    }

    @Override
    public Response send(Request request) throws IOException {
        try {
            Object builder = type("Request$Builder").getConstructor().newInstance();
            call(builder, "url", String.class, request.getUrl());
            String contentType = null;
            for (String[] header : request.getHeaders()) {
                if (header[0].equalsIgnoreCase("content-type")) {
                    contentType = header[1];
                }
                if (!header[0].equalsIgnoreCase("content-length")) {
                    call(builder, "header", String.class, header[0], String.class, header[1]);
                }
            }
            Object body = null;
            if (!request.getMethod().equals("GET")) {
                Class<?> media = type("MediaType");
                Object kind = contentType == null ? null : media.getMethod("parse", String.class).invoke(null, contentType);
                body = type("RequestBody").getMethod("create", media, byte[].class).invoke(null, kind, request.getBody());
            }
            call(builder, "method", String.class, request.getMethod(), type("RequestBody"), body);
            Object call = call(client, "newCall", type("Request"), call(builder, "build"));
            if (request.getLimitMs() > 0) {
                Object limit = call(call, "timeout");
                call(limit, "timeout", long.class, request.getLimitMs(), TimeUnit.class, TimeUnit.MILLISECONDS);
            }
            Object response = call(call, "execute");
            try {
                List<String[]> headers = new ArrayList<>();
                Object told = call(response, "headers");
                int count = (int) call(told, "size");
                for (int i = 0; i < count; i++) {
                    headers.add(new String[] {(String) call(told, "name", int.class, i), (String) call(told, "value", int.class, i)});
                }
                Object came = call(response, "body");
                byte[] bytes = came == null ? new byte[0] : (byte[]) call(came, "bytes");
                return new Response((int) call(response, "code"), headers, bytes);
            } finally {
                call(response, "close");
            }
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IOException) {
                throw (IOException) e.getCause();
            }
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IOException("this version of okhttp3 is not known: " + e, e);
        }
    }
}
