"""Running the examples in docstrings.

What follows a `>>>` prompt is run, and what it prints is compared with the lines
after it. A module's examples are run by

    if __name__ == "__main__":
        import doctest
        doctest.testmod()

or by `-m doctest FILE`. `DocTestSuite` makes unittest run them.
"""

import inspect
import linecache
import os
import sys
import traceback
import types
import unittest
from io import StringIO

from _doctest_parts import (  # noqa: F401
    BLANKLINE_MARKER, COMPARISON_FLAGS, DONT_ACCEPT_BLANKLINE, DONT_ACCEPT_TRUE_FOR_1, ELLIPSIS,
    ELLIPSIS_MARKER, FAIL_FAST, IGNORE_EXCEPTION_DETAIL, NORMALIZE_WHITESPACE,
    OPTIONFLAGS_BY_NAME, REPORTING_FLAGS, REPORT_CDIFF, REPORT_NDIFF,
    REPORT_ONLY_FIRST_FAILURE, REPORT_UDIFF, SKIP, DocTest, DocTestParser, Example,
    OutputChecker, TestResults, _comment_line, _exception_traceback, _extract_future_flags,
    _indent, _newline_convert, _SpoofOut, _strip_exception_details, register_optionflag)
from _doctest_finder import DocTestFinder, _load_testfile, _normalize_module

__all__ = [
    'register_optionflag', 'DONT_ACCEPT_TRUE_FOR_1', 'DONT_ACCEPT_BLANKLINE',
    'NORMALIZE_WHITESPACE', 'ELLIPSIS', 'SKIP', 'IGNORE_EXCEPTION_DETAIL', 'COMPARISON_FLAGS',
    'REPORT_UDIFF', 'REPORT_CDIFF', 'REPORT_NDIFF', 'REPORT_ONLY_FIRST_FAILURE',
    'REPORTING_FLAGS', 'FAIL_FAST', 'Example', 'DocTest', 'DocTestParser', 'DocTestFinder',
    'DocTestRunner', 'OutputChecker', 'DocTestFailure', 'UnexpectedException', 'DebugRunner',
    'testmod', 'testfile', 'run_docstring_examples', 'DocTestSuite', 'DocFileSuite',
    'set_unittest_reportflags', 'script_from_examples', 'testsource',
]

__unittest = True

# The runner whose results are merged over several calls of testmod and testfile.
master = None


