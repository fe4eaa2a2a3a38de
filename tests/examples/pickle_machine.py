"""A pickle machine: executes the opcodes of protocols 0 to 4, given as bytes, without the pickle module.

Each opcode is a method marked with its byte; the table of them is made by the class's own metaclass.
"""

import io
import sys


class UnpicklingError(Exception):
    pass


MARK = type("Mark", (), {"__repr__": lambda self: "MARK"})()


class opcode:
    """Declares a method as the handler of one byte."""

    def __init__(self, byte, argument=None):
        self.byte, self.argument = byte, argument

    def __call__(self, function):
        self.function = function
        return self

    def __set_name__(self, owner, name):
        self.name = name.upper()
        setattr(owner, name, self.function)


class MachineType(type):
    def __new__(meta, name, bases, namespace):
        table = {}
        for member in namespace.values():
            if isinstance(member, opcode):
                if member.byte in table:
                    raise TypeError(f"{member.byte!r} is declared twice")
                table[member.byte] = member
        cls = super().__new__(meta, name, bases, namespace)
        cls.table = {**getattr(cls, "table", {}), **table}
        return cls


def number(data, signed=False):
    return int.from_bytes(data, "little", signed=signed)


def double(data):
    """An IEEE 754 number of eight bytes, the highest first, worked out by hand."""
    bits = int.from_bytes(data, "big")
    sign, exponent, fraction = bits >> 63, bits >> 52 & 0x7FF, bits & (1 << 52) - 1
    if exponent == 0x7FF:
        value = float("nan") if fraction else float("inf")
    elif exponent == 0:
        value = fraction * 2.0**-1074
    else:
        value = (fraction | 1 << 52) * 2.0 ** (exponent - 1075)
    return -value if sign else value


class Reader:
    """Bytes with a position; what is missing is an EOFError."""

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def take(self, size):
        data = self.file.read(size)
        if len(data) < size:
            raise EOFError(f"{size} bytes wanted, {len(data)} left")
        return data

    def line(self):
        line = self.file.readline()
        if not line.endswith(b"\n"):
            raise UnpicklingError("pickle data was truncated")
        return line[:-1]


class Point:
    def __init__(self, x=0, y=0):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({', '.join(f'{k}={v!r}' for k, v in self.__dict__.items())})"


class Account:
    """Has a state of its own making."""

    __slots__ = ("owner", "cents")

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        self.owner, self.cents = (args or ("nobody",))[0], kwargs.get("cents", 0)
        return self

    def __setstate__(self, state):
        self.owner, self.cents = state[0].upper(), state[1]

    def __repr__(self):
        return f"<{self.owner}: {self.cents / 100:.2f}>"


class Bag(list):
    """A list that counts how it was filled."""

    calls = ()

    def append(self, item):
        self.calls += ("append",)
        super().append(item)

    def extend(self, items):
        self.calls += (f"extend {len(items)}",)
        super().extend(items)


GLOBALS = {("shapes", "Point"): Point, ("bank", "Account"): Account, ("bank", "Bag"): Bag}
GLOBALS |= {("builtins", kind.__name__): kind for kind in (complex, bytearray, set)}
GLOBALS |= {("__builtin__", "range"): range, ("copyreg", "_reconstructor"): lambda cls, *_: object.__new__(cls)}


