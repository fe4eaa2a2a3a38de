"""Exceptions: raised and caught, passed through frames, finally, try blocks that do not raise."""

from timing import measure


class Missing(Exception):
    def __init__(self, key):
        super().__init__(key)
        self.key = key


def find(table, key):
    if key not in table:
        raise Missing(key)
    return table[key]


def through(table, key, depth):
    if depth:
        return through(table, key, depth - 1)
    try:
        return find(table, key)
    finally:
        table["asked"] += 1


def work():
    table = {i: i for i in range(0, 1000, 2)}
    table["asked"] = 0
    missed = 0
    for i in range(150_000):
        try:
            through(table, i % 1000, 2)
        except Missing as error:
            missed += error.key
    for i in range(400_000):
        try:
            missed += i
        except ValueError:
            missed = 0
    for i in range(150_000):
        try:
            [][i]
        except (KeyError, IndexError):
            missed += 1
    return missed, table["asked"]


measure(work, times=2)
