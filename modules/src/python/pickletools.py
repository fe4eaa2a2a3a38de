"""Tools that look into pickles without loading them.

`dis` prints what a pickle says, opcode by opcode; `genops` yields the opcodes; `optimize` takes out the memo
entries that nothing reads. `opcodes` describes each opcode; all of it comes from the table that load obeys.
"""

import _pickletools
from _pickle_tools import decode_long  # noqa: F401

__all__ = ["dis", "genops", "optimize"]

# Sizes of arguments that have no fixed one.
UP_TO_NEWLINE = -1
TAKEN_FROM_ARGUMENT1 = -2
TAKEN_FROM_ARGUMENT4 = -3
TAKEN_FROM_ARGUMENT4U = -4
TAKEN_FROM_ARGUMENT8U = -5


class ArgumentDescriptor:
    """A kind of argument: `name`, the number of bytes `n` (or one of the constants above), the function `reader`
    that takes it from a file, `doc`."""

    __slots__ = ("name", "n", "reader", "doc")

    def __init__(self, name, n, reader, doc):
        assert isinstance(name, str)
        assert isinstance(n, int) and n >= TAKEN_FROM_ARGUMENT8U
        assert isinstance(doc, str)
        self.name = name
        self.n = n
        self.reader = reader
        self.doc = doc


class StackObject:
    """A kind of item on the stack: `name`, its class or classes `obtype`, `doc`."""

    __slots__ = ("name", "obtype", "doc")

    def __init__(self, name, obtype, doc):
        assert isinstance(name, str)
        assert isinstance(obtype, type) or isinstance(obtype, tuple)
        if isinstance(obtype, tuple):
            for contained in obtype:
                assert isinstance(contained, type)
        assert isinstance(doc, str)
        self.name = name
        self.obtype = obtype
        self.doc = doc

    def __repr__(self):
        return self.name


class OpcodeInfo:
    """An opcode: `name`, the character `code`, the ArgumentDescriptor `arg` or None, lists of the StackObjects
    that it takes off and leaves, the first protocol `proto` that has it, `doc`."""

    __slots__ = ("name", "code", "arg", "stack_before", "stack_after", "proto", "doc")

    def __init__(self, name, code, arg, stack_before, stack_after, proto, doc):
        assert isinstance(name, str)
        assert isinstance(code, str)
        assert len(code) == 1
        assert arg is None or isinstance(arg, ArgumentDescriptor)
        for kinds in (stack_before, stack_after):
            assert isinstance(kinds, list)
            for kind in kinds:
                assert isinstance(kind, StackObject)
        assert isinstance(proto, int) and 0 <= proto
        assert isinstance(doc, str)
        self.name = name
        self.code = code
        self.arg = arg
        self.stack_before = stack_before
        self.stack_after = stack_after
        self.proto = proto
        self.doc = doc


# The functions that read each kind of argument from a file. They ask it for no more than belongs to the argument.


def read_uint1(f):
    r"""One byte: an int from 0 to 255.

    >>> import io
    >>> read_uint1(io.BytesIO(b'\xc8'))
    200
    """
    return _pickletools.read_uint1(f)


def read_uint2(f):
    r"""Two bytes, the low one first, without a sign.

    >>> import io
    >>> read_uint2(io.BytesIO(b'\x01\x02'))
    513
    >>> read_uint2(io.BytesIO(b'\xff\xff'))
    65535
    """
    return _pickletools.read_uint2(f)


def read_int4(f):
    r"""Four bytes, the low one first, in two's complement.

    >>> import io
    >>> read_int4(io.BytesIO(b'\x2a\x00\x00\x00'))
    42
    >>> read_int4(io.BytesIO(b'\xfe\xff\xff\xff'))
    -2
    """
    return _pickletools.read_int4(f)


def read_uint4(f):
    r"""Four bytes, the low one first, without a sign.

    >>> import io
    >>> read_uint4(io.BytesIO(b'\x2a\x00\x00\x00'))
    42
    >>> read_uint4(io.BytesIO(b'\x00\x00\x00\xff'))
    4278190080
    """
    return _pickletools.read_uint4(f)


def read_uint8(f):
    r"""Eight bytes, the low one first, without a sign.

    >>> import io
    >>> read_uint8(io.BytesIO(b'\x07' + bytes(7)))
    7
    >>> read_uint8(io.BytesIO(b'\xff' * 8))
    18446744073709551615
    """
    return _pickletools.read_uint8(f)


