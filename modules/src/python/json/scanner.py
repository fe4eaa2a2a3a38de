"""One JSON value out of a text."""

from _json_machines import NUMBER_RE, Scanning as _Scanning

try:
    from _json import make_scanner as c_make_scanner
except ImportError:
    c_make_scanner = None

__all__ = ['make_scanner']


class py_make_scanner(_Scanning):
    """A scanner with the options of a JSONDecoder."""


make_scanner = c_make_scanner or py_make_scanner
