// The library in several class loaders of one machine: `Loaders JAR OTHER`, two jars of different versions. A line for each test.
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Paths;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

public class Loaders {
    /** An application in a container: its class loader sees the jar and nothing of ours. */
    static final class Application {
        final URLClassLoader loader;
        final Object client;

        Application(String jar, String address) throws Exception {
            loader = new URLClassLoader(new URL[] {Paths.get(jar).toUri().toURL()}, ClassLoader.getSystemClassLoader().getParent());
            Class<?> credential = type("Credential");
            Class<?> profileType = type("profile.ClientProfile");
            Object profile = profileType.getConstructor().newInstance();
            profileType.getMethod("setSetting", String.class, Object.class).invoke(profile, "connect_to", address);
            client = type("CommonClient").getConstructor(String.class, String.class, credential, String.class, profileType).newInstance("sms",
                    "2021-01-11", credential.getConstructor(String.class, String.class).newInstance("i", "k"), "r", profile);
        }

        Class<?> type(String name) throws ClassNotFoundException {
            return loader.loadClass("com.tencentcloudapi.common." + name);
        }

        String version() throws Exception {
            return type("AbstractClient").getField("SDK_VERSION").get(null).toString();
        }

        /** A call of either kind. */
        void calls() throws Exception {
            Method call = client.getClass().getMethod("call", String.class, String.class);
            Method later = client.getClass().getMethod("callAsync", String.class, String.class, type("CallOptions"));
            try {
                Tests.same(call.invoke(client, "SendSms", "{}"), Tests.SENT);
                Tests.same(((CompletableFuture<?>) later.invoke(client, "SendSms", "{}", null)).join(), Tests.SENT);
            } catch (InvocationTargetException e) {
                throw (Exception) e.getCause();
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
        try (Tests.Server server = new Tests.Server((connection, head) -> Tests.Server.answer(connection, Tests.SENT));
                Tests.Server ofGone = new Tests.Server((connection, head) -> {
                    connections.add(connection);
                    Tests.Server.answer(connection, Tests.SENT);
                })) {
            Application first = new Application(arguments[0], server.address);
            Tests.test("the first application calls", first::calls);
            Tests.test("a second one with the same jar calls too", () -> new Application(arguments[0], server.address).calls());
            Tests.test("one with another version stands beside them", () -> {
                Application other = new Application(arguments[1], server.address);
                other.calls();
                first.calls();
                Tests.is(!other.version().equals(first.version()), other.version());
            });
            Tests.test("one that is gone takes nothing away from the others", () -> {
                ReferenceQueue<Object> gone = new ReferenceQueue<>();
                WeakReference<Object> loader = goes(arguments[0], ofGone.address, gone);
                Object found = null;
                for (int i = 0; i < 100 && found == null; i++) {
                    System.gc();
                    System.runFinalization();
                    found = gone.remove(100);
                }
                Tests.is(found == loader, "its class loader is still there");
                // Its thread has something to do once more.
                for (Socket connection = connections.poll(); connection != null; connection = connections.poll()) {
                    connection.close();
                }
                first.calls();
                new Application(arguments[0], server.address).calls();
            });
        }
        System.exit(Tests.failed);
    }

    private static WeakReference<Object> goes(String jar, String address, ReferenceQueue<Object> gone) throws Exception {
        Application application = new Application(jar, address);
        application.calls();
        application.loader.close();
        return new WeakReference<>(application.loader, gone);
    }
}
