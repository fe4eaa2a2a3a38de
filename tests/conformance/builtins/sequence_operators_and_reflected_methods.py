# + and * of lists and tuples: reflected methods of the other side go first, errors, subclasses
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
class R:
    def __radd__(self,o): return ("radd",o)
    def __rmul__(self,o): return ("rmul",o)
    def __add__(self,o): return ("add",o)
    def __mul__(self,o): return ("mul",o)
t(lambda:[1]+R()); t(lambda:(1,)+R()); t(lambda:[1]*R()); t(lambda:R()*[1]); t(lambda:R()+[1]); t(lambda:(1,)*R())
x=[1]; x+=R(); print(x); x=[1]; x*=R(); print(x)
x=[1]
try: x+=5
except TypeError as e: print(e)
x=(1,)
try: x+=[5]
except TypeError as e: print(e)
class I:
    def __index__(self): return 2
t(lambda:[1]*I()); t(lambda:I()*[1]); t(lambda:(1,2)*I()); t(lambda:[1]*True); x=[3]; x*=I(); print(x)
t(lambda:[1]*None); t(lambda:None*[1]); t(lambda:[1]*[2]); t(lambda:(1,)*(2,)); t(lambda:[1]*{}); t(lambda:1.5*(1,)); t(lambda:5+[1]); t(lambda:[1]-[1]); t(lambda:[1]+None)
class L(list):
    def __add__(self,o): return "L.add"
    def __radd__(self,o): return "L.radd"
t(lambda:[1]+L()); t(lambda:L()+[1]); t(lambda:list.__add__([1],L([2])))
class L2(list): pass
t(lambda:type(L2([1])+[2]).__name__); t(lambda:type([2]+L2([1])).__name__); t(lambda:type(L2([1])*2).__name__)
x=L2([1]); y=x; x+=[2]; x*=2; print(x is y, x, type(x).__name__)
