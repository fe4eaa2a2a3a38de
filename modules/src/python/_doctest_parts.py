"""The parts of doctest that know no module: options, examples, their parser, and
the comparison of output."""

import difflib
import sys
import traceback
from collections import namedtuple
from io import StringIO

# What programs see lives in doctest.
__name__ = "doctest"

OPTIONFLAGS_BY_NAME = {}


def register_optionflag(name):
    """The flag of an option, made when first asked for."""
    return OPTIONFLAGS_BY_NAME.setdefault(name, 1 << len(OPTIONFLAGS_BY_NAME))


DONT_ACCEPT_TRUE_FOR_1 = register_optionflag('DONT_ACCEPT_TRUE_FOR_1')
DONT_ACCEPT_BLANKLINE = register_optionflag('DONT_ACCEPT_BLANKLINE')
NORMALIZE_WHITESPACE = register_optionflag('NORMALIZE_WHITESPACE')
ELLIPSIS = register_optionflag('ELLIPSIS')
SKIP = register_optionflag('SKIP')
IGNORE_EXCEPTION_DETAIL = register_optionflag('IGNORE_EXCEPTION_DETAIL')
COMPARISON_FLAGS = (DONT_ACCEPT_TRUE_FOR_1 | DONT_ACCEPT_BLANKLINE | NORMALIZE_WHITESPACE
                    | ELLIPSIS | SKIP | IGNORE_EXCEPTION_DETAIL)
REPORT_UDIFF = register_optionflag('REPORT_UDIFF')
REPORT_CDIFF = register_optionflag('REPORT_CDIFF')
REPORT_NDIFF = register_optionflag('REPORT_NDIFF')
REPORT_ONLY_FIRST_FAILURE = register_optionflag('REPORT_ONLY_FIRST_FAILURE')
FAIL_FAST = register_optionflag('FAIL_FAST')
REPORTING_FLAGS = (REPORT_UDIFF | REPORT_CDIFF | REPORT_NDIFF | REPORT_ONLY_FIRST_FAILURE
                   | FAIL_FAST)

BLANKLINE_MARKER = '<BLANKLINE>'
ELLIPSIS_MARKER = '...'

TRACEBACK_HEADERS = ('Traceback (most recent call last):', 'Traceback (innermost last):')


class TestResults(namedtuple('TestResults', 'failed attempted')):
    """How many examples failed and were tried; `skipped` is no item of the tuple."""

    def __new__(cls, failed, attempted, *, skipped=0):
        results = super().__new__(cls, failed, attempted)
        results.skipped = skipped
        return results

    def __repr__(self):
        text = f'TestResults(failed={self.failed}, attempted={self.attempted}'
        if self.skipped:
            text += f', skipped={self.skipped}'
        return text + ')'


def _extract_future_flags(globs):
    """The compiler's flags for the features that were imported from __future__."""
    try:
        import __future__
    except ImportError:
        return 0
    flags = 0
    for name in __future__.all_feature_names:
        feature = globs.get(name, None)
        if feature is getattr(__future__, name):
            flags |= feature.compiler_flag
    return flags


def _newline_convert(data):
    return data.decode('utf-8') if isinstance(data, bytes) else data


def _indent(s, indent=4):
    """Indents every line that is not empty."""
    margin = ' ' * indent
    return ''.join(margin + line if line.strip('\n') else line
                   for line in s.splitlines(keepends=True))


def _exception_traceback(exc_info):
    """The traceback as text."""
    text = StringIO()
    exc_type, exc_val, exc_tb = exc_info
    traceback.print_exception(exc_type, exc_val, exc_tb, file=text)
    return text.getvalue()


class _SpoofOut(StringIO):
    """What examples print to."""

    def getvalue(self):
        result = StringIO.getvalue(self)
        # As if every example ended its last line.
        if result and not result.endswith("\n"):
            result += "\n"
        return result

    def truncate(self, size=None):
        self.seek(size)
        StringIO.truncate(self)


def _strip_exception_details(msg):
    """The name of the exception without its module, and without the message."""
    end = msg.find("\n")
    if end < 0:
        end = len(msg)
    colon = msg.find(":", 0, end)
    if colon >= 0:
        end = colon
    start = msg.rfind(".", 0, end) + 1
    return msg[start:end]


def _comment_line(line):
    line = line.rstrip()
    return '# ' + line if line else '#'


class Example:
    """One example: source, what it is to print, and where it stands."""

    def __init__(self, source, want, exc_msg=None, lineno=0, indent=0, options=None):
        self.source = source if source.endswith('\n') else source + '\n'
        self.want = want if not want or want.endswith('\n') else want + '\n'
        if exc_msg is not None and not exc_msg.endswith('\n'):
            exc_msg += '\n'
        self.lineno = lineno
        self.indent = indent
        self.options = {} if options is None else options
        self.exc_msg = exc_msg

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return (self.source == other.source and self.want == other.want
                and self.lineno == other.lineno and self.indent == other.indent
                and self.options == other.options and self.exc_msg == other.exc_msg)

    def __hash__(self):
        return hash((self.source, self.want, self.lineno, self.indent, self.exc_msg))


