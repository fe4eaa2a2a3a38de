"""The Pickler in Python: each step of writing is a method, each type's a row of
`dispatch`. The native one writes the same bytes."""

import codecs
import _compat_pickle
from copyreg import dispatch_table, _extension_registry
from functools import partial
from itertools import batched
from struct import pack
from types import FunctionType

from _pickle import PickleBuffer, PicklingError
from _pickle_opcodes import *
from _pickle_tools import TRUE, FALSE, _NoValue, _T, encode_long, whichmodule

_tuplesize2code = [EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3]


def _count(n, size):
    return n.to_bytes(size, 'little')


def _eight_bytes(number):
    """A float as IEEE 754 has it, big-endian."""
    data = bytearray(8)
    memoryview(data).cast('d')[0] = number
    data.reverse()
    return bytes(data)


class _Framer:
    """Gathers what is written into frames, once framing has started."""
    __module__ = 'pickle'

    _FRAME_SIZE_MIN = 4
    _FRAME_SIZE_TARGET = 64 * 1024

    def __init__(self, file_write):
        self.file_write = file_write
        self.current_frame = None

    def start_framing(self):
        self.current_frame = bytearray()

    def end_framing(self):
        if self.current_frame:
            self.commit_frame(force=True)
            self.current_frame = None

    def commit_frame(self, force=False):
        frame = self.current_frame
        if frame is None:
            return
        if force or len(frame) >= self._FRAME_SIZE_TARGET:
            if len(frame) >= self._FRAME_SIZE_MIN:
                self.file_write(FRAME + _count(len(frame), 8))
            # A file may keep what it is given: each frame is an object of its own.
            self.file_write(bytes(frame))
            self.current_frame = bytearray()

    def write(self, data):
        if self.current_frame is None:
            return self.file_write(data)
        self.current_frame += data
        return len(data)

    def write_large_bytes(self, header, payload):
        """Write past the frames: a reader gets the payload by a read of its own."""
        self.commit_frame(force=True)
        self.file_write(header)
        self.file_write(payload)


