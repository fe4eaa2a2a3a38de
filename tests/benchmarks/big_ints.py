"""Integers past 64 bits: products, powers, division, conversion to and from text, shifts."""

from timing import measure


def work():
    factorial = 1
    for i in range(1, 2500):
        factorial *= i
    a, b = 0, 1
    for _ in range(30_000):
        a, b = b, a + b
    text = str(factorial % 10**4000)
    back = int(text)
    power = pow(3, 10**40, 10**50 + 151)
    quotient, remainder = divmod(factorial, a)
    mixed, value = 0, 1
    for i in range(150_000):
        value = (value * 6364136223846793005 + 1442695040888963407) & (1 << 96) - 1
        mixed ^= value >> 17
    return len(text), back % 1_000_003, power % 1_000_003, quotient % 1_000_003, remainder % 1_000_003, mixed % 1_000_003


measure(work, times=12)
