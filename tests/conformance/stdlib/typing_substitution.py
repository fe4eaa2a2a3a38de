# What generic classes and aliases become when arguments are put in: packed tuples, parameter lists, special forms.
import collections.abc
from typing import *

T, T1, T2 = TypeVar('T'), TypeVar('T1'), TypeVar('T2')
P, P2 = ParamSpec('P'), ParamSpec('P2')
Ts, Ts2 = TypeVarTuple('Ts'), TypeVarTuple('Ts2')


class One(Generic[T]): pass
class Two(Generic[T1, T2]): pass
class Ends(Generic[T1, *Ts, T2]): pass
class Called(Generic[P]): pass


for text in '''
ClassVar[Final[int]]
Final[ClassVar[int]]
Required[ClassVar[int]]
List[ClassVar[int]]
ReadOnly[int, str]
Ends[int]
Ends[int, str]
Ends[T1, *Ts2, T2]
Ends[*tuple[int, ...]]
Ends[int, *tuple[str, ...]]
Ends[*tuple[int, str]]
One[*tuple[int, str]]
One[T][*tuple[int]]
list[T][*tuple[int]]
Two[T1, T2][*tuple[int, str]]
dict[T1, T2][*tuple[int, str]]
Dict[T1, T2][*tuple[int, ...]]
collections.abc.Callable[Concatenate[int, P], int][P2]
collections.abc.Callable[Concatenate[int, P], int][[str]]
Callable[Concatenate[int, P], int][...]
Called[Concatenate[int, P2]][str]
Called[int, str]
Callable[int, int]
Callable["P", int]
Callable[[int, *Ts], T][str, float]
Literal[()]
Literal[int, 'a', None]
TypeIs["x"]
List.__name__, List[int].__qualname__, List.__doc__
One[int] is One[int], One[int].__name__
NamedTuple()
NamedTuple('N', None, a=int)
'''.strip().split('\n'):
    try:
        print(text, '->', eval(text))
    except Exception as error:
        print(text, '!!', type(error).__name__, error)
