# which items are compared, and in which order, by sorts of fewer than 64 items
class K:
    n=0
    log=[]
    def __init__(self,v): self.v=v
    def __lt__(self,o):
        K.log.append((self.v,o.v)); return self.v[0]<o.v[0]
def rnd():
    x=12345
    while 1:
        x=(x*1103515245+12345)&0x7fffffff
        yield x>>8
g=rnd()
def run(n,m):
    vals=[(next(g)%m,i) for i in range(n)]
    K.log=[]
    r=[k.v for k in sorted([K(v) for v in vals])]
    assert r==sorted(vals), (n,m)
    return r, K.log
for n in (0,1,2,3,5,8,13,20,33,63):
    for m in (1,2,3,10,100000):
        r,log=run(n,m)
        print(n,m,len(log), sum((i+1)*(a[1]*31+b[1]) for i,(a,b) in enumerate(log))%1000003)
for pat in (lambda n:list(range(n)), lambda n:list(range(n,0,-1)), lambda n:[i//3 for i in range(n)], lambda n:[-(i//3) for i in range(n)], lambda n:[i%2 for i in range(n)], lambda n:[0]*n):
    for n in (10,50,63):
        vals=[(v,i) for i,v in enumerate(pat(n))]
        K.log=[]
        r=[k.v for k in sorted([K(v) for v in vals])]
        assert r==sorted(vals)
        print(n,len(K.log),sum((i+1)*(a[1]*31+b[1]) for i,(a,b) in enumerate(K.log))%1000003)
