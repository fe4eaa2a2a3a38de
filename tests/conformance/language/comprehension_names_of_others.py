# Names of one comprehension that others, and the code around, don't see.
x = 3


def reuse():
    [x for x in [1]]
    y = [x for _ in [1]]
    return y, [x for _ in [1] for x in [2]], [x for _ in [1]]


def free_and_cell():
    def f():
        return [lambda: x for x in (x, [1])[1]]

    x = ...
    return [function() for function in f()], [function() for function in f()], x


def nested():
    return [[x for x in [y]] + [x for _ in [1]] for y in [7]]


print(reuse())
print(free_and_cell())
print(nested())
