def knot(i):
    def inner():
        return inner, i

    return inner


def numbers(i):
    me = yield i
    yield me


for i in range(5_000_000):
    knot(i)
    generator = numbers(i)
    next(generator)
    generator.send(generator)
print("done")
