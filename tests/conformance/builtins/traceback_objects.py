# Making traceback objects and changing their links
import types
T=types.TracebackType
try: 1/0
except Exception as e: tb=e.__traceback__
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
print(tb.tb_lineno, tb.tb_next, type(tb.tb_frame), type(tb.tb_lasti), dir(tb)[-6:])
t(lambda: T()); t(lambda: T(1,2,3,4)); t(lambda: T(None,2,3,4)); t(lambda: T(None,tb.tb_frame,'a',4)); t(lambda: T(None,tb.tb_frame,1,4).tb_lineno); t(lambda: T(None,tb.tb_frame,1,4).tb_lasti)
t(lambda: setattr(tb,'tb_next',5)); t(lambda: setattr(tb,'tb_next',tb)); t(lambda: delattr(tb,'tb_next')); t(lambda: setattr(tb,'tb_lineno',5)); t(lambda: setattr(tb,'tb_frame',5)); t(lambda: setattr(tb,'tb_next',None));t(lambda: setattr(tb,'foo',None))
t(lambda: tb.__dir__()); t(lambda: T(tb_next=None,tb_frame=tb.tb_frame,tb_lasti=3,tb_lineno=99).tb_lineno)
t(lambda: T(tb,tb.tb_frame,0,2**40).tb_lineno)
