"""What CPython's tests take from `test.support`, for the tests that are run here.

Nothing here makes a test pass that would fail: a test is skipped only where it
says itself that it is about CPython's own implementation, or needs what the
machine does not have.
"""

import contextlib
import functools
import gc
import os
import re
import sys
import textwrap
import types
import unittest

verbose = 0
use_resources = None
max_memuse = 0
real_max_memuse = 0
failfast = False

MISSING_C_DOCSTRINGS = False
HAVE_DOCSTRINGS = True
Py_DEBUG = False
Py_GIL_DISABLED = False
PGO = False

is_android = is_apple = is_apple_mobile = is_emscripten = is_wasi = is_jython = False
is_wasm32 = False
has_fork_support = hasattr(os, 'fork')
has_subprocess_support = False

_1M = 1024 * 1024
_1G = 1024 * _1M
_2G = 2 * _1G
_4G = 4 * _1G
MAX_Py_ssize_t = sys.maxsize

NHASHBITS = sys.hash_info.width

SHORT_TIMEOUT = 30.0
LONG_TIMEOUT = 300.0
LOOPBACK_TIMEOUT = 10.0
INTERNET_TIMEOUT = 60.0


class TestFailed(Exception):
    """A test failed."""


class ResourceDenied(unittest.SkipTest):
    """A resource that a test needs is not to be used."""


def is_resource_enabled(resource):
    return use_resources is None or resource in use_resources


def requires(resource, msg=None):
    if not is_resource_enabled(resource):
        raise ResourceDenied(msg or "Use of the %r resource not enabled" % resource)


def requires_resource(resource):
    if is_resource_enabled(resource):
        return lambda test: test
    return unittest.skip("resource {0!r} is not enabled".format(resource))


# What asks for CPython's structures in C, or for an end with the last reference.
_OF_CPYTHON = {'check_sizeof', 'getsizeof', 'getrefcount', 'is_tracked', 'disable_gc',
               'refcount_test', 'ref', '_testcapi', '_testinternalcapi', 'get_c_recursion_limit'}


def cpython_only(test):
    """For tests of CPython's own implementation: they are run all the same, but for whole
    classes of them and for those that ask for what no other implementation has."""
    code = getattr(test, '__code__', None)
    if code is None or _OF_CPYTHON.intersection(code.co_names):
        return impl_detail(cpython=True)(test)
    return test


def impl_detail(msg=None, **guards):
    if check_impl_detail(**guards):
        return lambda test: test
    return unittest.skip(msg or "implementation detail specific to CPython")


def check_impl_detail(**guards):
    """Whether tests guarded in this way are to be run: `cpython=True` says that
    they are CPython's alone, `cpython=False` that they are everybody else's."""
    guards = guards or {'cpython': True}
    default = not next(iter(guards.values()))
    return guards.get(sys.implementation.name, default)


def gc_collect():
    for _ in range(3):
        gc.collect()


@contextlib.contextmanager
def disable_gc():
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def captured_output(stream_name):
    import io
    original = getattr(sys, stream_name)
    setattr(sys, stream_name, io.StringIO())
    try:
        yield getattr(sys, stream_name)
    finally:
        setattr(sys, stream_name, original)


def captured_stdout():
    return captured_output("stdout")


def captured_stderr():
    return captured_output("stderr")


def captured_stdin():
    return captured_output("stdin")


@contextlib.contextmanager
def swap_attr(obj, attr, new_val):
    """Sets an attribute for the body of a `with`; gives the old value, if any."""
    missing = not hasattr(obj, attr)
    old = getattr(obj, attr, None)
    setattr(obj, attr, new_val)
    try:
        yield old
    finally:
        if not missing:
            setattr(obj, attr, old)
        elif hasattr(obj, attr):
            delattr(obj, attr)


