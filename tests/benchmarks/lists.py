"""List work: append, pop, index, slices, membership, a sieve and a matrix product."""

from timing import measure


def work():
    limit = 400_000
    sieve = [True] * limit
    for i in range(2, 633):
        if sieve[i]:
            sieve[i * i :: i] = [False] * len(range(i * i, limit, i))
    primes = [i for i in range(2, limit) if sieve[i]]
    stack, total = [], 0
    for p in primes:
        stack.append(p)
        if len(stack) > 50:
            total += stack.pop() - stack.pop(0)
    size = 70
    a = [[i * j % 7 for j in range(size)] for i in range(size)]
    product = [[0] * size for _ in range(size)]
    for i in range(size):
        row, out = a[i], product[i]
        for j in range(size):
            cell = 0
            for k in range(size):
                cell += row[k] * a[k][j]
            out[j] = cell
    queue = list(range(1000))
    for i in range(100_000):
        queue[i % 1000], queue[-1 - i % 1000] = queue[-1 - i % 1000], queue[i % 1000]
    return total, len(primes), product[3][5], queue[10]


measure(work, times=8)
