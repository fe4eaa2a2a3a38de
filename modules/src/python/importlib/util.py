"""Helpers around specs."""

import sys
from importlib import _resolve_name
from importlib.machinery import ModuleSpec, SourceFileLoader

__all__ = ["find_spec", "module_from_spec", "resolve_name", "spec_from_file_location", "spec_from_loader"]

MAGIC_NUMBER = b"\x2b\x0e\r\n"


def resolve_name(name, package):
    """The absolute name of a relative one."""
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    if not package:
        raise ImportError(f"no package specified for {name!r} (required for relative module names)")
    return _resolve_name(name[level:], package, level)


def spec_from_loader(name, loader, *, origin=None, is_package=None):
    """A spec for a loader."""
    if hasattr(loader, "get_filename"):
        if is_package is None and hasattr(loader, "is_package"):
            try:
                is_package = loader.is_package(name)
            except ImportError:
                is_package = False
        return spec_from_file_location(name, loader.get_filename(name), loader=loader,
                                       submodule_search_locations=[] if is_package else None)
    return ModuleSpec(name, loader, origin=origin, is_package=bool(is_package))


def spec_from_file_location(name, location=None, *, loader=None, submodule_search_locations=False):
    """A spec for a source file."""
    import os
    if location is None:
        if not hasattr(loader, "get_filename"):
            return None
        location = loader.get_filename(name)
    location = os.path.abspath(os.fspath(location))
    if loader is None:
        if not location.endswith(".py"):
            return None
        loader = SourceFileLoader(name, location)
    spec = ModuleSpec(name, loader, origin=location)
    spec.has_location = True
    if submodule_search_locations is False:
        if os.path.basename(location) == "__init__.py":
            spec.submodule_search_locations = [os.path.dirname(location)]
    else:
        spec.submodule_search_locations = submodule_search_locations
        if submodule_search_locations == []:
            spec.submodule_search_locations.append(os.path.dirname(location))
    return spec


def module_from_spec(spec):
    """A module for a spec, not yet executed."""
    module = spec.loader.create_module(spec) if hasattr(spec.loader, "create_module") else None
    if module is None:
        module = type(sys)(spec.name)
    module.__loader__ = spec.loader
    module.__package__ = spec.parent
    module.__spec__ = spec
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    if spec.has_location:
        module.__file__ = spec.origin
    return module


def find_spec(name, package=None):
    """The spec of a module, imported or not; None if there is no such module."""
    fullname = resolve_name(name, package)
    if fullname in sys.modules:
        module = sys.modules[fullname]
        if module is None:
            return None
        spec = getattr(module, "__spec__", None)
        if spec is None:
            return _made_up_spec(module, fullname)
        return spec
    parent, _, last = fullname.rpartition(".")
    if parent:
        __import__(parent)
        try:
            search = sys.modules[parent].__path__
        except AttributeError as error:
            raise ModuleNotFoundError(f"__path__ attribute not found on {parent!r} while trying to find {fullname!r}",
                                      name=fullname) from error
    else:
        search = None
    for finder in getattr(sys, "meta_path", ()):
        if hasattr(finder, "find_spec"):
            spec = finder.find_spec(fullname, search, None)
            if spec is not None:
                return spec
    if fullname in sys.builtin_module_names:
        return ModuleSpec(fullname, None, origin="built-in")
    import os
    for directory in sys.path if search is None else search:
        base = os.path.join(directory or ".", last)
        for candidate in (os.path.join(base, "__init__.py"), base + ".py"):
            if os.path.isfile(candidate):
                return spec_from_file_location(fullname, candidate)
    return None


def _made_up_spec(module, name):
    filename = getattr(module, "__file__", None)
    if filename and filename.endswith(".py"):
        return spec_from_file_location(name, filename)
    if name == "__main__":
        raise ValueError(f"{name}.__spec__ is None")
    return ModuleSpec(name, None, origin="built-in", is_package=hasattr(module, "__path__"))