class Machine(metaclass=MachineType):
    def __init__(self, data, trace=None):
        self.reader, self.trace = Reader(data), trace
        self.stack, self.memo, self.frames = [], {}, []

    def load(self):
        try:
            while True:
                at = self.reader.file.tell()
                byte = self.reader.take(1)
                if byte == b".":
                    return self.stack.pop()
                entry = self.table.get(byte)
                if entry is None:
                    raise UnpicklingError(f"invalid load key, '\\x{byte[0]:02x}' at {at}")
                if entry.argument is None:
                    entry.function(self)
                else:
                    entry.function(self, entry.argument(self.reader))
                if self.trace:
                    print(f"{at:>4}: {entry.name:<16} {self.stack!r}", file=self.trace)
        except IndexError as error:
            raise UnpicklingError("the stack is empty") from error

    def pop_to_mark(self):
        at = len(self.stack) - 1
        while self.stack[at] is not MARK:
            at -= 1
            if at < 0:
                raise UnpicklingError("could not find MARK")
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items

    def find_class(self, module, name):
        head, *rest = name.split(".")
        try:
            found = GLOBALS[module, head]
        except KeyError:
            raise UnpicklingError(f"global '{module}.{name}' is forbidden") from None
        for part in rest:
            found = getattr(found, part)
        return found

    def persistent_load(self, name):
        raise UnpicklingError("a persistent id, and nobody to ask")

    # Arguments: a function that takes them from the reader.
    u1, u2, u4, u8, i4 = (
        (lambda size, signed: lambda reader: number(reader.take(size), signed))(size, signed)
        for size, signed in ((1, False), (2, False), (4, False), (8, False), (4, True))
    )
    line = Reader.line
    counted1 = lambda reader: reader.take(number(reader.take(1)))
    counted4 = lambda reader: reader.take(number(reader.take(4)))
    counted8 = lambda reader: reader.take(number(reader.take(8)))

    @opcode(b"\x80", u1)
    def proto(self, version):
        if version > 4:
            raise ValueError(f"unsupported pickle protocol: {version}")

    def push(value):
        return lambda self: self.stack.append(value() if callable(value) else value)

    mark = opcode(b"(")(push(MARK))
    none, newtrue, newfalse = opcode(b"N")(push(None)), opcode(b"\x88")(push(True)), opcode(b"\x89")(push(False))
    empty_list, empty_dict = opcode(b"]")(push(list)), opcode(b"}")(push(dict))
    empty_tuple, empty_set = opcode(b")")(push(())), opcode(b"\x8f")(push(set))
    frame = opcode(b"\x95", u8)(lambda self, size: self.frames.append(size))

    def decoded(decode):
        return lambda self, argument: self.stack.append(decode(argument))

    binint = opcode(b"J", i4)(decoded(int))
    binint1 = opcode(b"K", u1)(decoded(int))
    binint2 = opcode(b"M", u2)(decoded(int))
    int_ = opcode(b"I", line)(decoded(lambda text: text == b"01" if text in (b"00", b"01") else int(text)))
    long = opcode(b"L", line)(decoded(lambda text: int(text.rstrip(b"L"))))
    long1 = opcode(b"\x8a", counted1)(decoded(lambda data: number(data, True)))
    long4 = opcode(b"\x8b", counted4)(decoded(lambda data: number(data, True)))
    float_ = opcode(b"F", line)(decoded(float))
    binfloat = opcode(b"G", lambda reader: reader.take(8))(decoded(double))
    unicode = opcode(b"V", line)(decoded(lambda text: text.decode("raw_unicode_escape")))
    binunicode = opcode(b"X", counted4)(decoded(lambda data: data.decode("utf-8")))
    short_binunicode = opcode(b"\x8c", counted1)(decoded(lambda data: data.decode("utf-8")))
    binunicode8 = opcode(b"\x8d", counted8)(decoded(lambda data: data.decode("utf-8")))
    binbytes = opcode(b"B", counted4)(decoded(bytes))
    short_binbytes = opcode(b"C", counted1)(decoded(bytes))
    short_binstring = opcode(b"U", counted1)(decoded(lambda data: data.decode("ascii")))

    @opcode(b"S", line)
    def string(self, text):
        if len(text) < 2 or text[0] != text[-1] or text[:1] not in (b"'", b'"'):
            raise UnpicklingError("the STRING opcode argument must be quoted")
        self.stack.append(text[1:-1].decode("unicode_escape"))

    def collected(build):
        return lambda self: self.stack.append(build(self.pop_to_mark()))

    list_ = opcode(b"l")(collected(list))
    tuple_ = opcode(b"t")(collected(tuple))
    dict_ = opcode(b"d")(collected(lambda items: dict(zip(items[::2], items[1::2], strict=True))))
    frozenset_ = opcode(b"\x91")(collected(frozenset))
    obj = opcode(b"o")(collected(lambda items: items[0](*items[1:])))

    def applied(size, apply):
        def handler(self):
            operands = [self.stack.pop() for _ in range(size)]
            self.stack.append(apply(*reversed(operands)))

        return handler

    def filled(fill):
        def handler(self):
            items = self.pop_to_mark()
            fill(self.stack[-1], items)

        return handler

    def set_pairs(target, items):
        for key, value in zip(*[iter(items)] * 2):
            target[key] = value

    appends = opcode(b"e")(filled(lambda target, items: target.extend(items)))
    additems = opcode(b"\x90")(filled(lambda target, items: target.update(items)))
    setitems = opcode(b"u")(filled(set_pairs))
    append = opcode(b"a")(applied(2, lambda target, item: target.append(item) or target))
    setitem = opcode(b"s")(applied(3, lambda target, key, value: target.__setitem__(key, value) or target))
    pop_ = opcode(b"0")(lambda self: self.stack.pop())
    pop_mark = opcode(b"1")(lambda self: self.pop_to_mark())
    dup = opcode(b"2")(lambda self: self.stack.append(self.stack[-1]))

    def remember(self, index):
        self.memo[int(index)] = self.stack[-1]

    def recall(self, index):
        try:
            self.stack.append(self.memo[int(index)])
        except KeyError:
            raise UnpicklingError(f"Memo value not found at index {int(index)}") from None

    put, binput, long_binput = opcode(b"p", line)(remember), opcode(b"q", u1)(remember), opcode(b"r", u4)(remember)
    get, binget, long_binget = opcode(b"g", line)(recall), opcode(b"h", u1)(recall), opcode(b"j", u4)(recall)

    memoize = opcode(b"\x94")(lambda self: self.remember(len(self.memo)))

    @opcode(b"c", lambda reader: (reader.line().decode(), reader.line().decode()))
    def global_(self, names):
        self.stack.append(self.find_class(*names))

    @opcode(b"\x93")
    def stack_global(self):
        name, module = self.stack.pop(), self.stack.pop()
        if type(name) is not str or type(module) is not str:
            raise UnpicklingError("STACK_GLOBAL requires str")
        self.stack.append(self.find_class(module, name))

    tuple1 = opcode(b"\x85")(applied(1, lambda *items: items))
    tuple2 = opcode(b"\x86")(applied(2, lambda *items: items))
    tuple3 = opcode(b"\x87")(applied(3, lambda *items: items))
    reduce = opcode(b"R")(applied(2, lambda callee, arguments: callee(*arguments)))
    newobj = opcode(b"\x81")(applied(2, lambda cls, arguments: cls.__new__(cls, *arguments)))
    newobj_ex = opcode(b"\x92")(applied(3, lambda cls, arguments, keywords: cls.__new__(cls, *arguments, **keywords)))

    @opcode(b"i", lambda reader: (reader.line().decode(), reader.line().decode()))
    def inst(self, names):
        self.stack.append(self.find_class(*names)(*self.pop_to_mark()))

    @opcode(b"b")
    def build(self):
        state, target = self.stack.pop(), self.stack[-1]
        if (setter := getattr(target, "__setstate__", None)) is not None:
            setter(state)
            return
        slots = None
        if isinstance(state, tuple) and len(state) == 2:
            state, slots = state
        for name, value in (state or {}).items():
            target.__dict__[sys.intern(name)] = value
        for name, value in (slots or {}).items():
            setattr(target, name, value)

    @opcode(b"P", line)
    def persid(self, name):
        self.stack.append(self.persistent_load(name.decode()))

    binpersid = opcode(b"Q")(lambda self: self.stack.append(self.persistent_load(self.stack.pop())))


