"""What the prompt's commands and its completion ask of objects. The answers are plain: texts, bytes, numbers
and lists of them; the shell lays them out."""

import builtins
import copy
import copyreg
import keyword
import pickle
import sys
import time
import types

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
# How many lines or items an answer may have.
MOST = 200
# Objects of these classes hold no others and can't change: a copy of one is the object itself.
ATOMS = (type(None), bool, int, float, complex, str, bytes, type, types.FunctionType, types.BuiltinFunctionType,
         types.ModuleType, range, type(Ellipsis), type(NotImplemented))


def _short(text, most=100):
    return text if len(text) <= most else text[:most - 3] + "..."


def _show(value, most=100):
    try:
        return _short(repr(value).replace("\n", " "), most)
    except Exception as error:
        return f"<{type(value).__qualname__}, whose repr raises {type(error).__name__}>"


def _name(value):
    """A callable's full name."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if not isinstance(name, str):
        return _show(value)
    return f"{module}.{name}" if isinstance(module, str) and module not in ("builtins", "__main__") else name


def _error(error):
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


# Completion

def names(prefix):
    """Names that mean something at the prompt."""
    import __main__
    found = {*keyword.kwlist, *dir(builtins), *vars(__main__)}
    return sorted(name for name in found if name.startswith(prefix))


def attributes(expression, prefix):
    """Attributes of what a dotted name means; private ones only when they are asked for."""
    import __main__
    first, *rest = expression.split(".")
    value = vars(__main__).get(first, _Absent)
    if value is _Absent:
        value = getattr(builtins, first, _Absent)
    for name in rest:
        if value is _Absent:
            return []
        try:
            value = getattr(value, name)
        except Exception:
            return []
    if value is _Absent:
        return []
    return _attributes_of(value, prefix)


class _Absent:
    """Stands for what is not there."""


def _attributes_of(value, prefix):
    try:
        found = {name for name in dir(value) if isinstance(name, str)}
    except Exception:
        return []
    if not prefix:
        found = {name for name in found if not name.startswith("_")}
    return sorted(name for name in found if name.startswith(prefix))


def modules(prefix):
    """Modules that import would find, down to the part of a dotted name that is being typed."""
    package, _, last = prefix.rpartition(".")
    found = {name for name in (*sys.modules, *_registered()) if isinstance(name, str)}
    if package:
        found = {name[len(package) + 1:] for name in found if name.startswith(package + ".")}
    else:
        found |= _files()
    found = {name.partition(".")[0] for name in found}
    if not last.startswith("_"):
        found = {name for name in found if not name.startswith("_")}
    return sorted(name for name in found if name.startswith(last) and name.isidentifier())


def _registered():
    return {*getattr(sys, "builtin_module_names", ()), *getattr(sys, "stdlib_module_names", ())}


def _files():
    import os
    found = set()
    for folder in sys.path:
        try:
            entries = os.listdir(folder or ".")
        except OSError:
            continue
        for entry in entries:
            if entry.endswith(".py"):
                found.add(entry[:-3])
            elif os.path.exists(os.path.join(folder or ".", entry, "__init__.py")):
                found.add(entry)
    return found


def members(module, prefix):
    """What can be imported from a module; a file is not run for the asking."""
    if module not in sys.modules and module not in _registered():
        return []
    try:
        value = __import__(module, fromlist=["*"])
    except Exception:
        return []
    return _attributes_of(value, prefix)


# Commands

def reduce(value):
    """For each run of protocols with the same answer: (protocols, parts); and a remark."""
    rows = []
    for protocol in PROTOCOLS:
        parts = _reduced(value, protocol)
        if rows and rows[-1][1] == parts:
            rows[-1][0].append(protocol)
        else:
            rows.append(([protocol], parts))
    remark = ""
    cls = type(value)
    if cls in pickle._Pickler.dispatch:
        remark = f"pickle writes a {cls.__qualname__} itself and asks for none of this"
    elif cls in copyreg.dispatch_table:
        remark = f"pickle calls copyreg.dispatch_table[{cls.__qualname__}] instead"
    return [[[_protocols(protocols), parts] for protocols, parts in rows], remark]


def _protocols(numbers):
    if len(numbers) == 1:
        return str(numbers[0])
    return f"{numbers[0]}-{numbers[-1]}"


def _reduced(value, protocol):
    try:
        answer = value.__reduce_ex__(protocol)
    except Exception as error:
        return [["raises", _error(error)]]
    if isinstance(answer, str):
        return [["global", answer]]
    if not isinstance(answer, tuple) or not 2 <= len(answer) <= 6:
        return [["wrong", _show(answer)]]
    titles = ("callable", "arguments", "state", "list items", "dict items", "state setter")
    parts = [[titles[0], _name(answer[0])], [titles[1], _arguments(answer[1])]]
    for title, part in zip(titles[2:], answer[2:]):
        if part is None:
            continue
        if title.endswith("items"):
            part = _first(part)
        elif title == "state setter":
            part = _name(part)
        else:
            part = _show(part)
        parts.append([title, part])
    return parts


def _arguments(arguments):
    if not isinstance(arguments, tuple):
        return _show(arguments)
    shown = [_name(item) if isinstance(item, type) else _show(item) for item in arguments]
    return _short(f"({', '.join(shown)}{',' if len(shown) == 1 else ''})")


def _first(items):
    shown = []
    for item in items:
        if len(shown) == 5:
            shown.append("...")
            break
        shown.append(_show(item))
    return ", ".join(shown)


def dumps(value, protocol):
    """The pickle; at the default protocol where protocol is -1."""
    return pickle.dumps(value, None if protocol < 0 else protocol)


def dumps_each(value):
    """The pickle at each protocol, or what is wrong with it there."""
    found = []
    for protocol in PROTOCOLS:
        try:
            found.append([protocol, pickle.dumps(value, protocol)])
        except Exception as error:
            found.append([protocol, _error(error)])
    return found


def _children(value):
    """(label, object) for what an object holds, as pickle and copy go through it."""
    cls = type(value)
    if cls in ATOMS or isinstance(value, type):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if type(key) not in ATOMS:
                yield f"[key {_show(key, 30)}]", key
            yield f"[{_show(key, 30)}]", item
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield f"[{index}]", item
    elif isinstance(value, (set, frozenset)):
        for item in value:
            yield f"{{{_show(item, 30)}}}", item
    if cls.__module__ == "builtins":
        return
    attributes = getattr(value, "__dict__", None)
    if isinstance(attributes, dict):
        for name, item in attributes.items():
            yield f".{name}", item
    for name in copyreg._slotnames(cls):
        try:
            yield f".{name}", getattr(value, name)
        except AttributeError:
            pass


def copied(value):
    """What deepcopy did with the object and with what it holds: (depth, label, class, verdict) in order."""
    other = copy.deepcopy(value)
    lines = []
    seen = set()

    def walk(depth, label, old, new):
        if len(lines) >= MOST:
            return
        cls = type(old).__qualname__
        if old is new:
            verdict = "shared: can't change" if type(old) in ATOMS else "shared"
        else:
            verdict = "copied"
        if id(old) in seen:
            lines.append([depth, label, cls, verdict + ", seen above"])
            return
        lines.append([depth, label, f"{cls} {_show(old, 40)}", verdict])
        if old is new and type(old) in ATOMS:
            return
        seen.add(id(old))
        for (name, item), (_, item_copy) in zip(_children(old), _children(new)):
            walk(depth + 1, name, item, item_copy)

    walk(0, "", value, other)
    return [lines, len(lines) >= MOST]


def _pickles(value):
    try:
        pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return error
    return None


def _held(value):
    """What pickle would go on to: the parts of what `__reduce_ex__` answers, or the object's children."""
    if type(value) in pickle._Pickler.dispatch:
        yield from _children(value)
        return
    try:
        answer = value.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    except Exception:
        return
    if not isinstance(answer, tuple):
        return
    if len(answer) > 1 and isinstance(answer[1], tuple):
        for index, item in enumerate(answer[1]):
            if not isinstance(item, type):
                yield f".__reduce_ex__()[1][{index}]", item
    if len(answer) > 2 and answer[2] is not None:
        state = answer[2]
        parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
        for part in parts:
            if isinstance(part, dict):
                for name, item in part.items():
                    yield f".{name}" if isinstance(name, str) else f"[{_show(name, 30)}]", item
            elif part is not None:
                yield ".__reduce_ex__()[2]", part
    for place in (3, 4):
        if len(answer) > place and answer[place] is not None:
            for index, item in enumerate(answer[place]):
                label, item = (f"[{_show(item[0], 30)}]", item[1]) if place == 4 else (f"[{index}]", item)
                yield label, item


