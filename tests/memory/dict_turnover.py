table = {}
for i in range(10_000_000):
    table[i] = [i]
    if i >= 100:
        del table[i - 100]
print(len(table))
print("done")