class Library(Machine):
    """A machine that knows some objects by name."""

    shelf = {"earth": ("planet", 3), 7: "seven"}

    def persistent_load(self, name):
        try:
            return self.shelf[name]
        except KeyError as error:
            raise UnpicklingError(f"no {name!r} on the shelf") from error


STREAMS = {
    "protocol 0 numbers": b"(lp0\nI1\naI-20\naI01\naI00\naL12345678901234567890L\naF2.5\na.",
    "protocol 0 dict": b"(dp0\nVk\\u00e4se\np1\n(lp2\nNasS'a\\'b'\n(I1\nI2\ntp3\nsg1\ng3\ns.",
    "protocol 0 instance": b"(I3\nI4\nishapes\nPoint\np0\n.",
    "protocol 0 reconstructor": b"ccopyreg\n_reconstructor\np0\n(cshapes\nPoint\np1\nc__builtin__\nrange\nNtRp2\n(dp3\nVx\nI5\nsb.",
    "protocol 1 marks": b"(K\x01K\x02M\xff\xffJ\xfe\xff\xff\xff(K\x07K\x081t.",
    "protocol 1 shared": b"]q\x00(X\x02\x00\x00\x00abq\x01h\x01U\x03xyz]q\x02h\x02e.",
    "protocol 1 object": b"(cshapes\nPoint\nK\x09oq\x00}q\x01X\x01\x00\x00\x00zG@\x09!\xfbTD-\x18sb.",
    "protocol 2 newobj": b"\x80\x02cshapes\nPoint\nq\x00)\x81q\x01}q\x02(X\x01\x00\x00\x00xK\x01X\x01\x00\x00\x00yh\x01ub.",
    "protocol 2 longs": b"\x80\x02(\x8a\x00\x8a\x01\xff\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01\x8b\x02\x00\x00\x00\x00\x80\x88\x89Nt.",
    "protocol 2 tuples": b"\x80\x02K\x01\x85K\x02\x86K\x03K\x04\x87)\x862\x86.",
    "protocol 3 bytes": b"\x80\x03C\x03\x00\xffaB\x01\x00\x00\x00\x000.",
    "protocol 4 strings": b"\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x05caf\xc3\xa9\x94h\x01\x8d\x04\x00\x00\x00\x00\x00\x00\x00\xf0\x9f\x90\x8d\x94e.",
    "protocol 4 set": b"\x80\x04\x8f\x94(K\x01K\x02K\x01\x90(K\x05\x91\x94\x86.",
    "protocol 4 call": b"\x80\x04\x8c\x08builtins\x8c\x07complex\x93\x94G?\xf0\x00\x00\x00\x00\x00\x00G\xc0\x00\x00\x00\x00\x00\x00\x00\x86R.",
    "protocol 4 keywords": b"\x80\x04\x8c\x04bank\x8c\x07Account\x93\x8c\x03Eve\x85}\x8c\x05centsM\x39\x30s\x92.",
    "protocol 4 setstate": b"\x80\x04\x8c\x04bank\x8c\x07Account\x93)\x81\x8c\x03bobK\x63\x86b.",
    "protocol 4 bag": b"\x80\x04\x8c\x04bank\x8c\x03Bag\x93)\x81K\x01a(K\x02K\x03e.",
    "protocol 4 dotted": b"\x80\x04\x8c\x08builtins\x8c\x11bytearray.fromhex\x93\x8c\x0801 02 ff\x85R.",
}

