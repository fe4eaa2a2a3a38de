"""Create portable serialized representations of Python objects.

Pickler and Unpickler, and the functions around them, are native. Beside them are
classes in Python, `_Pickler` and `_Unpickler`, whose steps are methods that a
subclass overrides and tables that it extends.
"""

import io
import sys
import codecs
import _compat_pickle
from copyreg import (dispatch_table, _extension_registry, _inverted_registry,
                     _extension_cache)
from functools import partial
from itertools import batched
from sys import maxsize
from types import FunctionType

from _pickle import (PickleBuffer, PickleError, Pickler, PicklingError, Unpickler,
                     UnpicklingError, dump, dumps, load, loads)
from _pickle_opcodes import *
from _pickle_tools import (TRUE, FALSE, _NoValue, _Stop, _T, _getattribute,
                           bytes_types, decode_long, encode_long, whichmodule)
from _pickle_writer import _Framer, _Pickler, _tuplesize2code
from _pickle_reader import _Unframer, _Unpickler

__all__ = ['PickleError', 'PicklingError', 'UnpicklingError', 'Pickler',
           'Unpickler', 'dump', 'dumps', 'load', 'loads', 'PickleBuffer']

# Opcodes, and the two protocols.
__all__ += sorted(name for name in globals() if name.isupper() and name[0] != '_')

_HAVE_PICKLE_BUFFER = True

# What the pickles of the protocols are called in the documents of the format.
format_version = '5.0'
compatible_formats = ['1.0', '1.1', '1.2', '1.3', '2.0', '3.0', '4.0', '5.0']


def _dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None):
    pickler = _Pickler(file, protocol, fix_imports=fix_imports,
                       buffer_callback=buffer_callback)
    pickler.dump(obj)


def _dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None):
    file = io.BytesIO()
    _dump(obj, file, protocol, fix_imports=fix_imports,
          buffer_callback=buffer_callback)
    return file.getvalue()


def _load(file, *, fix_imports=True, encoding='ASCII', errors='strict',
          buffers=None):
    unpickler = _Unpickler(file, fix_imports=fix_imports, encoding=encoding,
                           errors=errors, buffers=buffers)
    return unpickler.load()


def _loads(s, /, *, fix_imports=True, encoding='ASCII', errors='strict',
           buffers=None):
    if isinstance(s, str):
        raise TypeError("Can't load pickle from unicode string")
    return _load(io.BytesIO(s), fix_imports=fix_imports, encoding=encoding,
                 errors=errors, buffers=buffers)


_USAGE = 'usage: capers -m pickle [-h] pickle_file [pickle_file ...]'

_HELP = f"""{_USAGE}

display contents of the pickle files

positional arguments:
  pickle_file  the pickle file

options:
  -h, --help   show this help message and exit
"""


def _main(args=None):
    import pprint
    args = list(sys.argv[1:] if args is None else args)
    if '-h' in args or '--help' in args:
        sys.stdout.write(_HELP)
        sys.exit(0)
    options = [arg for arg in args if arg.startswith('-') and arg != '-']
    wrong = ''
    if len(options) == len(args):
        wrong = 'the following arguments are required: pickle_file'
    elif options:
        wrong = f'unrecognized arguments: {" ".join(options)}'
    if wrong:
        sys.stderr.write(f'{_USAGE}\ncapers -m pickle: error: {wrong}\n')
        sys.exit(2)
    for name in args:
        if name == '-':
            value = load(sys.stdin.buffer)
        else:
            with open(name, 'rb') as file:
                value = load(file)
        pprint.pprint(value)


if __name__ == '__main__':
    _main()