def read_stringnl(f, decode=True, stripquotes=True, *, encoding="latin-1"):
    r"""A line of text between quotes, with backslash escapes. As a str, unless `decode` is false; the quotes may be
    missing where `stripquotes` is false.

    >>> import io
    >>> read_stringnl(io.BytesIO(b"'one\\ttwo'\nrest"))
    'one\ttwo'
    >>> read_stringnl(io.BytesIO(b"plain\n"))
    Traceback (most recent call last):
    ...
    ValueError: no string quotes around b'plain'
    >>> read_stringnl(io.BytesIO(b"plain\n"), stripquotes=False, decode=False)
    b'plain'
    """
    return _pickletools.read_stringnl(f, decode, stripquotes, encoding=encoding)


def read_stringnl_noescape(f):
    r"""A line of text as it stands."""
    return _pickletools.read_stringnl_noescape(f)


def read_stringnl_noescape_pair(f):
    r"""Two lines of text as they stand, joined by a blank.

    >>> import io
    >>> read_stringnl_noescape_pair(io.BytesIO(b'collections\nOrderedDict\nrest'))
    'collections OrderedDict'
    """
    return _pickletools.read_stringnl_noescape_pair(f)


def read_string1(f):
    r"""As many bytes as the first byte says, taken for Latin-1.

    >>> import io
    >>> read_string1(io.BytesIO(b'\x03abcd'))
    'abc'
    >>> read_string1(io.BytesIO(b'\x00abcd'))
    ''
    """
    return _pickletools.read_string1(f)


def read_string4(f):
    r"""As many bytes as the first four say, taken for Latin-1.

    >>> import io
    >>> read_string4(io.BytesIO(b'\x02\x00\x00\x00abcd'))
    'ab'
    >>> read_string4(io.BytesIO(b'\x09\x00\x00\x00abcd'))
    Traceback (most recent call last):
    ...
    ValueError: expected 9 bytes in a string4, but only 4 remain
    """
    return _pickletools.read_string4(f)


def read_bytes1(f):
    r"""As many bytes as the first byte says.

    >>> import io
    >>> read_bytes1(io.BytesIO(b'\x03abcd'))
    b'abc'
    """
    return _pickletools.read_bytes1(f)


def read_bytes4(f):
    r"""As many bytes as the first four say.

    >>> import io
    >>> read_bytes4(io.BytesIO(b'\x02\x00\x00\x00abcd'))
    b'ab'
    >>> read_bytes4(io.BytesIO(b'\x09\x00\x00\x00abcd'))
    Traceback (most recent call last):
    ...
    ValueError: expected 9 bytes in a bytes4, but only 4 remain
    """
    return _pickletools.read_bytes4(f)


def read_bytes8(f):
    r"""As many bytes as the first eight say.

    >>> import io
    >>> read_bytes8(io.BytesIO(b'\x02' + bytes(7) + b'abcd'))
    b'ab'
    >>> read_bytes8(io.BytesIO(b'\x09' + bytes(7) + b'abcd'))
    Traceback (most recent call last):
    ...
    ValueError: expected 9 bytes in a bytes8, but only 4 remain
    """
    return _pickletools.read_bytes8(f)


def read_bytearray8(f):
    r"""As many bytes as the first eight say, as a bytearray.

    >>> import io
    >>> read_bytearray8(io.BytesIO(b'\x02' + bytes(7) + b'abcd'))
    bytearray(b'ab')
    >>> read_bytearray8(io.BytesIO(b'\x09' + bytes(7)))
    Traceback (most recent call last):
    ...
    ValueError: expected 9 bytes in a bytearray8, but only 0 remain
    """
    return _pickletools.read_bytearray8(f)


def read_unicodestringnl(f):
    r"""A line of text with the escapes of `raw-unicode-escape`.

    >>> import io
    >>> read_unicodestringnl(io.BytesIO(b'gr\\u00fcn\nrest'))
    'grün'
    """
    return _pickletools.read_unicodestringnl(f)


def read_unicodestring1(f):
    r"""As many bytes of UTF-8 as the first byte says.

    >>> import io
    >>> read_unicodestring1(io.BytesIO(b'\x02\xc3\xbc!'))
    'ü'
    >>> read_unicodestring1(io.BytesIO(b'\x05abc'))
    Traceback (most recent call last):
    ...
    ValueError: expected 5 bytes in a unicodestring1, but only 3 remain
    """
    return _pickletools.read_unicodestring1(f)


