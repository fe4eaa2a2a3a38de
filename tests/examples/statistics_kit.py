"""Matrices and statistics without a library: exact fractions, Gauss's elimination, regression, histograms."""

import sys


def gcd(a, b):
    while b:
        a, b = b, a % b
    return abs(a)


class Ratio:
    """An exact fraction in lowest terms."""

    __slots__ = ("top", "bottom")

    def __new__(cls, top, bottom=1):
        if isinstance(top, Ratio):
            top, bottom = top.top, top.bottom * bottom
        if bottom == 0:
            raise ZeroDivisionError(f"{top}/0")
        divisor = gcd(top, bottom) * (-1 if bottom < 0 else 1)
        self = super().__new__(cls)
        object.__setattr__(self, "top", top // divisor)
        object.__setattr__(self, "bottom", bottom // divisor)
        return self

    def __setattr__(self, name, value):
        raise AttributeError(f"a Ratio does not change: {name}")

    @classmethod
    def of(cls, value):
        match value:
            case Ratio():
                return value
            case int():
                return cls(value)
            case float():
                return cls(*value.as_integer_ratio())
            case str() if "/" in value:
                return cls(*map(int, value.split("/")))
            case str():
                return cls(int(value))
        return None

    def _with(operation):
        def forward(self, other):
            other = Ratio.of(other)
            return NotImplemented if other is None else operation(self, other)

        def backward(self, other):
            other = Ratio.of(other)
            return NotImplemented if other is None else operation(other, self)

        return forward, backward

    __add__, __radd__ = _with(lambda a, b: Ratio(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom))
    __sub__, __rsub__ = _with(lambda a, b: Ratio(a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom))
    __mul__, __rmul__ = _with(lambda a, b: Ratio(a.top * b.top, a.bottom * b.bottom))
    __truediv__, __rtruediv__ = _with(lambda a, b: Ratio(a.top * b.bottom, a.bottom * b.top))
    __eq__, _ = _with(lambda a, b: (a.top, a.bottom) == (b.top, b.bottom))
    __lt__, __gt__ = _with(lambda a, b: a.top * b.bottom < b.top * a.bottom)
    __le__, __ge__ = _with(lambda a, b: a.top * b.bottom <= b.top * a.bottom)
    del _with, _

    def __hash__(self):
        return hash(self.top) if self.bottom == 1 else hash((self.top, self.bottom))

    def __neg__(self):
        return Ratio(-self.top, self.bottom)

    def __pow__(self, power):
        if power < 0:
            return Ratio(self.bottom, self.top) ** -power
        return Ratio(self.top**power, self.bottom**power)

    def __bool__(self):
        return self.top != 0

    def __float__(self):
        return self.top / self.bottom

    def __abs__(self):
        return Ratio(abs(self.top), self.bottom)

    def __str__(self):
        return f"{self.top}" if self.bottom == 1 else f"{self.top}/{self.bottom}"

    def __repr__(self):
        return f"Ratio('{self}')"

    def __format__(self, spec):
        return format(float(self), spec) if spec.endswith(("f", "g", "e", "%")) else format(str(self), spec)


class Matrix:
    def __init__(self, rows):
        self.rows = [list(map(Ratio.of, row)) for row in rows]
        if len({len(row) for row in self.rows}) > 1:
            raise ValueError("rows of different lengths")

    @classmethod
    def identity(cls, size):
        return cls([[int(i == j) for j in range(size)] for i in range(size)])

    @classmethod
    def hilbert(cls, size):
        return cls([[Ratio(1, i + j + 1) for j in range(size)] for i in range(size)])

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0]) if self.rows else 0

    @property
    def T(self):
        return Matrix(zip(*self.rows))

    def __getitem__(self, at):
        match at:
            case (slice() as rows, slice() as columns):
                return Matrix([row[columns] for row in self.rows[rows]])
            case (int(i), int(j)):
                return self.rows[i][j]
            case int(i):
                return self.rows[i]
        raise TypeError(f"a matrix has no [{at!r}]")

    def __eq__(self, other):
        return isinstance(other, Matrix) and self.rows == other.rows

    def __add__(self, other):
        return Matrix([[a + b for a, b in zip(p, q, strict=True)] for p, q in zip(self.rows, other.rows, strict=True)])

    def __mul__(self, factor):
        return Matrix([[a * factor for a in row] for row in self.rows])

    __rmul__ = __mul__

    def __matmul__(self, other):
        if self.shape[1] != other.shape[0]:
            raise ValueError(f"{self.shape} @ {other.shape}")
        columns = other.T.rows
        return Matrix([[sum((a * b for a, b in zip(row, column)), Ratio(0)) for column in columns] for row in self.rows])

    def __pow__(self, power):
        result, base = Matrix.identity(self.shape[0]), self
        while power:
            if power & 1:
                result = result @ base
            base, power = base @ base, power >> 1
        return result

    def eliminated(self):
        """The reduced echelon form and the determinant of the square part."""
        rows = [row[:] for row in self.rows]
        size, determinant = len(rows), Ratio(1)
        for i in range(size):
            pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
            if not rows[pivot][i]:
                return Matrix(rows), Ratio(0)
            if pivot != i:
                rows[i], rows[pivot] = rows[pivot], rows[i]
                determinant = -determinant
            lead = rows[i][i]
            determinant *= lead
            rows[i] = [value / lead for value in rows[i]]
            for k in range(size):
                if k != i and (factor := rows[k][i]):
                    rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i])]
        return Matrix(rows), determinant

    @property
    def determinant(self):
        return self.eliminated()[1]

    def solve(self, right):
        wide = Matrix([row + [value] for row, value in zip(self.rows, map(Ratio.of, right))])
        result, determinant = wide.eliminated()
        if not determinant:
            raise ArithmeticError("singular")
        return [row[-1] for row in result.rows]

    def inverse(self):
        size = self.shape[0]
        columns = [self.solve([int(i == j) for i in range(size)]) for j in range(size)]
        return Matrix(columns).T

    def __str__(self):
        texts = [[str(value) for value in row] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*texts)]
        return "\n".join("[" + "  ".join(f"{t:>{w}}" for t, w in zip(row, widths)) + "]" for row in texts)


