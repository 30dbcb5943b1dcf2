"""C++: for each line of the surface a function that uses the name in the one way its signature allows; the compiler judges.

A member function is taken as a pointer of its exact type, a constructor asked for by std::is_constructible, a type compared with
std::is_same. The function stands in the namespace of the name, or in a class derived from its owner, so that types in the signature
mean there what they mean in the header.
"""

import importlib
import os
import re
import shutil
import subprocess


def missing(rows, language, work):
    """The numbers of the lines that the SDK does not cover, each with the reason."""
    surface = importlib.import_module("__main__")
    headers = os.environ.get("TCSMS_SURFACE_CPP_INCLUDE") or language.folder / "include"
    if not os.path.isdir(headers):
        raise surface.NotHere("there is no bindings/cpp/include")
    absent = {}
    includes, absent_includes = [], set()
    for row in rows:
        for header in headers_of(row):
            if header not in includes:
                includes.append(header)
            if not os.path.isfile(os.path.join(headers, header)):
                absent_includes.add(header)
    checks = [check(number, row) for number, row in enumerate(rows)]
    compiler = next((name for name in ("clang++", "clang++-14", "c++", "g++") if shutil.which(name)), None)
    if compiler is None:
        raise SystemExit("./x: there is no C++ compiler; ./x setup installs one")
    source = work / "surface.cpp"
    text = "".join(f"#include <{header}>\n" for header in includes if header not in absent_includes)
    text += "#include <type_traits>\n#include <utility>\n" + "\n".join(checks) + "\n"
    source.write_text(text, encoding="utf-8")
    flags = ["-ftemplate-backtrace-limit=0"] if "clang" not in compiler else ["-ferror-limit=0", "-ftemplate-backtrace-limit=0"]
    if "clang" not in compiler:
        flags.append("-fmax-errors=0")
    command = [compiler, "-std=c++11", "-fsyntax-only", "-w", *flags, f"-I{headers}"]
    # In the repository the C header stands apart; in a package it is beside the others.
    capi = language.folder.parent.parent / "crates" / "capi" / "include"
    if capi.is_dir():
        command.append(f"-I{capi}")
    ended = subprocess.run([*command, source], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=False)
    # A fault of a line is reported there, or within a header with a note that says where it was asked for.
    outside = []
    cause = None
    for line in ended.stderr.splitlines():
        found = re.match(r"(.*?):(\d+):\d+: (?:fatal )?(error|note): (.*)", line)
        if not found:
            continue
        place, number, level, said = found.groups()
        if level == "error":
            cause = said
        if re.fullmatch(r"line-\d+", place):
            absent.setdefault(int(place[5:]), cause or said)
            cause = None if level == "note" else cause
        elif level == "error":
            outside.append(line)
    if ended.returncode and not absent:
        raise SystemExit("./x: the headers of the C++ SDK do not compile:\n" + "\n".join(outside[:20] or [ended.stderr[-3000:]]))
    if outside:
        print("cpp: errors outside the checks:\n  " + "\n  ".join(outside[:10]))
    for number, row in enumerate(rows):
        for header in headers_of(row):
            if header in absent_includes:
                absent[number] = f"there is no header {header}"
    return absent


def headers_of(row):
    """The headers that a line names: of a macro it is the module."""
    return [row.module] if row.module.endswith(".h") else re.findall(r"#include <([^>]+)>", row.signature)


