"""UUID objects (universally unique identifiers) according to RFC 4122/9562."""

import os
import time as _time
from enum import Enum

RESERVED_NCS, RFC_4122, RESERVED_MICROSOFT, RESERVED_FUTURE = [
    "reserved for NCS compatibility", "specified in RFC 4122", "reserved for Microsoft compatibility",
    "reserved for future definition"]


class SafeUUID(Enum):
    """Whether a UUID was made so that no two processes make the same."""

    safe = 0
    unsafe = -1
    unknown = None


_VARIANT_MASK = 0xC000 << 48
_VERSION_MASK = 0xF000 << 64


class UUID:
    """An immutable 128-bit identifier."""

    __slots__ = ("int", "is_safe", "__weakref__")

    def __init__(self, hex=None, bytes=None, bytes_le=None, fields=None, int=None, version=None, *,
                 is_safe=SafeUUID.unknown):
        if [hex, bytes, bytes_le, fields, int].count(None) != 4:
            raise TypeError("one of the hex, bytes, bytes_le, fields, or int arguments must be given")
        if int is not None:
            pass
        elif hex is not None:
            hex = hex.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")
            if len(hex) != 32:
                raise ValueError("badly formed hexadecimal UUID string")
            int = int_(hex, 16)
        elif bytes_le is not None:
            if len(bytes_le) != 16:
                raise ValueError("bytes_le is not a 16-char string")
            bytes = bytes_le[3::-1] + bytes_le[5:3:-1] + bytes_le[7:5:-1] + bytes_le[8:]
            int = int_.from_bytes(bytes)
        elif bytes is not None:
            if len(bytes) != 16:
                raise ValueError("bytes is not a 16-char string")
            int = int_.from_bytes(bytes)
        else:
            int = _from_fields(fields)
        if not 0 <= int <= (1 << 128) - 1:
            raise ValueError("int is out of range (need a 128-bit value)")
        if version is not None:
            if not 1 <= version <= 8:
                raise ValueError("illegal version number")
            int = int & ~_VARIANT_MASK & ~_VERSION_MASK | 0x8000 << 48 | version << 76
        object.__setattr__(self, "int", int)
        object.__setattr__(self, "is_safe", is_safe)

    def __getstate__(self):
        state = {"int": self.int}
        if self.is_safe != SafeUUID.unknown:
            # The value, not the member, so that older versions can read it.
            state["is_safe"] = self.is_safe.value
        return state

    def __setstate__(self, state):
        object.__setattr__(self, "int", state["int"])
        safe = SafeUUID(state["is_safe"]) if "is_safe" in state else SafeUUID.unknown
        object.__setattr__(self, "is_safe", safe)

    def __eq__(self, other):
        return self.int == other.int if isinstance(other, UUID) else NotImplemented

    def __lt__(self, other):
        return self.int < other.int if isinstance(other, UUID) else NotImplemented

    def __gt__(self, other):
        return self.int > other.int if isinstance(other, UUID) else NotImplemented

    def __le__(self, other):
        return self.int <= other.int if isinstance(other, UUID) else NotImplemented

    def __ge__(self, other):
        return self.int >= other.int if isinstance(other, UUID) else NotImplemented

    def __hash__(self):
        return hash(self.int)

    def __int__(self):
        return self.int

    def __repr__(self):
        return f"{self.__class__.__name__}({str(self)!r})"

    def __setattr__(self, name, value):
        raise TypeError("UUID objects are immutable")

    def __str__(self):
        digits = f"{self.int:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    @property
    def bytes(self):
        return self.int.to_bytes(16)

    @property
    def bytes_le(self):
        plain = self.bytes
        return plain[3::-1] + plain[5:3:-1] + plain[7:5:-1] + plain[8:]

    @property
    def fields(self):
        return (self.time_low, self.time_mid, self.time_hi_version, self.clock_seq_hi_variant, self.clock_seq_low,
                self.node)

    @property
    def time_low(self):
        return self.int >> 96

    @property
    def time_mid(self):
        return self.int >> 80 & 0xFFFF

    @property
    def time_hi_version(self):
        return self.int >> 64 & 0xFFFF

    @property
    def clock_seq_hi_variant(self):
        return self.int >> 56 & 0xFF

    @property
    def clock_seq_low(self):
        return self.int >> 48 & 0xFF

    @property
    def time(self):
        if self.version == 6:
            return self.time_low << 28 | self.time_mid << 12 | self.time_hi_version & 0x0FFF
        if self.version == 7:
            return self.int >> 80
        return (self.time_hi_version & 0x0FFF) << 48 | self.time_mid << 32 | self.time_low

    @property
    def clock_seq(self):
        return (self.clock_seq_hi_variant & 0x3F) << 8 | self.clock_seq_low

    @property
    def node(self):
        return self.int & 0xFFFFFFFFFFFF

    @property
    def hex(self):
        return f"{self.int:032x}"

    @property
    def urn(self):
        return "urn:uuid:" + str(self)

    @property
    def variant(self):
        if not self.int & 0x8000 << 48:
            return RESERVED_NCS
        if not self.int & 0x4000 << 48:
            return RFC_4122
        if not self.int & 0x2000 << 48:
            return RESERVED_MICROSOFT
        return RESERVED_FUTURE

    @property
    def version(self):
        if self.variant == RFC_4122:
            return self.int >> 76 & 0xF


