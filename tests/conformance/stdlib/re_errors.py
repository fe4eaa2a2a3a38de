import re
def show(f, *a, **k):
    try:
        r = f(*a, **k)
        print(repr(r))
    except Exception as e:
        print(type(e).__module__, type(e).__name__, e, getattr(e,'pos',None))
for p in ['(', ')', 'a**', '*a', '[a', '[b-a]', r'\q', '(?P<a', '(?P<1>x)', '(?P<a>x)(?P<a>y)', '(?P=zz)', r'\1', r'(\1)', 'a{3,2}', '(?z)', '(?P)', '(?Px)', '(?<a)', '(?<=a*)b', '(?(1)a|b|c)', '(?(0)a)', '(?(x)a)', 'a(?i)b', r'\x1', r'\u12', '\\', '(?i-i:a)', '(?-)', '(?:a', '(?#a', '[\\w-a]', r'\N{foo}', r'\400', '(?<=(a)\\1)b', 'a\n(', '(?L)a', '(?au)a', '(?', '(?P', 'x{99999999999}', '(?(5)a)', r'\9', '(?iy)', '(?i', '(?-i', '(?P<é-x>a)','(?P<>a)', '+', '^*', '(?:a)*', '(*a)', 'a|*', r'[\d-z]', '[]', '[^]', '[]a]']:
    show(re.compile, p)
for p in [b'(?u)a', b'(?P<\xe9>a)', rb'\u1234', b'[\xff-\xfe]']:
    show(re.compile, p)
for t in [r'\g<', r'\g<a', r'\g<>', r'\g<zz>', r'\g<9>', r'\9', r'\q', '\\', r'\g', r'\g<1a>', r'\400', r'\0a\07', r'\a\n\.']:
    show(re.sub, 'a', t, 'xax')
show(re.sub, 'a', b'x', 'a'); show(re.sub, b'a', 'x', 'a'); show(re.match, 'a', b'a'); show(re.match, 'a', 3); show(re.match, 3, 'a')
show(re.compile, re.compile('a'), re.I)