class _Pickler:
    __module__ = 'pickle'

    def __init__(self, file, protocol=None, *, fix_imports=True,
                 buffer_callback=None):
        """A pickler that writes to the method `write` of a file.

        `protocol` is 0 to 5, a negative number for the highest, or None for the
        default. `fix_imports` writes, below protocol 3, the names that Python 2
        has for modules and globals. `buffer_callback` is called with each
        PickleBuffer; where it answers false, the buffer is left out of the pickle.
        """
        if protocol is None:
            protocol = DEFAULT_PROTOCOL
        if protocol < 0:
            protocol = HIGHEST_PROTOCOL
        elif protocol > HIGHEST_PROTOCOL:
            raise ValueError(f'pickle protocol must be <= {HIGHEST_PROTOCOL}')
        if buffer_callback is not None and protocol < 5:
            raise ValueError('buffer_callback needs protocol >= 5')
        self._buffer_callback = buffer_callback
        try:
            self._file_write = file.write
        except AttributeError:
            raise TypeError("file must have a 'write' attribute")
        self.framer = _Framer(self._file_write)
        self.write = self.framer.write
        self._write_large_bytes = self.framer.write_large_bytes
        # From an object's id to its number in the pickle and the object, which
        # has to live as long as the id stands for it.
        self.memo = {}
        self.proto = int(protocol)
        self.bin = protocol >= 1
        self.fast = 0
        self.fix_imports = fix_imports and protocol < 3

    def clear_memo(self):
        """Forget the objects written so far: the next pickle stands alone."""
        self.memo.clear()

    def dump(self, obj):
        """Write the pickle of an object to the file."""
        if not hasattr(self, '_file_write'):
            raise PicklingError('Pickler.__init__() was not called by '
                                f'{self.__class__.__name__}.__init__()')
        if self.proto >= 2:
            self.write(PROTO + _count(self.proto, 1))
        if self.proto >= 4:
            self.framer.start_framing()
        self.save(obj)
        self.write(STOP)
        self.framer.end_framing()

    def memoize(self, obj):
        """Give the object just written a number, by which it is got again."""
        if self.fast:
            return
        assert id(obj) not in self.memo
        number = len(self.memo)
        self.write(self.put(number))
        self.memo[id(obj)] = number, obj

    def put(self, idx):
        """The opcode that stores the top of the stack under a number."""
        if self.proto >= 4:
            return MEMOIZE
        if not self.bin:
            return PUT + b'%d\n' % idx
        if idx < 256:
            return BINPUT + _count(idx, 1)
        return LONG_BINPUT + _count(idx, 4)

    def get(self, i):
        """The opcode that pushes what is stored under a number."""
        if not self.bin:
            return GET + b'%d\n' % i
        if i < 256:
            return BINGET + _count(i, 1)
        return LONG_BINGET + _count(i, 4)

    def save(self, obj, save_persistent_id=True):
        """Write an object: ask for a persistent id, the memo, `reducer_override`,
        `dispatch`, the table of reduction functions and the object, in this order."""
        self.framer.commit_frame()

        if save_persistent_id:
            pid = self.persistent_id(obj)
            if pid is not None:
                self.save_pers(pid)
                return

        known = self.memo.get(id(obj))
        if known is not None:
            self.write(self.get(known[0]))
            return

        reduced = NotImplemented
        override = getattr(self, 'reducer_override', _NoValue)
        if override is not _NoValue:
            reduced = override(obj)
        if reduced is NotImplemented:
            cls = type(obj)
            save_it = self.dispatch.get(cls)
            if save_it is not None:
                save_it(self, obj)
                return
            table = getattr(self, 'dispatch_table', dispatch_table)
            reduce = table.get(cls, _NoValue)
            if reduce is not _NoValue:
                reduced = reduce(obj)
            elif issubclass(cls, type):
                # A class is a global, whatever its metaclass has in mind.
                self.save_global(obj)
                return
            elif (reduce := getattr(obj, '__reduce_ex__', _NoValue)) is not _NoValue:
                reduced = reduce(self.proto)
            elif (reduce := getattr(obj, '__reduce__', _NoValue)) is not _NoValue:
                reduced = reduce()
            else:
                raise PicklingError(f"Can't pickle {_T(cls)} object")

        if isinstance(reduced, str):
            self.save_global(obj, reduced)
            return
        try:
            if not isinstance(reduced, tuple):
                raise PicklingError('__reduce__ must return a string or tuple, '
                                    f'not {_T(reduced)}')
            if not 2 <= len(reduced) <= 6:
                raise PicklingError('tuple returned by __reduce__ '
                                    'must contain 2 through 6 elements')
            self.save_reduce(*reduced, obj=obj)
        except BaseException as exc:
            exc.add_note(f'when serializing {_T(obj)} object')
            raise

    def persistent_id(self, obj):
        """None, or what stands for the object in the pickle. To be overridden."""
        return None

    def save_pers(self, pid):
        if self.bin:
            self.save(pid, save_persistent_id=False)
            self.write(BINPERSID)
            return
        try:
            line = str(pid).encode('ascii')
        except UnicodeEncodeError:
            raise PicklingError('persistent IDs in protocol 0 must be ASCII strings')
        self.write(PERSID + line + b'\n')

    def save_reduce(self, func, args, state=None, listitems=None,
                    dictitems=None, state_setter=None, *, obj=None):
        """Write what a reduction says: what to call, and what to do with the result."""
        if not callable(func):
            raise PicklingError('first item of the tuple returned by __reduce__ '
                                f'must be callable, not {_T(func)}')
        if not isinstance(args, tuple):
            raise PicklingError('second item of the tuple returned by __reduce__ '
                                f'must be a tuple, not {_T(args)}')
        parts, opcode = self._construction(func, args, obj)
        self._save_parts(parts, obj)
        self.write(opcode)

        if obj is not None:
            known = self.memo.get(id(obj))
            if known is None:
                self.memoize(obj)
            else:
                # Its own arguments lead to the object: it has been made already.
                self.write(POP + self.get(known[0]))

        if listitems is not None:
            self._batch_appends(listitems, obj)
        if dictitems is not None:
            self._batch_setitems(dictitems, obj)
        if state is None:
            return
        if state_setter is None:
            self._save_parts([(state, 'state')], obj)
            self.write(BUILD)
            return
        # The setter is called for its effect, and its result dropped.
        parts = [(state_setter, 'state setter'), (obj, None), (state, 'state')]
        self._save_parts(parts, obj)
        for opcode in (TUPLE2, REDUCE, POP):
            self.write(opcode)

    def _save_parts(self, parts, obj):
        """Write the parts of a reduction, each with its name in notes."""
        for part, what in parts:
            try:
                self.save(part)
            except BaseException as exc:
                if what is not None:
                    exc.add_note(f'when serializing {_T(obj)} {what}')
                raise

    def _construction(self, func, args, obj):
        """The parts to write for a call, and the opcode.

        From protocol 2 on a function called `__newobj__` or `__newobj_ex__` is not
        called: the opcodes of these names do what copyreg's functions do."""
        name = getattr(func, '__name__', '') if self.proto >= 2 else ''
        if name == '__newobj__':
            cls, rest = args[0], args[1:]
            self._check_class(name, cls, obj)
            return [(cls, 'class'), (rest, '__new__ arguments')], NEWOBJ
        if name == '__newobj_ex__':
            cls, args, kwargs = args
            self._check_class(name, cls, obj)
            if self.proto >= 4:
                what = '__new__ arguments'
                return [(cls, 'class'), (args, what), (kwargs, what)], NEWOBJ_EX
            func = partial(cls.__new__, cls, *args, **kwargs)
            return [(func, 'reconstructor'), ((), None)], REDUCE
        return [(func, 'reconstructor'), (args, 'reconstructor arguments')], REDUCE

    def _check_class(self, function, cls, obj):
        if not hasattr(cls, '__new__'):
            raise PicklingError(f'first argument to {function}() has no __new__')
        if obj is not None and cls is not obj.__class__:
            raise PicklingError(f'first argument to {function}() must be '
                                f'{obj.__class__!r}, not {cls!r}')

    # The methods below are the rows of `dispatch`, each called with the pickler and
    # an object of exactly that type.

    dispatch = {}

    def save_none(self, obj):
        self.write(NONE)
    dispatch[type(None)] = save_none

    def save_bool(self, obj):
        if self.proto >= 2:
            self.write(NEWTRUE if obj else NEWFALSE)
        else:
            self.write(TRUE if obj else FALSE)
    dispatch[bool] = save_bool

    def save_long(self, obj):
        if self.bin and 0 <= obj <= 0xff:
            self.write(BININT1 + _count(obj, 1))
        elif self.bin and 0 <= obj <= 0xffff:
            self.write(BININT2 + _count(obj, 2))
        elif self.bin and -0x80000000 <= obj <= 0x7fffffff:
            self.write(BININT + obj.to_bytes(4, 'little', signed=True))
        elif self.proto >= 2:
            encoded = encode_long(obj)
            if len(encoded) < 256:
                self.write(LONG1 + _count(len(encoded), 1) + encoded)
            else:
                self.write(LONG4 + _count(len(encoded), 4) + encoded)
        elif -0x80000000 <= obj <= 0x7fffffff:
            self.write(INT + repr(obj).encode('ascii') + b'\n')
        else:
            self.write(LONG + repr(obj).encode('ascii') + b'L\n')
    dispatch[int] = save_long

    def save_float(self, obj):
        if self.bin:
            self.write(BINFLOAT + _eight_bytes(obj))
        else:
            self.write(FLOAT + repr(obj).encode('ascii') + b'\n')
    dispatch[float] = save_float

    def _save_counted(self, header, payload):
        """Write a payload behind its header, in a frame unless it is large."""
        if len(payload) >= self.framer._FRAME_SIZE_TARGET:
            self._write_large_bytes(header, payload)
        else:
            self.write(header + payload)

    def _save_bytes_no_memo(self, obj):
        assert self.proto >= 3
        n = len(obj)
        if n <= 0xff:
            self.write(SHORT_BINBYTES + _count(n, 1) + obj)
        elif n > 0xffffffff and self.proto >= 4:
            self._save_counted(BINBYTES8 + _count(n, 8), obj)
        else:
            self._save_counted(BINBYTES + _count(n, 4), obj)

    def save_bytes(self, obj):
        if self.proto >= 3:
            self._save_bytes_no_memo(obj)
            self.memoize(obj)
        elif obj:
            # There was no opcode for them: they are the encoding of a str.
            self.save_reduce(codecs.encode, (str(obj, 'latin1'), 'latin1'), obj=obj)
        else:
            self.save_reduce(bytes, (), obj=obj)
    dispatch[bytes] = save_bytes

    def _save_bytearray_no_memo(self, obj):
        assert self.proto >= 5
        self._save_counted(BYTEARRAY8 + _count(len(obj), 8), obj)

    def save_bytearray(self, obj):
        if self.proto >= 5:
            self._save_bytearray_no_memo(obj)
            self.memoize(obj)
        else:
            self.save_reduce(bytearray, (bytes(obj),) if obj else (), obj=obj)
    dispatch[bytearray] = save_bytearray

    def save_picklebuffer(self, obj):
        if self.proto < 5:
            raise PicklingError('PickleBuffer can only be pickled with '
                                'protocol >= 5')
        with obj.raw() as view:
            if not view.contiguous:
                raise PicklingError('PickleBuffer can not be pickled when '
                                    'pointing to a non-contiguous buffer')
            if self._buffer_callback is None or self._buffer_callback(obj):
                self._save_in_band(view)
                return
            self.write(NEXT_BUFFER)
            if view.readonly:
                self.write(READONLY_BUFFER)
    dispatch[PickleBuffer] = save_picklebuffer

    def _save_in_band(self, view):
        data = view.tobytes()
        # Short bytes are one object wherever they occur.
        known = id(data) in self.memo
        if view.readonly:
            (self._save_bytes_no_memo if known else self.save_bytes)(data)
        elif known:
            self._save_bytearray_no_memo(data)
        else:
            self.save_bytearray(data)

    def save_str(self, obj):
        if self.bin:
            encoded = obj.encode('utf-8', 'surrogatepass')
            n = len(encoded)
            if n <= 0xff and self.proto >= 4:
                self.write(SHORT_BINUNICODE + _count(n, 1) + encoded)
            elif n > 0xffffffff and self.proto >= 4:
                self._save_counted(BINUNICODE8 + _count(n, 8), encoded)
            else:
                self._save_counted(BINUNICODE + _count(n, 4), encoded)
        else:
            text = obj
            for character in '\\\0\n\r\x1a':
                text = text.replace(character, f'\\u{ord(character):04x}')
            self.write(UNICODE + text.encode('raw-unicode-escape') + b'\n')
        self.memoize(obj)
    dispatch[str] = save_str

    def save_tuple(self, obj):
        n = len(obj)
        if n == 0:
            self.write(EMPTY_TUPLE if self.bin else MARK + TUPLE)
            return
        marked = n > 3 or self.proto < 2
        if marked:
            self.write(MARK)
        for index, item in enumerate(obj):
            try:
                self.save(item)
            except BaseException as exc:
                exc.add_note(f'when serializing {_T(obj)} item {index}')
                raise

        known = self.memo.get(id(obj))
        if known is None:
            self.write(TUPLE if marked else _tuplesize2code[n])
            self.memoize(obj)
            return
        # One of its items has led to the tuple and written it: what is on the stack
        # now is dropped.
        if not marked:
            drop = POP * n
        elif self.bin:
            drop = POP_MARK
        else:
            drop = POP * (n + 1)
        self.write(drop + self.get(known[0]))
    dispatch[tuple] = save_tuple

    def save_list(self, obj):
        self.write(EMPTY_LIST if self.bin else MARK + LIST)
        self.memoize(obj)
        self._batch_appends(obj, obj)
    dispatch[list] = save_list

    _BATCHSIZE = 1000

    def _batches(self, items):
        """The items in lists, and whether a list goes out behind a mark."""
        if self.bin:
            for batch in batched(items, self._BATCHSIZE):
                yield batch, len(batch) != 1
        else:
            for item in items:
                yield (item,), False

    def _batch_appends(self, items, obj):
        index = 0
        for batch, marked in self._batches(items):
            if marked:
                self.write(MARK)
            for item in batch:
                try:
                    self.save(item)
                except BaseException as exc:
                    exc.add_note(f'when serializing {_T(obj)} item {index}')
                    raise
                index += 1
            self.write(APPENDS if marked else APPEND)

    def save_dict(self, obj):
        self.write(EMPTY_DICT if self.bin else MARK + DICT)
        self.memoize(obj)
        self._batch_setitems(obj.items(), obj)
    dispatch[dict] = save_dict

    def _batch_setitems(self, items, obj):
        for batch, marked in self._batches(items):
            if marked:
                self.write(MARK)
            for key, value in batch:
                self.save(key)
                try:
                    self.save(value)
                except BaseException as exc:
                    exc.add_note(f'when serializing {_T(obj)} item {key!r}')
                    raise
            self.write(SETITEMS if marked else SETITEM)

    def _save_elements(self, elements, obj):
        try:
            for element in elements:
                self.save(element)
        except BaseException as exc:
            exc.add_note(f'when serializing {_T(obj)} element')
            raise

    def save_set(self, obj):
        if self.proto < 4:
            self.save_reduce(set, (list(obj),), obj=obj)
            return
        self.write(EMPTY_SET)
        self.memoize(obj)
        for batch in batched(obj, self._BATCHSIZE):
            self.write(MARK)
            self._save_elements(batch, obj)
            self.write(ADDITEMS)
    dispatch[set] = save_set

    def save_frozenset(self, obj):
        if self.proto < 4:
            self.save_reduce(frozenset, (list(obj),), obj=obj)
            return
        self.write(MARK)
        self._save_elements(obj, obj)
        known = self.memo.get(id(obj))
        if known is None:
            self.write(FROZENSET)
            self.memoize(obj)
        else:
            self.write(POP_MARK + self.get(known[0]))
    dispatch[frozenset] = save_frozenset

    def save_global(self, obj, name=None):
        if name is None:
            name = getattr(obj, '__qualname__', None)
            if name is None:
                name = obj.__name__
        module_name = whichmodule(obj, name)

        if self.proto >= 2:
            code = _extension_registry.get((module_name, name), _NoValue)
            if code is not _NoValue:
                self._save_extension(code)
                return

        if self.proto >= 4:
            self.save(module_name)
            self.save(name)
            self.write(STACK_GLOBAL)
        else:
            # Attributes of a global are got by as many calls of getattr.
            name, *attributes = name.split('.')
            for _ in attributes:
                self.save(getattr)
                if self.proto < 2:
                    self.write(MARK)
            self._save_toplevel_by_name(module_name, name)
            for attribute in attributes:
                self.save(attribute)
                self.write(TUPLE if self.proto < 2 else TUPLE2)
                self.write(REDUCE)
        self.memoize(obj)

    def _save_extension(self, code):
        if code == 0:
            raise RuntimeError('extension code 0 is out of range')
        if code <= 0xff:
            self.write(EXT1 + pack('<B', code))
        elif code <= 0xffff:
            self.write(EXT2 + pack('<H', code))
        else:
            self.write(EXT4 + pack('<i', code))

    def _save_toplevel_by_name(self, module_name, name):
        encoding = 'utf-8' if self.proto >= 3 else 'ascii'
        if self.proto < 3 and self.fix_imports:
            old = _compat_pickle.REVERSE_NAME_MAPPING.get((module_name, name))
            if old is not None:
                module_name, name = old
            else:
                modules = _compat_pickle.REVERSE_IMPORT_MAPPING
                module_name = modules.get(module_name, module_name)
        lines = (GLOBAL, 'module', module_name), (b'', 'global', name)
        for opcode, kind, text in lines:
            try:
                line = bytes(text, encoding)
            except UnicodeEncodeError:
                raise PicklingError(f"can't pickle {kind} identifier {text!r} using "
                                    f"pickle protocol {self.proto}")
            self.write(opcode + line + b'\n')

    def save_type(self, obj):
        # The types of the singletons have no name in builtins.
        for singleton in (None, NotImplemented, ...):
            if obj is type(singleton):
                self.save_reduce(type, (singleton,), obj=obj)
                return
        self.save_global(obj)

    dispatch[FunctionType] = save_global
    dispatch[type] = save_type