class DocTest:
    """The examples of one docstring, which are run with the same globals."""

    def __init__(self, examples, globs, name, filename, lineno, docstring):
        assert not isinstance(examples, str), "DocTest no longer accepts str; use DocTestParser instead"
        self.examples = examples
        self.docstring = docstring
        self.globs = globs.copy()
        self.name = name
        self.filename = filename
        self.lineno = lineno

    def __repr__(self):
        number = len(self.examples)
        examples = {0: 'no examples', 1: '1 example'}.get(number, '%d examples' % number)
        return '<%s %s from %s:%s (%s)>' % (
            self.__class__.__name__, self.name, self.filename, self.lineno, examples)

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return (self.examples == other.examples and self.docstring == other.docstring
                and self.globs == other.globs and self.name == other.name
                and self.filename == other.filename and self.lineno == other.lineno)

    def __hash__(self):
        return hash((self.docstring, self.name, self.filename, self.lineno))

    def __lt__(self, other):
        if not isinstance(other, DocTest):
            return NotImplemented
        def key(test):
            lineno = -1 if test.lineno is None else test.lineno
            return test.name, test.filename or '', lineno, id(test)
        return key(self) < key(other)


class DocTestParser:
    """Finds the examples in a text."""

    def parse(self, string, name='<string>'):
        """The text as a list of strings and Examples in turn."""
        string = string.expandtabs()
        margin = self._min_indent(string)
        lines = string.split('\n')
        if margin > 0:
            lines = [line[margin:] for line in lines]
        output = []
        prose_from = at = 0
        while at < len(lines):
            if not lines[at].lstrip(' ').startswith('>>>'):
                at += 1
                continue
            start = at
            at += 1
            while at < len(lines) and lines[at].lstrip(' ').startswith('...'):
                at += 1
            source_lines = lines[start:at]
            want_from = at
            while (at < len(lines) and lines[at].strip(' ')
                   and not lines[at].lstrip(' ').startswith('>>>')):
                at += 1
            want_lines = lines[want_from:at]
            output.append(_prose(lines, prose_from, start))
            prose_from = at
            example = self._parse_example(source_lines, want_lines, name, start)
            if example is not None:
                output.append(example)
        output.append('\n'.join(lines[prose_from:]))
        return output

    def get_doctest(self, string, globs, name, filename, lineno):
        """The text's examples as a DocTest."""
        return DocTest(self.get_examples(string, name), globs, name, filename, lineno, string)

    def get_examples(self, string, name='<string>'):
        """The text's examples."""
        return [piece for piece in self.parse(string, name) if isinstance(piece, Example)]

    def _parse_example(self, source_lines, want_lines, name, lineno):
        indent = len(source_lines[0]) - len(source_lines[0].lstrip(' '))
        for i, line in enumerate(source_lines):
            if len(line) >= indent + 4 and line[indent + 3] != ' ':
                raise ValueError('line %r of the docstring for %s lacks blank after %s: %r' % (
                    lineno + i + 1, name, line[indent:indent + 3], line))
        self._check_prefix(source_lines[1:], ' ' * indent + '.', name, lineno)
        source = '\n'.join(line[indent + 4:] for line in source_lines)
        self._check_prefix(want_lines, ' ' * indent, name, lineno + len(source_lines))
        want = '\n'.join(line[indent:] for line in want_lines)
        options = self._find_options(source, name, lineno)
        if len(source_lines) == 1 and _is_blank_or_comment(source):
            return None
        return Example(source, want, _exception_message(want), lineno, indent=indent,
                       options=options)

    def _check_prefix(self, lines, prefix, name, lineno):
        for i, line in enumerate(lines):
            if line and not line.startswith(prefix):
                raise ValueError('line %r of the docstring for %s has inconsistent '
                                 'leading whitespace: %r' % (lineno + i + 1, name, line))

    def _find_options(self, source, name, lineno):
        """The options that `# doctest:` comments turn on and off."""
        options = {}
        for line in source.split('\n'):
            for option in _directive(line):
                if option[0] not in '+-' or option[1:] not in OPTIONFLAGS_BY_NAME:
                    raise ValueError('line %r of the doctest for %s has an invalid option: %r' % (
                        lineno + 1, name, option))
                options[OPTIONFLAGS_BY_NAME[option[1:]]] = option[0] == '+'
        if options and '\n' not in source and _is_blank_or_comment(source):
            raise ValueError('line %r of the doctest for %s has an option directive on a '
                             'line with no example: %r' % (lineno, name, source))
        return options

    def _min_indent(self, s):
        """By how much every line that is not blank is indented."""
        indents = [len(line) - len(line.lstrip(' ')) for line in s.split('\n') if line.strip()]
        return min(indents, default=0)


