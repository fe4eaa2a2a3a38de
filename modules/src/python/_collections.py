"""The container classes under collections: deque, OrderedDict, defaultdict, and namedtuple's field descriptor."""

from _types import GenericAlias
from _collections_abc import ItemsView, KeysView, ValuesView
from reprlib import recursive_repr


class deque:
    """A double-ended queue: a ring buffer whose length may be bounded by `maxlen`."""

    __module__ = "collections"
    # _buffer's length is a power of two; items lie at _head, _head + 1, ... modulo that length. _changes counts
    # changes of length or order, so that iterators notice them.
    __slots__ = ("_buffer", "_head", "_size", "_maxlen", "_changes", "__weakref__")
    __hash__ = None

    def __new__(cls, /, *args, **kwargs):
        self = super().__new__(cls)
        self._maxlen = None
        self._changes = 0
        self._reset()
        return self

    def __init__(self, /, *args, **kwargs):
        iterable, maxlen = _deque_arguments(args, kwargs)
        if maxlen is not None:
            if not isinstance(maxlen, int):
                raise TypeError("an integer is required")
            if maxlen < 0:
                raise ValueError("maxlen must be non-negative")
            maxlen = int(maxlen)
        self._maxlen = maxlen
        if self._size:
            self.clear()
        if iterable is not None:
            self.extend(iterable)

    def _reset(self):
        self._buffer = [None] * 8
        self._head = 0
        self._size = 0

    def _grow(self):
        buffer, head = self._buffer, self._head
        ordered = buffer[head:] + buffer[:head]
        self._buffer = ordered + [None] * len(ordered)
        self._head = 0

    def _items(self):
        buffer, head, size = self._buffer, self._head, self._size
        end = head + size
        if end <= len(buffer):
            return buffer[head:end]
        return buffer[head:] + buffer[:end - len(buffer)]

    def _assign(self, items):
        # Takes over a list as the new content.
        capacity = 8
        while capacity < len(items):
            capacity *= 2
        self._size = len(items)
        self._head = 0
        self._buffer = items + [None] * (capacity - len(items))
        self._changes += 1

    def append(self, item, /):
        """Add at the right."""
        size = self._size
        if size == self._maxlen:
            if not size:
                return
            self.popleft()
            size -= 1
        if size == len(self._buffer):
            self._grow()
        buffer = self._buffer
        buffer[(self._head + size) & (len(buffer) - 1)] = item
        self._size = size + 1
        self._changes += 1

    def appendleft(self, item, /):
        """Add at the left."""
        size = self._size
        if size == self._maxlen:
            if not size:
                return
            self.pop()
            size -= 1
        if size == len(self._buffer):
            self._grow()
        buffer = self._buffer
        self._head = head = (self._head - 1) & (len(buffer) - 1)
        buffer[head] = item
        self._size = size + 1
        self._changes += 1

    def pop(self):
        """Remove the rightmost item and return it."""
        size = self._size
        if not size:
            raise IndexError("pop from an empty deque")
        buffer = self._buffer
        position = (self._head + size - 1) & (len(buffer) - 1)
        item = buffer[position]
        buffer[position] = None
        self._size = size - 1
        self._changes += 1
        return item

    def popleft(self):
        """Remove the leftmost item and return it."""
        if not self._size:
            raise IndexError("pop from an empty deque")
        buffer, head = self._buffer, self._head
        item = buffer[head]
        buffer[head] = None
        self._head = (head + 1) & (len(buffer) - 1)
        self._size -= 1
        self._changes += 1
        return item

    def extend(self, iterable, /):
        """Append each item of an iterable."""
        if iterable is self:
            iterable = self._items()
        for item in iterable:
            self.append(item)

    def extendleft(self, iterable, /):
        """Append each item of an iterable at the left, so that they end up reversed."""
        if iterable is self:
            iterable = self._items()
        for item in iterable:
            self.appendleft(item)

    def clear(self):
        """Remove all items."""
        self._reset()
        self._changes += 1

    def copy(self):
        """A shallow copy."""
        if type(self) is deque:
            result = deque(maxlen=self._maxlen)
            result._assign(self._items())
            return result
        if self._maxlen is None:
            return type(self)(self)
        return type(self)(self, self._maxlen)

    __copy__ = copy

    def rotate(self, n=1, /):
        """Move `n` items from the right end to the left, or -n from the left to the right."""
        n = _index(n)
        if self._size > 1:
            items = self._items()
            n %= self._size
            if n:
                self._assign(items[-n:] + items[:-n])

    def reverse(self):
        """Reverse in place."""
        items = self._items()
        items.reverse()
        changes = self._changes
        self._assign(items)
        self._changes = changes

    def count(self, value, /):
        """How many items equal `value`."""
        changes = self._changes
        count = 0
        for item in self._items():
            equal = item is value or item == value
            if self._changes != changes:
                raise RuntimeError("deque mutated during iteration")
            if equal:
                count += 1
        return count

    def _find(self, value, start, stop):
        changes = self._changes
        for position in range(start, stop):
            item = self._at(position)
            equal = item is value or item == value
            if self._changes != changes:
                raise RuntimeError("deque mutated during iteration")
            if equal:
                return position
        return -1

    def index(self, value, start=0, stop=None, /):
        """The first position of `value` within the bounds."""
        size = self._size
        start = _clip(_index(start), size)
        stop = size if stop is None else _clip(_index(stop), size)
        position = self._find(value, start, stop)
        if position < 0:
            raise ValueError("deque.index(x): x not in deque")
        return position

    def insert(self, index, value, /):
        """Put `value` before `index`."""
        index = _index(index)
        size = self._size
        if size == self._maxlen:
            raise IndexError("deque already at its maximum size")
        items = self._items()
        items.insert(index, value)
        self._assign(items)

    def remove(self, value, /):
        """Remove the first `value`."""
        changes = self._changes
        for position, item in enumerate(self._items()):
            equal = item is value or item == value
            if self._changes != changes:
                raise IndexError("deque mutated during remove().")
            if equal:
                del self[position]
                return
        raise ValueError("deque.remove(x): x not in deque")

    def _at(self, position):
        buffer = self._buffer
        return buffer[(self._head + position) & (len(buffer) - 1)]

    def _position(self, index):
        if not hasattr(type(index), "__index__"):
            raise TypeError(f"sequence index must be integer, not {type(index).__name__!r}")
        index = _index(index)
        if index < 0:
            index += self._size
        if not 0 <= index < self._size:
            raise IndexError("deque index out of range")
        return index

    def __getitem__(self, index, /):
        return self._at(self._position(index))

    def __setitem__(self, index, value, /):
        position = self._position(index)
        buffer = self._buffer
        buffer[(self._head + position) & (len(buffer) - 1)] = value

    def __delitem__(self, index, /):
        position = self._position(index)
        items = self._items()
        del items[position]
        self._assign(items)

    def __len__(self):
        return self._size

    def __contains__(self, value, /):
        return self._find(value, 0, self._size) >= 0

    def __iter__(self):
        return _deque_iterator(self)

    def __reversed__(self):
        return _deque_reverse_iterator(self)

    @recursive_repr("[...]")
    def __repr__(self):
        if self._maxlen is None:
            return f"{type(self).__name__}({self._items()!r})"
        return f"{type(self).__name__}({self._items()!r}, maxlen={self._maxlen})"

    def __eq__(self, other, /):
        return self._items() == other._items() if isinstance(other, deque) else NotImplemented

    def __lt__(self, other, /):
        return self._items() < other._items() if isinstance(other, deque) else NotImplemented

    def __le__(self, other, /):
        return self._items() <= other._items() if isinstance(other, deque) else NotImplemented

    def __gt__(self, other, /):
        return self._items() > other._items() if isinstance(other, deque) else NotImplemented

    def __ge__(self, other, /):
        return self._items() >= other._items() if isinstance(other, deque) else NotImplemented

    def __add__(self, other, /):
        if not isinstance(other, deque):
            raise TypeError(f'can only concatenate deque (not "{type(other).__name__}") to deque')
        result = self.copy()
        result.extend(other)
        return result

    def __iadd__(self, other, /):
        self.extend(other)
        return self

    def __mul__(self, times, /):
        if not hasattr(type(times), "__index__"):
            raise TypeError(f"can't multiply sequence by non-int of type {type(times).__name__!r}")
        result = self.copy()
        result *= times
        return result

    __rmul__ = __mul__

    def __imul__(self, times, /):
        if not hasattr(type(times), "__index__"):
            raise TypeError(f"can't multiply sequence by non-int of type {type(times).__name__!r}")
        items = self._items() * max(_index(times), 0)
        if self._maxlen is not None and len(items) > self._maxlen:
            items = items[len(items) - self._maxlen:]
        self._assign(items)
        return self

    def __sizeof__(self):
        return 200 + 8 * len(self._buffer)

    def __getstate__(self):
        # The buffer is not state: its items are pickled as list items.
        state = getattr(self, "__dict__", None)
        slots = {}
        for cls in type(self).__mro__[:-1]:
            if cls is not deque:
                names = cls.__dict__.get("__slots__", ())
                for name in (names,) if isinstance(names, str) else names:
                    if name not in ("__dict__", "__weakref__") and hasattr(self, name):
                        slots[name] = getattr(self, name)
        if slots:
            return state or None, slots
        return state or None

    def __reduce__(self):
        args = () if self._maxlen is None else ((), self._maxlen)
        return type(self), args, self.__getstate__(), iter(self)

    __class_getitem__ = classmethod(GenericAlias)


