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


# The kinds of arguments, each under its own name, and beside it the function that reads it.
_arguments = {}
for _name, _size, _doc in _pickletools.argument_table():
    _reader = globals()["read_" + _name] = getattr(_pickletools, "read_" + _name)
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
