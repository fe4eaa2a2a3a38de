def knot(i):
    x = [i]
    x.append(x)
    return x


print(sum(len(knot(i)) for i in range(20_000_000)))
print("done")
