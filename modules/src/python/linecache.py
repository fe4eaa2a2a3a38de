"""Lines of source files, kept after the first look."""

__all__ = ["getline", "clearcache", "checkcache", "lazycache"]

# filename -> (size, mtime or None, lines, full name), or a one-element tuple of a function that gives the source.
cache = {}
_interactive_cache = {}


def clearcache():
    """Forget everything."""
    cache.clear()


def getline(filename, lineno, module_globals=None):
    """Line `lineno` with its newline; "" if there is none."""
    lines = getlines(filename, module_globals)
    if 1 <= lineno <= len(lines):
        return lines[lineno - 1]
    return ""


def getlines(filename, module_globals=None):
    """All lines, each with its newline; [] if the file cannot be read."""
    entry = cache.get(filename)
    if entry is not None and len(entry) != 1:
        return entry[2]
    try:
        return updatecache(filename, module_globals)
    except MemoryError:
        clearcache()
        return []


def _make_key(code):
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _getline_from_code(filename, lineno):
    lines = _getlines_from_code(filename)
    if 1 <= lineno <= len(lines):
        return lines[lineno - 1]
    return ""


def _getlines_from_code(code):
    entry = _interactive_cache.get(_make_key(code))
    if entry is not None and len(entry) != 1:
        return entry[2]
    return []


def _register_code(code, string, name):
    # For a REPL: the source of `code`, and of the code objects inside it.
    entry = len(string), None, [line + "\n" for line in string.splitlines()], name
    pending = [code]
    while pending:
        code = pending.pop()
        for const in code.co_consts:
            if isinstance(const, type(code)):
                pending.append(const)
        _interactive_cache[_make_key(code)] = entry


def checkcache(filename=None):
    """Forget files that have changed."""
    import os
    for filename in list(cache) if filename is None else [filename] if filename in cache else []:
        entry = cache[filename]
        if len(entry) == 1 or entry[1] is None:
            continue
        try:
            stat = os.stat(entry[3])
        except (OSError, ValueError):
            cache.pop(filename, None)
            continue
        if entry[0] != stat.st_size or entry[1] != stat.st_mtime:
            cache.pop(filename, None)


def _source_unavailable(filename):
    return not filename or (filename.startswith("<") and filename.endswith(">")
                            and not filename.startswith("<frozen "))


def updatecache(filename, module_globals=None):
    """Read a file anew; its lines, [] if it cannot be read."""
    entry = cache.pop(filename, None) if filename in cache and len(cache[filename]) != 1 else None
    if _source_unavailable(filename):
        return []
    import os
    fullname = filename
    try:
        stat = os.stat(fullname)
    except (OSError, ValueError):
        # Perhaps a loader has it, perhaps it lies under sys.path.
        if lazycache(filename, module_globals):
            try:
                data = cache[filename][0]()
            except (ImportError, OSError):
                pass
            else:
                if data is None:
                    cache.pop(filename, None)
                    return []
                entry = len(data), None, [line + "\n" for line in data.splitlines()], fullname
                cache[filename] = entry
                return entry[2]
        if os.path.isabs(filename):
            return []
        import sys
        for dirname in sys.path:
            try:
                fullname = os.path.join(dirname, filename)
                stat = os.stat(fullname)
                break
            except (TypeError, AttributeError, OSError, ValueError):
                pass
        else:
            return []
    try:
        with open(fullname, encoding="utf-8-sig", errors="strict") as file:
            lines = file.readlines()
    except (OSError, UnicodeDecodeError, SyntaxError):
        return []
    if not lines:
        lines = ["\n"]
    elif not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    cache[filename] = stat.st_size, stat.st_mtime, lines, fullname
    return lines


def lazycache(filename, module_globals):
    """Note where a module's source could be had from, without reading it; whether there is such a place."""
    if filename in cache:
        return len(cache[filename]) == 1
    if not filename or (filename.startswith("<") and filename.endswith(">")):
        return False
    if module_globals and "__name__" in module_globals:
        spec = module_globals.get("__spec__")
        name = getattr(spec, "name", None) or module_globals["__name__"]
        loader = getattr(spec, "loader", None) or module_globals.get("__loader__")
        get_source = getattr(loader, "get_source", None)
        if name and get_source:
            def get_lines(name=name):
                return get_source(name)
            cache[filename] = (get_lines,)
            return True
    return False
