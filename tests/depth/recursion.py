import sys


def plain(n):
    return plain(n + 1)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x"[: len(name) < 3])

    def __repr__(self):
        return repr(self)

    def __eq__(self, other):
        return other == self

    def __hash__(self):
        return hash(self)

    def __lt__(self, other):
        return sorted([self, other])

    def __iter__(self):
        return iter(list(self))

    def __call__(self):
        return self()

    def __add__(self, other):
        return self + other

    def __index__(self):
        return [1][self]

    def __contains__(self, item):
        return item in self

    def __bool__(self):
        return not self

    def __len__(self):
        return len(self)

    def __format__(self, spec):
        return f"{self}"


def generator():
    yield from generator()


def descending():
    return sum(descending() for _ in range(1))


def by_map():
    return list(map(lambda _: by_map(), [1]))


def by_key():
    return sorted([1, 2], key=lambda _: by_key())


class Meta(type):
    def __call__(cls):
        return cls()


class Made(metaclass=Meta):
    pass


def comparing():
    return max([1, 2], key=lambda n: comparing())


deep = Deep()
attempts = [
    lambda: plain(0), lambda: deep.name, lambda: repr(deep), lambda: deep == Deep(), lambda: {deep: 1},
    lambda: deep < deep, lambda: list(deep), lambda: deep(), lambda: deep + 1, lambda: [1][deep], lambda: 1 in deep,
    lambda: bool(deep), lambda: len(deep), lambda: format(deep), lambda: list(generator()), descending, by_map, by_key,
    lambda: Made(), comparing,
]
for number, attempt in enumerate(attempts):
    try:
        attempt()
    except RecursionError:
        continue
    print("no RecursionError", number)

sys.setrecursionlimit(100_000)
count = 0


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


print(down(90_000))
for number, attempt in enumerate(attempts):
    try:
        attempt()
    except RecursionError:
        continue
    print("no RecursionError", number)
print("done")
