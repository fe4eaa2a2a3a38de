error = None
for i in range(1_000_000):
    following = ValueError(i)
    following.__context__ = error
    error = following
print(error)
group = ValueError(1)
for i in range(100_000):
    group = ExceptionGroup("group", [group])
for use in (lambda: repr(group), lambda: group.split(ValueError), lambda: group.derive([error])):
    try:
        use()
    except RecursionError:
        print("RecursionError")
del error, group
print("done")
