// A service for tests: started, or one that runs already.
package io.github.tcsms.testing;

import io.github.tcsms.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The program {@code tcsms serve}, which answers as Tencent Cloud SMS does and sends nothing.
 *
 * <p>One service is enough for all tests of a program: each test takes an {@link #account} of its own. Many threads may use it.
 */
public final class LocalService implements AutoCloseable {
    /** The configuration of a service that is started without another one: the development account, no limits, reports at once. */
    public static final String DEFAULT_CONFIG = "[limits]\nprofile = \"off\"\napi_rate = false\n[delivery]\ndelay = \"0s\"\n";

    private static final long PATIENCE_S = 10;

    /** The address of the API, such as {@code http://127.0.0.1:9180}. */
    public final String api;
    /** The address of the control API. */
    public final String control;

    final Control calls;
    /** Null for a service that was running already. */
    private final Process process;

    private LocalService(String api, String control, String token, Process process) {
        this.api = api;
        this.control = control;
        this.calls = new Control(control, token);
        this.process = process;
    }

    /** How a service is started. */
    public static final class Options {
        private String program;
        private String config = DEFAULT_CONFIG;
        private List<String> arguments = new ArrayList<>();
        private Duration startTimeout = Duration.ofSeconds(30);

        /**
         * Names the program.
         *
         * @param program the path of {@code tcsms}; null looks at {@code TCSMS_PROGRAM} in the environment, then in {@code PATH}
         * @return these options
         */
        public Options program(String program) {
            this.program = program;
            return this;
        }

        /**
         * Sets another configuration.
         *
         * @param toml its text, as docs/service.md describes it
         * @return these options
         */
        public Options config(String toml) {
            this.config = toml;
            return this;
        }

        /**
         * Gives {@code tcsms serve} more arguments.
         *
         * @param arguments such as {@code --database}, {@code sqlite:sms.db}
         * @return these options
         */
        public Options arguments(String... arguments) {
            this.arguments = Arrays.asList(arguments);
            return this;
        }

        /**
         * Limits how long the start may take.
         *
         * @param timeout 30 s if it is not set
         * @return these options
         */
        public Options startTimeout(Duration timeout) {
            this.startTimeout = timeout;
            return this;
        }
    }

    /**
     * Starts a service with the defaults.
     *
     * @return the service, which answers already
     * @throws IllegalStateException when it cannot be started; the message has what the program said
     */
    public static LocalService start() {
        return start(new Options());
    }

    /**
     * Starts a service. It ends with {@link #stop}, and by itself when this process ends, however it does.
     *
     * @param options how
     * @return the service, which answers already
     * @throws IllegalStateException when it cannot be started; the message has what the program said
     */
    public static LocalService start(Options options) {
        try {
            Path folder = Files.createTempDirectory("tcsms-");
            Path config = folder.resolve("service.toml");
            Path said = folder.resolve("said");
            try {
                Files.write(config, options.config.getBytes(StandardCharsets.UTF_8));
                return start(options, config, said.toFile());
            } finally {
                // Once it listens it needs neither: it goes on writing to the file without a name.
                Files.deleteIfExists(config);
                Files.deleteIfExists(said);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the service cannot be started: " + e, e);
        }
    }

    private static LocalService start(Options options, Path config, File said) throws IOException {
        List<String> command = new ArrayList<>(Arrays.asList(program(options.program), "serve", "--listen", "127.0.0.1:0",
                "--stop-with-stdin", "--config", config.toString()));
        command.addAll(options.arguments);
        Process process;
        try {
            process = new ProcessBuilder(command).redirectError(said).start();
        } catch (IOException e) {
            throw new IllegalStateException(command.get(0) + " cannot be started: " + e.getMessage()
                    + "; see that the option `program` or TCSMS_PROGRAM names the program tcsms", e);
        }
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        FutureTask<String> first = new FutureTask<>(out::readLine);
        Thread reading = new Thread(first, "tcsms-start");
        reading.setDaemon(true);
        reading.start();
        String why = "ended before it listened";
        try {
            String line = first.get(options.startTimeout.toMillis(), TimeUnit.MILLISECONDS);
            if (line != null) {
                Map<String, Object> event = Json.readObject(line);
                return new LocalService((String) event.get("api"), (String) event.get("control"), token(), process);
            }
        } catch (TimeoutException e) {
            why = "did not listen within " + options.startTimeout.toMillis() + " ms";
        } catch (ExecutionException | IllegalArgumentException e) {
            why = "printed no line of JSON: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "was not waited for: the thread was interrupted";
        }
        end(process, 0);
        throw new IllegalStateException(String.join(" ", command) + " " + why + lastLines(said));
    }

    private static String lastLines(File said) throws IOException {
        List<String> lines = Arrays.asList(new String(Files.readAllBytes(said.toPath()), StandardCharsets.UTF_8).split("\n"));
        String last = String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())).trim();
        return last.isEmpty() ? "" : ":\n" + last;
    }

    private static String program(String option) {
        String named = option != null ? option : variable("TCSMS_PROGRAM");
        if (named != null) {
            return named;
        }
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "" : path).split(File.pathSeparator)) {
            File file = new File(folder, "tcsms");
            if (file.isFile() && file.canExecute()) {
                return file.getPath();
            }
        }
        throw new IllegalStateException("the program tcsms is not found: the option `program` and the variable TCSMS_PROGRAM do not name it,"
                + " and it is in no folder of PATH. Build it with `cargo build --release` in the sources of tcsms, and name target/release/tcsms there");
    }

    private static String variable(String name) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private static String token() {
        return variable("TCSMS_CONTROL_TOKEN");
    }

    /**
     * Uses a service that runs already. {@link #stop} leaves it running.
     *
     * @param url the address of its control API, and of its API
     * @return the service; it is not asked anything yet
     */
    public static LocalService connect(String url) {
        return connect(url, url, token());
    }

    /**
     * Uses a service that runs already and has its control API elsewhere.
     *
     * @param control the address of its control API
     * @param api the address of its API
     * @param token what it was started with as {@code TCSMS_CONTROL_TOKEN}; null without one
     * @return the service; it is not asked anything yet
     */
    public static LocalService connect(String control, String api, String token) {
        return new LocalService(api.replaceAll("/+$", ""), control.replaceAll("/+$", ""), token, null);
    }

    /**
     * The service that {@code TCSMS_SERVICE} in the environment names, by the address of its control API, with the token in
     * {@code TCSMS_CONTROL_TOKEN} if it wants one, and its API where {@code TCSMS_CONNECT_TO} says or at the same address; without the
     * variable one is started.
     *
     * @return the service
     */
    public static LocalService fromEnvironment() {
        String url = variable("TCSMS_SERVICE");
        if (url == null) {
            return start();
        }
        String api = variable("TCSMS_CONNECT_TO");
        return connect(url, api == null ? url : api, token());
    }

    /**
     * Makes an account without limits, for ten minutes.
     *
     * @return the account
     */
    public Account account() {
        return account(new Account.Options());
    }

    /**
     * Makes an account with its own key, app, data, faults and clock.
     *
     * @param options what it is like
     * @return the account
     */
    public Account account(Account.Options options) {
        return new Account(this, calls.call("POST", "accounts", options.members));
    }

    /** Ends a service that was started; one that was running before goes on. Twice is fine. */
    public void stop() {
        if (process != null) {
            end(process, PATIENCE_S);
        }
    }

    private static void end(Process process, long patience) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended by itself.
        }
        try {
            if (!process.waitFor(patience, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
