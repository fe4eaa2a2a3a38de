"""Wrong arguments of pickle's functions and attributes: which is looked at first, and what is said of it."""
import pickle, io

def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
t(pickle.dumps,1,2**70); t(pickle.dumps,1,-2**70)
p=pickle.Pickler(io.BytesIO())
t(setattr,p,'bin',2**70); t(setattr,p,'fast',2**70)
t(setattr,p,'memo',{1:(2**70,3)}); t(setattr,p,'memo',{1:(0,3)}); print(list(p.memo.copy().values()))
u=pickle.Unpickler(io.BytesIO())
t(setattr,u,'memo',{2**70:1})
t(pickle.load,1,encoding=2); t(pickle.loads,1,encoding=2); t(pickle.load,1,buffers=2); t(pickle.loads,b'',buffers=2);t(pickle.loads,1,buffers=2)
t(pickle.loads,b'N.',encoding='\ud800'); t(pickle.loads,b'N.',errors='a\0b')
t(u.persistent_load,1,2); t(u.persistent_load); t(u.persistent_load,pid=1); t(u.persistent_load,1)
class B:
    def __bool__(self): raise KeyError('bool')
t(pickle.load,1,fix_imports=B(),encoding=2)
