"""Keyed hashes of messages, as RFC 2104 describes them."""

import hashlib
import warnings
from _operator import _compare_digest as compare_digest  # noqa: F401

trans_5C = bytes(byte ^ 0x5C for byte in range(256))
trans_36 = bytes(byte ^ 0x36 for byte in range(256))

# The size of digests, where `HMAC` is not asked for one.
digest_size = None


def _constructor(digestmod):
    if callable(digestmod):
        return digestmod
    if isinstance(digestmod, str):
        return lambda data=b'': hashlib.new(digestmod, data)
    return lambda data=b'': digestmod.new(data)


class HMAC:
    """A keyed hash: `update` takes the message, `digest` gives the result."""

    blocksize = 64

    def __init__(self, key, msg=None, digestmod=''):
        if not isinstance(key, (bytes, bytearray)):
            raise TypeError(f"key: expected bytes or bytearray, but got {type(key).__name__!r}")
        if not digestmod:
            raise TypeError("Missing required argument 'digestmod'.")
        make = _constructor(digestmod)
        self._outer, self._inner = make(), make()
        self.digest_size = self._inner.digest_size
        size = self.blocksize
        if hasattr(self._inner, 'block_size'):
            size = self._inner.block_size
            if size < 16:
                warnings.warn(f"block_size of {size} seems too small; using our default of {self.blocksize}.",
                              RuntimeWarning, 2)
                size = self.blocksize
        else:
            warnings.warn("No block_size attribute on given digest object; "
                          f"Assuming {self.blocksize}.", RuntimeWarning, 2)
        if len(key) > size:
            key = make(key).digest()
        self.block_size = size
        key = bytes(key).ljust(size, b'\0')
        self._outer.update(key.translate(trans_5C))
        self._inner.update(key.translate(trans_36))
        if msg is not None:
            self.update(msg)

    @property
    def name(self):
        return f"hmac-{self._inner.name}"

    def update(self, msg):
        """Takes more of the message."""
        self._inner.update(msg)

    def copy(self):
        """Another one in the same state."""
        other = self.__class__.__new__(self.__class__)
        other.digest_size, other.block_size = self.digest_size, self.block_size
        other._inner, other._outer = self._inner.copy(), self._outer.copy()
        return other

    def digest(self):
        """The hash of the message so far, as bytes."""
        outer = self._outer.copy()
        outer.update(self._inner.digest())
        return outer.digest()

    def hexdigest(self):
        """The hash of the message so far, in hexadecimal."""
        return self.digest().hex()


def new(key, msg=None, digestmod=''):
    """A keyed hash, with the first part of the message. `digestmod` is a name, or a constructor of `hashlib`."""
    return HMAC(key, msg, digestmod)


def digest(key, msg, digest):
    """The keyed hash of a message."""
    return HMAC(key, msg, digest).digest()
