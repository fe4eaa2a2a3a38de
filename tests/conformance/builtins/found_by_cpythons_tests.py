# Details that CPython's own tests look at: comparisons of buffers, comprehensions' names, hashes kept, scopes.
import array

m = memoryview(b'abc')
for o in (b'abc', m, array.array('B', b'abc'), 5):
    for f in (lambda: m < o, lambda: o > m, lambda: m >= o):
        try: print(f())
        except TypeError as e: print(e)
def f():
    class C(set):
        pass
    for a in ({'a':1},):
        try: C(**a); print('no')
        except TypeError as e: print(e)
    class D(set):
        def __init__(self, *args, newarg=None): super().__init__(args)
    print(D('a', newarg=3))
f()
import sys
for c in ("[i+1 for i in (j := range(3))]", "[[(j := i) for i in range(5)] for j in range(5)]", "{i+1 for i in (i := range(3))}", "[i for i in range(5) if (j := 0) for j in range(5)]", "{i: j for i in range(5) for k in (j:=x)}", "[(i := 0) for i in range(5)]","[i + (lambda: (j:=3))() for i in range(3)]","[i for j in range(5) for i in (k:=range(3))]", "[i for i in [j := 0, 1, 2]]", "class A:\n  [i:=1 for j in (1,)]"):
    try: compile(c, 's', 'exec'); print('ok', c)
    except SyntaxError as e: print(e)
it = iter(range(2**70)); it.__setstate__(2**69); print(next(it)); print(it.__reduce__())
class A:
    @staticmethod
    def f(x: int): pass
    @classmethod
    def g(x: str): pass
print(A.__dict__['f'].__annotations__, A.__dict__['g'].__annotations__)
class H(int):
    n = 0
    def __hash__(self): H.n += 1; return int.__hash__(self)
d = dict.fromkeys(H(i) for i in range(10)); print(H.n)
s = set(d); print(H.n); s.difference(d); print(H.n); hasattr(s,'symmetric_difference_update') and s.symmetric_difference_update(d); print(H.n); d2 = dict.fromkeys(set(d)); print(H.n); frozenset(d); dict.fromkeys(d, 1); print(H.n)
import textwrap
print(textwrap.wrap("Did you say \"supercalifragilisticexpialidocious?\" How *do* you spell that odd word, anyways?", 30, break_long_words=False), textwrap.wrap('-'*10+'hello', 10), textwrap.wrap('-'*10+'hello there', 5))
import string
print(string.Formatter().format('{0} {x!r:>5} {}', 1, 2, x='a') if 0 else string.Formatter().format('{0} {x!r:>5}', 1, x='a'), string.Formatter().vformat('{} {}', (1,2), {}))
class Bad:
    def __bool__(self): return 3
for f in (lambda: bool(Bad()), lambda: not Bad(), lambda: Bad() and 1):
    try: f()
    except TypeError as e: print(e)
try: string.Template('$ @ bar').substitute()
except ValueError as e: print(e)
from collections.abc import MutableSequence
print(isinstance(array.array('b'), MutableSequence))
print('ƛᴀᶆȡᾷ'.capitalize(), ascii('ƛᴀᶆȡᾷ'.capitalize()))

exec("""if 1:
            y = 9
            def f():
                global y
                y = 1
                def g():
                    global y
                    return y
            def f2():
                def g2():
                    return y
                return g2
""")
print(y)
def outer():
    exec("""if 1:
            # A
            x = 7
            def f():
                x = 1
                def g():
                    global x
                    def i():
                        def h():
                            return x
                        return h()
                    return i()
                return g()
            print(f() == 7, x == 7)
""")
try: outer()
except NameError as e: print("NameError", e)
