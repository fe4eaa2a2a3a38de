class Node:
    pass


class Worker:
    def __init__(self):
        for i in range(20_000_000):
            node = Node()
            if i % 4 == 0:
                node.me = node


Worker()
print("done")
