"""One encoding: its codec's parts under the names that every module of the package has."""

import codecs as _codecs

from encodings import search_function as _search

_info = _search(__name__.rpartition(".")[2])
encode, decode, StreamReader, StreamWriter = _info
IncrementalEncoder = _info.incrementalencoder
IncrementalDecoder = _info.incrementaldecoder


if hasattr(encode, "__self__") and isinstance(encode.__self__, _codecs.Codec):
    Codec = type(encode.__self__)
    decoding_table = Codec.decoding_table
    encoding_table = Codec.encoding_table
    del encode, decode
else:
    class Codec(_codecs.Codec):
        encode = staticmethod(encode)
        decode = staticmethod(decode)


def getregentry():
    """What `codecs.lookup` answers with."""
    return _info
