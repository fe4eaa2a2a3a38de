//! `str`: WTF-8 text, its character count, a cached hash, and whether it is
//! interned. Owns the struct and the type's methods.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use gc_arena::{Collect, Gc, Mutation};
use smallvec::SmallVec;

use super::str_slots::{
    compare, concatenate, contains, encode, get_item, get_new_args, hash, iter, len, repeat, repr,
    sizeof, str_new, str_of,
};
use super::{str_format, str_methods};
use crate::bytecode::Comparison;
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{comparison, method, new, sequence_slot, slot, static_method};
use crate::protocol::slicing;
use crate::raised::Raised;
use crate::text::{Text, wtf8};
use crate::types::def::TypeDef;

/// The struct behind a [`Str`].
#[derive(Collect)]
#[collect(require_static)]
pub struct StrData {
    contents: Contents,
    chars: usize,
    /// Python's hash; 0 until asked for.
    hash: Cell<i64>,
    interned: Cell<bool>,
}

/// Texts up to this size, which most names and words have, lie in the struct
/// itself. As many bytes as fit without a larger allocation.
const INLINE: usize = 24;

/// Where the text is.
enum Contents {
    /// In here.
    Whole(SmallVec<[u8; INLINE]>),
    /// At the start of a buffer that strings made by appending share.
    Grown(Box<Grown>),
}

/// What `s += x` makes: the first `len` bytes of a buffer that the next `+=`
/// goes on filling. Several strings may share one buffer, each with a length of
/// its own; only the longest can be appended to in place, so that no byte of
/// another is ever changed. The text is copied out when somebody looks at it.
struct Grown {
    buffer: Rc<RefCell<Vec<u8>>>,
    len: usize,
    text: OnceCell<Box<[u8]>>,
}

impl Grown {
    fn bytes(&self) -> &[u8] {
        self.text.get_or_init(|| {
            let mut buffer = self.buffer.borrow_mut();
            if Rc::strong_count(&self.buffer) == 1 && buffer.len() == self.len {
                // Nobody else reads it: the buffer itself becomes the text.
                return std::mem::take(&mut *buffer).into_boxed_slice();
            }
            buffer.get(..self.len).unwrap_or_default().into()
        })
    }

    /// The buffer with `tail` appended, if this string ends where the buffer does.
    fn extended(&self, tail: &[u8]) -> Option<Rc<RefCell<Vec<u8>>>> {
        let mut buffer = self.buffer.borrow_mut();
        if buffer.len() != self.len {
            return None;
        }
        buffer.extend_from_slice(tail);
        Some(Rc::clone(&self.buffer))
    }
}

/// The shortest result of a concatenation that gets a buffer to grow in.
const GROWING: usize = 128;

/// A Python string: code points from 0 to 0x10FFFF, surrogates included, kept
/// as (generalised) UTF-8.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Str<'gc>(pub Gc<'gc, StrData>);

impl<'gc> Str<'gc> {
    /// A new string of WTF-8 bytes. Most callers want `Context::str`, which
    /// shares the empty and the one-character strings.
    pub fn new(mc: &Mutation<'gc>, bytes: &[u8]) -> Self {
        Str::from_parts(
            mc,
            Contents::Whole(SmallVec::from_slice(bytes)),
            wtf8::count(bytes),
        )
    }

    /// A new string of ASCII.
    #[inline]
    pub(crate) fn new_ascii(mc: &Mutation<'gc>, bytes: &[u8]) -> Self {
        let contents = Contents::Whole(SmallVec::from_slice(bytes));
        Str::from_parts(mc, contents, bytes.len())
    }

    /// A new string that takes over `bytes`.
    pub fn from_vec(mc: &Mutation<'gc>, bytes: Vec<u8>) -> Self {
        let chars = wtf8::count(&bytes);
        Str::from_parts(mc, Contents::Whole(SmallVec::from_vec(bytes)), chars)
    }

    fn from_parts(mc: &Mutation<'gc>, contents: Contents, chars: usize) -> Self {
        Str(Gc::new(
            mc,
            StrData {
                contents,
                chars,
                hash: Cell::new(0),
                interned: Cell::new(false),
            },
        ))
    }

