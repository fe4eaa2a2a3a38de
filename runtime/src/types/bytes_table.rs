//! The methods that `bytes` and `bytearray` share: their table.

use super::bytes_methods::*;
use super::memoryview;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, class_method, method, sequence_slot, slot, static_method};
use crate::text::layout::Align;
use crate::text::predicates;

/// The methods.
pub const SHARED: &[NativeDef] = &[
    slot(
        "__mod__($self, value, /)",
        "Return self%value.",
        Plain(modulo),
    ),
    slot(
        "__rmod__($self, value, /)",
        "Return value%self.",
        Plain(reflected_modulo),
    ),
    slot(
        "__buffer__($self, flags, /)",
        "Return a buffer object that exposes the underlying memory of the object.",
        Plain(memoryview::buffer_of),
    ),
    slot("__len__($self, /)", "Return len(self).", Plain(len)),
    slot(
        "__getitem__($self, key, /)",
        "Return self[key].",
        Plain(getitem),
    ),
    slot(
        "__contains__($self, key, /)",
        "Return bool(key in self).",
        Plain(contains),
    ),
    sequence_slot("__add__($self, value, /)", "Return self+value.", Plain(add)),
    sequence_slot("__mul__($self, value, /)", "Return self*value.", Plain(mul)),
    sequence_slot(
        "__rmul__($self, value, /)",
        "Return value*self.",
        Plain(mul),
    ),
    slot("__iter__($self, /)", "Implement iter(self).", Plain(iter)),
    slot("__str__($self, /)", "Return str(self).", Plain(str)),
    slot("__eq__($self, value, /)", "Return self==value.", Plain(eq)),
    slot("__ne__($self, value, /)", "Return self!=value.", Plain(ne)),
    slot("__lt__($self, value, /)", "Return self<value.", Plain(lt)),
    slot("__le__($self, value, /)", "Return self<=value.", Plain(le)),
    slot("__gt__($self, value, /)", "Return self>value.", Plain(gt)),
    slot("__ge__($self, value, /)", "Return self>=value.", Plain(ge)),
    method(
        "count($self, sub[, start[, end]], /)",
        "Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].",
        Plain(count),
    ),
    method(
        "find($self, sub[, start[, end]], /)",
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
        Plain(find),
    ),
    method(
        "rfind($self, sub[, start[, end]], /)",
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
        Plain(rfind),
    ),
    method(
        "index($self, sub[, start[, end]], /)",
        "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
        Plain(index),
    ),
    method(
        "rindex($self, sub[, start[, end]], /)",
        "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].",
        Plain(rindex),
    ),
    method(
        "startswith($self, prefix[, start[, end]], /)",
        "Return True if the bytes starts with the specified prefix, False otherwise.",
        Plain(startswith),
    ),
    method(
        "endswith($self, suffix[, start[, end]], /)",
        "Return True if the bytes ends with the specified suffix, False otherwise.",
        Plain(endswith),
    ),
    method(
        "replace($self, old, new, count=-1, /)",
        "Return a copy with all occurrences of substring old replaced by new.",
        Plain(replace),
    ),
    method(
        "split($self, /, sep=None, maxsplit=-1)",
        "Return a list of the sections in the bytes, using sep as the delimiter.",
        Plain(split_),
    ),
    method(
        "rsplit($self, /, sep=None, maxsplit=-1)",
        "Return a list of the sections in the bytes, using sep as the delimiter.",
        Plain(rsplit),
    ),
    method(
        "splitlines($self, /, keepends=False)",
        "Return a list of the lines in the bytes, breaking at line boundaries.",
        Plain(splitlines),
    ),
    method(
        "partition($self, sep, /)",
        "Partition the bytes into three parts using the given separator.",
        Plain(partition),
    ),
    method(
        "rpartition($self, sep, /)",
        "Partition the bytes into three parts using the given separator.",
        Plain(rpartition),
    ),
    method(
        "strip($self, bytes=None, /)",
        "Strip leading and trailing bytes contained in the argument.",
        Plain(strip_both),
    ),
    method(
        "lstrip($self, bytes=None, /)",
        "Strip leading bytes contained in the argument.",
        Plain(lstrip),
    ),
    method(
        "rstrip($self, bytes=None, /)",
        "Strip trailing bytes contained in the argument.",
        Plain(rstrip),
    ),
    method(
        "removeprefix($self, prefix, /)",
        "Return a bytes object with the given prefix string removed if present.",
        Plain(removeprefix),
    ),
    method(
        "removesuffix($self, suffix, /)",
        "Return a bytes object with the given suffix string removed if present.",
        Plain(removesuffix),
    ),
    method(
        "join($self, iterable_of_bytes, /)",
        "Concatenate any number of bytes objects.",
        FlowCall(join),
    ),
    method(
        "lower($self, /)",
        "Return a copy with all ASCII characters converted to lowercase.",
        Plain(lower),
    ),
    method(
        "upper($self, /)",
        "Return a copy with all ASCII characters converted to uppercase.",
        Plain(upper),
    ),
    method(
        "title($self, /)",
        "Return a titlecased version of B.",
        Plain(title),
    ),
    method(
        "capitalize($self, /)",
        "Return a copy of B with only its first character capitalized (ASCII) and the rest lower-cased.",
        Plain(capitalize),
    ),
    method(
        "swapcase($self, /)",
        "Return a copy of B with uppercase ASCII characters converted to lowercase ASCII and vice versa.",
        Plain(swapcase),
    ),
    method(
        "isalpha($self, /)",
        "Return True if all characters in B are alphabetic and there is at least one character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_alpha)),
    ),
    method(
        "isalnum($self, /)",
        "Return True if all characters in B are alphanumeric and there is at least one character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_alnum)),
    ),
    method(
        "isdigit($self, /)",
        "Return True if all characters in B are digits and there is at least one character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_digit)),
    ),
    method(
        "isspace($self, /)",
        "Return True if all characters in B are whitespace and there is at least one character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_space)),
    ),
    method(
        "islower($self, /)",
        "Return True if all cased characters in B are lowercase and there is at least one cased character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_lower)),
    ),
    method(
        "isupper($self, /)",
        "Return True if all cased characters in B are uppercase and there is at least one cased character in B, False otherwise.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_upper)),
    ),
    method(
        "istitle($self, /)",
        "Return True if B is a titlecased string and there is at least one character in B.",
        Plain(|ctx, args| test(ctx, args, predicates::ascii_is_title)),
    ),
    method(
        "isascii($self, /)",
        "Return True if B is empty or all characters in B are ASCII, False otherwise.",
        Plain(|ctx, args| test(ctx, args, <[u8]>::is_ascii)),
    ),
    method(
        "center($self, width, fillchar=b' ', /)",
        "Return a centered string of length width.",
        Plain(|ctx, args| pad(ctx, args, Align::Center, "center")),
    ),
    method(
        "ljust($self, width, fillchar=b' ', /)",
        "Return a left-justified string of length width.",
        Plain(|ctx, args| pad(ctx, args, Align::Left, "ljust")),
    ),
    method(
        "rjust($self, width, fillchar=b' ', /)",
        "Return a right-justified string of length width.",
        Plain(|ctx, args| pad(ctx, args, Align::Right, "rjust")),
    ),
    method(
        "zfill($self, width, /)",
        "Pad a numeric string with zeros on the left, to fill a field of the given width.",
        Plain(zfill),
    ),
    method(
        "expandtabs($self, /, tabsize=8)",
        "Return a copy where all tab characters are expanded using spaces.",
        Plain(expandtabs),
    ),
    method(
        "translate($self, table, /, delete=b'')",
        "Return a copy with each character mapped by the given translation table.",
        Plain(translate),
    ),
    method(
        "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
        "Create a string of hexadecimal numbers from a bytes object.",
        Plain(to_hex),
    ),
    method(
        "decode($self, /, encoding='utf-8', errors='strict')",
        "Decode the bytes using the codec registered for encoding.",
        FlowCall(decode),
    ),
    class_method(
        "fromhex($type, string, /)",
        "Create a bytes object from a string of hexadecimal numbers.",
        FlowCall(fromhex),
    ),
    static_method(
        "maketrans(frm, to, /)",
        "Return a translation table usable for the bytes or bytearray translate method.",
        Plain(maketrans),
    ),
];
