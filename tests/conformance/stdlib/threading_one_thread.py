import threading, time
def show(f, *a, **k):
    try: print(repr(f(*a, **k)))
    except Exception as e: print(type(e).__name__, e)
l = threading.Lock()
print(l.acquire(), l.locked(), l.acquire(False), l.acquire(timeout=0.01)); l.release(); show(l.release)
with l: print(l.locked())
show(l.acquire, False, 1); show(l.acquire, True, -5)
r = threading.RLock(); r.acquire(); r.acquire(); r.release(); r.release(); show(r.release)
c = threading.Condition(); show(c.wait); show(c.notify)
with c: print(c.wait(0.01)); c.notify()
e = threading.Event(); print(e.wait(0.01)); e.set(); print(e.wait(), e.is_set())
s = threading.BoundedSemaphore(2); s.acquire(); s.release(); show(s.release)
with s: print(s._value)
x = threading.local(); x.a = 1; print(x.__dict__); show(threading.local, 1)
class L(threading.local):
    def __init__(self, v): self.v = v
print(L(3).v, threading.current_thread().name, threading.main_thread() is threading.current_thread(), threading.active_count())
b = threading.Barrier(1); print(b.wait(), b.parties)
show(l.__reduce_ex__, 2); show(threading.RLock().__reduce_ex__, 2); show(threading.local().__reduce_ex__, 2)
print(type(l), type(r), type(x))
t = time.monotonic(); time.sleep(0.05); print(time.monotonic() - t >= 0.05)
