"""Generators: pipelines, yield from, send, generator expressions."""

from timing import measure


def numbers(limit):
    n = 0
    while n < limit:
        yield n
        n += 1


def evens(source):
    for n in source:
        if n % 2 == 0:
            yield n


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def average():
    total = count = 0
    value = 0
    while True:
        value = yield value
        total += value
        count += 1
        value = total // count


def work():
    result = sum(evens(numbers(800_000)))
    result += sum(n * n for n in range(600_000))
    result += sum(tree(14))
    running = average()
    next(running)
    for i in range(200_000):
        result += running.send(i)
    return result


measure(work, times=4)