    /// The WTF-8 bytes.
    #[inline]
    pub fn bytes(self) -> &'gc [u8] {
        match &Gc::as_ref(self.0).contents {
            Contents::Whole(bytes) => bytes,
            Contents::Grown(grown) => grown.bytes(),
        }
    }

    /// The number of bytes.
    #[inline]
    pub fn byte_count(self) -> usize {
        match &self.0.contents {
            Contents::Whole(bytes) => bytes.len(),
            Contents::Grown(grown) => grown.len,
        }
    }

    /// The text as the text kernel takes it.
    #[inline]
    pub fn text(self) -> Text<'gc> {
        Text {
            bytes: self.bytes(),
            ascii: self.is_ascii(),
        }
    }

    /// `self + other`. Appending to the result of an earlier concatenation
    /// costs no more than the bytes appended.
    pub fn concat(self, ctx: Context<'gc>, other: Str<'gc>) -> Str<'gc> {
        if other.is_empty() {
            return self;
        }
        if self.is_empty() {
            return other;
        }
        let len = self.byte_count() + other.byte_count();
        let chars = self.0.chars + other.0.chars;
        // Looked at before the buffer is borrowed: the two may share it.
        let tail = other.bytes();
        if len < GROWING || tail.len() > self.byte_count() {
            let mut joined = SmallVec::with_capacity(len);
            joined.extend_from_slice(self.bytes());
            joined.extend_from_slice(tail);
            return Str::from_parts(ctx.mc, Contents::Whole(joined), chars);
        }
        let appended = match &self.0.contents {
            Contents::Grown(grown) => grown.extended(tail),
            Contents::Whole(_) => None,
        };
        let buffer = appended.unwrap_or_else(|| {
            let mut buffer = Vec::with_capacity(len + len / 2);
            ctx.charge(buffer.capacity());
            buffer.extend_from_slice(self.bytes());
            buffer.extend_from_slice(tail);
            Rc::new(RefCell::new(buffer))
        });
        let text = OnceCell::new();
        let grown = Box::new(Grown { buffer, len, text });
        Str::from_parts(ctx.mc, Contents::Grown(grown), chars)
    }

    /// The character at `index`, negative from the end.
    #[inline]
    pub fn item(self, ctx: Context<'gc>, index: i64) -> Option<Str<'gc>> {
        let index = slicing::position(index, self.char_count())?;
        let bytes = self.bytes();
        let start = self.text().offset(index);
        let end = wtf8::next(bytes, start);
        bytes.get(start..end).map(|item| ctx.str_from_bytes(item))
    }

    /// The text with lone surrogates replaced by U+FFFD.
    pub fn to_string_lossy(self) -> std::borrow::Cow<'gc, str> {
        self.text().to_string_lossy()
    }

    /// The text, if it has no lone surrogates.
    pub fn to_str(self) -> Option<&'gc str> {
        std::str::from_utf8(self.bytes()).ok()
    }

    /// The number of code points.
    #[inline]
    pub fn char_count(self) -> usize {
        self.0.chars
    }

    /// Whether every code point is below 128.
    #[inline]
    pub fn is_ascii(self) -> bool {
        self.0.chars == self.byte_count()
    }

    /// Whether there is no text.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0.chars == 0
    }

    /// Whether both are one object.
    #[inline]
    pub fn same(self, other: Self) -> bool {
        Gc::ptr_eq(self.0, other.0)
    }

    /// The address of the object.
    #[inline]
    pub fn address(self) -> usize {
        Gc::as_ptr(self.0) as usize
    }

    /// Whether the string is the interned one of its text.
    #[inline]
    pub fn is_interned(self) -> bool {
        self.0.interned.get()
    }

    /// Marks the string, whose hash is known, as interned: the intern table's business alone.
    pub(crate) fn set_interned(self, hash: i64) {
        self.0.hash.set(hash);
        self.0.interned.set(true);
    }

    /// Python's hash: kept once computed.
    #[inline]
    pub fn hash(self) -> i64 {
        match self.0.hash.get() {
            0 => {
                let hash = crate::protocol::hash::hash_bytes(self.bytes());
                self.0.hash.set(hash);
                hash
            }
            hash => hash,
        }
    }

    /// Equality of text.
    #[inline]
    pub fn has_text_of(self, other: Self) -> bool {
        self.same(other) || self.byte_count() == other.byte_count() && self.bytes() == other.bytes()
    }
}

/// The longest text or bytes object that a small program may ask for in one
/// step: MemoryError instead of more.
const MOST: usize = 1 << 32;

/// Raises MemoryError for a result of `size` bytes that is too long, or whose
/// size does not fit.
pub fn check_size<'gc>(ctx: Context<'gc>, size: Option<usize>) -> Result<(), Raised<'gc>> {
    match size {
        Some(size) if size <= MOST => Ok(()),
        _ => Err(slicing::memory_error(ctx)),
    }
}