def check(number, row):
    """The lines of C++ that check one line of the surface."""
    parts = [part.strip() for part in row.signature.split(" ; ")]
    signature = parts[0]
    is_macro = row.module.endswith(".h")
    if is_macro:
        return f'#line 1 "line-{number}"\n#ifndef {row.name}\n#error "the macro is not defined"\n#endif'
    spaces = row.module.split("::")
    owner = row.owner
    body = []
    derive = owner != "-" and owner not in ("Outcome",) and row.kind in ("method", "field", "class")
    if row.kind == "class":
        if signature.startswith("template"):
            parameters = re.findall(r"typename (\w+)", signature)
            body.append(f"typedef {row.name}<{', '.join(['int', 'long', 'char'][: len(parameters)])}> T; (void)sizeof(T);")
        elif signature.startswith(("typedef ", "using ")):
            if signature.startswith("using "):
                meant = signature.partition(" = ")[2]
            else:
                meant = signature.removeprefix("typedef ").removesuffix(row.name).strip()
            body.append(f"static_assert(std::is_same<{row.name}, {meant}>::value, \"it is another type\");")
        else:
            body.append(f"(void)sizeof({row.name});")
            base = signature.partition(" : public ")[2]
            if base:
                body.append(f"static_assert(std::is_base_of<{base}, {row.name}>::value, \"it does not derive from {base}\");")
            for part in parts[1:]:
                if part.startswith("#include") or part in ("implicit",):
                    continue
                body.append(member(row.name, row.name, part))
    elif row.kind == "ctor":
        body.append(constructor(owner, signature))
    elif row.kind == "method":
        body.append(member(owner, row.name, signature))
    elif row.kind == "function":
        body.append(free(row.name, signature))
    elif row.kind == "enum":
        body.append(f"static_assert(std::is_enum<{'' if owner == '-' else owner + '::'}{row.name}>::value, \"it is no enum\");")
    elif row.kind == "const":
        name, _, value = signature.partition(" = ")
        path = row.name if owner == "-" else f"{owner.rpartition('::')[0]}::{row.name}".removeprefix("::")
        if owner != "-" and "::" not in owner:
            path = f"{owner}::{row.name}"
        if value and not value.startswith('"'):
            body.append(f"static_assert({path} == {value}, \"it has another value\");")
        else:
            body.append(f"(void){path};")
        words = name.split()
        if len(words) > 1:
            kind = " ".join(word for word in words[:-1] if word not in ("static", "const", "constexpr"))
            body.append(f"static_assert(std::is_same<std::decay<decltype({path})>::type, {kind}>::value, \"it is of another type\");")
    elif row.kind == "field" and "(" in signature:
        for part in filter(None, (part.strip() for part in signature.split(";"))):
            body.append(member(owner, re.search(r"(\w+)\(", part).group(1), part))
    elif row.kind == "field":
        kind = signature.removesuffix(row.name).strip()
        body.append(f"{kind} {owner}::*p = &{owner}::{row.name}; (void)p;")
    text = " ".join(f"{{ {part} }}" for part in body)
    opened = "".join(f"namespace {space} {{ " for space in spaces)
    closed = "}" * len(spaces)
    # Requests and answers are named without their namespace only where the official headers do so.
    if owner == "Outcome":
        # A template's members are looked at in one of its types.
        text = re.sub(r"\bOutcome\b", "Checked", text)
        text = f"typedef Core::Error E; typedef std::string R; typedef Outcome<E, R> Checked; {text}"
    if derive:
        # Derived from the owner, whose nested types are then known by their plain names.
        text = f"struct Check{number} : {owner} {{ static void check() {{ {text} }} }};"
    elif row.kind == "class" and not signature.startswith(("typedef", "using", "template")):
        text = f"struct Check{number} : {row.name} {{ static void check() {{ {text} }} }};"
    elif row.kind == "ctor" and owner != "Outcome":
        text = f"struct Check{number} : {owner} {{ static void check() {{ {text} }} }};"
    else:
        text = f"inline void check{number}() {{ {text} }}"
    return f'#line 1 "line-{number}"\n{opened}{text} {closed}'


def split(parameters):
    """Splits parameters at the commas between them."""
    found, depth, start = [], 0, 0
    for place, sign in enumerate(parameters):
        depth += sign in "<(["
        depth -= sign in ">)]"
        if sign == "," and depth == 0:
            found.append(parameters[start:place].strip())
            start = place + 1
    last = parameters[start:].strip()
    return found + [last] if last and last != "void" else found


def typed(parameter):
    """The type of a parameter and whether it has a default."""
    kind, equal, _ = parameter.partition("=")
    kind = kind.strip()
    found = re.match(r"^(.*[\s&*>])([A-Za-z_]\w*)$", kind)
    if found and found.group(1).strip() not in ("const", "unsigned", "explicit"):
        kind = found.group(1).strip()
    return kind, bool(equal)


def taken(signature, name):
    """What a declaration says: return type, parameters, and what stands behind them."""
    place = re.search(r"(?<![\w~])" + re.escape(name) + r"\s*\(", signature)
    start = place.end()
    depth, end = 1, start
    while depth:
        depth += {"(": 1, ")": -1}.get(signature[end], 0)
        end += 1
    before = signature[: place.start()].strip()
    words = [word for word in before.split() if word not in ("virtual", "static", "explicit", "inline")]
    is_static = "static" in before.split()
    return " ".join(words), [typed(it) for it in split(signature[start : end - 1])], signature[end:].strip(), is_static, "explicit" in before.split()


def constructor(owner, signature):
    _, parameters, _, _, explicit = taken(signature, owner)
    kinds = [kind for kind, _ in parameters]
    asked = []
    for count in range(len(kinds), -1, -1):
        listed = ", ".join([owner, *kinds[:count]])
        asked.append(f"static_assert(std::is_constructible<{listed}>::value, \"no constructor takes these\");")
        if count and not parameters[count - 1][1]:
            break
    if len(kinds) == 1 and not explicit:
        asked.append(f"static_assert(std::is_convertible<{kinds[0]}, {owner}>::value, \"the constructor is explicit\");")
    return " ".join(asked)


def member(owner, name, signature):
    if name.startswith("~") or signature.startswith("~") or signature.startswith("virtual ~"):
        return f"static_assert(std::is_destructible<{owner}>::value, \"it cannot be destroyed\");"
    called = re.search(r"(operator\s*\S+?|\w+)\s*\(", signature).group(1) if not signature.startswith(owner + "(") else owner
    if called == owner:
        return constructor(owner, signature)
    result, parameters, behind, is_static, _ = taken(signature, called)
    kinds = [kind for kind, _ in parameters]
    const = " const" if re.match(r"const\b", behind) else ""
    pointer = "(*p)" if is_static else f"({owner}::*p)"
    lines = [f"{result} {pointer}({', '.join(kinds)}){'' if is_static else const} = &{owner}::{called}; (void)p;"]
    needed = [kind for kind, has_default in parameters if not has_default]
    if len(needed) < len(kinds):
        given = ", ".join(f"std::declval<{kind}>()" for kind in needed)
        lines.append(f"(void)sizeof(std::declval<{owner}&>().{called}({given}), 0);")
    return " ".join(lines)


def free(name, signature):
    result, parameters, _, _, _ = taken(signature, name)
    return f"{result} (*p)({', '.join(kind for kind, _ in parameters)}) = &{name}; (void)p;"
