"""The io module provides the Python interfaces to stream handling. The
builtin open function is defined in this module.

Three layers: raw streams of bytes (RawIOBase), buffers over them
(BufferedIOBase), and text over those (TextIOBase).
"""

import _io
import abc
from _io import (
    BlockingIOError, BufferedRandom, BufferedReader, BufferedRWPair, BufferedWriter, BytesIO,
    DEFAULT_BUFFER_SIZE, FileIO, IncrementalNewlineDecoder, StringIO, TextIOWrapper,
    UnsupportedOperation, open, open_code, text_encoding,
)

GenericAlias = type(list[int])

__author__ = "The Capers developers"

__all__ = [
    "BlockingIOError", "open", "open_code", "IOBase", "RawIOBase", "FileIO", "BytesIO",
    "StringIO", "BufferedIOBase", "BufferedReader", "BufferedWriter", "BufferedRWPair",
    "BufferedRandom", "TextIOBase", "TextIOWrapper", "UnsupportedOperation", "SEEK_SET",
    "SEEK_CUR", "SEEK_END", "DEFAULT_BUFFER_SIZE", "text_encoding",
    "IncrementalNewlineDecoder", "Reader", "Writer",
]

SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2


def _check_methods(C, *methods):
    # Imported with the first question: most programs never ask one.
    from _collections_abc import _check_methods
    return _check_methods(C, *methods)


class IOBase(_io._IOBase, metaclass=abc.ABCMeta):
    __doc__ = _io._IOBase.__doc__


class RawIOBase(_io._RawIOBase, IOBase):
    __doc__ = _io._RawIOBase.__doc__


class BufferedIOBase(_io._BufferedIOBase, IOBase):
    __doc__ = _io._BufferedIOBase.__doc__


class TextIOBase(_io._TextIOBase, IOBase):
    __doc__ = _io._TextIOBase.__doc__


RawIOBase.register(FileIO)
for _class in (BytesIO, BufferedReader, BufferedWriter, BufferedRandom, BufferedRWPair):
    BufferedIOBase.register(_class)
for _class in (StringIO, TextIOWrapper):
    TextIOBase.register(_class)
del _class


class Reader(metaclass=abc.ABCMeta):
    """Anything with a `read` method, as an annotation names it."""

    __slots__ = ()

    @abc.abstractmethod
    def read(self, size=..., /):
        """Reads up to *size* items, or everything without it."""

    @classmethod
    def __subclasshook__(cls, C):
        if cls is Reader:
            return _check_methods(C, "read")
        return NotImplemented

    __class_getitem__ = classmethod(GenericAlias)


class Writer(metaclass=abc.ABCMeta):
    """Anything with a `write` method, as an annotation names it."""

    __slots__ = ()

    @abc.abstractmethod
    def write(self, data, /):
        """Writes *data* and answers how many items that were."""

    @classmethod
    def __subclasshook__(cls, C):
        if cls is Writer:
            return _check_methods(C, "write")
        return NotImplemented

    __class_getitem__ = classmethod(GenericAlias)
