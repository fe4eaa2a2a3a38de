"""The Unpickler in Python: each opcode's step is a method and a row of `dispatch`.
The native one reads the same pickles."""

import codecs
import io
import sys
import _compat_pickle
from copyreg import _extension_cache, _inverted_registry
from sys import maxsize

from _pickle import UnpicklingError
from _pickle_opcodes import *
from _pickle_tools import (TRUE, FALSE, _NoValue, _Stop, _getattribute, bytes_types,
                           decode_long)


class _Unframer:
    """Reads from the frame that was read last, and from the file once it is used up."""
    __module__ = 'pickle'

    def __init__(self, file_read, file_readline, file_tell=None):
        self.file_read = file_read
        self.file_readline = file_readline
        self.current_frame = None

    def _check(self, complete):
        if not complete:
            raise UnpicklingError('pickle exhausted before end of frame')

    def readinto(self, buf):
        wanted = len(buf)
        if self.current_frame is not None:
            got = self.current_frame.readinto(buf)
            if got or not wanted:
                self._check(got == wanted)
                return got
            self.current_frame = None
        buf[:] = self.file_read(wanted)
        return wanted

    def read(self, n):
        if self.current_frame is not None:
            data = self.current_frame.read(n)
            if data or not n:
                self._check(len(data) >= n)
                return data
            self.current_frame = None
        return self.file_read(n)

    def readline(self):
        if self.current_frame is not None:
            data = self.current_frame.readline()
            if data:
                self._check(data.endswith(b'\n'))
                return data
            self.current_frame = None
        return self.file_readline()

    def load_frame(self, frame_size):
        if self.current_frame is not None and self.current_frame.read():
            raise UnpicklingError(
                'beginning of a new frame before end of current frame')
        self.current_frame = io.BytesIO(self.file_read(frame_size))


