"""Tracebacks as text and as data."""

import sys
from _types import TracebackType as _TracebackType

__all__ = ["extract_stack", "extract_tb", "format_exception", "format_exception_only", "format_list", "format_stack",
           "format_tb", "print_exc", "format_exc", "print_exception", "print_last", "print_stack", "print_tb",
           "clear_frames", "FrameSummary", "StackSummary", "TracebackException", "walk_stack", "walk_tb",
           "print_list"]

_RECURSIVE_CUTOFF = 3

_cause_message = "\nThe above exception was the direct cause of the following exception:\n\n"
_context_message = "\nDuring handling of the above exception, another exception occurred:\n\n"


class _Sentinel:
    def __repr__(self):
        return "<implicit>"


_sentinel = _Sentinel()


def _exception_of(exc, value, tb):
    # The arguments of the old three-argument forms, or of the new one-argument ones.
    if (value is _sentinel) != (tb is _sentinel):
        raise ValueError("Both or neither of value and tb must be given")
    if value is tb is _sentinel:
        if exc is None:
            return None, None
        if isinstance(exc, BaseException):
            return exc, exc.__traceback__
        raise TypeError(f"Exception expected for value, {type(exc).__name__} found")
    return value, tb


def print_list(extracted_list, file=None):
    """Write entries, as extract_tb gives them, to a file."""
    if file is None:
        file = sys.stderr
    for item in StackSummary.from_list(extracted_list).format():
        print(item, file=file, end="")


def format_list(extracted_list):
    """Entries as a list of strings that end in newlines."""
    return StackSummary.from_list(extracted_list).format()


def print_tb(tb, limit=None, file=None):
    """Write the entries of a traceback to a file."""
    print_list(extract_tb(tb, limit=limit), file=file)


def format_tb(tb, limit=None):
    """The entries of a traceback as a list of strings."""
    return extract_tb(tb, limit=limit).format()


def extract_tb(tb, limit=None):
    """The entries of a traceback as a StackSummary."""
    return StackSummary._extract_from_extended_frame_gen(_walk_tb_with_positions(tb), limit=limit)


def print_exception(exc, /, value=_sentinel, tb=_sentinel, limit=None, file=None, chain=True, **kwargs):
    """Write an exception with its traceback, and those before it in the chain, to a file."""
    value, tb = _exception_of(exc, value, tb)
    TracebackException(type(value), value, tb, limit=limit, compact=True).print(file=file, chain=chain)


def format_exception(exc, /, value=_sentinel, tb=_sentinel, limit=None, chain=True, **kwargs):
    """What print_exception writes, as a list of strings."""
    value, tb = _exception_of(exc, value, tb)
    return list(TracebackException(type(value), value, tb, limit=limit, compact=True).format(chain=chain))


def format_exception_only(exc, /, value=_sentinel, *, show_group=False, **kwargs):
    """The exception part alone, as a list of strings."""
    if value is _sentinel:
        value = exc
    return list(TracebackException(type(value), value, None, compact=True)
                .format_exception_only(show_group=show_group))


def print_exc(limit=None, file=None, chain=True):
    """print_exception for the exception that is being handled."""
    print_exception(sys.exception(), limit=limit, file=file, chain=chain)


def format_exc(limit=None, chain=True):
    """What print_exc writes, as one string."""
    return "".join(format_exception(sys.exception(), limit=limit, chain=chain))


def print_last(limit=None, file=None, chain=True):
    """print_exception for the last exception that nothing handled."""
    if not hasattr(sys, "last_exc") and not hasattr(sys, "last_type"):
        raise ValueError("no last exception")
    if hasattr(sys, "last_exc"):
        print_exception(sys.last_exc, limit=limit, file=file, chain=chain)
    else:
        print_exception(sys.last_type, sys.last_value, sys.last_traceback, limit, file, chain)


def print_stack(f=None, limit=None, file=None):
    """Write the stack from a frame, by default the caller's, to a file."""
    if f is None:
        f = sys._getframe().f_back
    print_list(extract_stack(f, limit=limit), file=file)


def format_stack(f=None, limit=None):
    """What print_stack writes, as a list of strings."""
    if f is None:
        f = sys._getframe().f_back
    return format_list(extract_stack(f, limit=limit))


def extract_stack(f=None, limit=None):
    """The stack from a frame, by default the caller's, as a StackSummary, oldest entry first."""
    if f is None:
        f = sys._getframe().f_back
    stack = StackSummary.extract(walk_stack(f), limit=limit)
    stack.reverse()
    return stack


