# code(...) and code.replace: what comes of their arguments, and what they refuse.
import inspect
import types
import warnings


def attempt(work):
    try:
        result = work()
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print('code' if isinstance(result, types.CodeType) else result)


def f(a, b=1, *c, d=2, **e):
    x = a
    try:
        for i in range(300):
            if i > b:
                return lambda: (x, i)
    except ValueError:
        pass


FIELDS = ('argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames '
          'filename name qualname firstlineno linetable exceptiontable freevars cellvars').split()
code = f.__code__
args = [getattr(code, 'co_' + name) for name in FIELDS]
again = types.CodeType(*args)
print(again == code, hash(again) == hash(code), again is code)
print(list(again.co_positions()) == list(code.co_positions()))
print(list(again.co_lines()) == list(code.co_lines()))
print(list(again.co_branches()) == list(code.co_branches()))
g = types.FunctionType(again, globals(), 'g', (1,))
g.__kwdefaults__ = {'d': 3}
print(g(5)())

for at, name in enumerate(FIELDS):
    for bad in (-1, 'x', None, 99, 1.5):
        if (name, bad) in (('firstlineno', -1), ('stacksize', 99), ('flags', 99)):
            continue
        print(name, repr(bad), end=': ')
        attempt(lambda: types.CodeType(*args[:at], bad, *args[at + 1:]))
        print('replace', end=': ')
        attempt(lambda: code.replace(**{'co_' + name: bad}))
attempt(lambda: types.CodeType())
attempt(lambda: types.CodeType(*args, 1))
attempt(lambda: types.CodeType(argcount=1))
attempt(lambda: types.CodeType(*args[:8], (1,), *args[9:]))
attempt(lambda: code.replace(co_names=(1,)))
attempt(lambda: code.replace(co_code=b'x'))
attempt(lambda: code.replace(co_nothing=1))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    print(type(code.co_lnotab), [str(w.message) for w in caught])
print(code._varname_from_oparg(0), code._varname_from_oparg(3))
attempt(lambda: code._varname_from_oparg(99))
attempt(lambda: setattr(code, 'co_code', b''))
attempt(lambda: setattr(code, 'co_name', ''))


def add(u, v):
    return u + v


def multiply(u, v):
    return u * v


old = add.__code__
add.__code__ = old.replace(co_code=multiply.__code__.co_code)
print(add(3, 4))
add.__code__ = old.replace(co_varnames=('p', 'q'))
print(add(p=1, q=2), inspect.signature(add))
add.__code__ = old.replace(co_posonlyargcount=1)
print(inspect.signature(add))
attempt(lambda: add(u=1, v=2))
add.__code__ = old.replace(co_argcount=1, co_kwonlyargcount=1)
print(inspect.signature(add), add(1, v=3))


def outer():
    y = 1
    return lambda: y


inner = outer()
renamed = types.FunctionType(inner.__code__.replace(co_freevars=('z',)), {}, closure=inner.__closure__)
print(renamed(), renamed.__code__.co_freevars)
exec(compile('print([i for i in range(3)])', 'm', 'exec').replace(co_name='other'))
