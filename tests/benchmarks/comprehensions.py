"""List, set and dict comprehensions, nested, with conditions, with unpacking."""

from timing import measure


def work():
    total = 0
    for _ in range(8):
        squares = [i * i for i in range(60_000)]
        odd = [s for s in squares if s & 1]
        pairs = [(a, b) for a in range(200) for b in range(a) if (a + b) % 3 == 0]
        table = {a * 1000 + b: a - b for a, b in pairs}
        ends = {s % 1000 for s in squares}
        rows = [[a * b for b in range(60)] for a in range(60)]
        flipped = [list(row) for row in zip(*rows)]
        total += len(odd) + sum(table.values()) + len(ends) + flipped[3][4] + sum(sum(row) for row in rows)
    return total


measure(work, times=6)
