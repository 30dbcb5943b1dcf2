// The core, as the clients see it.
package io.github.tcsms;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.http.HttpTransport;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;

/**
 * Makes calls with one set of settings.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public final class Core {
    /** How this library names itself to the service. */
    public static final String SDK = "SDK_TCSMS_JAVA_" + Native.VERSION;

    private final NativeClient client;
    private final HttpTransport transport;

    private Core(NativeClient client, HttpTransport transport) {
        this.client = client;
        this.transport = transport;
    }

    /** Reads an answer. */
    public interface Reader<T> {
        /**
         * Reads it.
         *
         * @param answer the JSON text
         * @return the value
         * @throws TencentCloudSDKException when it cannot be read
         */
        T read(String answer) throws TencentCloudSDKException;
    }

    /**
     * The core with these settings. The same settings share their connections.
     *
     * @param settings JSON
     * @param transport what carries requests; null for the core itself
     * @return the core
     * @throws TencentCloudSDKException when the settings cannot be used
     */
    public static Core of(String settings, HttpTransport transport) throws TencentCloudSDKException {
        return new Core(NativeClient.of(settings), transport);
    }

    /**
     * Sees to it that log lines go where they are wanted.
     *
     * @param debug whether a profile asks for them
     * @throws TencentCloudSDKException when the native library could not be loaded
     */
    public static void log(boolean debug) throws TencentCloudSDKException {
        Logs.follow(debug);
    }

    /**
     * Makes a call on this thread.
     *
     * @param meta what kind of call, as JSON
     * @param body its parameters as JSON, or its bytes
     * @param timeoutMs its time limit; 0 for the settings'
     * @return the answer, JSON
     * @throws TencentCloudSDKException when it failed
     */
    public String call(String meta, byte[] body, int timeoutMs) throws TencentCloudSDKException {
        byte[] told = meta.getBytes(StandardCharsets.UTF_8);
        if (transport != null) {
            own(timeoutMs);
            return NativeExchange.call(client, told, body, transport).answer();
        }
        return client.call(told, body, timeoutMs).answer();
    }

    private static void own(int timeoutMs) throws TencentCloudSDKException {
        if (timeoutMs != 0) {
            throw Failures.local("ClientError.ConfigError", "config", "a call has a time limit of its own, and a transport of "
                    + "the program's own carries it: set the time limit of the transport or of the profile", null);
        }
    }

    /**
     * Has a call made in the background.
     *
     * @param meta what kind of call, as JSON
     * @param body its parameters as JSON, or its bytes
     * @param timeoutMs its time limit; 0 for the settings'
     * @param reader reads the answer
     * @param <T> what is read
     * @return what is read, to come; cancelling it ends the call
     */
    public <T> CompletableFuture<T> submit(String meta, byte[] body, int timeoutMs, Reader<T> reader) {
        byte[] told = meta.getBytes(StandardCharsets.UTF_8);
        if (transport == null) {
            return client.submit(told, body, timeoutMs, reader::read);
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        ForkJoinPool.commonPool().execute(() -> {
            try {
                own(timeoutMs);
                future.complete(reader.read(NativeExchange.call(client, told, body, transport).answer()));
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    /**
     * Begins a call that answers with events.
     *
     * @param meta what kind of call, as JSON
     * @param body its parameters as JSON
     * @return the events, or the answer that came in their place
     * @throws TencentCloudSDKException when it failed
     */
    public NativeStream stream(String meta, byte[] body) throws TencentCloudSDKException {
        if (transport != null) {
            throw Failures.local("ClientError.ConfigError", "config", "events cannot be read through a transport of the "
                    + "program's own: leave out setHttpClient and the TLS setters for this client", null);
        }
        return NativeStream.open(client, meta.getBytes(StandardCharsets.UTF_8), body);
    }
}
