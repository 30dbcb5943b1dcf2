// What is to go wrong on demand.
package io.github.tcsms.testing;

import io.github.tcsms.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A rule by which calls or messages fail: what it does, and what it fits. Without a condition it fits everything. */
public final class Fault {
    final Map<String, Object> rule = new LinkedHashMap<>();

    private Fault() {
    }

    private static Fault doing(String effect, Object how) {
        Fault fault = new Fault();
        fault.rule.put("do", Collections.singletonMap(effect, how));
        return fault;
    }

    /**
     * The call is answered with an error, and nothing is done.
     *
     * @param code such as {@code InternalError.Timeout}
     * @return the rule
     */
    public static Fault error(String code) {
        return doing("error", Collections.singletonMap("code", code));
    }

    /**
     * The call takes longer.
     *
     * @param time such as {@code 2s}
     * @return the rule
     */
    public static Fault latency(String time) {
        return doing("latency", time);
    }

    /**
     * The connection is broken off without an answer.
     *
     * @param after whether the action is done before
     * @return the rule
     */
    public static Fault reset(boolean after) {
        return doing("reset", Collections.singletonMap("after", after));
    }

    /**
     * The carrier treats the message so.
     *
     * @param outcome {@code delivered}, {@code failed}, {@code silent}, {@code rejected}, {@code not_sent} or {@code maybe_sent}
     * @param word the code word of a failure or refusal; null for the usual one
     * @return the rule
     */
    public static Fault receipt(String outcome, String word) {
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("outcome", outcome);
        if (word != null) {
            receipt.put("word", word);
        }
        return doing("receipt", receipt);
    }

    /**
     * Any rule.
     *
     * @param json one item of {@code faults} as docs/service.md describes it
     * @return the rule
     */
    public static Fault json(String json) {
        Fault fault = new Fault();
        fault.rule.putAll(Json.readObject(json));
        return fault;
    }

    @SuppressWarnings("unchecked")
    private Fault fitting(String name, String value) {
        Map<String, Object> match = (Map<String, Object>) rule.computeIfAbsent("match", key -> new LinkedHashMap<String, Object>());
        match.put(name, value);
        return this;
    }

    /**
     * Only calls of an action.
     *
     * @param action such as {@code SendSms}
     * @return this rule
     */
    public Fault on(String action) {
        return fitting("action", action);
    }

    /**
     * Only calls and messages to a number.
     *
     * @param pattern in E.164 form, {@code *} for any digits
     * @return this rule
     */
    public Fault phone(String pattern) {
        return fitting("phone", pattern);
    }

    /**
     * Strikes at most so often.
     *
     * @param times how often
     * @return this rule
     */
    public Fault times(int times) {
        rule.put("times", times);
        return this;
    }

    /**
     * Strikes only at these of what fits.
     *
     * @param counts from 1
     * @return this rule
     */
    public Fault nth(int... counts) {
        List<Object> list = new ArrayList<>();
        for (int count : counts) {
            list.add(count);
        }
        rule.put("nth", list);
        return this;
    }
}
