# Queues of the three kinds, full, empty and shut down.
import queue
q=queue.Queue(2); q.put(1); q.put(2)
for f in (lambda: q.put(3,timeout=0.01), lambda: q.put_nowait(3), lambda: q.put(1,timeout=-1), q.get, q.get_nowait, q.get_nowait, q.task_done,q.task_done,q.task_done):
    try: print(f(), q.qsize(), q.full(), q.empty())
    except Exception as e: print(type(e).__module__, type(e).__name__, e)
p=queue.PriorityQueue()
for i in (3,1,2): p.put(i)
print([p.get() for _ in range(3)])
l=queue.LifoQueue(); l.put(1); l.put(2); print(l.get(), l.get())
s=queue.SimpleQueue(); s.put(1); print(s.get(), s.empty(), s.qsize())
try: s.get_nowait()
except queue.Empty as e: print(repr(e))
q.shutdown()
try: q.put(1)
except queue.ShutDown as e: print(repr(e))
print(queue.__all__, queue.Queue[int])
