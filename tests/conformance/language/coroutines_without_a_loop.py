# async def and await driven by hand
async def f(x): return x+1
async def g():
    a = await f(1)
    b = await f(a)
    return a,b
c=g()
print(type(c).__name__, repr(c)[:25], c.cr_frame is not None, g.__code__.co_flags & 0x1a0)
try: c.send(None)
except StopIteration as e: print(e.value)
try: c.send(None)
except RuntimeError as e: print(e)
c=f(1); c.close(); print(c.cr_frame)
try: c.send(None)
except RuntimeError as e: print(e)
class Aw:
    def __await__(self):
        x = yield 'want'
        return x*2
async def h(): 
    try:
        return await Aw()
    finally: print('h done')
c=h(); print(c.send(None))
try: c.send(21)
except StopIteration as e: print(e.value)
c=h(); c.send(None)
try: c.throw(ValueError('q'))
except ValueError as e: print('VE',e)
for bad in ('await x', 'def f(): await x', 'class C: await x', 'lambda: await x'):
    try: compile(bad,'<s>','exec'); print('ok',bad)
    except SyntaxError as e: print(bad.replace('\n','|'), '->', e.msg)
async def b(): await 5
c=b()
try: c.send(None)
except TypeError as e: print(e)
c=f(1)
try: iter(c)
except TypeError as e: print(e)
try: next(c)
except TypeError as e: print(e)
i=f(4).__await__(); print(type(i).__name__)
try: next(i)
except StopIteration as e: print(e.value)
c=f(1)
try: c.send(5)
except TypeError as e: print(e)
import types, inspect
print(types.CoroutineType is type(c), inspect.iscoroutinefunction(f), inspect.iscoroutine(c), inspect.isgeneratorfunction(f), hasattr(c,'__iter__'), hasattr(c,'__await__'))
c.close()