class _Maxlen:
    """deque.maxlen: the greatest length, or None."""

    __name__ = "maxlen"

    def __get__(self, instance, owner=None):
        return self if instance is None else instance._maxlen

    def __set__(self, instance, value):
        raise AttributeError("attribute 'maxlen' of 'collections.deque' objects is not writable")

    def __delete__(self, instance):
        self.__set__(instance, None)


deque.maxlen = _Maxlen()


def _deque_arguments(args, kwargs, /):
    count = len(args) + len(kwargs)
    if count > 2:
        raise TypeError(f"deque() takes at most 2 arguments ({count} given)")
    iterable = maxlen = None
    if args:
        iterable = args[0]
        if "iterable" in kwargs:
            raise TypeError("argument for deque() given by name ('iterable') and position (1)")
    if len(args) > 1:
        maxlen = args[1]
    for name, value in kwargs.items():
        if name == "iterable":
            iterable = value
        elif name == "maxlen":
            maxlen = value
        else:
            raise TypeError(f"deque() got an unexpected keyword argument {name!r}")
    return iterable, maxlen


def _index(value):
    if isinstance(value, int):
        return value
    try:
        return type(value).__index__(value)
    except AttributeError:
        raise TypeError(f"{type(value).__name__!r} object cannot be interpreted as an integer") from None