WRONG = {
    "no stop": b"K\x01",
    "no mark": b"K\x01K\x02t.",
    "unknown opcode": b"\x80\x02\xff.",
    "short string": b"X\x10\x00\x00\x00abc.",
    "memo": b"h\x05.",
    "forbidden": b"cos\nsystem\n(S'ls'\ntR.",
    "odd dict": b"(K\x01d.",
    "not a name": b"K\x01K\x02\x93.",
    "bad utf-8": b"\x8c\x02\xff\xfe.",
    "unhashable": b"}]K\x01s.",
}


def main():
    for name, stream in STREAMS.items():
        value = Machine(stream).load()
        extra = f" {value.calls}" if isinstance(value, Bag) else ""
        if isinstance(value, Point) and value.__dict__.get("y") is value:
            value.y = "itself"
        print(f"{name:<26} {value!r}{extra}")

    loop = Machine(b"\x80\x02]q\x00(h\x00}q\x01X\x02\x00\x00\x00meq\x02h\x01se.").load()
    print(loop, loop[0] is loop, loop[1]["me"] is loop[1])
    shared = Machine(STREAMS["protocol 1 shared"]).load()
    print(shared[0] is shared[1], shared[3] is shared[4])

    print("wrong:")
    for name, stream in WRONG.items():
        try:
            print(name, Machine(stream).load())
        except Exception as error:
            cause = f" from {type(error.__cause__).__name__}" if error.__cause__ else ""
            print(f"{name:<15} {type(error).__name__}: {error}{cause}")

    print("library:", Library(b"\x80\x02Pearth\nK\x07Q\x86.").load())
    try:
        Library(b"Pmoon\n.").load()
    except UnpicklingError as error:
        print(error, "<-", repr(error.__cause__))

    trace = io.StringIO()
    Machine(STREAMS["protocol 2 tuples"], trace).load()
    print(trace.getvalue(), end="")
    print([double(bytes.fromhex(text)) for text in ("3ff8000000000000", "8000000000000001", "fff0000000000000", "7ff8000000000000")])
    print(len(Machine.table), "opcodes:", " ".join(sorted(entry.name for entry in Machine.table.values())))
    try:
        MachineType("Twice", (), {"a": opcode(b"x")(None), "b": opcode(b"x")(None)})
    except TypeError as error:
        print(error)


main()
