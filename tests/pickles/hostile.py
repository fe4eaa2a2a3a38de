# Loads streams that nobody wrote: random opcodes, random bytes and damaged
# pickles, from memory and from files. Each must end in an object or an exception.
import io
import pickle

class Random:
    """A generator of its own, so that a failure can be repeated anywhere."""
    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (self.state >> 33) % limit

class Plain:
    pass

OPCODES = (b'(.012BCFGIJKLMNPQRSTUVX]abcdeghijlopqrstu)}\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b'
           b'\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98')
# What has no argument keeps the machine going for longest.
BARE = b'(012N]abdelostu)}\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x94'

def random_opcodes(random):
    out = bytearray()
    for i in range(random.below(60)):
        if random.below(3):
            out.append(BARE[random.below(len(BARE))])
        else:
            out.append(OPCODES[random.below(len(OPCODES))])
            for j in range(random.below(6)):
                out.append((0, 1, 2, 10, 255, random.below(256))[random.below(6)])
    return bytes(out + b'.')

def random_bytes(random):
    return bytes(random.below(256) for i in range(random.below(40)))

plain = Plain()
plain.itself = [plain, {'a': (1, 2.5)}]
PICKLES = [pickle.dumps(value, protocol) for protocol in range(6)
           for value in ([1, 'a', {2: (None, b'x')}], {1, 2}, plain, bytearray(b'abc'), 2 ** 70, Exception(1))]

def damaged(random):
    data = bytearray(PICKLES[random.below(len(PICKLES))])
    for i in range(1 + random.below(4)):
        at = random.below(len(data) + 1)
        kind = random.below(4)
        if kind == 0:
            data.insert(at, OPCODES[random.below(len(OPCODES))])
        elif kind == 1:
            del data[at:at + 1 + random.below(3)]
        elif kind == 2 and at < len(data):
            data[at] = random.below(256)
        else:
            data[at:at] = data[random.below(len(data) + 1):]
    return bytes(data[:2000])

class Slow(io.BytesIO):
    """A file without readinto whose bytes Python code hands out."""
    readinto = None

    def read(self, n=-1):
        return super().read(n)

def load_all(data):
    outcomes = []
    for load in (lambda: pickle.loads(data), lambda: pickle.loads(bytearray(data)),
                 lambda: pickle.load(io.BytesIO(data)), lambda: pickle.load(Slow(data)),
                 lambda: pickle.loads(data, encoding='latin-1', buffers=[b'a', bytearray(b'b')])):
        try:
            load()
            outcomes.append('loaded')
        except Exception as error:
            outcomes.append(type(error).__name__)
    return outcomes

def main(rounds):
    seen = {}
    random = Random(20261124)
    for i in range(rounds):
        data = (random_opcodes, damaged, random_bytes)[random.below(3)](random)
        for outcome in load_all(data):
            seen[outcome] = seen.get(outcome, 0) + 1
    assert seen['loaded'] and seen['UnpicklingError'] and seen['EOFError'], seen
    print('survived', rounds)

main(3000)
