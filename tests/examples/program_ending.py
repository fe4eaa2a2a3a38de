"""What happens at the end of a program, and files that nobody closes."""
from __future__ import annotations

import __future__
import atexit
import itertools
import os
import sys
import tempfile
import types

print(__future__.annotations.compiler_flag == 0x1000000, __future__.division.getMandatoryRelease())


# A file is written out when nobody holds it any more.
folder = tempfile.mkdtemp()
path = os.path.join(folder, "text")
open(path, "w").write("written and dropped")
print(open(path).read())


def append(text):
    stream = open(path, "ab")
    stream.write(text)


append(b", then more")
print(open(path).read())
os.remove(path)
os.rmdir(folder)

# Unpacking takes one item more than there are targets.
counter = itertools.count()
try:
    a, b = counter
except ValueError as error:
    print(error, next(counter))

# Annotations of a module made by hand.
module = types.ModuleType("made")
print(module.__annotate__, module.__annotations__)
module.__annotate__ = lambda format: {"format": format}
print(module.__annotations__)
try:
    module.__annotate__ = 1
except TypeError as error:
    print(error)


@atexit.register
def first_registered():
    print("first registered, called last")


atexit.register(print, "with arguments", sep="")
atexit.register(print, "called off")
atexit.register(atexit.unregister, print)


def late():
    atexit.register(lambda: print("registered while the program ends"))


atexit.register(late)


@atexit.register
def fails():
    print("fails, and the others are called all the same")
    raise ValueError("on standard error")


try:
    atexit.register(3)
except TypeError as error:
    print(error)

sys.exit(0)