def clear_frames(tb):
    """Clear the local variables of all frames of a traceback."""
    while tb is not None:
        try:
            tb.tb_frame.clear()
        except RuntimeError:
            pass
        tb = tb.tb_next


def walk_stack(f):
    """Iterate over (frame, line number) from a frame outwards."""
    if f is None:
        f = sys._getframe().f_back
    return _walk_stack(f)


def _walk_stack(frame):
    while frame is not None:
        yield frame, frame.f_lineno
        frame = frame.f_back


def walk_tb(tb):
    """Iterate over (frame, line number) of a traceback."""
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


def _walk_tb_with_positions(tb):
    while tb is not None:
        lineno, end_lineno, colno, end_colno = _positions_of(tb.tb_frame.f_code, tb.tb_lasti)
        # The code's table may have no line; the traceback always has one.
        if lineno is None:
            lineno = tb.tb_lineno
        yield tb.tb_frame, (lineno, end_lineno, colno, end_colno)
        tb = tb.tb_next


def _positions_of(code, index):
    if index < 0:
        return None, None, None, None
    skip = index // 2
    for number, positions in enumerate(code.co_positions()):
        if number == skip:
            return positions
    return None, None, None, None


class FrameSummary:
    """One entry: where, in what function, with the text of the line on demand."""

    __slots__ = ("filename", "lineno", "end_lineno", "colno", "end_colno", "name", "_lines", "_lines_dedented",
                 "locals", "_code")

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None, end_lineno=None,
                 colno=None, end_colno=None, **kwargs):
        self.filename = filename
        self.lineno = lineno
        self.end_lineno = lineno if end_lineno is None else end_lineno
        self.colno = colno
        self.end_colno = end_colno
        self.name = name
        self._code = kwargs.get("_code")
        self._lines = line
        self._lines_dedented = None
        if lookup_line:
            self.line
        self.locals = None if locals is None else {
            key: _safe_string(value, "local", func=repr) for key, value in locals.items()}

    def __eq__(self, other):
        if isinstance(other, FrameSummary):
            return (self.filename == other.filename and self.lineno == other.lineno and self.name == other.name
                    and self.locals == other.locals)
        if isinstance(other, tuple):
            return (self.filename, self.lineno, self.name, self.line) == other
        return NotImplemented

    def __getitem__(self, pos):
        return (self.filename, self.lineno, self.name, self.line)[pos]

    def __iter__(self):
        return iter([self.filename, self.lineno, self.name, self.line])

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"

    def __len__(self):
        return 4

    def _set_lines(self):
        if self._lines is None and self.lineno is not None and self.end_lineno is not None:
            import linecache
            lines = []
            for lineno in range(self.lineno, self.end_lineno + 1):
                # A missing last line would shift the columns, so keep it, as empty.
                line = linecache.getline(self.filename, lineno).rstrip()
                if not line and self._code is not None and self.filename.startswith("<"):
                    line = linecache._getline_from_code(self._code, lineno).rstrip()
                lines.append(line)
            self._lines = "\n".join(lines) + "\n"

    @property
    def _original_lines(self):
        self._set_lines()
        return self._lines

    @property
    def _dedented_lines(self):
        self._set_lines()
        if self._lines_dedented is None and self._lines is not None:
            import textwrap
            self._lines_dedented = textwrap.dedent(self._lines)
        return self._lines_dedented

    @property
    def line(self):
        """The first line of source, stripped; None if there is no line number."""
        self._set_lines()
        if self._lines is None:
            return None
        return self._lines.partition("\n")[0].strip()


