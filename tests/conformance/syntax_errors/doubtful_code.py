"""What the compiler warns of, and what it says where warnings are errors."""
import warnings

def show(src, mode='exec'):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try: compile(src, 'f.py', mode)
        except SyntaxError as e: print('E', e)
    print(repr(src), [(str(x.message), x.filename, x.lineno, x.category.__name__) for x in w])
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('error')
        try: compile(src, 'f.py', mode)
        except SyntaxError as e: print('   ', e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text))
for s in [r"'\z'", r"b'\z\y'", r"'\400'", r"b'\777'", r"rf'\z'", r"'a' '\z' '\q'", "1or 2", "0x1for x in y", "1.5in x", "1jor 2", "0b1and 0o7or 1", "[0x1for x in y]", r"'\z' is 1", "x = '\\z'; '\\y'()", "f'{1or 2}'", r"f'{a:\z}'", "'\\8'", "'\\N'", "b'\\N'", "b'\\u1234'", "1 is 1", "() is 1", "[]()", "assert (1, 2)", "assert ()", "def f():\n  try: pass\n  finally: return 1", "for i in x:\n  try: pass\n  finally: break", "'a'[1.0]", "[1]['a']", "(1)['x']", "1[0]", "{1}[0]", "(lambda: 1)[0]", "f'x'[1,]", "None[0]", "...[0]", "'a'['b']", "{}[1]", "(1,2)[None]", "(x for x in y)[0]", "(lambda:1)()", "1(2)", "'a' is x", "x is not 'a'", "x is ()", "None is 1", "True is x", "x is ...", "-1 is x", "x is -1", "(1, 2) is x", "assert (x, )", "assert (x, 'm'), 1"]:
    show(s)