class DocTestRunner:
    """Runs the examples of DocTests and reports what does not come out as expected."""

    DIVIDER = "*" * 70

    def __init__(self, checker=None, verbose=None, optionflags=0):
        self._checker = checker or OutputChecker()
        if verbose is None:
            verbose = '-v' in sys.argv
        self._verbose = verbose
        self.optionflags = optionflags
        self.original_optionflags = optionflags
        self.tries = 0
        self.failures = 0
        self.skips = 0
        # From a test's name to (failures, tries, skips).
        self._stats = {}
        self._fakeout = _SpoofOut()

    def report_start(self, out, test, example):
        """Reports that the example is about to be run."""
        if not self._verbose:
            return
        if example.want:
            out('Trying:\n' + _indent(example.source) + 'Expecting:\n' + _indent(example.want))
        else:
            out('Trying:\n' + _indent(example.source) + 'Expecting nothing\n')

    def report_success(self, out, test, example, got):
        """Reports that the example has come out as expected."""
        if self._verbose:
            out("ok\n")

    def report_failure(self, out, test, example, got):
        """Reports that the example has not come out as expected."""
        out(self._failure_header(test, example)
            + self._checker.output_difference(example, got, self.optionflags))

    def report_unexpected_exception(self, out, test, example, exc_info):
        """Reports that the example has raised an exception."""
        out(self._failure_header(test, example) + 'Exception raised:\n'
            + _indent(_exception_traceback(exc_info)))

    def _failure_header(self, test, example):
        out = [self.DIVIDER]
        if test.filename:
            known = test.lineno is not None and example.lineno is not None
            lineno = test.lineno + example.lineno + 1 if known else '?'
            out.append('File "%s", line %s, in %s' % (test.filename, lineno, test.name))
        else:
            out.append('Line %s, in %s' % (example.lineno + 1, test.name))
        out.append('Failed example:')
        out.append(_indent(example.source))
        return '\n'.join(out)

    def _run(self, test, compileflags, out):
        failures = tries = skips = 0
        original_optionflags = self.optionflags
        quiet = False
        for number, example in enumerate(test.examples):
            # After the first failure the others may be run without a word.
            quiet = self.optionflags & REPORT_ONLY_FIRST_FAILURE and failures > 0
            tries += 1
            self.optionflags = original_optionflags
            for flag, wanted in example.options.items():
                if wanted:
                    self.optionflags |= flag
                else:
                    self.optionflags &= ~flag
            if self.optionflags & SKIP:
                if not quiet:
                    self.report_skip(out, test, example)
                skips += 1
                continue
            if not quiet:
                self.report_start(out, test, example)
            got, exc_info = self._execute(test, example, number, compileflags)
            if exc_info is None:
                fits = self._checker.check_output(example.want, got, self.optionflags)
            else:
                exc_text = ''.join(traceback.format_exception_only(*exc_info[:2]))
                if isinstance(exc_info[1], SyntaxError):
                    # Only the last lines name the exception.
                    exc_text = _syntax_error_message(exc_text, exc_info)
                if not quiet:
                    got += _exception_traceback(exc_info)
                if example.exc_msg is None:
                    fits = None
                else:
                    fits = self._check_exception(example.exc_msg, exc_text)
            if fits:
                if not quiet:
                    self.report_success(out, test, example, got)
                continue
            if not quiet:
                if fits is None:
                    self.report_unexpected_exception(out, test, example, exc_info)
                else:
                    self.report_failure(out, test, example, got)
            failures += 1
            if self.optionflags & FAIL_FAST:
                break
        self.optionflags = original_optionflags
        self._record_outcome(test, failures, tries, skips)
        return TestResults(failures, tries, skipped=skips)

    def report_skip(self, out, test, example):
        """Reports that the example is left out."""

    def _execute(self, test, example, number, compileflags):
        """(what the example printed, what it raised as from sys.exc_info())"""
        filename = '<doctest %s[%d]>' % (test.name, number)
        lines = example.source.splitlines(keepends=True)
        linecache.cache[filename] = (len(example.source), None, lines, filename)
        exc_info = None
        try:
            exec(compile(example.source, filename, "single", compileflags, True), test.globs)
        except KeyboardInterrupt:
            raise
        except:
            exc_info = sys.exc_info()
            exc_info = (*exc_info[:2], exc_info[2].tb_next)
        got = self._fakeout.getvalue()
        self._fakeout.truncate(0)
        return got, exc_info

    def _check_exception(self, want, got):
        if self._checker.check_output(want, got, self.optionflags):
            return True
        if self.optionflags & IGNORE_EXCEPTION_DETAIL:
            return self._checker.check_output(
                _strip_exception_details(want), _strip_exception_details(got), self.optionflags)
        return False

    def _record_outcome(self, test, failures, tries, skips):
        before = self._stats.get(test.name, (0, 0, 0))
        self._stats[test.name] = (before[0] + failures, before[1] + tries, before[2] + skips)
        self.failures += failures
        self.tries += tries
        self.skips += skips

    def run(self, test, compileflags=None, out=None, clear_globs=True):
        """Runs the examples of a DocTest, and writes reports with `out` (to stdout)."""
        self.test = test
        if compileflags is None:
            compileflags = _extract_future_flags(test.globs)
        saved = sys.stdout, sys.displayhook
        encoding = saved[0].encoding if hasattr(saved[0], 'encoding') else None
        if out is None:
            if encoding is None or encoding.lower() == 'utf-8':
                out = saved[0].write
            else:
                def out(s):
                    saved[0].write(s.encode(encoding, 'backslashreplace').decode(encoding))
        sys.stdout = self._fakeout
        sys.displayhook = sys.__displayhook__
        known = set(linecache.cache)
        try:
            return self._run(test, compileflags, out)
        finally:
            sys.stdout, sys.displayhook = saved
            for filename in set(linecache.cache) - known:
                if filename.startswith('<doctest '):
                    del linecache.cache[filename]
            if clear_globs:
                test.globs.clear()
                import builtins
                builtins._ = None

    def summarize(self, verbose=None):
        """Prints a summary of all tests that were run; gives a TestResults."""
        if verbose is None:
            verbose = self._verbose
        passed, failed, empty = [], [], []
        total_failures = total_tries = total_skips = 0
        for name, (failures, tries, skips) in self._stats.items():
            total_failures += failures
            total_tries += tries
            total_skips += skips
            if tries == 0:
                empty.append(name)
            elif failures == 0:
                passed.append((name, tries))
            else:
                failed.append((name, (failures, tries)))
        if verbose:
            if empty:
                print(f"{_count(len(empty), 'item')} had no tests:")
                for name in sorted(empty):
                    print(f"    {name}")
            if passed:
                print(f"{_count(len(passed), 'item')} passed all tests:")
                for name, count in sorted(passed):
                    s = "" if count == 1 else "s"
                    print(f" {count:3d} test{s} in {name}")
        if failed:
            print(self.DIVIDER)
            print(f"{_count(len(failed), 'item')} had failures:")
            for name, (failures, tries) in sorted(failed):
                print(f" {failures:3d} of {tries:3d} in {name}")
        if verbose:
            s = "" if total_tries == 1 else "s"
            print(f"{total_tries} test{s} in {_count(len(self._stats), 'item')}.")
            parts = [f"{total_tries - total_failures} passed"]
            if total_failures:
                parts.append(f"{total_failures} failed")
            print(f"{' and '.join(parts)}.")
        if total_failures:
            s = "" if total_failures == 1 else "s"
            message = f"{total_failures} failure{s}"
            if total_skips:
                message = f"{message} and {total_skips} skipped test{'' if total_skips == 1 else 's'}"
            print(f"***Test Failed*** {message}.")
        elif verbose:
            print("Test passed.")
        return TestResults(total_failures, total_tries, skipped=total_skips)

    def merge(self, other):
        """Adds another runner's numbers to this one's."""
        for name, numbers in other._stats.items():
            before = self._stats.get(name, (0, 0, 0))
            self._stats[name] = tuple(a + b for a, b in zip(before, numbers))


