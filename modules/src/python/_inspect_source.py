"""Where code comes from: files, source lines, frames. Published by inspect."""

import itertools
import linecache
import os
import sys
from _types import CodeType, FrameType, FunctionType, MethodType, ModuleType, TracebackType
from collections import namedtuple

__name__ = "inspect"


class ClassFoundException(Exception):
    """Kept for programs that name it."""


class EndOfBlock(Exception):
    """Kept for programs that name it."""


def getfile(object):
    """The file that an object was defined in."""
    if isinstance(object, ModuleType):
        if getattr(object, "__file__", None):
            return object.__file__
        raise TypeError(f"{object!r} is a built-in module")
    if isinstance(object, type):
        if hasattr(object, "__module__"):
            module = sys.modules.get(object.__module__)
            if getattr(module, "__file__", None):
                return module.__file__
            if object.__module__ == "__main__":
                raise OSError("source code not available")
        raise TypeError(f"{object!r} is a built-in class")
    if isinstance(object, MethodType):
        object = object.__func__
    if isinstance(object, FunctionType):
        object = object.__code__
    if isinstance(object, TracebackType):
        object = object.tb_frame
    if isinstance(object, FrameType):
        object = object.f_code
    if isinstance(object, CodeType):
        return object.co_filename
    raise TypeError("module, class, method, function, traceback, frame, or code object was expected, "
                    f"got {type(object).__name__}")


def getmodulename(path):
    """The module that a file of that name would be."""
    name = os.path.basename(path)
    for suffix in (".py", ".pyc"):
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[:-len(suffix)]
    return None


def getsourcefile(object):
    """The file with an object's source, or None."""
    filename = getfile(object)
    if filename.endswith(".pyc"):
        filename = filename[:-1]
    if filename in linecache.cache or os.path.exists(filename):
        return filename
    module = getmodule(object, filename)
    if getattr(module, "__loader__", None) is not None or getattr(
            getattr(module, "__spec__", None), "loader", None) is not None:
        return filename
    return None


def getabsfile(object, _filename=None):
    """The file of an object as an absolute path."""
    if _filename is None:
        _filename = getsourcefile(object) or getfile(object)
    return os.path.normcase(os.path.abspath(_filename))


def getmodule(object, _filename=None):
    """The module that an object was defined in, or None."""
    if isinstance(object, ModuleType):
        return object
    if hasattr(object, "__module__"):
        return sys.modules.get(object.__module__)
    try:
        file = getabsfile(object, _filename)
    except (TypeError, FileNotFoundError, OSError):
        return None
    for module in list(sys.modules.values()):
        filename = getattr(module, "__file__", None)
        if isinstance(filename, str) and os.path.normcase(os.path.abspath(filename)) == file:
            return module
    return None


def findsource(object):
    """All lines of an object's file, and the index of its first."""
    file = getsourcefile(object)
    if file:
        linecache.checkcache(file)
    else:
        file = getfile(object)
        if not (file.startswith("<") and file.endswith(">")):
            raise OSError("source code not available")
    module = getmodule(object, file)
    lines = linecache.getlines(file, module.__dict__) if module else linecache.getlines(file)
    if not lines:
        raise OSError("could not get source code")
    if isinstance(object, ModuleType):
        return lines, 0
    if isinstance(object, type):
        try:
            number = vars(object)["__firstlineno__"] - 1
        except (TypeError, KeyError):
            raise OSError("source code not available")
        if number >= len(lines):
            raise OSError("lineno is out of bounds")
        return lines, number
    if isinstance(object, MethodType):
        object = object.__func__
    if isinstance(object, FunctionType):
        object = object.__code__
    if isinstance(object, TracebackType):
        object = object.tb_frame
    if isinstance(object, FrameType):
        object = object.f_code
    if isinstance(object, CodeType):
        if not hasattr(object, "co_firstlineno"):
            raise OSError("could not find function definition")
        number = object.co_firstlineno - 1
        if number >= len(lines):
            raise OSError("lineno is out of bounds")
        return lines, number
    raise OSError("could not find code object")


