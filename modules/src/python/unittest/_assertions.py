"""The assertions of TestCase."""

import collections
import re
import warnings

from .util import (_common_shorten_repr, _count_diff_all_purpose, _count_diff_hashable, safe_repr,
                   strclass)

__unittest = True

DIFF_OMITTED = ('\nDiff is %s characters long. '
                'Set self.maxDiff to None to see it.')


def _is_subtype(expected, basetype):
    if isinstance(expected, tuple):
        return all(_is_subtype(e, basetype) for e in expected)
    return isinstance(expected, type) and issubclass(expected, basetype)


class _BaseTestCaseContext:
    def __init__(self, test_case):
        self.test_case = test_case

    def _raiseFailure(self, standardMsg):
        msg = self.test_case._formatMessage(self.msg, standardMsg)
        raise self.test_case.failureException(msg)


class _AssertRaisesBaseContext(_BaseTestCaseContext):
    def __init__(self, expected, test_case, expected_regex=None):
        super().__init__(test_case)
        self.expected = expected
        if expected_regex is not None:
            expected_regex = re.compile(expected_regex)
        self.expected_regex = expected_regex
        self.obj_name = None
        self.msg = None

    def handle(self, name, args, kwargs):
        """The context manager where `args` is empty; otherwise calls the first
        of them with the rest."""
        try:
            if not _is_subtype(self.expected, self._base_type):
                raise TypeError('%s() arg 1 must be %s' % (name, self._base_type_str))
            if not args:
                self.msg = kwargs.pop('msg', None)
                if kwargs:
                    raise TypeError('%r is an invalid keyword argument for '
                                    'this function' % (next(iter(kwargs)),))
                return self
            callable_obj, *args = args
            try:
                self.obj_name = callable_obj.__name__
            except AttributeError:
                self.obj_name = str(callable_obj)
            with self:
                callable_obj(*args, **kwargs)
        finally:
            # Breaks the cycle through the frame.
            self = None

    def _name(self):
        try:
            return self.expected.__name__
        except AttributeError:
            return str(self.expected)


class _AssertRaisesContext(_AssertRaisesBaseContext):
    """What `assertRaises` and `assertRaisesRegex` give to `with`."""

    _base_type = BaseException
    _base_type_str = 'an exception type or tuple of exception types'

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, tb):
        if exc_type is None:
            if self.obj_name:
                self._raiseFailure("{} not raised by {}".format(self._name(), self.obj_name))
            else:
                self._raiseFailure("{} not raised".format(self._name()))
        if not issubclass(exc_type, self.expected):
            return False
        self.exception = exc_value.with_traceback(None)
        if self.expected_regex is not None and not self.expected_regex.search(str(exc_value)):
            self._raiseFailure('"{}" does not match "{}"'.format(
                self.expected_regex.pattern, str(exc_value)))
        return True

    __class_getitem__ = classmethod(type(list[int]))


class _AssertWarnsContext(_AssertRaisesBaseContext):
    """What `assertWarns` and `assertWarnsRegex` give to `with`."""

    _base_type = Warning
    _base_type_str = 'a warning type or tuple of warning types'

    def __enter__(self):
        import sys
        # A warning that a module has given before must be given again.
        for module in list(sys.modules.values()):
            if getattr(module, '__warningregistry__', None):
                module.__warningregistry__ = {}
        self.warnings_manager = warnings.catch_warnings(record=True)
        self.warnings = self.warnings_manager.__enter__()
        warnings.simplefilter("always", self.expected)
        return self

    def __exit__(self, exc_type, exc_value, tb):
        self.warnings_manager.__exit__(exc_type, exc_value, tb)
        if exc_type is not None:
            return
        name = self._name()
        first = None
        for recorded in self.warnings:
            warning = recorded.message
            if not isinstance(warning, self.expected):
                continue
            if first is None:
                first = warning
            if self.expected_regex is not None and not self.expected_regex.search(str(warning)):
                continue
            self.warning = warning
            self.filename = recorded.filename
            self.lineno = recorded.lineno
            return
        if first is not None:
            self._raiseFailure('"{}" does not match "{}"'.format(
                self.expected_regex.pattern, str(first)))
        if self.obj_name:
            self._raiseFailure("{} not triggered by {}".format(name, self.obj_name))
        else:
            self._raiseFailure("{} not triggered".format(name))


