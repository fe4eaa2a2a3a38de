# Errors of class and mapping patterns; what counts as a sequence or a mapping
class P:
    __match_args__ = ('x', 'y')
    def __init__(s, x, y): s.x = x; s.y = y
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
def a():
    match P(1,2):
        case P(1,2,3): return 1
def b():
    match P(1,2):
        case P(1,x=2): return 1
def c():
    match P(1,2):
        case P(x=1,y=z): return z
class Q: __match_args__ = ['a']
def d():
    match Q():
        case Q(1): return 1
class R: __match_args__ = (1,)
def e():
    match R():
        case R(1): return 1
def f():
    k = 'notclass'
    match 1:
        case k.x(): pass
def g():
    match {'a':1,'b':2}:
        case {'a': 1, **r}: return r
class S: a='k'
S2=S
def h():
    match {'k':1}:
        case {S.a: 1, S2.a: 2}: return 1
def i():
    match 5:
        case int(1,2): return 1
def j():
    match object():
        case object(1): return 1
from collections.abc import Sequence, Mapping
from collections import OrderedDict, defaultdict, deque, UserDict, UserList
class L:
    def __len__(s): return 2
    def __getitem__(s,i):
        if i>1: raise IndexError
        return i+1
def k(v):
    match v:
        case [1,2]: return 'seq'
        case {1:2}: return 'map'
    return None
for fn in (a,b,c,d,e,f,g,h,i,j): t(fn)
print(k(L())); Sequence.register(L); print(k(L()), k(deque([1,2])), k('ab'), k(range(1,3)), k(UserList([1,2])), k(defaultdict(int,{1:2})), k(UserDict({1:2})), k(OrderedDict({1:2})))
class M(L): pass
print(k(M()))
class N(Sequence):
    def __len__(s): return 2
    def __getitem__(s,i): return [1,2][i]
print(k(N()))
match [1,2,3]:
    case [a,*b]: print(a,b)
match (1,(2,3)):
    case (1,(x,y)) if x<y: print(x,y)
match 3:
    case 1|2|3 as q: print(q)
match True:
    case True: print('T')
match 'a':
    case str() as s: print(s)
match b'x':
    case bytes(z): print(z)
