// Objects of Java as JSON objects, by their fields.
package io.github.tcsms;

import com.tencentcloudapi.common.AbstractModel;
import java.lang.annotation.Annotation;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes models, and whatever else has fields, as JSON objects, and reads them: fields in the order of their
 * declaration, without those that are null. Models of other products' packages are read and written the same way.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public final class Models {
    private static final ClassValue<Shape> SHAPES = new ClassValue<Shape>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return new Shape(type);
        }
    };

    private Models() {
    }

    /** One field. */
    private static final class Member {
        final String name;
        /** The name in quotes, with its colon. */
        final String written;
        final Field field;
        final Class<?> type;
        final Type whole;

        Member(Field field, String name) {
            StringBuilder out = new StringBuilder();
            Json.text(out, name);
            this.name = name;
            this.written = out.append(':').toString();
            this.field = field;
            this.type = field.getType();
            this.whole = field.getGenericType();
        }
    }

    /** What a class has. */
    private static final class Shape {
        final List<Member> members = new ArrayList<>();
        final Map<String, Member> byName = new LinkedHashMap<>();
        final Class<?> type;
        private Constructor<?> constructor;

        Shape(Class<?> type) {
            this.type = type;
            List<Class<?>> line = new ArrayList<>();
            for (Class<?> c = type; c != null && c != Object.class && c != AbstractModel.class; c = c.getSuperclass()) {
                line.add(0, c);
            }
            for (Class<?> c : line) {
                if (c.getName().startsWith("java.") || c == com.tencentcloudapi.common.SSEResponseModel.class) {
                    continue;
                }
                for (Field field : c.getDeclaredFields()) {
                    if (field.isSynthetic() || (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) != 0) {
                        continue;
                    }
                    field.setAccessible(true);
                    Member member = new Member(field, nameOf(field));
                    members.add(member);
                    byName.put(member.name, member);
                }
            }
        }

        /** The name in JSON: that of gson's annotation where gson is there, which models of other products carry. */
        private static String nameOf(Field field) {
            for (Annotation annotation : field.getAnnotations()) {
                Class<? extends Annotation> kind = annotation.annotationType();
                if (kind.getName().equals("com.google.gson.annotations.SerializedName")) {
                    try {
                        return (String) kind.getMethod("value").invoke(annotation);
                    } catch (ReflectiveOperationException e) {
                        return field.getName();
                    }
                }
            }
            return field.getName();
        }

        Object make() {
            try {
                Constructor<?> made = constructor;
                if (made == null) {
                    made = type.getDeclaredConstructor();
                    made.setAccessible(true);
                    constructor = made;
                }
                return made.newInstance();
            } catch (ReflectiveOperationException e) {
                throw new Json.Fault("objects of " + type.getName() + " cannot be made: the class needs a constructor "
                        + "without arguments");
            }
        }
    }

    static void write(StringBuilder out, Object value, int depth) {
        Shape shape = SHAPES.get(value.getClass());
        if (value.getClass().getName().startsWith("java.")) {
            throw new Json.Fault("a " + value.getClass().getName() + " cannot be written as JSON");
        }
        char before = '{';
        Map<String, Object> more = value instanceof AbstractModel ? ((AbstractModel) value).any() : null;
        for (Member member : shape.members) {
            Object held;
            try {
                held = member.field.get(value);
            } catch (IllegalAccessException e) {
                throw new Json.Fault("the field " + member.name + " cannot be read");
            }
            if (held == null || more != null && !more.isEmpty() && more.containsKey(member.name)) {
                continue;
            }
            out.append(before).append(member.written);
            before = ',';
            Json.write(out, held, depth + 1);
        }
        if (more != null && !more.isEmpty()) {
            for (Map.Entry<String, Object> member : more.entrySet()) {
                out.append(before);
                before = ',';
                Json.text(out, member.getKey());
                out.append(':');
                Json.write(out, member.getValue(), depth + 1);
            }
        }
        if (before == '{') {
            out.append('{');
        }
        out.append('}');
    }

    /**
     * Reads an object of a class. Members that the class does not have are left out.
     *
     * @param json the JSON text
     * @param type the class
     * @param <T> the class
     * @return the object
     * @throws Json.Fault when the text is no JSON, or a value does not fit its field
     */
    @SuppressWarnings("unchecked")
    public static <T> T read(String json, Class<T> type) {
        Json.Reader reader = new Json.Reader(json);
        Object value = value(reader, type, type, "");
        reader.end();
        return (T) value;
    }

    private static Object value(Json.Reader reader, Class<?> type, Type whole, String name) {
        if (reader.isNull()) {
            if (type.isPrimitive()) {
                return Array.get(Array.newInstance(type, 1), 0);
            }
            return null;
        }
        char c = reader.peek();
        if (type == String.class) {
            if (c == '"') {
                return reader.string();
            }
            Object value = reader.any();
            if (value instanceof Map || value instanceof List) {
                throw new Json.Fault("`" + name + "` is " + Json.kindOf(value) + ", and a text was expected");
            }
            return value.toString();
        }
        if (type == Object.class) {
            return reader.any();
        }
        if (type == Boolean.class || type == boolean.class) {
            Object value = reader.any();
            if (value instanceof Boolean) {
                return value;
            }
            throw new Json.Fault("`" + name + "` is " + Json.kindOf(value) + ", and true or false was expected");
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            Object value = reader.any();
            if (value.getClass() == type) {
                return value;
            }
            if (type == Number.class && value instanceof Number) {
                return value;
            }
            if (type == BigDecimal.class && value instanceof BigInteger) {
                return new BigDecimal((BigInteger) value);
            }
            try {
                return Json.toNumber(value, type);
            } catch (Json.Fault fault) {
                throw new Json.Fault("`" + name + "`: " + fault.getMessage());
            }
        }
        if (type.isArray()) {
            Class<?> item = type.getComponentType();
            Type itemType = whole instanceof GenericArrayType ? ((GenericArrayType) whole).getGenericComponentType() : item;
            List<Object> items = list(reader, item, itemType, name);
            Object array = Array.newInstance(item, items.size());
            for (int i = 0; i < items.size(); i++) {
                Array.set(array, i, items.get(i));
            }
            return array;
        }
        if (Collection.class.isAssignableFrom(type) || type == Iterable.class) {
            Type item = argument(whole, 0);
            List<Object> items = list(reader, plain(item), item, name);
            return Set.class.isAssignableFrom(type) ? new LinkedHashSet<>(items) : items;
        }
        if (c != '{') {
            throw new Json.Fault("`" + name + "` is " + Json.kindOf(reader.any()) + ", and an object was expected");
        }
        if (Map.class.isAssignableFrom(type)) {
            Type item = argument(whole, 1);
            Map<String, Object> members = type == java.util.HashMap.class ? new java.util.HashMap<>() : new LinkedHashMap<>();
            if (reader.enter('{', '}')) {
                do {
                    String key = reader.key();
                    members.put(key, value(reader, plain(item), item, key));
                } while (reader.more('}'));
            }
            return members;
        }
        Shape shape = SHAPES.get(type);
        Object made = shape.make();
        if (reader.enter('{', '}')) {
            do {
                String key = reader.key();
                Member member = shape.byName.get(key);
                if (member == null) {
                    reader.any();
                    continue;
                }
                try {
                    member.field.set(made, value(reader, member.type, member.whole, key));
                } catch (IllegalAccessException | IllegalArgumentException e) {
                    if (e instanceof Json.Fault) {
                        throw (Json.Fault) e;
                    }
                    throw new Json.Fault("`" + key + "` does not fit a field of the type " + member.type.getName());
                }
            } while (reader.more('}'));
        }
        return made;
    }

    private static List<Object> list(Json.Reader reader, Class<?> item, Type itemType, String name) {
        List<Object> items = new ArrayList<>();
        if (reader.peek() != '[') {
            throw new Json.Fault("`" + name + "` is " + Json.kindOf(reader.any()) + ", and a list was expected");
        }
        if (reader.enter('[', ']')) {
            do {
                items.add(value(reader, item, itemType, name));
            } while (reader.more(']'));
        }
        return items;
    }

    private static Type argument(Type whole, int place) {
        return whole instanceof ParameterizedType ? ((ParameterizedType) whole).getActualTypeArguments()[place] : Object.class;
    }

    private static Class<?> plain(Type type) {
        if (type instanceof Class) {
            return (Class<?>) type;
        }
        if (type instanceof ParameterizedType) {
            return (Class<?>) ((ParameterizedType) type).getRawType();
        }
        if (type instanceof GenericArrayType) {
            return Array.newInstance(plain(((GenericArrayType) type).getGenericComponentType()), 0).getClass();
        }
        return Object.class;
    }
}