@contextlib.contextmanager
def swap_item(obj, item, new_val):
    """Sets an item for the body of a `with`; gives the old value, if any."""
    missing = item not in obj
    old = None if missing else obj[item]
    obj[item] = new_val
    try:
        yield old
    finally:
        if not missing:
            obj[item] = old
        elif item in obj:
            del obj[item]


@contextlib.contextmanager
def adjust_int_max_str_digits(max_digits):
    current = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(max_digits)
        yield
    finally:
        sys.set_int_max_str_digits(current)


@contextlib.contextmanager
def set_recursion_limit(limit):
    original = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(limit)
        yield
    finally:
        sys.setrecursionlimit(original)


def infinite_recursion(max_depth=None):
    """For tests that recurse without end: a limit at which that is soon over."""
    return set_recursion_limit(max(20_000 if max_depth is None else max_depth, 4))


def exceeds_recursion_limit():
    return 150_000


def get_recursion_depth():
    frame, depth = sys._getframe(1), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


def get_recursion_available():
    return sys.getrecursionlimit() - get_recursion_depth()


@contextlib.contextmanager
def _locale(category, names):
    try:
        import locale
    except ImportError:
        # There is no locale but C's.
        yield
        return
    number = getattr(locale, category)
    saved = locale.setlocale(number)
    for name in names:
        try:
            locale.setlocale(number, name)
            break
        except locale.Error:
            continue
    try:
        yield
    finally:
        locale.setlocale(number, saved)


def run_with_locale(category, *names):
    """A decorator: the test is run under the first of the locales that there is."""
    def decorator(test):
        @functools.wraps(test)
        def wrapper(*args, **kwargs):
            with _locale(category, names):
                return test(*args, **kwargs)
        return wrapper
    return decorator


def run_with_locales(category, *names):
    return run_with_locale(category, *names)


def no_tracing(test):
    """A decorator: the test is run without a trace function."""
    return test


class CPUStopwatch:
    """The processor's time that the body of a `with` takes."""

    def __enter__(self):
        import time
        self.clock = time.process_time
        self._start = self.clock()
        return self

    def __exit__(self, *exc_info):
        self.seconds = self.clock() - self._start


def skip_if_pgo_task(test):
    return test


def skip_if_sanitizer(reason=None, **kinds):
    return lambda test: test


def skip_if_unlimited_stack_size(test):
    return test


def skip_emscripten_stack_overflow():
    return lambda test: test


def skip_wasi_stack_overflow():
    return lambda test: test


def requires_subprocess():
    return unittest.skipUnless(has_subprocess_support, "requires subprocess support")


def requires_fork():
    return unittest.skipUnless(has_fork_support, "requires working os.fork()")


def requires_debug_ranges(reason='requires co_positions / debug_ranges'):
    return lambda test: test


def requires_docstrings(test):
    return test


def requires_IEEE_754(test):
    return test


def requires_zlib(reason='requires zlib'):
    return _requires_module('zlib', reason)


def requires_gzip(reason='requires gzip'):
    return _requires_module('gzip', reason)


def _requires_module(name, reason):
    try:
        __import__(name)
    except ImportError:
        return unittest.skip(reason)
    return lambda test: test


def bigmemtest(size, memuse, dry_run=True):
    """For tests that take `size` as an argument and need `size * memuse` bytes.
    Where no memory is granted, those that can are run with a small size."""
    def decorator(test):
        @functools.wraps(test)
        def wrapper(self):
            granted = wrapper.size if real_max_memuse else 5147
            needed = granted * wrapper.memuse
            if (real_max_memuse or not dry_run) and real_max_memuse < needed:
                raise unittest.SkipTest("not enough memory: %.1fG minimum needed" % (needed / _1G))
            return test(self, granted)
        wrapper.size, wrapper.memuse = size, memuse
        return wrapper
    return decorator


def calcobjsize(fmt):
    import struct
    return struct.calcsize('nP' + fmt + '0n')


def calcvobjsize(fmt):
    import struct
    return struct.calcsize('nPn' + fmt + '0n')


