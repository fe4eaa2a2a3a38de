"""The classes of `warnings` under the name of the module that defines them in CPython 3.14."""

from warnings import WarningMessage, catch_warnings, deprecated  # noqa: F401
