class Body:
    for i in range(20_000_000):
        x = {"i": i}
        if i % 4 == 0:
            x["me"] = x


print("done")
