//! `Value`: what a Python variable holds. Owns the variants and the questions
//! that need no VM: identity, the class, the built-in struct behind a value.

use gc_arena::{Collect, Gc, Mutation};
use num_bigint::BigInt;

use crate::context::Context;
use crate::erased::NativeData;
use crate::immediate::{Real, Truth};
use crate::object::{Object, Payload};
use crate::types::bytearray::ByteArray;
use crate::types::bytes::Bytes;
use crate::types::cell::Cell;
use crate::types::code::Code;
use crate::types::dict::Dict;
use crate::types::function::{BoundMethod, Function};
use crate::types::generator::Generator;
use crate::types::iterator::Iter;
use crate::types::list::List;
use crate::types::module::Module;
use crate::types::native_function::{NativeFunction, NativeMethod};
use crate::types::numbers::past_word::{self, PastWord};
use crate::types::range::Range;
use crate::types::set::Set;
use crate::types::slice::Slice;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;

/// A complex number's two parts.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct ComplexParts {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

/// Any Python object. Immediate for None, booleans, machine integers, floats
/// and the two other singletons; one pointer for everything else.
#[derive(Default, Copy, Clone, Collect)]
#[collect(no_drop)]
pub enum Value<'gc> {
    /// No object: an unbound local, an optional argument that was not given.
    /// Never reaches a Python program.
    #[default]
    Absent,
    /// `None`
    None,
    /// `...`
    Ellipsis,
    /// `NotImplemented`
    NotImplemented,
    /// `True` or `False`
    Bool(Truth),
    /// An int that fits 64 bits.
    Int(i64),
    /// A float that the program holds as a constant or computed.
    Float(Real),
    /// A float that was read from a pickle or from marshal's bytes: in CPython a new
    /// object, which `is` tells from the one that was written.
    ReadFloat(Real),
    /// An int past 64 bits; never one that would fit `Int`.
    BigInt(Gc<'gc, PastWord>),
    /// A complex number.
    Complex(Gc<'gc, ComplexParts>),
    /// Text.
    Str(Str<'gc>),
    /// Immutable bytes.
    Bytes(Bytes<'gc>),
    /// Mutable bytes.
    ByteArray(ByteArray<'gc>),
    /// A list.
    List(List<'gc>),
    /// A tuple.
    Tuple(Tuple<'gc>),
    /// A dict.
    Dict(Dict<'gc>),
    /// A set.
    Set(Set<'gc>),
    /// A frozenset: the same struct, never changed after it is made.
    FrozenSet(Set<'gc>),
    /// A range.
    Range(Range<'gc>),
    /// A slice.
    Slice(Slice<'gc>),
    /// A function made by `def` or `lambda`.
    Function(Function<'gc>),
    /// A function bound to its first argument.
    BoundMethod(BoundMethod<'gc>),
    /// A native function, method descriptor or slot wrapper.
    Native(NativeFunction<'gc>),
    /// A native method bound to its receiver.
    NativeMethod(NativeMethod<'gc>),
    /// A class.
    Type(Type<'gc>),
    /// A module.
    Module(Module<'gc>),
    /// A closure cell.
    Cell(Cell<'gc>),
    /// A code object.
    Code(Code<'gc>),
    /// A generator.
    Generator(Generator<'gc>),
    /// An iterator over a built-in sequence, dict, set or range.
    Iter(Iter<'gc>),
    /// Everything else: instances of user classes and of natively defined types.
    Object(Object<'gc>),
}

impl<'gc> Value<'gc> {
    /// `True` or `False`.
    #[inline]
    pub const fn bool(truth: bool) -> Self {
        Value::Bool(Truth::new(truth))
    }

    /// The float `number`.
    #[inline]
    pub const fn float(number: f64) -> Self {
        Value::Float(Real::new(number))
    }

    /// The int `n`, immediate where it fits.
    pub fn from_bigint(mc: &Mutation<'gc>, n: BigInt) -> Self {
        past_word::from_big(mc, n)
    }

    /// The int for a count or length.
    pub fn from_usize(mc: &Mutation<'gc>, n: usize) -> Self {
        match i64::try_from(n) {
            Ok(small) => Value::Int(small),
            Err(_) => Value::from_bigint(mc, BigInt::from(n)),
        }
    }

    /// The complex number `re + im j`.
    pub fn complex(mc: &Mutation<'gc>, re: f64, im: f64) -> Self {
        Value::Complex(Gc::new_static(mc, ComplexParts { re, im }))
    }

    /// Whether this is the internal marker for "no object".
    #[inline]
    pub fn is_absent(self) -> bool {
        matches!(self, Value::Absent)
    }

    /// Whether this is `None`.
    #[inline]
    pub fn is_none(self) -> bool {
        matches!(self, Value::None)
    }

    /// The value unless it is absent.
    #[inline]
    pub fn present(self) -> Option<Self> {
        if self.is_absent() { None } else { Some(self) }
    }

    /// The value unless it is absent, and otherwise `default`.
    #[inline]
    pub fn or(self, default: Self) -> Self {
        if self.is_absent() { default } else { self }
    }

    /// Python's `is`. Immediate ints and floats are identical when their values
    /// are (floats by bits), floats that were read only to those that were read.
    #[inline]
    pub fn is(self, other: Self) -> bool {
        use Value::*;
        match (self, other) {
            (Absent, Absent)
            | (None, None)
            | (Ellipsis, Ellipsis)
            | (NotImplemented, NotImplemented) => true,
            (Bool(a), Bool(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (Float(a), Float(b)) | (ReadFloat(a), ReadFloat(b)) => {
                a.get().to_bits() == b.get().to_bits()
            }
            _ => match (self.address(), other.address()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }

    /// The address of the object behind the value: `None` for immediates.
    #[inline]
    pub fn address(self) -> Option<usize> {
        fn at<T: ?Sized>(gc: Gc<'_, T>) -> Option<usize> {
            Some(Gc::as_ptr(gc) as *const () as usize)
        }
        match self {
            Value::Absent
            | Value::None
            | Value::Ellipsis
            | Value::NotImplemented
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::ReadFloat(_) => None,
            Value::BigInt(p) => at(p),
            Value::Complex(p) => at(p),
            Value::Str(p) => at(p.0),
            Value::Bytes(p) => at(p.0),
            Value::ByteArray(p) => at(p.0),
            Value::List(p) => at(p.0),
            Value::Tuple(p) => at(p.0),
            Value::Dict(p) => at(p.0),
            Value::Set(p) | Value::FrozenSet(p) => at(p.0),
            Value::Range(p) => at(p.0),
            Value::Slice(p) => at(p.0),
            Value::Function(p) => at(p.0),
            Value::BoundMethod(p) => at(p.0),
            Value::Native(p) => at(p.0),
            Value::NativeMethod(p) => at(p.0),
            Value::Type(p) => at(p.0),
            Value::Module(p) => at(p.0),
            Value::Cell(p) => at(p.0),
            Value::Code(p) => at(p.0),
            Value::Generator(p) => at(p.0),
            Value::Iter(p) => at(p.0),
            Value::Object(p) => at(p.0),
        }
    }

    /// The class of the value: `type(value)`.
    #[inline]
    pub fn class(self, ctx: Context<'gc>) -> Type<'gc> {
        let types = ctx.types();
        match self {
            Value::Absent | Value::None => types.none_type,
            Value::Ellipsis => types.ellipsis,
            Value::NotImplemented => types.not_implemented_type,
            Value::Bool(_) => types.bool,
            Value::Int(_) | Value::BigInt(_) => types.int,
            Value::Float(_) | Value::ReadFloat(_) => types.float,
            Value::Complex(_) => types.complex,
            Value::Str(_) => types.str,
            Value::Bytes(_) => types.bytes,
            Value::ByteArray(_) => types.bytearray,
            Value::List(_) => types.list,
            Value::Tuple(_) => types.tuple,
            Value::Dict(_) => types.dict,
            Value::Set(_) => types.set,
            Value::FrozenSet(_) => types.frozenset,
            Value::Range(_) => types.range,
            Value::Slice(_) => types.slice,
            Value::Function(_) => types.function,
            Value::BoundMethod(_) => types.method,
            Value::Native(f) => f.class(ctx),
            Value::NativeMethod(m) => m.class(ctx),
            Value::Type(t) => t.metaclass(ctx),
            Value::Module(m) => m.class(ctx),
            Value::Cell(_) => types.cell,
            Value::Code(_) => types.code,
            Value::Generator(g) if g.is_coroutine() => types.coroutine,
            Value::Generator(_) => types.generator,
            Value::Iter(i) => i.class(ctx),
            Value::Object(o) => o.class(),
        }
    }

    /// The built-in value that this value is or, for an instance of a subclass
    /// of a built-in, carries. Built-in methods work on what this answers.
    #[inline]
    pub fn builtin(self) -> Self {
        match self {
            Value::Object(object) => match object.payload() {
                Payload::Builtin(inner) if !inner.is_absent() => inner,
                _ => self,
            },
            other => other,
        }
    }

    /// The native data of kind `N` that the value carries.
    #[inline]
    pub fn native<N: NativeData>(self) -> Option<&'gc N::Data<'gc>> {
        match self {
            Value::Object(object) => match object.payload() {
                Payload::Native(erased) => erased.downcast::<N>(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The string that this is or carries.
    #[inline]
    pub fn as_str(self) -> Option<Str<'gc>> {
        match self.builtin() {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// The bytes object that this is or carries.
    #[inline]
    pub fn as_bytes(self) -> Option<Bytes<'gc>> {
        match self.builtin() {
            Value::Bytes(b) => Some(b),
            _ => None,
        }
    }

    /// The bytearray that this is or carries.
    #[inline]
    pub fn as_bytearray(self) -> Option<ByteArray<'gc>> {
        match self.builtin() {
            Value::ByteArray(b) => Some(b),
            _ => None,
        }
    }

    /// The list that this is or carries.
    #[inline]
    pub fn as_list(self) -> Option<List<'gc>> {
        match self.builtin() {
            Value::List(l) => Some(l),
            _ => None,
        }
    }

    /// The tuple that this is or carries.
    #[inline]
    pub fn as_tuple(self) -> Option<Tuple<'gc>> {
        match self.builtin() {
            Value::Tuple(t) => Some(t),
            _ => None,
        }
    }

    /// The dict that this is or carries.
    #[inline]
    pub fn as_dict(self) -> Option<Dict<'gc>> {
        match self.builtin() {
            Value::Dict(d) => Some(d),
            _ => None,
        }
    }

    /// The set or frozenset that this is or carries.
    #[inline]
    pub fn as_any_set(self) -> Option<Set<'gc>> {
        match self.builtin() {
            Value::Set(s) | Value::FrozenSet(s) => Some(s),
            _ => None,
        }
    }

    /// The number of an exact float.
    #[inline]
    pub fn exact_float(self) -> Option<f64> {
        match self {
            Value::Float(x) | Value::ReadFloat(x) => Some(x.get()),
            _ => None,
        }
    }

    /// The float that this is or carries; ints are not converted.
    #[inline]
    pub fn as_float(self) -> Option<f64> {
        self.builtin().exact_float()
    }

    /// The machine integer that this is or carries, counting booleans.
    #[inline]
    pub fn as_small_int(self) -> Option<i64> {
        match self.builtin() {
            Value::Int(n) => Some(n),
            Value::Bool(b) => Some(b.get() as i64),
            _ => None,
        }
    }

    /// The int of any size that this is or carries, counting booleans.
    pub fn as_bigint(self) -> Option<BigInt> {
        match self.builtin() {
            Value::Int(n) => Some(BigInt::from(n)),
            Value::Bool(b) => Some(BigInt::from(b.get() as i64)),
            Value::BigInt(n) => Some(BigInt::clone(&n)),
            _ => None,
        }
    }

    /// Whether this is an int, a bool or an instance of a subclass of int.
    #[inline]
    pub fn is_int(self) -> bool {
        matches!(
            self.builtin(),
            Value::Int(_) | Value::Bool(_) | Value::BigInt(_)
        )
    }

    /// The class that this is.
    #[inline]
    pub fn as_type(self) -> Option<Type<'gc>> {
        match self {
            Value::Type(t) => Some(t),
            _ => None,
        }
    }
}