def _prose(lines, start, end):
    return ''.join(line + '\n' for line in lines[start:end])


def _is_blank_or_comment(line):
    line = line.lstrip(' ')
    return not line or line.startswith('#')


def _directive(line):
    """The options named in the line's `# doctest:` comment."""
    at = -1
    while (at := line.find('#', at + 1)) >= 0:
        rest = line[at + 1:].lstrip()
        if rest.startswith('doctest:'):
            rest = rest[len('doctest:'):].strip()
            if "'" not in rest and '"' not in rest:
                return rest.replace(',', ' ').split()
    return []


def _exception_message(want):
    """What the expected output says after a traceback; None if it shows none."""
    lines = want.split('\n')
    if lines[0].rstrip() not in TRACEBACK_HEADERS:
        return None
    for at, line in enumerate(lines[1:], 1):
        if line[:1].isalnum() or line[:1] == '_':
            return '\n'.join(lines[at:])
    return None


class OutputChecker:
    """Says whether what was printed is what was expected, and how it differs."""

    def _toAscii(self, s):
        return str(s.encode('ASCII', 'backslashreplace'), "ASCII")

    def check_output(self, want, got, optionflags):
        """Whether the output is as expected."""
        got, want = self._toAscii(got), self._toAscii(want)
        if got == want:
            return True
        if not optionflags & DONT_ACCEPT_TRUE_FOR_1:
            if (got, want) in (("True\n", "1\n"), ("False\n", "0\n")):
                return True
        if not optionflags & DONT_ACCEPT_BLANKLINE:
            want = '\n'.join('' if line.rstrip() == BLANKLINE_MARKER
                             and line.startswith(BLANKLINE_MARKER) else line
                             for line in want.split('\n'))
            got = '\n'.join('' if line and not line.strip(' \t\r\f\v') else line
                            for line in got.split('\n'))
            if got == want:
                return True
        if optionflags & NORMALIZE_WHITESPACE:
            got, want = ' '.join(got.split()), ' '.join(want.split())
            if got == want:
                return True
        return bool(optionflags & ELLIPSIS) and _ellipsis_match(want, got)

    def _do_a_fancy_diff(self, want, got, optionflags):
        if not optionflags & (REPORT_UDIFF | REPORT_CDIFF | REPORT_NDIFF):
            return False
        # Within a line the differences can always be shown.
        if optionflags & REPORT_NDIFF:
            return True
        return want.count('\n') > 2 and got.count('\n') > 2

    def output_difference(self, example, got, optionflags):
        """How the output differs from what was expected, as text."""
        want = example.want
        if not optionflags & DONT_ACCEPT_BLANKLINE:
            got = '\n'.join(line if line.strip(' ') or at == last else BLANKLINE_MARKER
                            for last in [got.count('\n')]
                            for at, line in enumerate(got.split('\n')))
        if self._do_a_fancy_diff(want, got, optionflags):
            want_lines = want.splitlines(keepends=True)
            got_lines = got.splitlines(keepends=True)
            if optionflags & REPORT_UDIFF:
                diff = list(difflib.unified_diff(want_lines, got_lines, n=2))[2:]
                kind = 'unified diff with -expected +actual'
            elif optionflags & REPORT_CDIFF:
                diff = list(difflib.context_diff(want_lines, got_lines, n=2))[2:]
                kind = 'context diff with expected followed by actual'
            else:
                diff = list(difflib.Differ(charjunk=difflib.IS_CHARACTER_JUNK)
                            .compare(want_lines, got_lines))
                kind = 'ndiff with -expected +actual'
            return 'Differences (%s):\n' % kind + _indent(''.join(diff))
        if want and got:
            return 'Expected:\n%sGot:\n%s' % (_indent(want), _indent(got))
        if want:
            return 'Expected:\n%sGot nothing\n' % _indent(want)
        if got:
            return 'Expected nothing\nGot:\n%s' % _indent(got)
        return 'Expected nothing\nGot nothing\n'


def _ellipsis_match(want, got):
    """Whether `got` is `want`, with any text for each '...'."""
    if ELLIPSIS_MARKER not in want:
        return want == got
    first, *middle, last = want.split(ELLIPSIS_MARKER)
    start, end = len(first), len(got) - len(last)
    if start > end or not got.startswith(first) or not got.endswith(last):
        return False
    # What stands between is best found as early as possible.
    for piece in middle:
        start = got.find(piece, start, end)
        if start < 0:
            return False
        start += len(piece)
    return True