def read_unicodestring4(f):
    r"""As many bytes of UTF-8 as the first four say.

    >>> import io
    >>> read_unicodestring4(io.BytesIO(b'\x02\x00\x00\x00\xc3\xbc!'))
    'ü'
    >>> read_unicodestring4(io.BytesIO(b'\x05\x00\x00\x00abc'))
    Traceback (most recent call last):
    ...
    ValueError: expected 5 bytes in a unicodestring4, but only 3 remain
    """
    return _pickletools.read_unicodestring4(f)


def read_unicodestring8(f):
    r"""As many bytes of UTF-8 as the first eight say.

    >>> import io
    >>> read_unicodestring8(io.BytesIO(b'\x02' + bytes(7) + b'\xc3\xbc!'))
    'ü'
    >>> read_unicodestring8(io.BytesIO(b'\x05' + bytes(7) + b'abc'))
    Traceback (most recent call last):
    ...
    ValueError: expected 5 bytes in a unicodestring8, but only 3 remain
    """
    return _pickletools.read_unicodestring8(f)


def read_decimalnl_short(f):
    r"""A line with an int, or with `00` or `01` for a bool.

    >>> import io
    >>> read_decimalnl_short(io.BytesIO(b'-42\nrest'))
    -42
    >>> read_decimalnl_short(io.BytesIO(b'01\n'))
    True
    >>> read_decimalnl_short(io.BytesIO(b'42L\n'))
    Traceback (most recent call last):
    ...
    ValueError: invalid literal for int() with base 10: b'42L'
    """
    return _pickletools.read_decimalnl_short(f)


def read_decimalnl_long(f):
    r"""A line with an int, whatever its size; an `L` at its end is left out.

    >>> import io
    >>> read_decimalnl_long(io.BytesIO(b'42L\nrest'))
    42
    >>> read_decimalnl_long(io.BytesIO(b'-123456789012345678901234567890\n'))
    -123456789012345678901234567890
    """
    return _pickletools.read_decimalnl_long(f)


def read_floatnl(f):
    r"""A line with a float.

    >>> import io
    >>> read_floatnl(io.BytesIO(b'-2.50\nrest'))
    -2.5
    """
    return _pickletools.read_floatnl(f)


def read_float8(f):
    r"""Eight bytes of IEEE 754, the high one first.

    >>> import io
    >>> read_float8(io.BytesIO(b'\xbf\xf8' + bytes(6)))
    -1.5
    """
    return _pickletools.read_float8(f)


def read_long1(f):
    r"""An int in two's complement: as many bytes as the first byte says, the low one first.

    >>> import io
    >>> read_long1(io.BytesIO(b'\x00'))
    0
    >>> read_long1(io.BytesIO(b'\x02\x00\x01'))
    256
    >>> read_long1(io.BytesIO(b'\x01\xff'))
    -1
    """
    return _pickletools.read_long1(f)


def read_long4(f):
    r"""An int in two's complement: as many bytes as the first four say, the low one first.

    >>> import io
    >>> read_long4(io.BytesIO(b'\x02\x00\x00\x00\x00\x01'))
    256
    >>> read_long4(io.BytesIO(b'\x01\x00\x00\x00\xff'))
    -1
    """
    return _pickletools.read_long4(f)


# The kinds of arguments, each under its own name.
_arguments = {}
for _name, _size, _doc in _pickletools.argument_table():
    _reader = globals()["read_" + _name]
    _arguments[_name] = globals()[_name] = ArgumentDescriptor(_name, _size, _reader, _doc)

# The kinds of items on the stack, whose classes only Python knows.
_classes = {
    "int": int,
    "int_or_bool": (int, bool),
    "bool": bool,
    "float": float,
    "bytes_or_str": (bytes, str),
    "bytes": bytes,
    "bytearray": bytearray,
    "str": str,
    "None": type(None),
    "tuple": tuple,
    "list": list,
    "dict": dict,
    "set": set,
    "frozenset": set,
    "mark": StackObject,
    "stackslice": StackObject,
}
_kinds = [StackObject(_name, _classes.get(_name, object), _doc) for _name, _doc in _pickletools.stack_table()]
_kind_named = {_kind.name: _kind for _kind in _kinds}
_index_of_kind = {id(_kind): _index for _index, _kind in enumerate(_kinds)}

