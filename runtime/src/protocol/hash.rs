//! Hashes: Python's for numbers, `ahash` for text and bytes.

use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;

use crate::context::Context;
use crate::raised::Raised;
use crate::types::exceptions::Exc;
use crate::value::Value;

/// The hasher of text. Its keys are drawn once for each process, so that no
/// input can be made to collide.
pub fn hasher() -> ahash::RandomState {
    static KEYS: OnceLock<ahash::RandomState> = OnceLock::new();
    KEYS.get_or_init(ahash::RandomState::new).clone()
}

/// The hash of text or bytes; never 0 (which marks a hash not yet computed in
/// a string) and never -1 (which CPython reserves).
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    static KEYS: OnceLock<ahash::RandomState> = OnceLock::new();
    let mut hasher = KEYS.get_or_init(hasher).build_hasher();
    hasher.write(bytes);
    match hasher.finish() as i64 {
        0 => 1,
        -1 => -2,
        hash => hash,
    }
}

impl<'gc> Context<'gc> {
    /// `hash(value)`. Raises TypeError for a value that can't be hashed, and
    /// what `__hash__` raises.
    #[inline]
    pub fn hash(self, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
        match value {
            Value::Str(s) => Ok(s.hash()),
            Value::Int(n) => Ok(hash_int(n)),
            _ => self.hash_slow(value),
        }
    }

    /// The hash of a dict's key. Raises as `hash` does, saying what it was for.
    #[inline]
    pub fn hash_key(self, key: Value<'gc>) -> Result<i64, Raised<'gc>> {
        match key {
            Value::Str(s) => Ok(s.hash()),
            Value::Int(n) => Ok(hash_int(n)),
            _ => self
                .hash_slow(key)
                .map_err(|raised| self.unhashable(key, raised, "a dict key")),
        }
    }

    /// The hash of a set's element. Raises as `hash` does, saying what it was for.
    #[inline]
    pub fn hash_element(self, element: Value<'gc>) -> Result<i64, Raised<'gc>> {
        match element {
            Value::Str(s) => Ok(s.hash()),
            Value::Int(n) => Ok(hash_int(n)),
            _ => self
                .hash_slow(element)
                .map_err(|raised| self.unhashable(element, raised, "a set element")),
        }
    }

    #[cold]
    fn unhashable(self, value: Value<'gc>, raised: Raised<'gc>, what: &str) -> Raised<'gc> {
        if raised.0.class() != self.exceptions().get(Exc::TypeError) {
            return raised;
        }
        let reason = self.to_str(raised.value());
        let reason = reason.map_or_else(|_| String::new(), |t| t.to_string_lossy().into_owned());
        let class = self.type_name(value);
        self.type_error(format!("cannot use '{class}' as {what} ({reason})"))
    }

    fn hash_slow(self, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
        match value {
            Value::Bool(b) => return Ok(b.get() as i64),
            Value::Bytes(b) => return Ok(b.hash()),
            Value::None => return Ok(0xfca8_6420),
            Value::Tuple(tuple) => return self.recurse("", || self.hash_tuple(tuple.items())),
            _ => {}
        }
        let class = value.class(self);
        match class.lookup(self, self.names().__hash__) {
            None | Some(Value::None) => {
                Err(self.type_error(format!("unhashable type: '{}'", class.name_text())))
            }
            Some(method) => {
                let flow = crate::protocol::call::call_special(self, method, value, &[])?;
                let answer = self.recurse("", || self.complete(flow))?;
                match answer.builtin() {
                    Value::Int(n) => Ok(if n == -1 { -2 } else { n }),
                    Value::Bool(b) => Ok(b.get() as i64),
                    Value::BigInt(n) => Ok(crate::types::numbers::int::hash_bigint(&n)),
                    _ => Err(self.type_error("__hash__ method should return an integer")),
                }
            }
        }
    }

    /// CPython's tuple hash (xxHash's rounds).
    fn hash_tuple(self, items: &[Value<'gc>]) -> Result<i64, Raised<'gc>> {
        let acc = self.hash_parts(items)?;
        let acc = acc.wrapping_add((items.len() as u64) ^ (PRIME_5 ^ 3_527_539));
        Ok(if acc == u64::MAX {
            1_546_275_796
        } else {
            acc as i64
        })
    }

    /// The rounds of a tuple's hash, one an item.
    pub(crate) fn hash_parts(self, items: &[Value<'gc>]) -> Result<u64, Raised<'gc>> {
        let mut acc = PRIME_5;
        for item in items {
            let lane = self.hash(*item)? as u64;
            acc = acc.wrapping_add(lane.wrapping_mul(PRIME_2));
            acc = acc.rotate_left(31).wrapping_mul(PRIME_1);
        }
        Ok(acc)
    }
}

const PRIME_1: u64 = 11_400_714_785_074_694_791;
const PRIME_2: u64 = 14_029_467_366_897_019_727;
const PRIME_5: u64 = 2_870_177_450_012_600_261;

/// The hash of an object by its identity.
pub fn hash_address(address: usize) -> i64 {
    let hash = (address as u64).rotate_right(4) as i64;
    if hash == -1 { -2 } else { hash }
}

/// Python's hash of a machine integer: modulo 2**61 - 1.
#[inline]
pub fn hash_int(n: i64) -> i64 {
    const MODULUS: i64 = (1 << 61) - 1;
    let hash = if -MODULUS < n && n < MODULUS {
        n
    } else {
        n % MODULUS
    };
    if hash == -1 { -2 } else { hash }
}

/// `id(value)`: the address of an object; for an immediate value, a number
/// that its kind and contents decide.
pub fn identity<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Value<'gc> {
    let number = match value {
        Value::Int(n) => (i128::from(n) << 4) | 1,
        Value::Float(x) => (i128::from(x.get().to_bits()) << 4) | 2,
        Value::ReadFloat(x) => (i128::from(x.get().to_bits()) << 4) | 5,
        Value::Bool(b) => (i128::from(b.get()) << 4) | 3,
        Value::None | Value::Absent => 0x14,
        Value::Ellipsis => 0x24,
        Value::NotImplemented => 0x34,
        object => object.address().unwrap_or(0) as i128,
    };
    match i64::try_from(number) {
        Ok(small) => Value::Int(small),
        Err(_) => Value::from_bigint(ctx.mc, number.into()),
    }
}
