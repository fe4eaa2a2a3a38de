# Buffers and text over streams of the program, files through all layers, encodings beyond the usual ones.
import codecs
import encodings
import encodings.cp1253
import encodings.punycode
import io
import os


class Raw(io.RawIOBase):
    """Tells of each call."""

    def __init__(self, pieces=()):
        self.pieces = list(pieces)

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, target):
        piece = self.pieces.pop(0) if self.pieces else b""
        target[:len(piece)] = piece
        print("  read", len(target), "->", len(piece))
        return len(piece)

    def write(self, data):
        print("  write", bytes(data))
        return len(data)


print(io.BufferedReader.__mro__, io.TextIOWrapper.__mro__[1])
reader = io.BufferedReader(Raw([b"one\ntw", b"o\nthree"]), 8)
print(type(reader), reader.readline(), reader.peek(), reader.read1(3), reader.read(100), reader.read())
writer = io.BufferedWriter(Raw(), 4)
print(writer.write(b"ab"), writer.write(b"cde"), writer.write(b"0123456789"), writer.flush())
text = io.TextIOWrapper(io.BufferedWriter(Raw()), encoding="utf-16", newline="\r\n", line_buffering=True)
print(text.write("a\nb"), text)
pair = io.BufferedRWPair(io.BytesIO(b"abc"), io.BytesIO())
print(pair.read(2), pair.write(b"x"), pair.readable(), pair.closed)


class Loud(io.TextIOWrapper):
    def write(self, text):
        return super().write(text.upper())


target = io.BytesIO()
with Loud(target, encoding="ascii", errors="namereplace") as loud:
    print("quiet é", file=loud, end="")
    loud.flush()
    print(target.getvalue(), isinstance(loud, io.TextIOBase), type(loud).__mro__)
print(target.closed)

stream = io.TextIOWrapper(io.BytesIO("zwölf\r\nß\n".encode("utf-16")), encoding="utf-16")
print(repr(stream.read(4)), stream.newlines)
cookie = stream.tell()
rest = stream.read()
stream.seek(cookie)
print(repr(rest), stream.read() == rest, stream.newlines)
for action in (lambda: io.TextIOWrapper(), lambda: io.TextIOWrapper(target), lambda: io.BufferedReader(io.BytesIO(), -1),
               lambda: io.TextIOWrapper.__new__(io.TextIOWrapper).read(), lambda: io.BufferedWriter(Raw()).detach().fileno(),
               lambda: io.TextIOWrapper(io.BytesIO(b"abcd"), encoding="utf-16").read(), lambda: io.open_code(3),
               lambda: io.TextIOWrapper(io.BytesIO(), encoding="hex"), lambda: pair.peek(0) and pair.seek(0)):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)

path = "layers.txt"
with open(path, "w", encoding="cp1253", newline="") as file:
    print(file.buffer, file.buffer.raw, file.write("Ελλ\r\nx\ny"))
file = open(path, "rb")
print(file.read(), file.raw.mode, file.raw.closefd)
raw = file.detach()
print(raw, raw.name, raw.tell())
raw.close()
with open(path, encoding="cp1253") as file:
    print(next(file), end="")
    try:
        file.tell()
    except OSError as error:
        print(error)
    print(file.readlines(), file.newlines, file.tell())
with open(path, "r+") as file:
    file.reconfigure(encoding="latin-1")
    print(repr(file.readline()), file.write("end"))
print(open(path, "rb", buffering=0).read())
os.remove(path)

for name in ("U8", "latin_1", "cp037", "iso-8859-7", "mac cyrillic", "punycode", "idna", "hex", "rot13", "nope"):
    try:
        info = codecs.lookup(name)
        print(name, info.name, info._is_text_encoding)
    except LookupError as error:
        print(error)
print(encodings.normalize_encoding("ISO  8859-1"), encodings.cp1253.getregentry().name)
for word in ("bücher", "他们为什么不说中文", "plain"):
    made = word.encode("punycode")
    print(made, made.decode("punycode") == word)
print("bücher.example".encode("idna"), b"xn--bcher-kva.example".decode("idna"))
print("Ελλ".encode("cp1253"), b"\xc1\xc2".decode("cp037"), codecs.encode(b"hello", "uu"), codecs.encode("Hello", "rot13"))
print(list(codecs.iterdecode([b"a", b"\xc3", b"\xa9"], "utf-8")), sorted(set(io.__all__) - set(dir(io))))