pyint = pylong = _kind_named["int"]
pyinteger_or_bool = _kind_named["int_or_bool"]
pybool = _kind_named["bool"]
pyfloat = _kind_named["float"]
pybytes_or_str = pystring = _kind_named["bytes_or_str"]
pybytes = _kind_named["bytes"]
pybytearray = _kind_named["bytearray"]
pyunicode = _kind_named["str"]
pynone = _kind_named["None"]
pytuple = _kind_named["tuple"]
pylist = _kind_named["list"]
pydict = _kind_named["dict"]
pyset = _kind_named["set"]
pyfrozenset = _kind_named["frozenset"]
pybuffer = _kind_named["buffer"]
anyobject = _kind_named["any"]
markobject = _kind_named["mark"]
stackslice = _kind_named["stackslice"]

opcodes = [
    OpcodeInfo(
        _name,
        _code,
        _arguments.get(_argument),
        [_kind_named[_kind] for _kind in _before],
        [_kind_named[_kind] for _kind in _after],
        _protocol,
        _doc,
    )
    for _name, _code, _argument, _before, _after, _protocol, _doc in _pickletools.opcode_table()
]
code2op = {_opcode.code: _opcode for _opcode in opcodes}
_codes_that_store = {_opcode.code for _opcode in opcodes if _opcode.name.endswith("PUT")}
_codes_that_read = {_opcode.code for _opcode in opcodes if _opcode.name.endswith("GET")}
_memoize = next(_opcode.code for _opcode in opcodes if _opcode.name == "MEMOIZE")
_stop = next(_opcode.code for _opcode in opcodes if _opcode.name == "STOP")

del _name, _size, _doc, _reader


def genops(pickle):
    """Yield (opcode, argument, position) for each opcode up to and including STOP.

    `pickle` is bytes, a bytearray, or a file open for reading bytes, which is read no further than the STOP.
    `opcode` is an OpcodeInfo; `argument` is None where the opcode has none; `position` is where the opcode
    begins, by the file's `tell()`, and None for a file without one.
    """
    if isinstance(pickle, (bytes, bytearray)):
        return _opcodes_in(bytes(pickle))
    return _opcodes_of(pickle)


def _opcodes_in(data):
    position = 0
    code = None
    while code != _stop:
        code, argument, end = _pickletools.scan(data, position)
        yield code2op[code], argument, position
        position = end


def _opcodes_of(file):
    tell = getattr(file, "tell", None)
    code = None
    while code != _stop:
        position = None if tell is None else tell()
        byte = file.read(1)
        code = byte.decode("latin-1")
        opcode = code2op.get(code)
        if opcode is None:
            if byte == b"":
                raise ValueError("pickle exhausted before seeing STOP")
            where = "<unknown>" if position is None else position
            raise ValueError(f"at position {where}, opcode {byte!r} unknown")
        argument = None if opcode.arg is None else opcode.arg.reader(file)
        yield opcode, argument, position


def optimize(p):
    """The pickle `p` without the PUTs and MEMOIZEs whose entries no GET reads."""
    if isinstance(p, (bytes, bytearray)):
        return _pickletools.optimize(p)
    for _ in genops(p):
        pass
    return _pickletools.optimize(p)


def dis(pickle, out=None, memo=None, indentlevel=4, annotate=0):
    """Print what a pickle says, one opcode a line, to the file `out` or to standard output.

    `pickle` is what `genops` takes. `memo` is a dict that keeps the memo from one pickle to the next one that
    the same pickler has written. Each mark on the stack indents by `indentlevel` blanks. `annotate`, unless it
    is 0, is the column at which a sentence about the opcode begins.

    A ValueError tells of a pickle that can't be right: it takes more off the stack than there is, needs a mark
    that is not there or stores one in the memo, reads a memo entry that was never stored, or leaves something
    on the stack.
    """
    if memo is None:
        memo = {}
    listing = _pickletools.Listing(" " * indentlevel, annotate)
    for opcode, argument, position in genops(pickle):
        if position is not None:
            print(f"{position:5d}:", end=" ", file=out)
        code = opcode.code
        key = None
        if code in _codes_that_store:
            key = argument
        elif code == _memoize:
            key = len(memo)
        elif code in _codes_that_read and argument in memo:
            key = _index_of_kind.get(id(memo[argument]), _index_of_kind[id(anyobject)])
        line, stored, complaint = listing.line(code, argument, position, key)
        if stored is not None:
            memo[key] = _kinds[stored]
        print(line, file=out)
        if complaint is not None:
            raise ValueError(complaint)
    summary, complaint = listing.end()
    print(summary, file=out)
    if complaint is not None:
        raise ValueError(complaint)


