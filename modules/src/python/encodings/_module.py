"""One encoding: its codec's parts under the names that every module of the package has."""

import codecs as _codecs

from encodings import _charmaps, search_function as _search

_info = _search(__name__.rpartition(".")[2])
encode, decode, StreamReader, StreamWriter = _info
IncrementalEncoder = _info.incrementalencoder
IncrementalDecoder = _info.incrementaldecoder


class Codec(_codecs.Codec):
    encode = staticmethod(encode)
    decode = staticmethod(decode)


def getregentry():
    """What `codecs.lookup` answers with."""
    return _info
