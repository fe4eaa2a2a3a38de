//! `int`: the type's methods.

use num_bigint::{BigInt, Sign};

use crate::types::def::TypeDef;

/// Python's hash of a big integer: modulo 2**61 - 1, with the sign.
pub fn hash_bigint(n: &BigInt) -> i64 {
    const MODULUS: u64 = (1 << 61) - 1;
    let rest = n.magnitude() % MODULUS;
    let hash = rest.iter_u64_digits().next().unwrap_or(0) as i64;
    match if n.sign() == Sign::Minus { -hash } else { hash } {
        -1 => -2,
        hash => hash,
    }
}

/// The type.
pub static INT: TypeDef = TypeDef {
    name: "int",
    match_self: true,
    ..TypeDef::DEFAULT
};