class _AssertNotWarnsContext(_AssertWarnsContext):
    def __exit__(self, exc_type, exc_value, tb):
        self.warnings_manager.__exit__(exc_type, exc_value, tb)
        if exc_type is not None:
            return
        for recorded in self.warnings:
            if isinstance(recorded.message, self.expected):
                self._raiseFailure(f"{self._name()} triggered")


class _Assertions:
    """All of TestCase's assertions."""

    failureException = AssertionError
    longMessage = True
    maxDiff = 80 * 8
    # Longer texts are not compared line by line.
    _diffThreshold = 2 ** 16

    def addTypeEqualityFunc(self, typeobj, function):
        self._type_equality_funcs[typeobj] = function

    def _register_type_equality_funcs(self):
        self._type_equality_funcs = {}
        for cls, name in ((dict, 'assertDictEqual'), (list, 'assertListEqual'),
                          (tuple, 'assertTupleEqual'), (set, 'assertSetEqual'),
                          (frozenset, 'assertSetEqual'), (str, 'assertMultiLineEqual')):
            self.addTypeEqualityFunc(cls, name)

    def fail(self, msg=None):
        """Fail immediately, with the given message."""
        raise self.failureException(msg)

    def _formatMessage(self, msg, standardMsg):
        if not self.longMessage:
            return msg or standardMsg
        if msg is None:
            return standardMsg
        try:
            return '%s : %s' % (standardMsg, msg)
        except UnicodeDecodeError:
            return '%s : %s' % (safe_repr(standardMsg), safe_repr(msg))

    def _truncateMessage(self, message, diff):
        if self.maxDiff is None or len(diff) <= self.maxDiff:
            return message + diff
        return message + (DIFF_OMITTED % len(diff))

    def assertFalse(self, expr, msg=None):
        """Check that the expression is false."""
        if expr:
            raise self.failureException(
                self._formatMessage(msg, "%s is not false" % safe_repr(expr)))

    def assertTrue(self, expr, msg=None):
        """Check that the expression is true."""
        if not expr:
            raise self.failureException(
                self._formatMessage(msg, "%s is not true" % safe_repr(expr)))

    def assertRaises(self, expected_exception, *args, **kwargs):
        """Fails unless `expected_exception` is raised: by the callable that is
        given, or else in the body of a `with` statement."""
        context = _AssertRaisesContext(expected_exception, self)
        try:
            return context.handle('assertRaises', args, kwargs)
        finally:
            context = None

    def assertRaisesRegex(self, expected_exception, expected_regex, *args, **kwargs):
        """As `assertRaises`; the exception's text must match too."""
        context = _AssertRaisesContext(expected_exception, self, expected_regex)
        return context.handle('assertRaisesRegex', args, kwargs)

    def assertWarns(self, expected_warning, *args, **kwargs):
        """Fails unless a warning of the class is triggered."""
        context = _AssertWarnsContext(expected_warning, self)
        return context.handle('assertWarns', args, kwargs)

    def assertWarnsRegex(self, expected_warning, expected_regex, *args, **kwargs):
        """As `assertWarns`; the warning's text must match too."""
        context = _AssertWarnsContext(expected_warning, self, expected_regex)
        return context.handle('assertWarnsRegex', args, kwargs)

    def _assertNotWarns(self, expected_warning, *args, **kwargs):
        context = _AssertNotWarnsContext(expected_warning, self)
        return context.handle('_assertNotWarns', args, kwargs)

    def assertLogs(self, logger=None, level=None):
        """Fails unless something is logged in the body of a `with` statement."""
        from ._log import _AssertLogsContext
        return _AssertLogsContext(self, logger, level, no_logs=False)

    def assertNoLogs(self, logger=None, level=None):
        """Fails if something is logged in the body of a `with` statement."""
        from ._log import _AssertLogsContext
        return _AssertLogsContext(self, logger, level, no_logs=True)

    def _getAssertEqualityFunc(self, first, second):
        if type(first) is type(second):
            function = self._type_equality_funcs.get(type(first))
            if function is not None:
                if isinstance(function, str):
                    function = getattr(self, function)
                return function
        return self._baseAssertEqual

    def _baseAssertEqual(self, first, second, msg=None):
        if not first == second:
            standardMsg = '%s != %s' % _common_shorten_repr(first, second)
            raise self.failureException(self._formatMessage(msg, standardMsg))

    def assertEqual(self, first, second, msg=None):
        """Fails unless the two are equal by `==`."""
        self._getAssertEqualityFunc(first, second)(first, second, msg=msg)

    def assertNotEqual(self, first, second, msg=None):
        """Fails unless the two are unequal by `!=`."""
        if not first != second:
            standardMsg = '%s == %s' % (safe_repr(first), safe_repr(second))
            raise self.failureException(self._formatMessage(msg, standardMsg))

    def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        """Fails unless the two are equal, or differ by no more than `delta`, or by
        nothing when rounded to `places` (7) decimals."""
        if first == second:
            return
        if delta is not None and places is not None:
            raise TypeError("specify delta or places not both")
        diff = abs(first - second)
        if delta is not None:
            if diff <= delta:
                return
            standardMsg = '%s != %s within %s delta (%s difference)' % (
                safe_repr(first), safe_repr(second), safe_repr(delta), safe_repr(diff))
        else:
            if places is None:
                places = 7
            if round(diff, places) == 0:
                return
            standardMsg = '%s != %s within %r places (%s difference)' % (
                safe_repr(first), safe_repr(second), places, safe_repr(diff))
        raise self.failureException(self._formatMessage(msg, standardMsg))

    def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        """The opposite of `assertAlmostEqual`."""
        if delta is not None and places is not None:
            raise TypeError("specify delta or places not both")
        diff = abs(first - second)
        if delta is not None:
            if not (first == second) and diff > delta:
                return
            standardMsg = '%s == %s within %s delta (%s difference)' % (
                safe_repr(first), safe_repr(second), safe_repr(delta), safe_repr(diff))
        else:
            if places is None:
                places = 7
            if not (first == second) and round(diff, places) != 0:
                return
            standardMsg = '%s == %s within %r places' % (
                safe_repr(first), safe_repr(second), places)
        raise self.failureException(self._formatMessage(msg, standardMsg))

    def assertSequenceEqual(self, seq1, seq2, msg=None, seq_type=None):
        """Fails unless the sequences are equal; with `seq_type`, both must be of
        that type."""
        if seq_type is None:
            type_name = "sequence"
        else:
            type_name = seq_type.__name__
            for which, seq in (('First', seq1), ('Second', seq2)):
                if not isinstance(seq, seq_type):
                    raise self.failureException('%s sequence is not a %s: %s' % (
                        which, type_name, safe_repr(seq)))
        standardMsg = _sequence_difference(type_name, seq1, seq2)
        if standardMsg is None:
            return
        standardMsg = self._truncateMessage(standardMsg, _pretty_difference(seq1, seq2))
        self.fail(self._formatMessage(msg, standardMsg))

    def assertListEqual(self, list1, list2, msg=None):
        """Fails unless both are equal lists."""
        self.assertSequenceEqual(list1, list2, msg, seq_type=list)

    def assertTupleEqual(self, tuple1, tuple2, msg=None):
        """Fails unless both are equal tuples."""
        self.assertSequenceEqual(tuple1, tuple2, msg, seq_type=tuple)

    def assertSetEqual(self, set1, set2, msg=None):
        """Fails unless the sets, or what has a `difference` method, are equal."""
        differences = []
        for which, a, b in (('first', set1, set2), ('second', set2, set1)):
            try:
                differences.append(a.difference(b))
            except TypeError as e:
                self.fail('invalid type when attempting set difference: %s' % e)
            except AttributeError as e:
                self.fail('%s argument does not support set difference: %s' % (which, e))
        if not (differences[0] or differences[1]):
            return
        lines = []
        for which, other, only in (('first', 'second', differences[0]),
                                   ('second', 'first', differences[1])):
            if only:
                lines.append(f'Items in the {which} set but not the {other}:')
                lines.extend(repr(item) for item in only)
        self.fail(self._formatMessage(msg, '\n'.join(lines)))

    def assertIn(self, member, container, msg=None):
        """Fails unless `member in container`."""
        if member not in container:
            standardMsg = '%s not found in %s' % (safe_repr(member), safe_repr(container))
            self.fail(self._formatMessage(msg, standardMsg))

    def assertNotIn(self, member, container, msg=None):
        """Fails unless `member not in container`."""
        if member in container:
            standardMsg = '%s unexpectedly found in %s' % (
                safe_repr(member), safe_repr(container))
            self.fail(self._formatMessage(msg, standardMsg))

    def assertIs(self, expr1, expr2, msg=None):
        """Fails unless `expr1 is expr2`."""
        if expr1 is not expr2:
            standardMsg = '%s is not %s' % (safe_repr(expr1), safe_repr(expr2))
            self.fail(self._formatMessage(msg, standardMsg))

    def assertIsNot(self, expr1, expr2, msg=None):
        """Fails unless `expr1 is not expr2`."""
        if expr1 is expr2:
            self.fail(self._formatMessage(msg, 'unexpectedly identical: %s' % safe_repr(expr1)))

    def assertDictEqual(self, d1, d2, msg=None):
        """Fails unless both are equal dicts."""
        self.assertIsInstance(d1, dict, 'First argument is not a dictionary')
        self.assertIsInstance(d2, dict, 'Second argument is not a dictionary')
        if d1 != d2:
            standardMsg = '%s != %s' % _common_shorten_repr(d1, d2)
            standardMsg = self._truncateMessage(standardMsg, _pretty_difference(d1, d2))
            self.fail(self._formatMessage(msg, standardMsg))

    def assertCountEqual(self, first, second, msg=None):
        """Fails unless both have the same elements, each as often, in any order."""
        first_seq, second_seq = list(first), list(second)
        try:
            first = collections.Counter(first_seq)
            second = collections.Counter(second_seq)
        except TypeError:
            differences = _count_diff_all_purpose(first_seq, second_seq)
        else:
            if first == second:
                return
            differences = _count_diff_hashable(first_seq, second_seq)
        if differences:
            lines = ['First has %d, Second has %d:  %r' % diff for diff in differences]
            standardMsg = 'Element counts were not equal:\n' + '\n'.join(lines)
            self.fail(self._formatMessage(msg, standardMsg))

    def assertMultiLineEqual(self, first, second, msg=None):
        """Fails unless the strings are equal."""
        self.assertIsInstance(first, str, "First argument is not a string")
        self.assertIsInstance(second, str, "Second argument is not a string")
        if first == second:
            return
        if len(first) > self._diffThreshold or len(second) > self._diffThreshold:
            self._baseAssertEqual(first, second, msg)
        import difflib
        # Both end in a newline, unless neither does or one is empty; so the
        # comparison shows one that only one of them has.
        a, b = first, second
        if a and b:
            if not (a.endswith('\n') and b.endswith('\n')):
                a += '\n'
                b += '\n'
        elif b and not b.endswith('\n'):
            b += '\n'
        elif a and not a.endswith('\n'):
            a += '\n'
        compared = difflib.ndiff(a.splitlines(keepends=True), b.splitlines(keepends=True))
        standardMsg = '%s != %s' % _common_shorten_repr(first, second)
        standardMsg = self._truncateMessage(standardMsg, '\n' + ''.join(compared))
        self.fail(self._formatMessage(msg, standardMsg))

    def _compare(self, holds, a, wording, b, msg):
        if not holds:
            standardMsg = f'{safe_repr(a)} not {wording} {safe_repr(b)}'
            self.fail(self._formatMessage(msg, standardMsg))

    def assertLess(self, a, b, msg=None):
        """Fails unless `a < b`."""
        self._compare(a < b, a, 'less than', b, msg)

    def assertLessEqual(self, a, b, msg=None):
        """Fails unless `a <= b`."""
        self._compare(a <= b, a, 'less than or equal to', b, msg)

    def assertGreater(self, a, b, msg=None):
        """Fails unless `a > b`."""
        self._compare(a > b, a, 'greater than', b, msg)

    def assertGreaterEqual(self, a, b, msg=None):
        """Fails unless `a >= b`."""
        self._compare(a >= b, a, 'greater than or equal to', b, msg)

    def assertIsNone(self, obj, msg=None):
        """Fails unless `obj is None`."""
        if obj is not None:
            self.fail(self._formatMessage(msg, '%s is not None' % (safe_repr(obj),)))

    def assertIsNotNone(self, obj, msg=None):
        """Fails if `obj is None`."""
        if obj is None:
            self.fail(self._formatMessage(msg, 'unexpectedly None'))

    def assertIsInstance(self, obj, cls, msg=None):
        """Fails unless `isinstance(obj, cls)`."""
        if not isinstance(obj, cls):
            which = f'any of {cls!r}' if isinstance(cls, tuple) else repr(cls)
            standardMsg = f'{safe_repr(obj)} is not an instance of {which}'
            self.fail(self._formatMessage(msg, standardMsg))

    def assertNotIsInstance(self, obj, cls, msg=None):
        """Fails if `isinstance(obj, cls)`."""
        if isinstance(obj, cls):
            for one in cls if isinstance(cls, tuple) else ():
                if isinstance(obj, one):
                    cls = one
                    break
            standardMsg = f'{safe_repr(obj)} is an instance of {cls!r}'
            self.fail(self._formatMessage(msg, standardMsg))

    def assertIsSubclass(self, cls, superclass, msg=None):
        """Fails unless `issubclass(cls, superclass)`."""
        try:
            if issubclass(cls, superclass):
                return
        except TypeError:
            if not isinstance(cls, type):
                self.fail(self._formatMessage(msg, f'{cls!r} is not a class'))
            raise
        which = f'any of {superclass!r}' if isinstance(superclass, tuple) else repr(superclass)
        self.fail(self._formatMessage(msg, f'{cls!r} is not a subclass of {which}'))

    def assertNotIsSubclass(self, cls, superclass, msg=None):
        """Fails if `issubclass(cls, superclass)`."""
        try:
            if not issubclass(cls, superclass):
                return
        except TypeError:
            if not isinstance(cls, type):
                self.fail(self._formatMessage(msg, f'{cls!r} is not a class'))
            raise
        for one in superclass if isinstance(superclass, tuple) else ():
            if issubclass(cls, one):
                superclass = one
                break
        self.fail(self._formatMessage(msg, f'{cls!r} is a subclass of {superclass!r}'))

    def assertHasAttr(self, obj, name, msg=None):
        """Fails unless the object has the attribute."""
        if not hasattr(obj, name):
            standardMsg = f'{_described(obj)} has no attribute {name!r}'
            self.fail(self._formatMessage(msg, standardMsg))

    def assertNotHasAttr(self, obj, name, msg=None):
        """Fails if the object has the attribute."""
        if hasattr(obj, name):
            standardMsg = f'{_described(obj)} has unexpected attribute {name!r}'
            self.fail(self._formatMessage(msg, standardMsg))

    def assertRegex(self, text, expected_regex, msg=None):
        """Fails unless the regular expression is found in the text."""
        if isinstance(expected_regex, (str, bytes)):
            assert expected_regex, "expected_regex must not be empty."
            expected_regex = re.compile(expected_regex)
        if not expected_regex.search(text):
            standardMsg = "Regex didn't match: %r not found in %r" % (
                expected_regex.pattern, text)
            raise self.failureException(self._formatMessage(msg, standardMsg))

    def assertNotRegex(self, text, unexpected_regex, msg=None):
        """Fails if the regular expression is found in the text."""
        if isinstance(unexpected_regex, (str, bytes)):
            unexpected_regex = re.compile(unexpected_regex)
        match = unexpected_regex.search(text)
        if match:
            standardMsg = 'Regex matched: %r matches %r in %r' % (
                text[match.start():match.end()], unexpected_regex.pattern, text)
            raise self.failureException(self._formatMessage(msg, standardMsg))

    def _tail_type_check(self, s, tails, msg):
        if not isinstance(tails, tuple):
            tails = (tails,)
        for tail in tails:
            for kind, bad in ((str, (bytes, bytearray)), ((bytes, bytearray), str)):
                if isinstance(tail, kind) and isinstance(s, bad):
                    self.fail(self._formatMessage(msg, f'Expected {_kind(tail)}, not {type(s).__name__}'))
            if not isinstance(s, (str, bytes, bytearray)):
                self.fail(self._formatMessage(msg, f'Expected {_kind(tail)}, not {type(s).__name__}'))

    def assertStartsWith(self, s, prefix, msg=None):
        """Fails unless the text starts with the prefix, or with one of a tuple."""
        self._tails(s, prefix, 'startswith', True, "doesn't start with", msg)

    def assertNotStartsWith(self, s, prefix, msg=None):
        """Fails if the text starts with the prefix, or with one of a tuple."""
        self._tails(s, prefix, 'startswith', False, 'starts with', msg)

    def assertEndsWith(self, s, suffix, msg=None):
        """Fails unless the text ends with the suffix, or with one of a tuple."""
        self._tails(s, suffix, 'endswith', True, "doesn't end with", msg)

    def assertNotEndsWith(self, s, suffix, msg=None):
        """Fails if the text ends with the suffix, or with one of a tuple."""
        self._tails(s, suffix, 'endswith', False, 'ends with', msg)

    def _tails(self, s, tails, method, wanted, wording, msg):
        try:
            test = getattr(s, method)
            if bool(test(tails)) is wanted:
                return
        except (AttributeError, TypeError):
            self._tail_type_check(s, tails, msg)
            raise
        if wanted:
            which = 'any of ' if isinstance(tails, tuple) else ''
        else:
            which = ''
            for tail in tails if isinstance(tails, tuple) else ():
                if test(tail):
                    tails = tail
                    break
        a = safe_repr(s, short=True)
        b = safe_repr(tails)
        self.fail(self._formatMessage(msg, f"{a} {wording} {which}{b}"))


