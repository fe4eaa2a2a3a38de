# What exception groups accept, and what split, derive and except* make of them
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
t(lambda: ExceptionGroup()); t(lambda: ExceptionGroup(1,[])); t(lambda: ExceptionGroup('a',[])); t(lambda: ExceptionGroup('a',5)); t(lambda: ExceptionGroup('a',[1]));t(lambda: ExceptionGroup('a',{1:2}))
t(lambda: ExceptionGroup('a',{ValueError()}))
t(lambda: ExceptionGroup('a',[KeyboardInterrupt()]))
class X(ExceptionGroup):pass
t(lambda: X('a',[KeyboardInterrupt()]))
t(lambda: X('a',[ValueError()],3))
t(lambda: ExceptionGroup('a',[ValueError()],x=3))
e=BaseExceptionGroup('a',[ValueError()])
print(repr(e), str(e), e.args, e.exceptions)
t(lambda: e.split(3)); t(lambda: e.split([ValueError])); t(lambda:e.split((ValueError,3))); t(lambda: e.split(int))
t(lambda: e.split(ValueError)); t(lambda: e.subgroup(KeyError)); t(lambda:e.split(lambda x: True)); t(lambda: e.split(lambda x: isinstance(x,ValueError)))
e=ExceptionGroup('a',[ValueError(1),KeyError(2)])
e.add_note('x')
m,r=e.split(ValueError)
print(m.__suppress_context__,e.__suppress_context__, m.__notes__ , m.__notes__ is e.__notes__, m.args)
class Y(ExceptionGroup):
    def derive(self, e): return 5
t(lambda: Y('a',[ValueError(1),KeyError(2)]).split(ValueError))
t(lambda: e.derive()); t(lambda: e.derive([KeyboardInterrupt()]))
try: e.message=3
except Exception as x: print(type(x),x)
class Z(ExceptionGroup):
    def split(self, e): return 5
class Z1(ExceptionGroup):
    def split(self, e): return (1,)
def g(e):
    try: raise e
    except* ValueError as q: print('q',repr(q))
t(lambda: g(Z('a',[ValueError(1),KeyError(2)])))
t(lambda: g(Z1('a',[ValueError(1),KeyError(2)])))
def h(e):
    try:
        try: raise e
        except* ValueError as q:
            print('q',repr(q),q.__traceback__.tb_next if q.__traceback__ else None, q.__context__,q.__cause__)
            raise
    except BaseException as z: print(repr(z), z.__context__)
h(ValueError(3))
try: ExceptionGroup[int]
except Exception as e: print(e)
print(ExceptionGroup[int])
print(ExceptionGroup('', [ExceptionGroup('b',[ValueError(1),TypeError(2)]), TypeError(3)]).split(TypeError))