_disassembler = r"""
>>> import pickle
>>> dis(pickle.dumps([1, (True, None)], 0))
    0: (    MARK
    1: l        LIST       (MARK at 0)
    2: p    PUT        0
    5: I    INT        1
    8: a    APPEND
    9: (    MARK
   10: I        INT        True
   14: N        NONE
   15: t        TUPLE      (MARK at 9)
   16: p    PUT        1
   19: a    APPEND
   20: .    STOP
highest protocol among opcodes = 0
>>> dis(pickle.dumps({"key": (1.5, b"bytes")}, 4))
    0: \x80 PROTO      4
    2: \x95 FRAME      29
   11: }    EMPTY_DICT
   12: \x94 MEMOIZE    (as 0)
   13: \x8c SHORT_BINUNICODE 'key'
   18: \x94 MEMOIZE    (as 1)
   19: G    BINFLOAT   1.5
   28: C    SHORT_BINBYTES b'bytes'
   35: \x94 MEMOIZE    (as 2)
   36: \x86 TUPLE2
   37: \x94 MEMOIZE    (as 3)
   38: s    SETITEM
   39: .    STOP
highest protocol among opcodes = 4

What a pickle takes off the stack has to be there.

>>> dis(b"0.")
Traceback (most recent call last):
...
ValueError: tries to pop 1 items from stack with only 0 items
"""

_memo = r"""
>>> import io, pickle
>>> file = io.BytesIO()
>>> pickler = pickle.Pickler(file, 2)
>>> shared = ["a", "list"]
>>> pickler.dump(shared)
>>> pickler.dump((shared, shared))
>>> _ = file.seek(0)
>>> memo = {}
>>> dis(file, memo=memo)
    0: \x80 PROTO      2
    2: ]    EMPTY_LIST
    3: q    BINPUT     0
    5: (    MARK
    6: X        BINUNICODE 'a'
   12: q        BINPUT     1
   14: X        BINUNICODE 'list'
   23: q        BINPUT     2
   25: e        APPENDS    (MARK at 5)
   26: .    STOP
highest protocol among opcodes = 2
>>> dis(file, memo=memo)
   27: \x80 PROTO      2
   29: h    BINGET     0
   31: h    BINGET     0
   33: \x86 TUPLE2
   34: q    BINPUT     3
   36: .    STOP
highest protocol among opcodes = 2
"""

__test__ = {"disassembler_test": _disassembler, "disassembler_memo_test": _memo}


def _main(args=None):
    """The command line `-m pickletools`."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(description="disassemble one or more pickle files", color=True)
    parser.add_argument("pickle_file", nargs="+", help="the pickle file")
    parser.add_argument("-o", "--output", help="the file where the output should be written")
    parser.add_argument("-m", "--memo", action="store_true", help="preserve memo between disassemblies")
    parser.add_argument("-l", "--indentlevel", default=4, type=int,
                        help="the number of blanks by which to indent a new MARK level")
    parser.add_argument("-a", "--annotate", action="store_true",
                        help="annotate each line with a short opcode description")
    parser.add_argument("-p", "--preamble", default="==> {name} <==",
                        help="if more than one pickle file is specified, print this before each disassembly")
    options = parser.parse_args(args)
    annotate = 30 if options.annotate else 0
    memo = {} if options.memo else None
    output = sys.stdout if options.output is None else open(options.output, "w")
    try:
        for name in options.pickle_file:
            if len(options.pickle_file) > 1:
                shown = "<stdin>" if name == "-" else name
                output.write(options.preamble.format(name=shown) + "\n")
            if name == "-":
                dis(sys.stdin.buffer, output, memo, options.indentlevel, annotate)
            else:
                with open(name, "rb") as file:
                    dis(file, output, memo, options.indentlevel, annotate)
    finally:
        if output is not sys.stdout:
            output.close()


if __name__ == "__main__":
    _main()
