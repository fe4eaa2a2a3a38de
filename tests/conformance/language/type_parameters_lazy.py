# Type parameters and aliases: bounds, constraints, defaults and values computed when asked
def f[T: int, *Ts, **P](x: T) -> T: return x
print(f.__type_params__, f.__type_params__[0].__bound__, f(3))
class C[T = str, U: (int, str) = int]:
    def m(self): return T
print(C.__type_params__, C.__type_params__[0].__default__, C.__type_params__[1].__constraints__, C().m(), C.__orig_bases__, C[int, str])
type A[T] = list[T] | None
print(A, A.__value__, A.__type_params__, A[int], A.__name__)
type B = undefined_name
try: B.__value__
except NameError as e: print(e)
print(f.__type_params__[0].has_default(), C.__type_params__[0].has_default(), C.__mro__)
