// Which messages a test asks for.
package io.github.tcsms.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What messages must be like; without conditions all fit. */
public final class Wanted {
    private String phone;
    private String status;
    private String part;
    private String app;
    private Duration timeout = Duration.ofSeconds(10);

    /** All messages of the account. */
    public Wanted() {
    }

    /**
     * Those to a number.
     *
     * @param phone in any form that a send accepts
     * @return what is wanted
     */
    public static Wanted to(String phone) {
        Wanted wanted = new Wanted();
        wanted.phone = phone;
        return wanted;
    }

    /**
     * Those of which this became.
     *
     * @param status {@code refused}, {@code submitted}, {@code delivered} or {@code failed}
     * @return what is wanted
     */
    public Wanted status(String status) {
        this.status = status;
        return this;
    }

    /**
     * Those with a part of text.
     *
     * @param part what their text, number or serial number contains
     * @return what is wanted
     */
    public Wanted containing(String part) {
        this.part = part;
        return this;
    }

    /**
     * Those of an app.
     *
     * @param app its SdkAppId
     * @return what is wanted
     */
    public Wanted app(String app) {
        this.app = app;
        return this;
    }

    /**
     * Limits how long they are waited for.
     *
     * @param timeout at most 300 s; 10 s if it is not set
     * @return what is wanted
     */
    public Wanted within(Duration timeout) {
        this.timeout = timeout;
        return this;
    }

    long waitMs() {
        return timeout.toMillis();
    }

    String path(String account, Integer count) {
        return Control.path("messages", "account", account, "phone", phone, "status", status, "q", part, "app", app, "limit", 1000,
                "count", count, "wait", count == null ? null : waitMs() + "ms");
    }

    /** What was asked for in vain, and what came near to it. */
    String missed(int count, int found, List<?> nearMisses) {
        StringBuilder out = new StringBuilder(count == 1 ? "no message" : found + " of " + count + " messages");
        out.append(phone == null ? "" : " to " + phone).append(app == null ? "" : " of the app " + app);
        out.append(status == null ? "" : " with the status " + status).append(part == null ? "" : " containing `" + part + "`");
        out.append(" within ").append(String.valueOf(waitMs() / 1000.0).replaceAll("\\.0$", "")).append(" s");
        List<String> near = new ArrayList<>();
        for (Object miss : nearMisses) {
            Map<?, ?> message = (Map<?, ?>) miss;
            List<String> differs = new ArrayList<>();
            for (Object difference : (List<?>) message.get("differs")) {
                Map<?, ?> member = (Map<?, ?>) difference;
                differs.add(member.get("member") + " is " + member.get("found") + ", wanted " + member.get("wanted"));
            }
            near.add("to " + message.get("phone") + " `" + message.get("text") + "`: " + String.join(", ", differs));
        }
        return out.append("; near: ").append(near.isEmpty() ? "none" : String.join("; ", near)).toString();
    }
}
