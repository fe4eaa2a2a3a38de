//! The identity of NaNs. A float is immediate here, so `is` compares its bits;
//! in CPython a NaN is an object, two NaNs are two objects, and since a NaN is
//! equal to nothing, identity alone decides whether a list contains it or a dict
//! has it for a key. So a NaN that CPython would make as a new object gets a
//! serial number in its payload, under a tag by which it is known.
//!
//! Nobody outside may see these bits: whatever writes a float's bytes (pickle,
//! struct, marshal, array, memoryview) writes [`outgoing`], whatever reads them
//! passes them through [`Context::new_float`](crate::context::Context::new_float).
//! Payloads that a program made itself are kept.

/// The exponent, the quiet bit and the tag.
const TAGGED: u64 = 0x7FFD_C000_0000_0000;
/// Where those are.
const TAG_MASK: u64 = 0x7FFF_C000_0000_0000;
/// Where the serial number is.
const SERIAL_MASK: u64 = !TAG_MASK & !SIGN;
/// The sign.
const SIGN: u64 = 1 << 63;
/// The NaN of every serial number, as others see it.
const CANONICAL: u64 = 0x7FF8_0000_0000_0000;

/// The NaN with this serial number and the sign of `like`.
pub fn with_serial(serial: u64, like: f64) -> f64 {
    f64::from_bits((like.to_bits() & SIGN) | TAGGED | (serial & SERIAL_MASK))
}

/// Whether a NaN says nothing but that it is one: its payload is the common one
/// or a serial number.
#[inline]
pub fn is_plain(x: f64) -> bool {
    let bits = x.to_bits();
    bits & !SIGN == CANONICAL || bits & TAG_MASK == TAGGED
}

/// The float as bytes outside the runtime show it: without a serial number.
#[inline]
pub fn outgoing(x: f64) -> f64 {
    let bits = x.to_bits();
    if bits & TAG_MASK == TAGGED {
        f64::from_bits((bits & SIGN) | CANONICAL)
    } else {
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_tell_nans_apart_and_stay_inside() {
        let (a, b) = (with_serial(1, 0.0), with_serial(2, -0.0));
        assert!(a.is_nan() && b.is_nan());
        assert_ne!(a.to_bits(), b.to_bits());
        assert!(b.is_sign_negative());
        assert_eq!(outgoing(a).to_bits(), CANONICAL);
        assert_eq!(outgoing(b).to_bits(), CANONICAL | SIGN);
    }

    #[test]
    fn payloads_of_programs_are_kept() {
        let own = f64::from_bits(0x7FF8_0000_0000_1234);
        assert!(!is_plain(own));
        assert_eq!(outgoing(own).to_bits(), own.to_bits());
        assert_eq!(outgoing(-1.5), -1.5);
        assert!(is_plain(f64::NAN) && is_plain(-f64::NAN));
    }
}
