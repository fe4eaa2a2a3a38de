import random
def show(f, *a, **k):
    try: print(repr(f(*a, **k)))
    except Exception as e: print(type(e).__name__, e)
for seed in (0, 1, -5, 2**70, 'abc', b'xyz', bytearray(b'q'), ''):
    r = random.Random(seed)
    print(seed, [r.random() for _ in range(3)], r.getrandbits(5), r.getrandbits(100), r.getrandbits(0))
r = random.Random(42)
print(r.randrange(10), r.randrange(5, 100, 7), r.randint(1, 6), r.choice('abcdef'), r.choices([1,2,3], weights=[1,5,1], k=6), r.choices('ab', cum_weights=[1,3], k=3), r.sample(range(100), 10), r.sample([1,2,3,4,5,6,7], 5), r.sample(['a','b'], counts=[3,2], k=4))
x = list(range(10)); r.shuffle(x); print(x)
print(r.uniform(1, 2), r.triangular(), r.triangular(1, 5, 2), r.normalvariate(), r.gauss(), r.gauss(), r.lognormvariate(0,1), r.expovariate(), r.expovariate(3), r.vonmisesvariate(0, 4), r.gammavariate(2, 3), r.gammavariate(1, 3), r.gammavariate(.5, 3), r.betavariate(1, 2), r.paretovariate(2), r.weibullvariate(1, 2))
print(r.binomialvariate(10, .3), r.binomialvariate(100, .7), r.binomialvariate(1000, .5), r.binomialvariate(), r.randbytes(7))
s = r.getstate(); a = r.random(); r.setstate(s); print(a == r.random(), s[0], len(s[1]), s[2])
show(r.randrange, 0); show(r.randrange, 3, 1); show(r.randrange, 1.5); show(r.randint, 5, 1); show(r.choice, []); show(r.choices, []); show(r.choices, [1], weights=[0]); show(r.sample, [1], 2); show(r.sample, {1}, 1); show(r.getrandbits, -1); show(r.setstate, (1,2,3)); show(r.randrange, 1, 5, 0); show(random.Random, []); show(r.choices, [1,2], weights=[1]); show(r.choices,[1,2],weights=[1,2],cum_weights=[1,2]); show(r.sample,[1,2],counts=[1]); show(r.setstate, (4,(),None)); show(r.choices,[1,2],weights=[-1,-2]); show(r.binomialvariate,-1); show(r.sample,[1,2,3],-1)
print(random.__all__)
import pickle
r2 = pickle.loads(pickle.dumps(r)); print(r2.random() == r.random())
class R(random.Random):
    def random(self): return 0.25
q = R(1); print(q.randrange(100), q.choice([1,2,3,4]), q.sample(range(10),3)); q.seed(3)
class B(random.Random):
    def getrandbits(self, k): return 1
print(B().randrange(5), B().randbytes(2))
random.seed(7); print(random.random(), random.randint(1,100)); random.seed(7, 1); print(random.random()); random.seed('x', version=1); print(random.random())
print(random.SystemRandom().random() < 1, type(random._inst))
show(random.SystemRandom().getstate)
