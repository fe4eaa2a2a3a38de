text = "x" * 1_000_000
for i in range(20_000):
    longer = text + str(i)
    data = longer.encode()
print("done")
