# how often and in which order list.sort compares; what an exception leaves behind
import random
class K:
    log=[]
    def __init__(s,v): s.v=v
    def __lt__(s,o):
        K.log.append((s.v,o.v)); return s.v<o.v
def h(seq):
    K.log=[]
    l=[K(v) for v in seq]
    l.sort()
    import hashlib
    return len(K.log), 0, [k.v for k in l]==sorted(seq)
def lcg(n,seed=1,m=1000):
    out=[];x=seed
    for _ in range(n):
        x=(x*1103515245+12345)%2**31; out.append((x>>8)%m)
    return out
for n in (0,2,10,64,65,100):
    print(n, h(lcg(n)), h(range(n)), h(range(n,0,-1)), h([1]*n), h(list(range(n//2))+list(range(n//2))), h(lcg(n,7,5)), h(sorted(lcg(n,3))+lcg(10,5)))
l=list(range(100)); l[50]=3
print(h(l))
class E(Exception): pass
class B:
    n=0
    def __init__(s,v): s.v=v
    def __lt__(s,o):
        B.n+=1
        if B.n==150: raise E
        return s.v<o.v
l=[B(v) for v in lcg(100)]
try: l.sort()
except E: print([b.v for b in l])
l=lcg(100)
l2=[]
print(sorted(l,key=lambda x:-x)==sorted(l)[::-1], sorted(l,reverse=True)[:3])
s=sorted([(i%5,i) for i in range(200)],key=lambda t:t[0],reverse=True); print(s[:4],s[-3:])
l=[3,1,2]
def k(x):
    l.append(x); return x
try: l.sort(key=k); print(l)
except ValueError as e: print(e,l)
try: [1,'a'].sort()
except TypeError as e: print(e)
