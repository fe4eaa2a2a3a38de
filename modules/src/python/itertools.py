"""Functional tools for creating and using iterators."""


class _Iterator:
    """What all iterators of this module share: a generator that does the work."""

    __slots__ = ("_items",)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._items)

    def __reduce__(self):
        raise TypeError(f"cannot pickle '{_full_name(type(self))}' object")

    def __copy__(self):
        self.__reduce__()

    def __deepcopy__(self, memo):
        self.__reduce__()


def _full_name(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


def _check_count(name, value):
    try:
        return value.__index__()
    except AttributeError:
        kind = type(value).__name__
        raise TypeError(f"'{kind}' object cannot be interpreted as an integer") from None


class count(_Iterator):
    """Return a count object whose .__next__() method returns consecutive values."""

    __slots__ = ("_next", "_step")

    def __new__(cls, start=0, step=1):
        for number in (start, step):
            if not (hasattr(number, "__index__") or hasattr(number, "__float__")
                    or hasattr(number, "__complex__") or hasattr(number, "__add__")) or isinstance(number, str):
                raise TypeError("a number is required")
        self = object.__new__(cls)
        self._next = start
        self._step = step
        return self

    def __next__(self):
        value = self._next
        self._next = value + self._step
        return value

    def __repr__(self):
        if type(self._step) is int and self._step == 1:
            return f"count({self._next!r})"
        return f"count({self._next!r}, {self._step!r})"


class cycle(_Iterator):
    """Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely."""

    __slots__ = ()

    def __new__(cls, iterable, /):
        self = object.__new__(cls)
        self._items = cls._run(iter(iterable))
        return self

    @staticmethod
    def _run(iterator):
        saved = []
        for item in iterator:
            yield item
            saved.append(item)
        while saved:
            yield from saved


class repeat(_Iterator):
    """Return the object for the given number of times, or endlessly."""

    __slots__ = ("_object", "_times")

    def __new__(cls, object, times=None):
        self = super().__new__(cls)
        self._object = object
        self._times = None if times is None else max(_check_count("repeat", times), 0)
        return self

    def __next__(self):
        if self._times is not None:
            if self._times == 0:
                raise StopIteration
            self._times -= 1
        return self._object

    def __length_hint__(self):
        if self._times is None:
            raise TypeError("len() of unsized object")
        return self._times

    def __repr__(self):
        if self._times is None:
            return f"repeat({self._object!r})"
        return f"repeat({self._object!r}, {self._times})"


class accumulate(_Iterator):
    """Return series of accumulated sums (or other binary function results)."""

    __slots__ = ()

    def __new__(cls, iterable, func=None, *, initial=None):
        self = object.__new__(cls)
        self._items = cls._run(iter(iterable), func, initial)
        return self

    @staticmethod
    def _run(iterator, func, total):
        if total is None:
            try:
                total = next(iterator)
            except StopIteration:
                return
        yield total
        for item in iterator:
            total = total + item if func is None else func(total, item)
            yield total


class batched(_Iterator):
    """Batch data into tuples of length n. The last batch may be shorter than n."""

    __slots__ = ()

    def __new__(cls, iterable, n, *, strict=False):
        n = _check_count("batched", n)
        if n < 1:
            raise ValueError("n must be at least one")
        self = object.__new__(cls)
        self._items = cls._run(iter(iterable), n, strict)
        return self

    @staticmethod
    def _run(iterator, n, strict):
        while batch := tuple(islice(iterator, n)):
            if strict and len(batch) != n:
                raise ValueError("batched(): incomplete batch")
            yield batch


class chain(_Iterator):
    """Return elements from the first iterable until it is exhausted, then from the next ones."""

    __slots__ = ()

    def __new__(cls, *iterables):
        return cls.from_iterable(iterables)

    @classmethod
    def from_iterable(cls, iterable, /):
        """Alternative chain() constructor taking a single iterable argument that evaluates lazily."""
        self = object.__new__(cls)
        self._items = cls._run(iter(iterable))
        return self

    @staticmethod
    def _run(iterables):
        for iterable in iterables:
            for item in iterable:
                yield item


class compress(_Iterator):
    """Return data elements corresponding to true selector elements."""

    __slots__ = ()

    def __new__(cls, data, selectors):
        self = object.__new__(cls)
        self._items = (item for item, chosen in zip(iter(data), iter(selectors)) if chosen)
        return self


class dropwhile(_Iterator):
    """Drop items from the iterable while predicate(item) is true."""

    __slots__ = ()

    def __new__(cls, predicate, iterable, /):
        self = object.__new__(cls)
        self._items = cls._run(predicate, iter(iterable))
        return self

    @staticmethod
    def _run(predicate, iterator):
        for item in iterator:
            if not predicate(item):
                yield item
                break
        for item in iterator:
            yield item


class takewhile(_Iterator):
    """Return successive entries from an iterable as long as the predicate evaluates to true for each entry."""

    __slots__ = ()

    def __new__(cls, predicate, iterable, /):
        self = object.__new__(cls)
        self._items = cls._run(predicate, iter(iterable))
        return self

    @staticmethod
    def _run(predicate, iterator):
        for item in iterator:
            if not predicate(item):
                return
            yield item


class filterfalse(_Iterator):
    """Return those items of iterable for which function(item) is false."""

    __slots__ = ()

    def __new__(cls, function, iterable, /):
        self = object.__new__(cls)
        if function is None or function is bool:
            self._items = (item for item in iterable if not item)
        else:
            self._items = (item for item in iterable if not function(item))
        return self


class starmap(_Iterator):
    """Return an iterator whose values are returned from the function evaluated with an argument tuple."""

    __slots__ = ()

    def __new__(cls, function, iterable, /):
        self = object.__new__(cls)
        self._items = (function(*arguments) for arguments in iterable)
        return self


class pairwise(_Iterator):
    """Return an iterator of overlapping pairs taken from the input iterator."""

    __slots__ = ()

    def __new__(cls, iterable, /):
        self = object.__new__(cls)
        self._items = cls._run(iter(iterable))
        return self

    @staticmethod
    def _run(iterator):
        for previous in iterator:
            for item in iterator:
                yield previous, item
                previous = item


class islice(_Iterator):
    """islice(iterable, stop) --> islice object
    islice(iterable, start, stop[, step]) --> islice object"""

    __slots__ = ()

    def __new__(cls, iterable, *bounds):
        if not 1 <= len(bounds) <= 3:
            got = len(bounds) + 1
            least = "at least 2" if got < 2 else "at most 4"
            raise TypeError(f"islice expected {least} arguments, got {got}")
        if len(bounds) == 1:
            start, stop, step = 0, cls._bound(bounds[0], "Stop argument"), 1
        else:
            start = cls._bound(bounds[0], "Indices")
            stop = cls._bound(bounds[1], "Indices")
            step = cls._bound(bounds[2], "Step") if len(bounds) == 3 else 1
            start = 0 if start is None else start
            step = 1 if step is None else step
            if step == 0:
                raise ValueError("Step for islice() must be a positive integer or None.")
        self = object.__new__(cls)
        self._items = cls._run(iter(iterable), start, stop, step)
        return self

    @staticmethod
    def _bound(value, what):
        if value is None:
            return None
        try:
            number = value.__index__()
        except AttributeError:
            number = -1
        if not 0 <= number <= 0x7FFFFFFFFFFFFFFF:
            if what == "Step":
                raise ValueError("Step for islice() must be a positive integer or None.")
            if what == "Indices":
                raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
            raise ValueError("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
        return number

    @staticmethod
    def _run(iterator, start, stop, step):
        position = 0
        wanted = start
        while stop is None or wanted < stop:
            while position < wanted:
                try:
                    next(iterator)
                except StopIteration:
                    return
                position += 1
            try:
                item = next(iterator)
            except StopIteration:
                return
            position += 1
            yield item
            wanted += step
        while stop is not None and position < stop:
            # What lies before the stop is consumed even where the step skips it.
            try:
                next(iterator)
            except StopIteration:
                return
            position += 1


class _grouper(_Iterator):
    """The items of one group."""

    __slots__ = ("_parent", "_key")

    def __init__(self, parent, key):
        self._parent = parent
        self._key = key

    def __next__(self):
        parent = self._parent
        if parent._current_group is not self:
            raise StopIteration
        if parent._pending is _nothing:
            parent._advance()
        if not self._key == parent._key:
            raise StopIteration
        item, parent._pending = parent._pending, _nothing
        return item


_nothing = object()


class groupby(_Iterator):
    """make an iterator that returns consecutive keys and groups from the iterable"""

    __slots__ = ("_function", "_key", "_pending", "_current_group", "_target")

    def __new__(cls, iterable, key=None):
        self = object.__new__(cls)
        self._items = iter(iterable)
        self._function = key
        self._key = self._target = self._pending = _nothing
        self._current_group = None
        return self

    def _advance(self):
        item = next(self._items)
        self._key = item if self._function is None else self._function(item)
        self._pending = item

    def __next__(self):
        self._current_group = None
        while self._pending is _nothing or (self._target is not _nothing and self._key == self._target):
            self._advance()
            if self._target is _nothing or not self._key == self._target:
                break
        self._target = self._key
        self._current_group = _grouper(self, self._key)
        return self._key, self._current_group


class permutations(_Iterator):
    """Return successive r-length permutations of elements in the iterable."""

    __slots__ = ()

    def __new__(cls, iterable, r=None):
        pool = tuple(iterable)
        if r is None:
            r = len(pool)
        elif not isinstance(r, int):
            raise TypeError("Expected int as r")
        if r < 0:
            raise ValueError("r must be non-negative")
        self = object.__new__(cls)
        self._items = cls._run(pool, r)
        return self

    @staticmethod
    def _run(pool, r):
        n = len(pool)
        if r > n:
            return
        indices = list(range(n))
        cycles = list(range(n, n - r, -1))
        yield tuple(pool[i] for i in indices[:r])
        while n:
            for i in reversed(range(r)):
                cycles[i] -= 1
                if cycles[i] == 0:
                    indices[i:] = indices[i + 1:] + indices[i:i + 1]
                    cycles[i] = n - i
                else:
                    j = cycles[i]
                    indices[i], indices[-j] = indices[-j], indices[i]
                    yield tuple(pool[i] for i in indices[:r])
                    break
            else:
                return


class combinations(_Iterator):
    """Return successive r-length combinations of elements in the iterable."""

    __slots__ = ()

    def __new__(cls, iterable, r):
        pool = tuple(iterable)
        r = _check_count("combinations", r)
        if r < 0:
            raise ValueError("r must be non-negative")
        self = object.__new__(cls)
        self._items = cls._run(pool, r)
        return self

    @staticmethod
    def _run(pool, r):
        n = len(pool)
        if r > n:
            return
        indices = list(range(r))
        yield tuple(pool[i] for i in indices)
        while True:
            for i in reversed(range(r)):
                if indices[i] != i + n - r:
                    break
            else:
                return
            indices[i] += 1
            for j in range(i + 1, r):
                indices[j] = indices[j - 1] + 1
            yield tuple(pool[i] for i in indices)


class combinations_with_replacement(_Iterator):
    """Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats."""

    __slots__ = ()

    def __new__(cls, iterable, r):
        pool = tuple(iterable)
        r = _check_count("combinations_with_replacement", r)
        if r < 0:
            raise ValueError("r must be non-negative")
        self = object.__new__(cls)
        self._items = cls._run(pool, r)
        return self

    @staticmethod
    def _run(pool, r):
        n = len(pool)
        if not n and r:
            return
        indices = [0] * r
        yield tuple(pool[i] for i in indices)
        while True:
            for i in reversed(range(r)):
                if indices[i] != n - 1:
                    break
            else:
                return
            indices[i:] = [indices[i] + 1] * (r - i)
            yield tuple(pool[i] for i in indices)


class product(_Iterator):
    """Cartesian product of input iterables. Equivalent to nested for-loops."""

    __slots__ = ()

    def __new__(cls, *iterables, repeat=1):
        repeat = _check_count("product", repeat)
        if repeat < 0:
            raise ValueError("repeat argument cannot be negative")
        self = object.__new__(cls)
        self._items = cls._run([tuple(i) for i in iterables] * repeat)
        return self

    @staticmethod
    def _run(pools):
        if not all(pools):
            return
        positions = [0] * len(pools)
        while True:
            yield tuple([pool[at] for pool, at in zip(pools, positions)])
            for i in reversed(range(len(pools))):
                positions[i] += 1
                if positions[i] < len(pools[i]):
                    break
                positions[i] = 0
            else:
                return


class zip_longest(_Iterator):
    """Return a zip_longest object whose .__next__() method returns a tuple until the longest iterable is exhausted."""

    __slots__ = ()

    def __new__(cls, *iterables, fillvalue=None):
        self = object.__new__(cls)
        self._items = cls._run([iter(i) for i in iterables], fillvalue)
        return self

    @staticmethod
    def _run(iterators, fill):
        active = len(iterators)
        while active:
            row = []
            for place, iterator in enumerate(iterators):
                item = fill
                if iterator is not None:
                    try:
                        item = next(iterator)
                    except StopIteration:
                        active -= 1
                        if not active:
                            return
                        iterators[place] = None
                row.append(item)
            yield tuple(row)


class _tee(_Iterator):
    """One of the iterators that tee() makes: they share a chain of links."""

    __slots__ = ("_iterator", "_link")

    def __new__(cls, iterable, /):
        self = object.__new__(cls)
        if isinstance(iterable, _tee):
            self._iterator, self._link = iterable._iterator, iterable._link
        else:
            self._iterator, self._link = iter(iterable), [None, None]
        return self

    def __next__(self):
        link = self._link
        if link[1] is None:
            link[0] = next(self._iterator)
            link[1] = [None, None]
        item, self._link = link
        return item

    def __copy__(self):
        return _tee(self)


def tee(iterable, n=2, /):
    """Returns a tuple of n independent iterators."""
    n = _check_count("tee", n)
    if n < 0:
        raise ValueError("n must be >= 0")
    first = _tee(iterable)
    return tuple(_tee(first) if i else first for i in range(n))
