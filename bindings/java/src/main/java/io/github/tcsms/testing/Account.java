// An account for one test.
package io.github.tcsms.testing;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.sms.v20210111.SmsClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An account with its own key, app, data, faults and clock: what one test does, no other sees. */
public final class Account implements AutoCloseable {
    /** The region of its clients; the service takes any. */
    private static final String REGION = "ap-guangzhou";

    /** Its id in the control API. */
    public final String id;
    /** The id of its key. */
    public final String secretId;
    /** Its key. */
    public final String secretKey;
    /** Its app. */
    public final String sdkAppId;
    /** The texts of its approved signatures. */
    public final List<String> signs;
    /** The contents of its approved templates, by their ids. */
    public final Map<String, String> templates;

    private final LocalService service;
    private final Control calls;

    /** What an account is like. */
    public static final class Options {
        final Map<String, Object> members = new LinkedHashMap<>();

        /** An account without limits, for ten minutes. */
        public Options() {
            members.put("limits", "off");
            members.put("ttl", "10m");
        }

        private Options with(String name, String value) {
            members.put(name, value);
            return this;
        }

        /**
         * Gives it the signatures, templates and packages of another one.
         *
         * @param account the id of an account in the configuration; by default the first is taken
         * @return these options
         */
        public Options like(String account) {
            return with("like", account);
        }

        /**
         * Chooses its limits.
         *
         * @param profile {@code default}, {@code strict} or {@code off}; null takes those of the account that it is like
         * @return these options
         */
        public Options limits(String profile) {
            return with("limits", profile);
        }

        /**
         * Limits its life.
         *
         * @param time in real time, such as {@code 30m}; at most {@code 24h}
         * @return these options
         */
        public Options ttl(String time) {
            return with("ttl", time);
        }

        /**
         * Has its delivery reports pushed.
         *
         * @param url where to
         * @return these options
         */
        public Options statusUrl(String url) {
            return with("statusUrl", url);
        }

        /**
         * Has its replies pushed.
         *
         * @param url where to
         * @return these options
         */
        public Options replyUrl(String url) {
            return with("replyUrl", url);
        }
    }

    Account(LocalService service, Map<String, Object> made) {
        this.service = service;
        this.calls = service.calls;
        id = Message.text(made, "id");
        secretId = Message.text(made, "secretId");
        secretKey = Message.text(made, "secretKey");
        sdkAppId = Message.text(made, "sdkAppId");
        signs = Message.texts(made, "signs");
        Map<String, String> contents = new LinkedHashMap<>();
        for (Object template : (List<?>) made.get("templates")) {
            contents.put(Message.text((Map<?, ?>) template, "id"), Message.text((Map<?, ?>) template, "content"));
        }
        templates = Collections.unmodifiableMap(contents);
    }

    /**
     * A client of the SDK with the key of this account.
     *
     * @return the client, of version 2021-01-11
     */
    public SmsClient client() {
        return new SmsClient(credential(), REGION, profile());
    }

    /**
     * The key of this account, for a client of your own.
     *
     * @return the key
     */
    public Credential credential() {
        return new Credential(secretId, secretKey);
    }

    /**
     * A profile by which clients call the service. A client of version 2019-07-11 is made of it and {@link #credential}.
     *
     * @return the profile
     */
    public ClientProfile profile() {
        ClientProfile profile = new ClientProfile();
        // It comes before what TCSMS_CONNECT_TO says, and needs no proxy.
        profile.setSetting("connect_to", service.api);
        // In a network of containers the service is on no loopback address.
        profile.setSetting("allow_plain_http", true);
        return profile;
    }

    /**
     * Waits for a message to a number, at most 10 s.
     *
     * @param phone in any form that a send accepts
     * @return the newest one
     * @throws AssertionError when none came; its text has those that came near
     */
    public Message waitForMessage(String phone) {
        return waitForMessage(Wanted.to(phone));
    }

    /**
     * Waits for a message.
     *
     * @param wanted what it must be like
     * @return the newest one that fits
     * @throws AssertionError when none came; its text has those that came near
     */
    public Message waitForMessage(Wanted wanted) {
        List<Message> found = waitForMessages(1, wanted);
        return found.get(found.size() - 1);
    }

    /**
     * Waits for messages.
     *
     * @param count how many must have come
     * @param wanted what they must be like
     * @return all that fit, the newest last
     * @throws AssertionError when fewer came; its text has those that came near
     */
    public List<Message> waitForMessages(int count, Wanted wanted) {
        Map<String, Object> answer = calls.call("GET", wanted.path(id, count), null, wanted.waitMs());
        List<Message> found = read(answer);
        if (!Boolean.TRUE.equals(answer.get("matched"))) {
            throw new AssertionError(wanted.missed(count, found.size(), (List<?>) answer.get("nearMisses")));
        }
        return found;
    }

    /**
     * The messages there are now.
     *
     * @return the newest thousand, the newest last
     */
    public List<Message> messages() {
        return messages(new Wanted());
    }

    /**
     * The messages there are now that fit.
     *
     * @param wanted what they must be like
     * @return the newest thousand, the newest last
     */
    public List<Message> messages(Wanted wanted) {
        return read(calls.call("GET", wanted.path(id, null), null));
    }

