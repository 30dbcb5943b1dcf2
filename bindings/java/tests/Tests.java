// Tests of the SDK for Java: `Tests API`, where API is the address of a service with limits off. A line for each test.
import com.tencentcloudapi.common.AbstractModel;
import com.tencentcloudapi.common.CallOptions;
import com.tencentcloudapi.common.CircuitBreaker;
import com.tencentcloudapi.common.CommonClient;
import com.tencentcloudapi.common.CommonRequest;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.DatatypeConverter;
import com.tencentcloudapi.common.Sign;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.http.HttpTransport;
import com.tencentcloudapi.common.http.TransportException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.common.profile.Language;
import com.tencentcloudapi.common.provider.CredentialsProvider;
import com.tencentcloudapi.common.provider.CvmRoleCredential;
import com.tencentcloudapi.common.provider.DefaultCredentialsProvider;
import com.tencentcloudapi.common.provider.EnvironmentVariableCredentialsProvider;
import com.tencentcloudapi.common.provider.OIDCRoleArnProvider;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import com.tencentcloudapi.sms.v20210111.SmsErrorCode;
import com.tencentcloudapi.sms.v20210111.models.*;
import io.github.tcsms.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

public class Tests {
    static final Credential KEYS = new Credential("AKIDforeign000000000000000000000001", "foreignKey000000000000000000001");
    static String api;
    static int failed;

    interface Test {
        void run() throws Exception;
    }

    static void test(String name, Test test) {
        try {
            test.run();
            System.out.println("ok " + name);
        } catch (Throwable e) {
            failed++;
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            System.out.println("FAILED " + name + ": " + trace.toString().replace('\n', ' '));
        }
        System.out.flush();
    }

    static void is(boolean right, Object what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }

    static void same(Object found, Object expected) {
        is(expected == null ? found == null : expected.equals(found), "found " + found + ", expected " + expected);
    }

    static TencentCloudSDKException fails(Test test) throws Exception {
        try {
            test.run();
        } catch (TencentCloudSDKException e) {
            return e;
        } catch (CompletionException e) {
            return (TencentCloudSDKException) e.getCause();
        }
        throw new AssertionError("it did not fail");
    }

    static ClientProfile profile(String address) {
        ClientProfile profile = new ClientProfile();
        profile.setSetting("connect_to", address);
        return profile;
    }

    static SmsClient client() {
        return new SmsClient(KEYS, "ap-guangzhou", profile(api));
    }

    static SendSmsRequest send(String... numbers) {
        SendSmsRequest request = new SendSmsRequest();
        request.setSmsSdkAppId("1400787878");
        request.setSignName("腾讯云");
        request.setTemplateId("449739");
        request.setTemplateParamSet(new String[] {"1234"});
        request.setPhoneNumberSet(numbers);
        return request;
    }

    /** A server of one test: each connection is given to the work, and closed after it or with the server. */
    static final class Server implements AutoCloseable {
        final ServerSocket socket;
        final AtomicInteger connections = new AtomicInteger();
        final String address;
        private final Set<Socket> open = new HashSet<>();
        private final Thread accepting;

        interface Work {
            void with(Socket connection, String head) throws Exception;
        }

        Server(Work work) throws IOException {
            this(0, work);
        }

