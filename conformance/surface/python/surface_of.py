"""Looks at the Python SDK that can be imported here, and says which lines of the surface it does not cover."""

import ast
import importlib
import inspect
import json
import os
import textwrap

with open(os.environ["TCSMS_SURFACE_LINES"], encoding="utf-8") as file:
    ROWS = json.load(file)

NOTHING = object()


class Missing(Exception):
    """Why a line is not covered."""


def module_of(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Missing(f"the module cannot be imported: {error}") from error


def member(thing, name, what):
    found = getattr(thing, name, NOTHING)
    if found is NOTHING:
        raise Missing(f"{what} has no {name}")
    return found


def check(module, kind, owner, name, signature):
    signature, _, remark = signature.partition(" ; ")
    home = module_of(module)
    if owner == "-":
        found = member(home, name, "the module")
        if "re-export of " in remark:
            origin, _, last = remark.split("re-export of ")[1].split(" ;")[0].rpartition(".")
            if origin.startswith("tencentcloud"):
                same_thing(found, member(module_of(origin), last, origin), f"{origin}.{last}")
        elif kind == "class":
            check_class(found, signature, remark)
        elif kind == "const":
            check_value(found, name, signature)
        elif kind == "function" and "(" in signature:
            check_call(found, found, signature)
        return
    cls = member(home, owner, "the module")
    if kind in ("method", "ctor"):
        static = inspect.getattr_static(cls, name, NOTHING)
        if static is NOTHING:
            raise Missing(f"the class has no {name}")
        check_call(static, getattr(cls, name), signature)
    elif kind == "property":
        if "get" in remark:
            check_attribute(cls, name, "set" in remark)
    else:
        check_attribute(cls, name, True)


def same_thing(found, wanted, path):
    if found is not wanted:
        raise Missing(f"it is not {path}")


def check_class(found, signature, remark):
    if not inspect.isclass(found):
        raise Missing(f"it is a {type(found).__name__}, not a class")
    bases = signature.partition("(")[2].rstrip(")")
    names = {cls.__name__ for cls in found.__mro__}
    for base in filter(None, (base.strip().rpartition(".")[2] for base in bases.split(","))):
        if base not in names:
            raise Missing(f"it does not derive from {base}")
    if "__init__(" in remark:
        init = next(part for part in remark.split(" ; ") if part.startswith("__init__("))
        check_call(inspect.getattr_static(found, "__init__"), found.__init__, init)


def check_value(found, name, signature):
    if "VERSION" in name.upper():
        if not isinstance(found, str):
            raise Missing("it is not a text")
        return
    text = signature.partition(" = ")[2]
    try:
        wanted = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return
    if found != wanted or type(found) is not type(wanted):
        raise Missing(f"its value is {found!r}")


def check_call(static, found, signature):
    """The same names in the same order with the same defaults; more is allowed behind them when it has a default."""
    source = signature.strip()
    if "(" not in source:
        return
    for word, kind in (("@staticmethod ", staticmethod), ("@classmethod ", classmethod)):
        if source.startswith(word):
            source = source[len(word) :]
            if not isinstance(static, kind):
                raise Missing(f"it is no {kind.__name__}")
    is_async = source.startswith("async ")
    source = source.removeprefix("async ").removeprefix("def ")
    if not callable(found):
        raise Missing("it cannot be called")
    really = inspect.unwrap(found)
    awaited = inspect.iscoroutinefunction(really) or inspect.isasyncgenfunction(really)
    if is_async != awaited:
        raise Missing("it is not async" if is_async else "it is async")
    wanted = ast.parse(f"def {source}: pass").body[0].args
    function = static.__func__ if isinstance(static, (staticmethod, classmethod)) else static
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as error:
        if function is object.__init__ and len(wanted.args) <= 1:
            return
        raise Missing(f"its signature cannot be read: {error}") from error
    if function is object.__init__:
        parameters = parameters[:1]
    shown = str(inspect.signature(function)) if function is not object.__init__ else "(self)"
    ordinary = [it for it in parameters if it.kind in (it.POSITIONAL_OR_KEYWORD, it.POSITIONAL_ONLY)]
    names = wanted.posonlyargs + wanted.args
    defaults = [None] * (len(names) - len(wanted.defaults)) + list(wanted.defaults)
    has_rest = any(it.kind is it.VAR_POSITIONAL for it in parameters)
    has_names = any(it.kind is it.VAR_KEYWORD for it in parameters)
    for place, (argument, default) in enumerate(zip(names, defaults)):
        if place >= len(ordinary):
            raise Missing(f"it takes {shown}, without {argument.arg}")
        ours = ordinary[place]
        if ours.name != argument.arg and place > 0 or ours.kind is ours.POSITIONAL_ONLY and place > 0:
            raise Missing(f"it takes {shown}: parameter {place + 1} is not {argument.arg}")
        if default is None:
            if ours.default is not ours.empty:
                continue
        elif ours.default is ours.empty:
            raise Missing(f"it takes {shown}: {argument.arg} must be given")
        else:
            try:
                value = ast.literal_eval(default)
            except (ValueError, SyntaxError):
                continue
            if value != ours.default:
                raise Missing(f"it takes {shown}: the default of {argument.arg} is {ours.default!r}")
    for extra in ordinary[len(names) :]:
        if extra.default is extra.empty:
            raise Missing(f"it takes {shown}: {extra.name} must be given")
    for extra in parameters:
        if extra.kind is extra.KEYWORD_ONLY and extra.default is extra.empty:
            raise Missing(f"it takes {shown}: {extra.name} must be given")
    if wanted.vararg and not has_rest or wanted.kwarg and not has_names:
        raise Missing(f"it takes {shown}")


def check_attribute(cls, name, settable):
    """An attribute of the class, or one that its instances have: set by a method, in a slot, or there after construction."""
    static = inspect.getattr_static(cls, name, NOTHING)
    if isinstance(static, property):
        if settable and static.fset is None:
            raise Missing("it cannot be set")
        return
    if static is not NOTHING or assigned(cls, name):
        return
    thing = instance(cls)
    if thing is None:
        raise Missing("no method sets it")
    if not hasattr(thing, name):
        raise Missing("a new instance has none")
    if settable:
        setattr(thing, name, "value")
        if getattr(thing, name) != "value":
            raise Missing("what is set is not what is got")


def assigned(cls, name):
    """Whether a method of the class or of a base sets self.NAME."""
    for base in cls.__mro__[:-1]:
        if name in getattr(base, "__slots__", ()):
            return True
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError, SyntaxError):
            continue
        for node in ast.walk(tree):
            stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == name
            if stored and isinstance(node.value, ast.Name) and node.value.id == "self":
                return True
    return False


def instance(cls):
    """An instance made without arguments, or with texts for those that must be given; none when neither works."""
    try:
        return cls()
    except Exception:  # any class may refuse in its own way
        pass
    try:
        needed = [it for it in inspect.signature(cls).parameters.values() if it.default is it.empty and it.kind is it.POSITIONAL_OR_KEYWORD]
        return cls(*["value"] * len(needed))
    except Exception:
        return None


def main():
    with open(os.environ["TCSMS_SURFACE_FOUND"], "w", encoding="utf-8") as found:
        for number, row in enumerate(ROWS):
            try:
                check(*row)
            except Missing as why:
                found.write(f"{number}\t{str(why).splitlines()[0]}\n")
        found.write("done\n")


main()
