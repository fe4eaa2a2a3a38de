import re
def show(f, *a, **k):
    try:
        r = f(*a, **k)
        print(repr(r))
    except Exception as e:
        print(type(e).__module__, type(e).__name__, e, getattr(e,'pos',None))
m = re.match(r'(?P<a>\w+) (?P<b>\d+)?(x)?', 'hello 42 rest')
print(m, m.groups(), m.groupdict(), m.lastindex, m.lastgroup, m.regs, m.span('b'), m['a'], m[0], m.group(1,2), m.expand(r'<\2-\g<a>>'))
print(re.findall(r'a(b)?(c)?', 'abc ac a'), re.findall('x*', 'axb'), re.split(r'(,)|;', 'a,b;c'), re.split('x*', 'axbc'))
print(re.sub('x*', '-', 'abxd'), re.sub(r'(\w)(\w)', r'\2\1', 'abcd'), re.subn('a', lambda m: m.group().upper(), 'banana', count=2))
print([m.span() for m in re.finditer(r'\b|é', 'é aé b')])
print(re.compile(r'(?i)a.c', re.S), re.compile(b'x', re.X|re.M), repr(re.compile('a'*300)))
print(re.compile('(?P<x>a)(b)').groupindex, re.compile('a').flags, re.compile(b'a').flags, re.I|re.M, re.A, repr(re.I), re.RegexFlag(3))
print(re.escape('a.b*c[é]'), re.escape(b'a.\xff'))
print(ascii((re.sub('a', 'x', 'a\ud800a'), re.findall('[\ud800-\udfff]', 'a\ud800\udc00b'), re.search('\ud800(.)', 'zz\ud800éx').span(1))))
print(re.fullmatch('a|ab', 'ab'), re.fullmatch('a', 'a\n'), re.compile('b').match('abc', 1), re.compile('^b').match('abc', 1), re.compile('b$').search('abc', 0, 2), re.compile('(?<=a)b').match('ab', 1))
p = re.compile("a(b)", re.I)
print(p == re.compile('a(b)', re.I), hash(p) == hash(re.compile('a(b)', re.I)), p != re.compile('a'))
print(re.match('((ab))', 'ab').lastindex, re.match('(a)(b)?', 'a').lastindex, re.match('(?:(a)|(b))*', 'ba').lastindex, re.match('(a)|b', 'b').lastindex)
s = re.Scanner([(r'\d+', lambda s, t: int(t)), (r'\w+', lambda s,t: t), (r'\s+', None)])
print(s.scan('foo 12 bar!'))
print(type(re.finditer('a','a')), re.compile('a').scanner('aa').search())
print(re.match(r'\s*(\S+)', '\x1c\xa0x'), re.findall(r'\d', '1²٣'), re.findall('(?a)\\w', 'aé'), re.match(b'\\w+', b'ab\xe9'), re.sub(b'\xe9', b'e', b'\xe9a'))
print(re.findall(r'(?m)^(\w+)$', 'a\nbc\n'), re.split(r'\W+', 'Words, words, words.'), re.split('(a)', 'bab', maxsplit=1))
print(re.match('(?:(?P<a>x)|(?P<b>y))(?(a)1|2)', 'y2'), re.search(r'(["\']).*?\1', 'say "hi" ok'))
print(re.search(r'a(?!b)', 'abac'), re.search('(?s:.)', '\n'), re.search('(?x: a b )c', 'abc'), re.match('[a-z]', 'Q', re.I), re.match('(?-i:a)b', 'aB', re.I))
print(re.match('ı', 'I', re.I), re.match('ſ', 'S', re.I), re.match('K', '\u212a', re.I), re.match('[^k]', '\u212a', re.I), re.match('ß','ẞ',re.I))
print(re.match(r'(\w)\1', 'aA', re.I))
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always')
    for p in ['[[a]', '[a--b]', '[a&&b]', '[a||b]', '[a~~b]']:
        show(re.compile, p)
    re.sub('a', 'b', 'aa', 1); re.split('a', 'bab', 1)
    for x in w: print(x.category.__name__, x.message)
