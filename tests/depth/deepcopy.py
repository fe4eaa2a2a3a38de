import copy

deep = []
for _ in range(300_000):
    deep = [deep]
made = copy.deepcopy(deep)
depth = 0
while made:
    made, depth = made[0], depth + 1
print(depth)


class Link:
    pass


chain = None
for _ in range(100_000):
    link = Link()
    link.next = chain
    chain = link
made = copy.deepcopy(chain)
depth = 0
while made is not None:
    made, depth = made.next, depth + 1
print(depth)
deep = ()
for _ in range(100_000):
    deep = (deep,)
print(copy.deepcopy(deep) is deep)
print("done")