def getcomments(object):
    """The comment lines right above an object's source, or None."""
    try:
        lines, number = findsource(object)
    except (OSError, TypeError):
        return None
    if isinstance(object, ModuleType):
        start = 1 if lines and lines[0][:2] == "#!" else 0
        while start < len(lines) and lines[start].strip() in ("", "#"):
            start += 1
        end = start
        while end < len(lines) and lines[end][:1] == "#":
            end += 1
        return "".join([line.expandtabs() for line in lines[start:end]]) or None
    indent = _indent(lines[number])
    start = number
    while start > 0 and lines[start - 1].lstrip()[:1] == "#" and _indent(lines[start - 1]) == indent:
        start -= 1
    if start == number:
        return None
    comments = [line.expandtabs().lstrip() for line in lines[start:number]]
    while comments and comments[0].strip() == "#":
        comments.pop(0)
    while comments and comments[-1].strip() == "#":
        comments.pop()
    return "".join(comments)


def _indent(line):
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


class _Scanner:
    """Goes over source lines and says where logical lines end."""

    def __init__(self):
        self.depth = 0
        self.quote = None

    def feed(self, line):
        """Takes one line; (whether a logical line is complete, whether code follows a colon outside brackets)."""
        position = 0
        colon_at = None
        in_lambda = 0
        last_code = None
        while position < len(line):
            if self.quote is not None:
                if line[position] == "\\":
                    position += 2
                elif line.startswith(self.quote, position):
                    position += len(self.quote)
                    self.quote = None
                else:
                    position += 1
                continue
            char = line[position]
            if char == "#":
                break
            if char in "'\"":
                self.quote = char * 3 if line.startswith(char * 3, position) else char
                position += len(self.quote)
                last_code = position
                continue
            if char in "([{":
                self.depth += 1
            elif char in ")]}":
                self.depth = max(0, self.depth - 1)
            elif char == ":" and not self.depth:
                if in_lambda:
                    in_lambda -= 1
                elif colon_at is None:
                    colon_at = position
            elif char == "l" and line.startswith("lambda", position) and not (
                    position and (line[position - 1].isalnum() or line[position - 1] == "_")):
                in_lambda += 1
            if not char.isspace():
                last_code = position
            position += 1
        if self.quote is not None and len(self.quote) == 1:
            # A string in single quotes ends with its line, unless a backslash says otherwise.
            if not line.rstrip("\n").endswith("\\"):
                self.quote = None
            return False, False
        continued = line.split("#")[0].rstrip("\n").endswith("\\")
        complete = self.quote is None and not self.depth and not continued
        return complete, colon_at is not None and last_code is not None and last_code > colon_at


def getblock(lines):
    """The lines of the definition that a list of lines begins with."""
    scanner = _Scanner()
    position = 0
    start_of_logical = 0
    # Past the decorators, then past the header.
    while position < len(lines):
        complete, one_liner = scanner.feed(lines[position])
        position += 1
        if not complete or not lines[position - 1].strip() or (
                start_of_logical == position - 1 and lines[position - 1].lstrip().startswith("#")):
            if complete:
                start_of_logical = position
            continue
        header = lines[start_of_logical].lstrip()
        start_of_logical = position
        if header.startswith("@"):
            continue
        break
    else:
        return lines
    words = header.split(None, 2)
    if words[0] == "async":
        words = words[1:]
    if not words or words[0].partition("[")[0] not in ("def", "class") or one_liner:
        return lines[:position]
    first = next(line for line in lines if line.strip() and line.lstrip()[:1] != "#")
    base = _indent(first)
    last = position
    body_indent = None
    begins = True
    while position < len(lines):
        line = lines[position]
        stripped = line.strip()
        if begins and (not stripped or stripped.startswith("#")):
            # A comment belongs to the block if it is indented as far as the body.
            if stripped and body_indent is not None and _indent(line) >= body_indent:
                last = position + 1
            position += 1
            continue
        if begins:
            if _indent(line) <= base:
                break
            if body_indent is None:
                body_indent = _indent(line)
        begins, _ = scanner.feed(line)
        position += 1
        last = position
    return lines[:last]


