"""Corners of built-in types: state of subclasses, ends of iterators, steps between floats."""
import array
import copy
import math
import pickle
import struct


class Undecided:
    def __lt__(self, other):
        return NotImplemented


for body in (lambda: Undecided() < 1, lambda: 'less' if Undecided() < 1 else 'more'):
    try:
        body()
    except TypeError as error:
        print(error)


def compare_within(manager_log):
    try:
        manager_log.append('begin')
        Undecided() < 1
    except TypeError:
        manager_log.append('caught here')
    return manager_log


print(compare_within([]))
class B(bytearray):
    __slots__=('x','y','__dict__')
b=B(b'ab'); b.x=1; b.z=2
c=copy.copy(b); print(c, c.x, c.z, hasattr(c,'y'))
for p in range(6):
    d=pickle.loads(pickle.dumps(b,p)); print(d, d.x, d.z)
print(bytearray(b'q').__reduce_ex__(4), bytearray().__reduce__(), B(b'').__reduce_ex__(2), b.__reduce_ex__(5))
class D(bytearray): pass
print(D(b'a').__reduce_ex__(2)); e=D(b'x'); e.k=1; print(e.__reduce__(), copy.deepcopy(e).k)
print([pickle.dumps(bytearray(b'abc'),p) for p in range(6)])
class G(bytearray):
    def __getstate__(self): return 'st'
print(G(b'1').__reduce_ex__(4))
print(math.nextafter(-5e-324,0.0), math.nextafter(5e-324,-1), math.nextafter(1.0,-0.0), math.nextafter(0.0,-0.0), math.nextafter(-0.0,0.0), math.nextafter(-0.0, 1))
try: struct.Struct.foo=1
except TypeError as e: print(e)
class S(struct.Struct): pass
S.foo=1
a=array.array('i',[1,2]); it=iter(a); print(list(it), it.__reduce__()[1:]); a.append(3); print(list(it)); it.__setstate__(0); print(list(it), next(it,'end'))
it=iter(a); next(it); print(it.__reduce__()[1:]); it.__setstate__(99); print(list(it))
