"""Function calls: recursion, positional, keyword and default arguments, *args."""

from timing import measure


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def area(width, height=2, *, scale=1):
    return width * height * scale


def total(*numbers):
    return len(numbers)


def work():
    result = fib(23)
    for i in range(400_000):
        result += area(i, 3)
        result += area(i, scale=2)
        result += total(i, i, i)
    return result


measure(work, times=4)
