"""What pickling and copying are measured on, and how: shared by `pickling.py` and `copying.py`.

Each measurement prints a line: workload, operation, seconds of the best round, and what must be
the same whoever runs it.
"""

import time

ROUNDS = 5


class Plain:
    def __init__(self, index):
        self.number = index
        self.text = f'text {index}'
        self.ratio = index / 7


class Reduced:
    def __init__(self, number, text):
        self.number = number
        self.text = text

    def __reduce__(self):
        return Reduced, (self.number, self.text)


class Stateful:
    def __init__(self, index):
        self.number = index
        self.text = f'text {index}'

    def __getstate__(self):
        return self.number, self.text

    def __setstate__(self, state):
        self.number, self.text = state


class Slotted:
    __slots__ = 'number', 'text', 'ratio'

    def __init__(self, index):
        self.number = index
        self.text = f'text {index}'
        self.ratio = index / 7


def ints(count):
    return [index * 37 - 5000 for index in range(count)]


def floats(count):
    return [index / 3 for index in range(count)]


def strings(count):
    return [f'string number {index}' for index in range(count)]


def tuples(count):
    return [(index, str(index), index / 2, None) for index in range(count)]


def dicts(count):
    return [{'id': index, 'name': f'name {index}', 'ratio': index / 4, 'ok': index % 2 == 0}
            for index in range(count)]


def plain(count):
    return [Plain(index) for index in range(count)]


def reduced(count):
    return [Reduced(index, f'text {index}') for index in range(count)]


def stateful(count):
    return [Stateful(index) for index in range(count)]


def slotted(count):
    return [Slotted(index) for index in range(count)]


def small_dict():
    return {'id': 1, 'name': 'one', 'values': [1, 2.5, None, True], 'nested': {'a': (1, 2)}}


def measure(workload, operation, work, times=1):
    """Time `work`, called `times` times in each round; give what its last call gave."""
    best = None
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            result = work()
        seconds = time.perf_counter() - start
        if best is None or seconds < best:
            best = seconds
    return workload, operation, best, result


def show(workload, operation, seconds, result):
    print(workload, operation, f'{seconds:.9f}', result, flush=True)