def check_sizeof(test, o, size):
    test.assertEqual(sys.getsizeof(o), size)


def check__all__(test_case, module, name_of_module=None, extra=(), not_exported=()):
    """Fails unless `__all__` names all that is public in the module."""
    if name_of_module is None:
        name_of_module = (module.__name__,)
    elif isinstance(name_of_module, str):
        name_of_module = (name_of_module,)
    expected = set(extra)
    for name in dir(module):
        if name.startswith('_') or name in not_exported:
            continue
        obj = getattr(module, name)
        own = getattr(obj, '__module__', None) in name_of_module
        if own or not hasattr(obj, '__module__') and not isinstance(obj, types.ModuleType):
            expected.add(name)
    test_case.assertCountEqual(module.__all__, expected)


def load_package_tests(pkg_dir, loader, standard_tests, pattern):
    """`load_tests` of a package of `test`: all its test modules."""
    package = 'test.' + os.path.basename(pkg_dir)
    for name in sorted(os.listdir(pkg_dir)):
        if name.startswith('test') and name.endswith('.py'):
            standard_tests.addTests(loader.loadTestsFromName(f'{package}.{name[:-3]}'))
    return standard_tests


def check_syntax_error(testcase, statement, errtext='', *, lineno=None, offset=None):
    with testcase.assertRaisesRegex(SyntaxError, errtext) as caught:
        compile(statement, '<test string>', 'exec')
    err = caught.exception
    testcase.assertIsNotNone(err.lineno)
    if lineno is not None:
        testcase.assertEqual(err.lineno, lineno)
    testcase.assertIsNotNone(err.offset)
    if offset is not None:
        testcase.assertEqual(err.offset, offset)


def sortdict(dict):
    "Like repr(dict), but in sorted order."
    return "{%s}" % ", ".join("%r: %r" % pair for pair in sorted(dict.items()))


def run_unittest(*classes):
    suite = unittest.TestSuite()
    loader = unittest.TestLoader()
    for cls in classes:
        suite.addTest(loader.loadTestsFromTestCase(cls) if isinstance(cls, type) else cls)
    result = unittest.TextTestRunner(verbosity=verbose).run(suite)
    if not result.wasSuccessful():
        raise TestFailed(f'{len(result.failures)} failures, {len(result.errors)} errors')


def reap_children():
    pass


class _AlwaysEqual:
    """Equal to everything."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


class _NeverEqual:
    """Equal to nothing."""

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True


class _Extreme:
    """Larger, or smaller, than everything but its own kind."""

    def __init__(self, larger):
        self._larger = larger

    def __eq__(self, other):
        return isinstance(other, _Extreme) and other._larger is self._larger

    def __lt__(self, other):
        return not self._larger and self != other

    def __gt__(self, other):
        return self._larger and self != other

    def __le__(self, other):
        return not self._larger or self == other

    def __ge__(self, other):
        return self._larger or self == other

    __hash__ = None


ALWAYS_EQ = _AlwaysEqual()
NEVER_EQ = _NeverEqual()
LARGEST = _Extreme(True)
SMALLEST = _Extreme(False)


def refcount_test(test):
    """Skip: objects here have no reference counts."""
    return unittest.skip('no reference counts')(test)


@contextlib.contextmanager
def suppress_immortalization(suppress=True):
    """Nothing is immortal here."""
    yield


def get_c_recursion_limit():
    """How deep natives may nest."""
    return sys.getrecursionlimit()


def requires_limited_api(test):
    """Skip: there is no C API."""
    return unittest.skip('no C API')(test)


def check_free_after_iterating(test, iter, cls, args=()):
    """An exhausted iterator lets go of what it walked over."""
    done = False

    class Observed(cls):
        def __del__(self):
            nonlocal done
            done = True
            try:
                next(it)
            except StopIteration:
                pass

    it = iter(Observed(*args))
    test.assertRaises(StopIteration, next, it)
    gc_collect()
    test.assertTrue(done)


def check_disallow_instantiation(testcase, tp, *args, **kwds):
    """The type can't be called."""
    name = f'{tp.__module__}.{tp.__name__}' if tp.__module__ != 'builtins' else tp.__name__
    with testcase.assertRaisesRegex(TypeError, f"cannot create '{re.escape(name)}' instances"):
        tp(*args, **kwds)