    private static List<Message> read(Map<String, Object> answer) {
        List<Message> found = new ArrayList<>();
        for (Object message : (List<?>) answer.get("messages")) {
            found.add(new Message((Map<?, ?>) message));
        }
        return found;
    }

    /**
     * One message, with what it waits for and which faults struck it.
     *
     * @param serial its serial number
     * @return the message
     */
    public Message message(String serial) {
        return new Message(calls.call("GET", "messages/" + Control.encoded(serial), null));
    }

    /** Forgets all messages. */
    public void clear() {
        calls.call("DELETE", mine("messages"), null);
    }

    /**
     * Sets what goes wrong from now on, in place of what was set before.
     *
     * @param faults the rules, in the order in which they are tried
     */
    public void setFaults(Fault... faults) {
        setFaults(0, faults);
    }

    /**
     * Sets what goes wrong from now on, in place of what was set before.
     *
     * @param seed makes the probabilities of rules repeatable
     * @param faults the rules, in the order in which they are tried
     */
    public void setFaults(long seed, Fault... faults) {
        List<Object> rules = new ArrayList<>();
        for (Fault fault : faults) {
            rules.add(fault.rule);
        }
        calls.call("PUT", mine("faults"), map("seed", seed, "faults", rules));
    }

    /**
     * The rules of what goes wrong.
     *
     * @return each with {@code seen}, how often it fitted, and {@code hits}, how often it struck
     */
    public List<Map<String, Object>> faults() {
        return list(calls.call("GET", mine("faults"), null), "faults");
    }

    /** Lets nothing go wrong any more. */
    public void clearFaults() {
        calls.call("DELETE", mine("faults"), null);
    }

    /**
     * Moves the business clock. Limits, days and reports follow it; signatures keep real time.
     *
     * @param offset from real time, such as {@code 24h} or {@code -5m}
     */
    public void moveClock(String offset) {
        calls.call("PUT", mine("clock"), map("offset", offset));
    }

    /**
     * Stops the business clock.
     *
     * @param unixSeconds where
     */
    public void setClock(long unixSeconds) {
        calls.call("PUT", mine("clock"), map("now", unixSeconds));
    }

    /** Gives the business clock real time. */
    public void resetClock() {
        calls.call("PUT", mine("clock"), map());
    }

    /**
     * How the clock stands.
     *
     * @return {@code now} in Unix seconds, {@code offset}, {@code frozen}, {@code signatures} and {@code signaturesNow}
     */
    public Map<String, Object> clock() {
        return calls.call("GET", mine("clock"), null);
    }

    /**
     * A person answers the newest message to their number.
     *
     * @param phone who answers
     * @param text what they write
     */
    public void reply(String phone, String text) {
        calls.call("POST", "replies", map("phone", phone, "text", text, "account", id));
    }

    /**
     * Sets what became of a message.
     *
     * @param serial its serial number
     * @param status {@code delivered} or {@code failed}
     * @param word the carrier's code word; null for the usual one
     */
    public void report(String serial, String status, String word) {
        calls.call("POST", "reports", map("serial", serial, "status", status, "word", word));
    }

    /**
     * Decides about a signature.
     *
     * @param signId its id, from the answer that made it
     * @param status {@code approved}, {@code rejected}, {@code reviewing} or {@code pending}
     * @param reply the reviewer's words; null for none
     */
    public void reviewSign(long signId, String status, String reply) {
        calls.call("POST", mine("signs/" + signId + "/review"), map("status", status, "reply", reply));
    }

    /**
     * Decides about a template.
     *
     * @param templateId its id
     * @param status {@code approved}, {@code rejected}, {@code reviewing} or {@code pending}
     * @param reply the reviewer's words; null for none
     */
    public void reviewTemplate(long templateId, String status, String reply) {
        calls.call("POST", mine("templates/" + templateId + "/review"), map("status", status, "reply", reply));
    }

    /**
     * The calls that were received, the newest last.
     *
     * @param action only of this action; null for all
     * @param code only those with this answer, {@code Ok} or the code of an error; null for all
     * @return each as the control API describes it: {@code id}, {@code action}, {@code code}, {@code faults} and so on; after a
     *     failed signature {@code explanation} says what was wrong with it
     */
    public List<Map<String, Object>> requests(String action, String code) {
        return list(calls.call("GET", Control.path("requests", "account", id, "action", action, "code", code, "limit", 1000), null), "requests");
    }

    private String mine(String path) {
        return Control.path(path, "account", id);
    }

    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null) {
                map.put((String) namesAndValues[i], namesAndValues[i + 1]);
            }
        }
        return map;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> answer, String name) {
        return (List<Map<String, Object>>) answer.get(name);
    }

    /** Removes the account from the service. Twice is fine. */
    @Override
    public void close() {
        try {
            calls.call("DELETE", "accounts/" + Control.encoded(id), null);
        } catch (ControlException e) {
            // It was closed before, its time was over, or the service has been stopped: it is gone in any case.
            if (e.status != 404 && e.status != 0) {
                throw e;
            }
        }
    }
}
