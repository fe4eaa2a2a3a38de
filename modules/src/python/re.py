"""Regular expressions, as the library reference describes them. Patterns are compiled and matched by _sre."""

import copyreg as _copyreg
import enum as _enum
import functools as _functools

import _sre
from _sre import Match, Pattern

__all__ = [
    "match", "fullmatch", "search", "sub", "subn", "split",
    "findall", "finditer", "compile", "purge", "escape",
    "error", "Pattern", "Match", "A", "I", "L", "M", "S", "X", "U",
    "ASCII", "IGNORECASE", "LOCALE", "MULTILINE", "DOTALL", "VERBOSE",
    "UNICODE", "NOFLAG", "RegexFlag", "PatternError",
]

__version__ = "2.2.1"


@_enum.global_enum
@_enum._simple_enum(_enum.IntFlag, boundary=_enum.KEEP)
class RegexFlag:
    NOFLAG = 0
    ASCII = A = 256
    IGNORECASE = I = 2
    LOCALE = L = 4
    UNICODE = U = 32
    MULTILINE = M = 8
    DOTALL = S = 16
    VERBOSE = X = 64
    DEBUG = 128
    __str__ = object.__str__
    _numeric_repr_ = hex


class PatternError(Exception):
    """Raised for a pattern or template that is wrong: msg says how, pos where in pattern."""

    __module__ = "re"

    def __init__(self, msg, pattern=None, pos=None):
        self.msg = msg
        self.pattern = pattern
        self.pos = pos
        if pattern is None or pos is None:
            self.lineno = self.colno = None
            super().__init__(msg)
            return
        newline = "\n" if isinstance(pattern, str) else b"\n"
        self.lineno = pattern.count(newline, 0, pos) + 1
        self.colno = pos - pattern.rfind(newline, 0, pos)
        place = f"{msg} at position {pos}"
        if newline in pattern:
            place = f"{place} (line {self.lineno}, column {self.colno})"
        super().__init__(place)


error = PatternError


def match(pattern, string, flags=0):
    """Apply the pattern at the start of the string: a Match, or None."""
    return _compile(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    """Apply the pattern to all of the string: a Match, or None."""
    return _compile(pattern, flags).fullmatch(string)


def search(pattern, string, flags=0):
    """Look through the string for a place where the pattern matches: a Match, or None."""
    return _compile(pattern, flags).search(string)


class _ZeroSentinel(int):
    pass


_zero_sentinel = _ZeroSentinel()


def _positional(name, maximum, values, given):
    """The arguments count (or maxsplit) and flags that were passed by position, with the warning."""
    first, flags = given
    if values:
        if first is not _zero_sentinel:
            raise TypeError(f"{name}() got multiple values for argument '{maximum}'")
        first, *rest = values
        if rest:
            if flags is not _zero_sentinel:
                raise TypeError(f"{name}() got multiple values for argument 'flags'")
            flags, *more = rest
            if more:
                fixed = {"split": 2}.get(name, 3)
                raise TypeError(
                    f"{name}() takes from {fixed} to {fixed + 2} positional arguments "
                    f"but {fixed + 2 + len(more)} were given")
        import warnings
        warnings.warn(f"'{maximum}' is passed as positional argument",
                      DeprecationWarning, stacklevel=3)
    return first, flags


def sub(pattern, repl, string, *args, count=_zero_sentinel, flags=_zero_sentinel):
    """Replace the leftmost matches that do not overlap by repl, a template or a function of the Match."""
    if args:
        count, flags = _positional("sub", "count", args, (count, flags))
    return _compile(pattern, flags).sub(repl, string, count)


sub.__text_signature__ = "(pattern, repl, string, count=0, flags=0)"


def subn(pattern, repl, string, *args, count=_zero_sentinel, flags=_zero_sentinel):
    """The same as sub, with the number of replacements: (new string, number)."""
    if args:
        count, flags = _positional("subn", "count", args, (count, flags))
    return _compile(pattern, flags).subn(repl, string, count)


subn.__text_signature__ = "(pattern, repl, string, count=0, flags=0)"


def split(pattern, string, *args, maxsplit=_zero_sentinel, flags=_zero_sentinel):
    """Split the string where the pattern matches; what groups matched is part of the list."""
    if args:
        maxsplit, flags = _positional("split", "maxsplit", args, (maxsplit, flags))
    return _compile(pattern, flags).split(string, maxsplit)


split.__text_signature__ = "(pattern, string, maxsplit=0, flags=0)"


def findall(pattern, string, flags=0):
    """A list of all matches that do not overlap: of their groups, where the pattern has any."""
    return _compile(pattern, flags).findall(string)


def finditer(pattern, string, flags=0):
    """An iterator over the Match objects of all matches that do not overlap."""
    return _compile(pattern, flags).finditer(string)


def compile(pattern, flags=0):
    """Compile a pattern: a Pattern object."""
    return _compile(pattern, flags)


def purge():
    """Forget the patterns compiled so far."""
    _cache.clear()
    _compile_template.cache_clear()


_special = {i: "\\" + chr(i) for i in b"()[]{}?*+-|^$\\.&~# \t\n\r\v\f"}


def escape(pattern):
    """Put a backslash before every character that means something in a pattern."""
    if isinstance(pattern, str):
        return pattern.translate(_special)
    pattern = str(pattern, "latin1")
    return pattern.translate(_special).encode("latin1")


_cache = {}
_MAXCACHE = 512


def _compile(pattern, flags):
    if isinstance(flags, RegexFlag):
        flags = flags.value
    try:
        return _cache[type(pattern), pattern, flags]
    except KeyError:
        pass
    if isinstance(pattern, Pattern):
        if flags:
            raise ValueError("cannot process flags argument with a compiled pattern")
        return pattern
    if not isinstance(pattern, (str, bytes, bytearray, memoryview)):
        raise TypeError("first argument must be string or compiled pattern")
    compiled, problem, place, warnings = _sre.compile(pattern, flags)
    for warning in warnings:
        import warnings as _warnings
        _warnings.warn(warning, FutureWarning, stacklevel=3)
    if compiled is None:
        # An error without a place doesn't show the pattern either.
        raise PatternError(problem, pattern if place is not None else None, place)
    if not flags & DEBUG:
        if len(_cache) >= _MAXCACHE:
            del _cache[next(iter(_cache))]
        _cache[type(pattern), pattern, flags] = compiled
    return compiled


@_functools.lru_cache(_MAXCACHE)
def _compile_template(pattern, repl):
    parts, problem, place = _sre.template(pattern, repl)
    if parts is None:
        raise PatternError(problem, repl, place)
    return parts


def _pickle(p):
    return _compile, (p.pattern, p.flags)


_copyreg.pickle(Pattern, _pickle, _compile)


class Scanner:
    """Splits a string by a lexicon of (pattern, action) pairs; an action is a function, a value or None."""

    def __init__(self, lexicon, flags=0):
        self.lexicon = lexicon
        if isinstance(flags, RegexFlag):
            flags = flags.value
        groups = 1
        self._actions = {}
        phrases = []
        for phrase, action in lexicon:
            self._actions[groups] = action
            groups += 1 + _compile(phrase, flags).groups
            phrases.append(f"({phrase})")
        self.scanner = _compile("|".join(phrases), flags)

    def scan(self, string):
        result = []
        match = self.scanner.scanner(string).match
        end = 0
        while found := match():
            start, end = end, found.end()
            if start == end:
                break
            action = self._actions[found.lastindex]
            if callable(action):
                self.match = found
                action = action(self, found.group())
            if action is not None:
                result.append(action)
        return result, string[end:]
