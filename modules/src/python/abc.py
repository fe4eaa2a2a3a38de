"""Abstract base classes (PEP 3119)."""

from _weakref import ref as _ref

try:
    from _abc import _set_collection_flags
except ImportError:
    def _set_collection_flags(cls, flags):
        pass

# Bumped by every `register`; a negative cache made under an older value is stale.
_invalidation_counter = 0


def abstractmethod(funcobj):
    """Mark a method that concrete subclasses have to override."""
    funcobj.__isabstractmethod__ = True
    return funcobj


class abstractclassmethod(classmethod):
    """Old spelling of a classmethod around an abstractmethod."""

    __isabstractmethod__ = True

    def __init__(self, callable):
        callable.__isabstractmethod__ = True
        super().__init__(callable)


class abstractstaticmethod(staticmethod):
    """Old spelling of a staticmethod around an abstractmethod."""

    __isabstractmethod__ = True

    def __init__(self, callable):
        callable.__isabstractmethod__ = True
        super().__init__(callable)


class abstractproperty(property):
    """Old spelling of a property around an abstractmethod."""

    __isabstractmethod__ = True


def get_cache_token():
    """A value that changes whenever any class is registered with any ABC."""
    return _invalidation_counter


class _abc_data:
    """What an ABC remembers: registered classes and the answers of earlier checks, all weakly."""

    __slots__ = ("registry", "cache", "negative", "version")

    def __init__(self):
        self.registry = set()
        self.cache = set()
        self.negative = set()
        self.version = _invalidation_counter


def _remember(group, cls):
    group.add(_ref(cls, group.discard))


def _known(group, cls):
    return bool(group) and _ref(cls) in group


def _abstract_names(cls, candidates):
    names = {name for name, value in candidates
             if getattr(value, "__isabstractmethod__", False)}
    for base in cls.__bases__:
        for name in getattr(base, "__abstractmethods__", ()):
            value = getattr(cls, name, None)
            if getattr(value, "__isabstractmethod__", False):
                names.add(name)
    return frozenset(names)


# The bits of a class's __flags__ for patterns.
_SEQUENCE, _MAPPING = 1 << 5, 1 << 6


class ABCMeta(type):
    """Metaclass of classes that define an interface and may adopt unrelated classes as subclasses."""

    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        cls.__abstractmethods__ = _abstract_names(cls, namespace.items())
        cls._abc_impl = _abc_data()
        flags = namespace.get("__abc_tpflags__")
        if flags is not None:
            if flags & _SEQUENCE and flags & _MAPPING:
                raise TypeError("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING")
            _set_collection_flags(cls, flags)
            del cls.__abc_tpflags__
            cls._abc_impl_flags = flags
        return cls

    def register(cls, subclass):
        """Make `subclass` a virtual subclass of this ABC; returns it, so it serves as a decorator."""
        global _invalidation_counter
        if not isinstance(subclass, type):
            raise TypeError("Can only register classes")
        if issubclass(subclass, cls):
            return subclass
        if issubclass(cls, subclass):
            raise RuntimeError("Refusing to create an inheritance cycle")
        _remember(cls._abc_impl.registry, subclass)
        _invalidation_counter += 1
        flags = getattr(cls, "_abc_impl_flags", None)
        if flags is not None:
            _set_collection_flags(subclass, flags)
        return subclass

    def __instancecheck__(cls, instance):
        """Answer isinstance(instance, cls)."""
        impl = cls._abc_impl
        subclass = instance.__class__
        if _known(impl.cache, subclass):
            return True
        subtype = type(instance)
        if subtype is subclass:
            if impl.version == _invalidation_counter and _known(impl.negative, subclass):
                return False
            return cls.__subclasscheck__(subclass)
        return cls.__subclasscheck__(subclass) or cls.__subclasscheck__(subtype)

    def __subclasscheck__(cls, subclass):
        """Answer issubclass(subclass, cls)."""
        if not isinstance(subclass, type):
            raise TypeError("issubclass() arg 1 must be a class")
        impl = cls._abc_impl
        if _known(impl.cache, subclass):
            return True
        if impl.version < _invalidation_counter:
            impl.negative = set()
            impl.version = _invalidation_counter
        elif _known(impl.negative, subclass):
            return False
        verdict = cls.__subclasshook__(subclass)
        if verdict is NotImplemented:
            verdict = _is_virtual_subclass(cls, subclass)
        elif verdict is not True and verdict is not False:
            raise AssertionError("__subclasshook__ must return either False, True, or NotImplemented")
        _remember(impl.cache if verdict else impl.negative, subclass)
        return verdict

    def _dump_registry(cls, file=None):
        print(f"Class: {cls.__module__}.{cls.__qualname__}", file=file)
        print(f"Inv. counter: {get_cache_token()}", file=file)
        impl = cls._abc_impl
        print(f"_abc_registry: {impl.registry!r}", file=file)
        print(f"_abc_cache: {impl.cache!r}", file=file)
        print(f"_abc_negative_cache: {impl.negative!r}", file=file)
        print(f"_abc_negative_cache_version: {impl.version!r}", file=file)

    def _abc_registry_clear(cls):
        cls._abc_impl.registry.clear()

    def _abc_caches_clear(cls):
        cls._abc_impl.cache.clear()
        cls._abc_impl.negative.clear()


def _is_virtual_subclass(cls, subclass):
    if cls in getattr(subclass, "__mro__", ()):
        return True
    for entry in list(cls._abc_impl.registry):
        registered = entry()
        if registered is not None and issubclass(subclass, registered):
            return True
    children = cls.__subclasses__()
    if not isinstance(children, list):
        raise TypeError("__subclasses__() must return a list")
    for child in children:
        if issubclass(subclass, child):
            return True
    return False


def update_abstractmethods(cls):
    """Recompute `__abstractmethods__` after methods were added to or removed from `cls`."""
    if hasattr(cls, "__abstractmethods__"):
        cls.__abstractmethods__ = _abstract_names(cls, cls.__dict__.items())
    return cls


class ABC(metaclass=ABCMeta):
    """A class to inherit from instead of naming ABCMeta."""

    __slots__ = ()