def _clip(position, size):
    if position < 0:
        return max(position + size, 0)
    return min(position, size)


class _deque_iterator:
    """Iterates a deque from the left and notices its changes."""

    __slots__ = ("_deque", "_changes", "_next")

    def __init__(self, deque, index=0):
        self._deque = deque
        self._changes = deque._changes
        self._next = min(max(index, 0), deque._size)

    def __iter__(self):
        return self

    def __next__(self):
        deque = self._deque
        if deque._changes != self._changes:
            self._next = deque._size
            raise RuntimeError("deque mutated during iteration")
        position = self._next
        if position >= deque._size:
            raise StopIteration
        self._next = position + 1
        return self._value(deque, position)

    def _value(self, deque, position):
        return deque._at(position)

    def __length_hint__(self):
        return max(self._deque._size - self._next, 0)

    def __reduce__(self):
        return type(self), (self._deque, self._next)


class _deque_reverse_iterator(_deque_iterator):
    """Iterates a deque from the right and notices its changes."""

    __slots__ = ()

    def _value(self, deque, position):
        return deque._at(deque._size - 1 - position)


class defaultdict(dict):
    """A dict that makes the value of a missing key with `default_factory`."""

    __module__ = "collections"
    __slots__ = ("default_factory", "__weakref__")

    def __new__(cls, /, *args, **kwargs):
        self = super().__new__(cls)
        self.default_factory = None
        return self

    def __init__(self, default_factory=None, /, *args, **kwargs):
        if default_factory is not None and not callable(default_factory):
            raise TypeError("first argument must be callable or None")
        self.default_factory = default_factory
        super().__init__(*args, **kwargs)

    def __missing__(self, key, /):
        """Called for a missing key: makes, stores and returns the value."""
        if self.default_factory is None:
            raise KeyError(key)
        self[key] = value = self.default_factory()
        return value

    def __repr__(self):
        return f"{type(self).__name__}({self._factory_repr()}, {dict.__repr__(self)})"

    @recursive_repr()
    def _factory_repr(self):
        return repr(self.default_factory)

    def copy(self):
        """A shallow copy."""
        return type(self)(self.default_factory, self)

    __copy__ = copy

    def __reduce__(self):
        args = () if self.default_factory is None else (self.default_factory,)
        return type(self), args, None, None, iter(self.items())

    def __or__(self, other, /):
        if not isinstance(other, dict):
            return NotImplemented
        result = type(self)(self.default_factory, self)
        result.update(other)
        return result

    def __ror__(self, other, /):
        if not isinstance(other, dict):
            return NotImplemented
        result = type(self)(self.default_factory, other)
        result.update(self)
        return result

    __class_getitem__ = classmethod(GenericAlias)


