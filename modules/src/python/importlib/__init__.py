"""Importing by name."""

__all__ = ["__import__", "import_module", "invalidate_caches", "reload"]

import builtins
import sys

__import__ = builtins.__import__

try:
    import _imp
except ImportError:
    _imp = None


def _resolve_name(name, package, level):
    # The absolute name of `name` with that many dots, seen from `package`.
    parts = package.rsplit(".", level - 1)
    if len(parts) < level:
        raise ImportError("attempted relative import beyond top-level package")
    return f"{parts[0]}.{name}" if name else parts[0]


def import_module(name, package=None):
    """Import a module and return it, not its topmost package. A relative name needs `package`."""
    level = len(name) - len(name.lstrip("."))
    if level:
        if not package:
            raise TypeError(f"the 'package' argument is required to perform a relative import for {name!r}")
        name = _resolve_name(name[level:], package, level)
    if not name:
        raise ValueError("Empty module name")
    __import__(name)
    try:
        return sys.modules[name]
    except KeyError:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name) from None


def invalidate_caches():
    """Forget what directories held at the last look."""
    for finder in getattr(sys, "meta_path", ()):
        if hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
    if hasattr(_imp, "invalidate_caches"):
        _imp.invalidate_caches()


_reloading = {}


def reload(module):
    """Run a module's code again in its own namespace; returns the module in sys.modules."""
    if not isinstance(module, type(sys)):
        raise TypeError("reload() argument must be a module")
    spec = getattr(module, "__spec__", None)
    name = getattr(spec, "name", None) or module.__name__
    if sys.modules.get(name) is not module:
        raise ImportError(f"module {name} not in sys.modules", name=name)
    if name in _reloading:
        return _reloading[name]
    _reloading[name] = module
    try:
        parent, _, _ = name.rpartition(".")
        if parent and parent not in sys.modules:
            raise ImportError(f"parent {parent!r} not in sys.modules", name=parent)
        if hasattr(_imp, "reload"):
            _imp.reload(module)
        else:
            _execute_again(module, name)
        return sys.modules[name]
    finally:
        _reloading.pop(name, None)


def _execute_again(module, name):
    loader = getattr(getattr(module, "__spec__", None), "loader", None)
    filename = getattr(module, "__file__", None)
    if filename is None or not filename.endswith(".py"):
        if hasattr(loader, "exec_module"):
            loader.exec_module(module)
            return
        raise ModuleNotFoundError(f"spec not found for the module {name!r}", name=name)
    try:
        with open(filename, "rb") as file:
            source = file.read()
    except FileNotFoundError:
        raise ModuleNotFoundError(f"spec not found for the module {name!r}", name=name) from None
    exec(compile(source, filename, "exec"), module.__dict__)
