# Makes streams.txt: run it with CPython 3.14, its output is the table. A line is a
# stream in hexadecimal digits, a tab, and what CPython makes of the stream: the
# object's repr or the exception. Left out is what depends on the machine.
import pickle, random, struct, sys
from collections import OrderedDict
class C: pass
hand = []
def h(*xs): hand.extend(xs)
h(b'', b'.', b'N', b'0.', b'1.', b'2.', b'(.', b'((.', b'(0.', b'(1N.', b'N0.', b'NN0.', b'\x80', b'\x80\x06.', b'\x80\xff.', b'\x80\x05.', b'\xff.', b'\x00.', b"'.", b'\\.', b'\x7f.', b'~.',
  b'a.', b'Na.', b'NNa.', b']a.', b']Na.', b'e.', b'(e.', b'](e.', b'N(Ne.', b'](Ne.', b'](N.', b'd.', b'(d.', b'(Nd.', b'(NNd.', b'(]Nd.', b's.', b'Ns.', b'NNs.', b'}Ns.', b'}NNs.', b'NNNs.', b'u.', b'}(u.', b'}(Nu.', b'}(NNu.', b'}(]Nu.', b'N(NNu.',
  b'l.', b'(l.', b'(NNl.', b't.', b'(t.', b'\x85.', b'N\x85.', b'\x86.', b'N\x86.', b'NN\x86.', b'\x87.', b'NN\x87.', b'N(\x85.', b'(N\x86.', b')(\x87.',
  b'\x8f.', b'\x8f(\x90.', b'\x8f(K\x01\x90.', b'\x8f(]\x90.', b'\x90.', b'N(N\x90.', b'(\x91.', b'(K\x01\x91.', b'(]\x91.', b'\x91.',
  b'R.', b'NR.', b'NNR.', b'N)R.', b'](R.', b'cbuiltins\nint\n)R.', b'cbuiltins\nint\nNR.', b'cbuiltins\nint\n]R.', b'cbuiltins\nint\n(Vx\ntR.', b'cbuiltins\nlen\n)R.',
  b'b.', b'Nb.', b'NNb.', b'N}b.', b'K\x05}(Va\nNub.', b'K\x05NN\x86b.', b'K\x05N}\x86b.', b'K\x05)b.', b'](Nb.', b'cbuiltins\nobject\n)\x81}(Va\nNub.', b'cbuiltins\nobject\n)\x81N}(Va\nNu\x86b.', b'cbuiltins\nobject\n)\x81}b.', b'cbuiltins\nobject\n)\x81K\x01b.', b'cbuiltins\nobject\n)\x81NK\x01\x86b.', b'cbuiltins\nobject\n)\x81NN\x86b.', b'cbuiltins\nobject\n)\x81N}(K\x01K\x02u\x86b.',
  b'\x81.', b'N\x81.', b'NN\x81.', b'N)\x81.', b'cbuiltins\nint\nN\x81.', b'cbuiltins\nint\n)\x81.', b'cbuiltins\nint\n(K\x07t\x81.', b'cbuiltins\nlen\n)\x81.', b'ctypes\nFunctionType\n)\x81.', b'ctypes\nGeneratorType\n)\x81.', b'\x92.', b'N\x92.', b'NN\x92.', b'NNN\x92.', b'cbuiltins\nint\n)N\x92.', b'cbuiltins\nint\n)}\x92.', b'cbuiltins\nint\nN}\x92.', b'cbuiltins\nint\n)}K\x01K\x02s\x92.', b'cbuiltins\nint\n)}Va\nK\x02s\x92.',
  b'o.', b'(o.', b'(No.', b'(cbuiltins\nint\no.', b'(cbuiltins\nint\nK\x05o.', b'i.', b'ia\nb\n.', b'(ia\nb\n.', b'(ibuiltins\nint\n.', b'(K\x05ibuiltins\nint\n.', b'(i\nb\n.', b'(ibuiltins\n\n.', b'(ibuiltins', b'(ibuiltins\nint', b'(i\xe9\nint\n.',
  b'c.', b'c\n.', b'c\n\n.', b'cbuiltins\n.', b'cbuiltins\n\n.', b'cbuiltins\nnope\n.', b'cno_such_module\nx\n.', b'cbuiltins\nint', b'cbuiltins\nstr.upper\n.', b'\x80\x04cbuiltins\nstr.upper\n.', b'\x80\x04cbuiltins\nstr.nope\n.', b'\x80\x04cbuiltins\n.\n.', b'c\xff\nx\n.', b'cbuiltins\n\xff\n.',
  b'\x93.', b'N\x93.', b'NN\x93.', b'Va\nN\x93.', b'Vbuiltins\nVint\n\x93.', b'Vbuiltins\nVnope\n\x93.', b'\x80\x04Vbuiltins\nVint.real\n\x93.', b'\x80\x04Vbuiltins\nVint.x.y\n\x93.',
  b'h\x00.', b'h.', b'h', b'j\x00\x00\x00\x00.', b'j\x00', b'g0\n.', b'g\n.', b'gx\n.', b'g-1\n.', b'g', b'q\x00.', b'q', b'r\x00', b'r\x00\x00\x00\x00.', b'p0\n.', b'p\n.', b'px\n.', b'Np-1\n.', b'Npx\n.', b'Np0\ng0\n\x86.', b'Np99999999999999999999\n.', b'\x94.', b'N\x94h\x00\x86.', b'(\x94.', b'N(q\x00.',
  b'J', b'J\x00\x00\x00', b'K', b'M\x00', b'I', b'I1', b'I\n.', b'Ix\n.', b'I01\n.', b'I00\n.', b'I 1\n.', b'I1 \n.', b'I+1\n.', b'I-1\n.', b'L', b'L\n.', b'L1', b'L1\n.', b'L1L\n.', b'Lx\n.', b'LL\n.', b'L-5L\n.', b'\x8a', b'\x8a\x01', b'\x8a\x00.', b'\x8a\x01\xff.', b'\x8a\x02\x00\x80.', b'\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.', b'\x8b', b'\x8b\xff\xff\xff\xff.', b'\x8b\x01\x00\x00\x00', b'\x8b\x01\x00\x00\x00\x05.', b'\x8b\x00\x00\x00\x00.',
  b'F', b'F1', b'F\n.', b'F1.5\n.', b'Fx\n.', b'F1e999\n.', b'F-1e999\n.', b'Finf\n.', b'F-inf\n.', b'Fnan\n.', b'F1 \n.', b'F 1\n.', b'F1_0\n.', b'F.\n.', b'F1.\n.', b'F.5\n.', b'F1e\n.', b'F1e+\n.', b'Finfinit\n.', b'F+.5e-3\n.', b'G', b'G\x00\x00\x00\x00\x00\x00\x00', b'G?\xf0\x00\x00\x00\x00\x00\x00.',
  b'S', b'S\n.', b"S'\n.", b"S''\n.", b"S'a'\n.", b"S'a\"\n.", b"S'\\x4'\n.", b"S'\\'\n.", b"S'\\xe9'\n.", b'T', b'T\x01\x00\x00\x00', b'T\x01\x00\x00\x00a.', b'T\x01\x00\x00\x00\xe9.', b'U', b'U\x01', b'U\x01a.', b'V', b'V\n.', b'Va\n.', b'V\\u12\n.', b'V\\u0041\n.', b'V\\U00110000\n.', b'X', b'X\x01\x00\x00\x00', b'X\x01\x00\x00\x00a.', b'X\x01\x00\x00\x00\xff.', b'X\x03\x00\x00\x00\xed\xa0\x80.', b'\x8c', b'\x8c\x01', b'\x8c\x01a.', b'\x8c\x02\xc3\x28.', b'\x8d', b'\x8d\x01\x00\x00\x00\x00\x00\x00\x00a.', b'\x8d\x01\x00\x00\x00\x00\x00\x00\x00',
  b'B', b'B\x01\x00\x00\x00', b'B\x01\x00\x00\x00a.', b'B\x00\x00\x00\x00', b'C', b'C\x01', b'C\x00', b'C\x00.', b'C\x01a.', b'\x8e', b'\x8e\x01\x00\x00\x00\x00\x00\x00\x00a.', b'\x8e\x01\x00\x00\x00\x00\x00\x00\x00', b'\x96', b'\x96\x01\x00\x00\x00\x00\x00\x00\x00a.', b'\x96\x01\x00\x00\x00\x00\x00\x00\x00', b'\x96\x00\x00\x00\x00\x00\x00\x00\x00', b'\x97.', b'\x98.', b'N\x98.', b'C\x01a\x98.',
  b'\x95', b'\x95\x00', b'\x95\x00\x00\x00\x00\x00\x00\x00\x00N.', b'\x95\x01\x00\x00\x00\x00\x00\x00\x00N.', b'\x95\x09\x00\x00\x00\x00\x00\x00\x00N.', b'P', b'Pa', b'Pa\n.', b'P\n.', b'P\xe9\n.', b'Q.', b'NQ.', b'\x82', b'\x82\x00.', b'\x82\x01.', b'\x83\x00', b'\x83\x00\x00.', b'\x83\x01\x01.', b'\x84\x00', b'\x84\xff\xff\xff\xff.', b'\x84\x01\x00\x00\x01.', b'\x88.', b'\x89.', b'\x88\x89\x86.')