class odict_iterator:
    """Iterates the values or items of an OrderedDict."""

    __slots__ = ("_source",)

    def __init__(self, source):
        self._source = source

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._source)

    def __reduce__(self):
        from copy import copy
        return iter, (list(copy(self._source)),)


class odict_keys(KeysView):
    """The keys of an OrderedDict."""

    __slots__ = ()

    def __iter__(self):
        return iter(self._mapping)

    def __reversed__(self):
        return reversed(self._mapping)

    def __repr__(self):
        return f"{type(self).__name__}({list(self)!r})"


class odict_values(ValuesView):
    """The values of an OrderedDict."""

    __slots__ = ()

    def __iter__(self):
        return odict_iterator(iter(dict.values(self._mapping)))

    def __reversed__(self):
        return odict_iterator(reversed(dict.values(self._mapping)))

    __repr__ = odict_keys.__repr__


class odict_items(ItemsView):
    """The items of an OrderedDict."""

    __slots__ = ()

    def __iter__(self):
        return odict_iterator(iter(dict.items(self._mapping)))

    def __reversed__(self):
        return odict_iterator(reversed(dict.items(self._mapping)))

    __repr__ = odict_keys.__repr__


for _class in (odict_iterator, odict_keys, odict_values, odict_items):
    _class.__module__ = "builtins"
del _class

_absent = object()


