"""Standard encodings: the codecs that `codecs.lookup` finds, each also as a module of this package."""

import codecs
import sys

from . import aliases

# What was found, by the names that were asked for, and what was made, by the codecs' modules.
_cache = {}
_made = {}


class CodecRegistryError(LookupError, SystemError):
    """A codec's module does not answer as it should."""


def normalize_encoding(encoding):
    """The name with every run of what is neither letter, digit nor dot as one underscore, and none at the ends."""
    if isinstance(encoding, bytes):
        encoding = str(encoding, "ascii")
    parts = []
    gap = False
    for character in encoding:
        if character.isalnum() or character == ".":
            if gap and parts:
                parts.append("_")
            gap = False
            if character.isascii():
                parts.append(character)
        else:
            gap = True
    return "".join(parts)


def search_function(encoding):
    """The codec of an encoding, or None: what is registered with `codecs`."""
    if encoding in _cache:
        return _cache[encoding]
    name = normalize_encoding(encoding).lower()
    known = aliases.aliases.get(name) or aliases.aliases.get(name.replace(".", "_"))
    entry = None
    for module in (known, name):
        if module and "." not in module:
            if module not in _made:
                _made[module] = _find(module)
            if (entry := _made[module]) is not None:
                break
    _cache[encoding] = entry
    return entry


def __getattr__(name):
    # A module of the package, which CPython imports with the first use of its codec.
    if name.startswith("_") or search_function(name) is None:
        raise AttributeError(f"module 'encodings' has no attribute {name!r}")
    return __import__("encodings." + name, fromlist=["getregentry"])


def _find(module):
    from . import _charmaps, _transforms
    if (known := codecs._built_in(module)) is not None:
        return known
    if module in ("idna", "punycode"):
        return __import__("encodings." + module, fromlist=["getregentry"]).getregentry()
    return _transforms.find(module) or _charmaps.find(module)
