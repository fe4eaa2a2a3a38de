# PEP 667: f_locals of a function's frame reads and writes its variables.
import collections.abc
import sys


def attempt(work):
    try:
        result = work()
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print(type(result).__name__, result)


def variables(a, *, k=3):
    x = 1

    def captured():
        return x

    frame = sys._getframe()
    p = frame.f_locals
    print(type(p), p is frame.f_locals, p == frame.f_locals, p == dict(p), dict(p) == p, p == 1)
    p['x'] = 5
    print(x, captured())
    x = 6
    print(p['x'])
    p['a'] = 9
    p['new'] = 7
    p[1] = 2
    print(a, p['new'], 'new' in locals(), frame.f_locals['new'], 1 in p, [1] in [p])
    attempt(lambda: p['zz'])
    attempt(lambda: p[[]])
    for key in ('x', 'zz', 'new', 1):
        attempt(lambda: p.__delitem__(key))
    attempt(lambda: p.pop('x'))
    attempt(lambda: p.pop('zz'))
    attempt(lambda: p.pop('zz', 3))
    attempt(lambda: p.pop())
    attempt(lambda: p.get('x'))
    attempt(lambda: p.get('zz', 4))
    attempt(lambda: p.get())
    attempt(lambda: p.setdefault('x', 4))
    attempt(lambda: p.setdefault('ee', 4))
    attempt(lambda: p.update({'a': 10}))
    attempt(lambda: p.update(5))
    attempt(lambda: p.update(a=3))
    print(a, list(p), list(reversed(p)), len(p), type(p.keys()), type(p.copy()))
    print(sorted(p | {'q': 1}), list({'q': 1} | p)[:2])
    attempt(lambda: p | 1)
    q = p
    q |= {'a': 77}
    print(a, type(q))
    attempt(lambda: hash(p))
    attempt(lambda: p.clear())
    attempt(lambda: p < p)
    attempt(lambda: type(p)())
    attempt(lambda: type(p)(1))
    print(type(p)(frame) == p, isinstance(p, collections.abc.Mapping))
    match p:
        case {'a': value}:
            print('a mapping', value)
    attempt(lambda: p.__reduce_ex__(2))


variables(1)


def shown():
    y = 1
    print(sys._getframe().f_locals)
    del y
    print(sys._getframe().f_locals)
    copy = locals()
    copy['q'] = 1
    print(locals() is locals(), list(locals()))
    sys._getframe().f_locals['y'] = 4
    return y


print(shown())


def generator():
    v = 1
    yield v
    yield v


g = generator()
next(g)
g.gi_frame.f_locals['v'] = 50
print(next(g), g.gi_frame.f_locals, g.gi_frame.f_generator is g, g.gi_frame.f_back)


class Body:
    a = 1
    sys._getframe().f_locals['b'] = 2
    print(type(sys._getframe().f_locals), b, sys._getframe().f_locals is locals())


def from_inside():
    def inner():
        return sys._getframe(1)
    z = 1
    frame = inner()
    z = 2
    print(frame.f_locals['z'])
    return frame, frame.f_locals


frame, p = from_inside()
print(p['z'], frame.f_back is sys._getframe())
p['z'] = 8
print(p['z'], frame.f_locals['z'])
frame.clear()
print(p)


def caught(n):
    try:
        raise ValueError
    except ValueError as error:
        traceback = error.__traceback__
    m = n + 1
    del n
    return list(traceback.tb_frame.f_locals.items())[1:]


print(caught(1))
frame = sys._getframe()
for name in ('f_lineno', 'f_trace_lines', 'f_trace_opcodes', 'f_locals'):
    attempt(lambda: setattr(frame, name, 'x'))
    attempt(lambda: delattr(frame, name))
attempt(lambda: setattr(frame, 'f_lineno', 1))
g = generator()
g.gi_frame.clear()
print(list(g))
g = generator()
next(g)
attempt(lambda: g.gi_frame.clear())
attempt(lambda: frame.clear())