def _kind(tail):
    return 'str' if isinstance(tail, str) else 'bytes'


def _described(obj):
    if isinstance(obj, type(re)):
        return f'module {obj.__name__!r}'
    if isinstance(obj, type):
        return f'type object {obj.__name__!r}'
    return f'{type(obj).__name__!r} object'


def _pretty_difference(a, b):
    import difflib
    from pprint import pformat
    return '\n' + '\n'.join(difflib.ndiff(pformat(a).splitlines(), pformat(b).splitlines()))


def _sequence_difference(type_name, seq1, seq2):
    """In what the sequences differ; None where they are equal."""
    lengths = []
    for which, seq in (('First', seq1), ('Second', seq2)):
        try:
            lengths.append(len(seq))
        except (TypeError, NotImplementedError):
            return f'{which} {type_name} has no length.    Non-sequence?'
    len1, len2 = lengths
    if seq1 == seq2:
        return None
    text = '%ss differ: %s != %s\n' % (
        (type_name.capitalize(),) + _common_shorten_repr(seq1, seq2))
    for i in range(min(len1, len2)):
        items = []
        for which, seq in (('first', seq1), ('second', seq2)):
            try:
                items.append(seq[i])
            except (TypeError, IndexError, NotImplementedError):
                return text + '\nUnable to index element %d of %s %s\n' % (i, which, type_name)
        if items[0] != items[1]:
            text += '\nFirst differing element %d:\n%s\n%s\n' % (
                (i,) + _common_shorten_repr(*items))
            break
    else:
        if len1 == len2 and type(seq1) != type(seq2):
            # Equal items in sequences that are not: it is the types.
            return None if seq1 == seq2 else text
    for which, longer, shorter, seq in (('First', len1, len2, seq1), ('Second', len2, len1, seq2)):
        if longer > shorter:
            text += '\n%s %s contains %d additional elements.\n' % (
                which, type_name, longer - shorter)
            try:
                text += 'First extra element %d:\n%s\n' % (shorter, safe_repr(seq[shorter]))
            except (TypeError, IndexError, NotImplementedError):
                text += 'Unable to index element %d of %s %s\n' % (
                    shorter, which.lower(), type_name)
    return text