def why(value, root):
    """How pickle comes to what it can't take: [bytes] if it takes all, else [[path, class], ..., error, advice]."""
    error = _pickles(value)
    if error is None:
        return [len(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))]
    path = [[root, _describe(value)]]
    above = [value]
    while True:
        for label, item in _held(value):
            if any(item is other for other in above):
                continue
            found = _pickles(item)
            if found is not None:
                error, value = found, item
                path.append([path[-1][0] + label, _describe(item)])
                above.append(item)
                break
        else:
            return [path, _error(error), _advice(value, error)]


def _describe(value):
    return f"{type(value).__qualname__} {_show(value, 60)}"


def _advice(value, error):
    """What would help."""
    cls = type(value)
    name = getattr(value, "__qualname__", "")
    if isinstance(value, types.FunctionType):
        if "<lambda>" in name:
            return "write the lambda as a function with def, at the top of a module: pickle keeps only its name"
        if "<locals>" in name:
            return "move the function to the top of a module: pickle keeps only its name"
        return "make the module's attribute of this name the function itself"
    if isinstance(value, type):
        if "<locals>" in name:
            return "move the class to the top of a module: pickle keeps only its name"
        return "make the module's attribute of this name the class itself"
    if isinstance(value, types.GeneratorType) or hasattr(value, "__next__"):
        return "put what it yields into a list"
    if isinstance(value, types.ModuleType):
        return "keep the module's name, and import it when the object is loaded"
    if hasattr(value, "read") or hasattr(value, "write"):
        return "keep the name and the position of the file, and open it again in __setstate__"
    if isinstance(value, memoryview):
        return "use bytes(view)"
    if "<locals>" in cls.__qualname__:
        return f"move the class {cls.__name__} to the top of a module: pickle keeps only its name"
    if hasattr(cls, "__slots__") and not hasattr(cls, "__getstate__"):
        return f"give {cls.__name__} a __getstate__"
    if cls.__module__ in ("_thread", "threading") or "lock" in cls.__name__.lower():
        return "leave it out of the state in __getstate__, and make a new one in __setstate__"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return (f"leave it out of the state in __getstate__, or tell pickle how: a method __reduce__, "
            f"or copyreg.pickle({cls.__name__}, function)")


def time_of(expression):
    """Seconds for the expression, and for pickling, unpickling and copying its value: (what, seconds, loops)."""
    import __main__
    code = compile(expression, "<stdin>", "eval")
    namespace = vars(__main__)
    value = eval(code, namespace)
    found = [["evaluate", *_timed(lambda: eval(code, namespace))]]
    for what, work in (("pickle.dumps", lambda: pickle.dumps(value)),
                       ("pickle.loads", None),
                       ("copy.deepcopy", lambda: copy.deepcopy(value))):
        try:
            if work is None:
                data = pickle.dumps(value)
                work = lambda: pickle.loads(data)
            found.append([what, *_timed(work)])
        except Exception as error:
            found.append([what, _error(error), 0])
    return found


def _timed(work, least=0.1):
    """The best of three rounds that each take a tenth of a second or so."""
    loops = 1
    while True:
        took = _round(work, loops)
        if took >= least / 4 or loops >= 10_000_000:
            break
        loops *= 2 if took > least / 20 else 5
    best = min(took, _round(work, loops), _round(work, loops))
    return best / loops, loops


def _round(work, loops):
    clock = time.perf_counter
    start = clock()
    for _ in range(loops):
        work()
    return clock() - start
