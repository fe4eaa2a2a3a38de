"""What pickle's classes in Python share: finding globals by name, names of types
in messages, and the encoding of ints."""

import sys

from _pickle import PicklingError

bytes_types = (bytes, bytearray)

# How protocols 0 and 1 write truth values: the opcode INT with texts of its own.
TRUE = b'I01\n'
FALSE = b'I00\n'

# Stands for an argument or an attribute that is not there, where None could be one.
_NoValue = object()


class _Stop(Exception):
    """Ends the loop of an Unpickler; `value` is the object that was read."""
    __module__ = 'pickle'

    def __init__(self, value):
        self.value = value


def _T(obj):
    """The name of an object's type, as messages show it."""
    cls = type(obj)
    if cls.__module__ in (None, 'builtins', '__main__'):
        return cls.__qualname__
    return f'{cls.__module__}.{cls.__qualname__}'


def _getattribute(obj, dotted_path):
    """Follow a sequence of attribute names."""
    for name in dotted_path:
        obj = getattr(obj, name)
    return obj


def _search(obj, path):
    """The name of the first imported module that has the object at this path."""
    # Looking up an attribute can import modules: walk over a copy.
    for name, module in sys.modules.copy().items():
        if module is None or name in ('__main__', '__mp_main__'):
            continue
        try:
            if _getattribute(module, path) is obj:
                return name
        except AttributeError:
            pass
    return None


def whichmodule(obj, name):
    """Find the module an object belong to."""
    path = name.split('.')
    module_name = getattr(obj, '__module__', None)
    if '<locals>' in path:
        raise PicklingError(f"Can't pickle local object {obj!r}")
    if module_name is None:
        module_name = _search(obj, path)
        if module_name is not None:
            return module_name
        module_name = '__main__'

    try:
        # A name that is no UTF-8 can be in sys.modules, and nowhere else.
        if module_name not in sys.modules:
            __import__(module_name, level=0)
        module = sys.modules[module_name]
    except (ImportError, ValueError, KeyError) as exc:
        raise PicklingError(f"Can't pickle {obj!r}: {exc!s}")
    try:
        found = _getattribute(module, path)
    except AttributeError:
        raise PicklingError(f"Can't pickle {obj!r}: it's not found as "
                            f"{module_name}.{name}")
    if found is not obj:
        raise PicklingError(f"Can't pickle {obj!r}: it's not the same object as "
                            f"{module_name}.{name}")
    return module_name


def encode_long(x):
    """The shortest two's complement of an int, little-endian; empty for 0."""
    if x == 0:
        return b''
    # Of -128, -32768 and so on the sign bit is the only one: -x - 1 needs one less.
    bits = x.bit_length() if x > 0 else (~x).bit_length()
    return x.to_bytes(bits // 8 + 1, 'little', signed=True)


def decode_long(data):
    """The int whose two's complement, little-endian, this is."""
    return int.from_bytes(data, 'little', signed=True)


for _function in (_T, _getattribute, whichmodule, encode_long, decode_long):
    _function.__module__ = 'pickle'
del _function
