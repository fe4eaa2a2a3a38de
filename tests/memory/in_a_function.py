def work():
    for i in range(20_000_000):
        x = [i]
        if i % 4 == 0:
            x.append(x)


work()
print("done")
