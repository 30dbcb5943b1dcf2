// Tests of the helpers for tests: `ServiceTests`, with TCSMS_PROGRAM in the environment. A line for each test.
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.models.PullSmsReplyStatus;
import com.tencentcloudapi.sms.v20210111.models.PullSmsReplyStatusRequest;
import com.tencentcloudapi.sms.v20210111.models.SendSmsRequest;
import com.tencentcloudapi.sms.v20210111.models.SendStatus;
import io.github.tcsms.testing.Account;
import io.github.tcsms.testing.ControlException;
import io.github.tcsms.testing.Fault;
import io.github.tcsms.testing.LocalService;
import io.github.tcsms.testing.Message;
import io.github.tcsms.testing.Wanted;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

public class ServiceTests {
    static final String ONE = "+8613700000001";
    static final String OTHER = "+8613700000002";

    static String send(Account account, String phone) throws TencentCloudSDKException {
        SendSmsRequest request = new SendSmsRequest();
        request.setSmsSdkAppId(account.sdkAppId);
        request.setSignName(account.signs.get(0));
        request.setTemplateId(account.templates.keySet().iterator().next());
        request.setTemplateParamSet(new String[] {"2468"});
        request.setPhoneNumberSet(new String[] {phone});
        SendStatus status = account.client().SendSms(request).getSendStatusSet()[0];
        return status.getCode();
    }

    static void has(String part, String text) {
        Tests.is(text.contains(part), "`" + part + "` is not in `" + text + "`");
    }

