"""What the dicts of built-in types hold; type aliases and what stands in them; special methods that come back
to themselves."""
import types
import weakref

COMPARISONS = ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"]
for cls in (type(None), memoryview, types.MethodType, types.BuiltinFunctionType, types.CodeType, types.CellType,
            types.UnionType, types.GenericAlias, weakref.ref, types.WrapperDescriptorType, bool, OSError):
    print(cls.__name__, [name for name in COMPARISONS if name in vars(cls)], "__hash__" in vars(cls))
for cls in (Exception, ValueError, KeyError, OSError, FileNotFoundError, UnicodeDecodeError, RecursionError):
    print(cls.__name__, "__new__" in vars(cls), cls.__new__.__self__.__name__)
print(repr(BaseException.__new__(ValueError, 1)), vars(ExceptionGroup)["__module__"])
for cls in (list, int, float, enumerate, map, property, types.ModuleType, range):
    print(cls.__name__, cls.__text_signature__, cls.__init__.__text_signature__)


def attempt(action):
    try:
        print(action())
    except (AttributeError, TypeError, RecursionError) as error:
        print(type(error).__name__, error if not isinstance(error, RecursionError) else "")


class Circular:
    pass


Circular.__repr__ = Circular.__str__
for action in (repr, str, "{}".format, "%r".__mod__, lambda value: repr([value])):
    attempt(lambda: action(Circular()))

type Pairs[K, *Rest, **P] = dict[K, tuple[*Rest]]
attempt(lambda: setattr(Pairs, "__value__", 1))
attempt(lambda: setattr(Pairs, "__name__", "x"))
attempt(lambda: setattr(Pairs, "other", 1))
attempt(lambda: [*Pairs])
attempt(lambda: Pairs[int, [int, None]])
attempt(lambda: Pairs | None)
attempt(lambda: Pairs | "text")
attempt(lambda: dict[Pairs.__type_params__[0], Pairs.__type_params__[0]][type(None)])
attempt(lambda: setattr(Pairs.__type_params__[0], "__bound__", 1))

T = "global"


class Scope:
    T = "class"
    type Names = T
    type Generators = list(T for _ in [1])
    type Own[T] = [T for _ in [1]]
    noted: [T for _ in [1]]

    def method[U](x: list(T for _ in [1]), y: T):
        pass


print(Scope.Names.__value__, Scope.Generators.__value__, Scope.Own.__value__, Scope.__annotations__)
print(Scope.method.__annotations__)


class Meta(type):
    ready = False

    def mro(cls):
        if Meta.ready and cls.__name__ == "First":
            Second.__bases__ = (First,)
        if Meta.ready and cls.__name__ == "Second":
            First.__bases__ = (Second,)
        return type.mro(cls)


class Base(metaclass=Meta):
    pass


class First(Base):
    pass


class Second(Base):
    pass


Meta.ready = True
attempt(lambda: setattr(First, "__bases__", (Base,)))


class Watched(types.ModuleType):
    seen = []

    def __getattribute__(self, name):
        Watched.seen.append(name)
        return super().__getattribute__(name)


watched = Watched("watched")
watched.item = 1
print(watched.item, Watched.seen)

import abc
import collections.abc


class Odd(metaclass=abc.ABCMeta):
    __subclasses__ = lambda: 42


def both():
    class Both(collections.abc.Collection):
        __abc_tpflags__ = collections.abc.Sequence.__flags__ | collections.abc.Mapping.__flags__


attempt(lambda: issubclass(int, Odd))
attempt(both)