def getsourcelines(object):
    """The source lines of an object, and the number of the first; 0 for a module."""
    from _inspect_signature import unwrap
    object = unwrap(object)
    lines, number = findsource(object)
    if isinstance(object, TracebackType):
        object = object.tb_frame
    if isinstance(object, ModuleType) or (isinstance(object, FrameType) and object.f_code.co_name == "<module>"):
        return lines, 0
    return getblock(lines[number:]), number + 1


def getsource(object):
    """The source text of an object."""
    lines, _ = getsourcelines(object)
    return "".join(lines)


# --- frames

_Traceback = namedtuple("_Traceback", "filename lineno function code_context index")
_FrameInfo = namedtuple("_FrameInfo", ("frame",) + _Traceback._fields)


class Traceback(_Traceback):
    """What getframeinfo says of a frame or a traceback."""

    def __new__(cls, filename, lineno, function, code_context, index, *, positions=None):
        self = super().__new__(cls, filename, lineno, function, code_context, index)
        self.positions = positions
        return self

    def __repr__(self):
        return (f"Traceback(filename={self.filename!r}, lineno={self.lineno!r}, function={self.function!r}, "
                f"code_context={self.code_context!r}, index={self.index!r}, positions={self.positions!r})")


class FrameInfo(_FrameInfo):
    """A Traceback with its frame in front."""

    def __new__(cls, frame, filename, lineno, function, code_context, index, *, positions=None):
        self = super().__new__(cls, frame, filename, lineno, function, code_context, index)
        self.positions = positions
        return self

    def __repr__(self):
        return (f"FrameInfo(frame={self.frame!r}, filename={self.filename!r}, lineno={self.lineno!r}, "
                f"function={self.function!r}, code_context={self.code_context!r}, index={self.index!r}, "
                f"positions={self.positions!r})")


# The class of dis, where nobody needs the rest of it.
Positions = namedtuple("Positions", "lineno end_lineno col_offset end_col_offset", defaults=(None,) * 4, module="dis")


def _positions(code, instruction):
    # Where the instruction at that offset stands in the source.
    if instruction < 0:
        return Positions(code.co_firstlineno)
    return Positions(*next(itertools.islice(code.co_positions(), instruction // 2, None), ()))


def getframeinfo(frame, context=1):
    """File, line, function and surrounding lines of a frame or a traceback."""
    if isinstance(frame, TracebackType):
        lineno = frame.tb_lineno
        instruction = frame.tb_lasti
        frame = frame.tb_frame
    else:
        lineno = frame.f_lineno
        instruction = frame.f_lasti
    if not isinstance(frame, FrameType):
        raise TypeError(f"{frame!r} is not a frame or traceback object")
    filename = getsourcefile(frame) or getfile(frame)
    lines = index = None
    if context > 0:
        start = lineno - 1 - context // 2
        try:
            lines, _ = findsource(frame)
        except OSError:
            lines = None
        else:
            start = max(0, min(start, len(lines) - context))
            lines = lines[start:start + context]
            index = lineno - 1 - start
    return Traceback(filename, lineno, frame.f_code.co_name, lines, index,
                     positions=_positions(frame.f_code, instruction))


def getlineno(frame):
    """The line that a frame is at."""
    return frame.f_lineno


def getouterframes(frame, context=1):
    """FrameInfo objects from a frame outwards."""
    result = []
    while frame:
        info = getframeinfo(frame, context)
        result.append(FrameInfo(frame, *info, positions=info.positions))
        frame = frame.f_back
    return result


def getinnerframes(tb, context=1):
    """FrameInfo objects of a traceback."""
    result = []
    while tb:
        info = getframeinfo(tb, context)
        result.append(FrameInfo(tb.tb_frame, *info, positions=info.positions))
        tb = tb.tb_next
    return result


def stack(context=1):
    """FrameInfo objects of the caller and its callers."""
    return getouterframes(sys._getframe(1), context)


def trace(context=1):
    """FrameInfo objects of the traceback of the exception being handled."""
    exc = sys.exception()
    return getinnerframes(None if exc is None else exc.__traceback__, context)


__name__ = "_inspect_source"
