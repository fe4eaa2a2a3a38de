import cmath
import math

INF, NAN = math.inf, math.nan
EDGES = [-INF, -2.0, -1.0, -0.0, 0.0, 0.5, 1.0, INF, NAN, 1e308]
NAMES = ('acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh '
         'phase isnan isinf isfinite').split()


def text(x):
    if isinstance(x, complex):
        return f'({text(x.real)} {text(x.imag)})'
    return format(x, '.9g') if isinstance(x, float) else str(x)


def attempt(function, *args, **kwargs):
    try:
        return text(function(*args, **kwargs))
    except (ValueError, OverflowError, TypeError) as error:
        return f'{type(error).__name__}: {error}'


for name in NAMES:
    for re in EDGES:
        row = [attempt(getattr(cmath, name), complex(re, im)) for im in EDGES]
        print(name, re, *row, sep=' | ')
for size in EDGES:
    print('rect', size, *[attempt(cmath.rect, size, angle) for angle in EDGES], sep=' | ')


class Number:
    def __complex__(self):
        return 3 + 4j


print(cmath.polar(Number())[0], attempt(cmath.polar, complex(1e308, 1e308)))
print(attempt(cmath.sqrt, 'a'), attempt(cmath.log, 2, 1), attempt(cmath.log, 8, 2))
print(cmath.isclose(1, 1 + 1e-12j), cmath.isclose(INF, 1j), attempt(cmath.isclose, 1, 1, rel_tol=-1))
print(cmath.pi == math.pi, cmath.tau == math.tau, cmath.infj, cmath.nanj)
