# Where a coroutine was made; a generator over an iterator that can't be asked to close.
import sys
import types


async def work():
    pass


def make():
    return work()


print(sys.get_coroutine_origin_tracking_depth(), make.__code__.co_flags & 0x80)
first = make()
print(first.cr_origin)
first.close()
sys.set_coroutine_origin_tracking_depth(2)
second = make()
print([(line - make.__code__.co_firstlineno, name) for _, line, name in second.cr_origin])
second.close()
try:
    sys.set_coroutine_origin_tracking_depth(-1)
except ValueError as error:
    print(error)
sys.set_coroutine_origin_tracking_depth(0)


class Broken:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def __getattr__(self, name):
        raise RuntimeError(name)


def delegating():
    try:
        yield from Broken()
    finally:
        print('closed')


generator = delegating()
print(next(generator), generator.close())
generator = delegating()
next(generator)
try:
    generator.throw(KeyError(1))
except Exception as error:
    print(type(error).__name__, error)


def running():
    print(own.gi_running, own.gi_frame is sys._getframe(), own.gi_suspended)
    yield


own = running()
next(own)
for arguments in ((1, 2, 3, 4), (None, sys._getframe(), 10 ** 20, 1)):
    try:
        types.TracebackType(*arguments)
    except (TypeError, OverflowError) as error:
        print(type(error).__name__, error)