objs = [None, [1, 2.5, 'text', b'bytes', (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)], {'a': [1], 'b': {'c': (None, True, False)}}, bytearray(b'xyz'), {1}, frozenset([2]), 2**80, -2**40, 'é\ud800', [[[[]]]], 1j, OrderedDict(a=1), range(3), Exception('x', 5)]
rows = [(d, 'hand') for d in hand]
random.seed(20261124)
for o in objs:
    for p in range(6):
        d = pickle.dumps(o, p)
        rows.append((d, 'valid'))
        for i in range(4):
            b = bytearray(d)
            for j in range(random.choice((1, 1, 2, 3))):
                k = random.randrange(5)
                if k == 0 and b: b[random.randrange(len(b))] = random.randrange(256)
                elif k == 1 and b: del b[random.randrange(len(b))]
                elif k == 2: b.insert(random.randrange(len(b) + 1), random.choice(b'(.012NIJKLMFGSTUVX]}){abcdeghijlopqrstu\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98'))
                elif k == 3: b = b[:random.randrange(len(b) + 1)]
                elif b:
                    i1, i2 = sorted((random.randrange(len(b)), random.randrange(len(b))))
                    b[i2:i2] = b[i1:i2]
            rows.append((bytes(b), 'mutated'))
def outcome(d):
    try: r = pickle.loads(d)
    except Exception as e: return type(e).__name__ + ': ' + str(e)
    return 'is ' + repr(r)
seen = set()
for d, kind in rows:
    if d in seen: continue
    seen.add(d)
    o = outcome(d)
    if "system's maximum" in o or 'MemoryError' in o or ' at 0x' in o or 'object has no attribute' in o and kind != 'hand' or len(o) > 300: continue
    print(d.hex() + '\t' + ascii(o)[1:-1])
