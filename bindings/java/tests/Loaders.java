// The library in several class loaders of one machine: `Loaders JAR OTHER ADDRESS CA`, two jars of different versions and a
// server with TLS. A line for each test.
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

public class Loaders {
    /** An application in a container: its class loader sees the jar and nothing of ours. */
    static final class Application {
        final URLClassLoader loader;
        final Object client;

        Application(String jar, String address) throws Exception {
            this(jar, address, null);
        }

        Application(String jar, String address, String authority) throws Exception {
            loader = new URLClassLoader(new URL[] {Paths.get(jar).toUri().toURL()}, ClassLoader.getSystemClassLoader().getParent());
            Class<?> credential = type("Credential");
            Class<?> profileType = type("profile.ClientProfile");
            Object profile = profileType.getConstructor().newInstance();
            Method setting = profileType.getMethod("setSetting", String.class, Object.class);
            setting.invoke(profile, "connect_to", address);
            setting.invoke(profile, "ca_file", authority);
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
                answered(call.invoke(client, "SendSms", "{}"));
                answered(((CompletableFuture<?>) later.invoke(client, "SendSms", "{}", null)).join());
            } catch (InvocationTargetException e) {
                throw (Exception) e.getCause();
            }
        }
    }

    static void answered(Object answer) {
        Tests.is(answer.toString().contains("\"RequestId\":\"r"), answer);
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
                CountDownLatch called = new CountDownLatch(2);
                CountDownLatch over = new CountDownLatch(1);
                AtomicReference<Throwable> fault = new AtomicReference<>();
                List<WeakReference<Object>> loaders = Collections.synchronizedList(new ArrayList<>());
                List<Thread> threads = new ArrayList<>();
                // Threads of the container's, which call for the applications and end after them.
                for (String[] at : new String[][] {{ofGone.address, null}, {"https://" + arguments[2], arguments[3]}}) {
                    Thread thread = new Thread(() -> {
                        try {
                            loaders.add(goes(arguments[0], at[0], at[1], gone));
                            called.countDown();
                            over.await();
                        } catch (Throwable e) {
                            fault.set(e);
                            called.countDown();
                        }
                    });
                    threads.add(thread);
                    thread.start();
                }
                called.await();
                if (fault.get() != null) {
                    throw new AssertionError(fault.get());
                }
                int found = 0;
                for (int i = 0; i < 100 && found < 2; i++) {
                    System.gc();
                    System.runFinalization();
                    found += gone.remove(100) == null ? 0 : 1;
                }
                Tests.is(found == 2, "a class loader is still there");
                // The library's own threads have something to do once more.
                for (Socket connection = connections.poll(); connection != null; connection = connections.poll()) {
                    connection.close();
                }
                over.countDown();
                for (Thread thread : threads) {
                    thread.join();
                }
                first.calls();
                new Application(arguments[0], server.address).calls();
            });
        }
        System.exit(Tests.failed);
    }

    private static WeakReference<Object> goes(String jar, String address, String authority, ReferenceQueue<Object> gone) throws Exception {
        Application application = new Application(jar, address, authority);
        application.calls();
        application.loader.close();
        return new WeakReference<>(application.loader, gone);
    }
}
