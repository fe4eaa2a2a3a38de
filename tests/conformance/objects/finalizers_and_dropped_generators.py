# __del__, dropped generators, weak containers: when an object ends, and in which order
import gc, weakref, sys
class D:
    def __init__(self,n): self.n=n
    def __del__(self): print('del',self.n)
a=D('a'); print(1); del a; print(2)
b=D('b'); b=None; print(3)
c=D('c'); c=D('c2'); print(4)
def f():
    x=D('local'); print('in f')
f(); print('after f')
D('temp'); print('after temp')
l=[D('l1'),D('l2')]; del l; print('after l')
d={'k':D('dv')}; del d['k']; print('after dk')
class H:
    def __init__(self): self.child=D('child')
    def __del__(self): print('H del')
h=H(); del h; print('after h')
def g():
    try:
        yield 1
        yield 2
    finally: print('gen cleanup')
for x in g():
    break
print('after break')
it=g(); next(it); del it; print('after del it')
def user():
    it=g(); next(it); print('in user')
user(); print('after user')
import contextlib
@contextlib.contextmanager
def cm():
    print('enter')
    try: yield
    finally: print('exit')
def gg():
    with cm(): yield 1
x=gg(); next(x); x.close(); print('closed')
def outer():
    yield from g()
o=outer(); next(o); del o; print('after outer')
# resurrection
class R:
    def __del__(self):
        global saved; saved=self; print('resurrect')
r=R(); w=weakref.ref(r); del r; print('saved' in globals(), w() is None)
del saved; gc.collect(); print('end', w())
# cycles
class N:
    def __init__(s,n): s.n=n
    def __del__(s): print('N',s.n)
p=N(1); q=N(2); p.o=q; q.o=p; del p,q; print('before'); gc.collect(); print('after cycle')
wv=weakref.WeakValueDictionary(); o=N(5); wv['o']=o; print(len(wv), list(wv)); del o; print(len(wv), list(wv))
ws=weakref.WeakSet(); o=N(6); ws.add(o); print(len(ws)); del o; print(len(ws))
wk=weakref.WeakKeyDictionary(); o=N(7); wk[o]=1; print(len(wk)); del o; print(len(wk))
fi=weakref.finalize(N, print, 'never'); print(fi.alive)
o=N(8); fi=weakref.finalize(o, print, 'fin', 1); print(fi.alive); del o; print(fi.alive)
fi.atexit
try:
    raise ValueError(D('in exc'))
except ValueError as e: pass
print('after exc')
def h2(x): return x
h2(D('arg')); print('after arg')
[D(i) for i in range(2)]; print('after comp')
s=D('set'); t=s; del s; print('still'); del t; print('gone')
e=D('exit')
