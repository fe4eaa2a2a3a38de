"""The types of template strings (PEP 750)."""

from _templatelib import Interpolation, Template

__all__ = ["Interpolation", "Template", "convert"]


def convert(obj, /, conversion):
    """Apply an interpolation's conversion: None, "r", "s" or "a"."""
    if conversion is None:
        return obj
    if conversion == "r":
        return repr(obj)
    if conversion == "s":
        return str(obj)
    if conversion == "a":
        return ascii(obj)
    raise ValueError(f"invalid conversion specifier: {conversion}")


def _template_unpickle(strings, interpolations):
    # What Template.__reduce__ names.
    parts = [strings[0]]
    for interpolation, string in zip(interpolations, strings[1:]):
        parts += (interpolation, string)
    return Template(*parts)