class Sample:
    """Numbers and what is said about them; each figure is worked out once."""

    def __init__(self, values):
        self.values = sorted(values)
        self._figures = {}

    def figure(method):
        name = method.__name__

        def get(self):
            if name not in self._figures:
                self._figures[name] = method(self)
            return self._figures[name]

        get.__name__ = name
        return property(get)

    @figure
    def mean(self):
        return sum(self.values) / len(self.values)

    @figure
    def median(self):
        middle, odd = divmod(len(self.values), 2)
        return self.values[middle] if odd else (self.values[middle - 1] + self.values[middle]) / 2

    @figure
    def variance(self):
        return sum((value - self.mean) ** 2 for value in self.values) / (len(self.values) - 1)

    @figure
    def deviation(self):
        return self.variance**0.5

    @figure
    def mode(self):
        counts = {}
        for value in self.values:
            counts[value] = counts.get(value, 0) + 1
        return max(counts, key=counts.__getitem__)

    def quantile(self, part):
        at = part * (len(self.values) - 1)
        low = int(at)
        high = min(low + 1, len(self.values) - 1)
        return self.values[low] + (at - low) * (self.values[high] - self.values[low])

    def histogram(self, bins=6, width=30):
        low, high = self.values[0], self.values[-1]
        counts = [0] * bins
        for value in self.values:
            counts[min(int((value - low) / (high - low) * bins), bins - 1)] += 1
        for i, count in enumerate(counts):
            edge = low + (high - low) * i / bins
            yield f"{edge:>8.2f} | {'#' * round(count / max(counts) * width):<{width}} {count:>3}"


def pseudo_random(seed):
    """Numbers from 0 to 1 by a linear congruence, for ever."""
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (seed >> 11) / 2**53


def regression(xs, ys, degree=1):
    """The polynomial of least squares, lowest coefficient first, exactly."""
    powers = Matrix([[Ratio(x) ** k for k in range(degree + 1)] for x in xs])
    return (powers.T @ powers).solve([row[0] for row in (powers.T @ Matrix([[y] for y in ys])).rows])


def main():
    a, b = Ratio(3, -6), Ratio.of(0.75)
    print(a, b, a + b, 1 - b, a * 2, 1 / a, a**-3, a < b, sorted([b, a, Ratio(1, 3)]), f"{b:.3f}|{a:>6}|")
    print(Ratio(4, 2) == 2, 2 == Ratio(2), hash(Ratio(5)) == hash(5), Ratio.of("7/21"))
    for attempt in (lambda: Ratio(1, 0), lambda: a + None, lambda: setattr(a, "top", 1), lambda: Matrix([[1], [1, 2]])):
        try:
            print(attempt())
        except (ArithmeticError, TypeError, AttributeError, ValueError) as error:
            print(type(error).__name__, error, sep=": ")

    matrix = Matrix([[2, 1, -1], [-3, -1, 2], [-2, 1, 2]])
    print(matrix, matrix.determinant, matrix.solve([8, -11, -3]), sep="\n")
    print(matrix.inverse())
    print(matrix @ matrix.inverse() == Matrix.identity(3), matrix[0, 2], matrix[1], matrix[:2, 1:], sep="\n")
    print(Matrix.hilbert(4).inverse())
    print(Matrix.hilbert(6).determinant, (Matrix([[1, 1], [1, 0]]) ** 90)[0, 1])
    print((2 * matrix + Matrix.identity(3)).T)
    for wrong in (lambda: Matrix([[1, 2], [2, 4]]).inverse(), lambda: matrix @ Matrix([[1]]), lambda: matrix["x"]):
        try:
            wrong()
        except Exception as error:
            print(f"{type(error).__name__}({error})")

    numbers = pseudo_random(42)
    sample = Sample([sum(next(numbers) for _ in range(4)) * 10 for _ in range(300)])
    print(f"mean {sample.mean:.6f} median {sample.median:.6f} deviation {sample.deviation:.6f}")
    print(*(f"{sample.quantile(q / 4):.4f}" for q in range(5)))
    print(*sample.histogram(), sep="\n", file=sys.stdout)
    print(Sample([3, 1, 3, 2, 3, 2]).mode, sorted(sample._figures))

    xs = range(-3, 6)
    ys = [2 * x * x - 3 * x + 1 for x in xs]
    print(regression(xs, ys, 2), regression(xs, ys), sep="\n")
    print([round(float(c), 4) for c in regression(xs, [y + (x % 3) for x, y in zip(xs, ys)], 3)])


main()
