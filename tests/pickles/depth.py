# Lists and objects nested far deeper than the native stack goes.
import pickle

DEPTH = 1000000
data = b'\x80\x04' + b']' * DEPTH + b'a' * (DEPTH - 1) + b'.'
inner = pickle.loads(data)
for i in range(DEPTH - 1):
    (inner,) = inner
print(inner)

class Node:
    pass

make = b'c__main__\nNode\n)\x81'
data = b'\x80\x02' + make + b'q\x00' + b'}U\x01n' + (make + b'}U\x01n') * 100000 + b'N' + b'sb' * 100001 + b'.'
node = pickle.loads(data)
count = 0
while node.n is not None:
    node = node.n
    count += 1
print(count)

# A tuple that holds nothing but itself has no end.
import copy, marshal
endless = marshal.loads(b'\xa9\x01r\x00\x00\x00\x00')
for walk in pickle.dumps, copy.deepcopy:
    try:
        walk(endless)
    except RecursionError:
        print('no end')
