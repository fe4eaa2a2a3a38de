"""repr() that stays short, and repr of containers that contain themselves."""

__all__ = ["Repr", "repr", "recursive_repr"]

import builtins

try:
    from _thread import get_ident
except ImportError:
    def get_ident():
        return 0


def recursive_repr(fillvalue="..."):
    """Decorator for __repr__: `fillvalue` where the object is met inside its own repr."""
    def decorate(user_function):
        running = set()

        def wrapper(self):
            key = id(self), get_ident()
            if key in running:
                return fillvalue
            running.add(key)
            try:
                return user_function(self)
            finally:
                running.discard(key)

        for name in ("__module__", "__doc__", "__name__", "__qualname__"):
            setattr(wrapper, name, getattr(user_function, name))
        wrapper.__type_params__ = getattr(user_function, "__type_params__", ())
        wrapper.__wrapped__ = user_function
        return wrapper
    return decorate


class Repr:
    """Makes bounded representations; the attributes are the bounds, the methods repr_TYPE the forms."""

    _lookup = {
        "tuple": "builtins", "list": "builtins", "array": "array", "set": "builtins", "frozenset": "builtins",
        "deque": "collections", "dict": "builtins", "str": "builtins", "int": "builtins",
    }

    def __init__(self, *, maxlevel=6, maxtuple=6, maxlist=6, maxarray=5, maxdict=4, maxset=6, maxfrozenset=6,
                 maxdeque=6, maxstring=30, maxlong=40, maxother=30, fillvalue="...", indent=None):
        self.maxlevel = maxlevel
        self.maxtuple = maxtuple
        self.maxlist = maxlist
        self.maxarray = maxarray
        self.maxdict = maxdict
        self.maxset = maxset
        self.maxfrozenset = maxfrozenset
        self.maxdeque = maxdeque
        self.maxstring = maxstring
        self.maxlong = maxlong
        self.maxother = maxother
        self.fillvalue = fillvalue
        self.indent = indent

    def repr(self, x):
        """The bounded representation of `x`."""
        return self.repr1(x, self.maxlevel)

    def repr1(self, x, level):
        """The representation at a depth; `level` counts down to 0."""
        cls = type(x)
        name = cls.__name__
        if " " in name:
            name = "_".join(name.split())
        method = getattr(self, "repr_" + name, None)
        if method:
            # A class that merely shares a built-in's name is not given that built-in's form.
            if name not in self._lookup or getattr(cls, "__module__", None) == self._lookup[name]:
                return method(x, level)
        return self.repr_instance(x, level)

    def _join(self, pieces, level):
        if self.indent is None:
            return ", ".join(pieces)
        if not pieces:
            return ""
        indent = self.indent
        if isinstance(indent, int):
            if indent < 0:
                raise ValueError(f"Repr.indent cannot be negative (was {indent!r})")
            indent *= " "
        try:
            sep = ",\n" + (self.maxlevel - level + 1) * indent
        except TypeError as error:
            raise TypeError(f"Repr.indent must be a str, int or None, not {type(indent)}") from error
        return sep.join(("", *pieces, ""))[1:-len(indent) or None]

    def _iterable(self, x, level, left, right, maxiter, trail=""):
        if level <= 0 and x:
            return left + self.fillvalue + right
        pieces = []
        for item in x:
            if len(pieces) == maxiter:
                break
            pieces.append(self.repr1(item, level - 1))
        count = len(pieces)
        if len(x) > maxiter:
            pieces.append(self.fillvalue)
        body = self._join(pieces, level)
        if count == 1 and len(pieces) == 1 and trail and self.indent is None:
            right = trail + right
        return left + body + right

    def repr_tuple(self, x, level):
        return self._iterable(x, level, "(", ")", self.maxtuple, ",")

    def repr_list(self, x, level):
        return self._iterable(x, level, "[", "]", self.maxlist)

    def repr_array(self, x, level):
        if not x:
            return f"array('{x.typecode}')"
        return self._iterable(x, level, f"array('{x.typecode}', [", "])", self.maxarray)

    def repr_set(self, x, level):
        if not x:
            return "set()"
        return self._iterable(_possibly_sorted(x), level, "{", "}", self.maxset)

    def repr_frozenset(self, x, level):
        if not x:
            return "frozenset()"
        return self._iterable(_possibly_sorted(x), level, "frozenset({", "})", self.maxfrozenset)

    def repr_deque(self, x, level):
        return self._iterable(x, level, "deque([", "])", self.maxdeque)

    def repr_dict(self, x, level):
        if not x:
            return "{}"
        if level <= 0:
            return "{" + self.fillvalue + "}"
        pieces = [f"{self.repr1(key, level - 1)}: {self.repr1(x[key], level - 1)}"
                  for key in list(_possibly_sorted(x))[:self.maxdict]]
        if len(x) > self.maxdict:
            pieces.append(self.fillvalue)
        return "{" + self._join(pieces, level) + "}"

    def repr_str(self, x, level):
        text = builtins.repr(x[:self.maxstring])
        if len(text) > self.maxstring:
            head, tail = self._halves(self.maxstring)
            text = builtins.repr(x[:head] + x[len(x) - tail:])
            text = text[:head] + self.fillvalue + text[len(text) - tail:]
        return text

    def repr_int(self, x, level):
        try:
            text = builtins.repr(x)
        except ValueError as error:
            if "sys.set_int_max_str_digits()" not in str(error):
                raise
            import sys
            limit = sys.get_int_max_str_digits()
            # The number of decimal digits, closely enough to say how big it is.
            digits = int(abs(x).bit_length() * 0.30102999566398119) + 1
            return (f"<{type(x).__name__} instance with roughly {digits} digits (limit at {limit}) "
                    f"at 0x{id(x):x}>")
        return self._shorten(text, self.maxlong)

    def repr_instance(self, x, level):
        try:
            text = builtins.repr(x)
        except Exception:
            return f"<{type(x).__name__} instance at {id(x):#x}>"
        return self._shorten(text, self.maxother)

    def _halves(self, limit):
        head = max(0, (limit - 3) // 2)
        return head, max(0, limit - 3 - head)

    def _shorten(self, text, limit):
        if len(text) <= limit:
            return text
        head, tail = self._halves(limit)
        return text[:head] + self.fillvalue + text[len(text) - tail:]


def _possibly_sorted(x):
    try:
        return sorted(x)
    except Exception:
        return list(x)


aRepr = Repr()
repr = aRepr.repr
