// Looks at the Java SDK on the class path, and says which lines of the surface it does not cover.
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

public class Surface {
    /** Why a line is not covered. */
    static class Missing extends Exception {
        Missing(String why) {
            super(why);
        }
    }

    public static void main(String[] arguments) throws Exception {
        String lines = System.getenv("TCSMS_SURFACE_LINES").replaceAll("json$", "tsv");
        try (PrintWriter found = new PrintWriter(System.getenv("TCSMS_SURFACE_FOUND"), "UTF-8")) {
            int number = 0;
            for (String line : Files.readAllLines(Paths.get(lines), StandardCharsets.UTF_8)) {
                String[] cells = line.split("\t", -1);
                try {
                    check(cells[0], cells[1], cells[2], cells[3], cells[4]);
                } catch (Missing why) {
                    found.println(number + "\t" + why.getMessage());
                } catch (LinkageError why) {
                    found.println(number + "\tit cannot be loaded: " + why);
                }
                number++;
            }
            found.println("done");
        }
    }

    static Class<?> type(String module, String name) throws Missing {
        try {
            return Class.forName(module + "." + name.replace('.', '$'), false, Surface.class.getClassLoader());
        } catch (ClassNotFoundException missing) {
            throw new Missing("there is no class " + name);
        }
    }

    static void check(String module, String kind, String owner, String name, String signature) throws Missing {
        String[] parts = signature.split(" ; ");
        if (kind.equals("class") || kind.equals("interface") || kind.equals("enum")) {
            Class<?> type = type(module, owner.equals("-") ? name : owner + "." + name);
            is(Modifier.isPublic(type.getModifiers()), "it is not public");
            is(type.isInterface() == kind.equals("interface") && type.isEnum() == kind.equals("enum"), "it is no " + kind);
            heritage(type, parts[0]);
            for (int place = 1; place < parts.length; place++) {
                if (parts[place].startsWith("new ")) {
                    constructor(type, parts[place].substring(4));
                } else if (parts[place].contains("(")) {
                    method(type, parts[place]);
                }
            }
            return;
        }
        Class<?> type = type(module, owner);
        if (kind.equals("ctor")) {
            constructor(type, parts[0]);
        } else if (kind.equals("method")) {
            method(type, parts[0]);
        } else if (kind.equals("field") && parts[0].contains("(")) {
            for (String accessor : parts[0].split(";")) {
                method(type, accessor.trim());
            }
        } else {
            field(type, name, parts[0]);
        }
    }

    static void is(boolean holds, String otherwise) throws Missing {
        if (!holds) {
            throw new Missing(otherwise);
        }
    }

    /** What it extends and implements, by simple names, at any distance. */
    static void heritage(Class<?> type, String signature) throws Missing {
        Set<String> above = new TreeSet<>();
        above(type, above);
        String[] words = signature.replaceAll("<[^<>]*(<[^<>]*>)?[^<>]*>", "").split("\\b(extends|implements)\\b");
        for (int place = 1; place < words.length; place++) {
            for (String wanted : words[place].split(",")) {
                is(above.contains(plain(wanted)), "it is no " + plain(wanted));
            }
        }
    }

    static void above(Class<?> type, Set<String> names) {
        for (Class<?> it = type; it != null; it = it.getSuperclass()) {
            names.add(it.getSimpleName());
            for (Class<?> face : it.getInterfaces()) {
                names.add(face.getSimpleName());
                above(face, names);
            }
        }
    }

    /** A type as text, without packages, owners and blanks. */
    static String plain(String type) {
        return type.replaceAll("@\\w+ ", "").replaceAll("\\bfinal ", "").replace("...", "[]").replace('$', '.')
            .replaceAll("\\b(\\w+\\.)+", "").replaceAll("\\s+", "");
    }

    static List<String> plain(Type[] types) {
        List<String> found = new ArrayList<>();
        for (Type type : types) {
            found.add(plain(type.getTypeName()));
        }
        return found;
    }

