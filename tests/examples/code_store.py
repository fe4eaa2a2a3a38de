"""Keeps compiled functions as bytes, as a cache of modules does: several in one file,
loaded again in another namespace, and never more than an error where bytes are missing."""

import io
import marshal
import types

SOURCES = {
    'shapes': '''
class Shape:
    sides = 0
    def describe(self, *, loud=False):
        text = f"{type(self).__name__} with {self.sides} sides"
        return text.upper() if loud else text
class Square(Shape):
    sides = 4
''',
    'numbers': '''
def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
def take(n, items):
    return [x for _, x in zip(range(n), items)]
def outer(scale):
    return lambda x, /, *more, plus=1: x * scale + plus + sum(more)
''',
    'errors': '''
def careful(f):
    try:
        return f()
    except (ValueError, ZeroDivisionError) as error:
        return type(error).__name__
    finally:
        log.append("done")
log = []
''',
}


def store(file):
    for name, source in SOURCES.items():
        marshal.dump((name, compile(source, name + '.py', 'exec')), file)


def load(file):
    modules = {}
    while True:
        try:
            name, code = marshal.load(file)
        except EOFError as error:
            print('end:', error)
            return modules
        module = types.ModuleType(name)
        exec(code, module.__dict__)
        modules[name] = module


file = io.BytesIO()
store(file)
file.seek(0)
modules = load(file)
shapes, numbers, errors = modules['shapes'], modules['numbers'], modules['errors']
print(shapes.Square().describe(loud=True), shapes.Shape().describe())
print(numbers.take(10, numbers.fibonacci()), numbers.outer(3)(4, 5, plus=6))
print(errors.careful(lambda: 1 // 0), errors.careful(lambda: int('x')), errors.log)
print(shapes.Square.describe.__code__.co_filename, numbers.outer.__code__.co_firstlineno)
try:
    numbers.outer(3)('a', 2)
except TypeError as error:
    frame = error.__traceback__.tb_next
    print(error, frame.tb_lineno, frame.tb_frame.f_code.co_qualname)

data = marshal.dumps(compile(SOURCES['numbers'], 'numbers.py', 'exec'))
problems = set()
for size in range(len(data)):
    try:
        marshal.loads(data[:size])
    except (EOFError, ValueError, TypeError) as error:
        problems.add(type(error).__name__)
print(problems)

knot = []
knot += [knot, {'knot': knot}, (knot, 'twice', 'twice')]
again = marshal.loads(marshal.dumps(knot))
print(again, again[2][0] is again, again[1]['knot'] is again)
loop = []
loop.append(loop)
for version in range(marshal.version + 1):
    try:
        print(version, len(marshal.dumps(knot[2][1:], version)), len(marshal.dumps(loop, version)))
    except ValueError as error:
        print(version, error)
print(marshal.loads(b'\xa9\x01r\0\0\0\0'), marshal.loads(b'\xba' + b'i\1\0\0\0NN'))