class StackSummary(list):
    """A list of FrameSummary."""

    @classmethod
    def extract(klass, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False):
        """From an iterable of (frame, line number)."""
        def extended():
            for frame, lineno in frame_gen:
                yield frame, (lineno, None, None, None)
        return klass._extract_from_extended_frame_gen(extended(), limit=limit, lookup_lines=lookup_lines,
                                                      capture_locals=capture_locals)

    @classmethod
    def _extract_from_extended_frame_gen(klass, frame_gen, *, limit=None, lookup_lines=True, capture_locals=False):
        if limit is None:
            limit = getattr(sys, "tracebacklimit", None)
            if limit is not None and limit < 0:
                limit = 0
        entries = frame_gen
        if limit is not None:
            entries = list(entries)
            if limit >= 0:
                entries = entries[:limit]
            else:
                entries = entries[limit:]
        result = klass()
        filenames = set()
        for frame, (lineno, end_lineno, colno, end_colno) in entries:
            code = frame.f_code
            filename = code.co_filename
            filenames.add(filename)
            import linecache
            linecache.lazycache(filename, frame.f_globals)
            result.append(FrameSummary(filename, lineno, code.co_name, lookup_line=False,
                                       locals=frame.f_locals if capture_locals else None, end_lineno=end_lineno,
                                       colno=colno, end_colno=end_colno, _code=code))
        if filenames:
            import linecache
            for filename in filenames:
                linecache.checkcache(filename)
        if lookup_lines:
            for entry in result:
                entry.line
        return result

    @classmethod
    def from_list(klass, a_list):
        """From FrameSummary objects or (filename, line number, name, line) tuples."""
        result = StackSummary()
        for entry in a_list:
            if isinstance(entry, FrameSummary):
                result.append(entry)
            else:
                filename, lineno, name, line = entry
                result.append(FrameSummary(filename, lineno, name, line=line))
        return result

    def format_frame_summary(self, frame_summary, **kwargs):
        """The text of one entry; None to leave it out."""
        filename = frame_summary.filename
        if filename.startswith("<stdin-") and filename.endswith(">"):
            filename = "<stdin>"
        rows = [f'  File "{filename}", line {frame_summary.lineno}, in {frame_summary.name}\n']
        dedented = frame_summary._dedented_lines
        if dedented and dedented.strip():
            if frame_summary.colno is None or frame_summary.end_colno is None:
                shown = frame_summary.line.splitlines() or [""]
            else:
                from _traceback_carets import annotate
                count = frame_summary.end_lineno - frame_summary.lineno + 1
                shown = annotate(frame_summary._original_lines.splitlines()[:count],
                                 dedented.splitlines()[:count], frame_summary.colno, frame_summary.end_colno)
            rows += [f"    {line}\n" for line in shown]
        if frame_summary.locals:
            rows += [f"    {name} = {value}\n" for name, value in sorted(frame_summary.locals.items())]
        return "".join(rows)

    def format(self, **kwargs):
        """A list of strings; an entry repeated more than three times is shown three times and counted."""
        result = []
        last = None
        count = 0
        for frame_summary in self:
            text = self.format_frame_summary(frame_summary)
            if text is None:
                continue
            place = frame_summary.filename, frame_summary.lineno, frame_summary.name
            if place != last:
                _note_repeats(result, count)
                last = place
                count = 0
            count += 1
            if count <= _RECURSIVE_CUTOFF:
                result.append(text)
        _note_repeats(result, count)
        return result


def _note_repeats(result, count):
    if count > _RECURSIVE_CUTOFF:
        more = count - _RECURSIVE_CUTOFF
        result.append(f"  [Previous line repeated {more} more time{'s' if more > 1 else ''}]\n")


def _safe_string(value, what, func=str):
    try:
        return func(value)
    except Exception:
        return f"<{what} {func.__name__}() failed>"


def _indented(text, indent):
    return "".join([indent + line if line.strip() else line for line in text.splitlines(True)])


class _Output:
    # The margin that exception groups draw, and how deep they nest.
    def __init__(self):
        self.depth = 0
        self.need_close = False

    def indent(self):
        return " " * (2 * self.depth)

    def emit(self, text, margin_char=None):
        prefix = self.indent()
        if self.depth:
            prefix += (margin_char or "|") + " "
        if isinstance(text, str):
            text = [text]
        for part in text:
            yield "".join([prefix + line for line in part.splitlines(True)])


