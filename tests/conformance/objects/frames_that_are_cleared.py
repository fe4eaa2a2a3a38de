# frame.clear on frames that run, wait and have ended; wrappers of methods as generics
import sys
def f():
    fr = sys._getframe()
    try: fr.clear()
    except Exception as e: print(type(e).__name__, e)
    x = [1]
    return fr
fr = f(); print(fr.clear(), fr.f_locals)
def g():
    yield sys._getframe()
it = g(); fr = next(it)
try: fr.clear()
except Exception as e: print(type(e).__name__, e)
it.close(); print(fr.clear(), fr.f_locals)
print(classmethod[int], staticmethod[int, str])
