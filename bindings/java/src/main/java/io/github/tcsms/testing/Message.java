// A message as the service has it.
package io.github.tcsms.testing;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A message that a program sent. */
public final class Message {
    /** The serial number, as the answer to the send and the report have it. */
    public final String serial;
    /** The id of the account. */
    public final String account;
    /** The SdkAppId. */
    public final String app;
    /** The number, in E.164 form. */
    public final String phone;
    /** The whole text, with the signature. */
    public final String text;
    /** The values of the template's variables. */
    public final List<String> params;
    /** The login code in the text; null when there is none. */
    public final String code;
    /** The id of the template. */
    public final String template;
    /** The text of the signature. */
    public final String sign;
    /** {@code refused}, {@code submitted}, {@code delivered} or {@code failed}. */
    public final String status;
    /** The carrier's code word, or the code of the refusal; null before there is one. */
    public final String report;
    /** How many messages it counts as for the carrier. */
    public final long segments;
    /** How many were charged. */
    public final long fee;
    /** When it was taken, business time, Unix seconds. */
    public final long at;
    /** Its place among all messages; later ones have a higher one. */
    public final long row;
    /** What it waits for; null when for nothing, and where several messages were asked for. */
    public final String waiting;
    /** The names of the faults that struck it or its call; empty where several messages were asked for. */
    public final List<String> faults;
    /** The RequestId of the call that sent it; null where several messages were asked for. */
    public final String requestId;

    Message(Map<?, ?> members) {
        serial = text(members, "serial");
        account = text(members, "account");
        app = text(members, "app");
        phone = text(members, "phone");
        text = text(members, "text");
        params = texts(members, "params");
        code = text(members, "code");
        template = text(members, "template");
        sign = text(members, "sign");
        status = text(members, "status");
        report = text(members, "report");
        segments = number(members, "segments");
        fee = number(members, "fee");
        at = number(members, "at");
        row = number(members, "row");
        waiting = text(members, "waiting");
        faults = texts(members, "faults");
        requestId = text(members, "requestId");
    }

    static String text(Map<?, ?> members, String name) {
        return (String) members.get(name);
    }

    private static long number(Map<?, ?> members, String name) {
        Object value = members.get(name);
        return value instanceof Number ? ((Number) value).longValue() : 0;
    }

    @SuppressWarnings("unchecked")
    static List<String> texts(Map<?, ?> members, String name) {
        Object value = members.get(name);
        return value == null ? Collections.<String>emptyList() : Collections.unmodifiableList((List<String>) value);
    }

    /** The number, the text and what became of it, in one line. */
    @Override
    public String toString() {
        return phone + " " + status + ": " + text;
    }
}