        Server(int port, Work work) throws IOException {
            socket = new ServerSocket(port, 50, java.net.InetAddress.getLoopbackAddress());
            address = "http://127.0.0.1:" + socket.getLocalPort();
            accepting = daemon(() -> {
                while (true) {
                    try {
                        Socket connection = socket.accept();
                        connections.incrementAndGet();
                        synchronized (open) {
                            open.add(connection);
                        }
                        daemon(() -> serve(connection, work));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        private static Thread daemon(Runnable work) {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        private static void serve(Socket connection, Work work) {
            try (Socket closing = connection) {
                for (String head = head(closing); head != null; head = head(closing)) {
                    work.with(closing, head);
                }
            } catch (Exception e) {
                // The client sees it.
            }
        }

        static String head(Socket connection) throws IOException {
            InputStream in = connection.getInputStream();
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString("ISO-8859-1").endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return null;
                }
                head.write(b);
            }
            String told = head.toString("ISO-8859-1");
            for (String line : told.split("\r\n")) {
                if (line.toLowerCase().startsWith("content-length:")) {
                    long length = Long.parseLong(line.substring(15).trim());
                    byte[] part = new byte[65536];
                    while (length > 0) {
                        length -= in.read(part, 0, (int) Math.min(length, part.length));
                    }
                }
            }
            return told;
        }

        static void answer(Socket connection, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            connection.getOutputStream().write(("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + bytes.length
                    + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            connection.getOutputStream().write(bytes);
        }

        @Override
        public void close() throws Exception {
            socket.close();
            accepting.join();
            synchronized (open) {
                for (Socket connection : open) {
                    connection.close();
                }
            }
        }
    }

    static final String SENT = "{\"Response\":{\"SendStatusSet\":[{\"SerialNo\":\"1\",\"PhoneNumber\":\"+8613711112222\",\"Fee\":1,"
            + "\"SessionContext\":\"\",\"Code\":\"Ok\",\"Message\":\"send success\",\"IsoCode\":\"CN\"}],\"RequestId\":\"r-1\"}}";

    static class Plain {
        String Name;
        int Count;
        List<Plain> Inner;
        Map<String, Long> Sizes;
    }

    static void json() {
        test("JSON is read and written without loss", () -> {
            for (String text : new String[] {"{\"a\":[1,-2,0.5,true,false,null,\"\"],\"b\":{}}", "[]", "\"\\\\ \\\" \\n \\u0001\"",
                "123456789012345678901234567890", "9223372036854775807", "-9223372036854775808", "[[[[{}]]]]", "\"𝄞é\""}) {
                same(Json.write(Json.read(text)), text);
            }
            same(Json.read(" {\"a\" : \"\\ud834\\udd1e\\/\" } "), Collections.singletonMap("a", "𝄞/"));
            same(Json.read("18446744073709551615"), new BigInteger("18446744073709551615"));
            same(Json.write("\ud834"), "\"\\ud834\"");
        });
        test("what is no JSON is refused", () -> {
            StringBuilder deep = new StringBuilder();
            for (int i = 0; i < 100000; i++) {
                deep.append('[');
            }
            for (String text : new String[] {"", "{", "[1,]", "{\"a\"}", "01", "1.", "+1", "tru", "\"a", "\"\\x\"", "\"\u0001\"", "[1] 2", "nul",
                "\"\\u12g4\"", "{a:1}", "-", "1e", deep.toString()}) {
                try {
                    Json.read(text);
                } catch (IllegalArgumentException e) {
                    continue;
                }
                throw new AssertionError("read " + text);
            }
        });
        test("models are written in order, without nulls, with what was set", () -> {
            SendSmsRequest request = send("+8613711112222");
            request.set("Extra", Arrays.asList(1, "two"));
            same(AbstractModel.toJsonString(request), "{\"PhoneNumberSet\":[\"+8613711112222\"],\"SmsSdkAppId\":\"1400787878\","
                    + "\"TemplateId\":\"449739\",\"SignName\":\"腾讯云\",\"TemplateParamSet\":[\"1234\"],\"Extra\":[1,\"two\"]}");
            same(request.any().get("Extra"), Arrays.asList(1, "two"));
            HashMap<String, String> form = new HashMap<>();
            request.toMap(form, "");
            same(form.get("PhoneNumberSet.0"), "+8613711112222");
        });
        test("models and plain classes are read", () -> {
            SendSmsResponse response = AbstractModel.fromJsonString("{\"SendStatusSet\":[{\"Fee\":2,\"New\":{\"x\":[1]}}],\"RequestId\":\"r\"}",
                    SendSmsResponse.class);
            same(response.getSendStatusSet()[0].getFee(), 2L);
            Plain plain = AbstractModel.fromJsonString("{\"Name\":\"n\",\"Count\":3,\"Inner\":[{\"Name\":\"m\"}],\"Sizes\":{\"a\":1}}", Plain.class);
            same(plain.Inner.get(0).Name + plain.Count + plain.Sizes, "m3{a=1}");
            try {
                AbstractModel.fromJsonString("{\"SendStatusSet\":{}}", SendSmsResponse.class);
                throw new AssertionError("an object was taken for a list");
            } catch (IllegalArgumentException e) {
                is(e.getMessage().contains("SendStatusSet"), e.getMessage());
            }
        });
        test("a copy shares nothing with its source", () -> {
            SendSmsRequest request = send("+8613711112222");
            SendSmsRequest copy = new SendSmsRequest(request);
            copy.getPhoneNumberSet()[0] = "other";
            same(request.getPhoneNumberSet()[0], "+8613711112222");
            SendSmsResponse response = AbstractModel.fromJsonString("{\"SendStatusSet\":[{\"Fee\":2}]}", SendSmsResponse.class);
            SendSmsResponse other = new SendSmsResponse(response);
            other.getSendStatusSet()[0].setFee(3L);
            same(response.getSendStatusSet()[0].getFee(), 2L);
        });
        test("digests and enumerations have their known values", () -> {
            same(Sign.sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
            same(Sign.sign("Jefe", "what do ya want for nothing?", "HmacSHA1"),
                    DatatypeConverter.printBase64Binary(hex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")));
            same(SmsErrorCode.FAILEDOPERATION_JSONPARSEFAIL.getValue(), "FailedOperation.JsonParseFail");
            same(Language.EN_US.toString(), "en-US");
        });
        test("a breaker opens after failures and closes after a success", () -> {
            CircuitBreaker.Setting setting = new CircuitBreaker.Setting();
            setting.timeoutMs = 0;
            setting.maxFailNum = 2;
            CircuitBreaker breaker = new CircuitBreaker(setting);
            breaker.allow().report(false);
            is(breaker.allow().allowed, "closed after one");
            breaker.allow().report(false);
            CircuitBreaker.Token trial = breaker.allow();
            is(trial.allowed && !breaker.allow().allowed, "one may try");
            trial.report(true);
            is(breaker.allow().allowed && breaker.allow().allowed, "closed again");
        });
    }

    static byte[] hex(String hex) {
        byte[] bytes = new byte[hex.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }

    static void calls() {
        test("a typed call answers", () -> {
            SendSmsResponse response = client().SendSms(send("+8613711112222"));
            same(response.getSendStatusSet()[0].getCode(), "Ok");
            is(!response.getRequestId().isEmpty(), "an id");
        });
        test("the old version answers", () -> {
            com.tencentcloudapi.sms.v20190711.models.SendSmsRequest request = new com.tencentcloudapi.sms.v20190711.models.SendSmsRequest();
            request.setSmsSdkAppid("1400787878");
            request.setSign("腾讯云");
            request.setTemplateID("449739");
            request.setTemplateParamSet(new String[] {"1"});
            request.setPhoneNumberSet(new String[] {"+8613711112222"});
            same(new com.tencentcloudapi.sms.v20190711.SmsClient(KEYS, "ap-guangzhou", profile(api)).SendSms(request)
                    .getSendStatusSet()[0].getCode(), "Ok");
        });
        test("a call in the background answers on a thread that may wait for another call", () -> {
            SmsClient client = client();
            String codes = client.SendSmsAsync(send("+8613711112222")).thenApply(first -> first.getSendStatusSet()[0].getCode()
                    + client.SendSmsAsync(send("+8613711112222")).join().getSendStatusSet()[0].getCode()).get(30, TimeUnit.SECONDS);
            same(codes, "OkOk");
        });
        test("calls by name answer in every form", () -> {
            CommonClient client = new CommonClient("sms", "2021-01-11", KEYS, "ap-guangzhou", profile(api));
            String json = AbstractModel.toJsonString(send("+8613711112222"));
            for (String answer : Arrays.asList(client.call("SendSms", json), client.commonRequest(new CommonRequest(json), "SendSms"),
                    client.callAsync("SendSms", json, null).join(), client.commonRequestAsync(new CommonRequest(json), "SendSms").join())) {
                is(answer.startsWith("{\"Response\":{") && answer.contains("\"Ok\""), answer);
            }
            same(client.commonRequest(new CommonRequest(json), "SendSms", SendSmsResponse.class).getSendStatusSet()[0].getCode(), "Ok");
        });
        test("older signatures and GET answer", () -> {
            for (String sign : Arrays.asList(ClientProfile.SIGN_SHA1, ClientProfile.SIGN_SHA256, ClientProfile.SIGN_TC3_256)) {
                for (String method : Arrays.asList(HttpProfile.REQ_GET, HttpProfile.REQ_POST)) {
                    ClientProfile profile = profile(api);
                    profile.setSignMethod(sign);
                    profile.getHttpProfile().setReqMethod(method);
                    same(new SmsClient(KEYS, "ap-guangzhou", profile).SendSms(send("+8613711112222")).getSendStatusSet()[0].getCode(), "Ok");
                }
            }
        });
        test("an error of the service has its code and its id", () -> {
            TencentCloudSDKException e = fails(() -> new SmsClient(new Credential("nobody", "key"), "ap-guangzhou", profile(api))
                    .SendSms(send("+8613711112222")));
            same(e.getErrorCode(), "AuthFailure.SecretIdNotFound");
            is(e.toString().startsWith("[TencentCloudSDKException]code: AuthFailure.SecretIdNotFound message:"), e);
            is(!e.getRequestId().isEmpty() && e.getDelivery().equals("answered") && e.getAttempts() == 1, e.getDelivery());
            TencentCloudSDKException later = fails(() -> new SmsClient(new Credential("nobody", "key"), "ap-guangzhou", profile(api))
                    .SendSmsAsync(send("+8613711112222")).join());
            same(later.getErrorCode(), e.getErrorCode());
        });
        test("an error has the trace id of its call", () -> {
            SmsClient client = new SmsClient(new Credential("nobody", "key"), "ap-guangzhou", profile(api));
            SendSmsRequest request = send("+8613711112222");
            request.setCallOptions(new CallOptions().traceId("order-4711"));
            same(fails(() -> client.SendSms(request)).getTraceId(), "order-4711");
            same(fails(() -> client.SendSmsAsync(request).join()).getTraceId(), "order-4711");
        });
        test("what cannot be written is refused before anything is sent", () -> {
            SmsClient client = client();
            SendSmsRequest half = send("+8613711112222");
            half.setSessionContext("\ud834");
            for (TencentCloudSDKException e : Arrays.asList(fails(() -> client.SendSms(half)), fails(() -> client.SendSms(null)),
                    fails(() -> client.SendSmsAsync(null).join()), fails(() -> client.call("SendSms", "{")),
                    fails(() -> client.call("SendSms", "[]")), fails(() -> client.call("", "{}")), fails(() -> client.call(null, "{}")),
                    fails(() -> client.callOctetStream("SendSms", new HashMap<>(), null)))) {
                same(e.getDelivery(), "not_sent");
                same(e.getKind(), "invalid_request");
                same(e.getErrorCode(), "ClientError.InvalidRequest");
            }
            SendSmsRequest loop = send("+8613711112222");
            List<Object> itself = new ArrayList<>();
            itself.add(itself);
            loop.set("X", itself);
            is(fails(() -> client.SendSms(loop)).getMessage().contains("holds itself"), "a list in itself");
        });
        test("nothing, and what is no JSON, is refused as such", () -> {
            SmsClient client = client();
            for (Object value : Arrays.asList(new Object(), Double.NaN, Float.POSITIVE_INFINITY, Thread.currentThread())) {
                SendSmsRequest strange = send("+8613711112222");
                strange.set("X", value);
                TencentCloudSDKException e = fails(() -> client.SendSms(strange));
                same(e.getKind() + " " + e.getDelivery(), "invalid_request not_sent");
            }
            SendSmsRequest none = send((String) null);
            none.setTemplateParamSet(null);
            none.setSignName("\ud834\ud834");
            same(fails(() -> client.SendSms(none)).getKind(), "invalid_request");
            for (SendSmsRequest empty : Arrays.asList(new SendSmsRequest(), send(), send((String) null))) {
                TencentCloudSDKException e = fails(() -> client.SendSms(empty));
                is(e.getDelivery().equals("answered") || e.getDelivery().equals("not_sent"), e);
            }
            same(fails(() -> new SmsClient(null, "r", profile(api)).SendSms(send("1"))).getKind(), "credential");
            same(fails(() -> new SmsClient(new Credential(null, null), "r", profile(api)).SendSms(send("1"))).getKind(), "credential");
            same(fails(() -> new SmsClient(KEYS, null, profile(api)).SendSms(send("+8613711112222"))).getDelivery(), "answered");
        });
        test("an answer of other types is no answer", () -> {
            for (String answer : Arrays.asList("{\"Response\":{\"SendStatusSet\":{},\"RequestId\":\"r\"}}", "{\"Response\":[]}", "[]", "null", "",
                    "{\"Response\":{\"SendStatusSet\":[{\"Fee\":\"much\"}],\"RequestId\":\"r\"}}", "{\"Response\":{\"RequestId\":\"\u0001\"}}")) {
                try (Server server = new Server((connection, head) -> Server.answer(connection, answer))) {
                    SmsClient client = new SmsClient(KEYS, "r", profile(server.address));
                    same(fails(() -> client.SendSms(send("+8613711112222"))).getKind(), "invalid_answer");
                    same(fails(() -> client.SendSmsAsync(send("+8613711112222")).join()).getDelivery(), "maybe_sent");
                    same(server.connections.get() > 0, true);
                }
            }
        });
        test("credentials are found in the environment, by every way to look there", () -> {
            for (CredentialsProvider provider : Arrays.asList(new DefaultCredentialsProvider(), new EnvironmentVariableCredentialsProvider())) {
                Credential found = provider.getCredentials();
                same(found.getSecretId() + found.getSecretKey(), KEYS.getSecretId() + KEYS.getSecretKey());
                same(new SmsClient(found, "ap-guangzhou", profile(api)).SendSms(send("+8613711112222")).getSendStatusSet()[0].getCode(), "Ok");
            }
            ClientProfile profile = profile(api);
            profile.setSetting("credential_chain", null);
            same(new SmsClient(null, "ap-guangzhou", profile).SendSms(send("+8613711112222")).getSendStatusSet()[0].getCode(), "Ok");
        });
        test("settings that cannot be used are told", () -> {
            ClientProfile profile = profile(api);
            profile.setSetting("no_such_setting", 1);
            TencentCloudSDKException e = fails(() -> new SmsClient(KEYS, "ap-guangzhou", profile).SendSms(send("+8613711112222")));
            is(e.getMessage().contains("no_such_setting") && e.getKind().equals("config"), e.getMessage());
            ClientProfile other = profile(api);
            other.getHttpProfile().setHttpClient("no client");
            is(fails(() -> new SmsClient(KEYS, "r", other).SendSms(send("+8613711112222"))).getMessage().contains("java.lang.String"), "named");
            is(!e.toString().contains("foreignKey"), "no secret");
            same(fails(() -> new SmsClient(new Credential(), "r", profile(api)).SendSms(send("1"))).getKind(), "credential");
        });
        test("profile and credential may be changed between calls", () -> {
            Credential credential = new Credential("nobody", "key");
            SmsClient client = new SmsClient(credential, "ap-guangzhou", profile("http://127.0.0.1:1"));
            same(fails(() -> client.SendSms(send("+8613711112222"))).getKind(), "connect");
            client.getClientProfile().setSetting("connect_to", api);
            same(fails(() -> client.SendSms(send("+8613711112222"))).getKind(), "service");
            credential.setSecretId(KEYS.getSecretId());
            credential.setSecretKey(KEYS.getSecretKey());
            client.SendSms(send("+8613711112222"));
        });
        test("an updater is asked before each call, and its failure is the call's", () -> {
            AtomicInteger asked = new AtomicInteger();
            Credential credential = new Credential("", "", "", it -> {
                if (asked.incrementAndGet() > 2) {
                    throw new TencentCloudSDKException("the vault is closed");
                }
                it.setCredential(KEYS.getSecretId(), KEYS.getSecretKey(), "");
            });
            SmsClient client = new SmsClient(credential, "ap-guangzhou", profile(api));
            client.SendSms(send("+8613711112222"));
            client.SendSmsAsync(send("+8613711112222")).join();
            same(fails(() -> client.SendSms(send("+8613711112222"))).getMessage(), "the vault is closed");
        });
        test("a role's credential is fetched by the core, once for many calls", () -> {
            try (Server server = new Server((connection, head) -> {
                if (head.startsWith("GET /latest/meta-data/cam/security-credentials/role")) {
                    long end = System.currentTimeMillis() / 1000 + 3600;
                    Server.answer(connection, "{\"TmpSecretId\":\"i\",\"TmpSecretKey\":\"k\",\"Token\":\"t\",\"ExpiredTime\":" + end
                            + ",\"Code\":\"Success\"}");
                } else {
                    is(head.contains("Credential=i/") && head.toLowerCase().contains("x-tc-token: t"), head);
                    Server.answer(connection, SENT);
                }
            })) {
                ClientProfile profile = profile(server.address);
                Map<String, Object> role = new HashMap<>();
                role.put("connect_to", server.address);
                profile.setSetting("cvm_role", role);
                SmsClient client = new SmsClient(new CvmRoleCredential("role"), "ap-guangzhou", profile);
                client.SendSms(send("+8613711112222"));
                client.SendSms(send("+8613711112222"));
                is(fails(() -> new OIDCRoleArnProvider()).getMessage().contains("TKE_REGION"), "named");
            }
        });
        test("clients with the same settings share their connections", () -> {
            try (Server server = new Server((connection, head) -> Server.answer(connection, SENT))) {
                for (int i = 0; i < 5; i++) {
                    new SmsClient(KEYS, "ap-guangzhou", profile(server.address)).SendSms(send("+8613711112222"));
                }
                same(server.connections.get(), 1);
            }
        });
        test("64 threads share a client, and keep connections", () -> {
            SmsClient client = client();
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String number = "+86137111122" + (10 + i);
                Thread thread = new Thread(() -> {
                    try {
                        for (int k = 0; k < 5; k++) {
                            SendSmsRequest request = send(number);
                            request.setSessionContext(number + k);
                            SendStatus status = (k % 2 == 0 ? client.SendSms(request) : client.SendSmsAsync(request).join()).getSendStatusSet()[0];
                            same(status.getPhoneNumber() + status.getSessionContext(), number + number + k);
                        }
                    } catch (Throwable e) {
                        wrong.set(e);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            is(wrong.get() == null, wrong.get());
        });
        test("a body of 10 MB comes and goes", () -> {
            char[] many = new char[10 << 20];
            Arrays.fill(many, 'x');
            String most = new String(many, 0, 10_000_000);
            try (Server server = new Server((connection, head) -> {
                is(head.contains("content-length: 10000010"), head);
                Server.answer(connection, "{\"Response\":{\"Big\":\"" + new String(many) + "\",\"RequestId\":\"r\"}}");
            })) {
                ClientProfile profile = profile(server.address);
                profile.setSetting("max_answer_bytes", 32 << 20);
                CommonClient client = new CommonClient("sms", "2021-01-11", KEYS, "r", profile);
                is(client.call("X", "{\"Big\":\"" + most + "\"}").length() > many.length, "it came whole");
            }
        });
        test("a server that restarts between calls costs no call", () -> {
            int port = 0;
            ClientProfile profile = new ClientProfile();
            SmsClient client = new SmsClient(KEYS, "r", profile);
            for (int i = 0; i < 3; i++) {
                try (Server server = new Server(port, (connection, head) -> Server.answer(connection, SENT))) {
                    port = server.socket.getLocalPort();
                    profile.setSetting("connect_to", server.address);
                    for (int k = 0; k < 2; k++) {
                        same(client.SendSms(send("+8613711112222")).getRequestId(), "r-1");
                        same(client.SendSmsAsync(send("+8613711112222")).join().getRequestId(), "r-1");
                    }
                    same(server.connections.get(), 2);
                }
            }
        });
    }

    /** Waits until so many threads have come from outside: they have no Java below them, and no name. */
    static void attached(long expected) throws Exception {
        long found = -1;
        for (int i = 0; i < 3000 && found != expected; i++) {
            Thread.sleep(i == 0 ? 0 : 10);
            found = Thread.getAllStackTraces().entrySet().stream()
                    .filter(it -> it.getKey().getName().startsWith("Thread-") && it.getValue().length == 0).count();
        }
        same(found, expected);
    }

    static void ends() {
        test("time limits end calls, and tell that they may have arrived", () -> {
            CountDownLatch end = new CountDownLatch(1);
            try (Server server = new Server((connection, head) -> end.await())) {
                SmsClient client = new SmsClient(KEYS, "r", profile(server.address));
                SendSmsRequest request = send("+8613711112222");
                request.setCallOptions(new CallOptions().timeoutMs(200));
                for (TencentCloudSDKException e : Arrays.asList(fails(() -> client.SendSms(request)), fails(() -> client.SendSmsAsync(request).join()))) {
                    same(e.getKind() + " " + e.getDelivery(), "timeout maybe_sent");
                    is(e.getCause() instanceof java.net.SocketTimeoutException, e.getCause());
                }
            } finally {
                end.countDown();
            }
        });
        test("cancelling ends a call in the background", () -> {
            CountDownLatch arrived = new CountDownLatch(1);
            CountDownLatch closed = new CountDownLatch(1);
            try (Server server = new Server((connection, head) -> {
                arrived.countDown();
                if (connection.getInputStream().read() < 0) {
                    closed.countDown();
                }
            })) {
                CompletableFuture<SendSmsResponse> future = new SmsClient(KEYS, "r", profile(server.address)).SendSmsAsync(send("+8613711112222"));
                is(arrived.await(30, TimeUnit.SECONDS), "it arrived");
                is(future.cancel(true), "cancelled");
                is(closed.await(30, TimeUnit.SECONDS), "the connection is closed");
                try {
                    future.join();
                    throw new AssertionError("it ended otherwise");
                } catch (CancellationException e) {
                    is(future.isCancelled(), "so it says");
                }
            }
        });
        test("no thread of the library's stays in the machine, which would wait for it at its end", () -> {
            CountDownLatch end = new CountDownLatch(1);
            try (Server silent = new Server((connection, head) -> end.await())) {
                CompletableFuture<?> waiting = new SmsClient(KEYS, "r", profile(silent.address)).SendSmsAsync(send("+8613711112222"));
                client().SendSmsAsync(send("+8613711112222")).join();
                // It stays while there is something to tell, because coming takes time too.
                attached(1);
                waiting.cancel(true);
                attached(0);
            } finally {
                end.countDown();
            }
        });
        test("interrupting a thread ends its call", () -> {
            CountDownLatch arrived = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            try (Server server = new Server((connection, head) -> {
                arrived.countDown();
                end.await();
            })) {
                AtomicReference<Object> outcome = new AtomicReference<>();
                Thread thread = new Thread(() -> {
                    try {
                        outcome.set(fails(() -> new SmsClient(KEYS, "r", profile(server.address)).SendSms(send("+8613711112222"))).getKind()
                                + Thread.currentThread().isInterrupted());
                    } catch (Throwable e) {
                        outcome.set(e);
                    }
                });
                thread.start();
                is(arrived.await(30, TimeUnit.SECONDS), "it arrived");
                thread.interrupt();
                thread.join(30_000);
                same(outcome.get(), "cancelledtrue");
            } finally {
                end.countDown();
            }
        });
        test("log lines go to the platform's logger, without secrets", () -> {
            List<String> lines = Collections.synchronizedList(new ArrayList<>());
            Logger logger = Logger.getLogger("com.tencentcloudapi.common");
            logger.setUseParentHandlers(false);
            logger.addHandler(new Handler() {
                @Override
                public void publish(LogRecord record) {
                    lines.add(record.getMessage());
                }

                @Override
                public void flush() {
                }

                @Override
                public void close() {
                }
            });
            // Nothing listens there, so there are pauses before the next attempts, which are told.
            ClientProfile profile = profile("http://127.0.0.1:1");
            profile.setDebug(true);
            SmsClient client = new SmsClient(KEYS, "ap-guangzhou", profile);
            fails(() -> client.SendSms(send("+8613711112222")));
            int here = lines.size();
            fails(() -> client.SendSmsAsync(send("+8613711112222")).join());
            is(here > 0 && lines.size() > here, lines);
            is(!lines.isEmpty() && !String.join("\n", lines).contains(KEYS.getSecretKey()), lines);
        });
    }

    static void transports() {
        test("the program's own transport carries signed requests as they are", () -> {
            AtomicInteger times = new AtomicInteger();
            HttpTransport transport = request -> {
                if (times.incrementAndGet() == 1) {
                    throw new TransportException(TransportException.Step.CONNECT, false, false, new IOException("not now"));
                }
                HttpURLConnection connection = (HttpURLConnection) URI.create(request.getUrl()).toURL().openConnection();
                connection.setRequestMethod(request.getMethod());
                for (String[] header : request.getHeaders()) {
                    connection.setRequestProperty(header[0], header[1]);
                }
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(request.getBody().length);
                connection.getOutputStream().write(request.getBody());
                ByteArrayOutputStream body = new ByteArrayOutputStream();
                InputStream in = connection.getInputStream();
                for (int b = in.read(); b >= 0; b = in.read()) {
                    body.write(b);
                }
                List<String[]> headers = new ArrayList<>();
                headers.add(new String[] {"content-type", connection.getContentType()});
                return new HttpTransport.Response(connection.getResponseCode(), headers, body.toByteArray());
            };
            ClientProfile profile = new ClientProfile();
            profile.getHttpProfile().setHttpClient(transport);
            profile.getHttpProfile().setProtocol("http://");
            profile.getHttpProfile().setEndpoint(api.substring(7));
            SmsClient client = new SmsClient(KEYS, "ap-guangzhou", profile);
            same(client.SendSms(send("+8613711112222")).getSendStatusSet()[0].getCode(), "Ok");
            same(times.get(), 2);
            same(client.SendSmsAsync(send("+8613711112222")).join().getSendStatusSet()[0].getCode(), "Ok");
        });
        test("a transport that fails in the middle is asked once, and the send is not repeated", () -> {
            AtomicInteger times = new AtomicInteger();
            ClientProfile profile = new ClientProfile();
            profile.getHttpProfile().setHttpClient((HttpTransport) request -> {
                times.incrementAndGet();
                throw new IOException("broken");
            });
            TencentCloudSDKException e = fails(() -> new SmsClient(KEYS, "r", profile).SendSms(send("+8613711112222")));
            same(e.getDelivery() + times.get(), "maybe_sent1");
        });
    }

    public static void main(String[] arguments) throws Exception {
        api = arguments[0];
        json();
        calls();
        ends();
        transports();
        if (failed > 0) {
            System.exit(Math.min(failed, 100));
        }
        // Returning must end the program, although threads of the library have called Java.
    }
}
