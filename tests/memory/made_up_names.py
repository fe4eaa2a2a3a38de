"""Interned strings go when nobody holds them: attribute names, keys of unpickled states, sys.intern."""

import pickle
import sys


class Plain:
    pass


def attributes(count):
    plain = Plain()
    for i in range(count):
        name = f"attribute_{i}"
        setattr(plain, name, i)
        delattr(plain, name)
        if i % 1000 == 0:
            plain = Plain()


def states(count):
    for i in range(count):
        plain = Plain()
        plain.__dict__[f"key_{i}"] = i
        again = pickle.loads(pickle.dumps(plain))
        assert again.__dict__ == {f"key_{i}": i}


def names(count):
    for i in range(count):
        sys.intern(f"a name that is made up {i}")


attributes(1_000_000)
states(300_000)
names(1_000_000)
print("done")