    /** The types of the parameters in parentheses. */
    static List<String> parameters(String signature) {
        String inside = signature.substring(signature.indexOf('(') + 1, signature.lastIndexOf(')'));
        List<String> found = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int place = 0; place <= inside.length(); place++) {
            char sign = place == inside.length() ? ',' : inside.charAt(place);
            depth += sign == '<' ? 1 : sign == '>' ? -1 : 0;
            if (sign == ',' && depth == 0) {
                String parameter = inside.substring(start, place).trim();
                if (!parameter.isEmpty()) {
                    found.add(plain(parameter.substring(0, parameter.lastIndexOf(' '))));
                }
                start = place + 1;
            }
        }
        return found;
    }

    static void constructor(Class<?> type, String signature) throws Missing {
        List<String> wanted = parameters(signature);
        for (Constructor<?> it : type.getConstructors()) {
            if (plain(it.getGenericParameterTypes()).equals(wanted)) {
                failing(it, signature);
                return;
            }
        }
        throw new Missing("it has " + Arrays.toString(type.getConstructors()));
    }

    static void method(Class<?> type, String signature) throws Missing {
        String head = signature.substring(0, signature.indexOf('('));
        String name = head.substring(head.lastIndexOf(' ') + 1);
        List<String> words = new ArrayList<>(Arrays.asList(head.substring(0, head.length() - name.length()).trim().split(" (?![^<]*>)")));
        boolean isStatic = words.remove("static");
        words.removeAll(Arrays.asList("abstract", "final", "synchronized", "default", "public"));
        String result = plain(String.join("", words).replaceAll("^<[^>]*(<[^>]*>)?>", ""));
        List<String> wanted = parameters(signature.contains(" throws ") ? signature.substring(0, signature.indexOf(" throws ")) : signature);
        List<String> near = new ArrayList<>();
        for (Method it : type.getMethods()) {
            if (!it.getName().equals(name)) {
                continue;
            }
            near.add(it.toGenericString());
            if (plain(it.getGenericParameterTypes()).equals(wanted) && plain(it.getGenericReturnType().getTypeName()).equals(result)
                && Modifier.isStatic(it.getModifiers()) == isStatic) {
                failing(it, signature);
                return;
            }
        }
        throw new Missing(near.isEmpty() ? "it has no " + name : "it has " + near);
    }

    /** A checked exception that is declared must be declared: catching it would not compile otherwise. */
    static void failing(Executable it, String signature) throws Missing {
        Set<String> wanted = new TreeSet<>();
        if (signature.contains(" throws ")) {
            for (String name : signature.substring(signature.indexOf(" throws ") + 8).split(",")) {
                wanted.add(plain(name));
            }
        }
        Set<String> found = new TreeSet<>();
        for (Class<?> failure : it.getExceptionTypes()) {
            if (!RuntimeException.class.isAssignableFrom(failure)) {
                found.add(failure.getSimpleName());
            }
        }
        is(found.equals(wanted), "it throws " + found);
    }

    static void field(Class<?> type, String name, String signature) throws Missing {
        Field found;
        try {
            found = type.getField(name);
        } catch (NoSuchFieldException missing) {
            throw new Missing("it has no public field " + name);
        }
        if (found.isEnumConstant()) {
            try {
                Object value = type.getMethod("getValue").invoke(found.get(null));
                String wanted = signature.substring(signature.indexOf('"') + 1, signature.lastIndexOf('"'));
                is(wanted.equals(value), "its value is " + value);
            } catch (ReflectiveOperationException | StringIndexOutOfBoundsException none) {
                is(!signature.contains("\""), "its value cannot be read");
            }
            return;
        }
        String[] sides = signature.split(" = ", 2);
        String declared = sides[0].replaceAll("\\b(static|final|volatile|transient) ", "");
        String wanted = plain(declared.substring(0, declared.lastIndexOf(' ')));
        is(plain(found.getGenericType().getTypeName()).equals(wanted), "it is a " + found.getGenericType().getTypeName());
        is(Modifier.isStatic(found.getModifiers()) == signature.contains("static "), "static or not differs");
        is(Modifier.isFinal(found.getModifiers()) == signature.contains("final "), "final or not differs");
        if (sides.length == 2 && Modifier.isStatic(found.getModifiers()) && !name.contains("VERSION")) {
            try {
                String value = String.valueOf(found.get(null));
                is(sides[1].replace("\"", "").replaceAll("(?<=\\d)[Lf]$", "").equals(value), "its value is " + value);
            } catch (IllegalAccessException none) {
                throw new Missing("its value cannot be read");
            }
        }
    }
}
