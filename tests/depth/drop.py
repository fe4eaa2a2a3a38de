import gc

for kind in (lambda inner: [inner], lambda inner: (inner,), lambda inner: {"inner": inner}, lambda inner: lambda: inner):
    deep = None
    for _ in range(1_000_000):
        deep = kind(deep)
    del deep
    gc.collect()
print("done")