bytes_ = bytes
int_ = int


def _from_fields(fields):
    if len(fields) != 6:
        raise ValueError("fields is not a 6-tuple")
    result = 0
    for place, (value, bits) in enumerate(zip(fields, (32, 16, 16, 8, 8, 48)), 1):
        if not 0 <= value < 1 << bits:
            raise ValueError(f"field {place} out of range (need a {bits}-bit value)")
        result = result << bits | value
    return result


_node = None
_last_timestamp = None
_last_timestamp_v7 = None
_last_counter_v7 = 0


def getnode():
    """48 bits that stand for this machine: random ones, with the multicast bit set."""
    global _node
    if _node is None:
        _node = int.from_bytes(os.urandom(6)) | 1 << 40
    return _node


def _ticks():
    # Hundreds of nanoseconds since the calendar's reform in 1582, never the same twice.
    global _last_timestamp
    timestamp = _time.time_ns() // 100 + 0x01B21DD213814000
    if _last_timestamp is not None and timestamp <= _last_timestamp:
        timestamp = _last_timestamp + 1
    _last_timestamp = timestamp
    return timestamp


def uuid1(node=None, clock_seq=None):
    """From the machine, a sequence number and the time."""
    timestamp = _ticks()
    if clock_seq is None:
        clock_seq = int.from_bytes(os.urandom(2)) & 0x3FFF
    if node is None:
        node = getnode()
    return UUID(fields=(timestamp & 0xFFFFFFFF, timestamp >> 32 & 0xFFFF, timestamp >> 48 & 0x0FFF,
                        clock_seq >> 8 & 0x3F, clock_seq & 0xFF, node), version=1)


def uuid3(namespace, name):
    """From the MD5 hash of a namespace and a name."""
    if isinstance(name, str):
        name = name.encode()
    from hashlib import md5
    return UUID(int=int.from_bytes(md5(namespace.bytes + name, usedforsecurity=False).digest()), version=3)


def uuid4():
    """Random."""
    return UUID(int=int.from_bytes(os.urandom(16)), version=4)


def uuid5(namespace, name):
    """From the SHA-1 hash of a namespace and a name."""
    if isinstance(name, str):
        name = name.encode()
    from hashlib import sha1
    return UUID(int=int.from_bytes(sha1(namespace.bytes + name, usedforsecurity=False).digest()[:16]), version=5)


def uuid6(node=None, clock_seq=None):
    """As uuid1(), with the time's highest bits first."""
    timestamp = _ticks()
    if clock_seq is None:
        clock_seq = int.from_bytes(os.urandom(2)) & 0x3FFF
    if node is None:
        node = getnode()
    value = (timestamp >> 12) << 80 | (timestamp & 0xFFF) << 64 | (clock_seq & 0x3FFF) << 48 | node
    return UUID(int=value, version=6)


def uuid7():
    """From the milliseconds since 1970, a counter and random bits."""
    global _last_timestamp_v7, _last_counter_v7
    milliseconds = _time.time_ns() // 1_000_000
    if _last_timestamp_v7 is None or milliseconds > _last_timestamp_v7:
        counter = int.from_bytes(os.urandom(6)) & 0x1FFFFFFFFFF
    else:
        milliseconds = _last_timestamp_v7
        counter = _last_counter_v7 + 1
        if counter > 0x3FFFFFFFFFF:
            milliseconds += 1
            counter = int.from_bytes(os.urandom(6)) & 0x1FFFFFFFFFF
    _last_timestamp_v7, _last_counter_v7 = milliseconds, counter
    tail = int.from_bytes(os.urandom(4))
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | (counter >> 30) << 64 | (counter & 0x3FFFFFFF) << 32 | tail
    return UUID(int=value, version=7)


def uuid8(a=None, b=None, c=None):
    """From 48, 12 and 62 bits of the caller's, random where not given."""
    if a is None:
        a = int.from_bytes(os.urandom(6))
    if b is None:
        b = int.from_bytes(os.urandom(2)) & 0xFFF
    if c is None:
        c = int.from_bytes(os.urandom(8)) & 0x3FFFFFFFFFFFFFFF
    value = (a & 0xFFFFFFFFFFFF) << 80 | (b & 0xFFF) << 64 | c & 0x3FFFFFFFFFFFFFFF
    return UUID(int=value, version=8)


NAMESPACE_DNS = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
NAMESPACE_URL = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
NAMESPACE_OID = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
NAMESPACE_X500 = UUID("6ba7b814-9dad-11d1-80b4-00c04fd430c8")
NIL = UUID("00000000-0000-0000-0000-000000000000")
MAX = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")
