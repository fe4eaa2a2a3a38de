# long sequences of operations on dicts, sets, slices, with colliding and Python-compared keys
seed=[7]
def r(n):
    seed[0]=(seed[0]*1103515245+12345)&0x7fffffff
    return (seed[0]>>8)%n
class C:
    def __init__(self,v): self.v=v
    def __hash__(self): return self.v%3
    def __eq__(self,o): return isinstance(o,C) and self.v==o.v
    def __repr__(self): return "C%d"%self.v
def key():
    k=r(5)
    if k==0: return r(30)
    if k==1: return "s%d"%r(20)
    if k==2: return (r(4),r(4))
    if k==3: return C(r(25))
    return r(30)/2
acc=0
for rounds in range(4):
    d={}
    for i in range(150):
        op=r(10)
        k=key()
        if op<5: d[k]=i
        elif op==5: d.pop(k,None)
        elif op==6:
            try: del d[k]
            except KeyError as e: acc+=1
        elif op==7: d.setdefault(k,i)
        elif op==8 and d: d.popitem()
        elif op==9 and d and r(3)==0: del d[next(iter(d))]
        acc=(acc*31+len(d))%1000003
    print(acc, len(d), list(d.items())[:5], list(reversed(d))[:3])
    e=dict(d); assert e==d and list(e)==list(d)
    s=set(d); t=set(key() for _ in range(40))
    ss=lambda x: sorted(map(repr,x))
    print(ss(s&t)[:9], len(s|t), len(s-t), len(s^t), s>=t, (s&t)<=s, s.isdisjoint(t), len(d.keys()&t), len(d.items()|{1}), d.keys()==s, len(d.keys()^t))
    l=list(d)
    for i in range(100):
        a,b,c=r(50)-25,r(50)-25,r(9)-4 or 1
        x=list(range(r(30)))
        acc=(acc*31+sum((i+1)*v for i,v in enumerate(x[a:b:c])))%1000003
        y=x[:]
        y[a:b]=[1]*r(5)
        del y[a:b:c]
        acc=(acc*31+sum((i+1)*v for i,v in enumerate(y)))%1000003
        z=tuple(x)[a:b:c]; assert list(z)==x[a:b:c]; assert [range(len(x))[a:b:c][j] for j in range(len(z))]==x[a:b:c] if x==list(range(len(x))) else 1
    print(acc)
