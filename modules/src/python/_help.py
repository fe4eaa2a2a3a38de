"""What `help` prints: an object's signature, its documentation, and that of what it has."""

import inspect
import sys


def show(*objects):
    """Print help about objects; without any, how to get it."""
    if not objects:
        print("help(object) shows what is documented of a function, a class, a module or a value.\n"
              "help('name') takes the name of a module, or of something in one: help('pickle.dumps').")
        return
    for value in objects:
        if isinstance(value, str):
            value = _named(value)
            if value is None:
                continue
        print(describe(value))


def _named(name):
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        try:
            __import__(module)
        except ImportError:
            continue
        value = sys.modules[module]
        try:
            for attribute in parts[length:]:
                value = getattr(value, attribute)
        except AttributeError:
            break
        return value
    print(f"No Python documentation found for {name!r}.")
    return None


def describe(value):
    """The text of the help about an object."""
    if inspect.ismodule(value):
        return _page(f"Help on module {value.__name__}:", "", value, _members(value))
    if isinstance(value, type):
        bases = ", ".join(base.__qualname__ for base in value.__bases__)
        title = f"Help on class {value.__qualname__} in module {value.__module__}:"
        return _page(title, f"class {_signature(value)}: derived from {bases}", value, _members(value))
    if callable(value) and hasattr(value, "__name__"):
        kind = "method" if inspect.ismethod(value) else "function"
        module = getattr(value, "__module__", None)
        title = f"Help on {kind} {value.__name__}" + (f" in module {module}:" if module else ":")
        return _page(title, _signature(value), value, [])
    cls = type(value)
    return f"Help on {cls.__qualname__} object:\n\n" + describe(cls).partition("\n\n")[2]


def _signature(value):
    name = getattr(value, "__qualname__", getattr(value, "__name__", "?"))
    try:
        return f"{name}{inspect.signature(value)}"
    except (TypeError, ValueError):
        return f"{name}(...)"


def _indented(text, blanks="    "):
    return "\n".join(blanks + line if line else "" for line in text.splitlines())


def _page(title, signature, value, members):
    parts = [title]
    if signature:
        parts.append(signature)
    doc = inspect.getdoc(value)
    if doc:
        parts.append(_indented(doc))
    parts.extend(members)
    return "\n\n".join(parts) + "\n"


def _members(value):
    found = []
    own = vars(value)
    for name in sorted(own):
        if name.startswith("_") and name != "__init__":
            continue
        item = getattr(value, name, None)
        if inspect.ismodule(item):
            continue
        if callable(item):
            text = _signature(item)
        elif isinstance(own[name], property):
            text, item = name, own[name]
        elif inspect.ismodule(value):
            continue
        else:
            text = name
        doc = inspect.getdoc(item) if callable(item) or isinstance(item, property) else None
        first = doc.strip().splitlines()[0] if doc and doc.strip() else ""
        found.append(_indented(text + (f"\n    {first}" if first else "")))
    return found
