"""Loops over ranges and lists, while loops, int and float arithmetic."""

from timing import measure


def work():
    total, real = 0, 0.0
    for i in range(1_500_000):
        if i % 3 == 0:
            total += i
        elif i & 1:
            total -= i >> 1
        else:
            real += i * 0.5
    n, steps = 837_799, 0
    for _ in range(1000):
        n = 837_799
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
    return total, real, steps


measure(work, times=3)
