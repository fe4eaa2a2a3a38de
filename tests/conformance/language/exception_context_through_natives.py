# The context of exceptions that natives pass on or raise
def show(e):
    names = []
    while e is not None:
        names.append(type(e).__name__)
        e = e.__context__
    print(names)
def key(x):
    try: 1/0
    except ZeroDivisionError: raise ValueError
try:
    try: raise KeyError
    except KeyError:
        sorted([1,2], key=key)
except Exception as e: show(e)
try:
    try: raise KeyError
    except KeyError:
        next(iter([]))
except Exception as e: show(e)
try:
    try: raise KeyError
    except KeyError:
        {}[[]]
except Exception as e: show(e)
def g():
    try: raise KeyError
    except KeyError:
        yield 1
        raise TypeError
try:
    try: 1/0
    except ZeroDivisionError:
        for x in g(): pass
except Exception as e: show(e)
class H:
    def __hash__(self):
        try: 1/0
        except ZeroDivisionError: raise ValueError
try:
    try: raise KeyError
    except KeyError:
        {H(): 1}
except Exception as e: show(e)
def gen():
    yield 1
    return 5
try:
    try: raise KeyError
    except KeyError:
        it = gen(); next(it); next(it)
except StopIteration as e: show(e)
class P:
    @property
    def x(self):
        try: 1/0
        except ZeroDivisionError: raise ValueError
try:
    try: raise KeyError
    except KeyError:
        P().x
except Exception as e: show(e)