class OrderedDict(dict):
    """A dict whose order can be changed and is compared."""

    __module__ = "collections"

    def __init__(self, /, *args, **kwargs):
        self._update(args, kwargs)

    def update(self, /, *args, **kwargs):
        """Take over the pairs of a mapping or an iterable, then the keywords."""
        self._update(args, kwargs)

    def _update(self, args, kwargs):
        # Through self[key] = value, so that a subclass sees each.
        if len(args) > 1:
            raise TypeError(f"expected at most 1 argument, got {len(args)}")
        if args:
            other, = args
            if isinstance(other, dict):
                for key, value in other.items():
                    self[key] = value
            elif hasattr(other, "keys"):
                for key in other.keys():
                    self[key] = other[key]
            elif hasattr(other, "items"):
                for key, value in other.items():
                    self[key] = value
            else:
                for pair in other:
                    self._set_pair(pair)
        for key, value in kwargs.items():
            self[key] = value

    def _set_pair(self, pair):
        try:
            parts = iter(pair)
        except TypeError:
            raise TypeError(f"{type(pair).__name__!r} object is not iterable") from None
        parts = list(parts)
        if len(parts) < 2:
            raise ValueError(f"need more than {len(parts)} value{'' if len(parts) == 1 else 's'} to unpack")
        if len(parts) > 2:
            raise ValueError("too many values to unpack (expected 2)")
        hash(parts[0])
        self[parts[0]] = parts[1]

    def move_to_end(self, key, last=True):
        """Move an existing key to the end, or to the beginning."""
        value = dict.pop(self, key)
        if last:
            dict.__setitem__(self, key, value)
            return
        rest = list(dict.items(self))
        dict.clear(self)
        dict.__setitem__(self, key, value)
        dict.update(self, rest)

    def popitem(self, last=True):
        """Remove and return the last pair, or the first."""
        if not self:
            raise KeyError("dictionary is empty")
        if last:
            return dict.popitem(self)
        key = next(dict.__iter__(self))
        return key, dict.pop(self, key)

    def pop(self, key, default=_absent):
        """Remove `key` and return its value; without it `default`, or KeyError when none was given."""
        if default is not _absent and not dict.__contains__(self, key):
            return default
        if key not in self and hasattr(type(self), "__missing__"):
            return type(self).__missing__(self, key)
        return dict.pop(self, key)

    def setdefault(self, key, default=None):
        """The value of `key`, after setting it to `default` if it was absent."""
        if key in self:
            return self[key]
        self[key] = default
        return default

    def keys(self):
        """A set-like view of the keys."""
        return odict_keys(self)

    def values(self):
        """A view of the values."""
        return odict_values(self)

    def items(self):
        """A set-like view of the pairs."""
        return odict_items(self)

    @recursive_repr()
    def __repr__(self):
        if not self:
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}({dict(self.items())!r})"

    def copy(self):
        """A shallow copy."""
        result = type(self)()
        for key in self:
            result[key] = self[key]
        return result

    @classmethod
    def fromkeys(cls, iterable, value=None):
        """A new one with these keys, all with one value."""
        result = cls()
        for key in iterable:
            result[key] = value
        return result

    def __eq__(self, other, /):
        if isinstance(other, OrderedDict):
            return dict.__eq__(self, other) and list(dict.__iter__(self)) == list(dict.__iter__(other))
        return dict.__eq__(self, other)

    def __ne__(self, other, /):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = None

    def __or__(self, other, /):
        if not isinstance(other, dict):
            return NotImplemented
        result = type(self)(self)
        result.update(other)
        return result

    def __ror__(self, other, /):
        if not isinstance(other, dict):
            return NotImplemented
        result = type(self)(other)
        result.update(self)
        return result

    def __ior__(self, other, /):
        self.update(other)
        return self

    def __reduce__(self):
        state = self.__getstate__()
        return type(self), (), state or None, None, iter(self.items())


class _tuplegetter:
    """The descriptor of a named tuple's field."""

    __module__ = "collections"

    def __init__(self, index, doc, /):
        self._index = index
        self.__doc__ = doc

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if not isinstance(instance, tuple):
            raise TypeError(f"descriptor for index '{self._index}' for tuple subclasses doesn't apply to "
                            f"{type(instance).__name__!r} object")
        return tuple.__getitem__(instance, self._index)

    def __set__(self, instance, value):
        raise AttributeError("can't set attribute")

    def __delete__(self, instance):
        raise AttributeError("can't delete attribute")

    def __reduce__(self):
        return type(self), (self._index, self.__doc__)

    def __repr__(self):
        return f"{type(self).__name__}({self._index}, {self.__doc__!r})"


def _count_elements(mapping, iterable, /):
    """Add 1 to mapping[item] for each item."""
    get = mapping.get
    for item in iterable:
        try:
            mapping[item] = get(item, 0) + 1
        except TypeError:
            hash(item)
            raise