class _Unpickler:
    __module__ = 'pickle'

    def __init__(self, file, *, fix_imports=True, encoding='ASCII',
                 errors='strict', buffers=None):
        """An unpickler that reads from the methods `read` and `readline` of a file.

        `fix_imports` finds the modules and globals of Python 2 where Python 3 has
        them, in pickles of protocol 2 and below. `encoding` and `errors` say how
        the strings of Python 2 are decoded; the encoding 'bytes' leaves them bytes.
        `buffers` gives the buffers that were left out of the pickle.
        """
        self._buffers = None if buffers is None else iter(buffers)
        self._file_readline = file.readline
        self._file_read = file.read
        self.memo = {}
        self.encoding = encoding
        self.errors = errors
        self.proto = 0
        self.fix_imports = fix_imports

    def load(self):
        """Read one pickle from the file and return the object."""
        if not hasattr(self, '_file_read'):
            raise UnpicklingError('Unpickler.__init__() was not called by '
                                  f'{self.__class__.__name__}.__init__()')
        self._unframer = _Unframer(self._file_read, self._file_readline)
        self.read = self._unframer.read
        self.readinto = self._unframer.readinto
        self.readline = self._unframer.readline
        # A mark puts the stack aside, and what follows it fills a new one.
        self.metastack = []
        self.stack = []
        self.append = self.stack.append
        self.proto = 0
        read, dispatch = self.read, self.dispatch
        try:
            while True:
                opcode = read(1)
                if not opcode:
                    raise EOFError
                assert isinstance(opcode, bytes_types)
                dispatch[opcode[0]](self)
        except _Stop as stop:
            return stop.value

    def pop_mark(self):
        """What is above the last mark, as a list; the mark goes too."""
        items = self.stack
        self.stack = self.metastack.pop()
        self.append = self.stack.append
        return items

    def persistent_load(self, pid):
        """The object that a persistent id stands for. To be overridden."""
        raise UnpicklingError('unsupported persistent id encountered')

    def find_class(self, module, name):
        """The global of this name; from protocol 4 on also an attribute of one."""
        sys.audit('pickle.find_class', module, name)
        if self.proto < 3 and self.fix_imports:
            new = _compat_pickle.NAME_MAPPING.get((module, name))
            if new is not None:
                module, name = new
            else:
                module = _compat_pickle.IMPORT_MAPPING.get(module, module)
        __import__(module, level=0)
        found = sys.modules[module]
        if self.proto < 4 or '.' not in name:
            return getattr(found, name)
        try:
            return _getattribute(found, name.split('.'))
        except AttributeError:
            raise AttributeError(f"Can't resolve path {name!r} on module {module!r}")

    def get_extension(self, code):
        """Push the object that copyreg has registered under a code."""
        obj = _extension_cache.get(code, _NoValue)
        if obj is _NoValue:
            key = _inverted_registry.get(code)
            if not key:
                if code <= 0:
                    raise UnpicklingError('EXT specifies code <= 0')
                raise ValueError(f'unregistered extension code {code}')
            obj = self.find_class(*key)
            _extension_cache[code] = obj
        self.append(obj)

    # Reading arguments.

    def _unsigned(self, size):
        data = self.read(size)
        if len(data) < size:
            raise EOFError('Ran out of input')
        return int.from_bytes(data, 'little')

    def _signed(self, size):
        value = self._unsigned(size)
        sign = 1 << (8 * size - 1)
        return value - 2 * sign if value & sign else value

    def _length(self, size, opcode):
        """The length that precedes what the opcode of this name pushes."""
        length = self._unsigned(size)
        if length > maxsize:
            raise UnpicklingError(f"{opcode} exceeds system's maximum size "
                                  f'of {maxsize} bytes')
        return length

    def _line(self):
        return self.readline()[:-1]

    def _decode_string(self, value):
        # A str of Python 2, which was bytes or text.
        if self.encoding == 'bytes':
            return value
        return value.decode(self.encoding, self.errors)

    def _append_text(self, length):
        self.append(str(self.read(length), 'utf-8', 'surrogatepass'))

    # The methods below are the rows of `dispatch`, under the numbers of the opcodes.

    dispatch = {}

    def load_proto(self):
        proto = self.read(1)[0]
        if proto > HIGHEST_PROTOCOL:
            raise ValueError(f'unsupported pickle protocol: {proto}')
        self.proto = proto
    dispatch[PROTO[0]] = load_proto

    def load_frame(self):
        size = self._unsigned(8)
        if size > maxsize:
            raise ValueError(f'frame size > sys.maxsize: {size}')
        self._unframer.load_frame(size)
    dispatch[FRAME[0]] = load_frame

    def load_persid(self):
        try:
            pid = self._line().decode('ascii')
        except UnicodeDecodeError:
            raise UnpicklingError(
                'persistent IDs in protocol 0 must be ASCII strings')
        self.append(self.persistent_load(pid))
    dispatch[PERSID[0]] = load_persid

    def load_binpersid(self):
        pid = self.stack.pop()
        self.append(self.persistent_load(pid))
    dispatch[BINPERSID[0]] = load_binpersid

    def load_none(self):
        self.append(None)
    dispatch[NONE[0]] = load_none

    def load_false(self):
        self.append(False)
    dispatch[NEWFALSE[0]] = load_false

    def load_true(self):
        self.append(True)
    dispatch[NEWTRUE[0]] = load_true

    def load_int(self):
        line = self.readline()
        if line == TRUE[1:]:
            self.append(True)
        elif line == FALSE[1:]:
            self.append(False)
        else:
            self.append(int(line))
    dispatch[INT[0]] = load_int

    def load_binint(self):
        self.append(self._signed(4))
    dispatch[BININT[0]] = load_binint

    def load_binint1(self):
        self.append(self.read(1)[0])
    dispatch[BININT1[0]] = load_binint1

    def load_binint2(self):
        self.append(self._unsigned(2))
    dispatch[BININT2[0]] = load_binint2

    def load_long(self):
        self.append(int(self._line().removesuffix(b'L')))
    dispatch[LONG[0]] = load_long

    def load_long1(self):
        self.append(decode_long(self.read(self.read(1)[0])))
    dispatch[LONG1[0]] = load_long1

    def load_long4(self):
        size = self._signed(4)
        if size < 0:
            raise UnpicklingError('LONG pickle has negative byte count')
        self.append(decode_long(self.read(size)))
    dispatch[LONG4[0]] = load_long4

    def load_float(self):
        self.append(float(self._line()))
    dispatch[FLOAT[0]] = load_float

    def load_binfloat(self):
        data = self.read(8)
        if len(data) < 8:
            raise EOFError('Ran out of input')
        self.append(memoryview(data[::-1]).cast('d')[0])
    dispatch[BINFLOAT[0]] = load_binfloat

    def load_string(self):
        line = self._line()
        if len(line) < 2 or line[0] != line[-1] or line[0] not in b'"\'':
            raise UnpicklingError('the STRING opcode argument must be quoted')
        self.append(self._decode_string(codecs.escape_decode(line[1:-1])[0]))
    dispatch[STRING[0]] = load_string

    def load_binstring(self):
        size = self._signed(4)
        if size < 0:
            raise UnpicklingError('BINSTRING pickle has negative byte count')
        self.append(self._decode_string(self.read(size)))
    dispatch[BINSTRING[0]] = load_binstring

    def load_short_binstring(self):
        self.append(self._decode_string(self.read(self.read(1)[0])))
    dispatch[SHORT_BINSTRING[0]] = load_short_binstring

    def load_binbytes(self):
        self.append(self.read(self._length(4, 'BINBYTES')))
    dispatch[BINBYTES[0]] = load_binbytes

    def load_binbytes8(self):
        self.append(self.read(self._length(8, 'BINBYTES8')))
    dispatch[BINBYTES8[0]] = load_binbytes8

    def load_short_binbytes(self):
        self.append(self.read(self.read(1)[0]))
    dispatch[SHORT_BINBYTES[0]] = load_short_binbytes

    def load_bytearray8(self):
        data = bytearray(self._length(8, 'BYTEARRAY8'))
        self.readinto(data)
        self.append(data)
    dispatch[BYTEARRAY8[0]] = load_bytearray8

    def load_unicode(self):
        self.append(str(self._line(), 'raw-unicode-escape'))
    dispatch[UNICODE[0]] = load_unicode

    def load_binunicode(self):
        self._append_text(self._length(4, 'BINUNICODE'))
    dispatch[BINUNICODE[0]] = load_binunicode

    def load_binunicode8(self):
        self._append_text(self._length(8, 'BINUNICODE8'))
    dispatch[BINUNICODE8[0]] = load_binunicode8

    def load_short_binunicode(self):
        self._append_text(self.read(1)[0])
    dispatch[SHORT_BINUNICODE[0]] = load_short_binunicode

    def load_next_buffer(self):
        if self._buffers is None:
            raise UnpicklingError('pickle stream refers to out-of-band data '
                                  'but no *buffers* argument was given')
        buffer = next(self._buffers, _NoValue)
        if buffer is _NoValue:
            raise UnpicklingError('not enough out-of-band buffers')
        self.append(buffer)
    dispatch[NEXT_BUFFER[0]] = load_next_buffer

    def load_readonly_buffer(self):
        with memoryview(self.stack[-1]) as view:
            if not view.readonly:
                self.stack[-1] = view.toreadonly()
    dispatch[READONLY_BUFFER[0]] = load_readonly_buffer

    def load_tuple(self):
        items = self.pop_mark()
        self.append(tuple(items))
    dispatch[TUPLE[0]] = load_tuple

    def load_empty_tuple(self):
        self.append(())
    dispatch[EMPTY_TUPLE[0]] = load_empty_tuple

    def load_tuple1(self):
        self.stack[-1] = (self.stack[-1],)
    dispatch[TUPLE1[0]] = load_tuple1

    def load_tuple2(self):
        self.stack[-2:] = [(self.stack[-2], self.stack[-1])]
    dispatch[TUPLE2[0]] = load_tuple2

    def load_tuple3(self):
        self.stack[-3:] = [(self.stack[-3], self.stack[-2], self.stack[-1])]
    dispatch[TUPLE3[0]] = load_tuple3

    def load_empty_list(self):
        self.append([])
    dispatch[EMPTY_LIST[0]] = load_empty_list

    def load_empty_dictionary(self):
        self.append({})
    dispatch[EMPTY_DICT[0]] = load_empty_dictionary

    def load_empty_set(self):
        self.append(set())
    dispatch[EMPTY_SET[0]] = load_empty_set

    def load_frozenset(self):
        items = self.pop_mark()
        self.append(frozenset(items))
    dispatch[FROZENSET[0]] = load_frozenset

    def load_list(self):
        items = self.pop_mark()
        self.append(items)
    dispatch[LIST[0]] = load_list

    def load_dict(self):
        items = self.pop_mark()
        made = {}
        for index in range(0, len(items), 2):
            made[items[index]] = items[index + 1]
        self.append(made)
    dispatch[DICT[0]] = load_dict

    def _instantiate(self, klass, args):
        """What INST and OBJ do: make an instance as Python 2's classes were."""
        if args or not isinstance(klass, type) or hasattr(klass, '__getinitargs__'):
            try:
                value = klass(*args)
            except TypeError as err:
                raise TypeError(f'in constructor for {klass.__name__}: {err!s}',
                                err.__traceback__)
        else:
            value = klass.__new__(klass)
        self.append(value)

    def load_inst(self):
        module = self._line().decode('ascii')
        name = self._line().decode('ascii')
        klass = self.find_class(module, name)
        self._instantiate(klass, self.pop_mark())
    dispatch[INST[0]] = load_inst

    def load_obj(self):
        args = self.pop_mark()
        klass = args.pop(0)
        self._instantiate(klass, args)
    dispatch[OBJ[0]] = load_obj

    def load_newobj(self):
        args = self.stack.pop()
        cls = self.stack.pop()
        self.append(cls.__new__(cls, *args))
    dispatch[NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self):
        kwargs = self.stack.pop()
        args = self.stack.pop()
        cls = self.stack.pop()
        self.append(cls.__new__(cls, *args, **kwargs))
    dispatch[NEWOBJ_EX[0]] = load_newobj_ex

    def load_global(self):
        module = self._line().decode('utf-8')
        name = self._line().decode('utf-8')
        self.append(self.find_class(module, name))
    dispatch[GLOBAL[0]] = load_global

    def load_stack_global(self):
        name = self.stack.pop()
        module = self.stack.pop()
        if type(name) is not str or type(module) is not str:
            raise UnpicklingError('STACK_GLOBAL requires str')
        self.append(self.find_class(module, name))
    dispatch[STACK_GLOBAL[0]] = load_stack_global

    def load_ext1(self):
        self.get_extension(self.read(1)[0])
    dispatch[EXT1[0]] = load_ext1

    def load_ext2(self):
        self.get_extension(self._unsigned(2))
    dispatch[EXT2[0]] = load_ext2

    def load_ext4(self):
        self.get_extension(self._signed(4))
    dispatch[EXT4[0]] = load_ext4

    def load_reduce(self):
        args = self.stack.pop()
        func = self.stack[-1]
        self.stack[-1] = func(*args)
    dispatch[REDUCE[0]] = load_reduce

    def load_pop(self):
        if self.stack:
            self.stack.pop()
        else:
            self.pop_mark()
    dispatch[POP[0]] = load_pop

    def load_pop_mark(self):
        self.pop_mark()
    dispatch[POP_MARK[0]] = load_pop_mark

    def load_dup(self):
        self.append(self.stack[-1])
    dispatch[DUP[0]] = load_dup

    def _get(self, number):
        value = self.memo.get(number, _NoValue)
        if value is _NoValue:
            raise UnpicklingError(f'Memo value not found at index {number}')
        self.append(value)

    def load_get(self):
        self._get(int(self._line()))
    dispatch[GET[0]] = load_get

    def load_binget(self):
        self._get(self.read(1)[0])
    dispatch[BINGET[0]] = load_binget

    def load_long_binget(self):
        self._get(self._unsigned(4))
    dispatch[LONG_BINGET[0]] = load_long_binget

    def load_put(self):
        number = int(self._line())
        if number < 0:
            raise ValueError('negative PUT argument')
        self.memo[number] = self.stack[-1]
    dispatch[PUT[0]] = load_put

    def load_binput(self):
        self.memo[self.read(1)[0]] = self.stack[-1]
    dispatch[BINPUT[0]] = load_binput

    def load_long_binput(self):
        self.memo[self._unsigned(4)] = self.stack[-1]
    dispatch[LONG_BINPUT[0]] = load_long_binput

    def load_memoize(self):
        self.memo[len(self.memo)] = self.stack[-1]
    dispatch[MEMOIZE[0]] = load_memoize

    def load_append(self):
        value = self.stack.pop()
        self.stack[-1].append(value)
    dispatch[APPEND[0]] = load_append

    def load_appends(self):
        items = self.pop_mark()
        target = self.stack[-1]
        extend = getattr(target, 'extend', _NoValue)
        if extend is not _NoValue:
            extend(items)
            return
        append = target.append
        for item in items:
            append(item)
    dispatch[APPENDS[0]] = load_appends

    def load_setitem(self):
        value = self.stack.pop()
        key = self.stack.pop()
        self.stack[-1][key] = value
    dispatch[SETITEM[0]] = load_setitem

    def load_setitems(self):
        items = self.pop_mark()
        target = self.stack[-1]
        for index in range(0, len(items), 2):
            target[items[index]] = items[index + 1]
    dispatch[SETITEMS[0]] = load_setitems

    def load_additems(self):
        items = self.pop_mark()
        target = self.stack[-1]
        if isinstance(target, set):
            target.update(items)
            return
        add = target.add
        for item in items:
            add(item)
    dispatch[ADDITEMS[0]] = load_additems

    def load_build(self):
        state = self.stack.pop()
        inst = self.stack[-1]
        setstate = getattr(inst, '__setstate__', _NoValue)
        if setstate is not _NoValue:
            setstate(state)
            return
        slots = None
        if isinstance(state, tuple) and len(state) == 2:
            state, slots = state
        if state:
            attributes = inst.__dict__
            for name, value in state.items():
                attributes[sys.intern(name) if type(name) is str else name] = value
        if slots:
            for name, value in slots.items():
                setattr(inst, name, value)
    dispatch[BUILD[0]] = load_build

    def load_mark(self):
        self.metastack.append(self.stack)
        self.stack = []
        self.append = self.stack.append
    dispatch[MARK[0]] = load_mark

    def load_stop(self):
        raise _Stop(self.stack.pop())
    dispatch[STOP[0]] = load_stop
