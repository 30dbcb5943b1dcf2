// Reading and writing JSON.
package io.github.tcsms;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as text, and as maps, lists, texts, numbers and truth values of Java. Integers stay integers, however long.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public final class Json {
    /** How deeply values may stand in each other, both ways. */
    public static final int DEEPEST = 128;

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private Json() {
    }

    /** A text that is no JSON, or an object that cannot be written as JSON. */
    public static final class Fault extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        Fault(String message) {
            super(message);
        }
    }

    /**
     * Reads a value: a {@code LinkedHashMap}, {@code ArrayList}, {@code String}, {@code Long}, {@code BigInteger},
     * {@code Double}, {@code Boolean} or null.
     *
     * @param text the JSON text
     * @return the value
     * @throws Fault when it is no JSON
     */
    public static Object read(String text) {
        Reader reader = new Reader(text);
        Object value = reader.any();
        reader.end();
        return value;
    }

    /**
     * Reads an object.
     *
     * @param text the JSON text
     * @return its members in their order
     * @throws Fault when it is no JSON object
     */
    @SuppressWarnings("unchecked")
    public static Map<String, Object> readObject(String text) {
        Object value = read(text);
        if (!(value instanceof Map)) {
            throw new Fault("the JSON text is no object");
        }
        return (Map<String, Object>) value;
    }

    /**
     * Writes a value: maps, iterables, arrays, texts, numbers, truth values, null, and objects by their fields.
     *
     * @param value the value
     * @return its JSON text
     * @throws Fault when it cannot be written
     */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder(256);
        write(out, value, 0);
        return out.toString();
    }

    static void write(StringBuilder out, Object value, int depth) {
        if (depth > DEEPEST) {
            throw new Fault("the values stand more than " + DEEPEST + " deep in each other, or one holds itself");
        }
        if (value == null) {
            out.append("null");
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof Enum) {
            text(out, value.toString());
        } else if (value instanceof Boolean || value instanceof Long || value instanceof Integer) {
            out.append(value);
        } else if (value instanceof Number) {
            if ((value instanceof Double || value instanceof Float)
                    && (((Number) value).doubleValue() - ((Number) value).doubleValue()) != 0) {
                throw new Fault("the number " + value + " cannot be written as JSON");
            }
            out.append(value);
        } else if (value instanceof Map) {
            char before = '{';
            if (((Map<?, ?>) value).isEmpty()) {
                out.append(before);
            }
            for (Map.Entry<?, ?> member : ((Map<?, ?>) value).entrySet()) {
                out.append(before);
                before = ',';
                text(out, String.valueOf(member.getKey()));
                out.append(':');
                write(out, member.getValue(), depth + 1);
            }
            out.append('}');
        } else if (value instanceof Iterable) {
            char before = '[';
            for (Object item : (Iterable<?>) value) {
                out.append(before);
                before = ',';
                write(out, item, depth + 1);
            }
            out.append(before == '[' ? "[]" : "]");
        } else if (value.getClass().isArray()) {
            int length = Array.getLength(value);
            out.append('[');
            for (int i = 0; i < length; i++) {
                if (i > 0) {
                    out.append(',');
                }
                write(out, Array.get(value, i), depth + 1);
            }
            out.append(']');
        } else {
            Models.write(out, value, depth);
        }
    }

    /** Writes a text in its quotes. A half of a surrogate pair is written as its number, so that nothing changes silently. */
    static void text(StringBuilder out, String text) {
        out.append('"');
        int length = text.length();
        int done = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && (c < '\ud800' || c > '\udfff')) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            out.append(text, done, i);
            done = i + 1;
            switch (c) {
                case '"': out.append("\\\""); break;
                case '\\': out.append("\\\\"); break;
                case '\n': out.append("\\n"); break;
                case '\r': out.append("\\r"); break;
                case '\t': out.append("\\t"); break;
                case '\b': out.append("\\b"); break;
                case '\f': out.append("\\f"); break;
                default:
                    out.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]).append(HEX[c >> 4 & 15])
                            .append(HEX[c & 15]);
            }
        }
        out.append(text, done, length).append('"');
    }

    /** Reads JSON from its beginning to its end, a value at a time. */
    static final class Reader {
        private final String text;
        private int at;
        private int depth;

        Reader(String text) {
            this.text = text;
        }

        Fault fault(String what) {
            return new Fault("no JSON: " + what + " at character " + at);
        }

        /** The next character that is no blank, without taking it; 0 at the end. */
        char peek() {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                    return c;
                }
                at++;
            }
            return 0;
        }

        void end() {
            if (peek() != 0 || at < text.length()) {
                throw fault("something follows the value");
            }
        }

        private void take(char expected) {
            if (peek() != expected) {
                throw fault(at >= text.length() ? "the text ends early" : "`" + expected + "` is missing");
            }
            at++;
        }

        /** Enters an object or a list; false when it is empty, and left again. */
        boolean enter(char open, char close) {
            take(open);
            if (++depth > DEEPEST) {
                throw fault("values stand more than " + DEEPEST + " deep in each other");
            }
            if (peek() == close) {
                at++;
                depth--;
                return false;
            }
            return true;
        }

        /** Whether another member or item follows; else the object or list is left. */
        boolean more(char close) {
            char c = peek();
            if (c == ',') {
                at++;
                return true;
            }
            take(close);
            depth--;
            return false;
        }

        String key() {
            String key = string();
            take(':');
            return key;
        }

        Object any() {
            char c = peek();
            switch (c) {
                case '{':
                    Map<String, Object> members = new LinkedHashMap<>();
                    if (enter('{', '}')) {
                        do {
                            String key = key();
                            members.put(key, any());
                        } while (more('}'));
                    }
                    return members;
                case '[':
                    List<Object> items = new ArrayList<>();
                    if (enter('[', ']')) {
                        do {
                            items.add(any());
                        } while (more(']'));
                    }
                    return items;
                case '"': return string();
                case 't': word("true"); return Boolean.TRUE;
                case 'f': word("false"); return Boolean.FALSE;
                case 'n': word("null"); return null;
                default: return number();
            }
        }

        private void word(String word) {
            if (!text.startsWith(word, at)) {
                throw fault("there is no value");
            }
            at += word.length();
        }

        boolean isNull() {
            if (peek() != 'n') {
                return false;
            }
            word("null");
            return true;
        }

        private int digits() {
            int from = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at == from) {
                throw fault(at >= text.length() ? "the text ends early" : "there is no value");
            }
            return at - from;
        }

        private Number number() {
            int from = at;
            if (at < text.length() && text.charAt(at) == '-') {
                at++;
            }
            boolean zero = at < text.length() && text.charAt(at) == '0';
            int whole = digits();
            if (zero && whole > 1) {
                throw fault("a number begins with 0");
            }
            boolean integer = true;
            if (at < text.length() && text.charAt(at) == '.') {
                integer = false;
                at++;
                digits();
            }
            if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
                integer = false;
                at++;
                if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                    at++;
                }
                digits();
            }
            String number = text.substring(from, at);
            if (!integer) {
                return Double.valueOf(number);
            }
            if (whole < 19) {
                return Long.valueOf(number);
            }
            BigInteger big = new BigInteger(number);
            return big.bitLength() < 64 ? (Number) big.longValue() : big;
        }

        String string() {
            take('"');
            int from = at;
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '"') {
                    return text.substring(from, at++);
                }
                if (c == '\\') {
                    return escaped(from);
                }
                if (c < ' ') {
                    throw fault("a control character stands in a text");
                }
                at++;
            }
            throw fault("a text does not end");
        }

        private String escaped(int from) {
            StringBuilder out = new StringBuilder(text.length() - from < 64 ? 64 : 128).append(text, from, at);
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '"') {
                    return out.toString();
                }
                if (c < ' ') {
                    throw fault("a control character stands in a text");
                }
                if (c != '\\') {
                    out.append(c);
                    continue;
                }
                char kind = at < text.length() ? text.charAt(at++) : 0;
                switch (kind) {
                    case '"': case '\\': case '/': out.append(kind); break;
                    case 'n': out.append('\n'); break;
                    case 'r': out.append('\r'); break;
                    case 't': out.append('\t'); break;
                    case 'b': out.append('\b'); break;
                    case 'f': out.append('\f'); break;
                    case 'u': out.append((char) hex4()); break;
                    default: throw fault("a backslash is followed by nothing that is known");
                }
            }
            throw fault("a text does not end");
        }

        private int hex4() {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                int digit = at < text.length() ? hexDigit(text.charAt(at)) : -1;
                if (digit < 0) {
                    throw fault("\\u needs four digits");
                }
                at++;
                value = value << 4 | digit;
            }
            return value;
        }

        private static int hexDigit(char c) {
            return c < 128 ? Character.digit(c, 16) : -1;
        }
    }

    /** A number in the form that a field has. */
    static Object toNumber(Object value, Class<?> type) {
        if (value instanceof Boolean || value instanceof Map || value instanceof List) {
            throw new Fault("a number was expected and " + kindOf(value) + " came");
        }
        try {
            BigDecimal number = new BigDecimal(value.toString());
            if (type == Long.class || type == long.class) {
                return number.longValueExact();
            }
            if (type == Integer.class || type == int.class) {
                return number.intValueExact();
            }
            if (type == Double.class || type == double.class) {
                return number.doubleValue();
            }
            if (type == Float.class || type == float.class) {
                return number.floatValue();
            }
            if (type == Short.class || type == short.class) {
                return number.shortValueExact();
            }
            if (type == Byte.class || type == byte.class) {
                return number.byteValueExact();
            }
            return type == BigInteger.class ? number.toBigIntegerExact() : number;
        } catch (ArithmeticException | NumberFormatException e) {
            throw new Fault("`" + value + "` is no number of the kind " + type.getSimpleName());
        }
    }

    static String kindOf(Object value) {
        return value instanceof Map ? "an object" : value instanceof List ? "a list"
                : value instanceof Boolean ? "a truth value" : value instanceof Number ? "a number" : "a text";
    }
}
