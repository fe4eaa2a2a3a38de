# Bytes of objects whose classes the library keeps in parts of its own.
import copy
import doctest
import pathlib
import pickle
import string.templatelib
import typing

P = typing.ParamSpec('P')
for name, value in [
        ('forward', typing.ForwardRef('x', is_class=True)), ('args', P.args), ('default', typing.NoDefault),
        ('template', t'a{1}b{2!r:>3}'), ('example', doctest.Example('1', '2\n', lineno=3)),
        ('results', doctest.TestResults(1, 2)), ('test', doctest.DocTest([], {}, 'n', 'f', 1, 'd')),
        ('parents', pathlib.PurePosixPath('/a/b').parents)]:
    for protocol in 0, 2, 5:
        try:
            print(name, protocol, pickle.dumps(value, protocol))
        except Exception as error:
            print(name, protocol, type(error).__name__, *([error] if protocol else []))
    try:
        print(type(copy.copy(value)).__name__)
    except TypeError as error:
        print(error)