    static String notStarted(LocalService.Options options) {
        try (LocalService service = LocalService.start(options)) {
            throw new AssertionError("it started at " + service.api);
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    /** Ends with a connection to the service when that does, and not before. */
    static Socket watching(String api) throws IOException {
        URI url = URI.create(api);
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    static void ends(Socket watching) throws IOException {
        try (Socket socket = watching) {
            Tests.same(socket.getInputStream().read(), -1);
        } catch (java.net.SocketException e) {
            // Broken off is ended too.
        }
    }

    static Process self(String word, String without) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new File(System.getProperty("java.home"), "bin/java").getPath(), "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), "ServiceTests", word).redirectErrorStream(true);
        if (without != null) {
            builder.environment().remove(without);
            builder.environment().put("PATH", "/nowhere");
        }
        return builder.start();
    }

    static String line(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
    }

    static void child(String word) throws Exception {
        if (word.equals("hold")) {
            System.out.println(LocalService.start().api);
            System.in.read();
        } else {
            System.out.println(notStarted(new LocalService.Options()));
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            child(arguments[0]);
            return;
        }
        Tests.test("a program that is not found is a sentence with all places", () -> {
            String text = line(self("missing", "TCSMS_PROGRAM"));
            for (String place : Arrays.asList("`program`", "TCSMS_PROGRAM", "PATH", "cargo build --release")) {
                has(place, text);
            }
            has("/nowhere/tcsms cannot be started", notStarted(new LocalService.Options().program("/nowhere/tcsms")));
            has("printed no line of JSON", notStarted(new LocalService.Options().program("/bin/echo")));
        });
        Tests.test("what the program says of a wrong configuration is in the error", () -> {
            String text = notStarted(new LocalService.Options().config("[limits]\nprofile = \"none\"\n"));
            has("ended before it listened", text);
            has("service.toml:2", text);
        });
        Tests.test("a program that does not listen in time is ended", () ->
                has("did not listen within 0 ms", notStarted(new LocalService.Options().startTimeout(Duration.ZERO))));
        Tests.test("stop ends the service, twice is fine", () -> {
            LocalService service = LocalService.start();
            Socket watching = watching(service.api);
            service.stop();
            ends(watching);
            service.stop();
            try {
                service.account();
                throw new AssertionError("it answers");
            } catch (ControlException e) {
                Tests.same(e.status, 0);
                has(service.control, e.getMessage());
            }
        });
        Tests.test("a service ends with the process that started it, when that is killed", () -> {
            Process process = self("hold", null);
            Socket watching = watching(line(process));
            process.destroyForcibly();
            ends(watching);
        });
        try (LocalService service = LocalService.start()) {
            accounts(service);
        }
        System.exit(Tests.failed);
    }

    static void accounts(LocalService service) {
        Tests.test("two accounts know nothing of each other", () -> {
            try (Account one = service.account(); Account other = service.account()) {
                one.setFaults(Fault.error("InternalError"));
                Tests.same(send(other, ONE), "Ok");
                Tests.same(one.messages().size(), 0);
                Tests.same(other.messages().size(), 1);
                Tests.same(other.faults().size(), 0);
                one.moveClock("24h");
                Tests.same(other.clock().get("offset"), "0s");

            }
        });
        Tests.test("an account is gone once it is closed, twice is fine", () -> {
            Account account = service.account();
            account.close();
            account.close();
            Tests.same(Tests.fails(() -> send(account, ONE)).getErrorCode(), "AuthFailure.SecretIdNotFound");
        });
        Tests.test("a message is waited for, with its code", () -> {
            try (Account account = service.account()) {
                Tests.same(send(account, ONE), "Ok");
                Message message = account.waitForMessage(Wanted.to(ONE).status("delivered").containing("2468").app(account.sdkAppId));
                Tests.same(message.code, "2468");
                Tests.same(message.params, Arrays.asList("2468"));
                Tests.same(message.report, "DELIVRD");
                Message whole = account.message(message.serial);
                Tests.same(whole.text, message.text);
                Tests.is(whole.requestId != null && message.requestId == null, "only one message alone has its RequestId");
                Tests.same(send(account, OTHER), "Ok");
                List<Message> both = account.waitForMessages(2, new Wanted());
                Tests.same(both.get(1).phone, OTHER);
                Tests.same(account.messages(Wanted.to(ONE)).size(), 1);
                account.clear();
                Tests.same(account.messages().size(), 0);
            }
        });
        Tests.test("a wait in vain says what came near", () -> {
            try (Account account = service.account()) {
                send(account, OTHER);
                try {
                    account.waitForMessage(Wanted.to(ONE).within(Duration.ofMillis(100)));
                    throw new IllegalStateException("it was met");
                } catch (AssertionError e) {
                    has("no message to " + ONE + " within 0.1 s; near: to " + OTHER, e.getMessage());
                    has("phone is " + OTHER + ", wanted " + ONE, e.getMessage());
                }
                try {
                    account.waitForMessages(3, new Wanted().within(Duration.ZERO));
                    throw new IllegalStateException("it was met");
                } catch (AssertionError e) {
                    Tests.same(e.getMessage(), "1 of 3 messages within 0 s; near: none");
                }
            }
        });
        Tests.test("a fault strikes once, and the SDK tries again", () -> {
            try (Account account = service.account()) {
                account.setFaults(Fault.error("RequestLimitExceeded").on("SendSms").phone("*0001").times(1));
                Tests.same(send(account, ONE), "Ok");
                Tests.same(account.faults().get(0).get("hits"), 1L);
                Tests.same(account.requests("SendSms", "RequestLimitExceeded").size(), 1);
                account.setFaults(7, Fault.json("{\"nth\":[2],\"do\":{\"error\":{\"code\":\"InternalError\"}}}"), Fault.latency("1ms").nth(1),
                        Fault.receipt("failed", "MK:0001"), Fault.reset(true).phone("*0002"));
                Tests.same(send(account, ONE), "Ok");
                Tests.same(Tests.fails(() -> send(account, ONE)).getErrorCode(), "InternalError");
                Tests.same(account.waitForMessage(Wanted.to(ONE).status("failed")).report, "MK:0001");
                Tests.same(Tests.fails(() -> send(account, OTHER)).getDelivery(), "maybe_sent");
                account.clearFaults();
                Tests.same(account.faults().size(), 0);
            }
        });
        Tests.test("the limit of a day ends with the day", () -> {
            try (Account account = service.account(new Account.Options().limits("default"))) {
                long morning = ((Number) account.clock().get("now")).longValue() / 86400 * 86400;
                for (int i = 0; i < 10; i++) {
                    account.setClock(morning + i * 31);
                    Tests.same(send(account, ONE), "Ok");
                }
                account.setClock(morning + 310);
                Tests.same(send(account, ONE), "LimitExceeded.PhoneNumberDailyLimit");
                account.moveClock("24h");
                Tests.same(send(account, ONE), "Ok");
                account.resetClock();
                Tests.same(account.clock().get("offset"), "0s");
            }
        });
        Tests.test("a reply, a report and a review are pulled as they were given", () -> {
            try (Account account = service.account()) {
                send(account, ONE);
                account.reply(ONE, "TD");
                PullSmsReplyStatusRequest pull = new PullSmsReplyStatusRequest();
                pull.setSmsSdkAppId(account.sdkAppId);
                pull.setLimit(10L);
                PullSmsReplyStatus[] replies = account.client().PullSmsReplyStatus(pull).getPullSmsReplyStatusSet();
                Tests.same(replies[0].getReplyContent(), "TD");
                String serial = account.waitForMessage(ONE).serial;
                account.report(serial, "failed", "MX:0003");
                Tests.same(account.message(serial).report, "MX:0003");
                account.reviewTemplate(449739, "rejected", null);
                Tests.same(send(account, ONE), "FailedOperation.TemplateUnapprovedOrNotExist");
            }
        });
        Tests.test("what the control API refuses is told with its code", () -> {
            try (Account account = service.account()) {
                account.report("no-serial", "failed", null);
                throw new AssertionError("it was taken");
            } catch (ControlException e) {
                Tests.same(e.status + e.code, "404NotFound");
                has("no-serial", e.getMessage());
            }
        });
        Tests.test("a service that runs already is used", () -> {
            try (LocalService same = LocalService.connect(service.control + "/"); Account account = same.account()) {
                Tests.same(send(account, ONE), "Ok");
            }
            service.account().close();
        });
    }
}
