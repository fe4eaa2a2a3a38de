deep = (int,)
for _ in range(1_000_000):
    deep = (deep,)
for check in (lambda: isinstance("", deep), lambda: issubclass(str, deep)):
    try:
        print(check())
    except RecursionError:
        print("RecursionError")
print("done")
