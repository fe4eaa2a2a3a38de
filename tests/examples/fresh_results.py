"""Which results of one character or none are shared objects, and which are the
receiver itself: pickles show it by their memo."""


class S(str):
    pass


class B(bytes):
    pass


s, b = 'xyzX', b'xyzX'

EXPRESSIONS = '''
s[0]
s[1:2]
'x'.upper()
'X'.lower()
'X'.casefold()
'x'.title()
'x'.capitalize()
'x'.swapcase()
'xy'.replace('y','')
'y'.replace('y','x')
'x'.translate({120:'y'})
'xy'.translate({120:None})
'x'.translate({120:121})
' x '.strip()
'x,y'.split(',')[0]
'x y'.split()[0]
'x,y'.partition(',')[0]
'x,y'.rpartition(',')[2]
'x\\ny'.splitlines()[0]
''.join(['x'])
''.join(['','x'])
'%s'%'x'
'%c'%120
'%c'%'x'
format('x')
format('x','s')
f'{s[0]}'
f'{s[0]:s}'
str(b'x','ascii')
b'x'.decode()
b'x'.decode('latin-1')
b'x\\0'.decode('utf-16-le')
chr(120)
chr(233)
chr(8364)
str(1)
repr(1)
'%d'%1
hex(1)[2:]
'xé'[1]
'é'.upper()
'É'.lower()
'x'.zfill(1)
'x'.ljust(1)
'x'.center(1)
' x'.lstrip()
'xy'.removesuffix('y')
S('x')[0]
str(S('x'))
S('x').upper()
''+S('x')
S('x')+''
'{}'.format('x')
'{0}'.format(s[0])
list('x')[0]
ascii(1)
''.join(reversed('x'))
''.join(c for c in 'x')
'ſ'.upper()
eval("'x'")
b[0:1]
b'x'.upper()
b'X'.lower()
b'x'.title()
b'x'.capitalize()
b'x'.swapcase()
b'xy'.replace(b'y',b'')
b'y'.replace(b'y',b'x')
b'x'.translate(bytes(range(256)))
b'y'.translate(bytes([120]*256))
b'xy'.translate(None,b'y')
b' x '.strip()
b'x,y'.split(b',')[0]
b'x,y'.partition(b',')[0]
b'x\\ny'.splitlines()[0]
b''.join([b'x'])
b''.join([b'',b'x'])
b''.join([b'',bytearray(b'x')])
b''+b'x'
bytes([120])
bytes((120,))
bytes(bytearray(b'x'))
bytes(memoryview(b'x'))
memoryview(b'x').tobytes()
memoryview(b'xy')[0:1].tobytes()
'x'.encode()
'é'.encode('latin-1')
bytes.fromhex('78')
b'%c'%120
b'%b'%b'x'
b'%d'%1
(1).to_bytes(1,'big')
bytes(1)
bytes(iter([120]))
b'x'.zfill(1)
b'xy'.removesuffix(b'y')
'{:d}'.format(1)
'{:c}'.format(120)
'{:s}'.format('x')
'%.1s'%'xyz'
'%r'%1
''.upper()
'xy'.replace('xy','')
b''.upper()
b'x'.replace(b'x',b'')
bytes(bytearray())
bytes([])
''.join([])
'x'*0
bytes(0)
str(b'','ascii')
'%s'%''
b'%b'%b''
memoryview(b'').tobytes()
'xyz'.upper() is s
'xyz'.replace('q','')
s.strip()
s.replace('q','r')
s[:]
s[0:]
s*1
s.zfill(1)
s.ljust(1)
s.center(1)
s.expandtabs()
s.translate({})
s.removeprefix('q')
str(s)
format(s)
'%s'%s
f'{s}'
''.join([s])
s+''
''+s
s.splitlines()[0]
s.split('q')[0]
s.partition('q')[0]
s.rpartition('q')[2]
b[:]
b.strip()
b.replace(b'q',b'r')
b*1
b+b''
b''+b
bytes(b)
b.join([b])
b''.join([b])
b.partition(b'q')[0]
b.split(b'q')[0]
b.splitlines()[0]
b.removeprefix(b'q')
b.zfill(1)
b.ljust(1)
b.translate(None)
b.expandtabs()
b'%b'%b
b[::4]
s[::4]
''.ljust(1)
''.center(1)
''.zfill(1)
b''.ljust(1)
b''.zfill(1)
'\\t'.expandtabs(1)
b'\\t'.expandtabs(1)
B(b'x')+b''
b''+B(b'x')
bytes(B(b'x'))
B(b'x').upper()
B(b'x')[0:1]
B(b'x').strip()
S('x').strip()
S('x')[0:1]
S('x').replace('a','b')
S('x').ljust(1)
S('x')*1
B(b'x')*1
b*0
B(b'x')*0
s*0
b[1:1]
b[4:0:1]
b[::-1][4:]
s[::-1][:1]
s[::-1][4:]
bytearray(b'x').decode()
B(b'x').decode()
b''.join([B(b'x')])
''.join([S('x')])
S('x').join(['a'])
'%s'%S('x')
f"{S('x')}"
format(S('x'))
str(S('x'),)
S('x').__str__()
S('x').translate({})
'x'.translate({})
S('x').lower()
S('x').expandtabs()
S('x').zfill(1)
S('x').removeprefix('a')
S('x').split()[0]
S('x').partition('a')[0]
S('x').splitlines()[0]
S('x').encode()
S('x').casefold()
S('').strip()
S('')+''
S('').upper()
str(S(''))
S('xy')[:1]
bytes([b[0]])
bytes(range(120,121))
bytes({120})
b'x'.hex()[:1]
b''.hex()
'x'.encode('utf-16-le')[:1]
'x'.encode('ascii')
'x'.encode('latin-1')
'x'.encode('utf-8','strict')
b'x'.decode('cp1252')
b'x'.decode('ascii')
b'x'.decode('utf-8','ignore')
b'\\xff'.decode('utf-8','ignore')
b'\\xff'.decode('utf-8','replace')
'\\xff'.encode('ascii','ignore')
'\\xff'.encode('ascii','replace')
'x'.encode('raw_unicode_escape')
b'x'.decode('unicode_escape')
b'x'.decode('raw_unicode_escape')
ascii('')[:1]
chr(97).upper()
'é'.lower()
'ß'.upper()[:1]
'\\u0149'.upper()[1:]
'-'.join(['x','y'])[0]
'x y'.title()[:1]
'''


def is_shared(value):
    if isinstance(value, str):
        return chr(ord(value)) is value
    return bytes([value[0]])[0:1] is value


for expression in EXPRESSIONS.strip().splitlines():
    first, second = eval(expression), eval(expression)
    print(expression, '|', 'same' if first is second else 'new', end='')
    print(', the receiver' if first is s or first is b else '', end='')
    print(', shared' if isinstance(first, (str, bytes)) and len(first) == 1 and is_shared(first) else '')