def run_code(code, extra_names=None):
    """Run source text in a namespace of its own, which is returned."""
    namespace = dict(extra_names or {})
    exec(textwrap.dedent(code), namespace)
    return namespace


class BrokenIter:
    """Raises where it is told to."""

    def __init__(self, init_raises=False, next_raises=False, iter_raises=False):
        if init_raises:
            1 / 0
        self.next_raises = next_raises
        self.iter_raises = iter_raises

    def __next__(self):
        if self.next_raises:
            1 / 0

    def __iter__(self):
        if self.iter_raises:
            1 / 0
        return self


class catch_unraisable_exception:
    """Keeps what sys.unraisablehook was told."""

    def __init__(self):
        self.unraisable = None

    def __enter__(self):
        self._before = sys.unraisablehook
        sys.unraisablehook = self._keep
        return self

    def _keep(self, unraisable):
        self.unraisable = unraisable

    def __exit__(self, *exc_info):
        sys.unraisablehook = self._before
        self.unraisable = None


is_s390x = hasattr(os, 'uname') and os.uname().machine == 's390x'
skip_on_s390x = unittest.skipIf(is_s390x, 'skipped on s390x')
skip_if_buggy_ucrt_strfptime = lambda test: test
HAVE_PY_DOCSTRINGS = True
TEST_HOME_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PIPE_MAX_SIZE = 4 * _1M + 1
has_strftime_extensions = True


def subTests(arg_names, arg_values, /, *, _do_cleanups=False):
    """A decorator: the test is run once for each of the values, as a subtest."""
    if isinstance(arg_names, str):
        arg_names = arg_names.replace(',', ' ').split()
        if len(arg_names) == 1:
            arg_values = [(value,) for value in arg_values]
    arg_values = tuple(arg_values)

    def decorator(test):
        @functools.wraps(test)
        def wrapper(self, /, *args, **kwargs):
            for values in arg_values:
                chosen = dict(zip(arg_names, values))
                with self.subTest(**chosen):
                    test(self, *args, **kwargs, **chosen)
                if _do_cleanups:
                    self.doCleanups()
        return wrapper
    return decorator


def thread_unsafe(reason):
    """Marks a test that has to be alone, as every test is here."""
    return reason if isinstance(reason, types.FunctionType) else lambda test: test


def no_rerun(reason):
    """Marks a test that is to be run once only, as all are here."""
    return lambda test: test


def force_not_colorized(test):
    """Nothing is colored here."""
    return test


force_not_colorized_test_class = force_colorized = force_not_colorized


def linked_to_musl():
    return False


def bigaddrspacetest(test):
    """Skip: such a test fills the address space."""
    return unittest.skip('not enough memory')(test)


def check_sanitizer(**kinds):
    return False


def in_systemd_nspawn_sync_suppressed():
    return False


def requires_gil_enabled(msg='needs the GIL enabled'):
    return unittest.skip(msg)


def requires_linux_version(*minimum):
    return lambda test: test


def requires_mac_ver(*minimum):
    return unittest.skip('not a Mac')


def requires_working_socket(*, module=False):
    """For tests that use sockets."""
    if module:
        raise unittest.SkipTest('no sockets')
    return unittest.skip('no sockets')


def requires_bz2(reason='requires bz2'):
    return _requires_module('bz2', reason)


def requires_lzma(reason='requires lzma'):
    return _requires_module('lzma', reason)


