// Programs that end while the library is at work: `Exit HOW`. Each waits until it is, by a server of its own.
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

public class Exit {
    /** Arrivals at a server that never answers. */
    static final Semaphore ARRIVED = new Semaphore(0);

    static SmsClient client(Tests.Server server) {
        return new SmsClient(Tests.KEYS, "r", Tests.profile(server.address));
    }

    static Tests.Server silent() throws Exception {
        return new Tests.Server((connection, head) -> {
            ARRIVED.release();
            new CountDownLatch(1).await();
        });
    }

    static Tests.Server answering() throws Exception {
        return new Tests.Server((connection, head) -> Tests.Server.answer(connection, Tests.SENT));
    }

    static void waitingThread(SmsClient client) {
        Thread thread = new Thread(() -> {
            try {
                client.SendSms(Tests.send("+8613711112222"));
            } catch (Exception e) {
                // It ends with the program.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    static CompletableFuture<?> again(SmsClient client, CountDownLatch some) {
        return client.SendSmsAsync(Tests.send("+8613711112222")).thenCompose(answer -> {
            some.countDown();
            return again(client, some);
        });
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "return":
            case "exit":
            case "halt":
            case "throw":
                SmsClient waiting = client(silent());
                waitingThread(waiting);
                waiting.SendSmsAsync(Tests.send("+8613711112222"));
                ARRIVED.acquire(2);
                if (arguments[0].equals("exit")) {
                    System.exit(7);
                } else if (arguments[0].equals("halt")) {
                    Runtime.getRuntime().halt(7);
                } else if (arguments[0].equals("throw")) {
                    throw new IllegalStateException("as the test wants it");
                }
                return;
            case "return busy":
            case "exit busy":
                SmsClient busy = client(answering());
                CountDownLatch some = new CountDownLatch(200);
                for (int i = 0; i < 16; i++) {
                    again(busy, some);
                }
                some.await();
                if (arguments[0].equals("exit busy")) {
                    System.exit(7);
                }
                return;
            case "hook":
                SmsClient last = client(answering());
                last.SendSmsAsync(Tests.send("+8613711112222")).join();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    try {
                        System.out.println(last.SendSms(Tests.send("+8613711112222")).getRequestId()
                                + last.SendSmsAsync(Tests.send("+8613711112222")).join().getRequestId());
                    } catch (Exception e) {
                        System.out.println(e);
                    }
                }));
                return;
            case "signal":
                SmsClient stopped = client(silent());
                stopped.SendSmsAsync(Tests.send("+8613711112222"));
                waitingThread(stopped);
                ARRIVED.acquire(2);
                System.out.println("arrived");
                new CountDownLatch(1).await();
                return;
            default:
                throw new IllegalArgumentException(arguments[0]);
        }
    }
}
