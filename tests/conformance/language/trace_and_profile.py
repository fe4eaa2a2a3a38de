# sys.settrace and sys.setprofile: who is told of what.
import sys

log = []


def trace(frame, event, arg):
    if event == 'exception':
        arg = (arg[0].__name__, str(arg[1]))
    elif not isinstance(arg, (int, type(None), list)):
        arg = type(arg).__name__
    log.append((frame.f_code.co_name, event, frame.f_lineno - base, arg))
    return trace


def run(function):
    global base
    log.clear()
    base = function.__code__.co_firstlineno
    sys.settrace(trace)
    try:
        function()
    except ValueError as error:
        sys.settrace(None)
        log.append('raised')
    sys.settrace(None)
    print(function.__name__)
    for line in log:
        print('   ', line)


def loop():
    for i in range(3):
        if i == 1:
            continue
        x = i
    else:
        x = 5


def on_one_line():
    n = 0
    while n < 3: n += 1


def handled():
    x = 0; y = [x for x in range(2)]
    try: 1 / 0
    except ZeroDivisionError as e:
        y = 1
    finally:
        z = 2


def inner():
    raise ValueError('v')


def outer():
    inner()


def generators():
    def g():
        yield 1
        x = 2
        yield 2
    for v in g():
        x = 1
    return list(c for c in range(2))


def classes():
    class A:
        x = 1
        def m(self): return 1
    f = lambda a: a
    return f(A().m())


def managed():
    class C:
        def __enter__(self): return self
        def __exit__(self, *a): return True
    with C() as c:
        raise KeyError(1)
    z = 1


for function in (loop, on_one_line, handled, outer, generators, classes, managed):
    run(function)


def changed():
    a = 1
    def local(frame, event, arg):
        frame.f_locals['a'] = 100
        return local
    sys._getframe().f_trace = local
    b = 2
    return a


sys.settrace(lambda frame, event, arg: None)
print(changed())


def quiet(frame, event, arg):
    frame.f_trace_lines = False
    print(event)
    return quiet


sys.settrace(quiet)
changed()
sys.settrace(None)


def bad(frame, event, arg):
    raise RuntimeError('in the trace function')


sys.settrace(bad)
try:
    changed()
except RuntimeError as error:
    print(error, sys.gettrace())


def profile(frame, event, arg):
    arg = getattr(arg, '__name__', arg) if event.startswith('c_') else arg
    print('   ', frame.f_code.co_name, event, arg)


def profiled():
    len([1])
    'a'.upper()
    x = []
    x.append(3)
    int('3')
    try:
        len(3)
    except TypeError:
        pass
    def g():
        yield 1
    return sorted(g(), key=lambda v: -v)


sys.setprofile(profile)
profiled()
sys.setprofile(None)
print(sys.getprofile(), sys.call_tracing(max, (1, 2)))
