"""Closures: counters with nonlocal, functions that make functions, decorators, lambdas."""

from timing import measure


def counter():
    n = 0

    def step(by=1):
        nonlocal n
        n += by
        return n

    return step


def compose(*functions):
    def composed(value):
        for function in functions:
            value = function(value)
        return value

    return composed


def counted(function):
    calls = 0

    def inner(*args, **kwargs):
        nonlocal calls
        calls += 1
        return function(*args, **kwargs)

    inner.calls = lambda: calls
    return inner


@counted
def double(n):
    return n * 2


def work():
    step = counter()
    for i in range(700_000):
        step(i & 3)
    chain = compose(lambda n: n + 1, lambda n: n * 3, lambda n: n % 1009)
    value = 1
    for _ in range(200_000):
        value = chain(value)
    for i in range(200_000):
        double(i)
    adders = [lambda n, by=i: n + by for i in range(50)]
    for _ in range(4000):
        for add in adders:
            value = add(value)
    return step(), value, double.calls() > 0


measure(work, times=3)