/// The type.
pub static STR: TypeDef = TypeDef {
    name: "str",
    doc: "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'.",
    match_self: true,
    methods: &[
        new(
            "__new__($type, /, object='', encoding='utf-8', errors='strict')",
            FlowCall(str_new),
        ),
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        slot("__hash__($self, /)", "Return hash(self).", Plain(hash)),
        slot("__str__($self, /)", "Return str(self).", Plain(str_of)),
        comparison(
            Comparison::Less,
            Plain(|ctx, args| compare(ctx, Comparison::Less, args)),
        ),
        comparison(
            Comparison::LessEqual,
            Plain(|ctx, args| compare(ctx, Comparison::LessEqual, args)),
        ),
        comparison(
            Comparison::Equal,
            Plain(|ctx, args| compare(ctx, Comparison::Equal, args)),
        ),
        comparison(
            Comparison::NotEqual,
            Plain(|ctx, args| compare(ctx, Comparison::NotEqual, args)),
        ),
        comparison(
            Comparison::Greater,
            Plain(|ctx, args| compare(ctx, Comparison::Greater, args)),
        ),
        comparison(
            Comparison::GreaterEqual,
            Plain(|ctx, args| compare(ctx, Comparison::GreaterEqual, args)),
        ),
        slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
        slot(
            "__mod__($self, value, /)",
            "Return self%value.",
            FlowCall(str_format::modulo),
        ),
        slot(
            "__rmod__($self, value, /)",
            "Return value%self.",
            FlowCall(str_format::reflected_modulo),
        ),
        slot("__len__($self, /)", "Return len(self).", Plain(len)),
        slot(
            "__getitem__($self, key, /)",
            "Return self[key].",
            Plain(get_item),
        ),
        sequence_slot(
            "__add__($self, value, /)",
            "Return self+value.",
            Plain(concatenate),
        ),
        sequence_slot(
            "__mul__($self, value, /)",
            "Return self*value.",
            Plain(repeat),
        ),
        sequence_slot(
            "__rmul__($self, value, /)",
            "Return value*self.",
            Plain(repeat),
        ),
        slot(
            "__contains__($self, key, /)",
            "Return bool(key in self).",
            Plain(contains),
        ),
        method(
            "encode($self, /, encoding='utf-8', errors='strict')",
            "Encode the string using the codec registered for encoding.",
            FlowCall(encode),
        ),
        method(
            "replace($self, old, new, /, count=-1)",
            "Return a copy with all occurrences of substring old replaced by new.",
            Plain(str_methods::replace),
        ),
        method(
            "split($self, /, sep=None, maxsplit=-1)",
            "Return a list of the substrings in the string, using sep as the separator string.",
            Plain(str_methods::split),
        ),
        method(
            "rsplit($self, /, sep=None, maxsplit=-1)",
            "Return a list of the substrings in the string, using sep as the separator string.",
            Plain(str_methods::rsplit),
        ),
        method(
            "join($self, iterable, /)",
            "Concatenate any number of strings.",
            FlowCall(str_methods::join),
        ),
        method(
            "capitalize($self, /)",
            "Return a capitalized version of the string.",
            Plain(str_methods::capitalize),
        ),
        method(
            "casefold($self, /)",
            "Return a version of the string suitable for caseless comparisons.",
            Plain(str_methods::casefold),
        ),
        method(
            "title($self, /)",
            "Return a version of the string where each word is titlecased.",
            Plain(str_methods::title),
        ),
        method(
            "center($self, width, fillchar=' ', /)",
            "Return a centered string of length width.",
            Plain(str_methods::center),
        ),
        method(
            "count($self, sub[, start[, end]], /)",
            "Return the number of non-overlapping occurrences of substring sub in string S[start:end].",
            Plain(str_methods::count),
        ),
        method(
            "expandtabs($self, /, tabsize=8)",
            "Return a copy where all tab characters are expanded using spaces.",
            Plain(str_methods::expandtabs),
        ),
        method(
            "find($self, sub[, start[, end]], /)",
            "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].",
            Plain(str_methods::find),
        ),
        method(
            "partition($self, sep, /)",
            "Partition the string into three parts using the given separator.",
            Plain(str_methods::partition),
        ),
        method(
            "index($self, sub[, start[, end]], /)",
            "Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].",
            Plain(str_methods::index),
        ),
        method(
            "ljust($self, width, fillchar=' ', /)",
            "Return a left-justified string of length width.",
            Plain(str_methods::ljust),
        ),
        method(
            "lower($self, /)",
            "Return a copy of the string converted to lowercase.",
            Plain(str_methods::lower),
        ),
        method(
            "lstrip($self, chars=None, /)",
            "Return a copy of the string with leading whitespace removed.",
            Plain(str_methods::lstrip),
        ),
        method(
            "rfind($self, sub[, start[, end]], /)",
            "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].",
            Plain(str_methods::rfind),
        ),
        method(
            "rindex($self, sub[, start[, end]], /)",
            "Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].",
            Plain(str_methods::rindex),
        ),
        method(
            "rjust($self, width, fillchar=' ', /)",
            "Return a right-justified string of length width.",
            Plain(str_methods::rjust),
        ),
        method(
            "rstrip($self, chars=None, /)",
            "Return a copy of the string with trailing whitespace removed.",
            Plain(str_methods::rstrip),
        ),
        method(
            "rpartition($self, sep, /)",
            "Partition the string into three parts using the given separator.",
            Plain(str_methods::rpartition),
        ),
        method(
            "splitlines($self, /, keepends=False)",
            "Return a list of the lines in the string, breaking at line boundaries.",
            Plain(str_methods::splitlines),
        ),
        method(
            "strip($self, chars=None, /)",
            "Return a copy of the string with leading and trailing whitespace removed.",
            Plain(str_methods::strip),
        ),
        method(
            "swapcase($self, /)",
            "Convert uppercase characters to lowercase and lowercase characters to uppercase.",
            Plain(str_methods::swapcase),
        ),
        method(
            "translate($self, table, /)",
            "Replace each character in the string using the given translation table.",
            FlowCall(str_methods::translate),
        ),
        method(
            "upper($self, /)",
            "Return a copy of the string converted to uppercase.",
            Plain(str_methods::upper),
        ),
        method(
            "startswith($self, prefix[, start[, end]], /)",
            "Return True if the string starts with the specified prefix, False otherwise.",
            Plain(str_methods::startswith),
        ),
        method(
            "endswith($self, suffix[, start[, end]], /)",
            "Return True if the string ends with the specified suffix, False otherwise.",
            Plain(str_methods::endswith),
        ),
        method(
            "removeprefix($self, prefix, /)",
            "Return a str with the given prefix string removed if present.",
            Plain(str_methods::removeprefix),
        ),
        method(
            "removesuffix($self, suffix, /)",
            "Return a str with the given suffix string removed if present.",
            Plain(str_methods::removesuffix),
        ),
        method(
            "isascii($self, /)",
            "Return True if all characters in the string are ASCII, False otherwise.",
            Plain(str_methods::isascii),
        ),
        method(
            "islower($self, /)",
            "Return True if the string is a lowercase string, False otherwise.",
            Plain(str_methods::islower),
        ),
        method(
            "isupper($self, /)",
            "Return True if the string is an uppercase string, False otherwise.",
            Plain(str_methods::isupper),
        ),
        method(
            "istitle($self, /)",
            "Return True if the string is a title-cased string, False otherwise.",
            Plain(str_methods::istitle),
        ),
        method(
            "isspace($self, /)",
            "Return True if the string is a whitespace string, False otherwise.",
            Plain(str_methods::isspace),
        ),
        method(
            "isdecimal($self, /)",
            "Return True if the string is a decimal string, False otherwise.",
            Plain(str_methods::isdecimal),
        ),
        method(
            "isdigit($self, /)",
            "Return True if the string is a digit string, False otherwise.",
            Plain(str_methods::isdigit),
        ),
        method(
            "isnumeric($self, /)",
            "Return True if the string is a numeric string, False otherwise.",
            Plain(str_methods::isnumeric),
        ),
        method(
            "isalpha($self, /)",
            "Return True if the string is an alphabetic string, False otherwise.",
            Plain(str_methods::isalpha),
        ),
        method(
            "isalnum($self, /)",
            "Return True if the string is an alpha-numeric string, False otherwise.",
            Plain(str_methods::isalnum),
        ),
        method(
            "isidentifier($self, /)",
            "Return True if the string is a valid Python identifier, False otherwise.",
            Plain(str_methods::isidentifier),
        ),
        method(
            "isprintable($self, /)",
            "Return True if all characters in the string are printable, False otherwise.",
            Plain(str_methods::isprintable),
        ),
        method(
            "zfill($self, width, /)",
            "Pad a numeric string with zeros on the left, to fill a field of the given width.",
            Plain(str_methods::zfill),
        ),
        method(
            "format($self, /, *args, **kwargs)",
            "Return a formatted version of the string, using substitutions from args and kwargs.\nThe substitutions are identified by braces ('{' and '}').",
            FlowCall(str_format::format),
        ),
        method(
            "format_map($self, mapping, /)",
            "Return a formatted version of the string, using substitutions from mapping.\nThe substitutions are identified by braces ('{' and '}').",
            FlowCall(str_format::format_map),
        ),
        method(
            "__format__($self, format_spec, /)",
            "Return a formatted version of the string as described by format_spec.",
            FlowCall(str_format::format_with_spec),
        ),
        static_method(
            "maketrans(x, y=None, z=None, /)",
            "Return a translation table usable for str.translate().",
            Plain(str_methods::maketrans),
        ),
        method(
            "__sizeof__($self, /)",
            "Return the size of the string in memory, in bytes.",
            Plain(sizeof),
        ),
        method("__getnewargs__($self, /)", "", Plain(get_new_args)),
    ],
    construct: Some(super::str_slots::construct),
    ..TypeDef::DEFAULT
};