def _count(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _syntax_error_message(text, exc_info):
    lines = text.splitlines(keepends=True)
    name = exc_info[0].__qualname__
    module = exc_info[0].__module__
    if module not in ('builtins', '__main__'):
        name = f'{module}.{name}'
    for at, line in enumerate(lines):
        if line.startswith((f'{name}:', f'{name}\n')):
            return ''.join(lines[at:])
    return text


class DocTestFailure(Exception):
    """An example has not come out as expected: `test`, `example`, `got`."""

    def __init__(self, test, example, got):
        self.test, self.example, self.got = test, example, got

    def __str__(self):
        return str(self.test)


class UnexpectedException(Exception):
    """An example has raised an exception: `test`, `example`, `exc_info`."""

    def __init__(self, test, example, exc_info):
        self.test, self.example, self.exc_info = test, example, exc_info

    def __str__(self):
        return str(self.test)


class DebugRunner(DocTestRunner):
    """Raises what is not as expected, at once."""

    def run(self, test, compileflags=None, out=None, clear_globs=True):
        result = super().run(test, compileflags, out, False)
        if clear_globs:
            test.globs.clear()
        return result

    def report_unexpected_exception(self, out, test, example, exc_info):
        raise UnexpectedException(test, example, exc_info)

    def report_failure(self, out, test, example, got):
        raise DocTestFailure(test, example, got)


def _runner(raise_on_error, verbose, optionflags):
    cls = DebugRunner if raise_on_error else DocTestRunner
    return cls(verbose=verbose, optionflags=optionflags)


def _finish(runner, report):
    global master
    if report:
        runner.summarize()
    if master is None:
        master = runner
    else:
        master.merge(runner)
    return TestResults(runner.failures, runner.tries, skipped=runner.skips)


def testmod(m=None, name=None, globs=None, verbose=None, report=True, optionflags=0,
            extraglobs=None, raise_on_error=False, exclude_empty=False):
    """Runs the examples in a module's docstrings (`__main__`'s); gives a TestResults."""
    if m is None:
        m = sys.modules.get('__main__')
    if not inspect.ismodule(m):
        raise TypeError("testmod: module required; %r" % (m,))
    if name is None:
        name = m.__name__
    finder = DocTestFinder(exclude_empty=exclude_empty)
    runner = _runner(raise_on_error, verbose, optionflags)
    for test in finder.find(m, name, globs=globs, extraglobs=extraglobs):
        runner.run(test)
    return _finish(runner, report)


def testfile(filename, module_relative=True, name=None, package=None, globs=None, verbose=None,
             report=True, optionflags=0, extraglobs=None, raise_on_error=False,
             parser=DocTestParser(), encoding=None):
    """Runs the examples in a text file; gives a TestResults."""
    if package and not module_relative:
        raise ValueError("Package may only be specified for module-relative paths.")
    text, filename = _load_testfile(filename, package, module_relative, encoding or "utf-8")
    if name is None:
        name = os.path.basename(filename)
    globs = {} if globs is None else globs.copy()
    globs.update(extraglobs or {})
    globs.setdefault('__name__', '__main__')
    runner = _runner(raise_on_error, verbose, optionflags)
    runner.run(parser.get_doctest(text, globs, name, filename, 0))
    return _finish(runner, report)


def run_docstring_examples(f, globs, verbose=False, name="NoName", compileflags=None,
                           optionflags=0):
    """Runs the examples in the object's docstring, with `globs` as globals."""
    runner = DocTestRunner(verbose=verbose, optionflags=optionflags)
    for test in DocTestFinder(verbose=verbose, recurse=False).find(f, name, globs=globs):
        runner.run(test, compileflags=compileflags)


_unittest_reportflags = 0


def set_unittest_reportflags(flags):
    """Sets how failures of examples that unittest runs are reported; gives the old flags."""
    global _unittest_reportflags
    if (flags & REPORTING_FLAGS) != flags:
        raise ValueError("Only reporting flags allowed", flags)
    old, _unittest_reportflags = _unittest_reportflags, flags
    return old


class DocTestCase(unittest.TestCase):
    """A DocTest as a TestCase."""

    def __init__(self, test, optionflags=0, setUp=None, tearDown=None, checker=None):
        super().__init__()
        self._dt_optionflags = optionflags
        self._dt_checker = checker
        self._dt_test = test
        self._dt_setUp = setUp
        self._dt_tearDown = tearDown

    def setUp(self):
        self._dt_globs = self._dt_test.globs.copy()
        if self._dt_setUp is not None:
            self._dt_setUp(self._dt_test)

    def tearDown(self):
        if self._dt_tearDown is not None:
            self._dt_tearDown(self._dt_test)
        self._dt_test.globs.clear()
        self._dt_test.globs.update(self._dt_globs)

    def runTest(self):
        saved = sys.stdout
        optionflags = self._dt_optionflags
        if not (optionflags & REPORTING_FLAGS):
            optionflags |= _unittest_reportflags
        runner = DocTestRunner(optionflags=optionflags, checker=self._dt_checker, verbose=False)
        written = StringIO()
        try:
            runner.DIVIDER = "-" * 70
            results = runner.run(self._dt_test, out=written.write, clear_globs=False)
            if results.skipped == results.attempted and results.skipped:
                raise unittest.SkipTest("all examples were skipped")
        finally:
            sys.stdout = saved
        if results.failed:
            raise self.failureException(self.format_failure(written.getvalue().rstrip('\n')))

    def format_failure(self, err):
        test = self._dt_test
        lineno = 'unknown line number' if test.lineno is None else '%s' % test.lineno
        last = test.name.rpartition('.')[2]
        return ('Failed doctest test for %s\n  File "%s", line %s, in %s\n\n%s'
                % (test.name, test.filename, lineno, last, err))

    def debug(self):
        self.setUp()
        runner = DebugRunner(optionflags=self._dt_optionflags, checker=self._dt_checker,
                             verbose=False)
        runner.run(self._dt_test, clear_globs=False)
        self.tearDown()

    def id(self):
        return self._dt_test.name

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return (self._dt_test == other._dt_test
                and self._dt_optionflags == other._dt_optionflags
                and self._dt_setUp == other._dt_setUp
                and self._dt_tearDown == other._dt_tearDown
                and self._dt_checker == other._dt_checker)

    def __hash__(self):
        return hash((self._dt_optionflags, self._dt_setUp, self._dt_tearDown, self._dt_checker))

    def __repr__(self):
        name = self._dt_test.name.split('.')
        return "%s (%s)" % (name[-1], '.'.join(name[:-1]))

    __str__ = object.__str__

    def shortDescription(self):
        return "Doctest: " + self._dt_test.name


class SkipDocTestCase(DocTestCase):
    """Stands for a module whose docstrings have been left out."""

    def __init__(self, module):
        self.module = module
        super().__init__(None)

    def setUp(self):
        self.skipTest("DocTestSuite will not work with -O2 and above")

    def test_skip(self):
        pass

    def shortDescription(self):
        return "Skipping tests from %s" % self.module.__name__

    __str__ = shortDescription


class _DocTestSuite(unittest.TestSuite):
    def _removeTestAtIndex(self, index):
        pass


def DocTestSuite(module=None, globs=None, extraglobs=None, test_finder=None, **options):
    """A suite of the examples in a module's docstrings; `options` are DocTestCase's."""
    if test_finder is None:
        test_finder = DocTestFinder()
    module = _normalize_module(module)
    tests = test_finder.find(module, globs=globs, extraglobs=extraglobs)
    suite = _DocTestSuite()
    for test in sorted(tests):
        if not test.examples:
            continue
        if not test.filename:
            filename = module.__file__
            test.filename = filename[:-1] if filename[-4:] == ".pyc" else filename
        suite.addTest(DocTestCase(test, **options))
    return suite


class DocFileCase(DocTestCase):
    """The examples of a text file as a TestCase."""

    def id(self):
        return '_'.join(self._dt_test.name.split('.'))

    def __repr__(self):
        return self._dt_test.filename

    def format_failure(self, err):
        return ('Failed doctest test for %s\n  File "%s", line 0\n\n%s'
                % (self._dt_test.name, self._dt_test.filename, err))


def DocFileTest(path, module_relative=True, package=None, globs=None, parser=DocTestParser(),
                encoding=None, **options):
    globs = {} if globs is None else globs.copy()
    if package and not module_relative:
        raise ValueError("Package may only be specified for module-relative paths.")
    doc, path = _load_testfile(path, package, module_relative, encoding or "utf-8")
    globs.setdefault('__file__', path)
    test = parser.get_doctest(doc, globs, os.path.basename(path), path, 0)
    return DocFileCase(test, **options)


def DocFileSuite(*paths, **kw):
    """A suite of the examples of text files."""
    suite = _DocTestSuite()
    if kw.get('module_relative', True):
        # The caller's module, since the paths are relative to it.
        kw['package'] = _normalize_module(kw.get('package'))
    for path in paths:
        suite.addTest(DocFileTest(path, **kw))
    return suite


def script_from_examples(s):
    """The text as a script: examples as code, everything else as comments."""
    output = []
    for piece in DocTestParser().parse(s):
        if isinstance(piece, Example):
            output.append(piece.source[:-1])
            if piece.want:
                output.append('# Expected:')
                output += ['## ' + line for line in piece.want.split('\n')[:-1]]
        else:
            output += [_comment_line(line) for line in piece.split('\n')[:-1]]
    while output and output[-1] == '#':
        output.pop()
    while output and output[0] == '#':
        output.pop(0)
    return '\n'.join(output) + '\n'


def testsource(module, name):
    """The examples of a docstring of the module, as a script."""
    module = _normalize_module(module)
    tests = [test for test in DocTestFinder().find(module) if test.name == name]
    if not tests:
        raise ValueError(name, "not found in tests")
    return script_from_examples(tests[0].docstring)


def _test():
    args = sys.argv[1:]
    flags = 0
    verbose = False
    files = []
    while args:
        arg = args.pop(0)
        if arg in ('-v', '--verbose'):
            verbose = True
        elif arg in ('-f', '--fail-fast'):
            flags |= FAIL_FAST
        elif arg in ('-o', '--option') and args:
            flags |= OPTIONFLAGS_BY_NAME[args.pop(0)]
        else:
            files.append(arg)
    if not files:
        print("usage: doctest.py [-h] [-v] [-o OPTION] [-f] file [file ...]", file=sys.stderr)
        return 2
    for filename in files:
        if filename.endswith(".py"):
            dirname, filename = os.path.split(filename)
            sys.path.insert(0, dirname)
            module = __import__(filename[:-3])
            del sys.path[0]
            failures, _ = testmod(module, verbose=verbose, optionflags=flags)
        else:
            failures, _ = testfile(filename, module_relative=False, verbose=verbose,
                                   optionflags=flags)
        if failures:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(_test())