class TracebackException:
    """An exception taken down for printing later: text and summaries, no references to frames."""

    def __init__(self, exc_type, exc_value, exc_traceback, *, limit=None, lookup_lines=True, capture_locals=False,
                 compact=False, max_group_width=15, max_group_depth=10, save_exc_type=True, _seen=None):
        outermost = _seen is None
        if outermost:
            _seen = set()
        _seen.add(id(exc_value))
        self.max_group_width = max_group_width
        self.max_group_depth = max_group_depth
        self.stack = StackSummary._extract_from_extended_frame_gen(
            _walk_tb_with_positions(exc_traceback), limit=limit, lookup_lines=lookup_lines,
            capture_locals=capture_locals)
        self._exc_type = exc_type if save_exc_type else None
        self._str = _safe_string(exc_value, "exception")
        try:
            self.__notes__ = getattr(exc_value, "__notes__", None)
        except Exception as error:
            self.__notes__ = [f"Ignored error getting __notes__: {_safe_string(error, '__notes__', repr)}"]
        self._is_syntax_error = False
        self._have_exc_type = exc_type is not None
        if exc_type is not None:
            self.exc_type_qualname = exc_type.__qualname__
            self.exc_type_module = exc_type.__module__
        else:
            self.exc_type_qualname = None
            self.exc_type_module = None
        if exc_type and issubclass(exc_type, SyntaxError):
            self.filename = exc_value.filename
            self.lineno = None if exc_value.lineno is None else str(exc_value.lineno)
            self.end_lineno = None if exc_value.end_lineno is None else str(exc_value.end_lineno)
            self.text = exc_value.text
            self.offset = exc_value.offset
            self.end_offset = exc_value.end_offset
            self.msg = exc_value.msg
            self._is_syntax_error = True
        elif exc_type and issubclass(exc_type, (ImportError, AttributeError, NameError)):
            self._add_suggestion(exc_type, exc_value, exc_traceback)
        if lookup_lines:
            for entry in self.stack:
                entry.line
        self.__suppress_context__ = exc_value.__suppress_context__ if exc_value is not None else False

        options = {"limit": limit, "lookup_lines": lookup_lines, "capture_locals": capture_locals,
                   "max_group_width": max_group_width, "max_group_depth": max_group_depth, "_seen": _seen}
        self.__cause__ = self.__context__ = None
        self.exceptions = None
        if exc_value is not None:
            # A loop, not recursion: chains may be long.
            pending = [(self, exc_value)]
            while pending:
                target, error = pending.pop()
                for attr in ("__cause__", "__context__"):
                    other = getattr(error, attr)
                    if other is None or id(other) in _seen:
                        continue
                    if attr == "__context__" and compact and (
                            target.__cause__ is not None or error.__suppress_context__):
                        continue
                    made = TracebackException.__new__(type(self))
                    made._init_one(other, save_exc_type, options)
                    setattr(target, attr, made)
                    pending.append((made, other))
            if isinstance(exc_value, BaseExceptionGroup):
                self.exceptions = [
                    TracebackException(type(error), error, error.__traceback__, compact=compact,
                                       save_exc_type=save_exc_type, **options)
                    for error in exc_value.exceptions]

    def _init_one(self, error, save_exc_type, options):
        # As __init__, without following the chain: the caller does that.
        cause, context, suppress = error.__cause__, error.__context__, error.__suppress_context__
        seen = set(options["_seen"])
        for other in (cause, context):
            if other is not None:
                seen.add(id(other))
        options["_seen"].add(id(error))
        TracebackException.__init__(self, type(error), error, error.__traceback__, save_exc_type=save_exc_type,
                                    compact=True, **{**options, "_seen": seen})

    def _add_suggestion(self, exc_type, exc_value, exc_traceback):
        wrong = getattr(exc_value, "name_from" if issubclass(exc_type, ImportError) else "name", None)
        if wrong is None:
            return
        from _suggestions import suggestion
        try:
            guess = suggestion(exc_value, exc_traceback, wrong)
        except Exception:
            guess = None
        if guess:
            self._str += f". Did you mean: {guess!r}?"
        if issubclass(exc_type, NameError) and wrong in getattr(sys, "stdlib_module_names", ()):
            if guess:
                self._str += f" Or did you forget to import {wrong!r}?"
            else:
                self._str += f". Did you forget to import {wrong!r}?"

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        """From an exception object."""
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    @property
    def exc_type(self):
        """The exception's type. Deprecated in favour of exc_type_str."""
        import warnings
        warnings.warn("Deprecated in 3.13. Use exc_type_str instead.", DeprecationWarning, stacklevel=2)
        return self._exc_type

    @property
    def exc_type_str(self):
        """The type's name, with its module unless that is builtins or __main__."""
        if not self._have_exc_type:
            return None
        module = self.exc_type_module
        if module in ("__main__", "builtins"):
            return self.exc_type_qualname
        if not isinstance(module, str):
            module = "<unknown>"
        return f"{module}.{self.exc_type_qualname}"

    def __eq__(self, other):
        if isinstance(other, TracebackException):
            return self.__dict__ == other.__dict__
        return NotImplemented

    def __str__(self):
        return self._str

    def format_exception_only(self, *, show_group=False, _depth=0, **kwargs):
        """Iterate over the lines of the exception part; notes included."""
        indent = 3 * _depth * " "
        if not self._have_exc_type:
            yield indent + _final_line(None, self._str)
            return
        name = self.exc_type_str
        if not self._is_syntax_error:
            if _depth > 0:
                formatted = _final_line(name, self._str).split("\n")
                yield from [f"{indent}{line}\n" for line in formatted if line]
            else:
                yield _final_line(name, self._str)
        else:
            yield from [indent + line for line in self._format_syntax_error(name)]
        notes = self.__notes__
        if isinstance(notes, (list, tuple)):
            for note in notes:
                for line in _safe_string(note, "note").split("\n"):
                    yield f"{indent}{line}\n"
        elif notes is not None:
            yield f"{indent}{_safe_string(notes, '__notes__', func=repr)}\n"
        if self.exceptions and show_group:
            for error in self.exceptions:
                yield from error.format_exception_only(show_group=show_group, _depth=_depth + 1)

    def _format_syntax_error(self, name):
        suffix = ""
        if self.lineno is not None:
            yield f'  File "{self.filename or "<string>"}", line {self.lineno}\n'
        elif self.filename is not None:
            suffix = f" ({self.filename})"
        if isinstance(self.text, str):
            # Shown without its indentation, so the caret's column moves too.
            text = self.text.rstrip("\n")
            stripped = text.lstrip(" \n\f")
            spaces = len(text) - len(stripped)
            if self.offset is None or self.lineno is None:
                yield f"    {stripped}\n"
            else:
                offset = self.offset
                if self.lineno == self.end_lineno:
                    end_offset = self.end_offset if self.end_offset not in (None, 0) else offset
                else:
                    end_offset = len(text) + 1
                if offset > len(text):
                    offset = len(text) + 1
                if end_offset > len(text) + 1:
                    end_offset = len(text) + 1
                if offset >= end_offset or end_offset < 0:
                    end_offset = offset + 1
                colno = offset - 1 - spaces
                end_colno = end_offset - 1 - spaces
                yield f"    {stripped}\n"
                if colno >= 0:
                    # Keeps tabs, so that the caret lines up.
                    blank = "".join([char if char.isspace() else " " for char in stripped[:colno]])
                    yield f"    {blank}{'^' * (end_colno - colno)}\n"
        yield f"{name}: {self.msg or '<no detail available>'}{suffix}\n"

    def format(self, *, chain=True, _ctx=None, **kwargs):
        """Iterate over the lines of the exception and, with chain=True, of those it came from, oldest first."""
        if _ctx is None:
            _ctx = _Output()
        entries = []
        error = self
        while error is not None:
            message = follower = None
            if chain:
                if error.__cause__ is not None:
                    message, follower = _cause_message, error.__cause__
                elif error.__context__ is not None and not error.__suppress_context__:
                    message, follower = _context_message, error.__context__
            entries.append((message, error))
            error = follower
        for message, error in reversed(entries):
            if message is not None:
                yield from _ctx.emit(message)
            if error.exceptions is None:
                if error.stack:
                    yield from _ctx.emit("Traceback (most recent call last):\n")
                    yield from _ctx.emit(error.stack.format())
                yield from _ctx.emit(error.format_exception_only())
            elif _ctx.depth > self.max_group_depth:
                yield from _ctx.emit(f"... (max_group_depth is {self.max_group_depth})\n")
            else:
                yield from self._format_group(error, chain, _ctx)

    def _format_group(self, error, chain, _ctx):
        toplevel = _ctx.depth == 0
        if toplevel:
            _ctx.depth += 1
        if error.stack:
            yield from _ctx.emit("Exception Group Traceback (most recent call last):\n",
                                 margin_char="+" if toplevel else None)
            yield from _ctx.emit(error.stack.format())
        yield from _ctx.emit(error.format_exception_only())
        total = len(error.exceptions)
        shown = total if total <= self.max_group_width else self.max_group_width + 1
        _ctx.need_close = False
        for position in range(shown):
            last = position == shown - 1
            if last:
                _ctx.need_close = True
            truncated = self.max_group_width is not None and position >= self.max_group_width
            title = "..." if truncated else f"{position + 1}"
            lead = "+-" if position == 0 else "  "
            yield f"{_ctx.indent()}{lead}+---------------- {title} ----------------\n"
            _ctx.depth += 1
            if not truncated:
                yield from error.exceptions[position].format(chain=chain, _ctx=_ctx)
            else:
                more = total - self.max_group_width
                yield from _ctx.emit(f"and {more} more exception{'s' if more > 1 else ''}\n")
            if last and _ctx.need_close:
                yield f"{_ctx.indent()}+------------------------------------\n"
                _ctx.need_close = False
            _ctx.depth -= 1
        if toplevel:
            _ctx.depth = 0

    def print(self, *, file=None, chain=True, **kwargs):
        """Write what format gives to a file."""
        if file is None:
            file = sys.stderr
        for line in self.format(chain=chain):
            print(line, file=file, end="")


def _final_line(name, text):
    if name is None:
        return f"{text}\n"
    return f"{name}: {text}\n" if text else f"{name}\n"
