# building and filling containers from generators, old-style sequences and iterators that fail half-way
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
class G:
    def __init__(self,n): self.n=n
    def __iter__(self):
        for i in range(self.n): yield i
t(lambda:list(G(3))); t(lambda:tuple(G(3))); t(lambda:set(G(3))); t(lambda:dict((i,i) for i in G(2))); t(lambda:[*G(2)]); t(lambda:sorted(G(3),reverse=True)); t(lambda:frozenset(G(2)))
class B:
    def __iter__(self): return 5
t(list,B()); t(lambda:[].extend(B())); 
class B2:
    def __iter__(self): raise ValueError("iter")
t(list,B2()); t(dict,B2()); 
def setsl(v):
    l=[1,2]; l[0:1]=v; return l
t(setsl,B()); t(setsl,B2()); t(setsl,G(3))
class Seq:
    def __getitem__(self,i):
        if i>2: raise IndexError
        return i*i
t(list,Seq()); t(tuple,Seq()); t(lambda: 4 in Seq()); t(lambda:[].extend(Seq()))
class M(dict):
    def __missing__(self,k): return ("missing",k)
m=M(a=1); t(lambda:m["a"]); t(lambda:m["b"]); t(lambda:m.get("b")); t(lambda:dict.__getitem__(m,"z")); t(lambda: "b" in m); t(lambda:M({1:2},x=3)); t(lambda: repr(M()))
t(lambda: m[[]])
t(lambda:{}.fromkeys([1,2],3)); t(lambda:M.fromkeys([1])); 
class F2(dict):
    def __setitem__(self,k,v): print("set",k,v); dict.__setitem__(self,k,v)
t(lambda:F2.fromkeys("ab",1)); t(lambda:F2(a=1)); f=F2(); f.update(a=1); f.setdefault("q"); f|={"z":1}; print(f)
class F3(dict):
    def __new__(cls): return {9:9}
t(lambda:F3.fromkeys("a"))
d={1:1}; d2=d; d|=[(2,3)]; print(d is d2, d)
t(lambda:{1:1}|[(2,3)]); t(lambda:{}.update([(1,2)],a=3)); t(lambda:{}.update(None)); t(lambda:dict(a=1,**{"b":2}))
class Sub(set):
    def __init__(self,*a): print("init",a); super().__init__(*a)
t(lambda:Sub([1])|{2}); t(lambda:Sub([1]).copy()); t(lambda:Sub([1]).union([3]))
s={1,2}; 
t(lambda:s.update([3],[4],"a" and [5])); print(s)
t(lambda:s.intersection_update([1,2,3],[2,3])); print(s)
t(lambda:s.difference_update([2],G(5))); print(s)
t(lambda:sorted({1}.union(G(2)))); t(lambda:{1,5}.intersection(G(2))); t(lambda:{0,1,5}.difference(G(2))); t(lambda:{0}.issubset(G(2))); t(lambda:{0,1,2}.issuperset(G(2))); t(lambda:{5}.isdisjoint(G(2)))
t(lambda:{1,2}.intersection_update(5))
def gen_err():
    yield 1
    raise KeyError("x")
s={1,2}; t(lambda:s.intersection_update(gen_err())); print(s); t(lambda:s.update(gen_err())); print(s)
l=[0]; t(lambda:l.extend(gen_err())); print(l)
d={}
def pairs_err():
    yield 1,2
    raise KeyError("x")
t(lambda:d.update(pairs_err())); print(d)
l=[3,1,2]
def bad(k):
    if k==2: raise ValueError("key")
    return k
t(lambda:l.sort(key=bad)); print(l)
l=[3,1,"a",2]; t(lambda:l.sort()); print(sorted(map(str,l)))
t(lambda:sorted([3,1,2],key=lambda x:-x)); t(lambda:sorted("bca",key=ord)); t(lambda:sorted([1,2],key=5)); t(lambda:sorted([(2,"a"),(1,"b")],key=lambda p:p[1]))
l=[1,2,3]; t(lambda:l.sort(key=lambda x:l.clear())); t(lambda: l.sort(key=lambda x: l.append(1)))
print(l)
t(lambda:list(reversed([1,2,3]))); t(lambda:list(reversed((1,2)))); t(lambda:list(reversed(range(5)))); t(lambda:list(reversed({1:1,2:2}.values())))
t(lambda:[1,2,3,4].__reversed__().__length_hint__())