def requires_zstd(reason='requires zstd'):
    return _requires_module('compression.zstd', reason)


def open_urlresource(url, *args, **kw):
    raise ResourceDenied('no network')


def setswitchinterval(interval):
    """There is one thread."""


def get_attribute(obj, name):
    """The attribute; the test is skipped where there is none."""
    try:
        return getattr(obj, name)
    except AttributeError:
        raise unittest.SkipTest(f"object {obj!r} has no attribute {name!r}") from None


def findfile(filename, subdir=None):
    """The path of a file of CPython's tests."""
    import test
    if os.path.isabs(filename):
        return filename
    if subdir is not None:
        filename = os.path.join(subdir, filename)
    for folder in [*test.__path__, *sys.path]:
        found = os.path.join(folder, filename)
        if os.path.exists(found):
            return found
    return filename


def run_with_tz(tz):
    """A decorator: the test is run in a time zone."""
    def decorator(test):
        @functools.wraps(test)
        def wrapper(*args, **kwargs):
            import time
            saved = os.environ.get('TZ')
            os.environ['TZ'] = tz
            time.tzset()
            try:
                return test(*args, **kwargs)
            finally:
                if saved is None:
                    del os.environ['TZ']
                else:
                    os.environ['TZ'] = saved
                time.tzset()
        return wrapper
    return decorator


def sleeping_retry(timeout, err_msg=None, /, *, init_delay=0.010, max_delay=1.0, error=True):
    """Yields again and again, with pauses, until the time is over."""
    import time
    end, delay = time.monotonic() + timeout, init_delay
    yield
    while time.monotonic() < end:
        time.sleep(delay)
        delay = min(delay * 2, max_delay)
        yield
    if error:
        raise AssertionError(f"timeout ({timeout} seconds)" + (f': {err_msg}' if err_msg else ''))


def detect_api_mismatch(ref_api, other_api, *, ignore=()):
    """The public names that only the first of two has."""
    missing = set(dir(ref_api)) - set(dir(other_api)) - set(ignore)
    return {name for name in missing if not name.startswith('_') or name.endswith('__')}


def iter_builtin_types():
    import builtins
    for obj in vars(builtins).values():
        if isinstance(obj, type):
            yield obj


def wait_process(pid, *, exitcode, timeout=None):
    raise unittest.SkipTest('no processes')


class SuppressCrashReport:
    """No crash is expected."""

    def __enter__(self):
        return self

    def __exit__(self, *ignore_exc):
        pass


class EqualToForwardRef:
    """Equal to the `annotationlib.ForwardRef` with the same four attributes."""

    def __init__(self, arg, *, module=None, owner=None, is_class=False):
        self.__forward_arg__ = arg
        self.__forward_is_class__ = is_class
        self.__forward_module__ = module
        self.__owner__ = owner

    def _attributes(self):
        return (self.__forward_arg__, self.__forward_module__,
                self.__forward_is_class__, self.__owner__)

    def __eq__(self, other):
        import annotationlib
        if not isinstance(other, (EqualToForwardRef, annotationlib.ForwardRef)):
            return NotImplemented
        return self._attributes() == EqualToForwardRef._attributes(other)

    def __repr__(self):
        return 'EqualToForwardRef(%r, module=%r, is_class=%r, owner=%r)' % self._attributes()


class Stopwatch:
    """How long the body of a `with` took, in seconds."""

    def __enter__(self):
        import time
        self.clock = time.process_time
        self.start_time = self.clock()
        return self

    def __exit__(self, *exc):
        self.seconds = self.clock() - self.start_time


Py_TRACE_REFS = False
has_socket_support = False


def iter_slot_wrappers(cls):
    """The special methods that a built-in type takes over, and whether each is its own."""
    for name in dir(cls):
        if isinstance(getattr(cls, name, None), types.WrapperDescriptorType):
            yield name, name in vars(cls)


def maybe_get_event_loop_policy():
    """There are no event loops."""
