# Signatures of whatever can be called, what binding says, attributes as they are stored, locals of generators.
import inspect, types, functools, abc
def t(f,*a,**k):
    try: print(repr(f(*a,**k))[:250])
    except BaseException as e: print(type(e).__name__, str(e)[:250])
@types.coroutine
def nc():
    for n in range(3): yield n
async def co(): await nc()
c=co(); t(c.send,None); t(inspect.getcoroutinestate,c); t(inspect.getcoroutinelocals,c)
g = None
def each(lst,a=None):
    b=(1,2,3)
    for v in lst:
        if v==3: c=12
        yield v
s=inspect.signature(lambda a,/,b,*,bar,c=1:0)
t(s.bind,1,2); t(s.bind,1); t(s.bind); t(s.bind,1,2,3); t(s.bind,1,2,bar=1,z=3); t(s.bind,b=2,a=1,bar=1); t(s.bind,1,2,b=3,bar=1); t(s.bind_partial); t(s.bind,1,2,bar=4)
s=inspect.signature(lambda a,b,/:0); t(s.bind,a=1,b=2); t(s.bind,1,b=2)
s=inspect.signature(lambda a=1,/,**k:0); t(s.bind,a=5)
for f,args,kw in [(lambda:0,(1,),{}),(lambda a:0,(),{}),(lambda a,b:0,(),{}),(lambda a,b,c:0,(),{}),(lambda a,b=1:0,(1,2,3),{}),(lambda a:0,(1,2),{}),(lambda a:0,(1,),{'a':2}),(lambda a:0,(1,),{'z':2}),(lambda *,c:0,(),{}),(lambda *,c,d:0,(),{}),(lambda *,c:0,(1,),{}),(lambda *,c:0,(1,),{'c':2}),(lambda a,*,c:0,(1,2,3),{'c':2}),(lambda a,*b,**k:0,(1,2,3),{'c':2}),(lambda a=1:0,(1,2),{}),(lambda **k:0,(1,),{})]:
    t(inspect.getcallargs,f,*args,**kw)
class M:
    def m(self,a): pass
t(inspect.getcallargs,M().m)
class Su:
    __slots__={'power':'measured in kilowatts','x':None}
t(inspect.getdoc,Su.power)
class Meta(type):
    def __dir__(c): return ['__class__','__module__','__name__','BOOM']
    def __getattr__(c,n):
        if n=='BOOM': return 42
        raise AttributeError(n)
class Cl(metaclass=Meta): pass
print([a for a in inspect.classify_class_attrs(Cl) if a.name in('BOOM',)])
class C1: 
    @property
    def p(self): pass
    @staticmethod
    def s(): pass
    @classmethod
    def c(cls): pass
    def f(self): pass
    d=1
for a in inspect.classify_class_attrs(C1):
    if not a.name.startswith('__'): print(a.name,a.kind,a.defining_class.__name__)
class GA:
    ex=False
    @property
    def __dict__(self): GA.ex=True; return {}
    def __getattribute__(self,n): GA.ex=True; return object.__getattribute__(self,n)
x=GA(); t(inspect.getattr_static,x,'foo'); t(inspect.getattr_static,x,'foo',3); print(GA.ex)
t(inspect.getattr_static,C1,'__name__'); t(inspect.getattr_static,C1,'mro'); 
y=C1(); y.d=5; y.f=6; t(inspect.getattr_static,y,'d'); t(inspect.getattr_static,y,'f'); 
class SC: __slots__=('z',)
t(inspect.getattr_static,SC(),'z')
def tf(*args,**kwargs): pass
tf.__text_signature__='($self, a, b=1, *args, c, d=2, **kwargs)'
t(inspect.signature,tf); tf.__text_signature__='($self, /, a)'; t(inspect.signature,tf)
class K1:
    @classmethod
    def __call__(cls,a): pass
t(inspect.signature,K1())
class K2:
    @staticmethod
    def __call__(a): pass
t(inspect.signature,K2())
class K3:
    __call__=functools.partial(lambda x,a:(x,a),2)
t(inspect.signature,K3())
class K4:
    __call__=' '.join
t(inspect.signature,K4())
class K5:
    __call__=(2).__pow__
t(inspect.signature,K5())
class K6:
    __call__=dict.fromkeys
t(inspect.signature,K6())
class K7:
    __call__=functools.partialmethod(lambda self,x,a:(x,a),2)
t(inspect.signature,K7())
class K8:
    __slots__=('__call__',)
k=K8(); k.__call__=lambda a:a; t(inspect.signature,k)
class K9:
    __text_signature__='(a,/,b)'
    def __call__(self,*a,**k): pass
t(inspect.signature,K9())
for body in ["__init__=classmethod(lambda cls,b:0)","__init__=staticmethod(lambda b:0)","__init__=functools.partial(lambda x,a,b:0,2)","__init__=functools.partialmethod(lambda self,x,a:0,2)","__new__=lambda cls,a:0","__new__=classmethod(lambda cls,a:0)","__new__=functools.partial(lambda x,cls,a:0,2)","pass","__new__=str.join if 0 else (lambda cls,a:0)\n    __init__=lambda s,b:0","__init__=lambda s,b:0\n    __new__=lambda cls,a:0"]:
    ns={}; exec("class Q:\n    "+body,globals(),ns); print(body.replace('\n',';'),end=' '); t(inspect.signature,ns['Q'])
class MC(type):
    def __call__(cls,x,y): pass
class MQ(metaclass=MC):
    def __init__(self,b): pass
t(inspect.signature,MQ)
class MC2(type): pass
class MQ2(metaclass=MC2):
    def __init__(self,b): pass
t(inspect.signature,MQ2)
class NM:
    def foo(): pass
t(inspect.signature,NM().foo)
isabs=[]
class AB(abc.ABC):
    @abc.abstractmethod
    def foo(self): pass
    def __init_subclass__(cls): isabs.append(inspect.isabstract(cls))
class AB2(AB): pass
class AB3(AB):
    def foo(self): pass
print(isabs, inspect.isabstract(AB), inspect.isabstract(AB3))
print(inspect.Parameter('a',inspect.Parameter.POSITIONAL_ONLY,default=3), repr(inspect.Parameter('b',inspect.Parameter.KEYWORD_ONLY,annotation=int)))
t(inspect.Parameter,'1',1); t(inspect.Parameter,'a',9); t(inspect.Parameter,'a',inspect.Parameter.VAR_POSITIONAL,default=1); t(inspect.Parameter,'class',inspect.Parameter.KEYWORD_ONLY)
t(inspect.Signature,[inspect.Parameter('a',1),inspect.Parameter('a',1)]); t(inspect.Signature,[inspect.Parameter('a',3),inspect.Parameter('b',1)]); t(inspect.Signature,[inspect.Parameter('a',1,default=1),inspect.Parameter('b',1)])
print(inspect.signature(lambda a,b:0).format(max_width=5)); print(inspect.Signature.format.__doc__ is not None)

g=each([1,2,3]); print(dict(inspect.getgeneratorlocals(g))); next(g); print(dict(inspect.getgeneratorlocals(g)))
