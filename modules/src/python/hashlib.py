"""Message digests, as the library reference describes them; they are computed by _hashlib."""

import _hashlib
from _hashlib import blake2b, blake2s

__all__ = (
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_224", "sha3_256", "sha3_384",
    "sha3_512", "shake_128", "shake_256", "new", "algorithms_guaranteed", "algorithms_available", "file_digest",
    "pbkdf2_hmac",
)

algorithms_guaranteed = set(__all__[:14])
algorithms_available = set(__all__[:14])


def _only(data, string):
    # The data, which goes by two names.
    if string is None:
        return data
    if data != b"":
        raise TypeError("'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is "
                        "slated for removal in a future version.")
    return string


def _constructor(name):
    def construct(data=b"", *, usedforsecurity=True, string=None):
        return _hashlib.new(name, _only(data, string))

    construct.__name__ = construct.__qualname__ = name
    construct.__doc__ = f"Returns a {name} hash object; optionally initialized with a string"
    return construct


for _name in __all__[:14]:
    if not _name.startswith("blake2"):
        globals()[_name] = _constructor(_name)
del _name


def new(name, data=b"", *, usedforsecurity=True, string=None, **kwargs):
    """A hash object of the algorithm of that name, with some data already hashed."""
    data = _only(data, string)
    if name in ("blake2b", "blake2s"):
        return globals()[name](data, **kwargs)
    if kwargs:
        raise TypeError(f"{name}() got an unexpected keyword argument {next(iter(kwargs))!r}")
    made = _hashlib.new(name.lower().replace("-", ""), data)
    if made is None:
        raise ValueError(f"unsupported hash type {name}")
    return made


def file_digest(fileobj, digest, /, *, _bufsize=2 ** 18):
    """A hash object of all that a binary file holds."""
    digestobj = new(digest) if isinstance(digest, str) else digest()
    if hasattr(fileobj, "getbuffer"):
        digestobj.update(fileobj.getbuffer())
        return digestobj
    if not (hasattr(fileobj, "readinto") and hasattr(fileobj, "readable") and fileobj.readable()):
        raise ValueError(f"'{fileobj!r}' is not a file-like object in binary reading mode.")
    buffer = bytearray(_bufsize)
    view = memoryview(buffer)
    while size := fileobj.readinto(buffer):
        digestobj.update(view[:size])
    return digestobj


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """A key derived from a password (PKCS #5)."""
    inner = new(hash_name)
    outer = new(hash_name)
    block = inner.block_size
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    if dklen is None:
        dklen = outer.digest_size
    if dklen < 1:
        raise ValueError("key length must be greater than 0.")
    password = bytes(password)
    if len(password) > block:
        password = new(hash_name, password).digest()
    password = password.ljust(block, b"\0")
    inner.update(bytes(x ^ 0x36 for x in password))
    outer.update(bytes(x ^ 0x5C for x in password))

    def keyed(message):
        first, second = inner.copy(), outer.copy()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    derived = b""
    number = 1
    while len(derived) < dklen:
        step = keyed(salt + number.to_bytes(4))
        mixed = int.from_bytes(step)
        for _ in range(iterations - 1):
            step = keyed(step)
            mixed ^= int.from_bytes(step)
        derived += mixed.to_bytes(inner.digest_size)
        number += 1
    return derived[:dklen]
