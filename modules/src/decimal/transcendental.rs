//! Square roots, powers, exponentials and logarithms. Results are computed as
//! integers scaled by a power of ten, with more digits until their rounding is
//! certain.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::arithmetic::{divide, multiply, strip};
use super::number::{Number, count_digits, ten_to};
use super::rounding::condition::*;
use super::rounding::{MOST, Rounding, Settings};

/// More digits than this are refused, as no machine has room for the work.
const MOST_DIGITS: u64 = 1 << 24;
/// The work of a series grows with the square of its digits, and more.
const MOST_PRECISE: u64 = 1 << 15;

/// `sqrt(a)`
pub fn sqrt(s: &mut Settings, a: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a]) {
        return nan;
    }
    if a.is_zero() {
        let ideal = a.exponent.div_euclid(2);
        return s.fix(Number::finite(a.negative, BigUint::ZERO, ideal));
    }
    if a.negative {
        return s.invalid(INVALID_OPERATION);
    }
    if a.is_infinite() {
        return a.clone();
    }
    let ideal = a.exponent.div_euclid(2);
    // The coefficient for an even exponent, then with one digit more than wanted.
    let odd = a.exponent.rem_euclid(2) as u64;
    let digits = &a.digits * ten_to(odd);
    let length = count_digits(&digits).div_ceil(2);
    let shift = s.precision as i64 + 1 - length as i64;
    let (mut root, exact) = if shift >= 0 {
        let scaled = digits * ten_to(2 * shift as u64);
        let root = scaled.sqrt();
        let exact = &root * &root == scaled;
        (root, exact)
    } else {
        let (scaled, rest) = digits.div_rem(&ten_to(2 * shift.unsigned_abs()));
        let root = scaled.sqrt();
        let exact = rest.is_zero() && &root * &root == scaled;
        (root, exact)
    };
    let mut exponent = ideal - shift;
    if exact {
        (root, exponent) = strip(root, exponent, ideal);
    } else if (&root % 5u32).is_zero() {
        root += 1u32;
    }
    let rounding = std::mem::replace(&mut s.rounding, Rounding::HalfEven);
    let result = s.fix(Number::finite(false, root, exponent));
    s.rounding = rounding;
    result
}

/// `10**places * sum of z**k / k` over odd k, for z = 1/n: the inverse
/// hyperbolic tangent of 1/n.
fn artanh_inverse(n: u32, places: u64) -> BigInt {
    let mut term = BigInt::from(ten_to(places)) / n;
    let mut sum = term.clone();
    let mut k = 1u32;
    while !term.is_zero() {
        term /= n * n;
        k += 2;
        sum += &term / k;
    }
    sum
}

/// `10**places * ln(2)` and `10**places * ln(10)`.
fn logarithms_of_2_and_10(places: u64) -> (BigInt, BigInt) {
    let wide = places + 10;
    let [a, b, c] = [31, 49, 161].map(|n| artanh_inverse(n, wide));
    let guard = BigInt::from(ten_to(10));
    let two = &a * 14 + &b * 10 + &c * 6;
    let ten = a * 46 + b * 34 + c * 20;
    (two / &guard, ten / guard)
}

/// `10**places * exp(x / 10**places)` as a coefficient and an exponent.
fn exp_scaled(x: &BigInt, places: u64) -> (BigInt, i64) {
    let wide = places + 20;
    let x = x * BigInt::from(ten_to(20));
    let unit = BigInt::from(ten_to(wide));
    let (_, ten) = logarithms_of_2_and_10(wide);
    let (power, rest) = x.div_mod_floor(&ten);
    // Halved eight times, so that the series converges fast.
    let small: BigInt = rest >> 8;
    let mut term = unit.clone();
    let mut sum = unit.clone();
    let mut k = 1u32;
    while !term.is_zero() {
        term = term * &small / &unit / k;
        sum += &term;
        k += 1;
    }
    for _ in 0..8 {
        sum = &sum * &sum / &unit;
    }
    let power = power
        .to_i64()
        .unwrap_or(if power.is_negative() { -MOST } else { MOST });
    (sum / BigInt::from(ten_to(20)), power)
}

/// `10**places * ln(n)` for a positive finite number.
fn ln_scaled(n: &Number, places: u64) -> BigInt {
    let exponent = n.adjusted();
    let wide = places + 10 + u64::from(exponent.unsigned_abs().checked_ilog10().unwrap_or(0));
    let unit = BigInt::from(ten_to(wide));
    // Between 1 and 10, then between 3/4 and 3/2 by halves.
    let mut y = scaled(&n.digits, -(n.length() as i64 - 1), wide);
    let mut halvings = 0;
    while &y * 2 > &unit * 3 {
        y >>= 1;
        halvings += 1;
    }
    let z = (&y - &unit) * &unit / (&y + &unit);
    let square = &z * &z / &unit;
    let mut term = z.clone();
    let mut sum = z;
    let mut k = 1u32;
    while !term.is_zero() {
        term = term * &square / &unit;
        k += 2;
        sum += &term / k;
    }
    let (two, ten) = logarithms_of_2_and_10(wide);
    let total: BigInt = sum * 2 + two * halvings + ten * exponent;
    total / BigInt::from(ten_to(wide - places))
}

/// `10**places * digits * 10**exponent`, rounded down.
fn scaled(digits: &BigUint, exponent: i64, places: u64) -> BigInt {
    let shift = places as i64 + exponent;
    BigInt::from(match shift >= 0 {
        true => digits * ten_to(shift as u64),
        false => digits / ten_to(shift.unsigned_abs()),
    })
}

/// Rounds what `compute` approximates: given a number of digits, it gives a
/// coefficient of about as many, less than 100 units off, and its exponent.
fn certain(s: &mut Settings, compute: impl Fn(u64) -> (BigInt, i64)) -> Number {
    let mut extra = 5;
    loop {
        let (value, exponent) = compute(s.precision + extra);
        let negative = value.sign() == Sign::Minus;
        let digits = value.into_parts().1;
        let spare = count_digits(&digits) as i64 - s.precision as i64;
        if spare > 3 {
            let half = ten_to(spare as u64) / 2u32;
            let rest = &digits % ten_to(spare as u64);
            let off = |to: &BigUint| if rest > *to { &rest - to } else { to - &rest };
            let margin = BigUint::from(100u32);
            let edge = ten_to(spare as u64);
            let unclear = [BigUint::ZERO, half, edge]
                .iter()
                .any(|to| off(to) <= margin);
            if !unclear || extra > 400 {
                let rounding = std::mem::replace(&mut s.rounding, Rounding::HalfEven);
                let result = s.fix(Number::finite(negative, digits, exponent));
                s.rounding = rounding;
                s.raise(INEXACT | ROUNDED);
                return result;
            }
        }
        extra += if spare > 3 {
            extra
        } else {
            (4 - spare) as u64 + 3
        };
    }
}

/// Cuts a precision that series are not worth: a result that is rounded to it is a MemoryError.
fn bound(s: &mut Settings) {
    s.precision = s.precision.min(MOST_PRECISE);
}

/// A result known exactly, shown with all digits of the precision.
fn padded(s: &mut Settings, number: Number) -> Number {
    let spare = s.precision.saturating_sub(number.length());
    let digits = &number.digits * ten_to(spare);
    let exponent = number.exponent - spare as i64;
    s.raise(INEXACT | ROUNDED);
    s.fix(Number::finite(number.negative, digits, exponent))
}

/// `exp(a)`
pub fn exp(s: &mut Settings, a: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a]) {
        return nan;
    }
    if a.is_infinite() {
        return match a.negative {
            true => Number::finite(false, BigUint::ZERO, 0),
            false => a.clone(),
        };
    }
    if a.is_zero() {
        return Number::small(1);
    }
    bound(s);
    let precision = s.precision as i64;
    if a.adjusted() > 19 {
        // Beyond any exponent.
        let rounding = std::mem::replace(&mut s.rounding, Rounding::HalfEven);
        let exponent = if a.negative {
            s.etiny() - 1
        } else {
            s.emax + 1
        };
        let result = s.fix(Number::finite(false, 1u32.into(), exponent));
        s.rounding = rounding;
        return result;
    }
    if a.adjusted() < -precision - 1 {
        // Nearer to 1 than any number of this precision.
        let unit = ten_to(s.precision + 1);
        let digits = if a.negative { unit - 1u32 } else { unit + 1u32 };
        let shift = if a.negative { 1 } else { 0 };
        let digits = digits * ten_to(shift);
        let rounding = std::mem::replace(&mut s.rounding, Rounding::HalfEven);
        let exponent = -precision - 1 - shift as i64;
        let result = s.fix(Number::finite(false, digits, exponent));
        s.rounding = rounding;
        return result;
    }
    let sign = if a.negative { Sign::Minus } else { Sign::Plus };
    certain(s, |digits| {
        let places = digits + 2 + a.adjusted().max(0) as u64;
        let x = scaled(&a.digits, a.exponent, places);
        let x = if sign == Sign::Minus { -x } else { x };
        let (value, power) = exp_scaled(&x, places);
        (value, power - places as i64)
    })
}

/// `ln(a)`
pub fn ln(s: &mut Settings, a: &Number) -> Number {
    match logarithm_edges(s, a) {
        Some(done) => done,
        None => {
            let near = nearness(a);
            certain(s, |digits| {
                let places = digits + near;
                (ln_scaled(a, places), -(places as i64))
            })
        }
    }
}

/// How many digits a logarithm loses for being near 0.
fn nearness(a: &Number) -> u64 {
    if a.adjusted() != 0 && a.adjusted() != -1 {
        return 0;
    }
    let unit = ten_to(a.exponent.unsigned_abs());
    let distance = match a.digits > unit {
        true => &a.digits - &unit,
        false => &unit - &a.digits,
    };
    let digits = count_digits(&distance);
    a.exponent.unsigned_abs().saturating_sub(digits) + 1
}

fn logarithm_edges(s: &mut Settings, a: &Number) -> Option<Number> {
    if let Some(nan) = s.nan_of(&[a]) {
        return Some(nan);
    }
    if a.is_zero() {
        return Some(Number::infinity(true));
    }
    if a.negative {
        return Some(s.invalid(INVALID_OPERATION));
    }
    if a.is_infinite() {
        return Some(a.clone());
    }
    let (digits, exponent) = strip(a.digits.clone(), a.exponent, i64::MAX);
    if digits.is_one() && exponent == 0 {
        return Some(Number::finite(false, BigUint::ZERO, 0));
    }
    bound(s);
    None
}

/// `log10(a)`
pub fn log10(s: &mut Settings, a: &Number) -> Number {
    if let Some(done) = logarithm_edges(s, a) {
        return done;
    }
    let (digits, exponent) = strip(a.digits.clone(), a.exponent, i64::MAX);
    if digits.is_one() {
        return s.fix(Number::small(exponent));
    }
    let near = nearness(a);
    certain(s, |digits| {
        let places = digits + near + 3;
        let (_, ten) = logarithms_of_2_and_10(places);
        let value = ln_scaled(a, places) * BigInt::from(ten_to(places)) / ten;
        (value, -(places as i64))
    })
}

/// `a ** b`
pub fn power(s: &mut Settings, a: &Number, b: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b]) {
        return nan;
    }
    if b.is_zero() {
        return match a.is_zero() {
            true => s.invalid(INVALID_OPERATION),
            false => Number::small(1),
        };
    }
    let whole = b.is_integer();
    let negative = a.negative && whole && b.is_odd();
    if a.negative && !a.is_zero() && !whole {
        return s.invalid(INVALID_OPERATION);
    }
    let zero = |s: &mut Settings| s.fix(Number::finite(negative, BigUint::ZERO, 0));
    if a.is_zero() {
        return match b.negative {
            true => Number::infinity(negative),
            false => zero(s),
        };
    }
    if a.is_infinite() {
        return match b.negative {
            true => zero(s),
            false => Number::infinity(negative),
        };
    }
    let (base, exponent) = strip(a.digits.clone(), a.exponent, i64::MAX);
    let is_one = base.is_one() && exponent == 0;
    if b.is_infinite() {
        let grows = a.adjusted() >= 0;
        return match (is_one, grows != b.negative) {
            (true, _) => padded(s, Number::finite(negative, BigUint::one(), 0)),
            (false, true) => Number::infinity(negative),
            (false, false) => zero(s),
        };
    }
    if is_one {
        return match whole && !b.negative {
            true => integer_power(s, a, b, negative),
            false => padded(s, Number::finite(negative, BigUint::one(), 0)),
        };
    }
    if whole && b.adjusted() < 19 {
        return integer_power(s, a, b, negative);
    }
    bound(s);
    let result = real_power(s, &a.with_sign(false), b);
    result.with_sign(negative)
}

fn integer_power(s: &mut Settings, a: &Number, b: &Number, negative: bool) -> Number {
    let times = b.truncated(20).and_then(|n| n.to_u64()).unwrap_or(u64::MAX);
    let cost = times.saturating_mul(a.length());
    let exponent = a.exponent.checked_mul(times.min(i64::MAX as u64) as i64);
    if let (true, Some(exponent)) = (cost <= 20 * s.precision + 2000, exponent) {
        let digits = a.digits.pow(times as u32);
        let power = Number::finite(negative, digits, exponent);
        return match b.negative {
            false => s.fix(power),
            true => {
                // As libmpdec does it: rounded to the nearest with some more digits first.
                let mut wide = Settings {
                    precision: s.precision + 4 + b.length(),
                    rounding: Rounding::HalfEven,
                    emax: MOST,
                    status: 0,
                    ..s.clone()
                };
                let result = divide(&mut wide, &Number::small(1), &power);
                s.raise(wide.status);
                s.fix(result)
            }
        };
    }
    // By squaring, with digits to spare.
    let mut wide = Settings {
        precision: s.precision + 4 + u64::from(times.checked_ilog10().unwrap_or(0)) + 20,
        status: 0,
        rounding: Rounding::HalfEven,
        ..s.clone()
    };
    let mut base = a.with_sign(false);
    if b.negative {
        base = divide(&mut wide, &Number::small(1), &base);
    }
    let mut result = Number::small(1);
    for bit in (0..64 - times.leading_zeros()).rev() {
        result = multiply(&mut wide, &result.clone(), &result);
        if times >> bit & 1 == 1 {
            result = multiply(&mut wide, &result, &base);
        }
        if result.is_infinite() || result.is_zero() {
            break;
        }
    }
    s.raise(wide.status & (OVERFLOW | UNDERFLOW | SUBNORMAL | INEXACT | ROUNDED | CLAMPED));
    s.fix(result.with_sign(negative))
}

/// `exp(b * ln(a))`
fn real_power(s: &mut Settings, a: &Number, b: &Number) -> Number {
    let near = nearness(a);
    let magnitude = b.adjusted().max(0) as u64 + 20;
    if magnitude > MOST_DIGITS {
        let mut wide = Settings::wide();
        wide.precision = 20;
        let log = ln(&mut wide, a);
        let product = multiply(&mut wide, &log, b);
        return exp(s, &product);
    }
    let mut wide = Settings::wide();
    wide.precision = 12;
    let log = ln(&mut wide, a);
    let rough = multiply(&mut wide, &log, b);
    if rough.adjusted() > 19 {
        return exp(s, &rough);
    }
    certain(s, |digits| {
        let places = digits + near + magnitude + b.exponent.min(0).unsigned_abs().min(MOST_DIGITS);
        let log = ln_scaled(a, places);
        let product = match b.exponent >= 0 {
            true => log * BigInt::from(&b.digits * ten_to(b.exponent as u64)),
            false => {
                let unit = BigInt::from(ten_to(b.exponent.unsigned_abs().min(MOST_DIGITS)));
                log * BigInt::from(b.digits.clone()) / unit
            }
        };
        let product = if b.negative { -product } else { product };
        let (value, power) = exp_scaled(&product, places);
        (value, power - places as i64)
    })
}

/// `a ** b % c` of integers
pub fn power_modulo(s: &mut Settings, a: &Number, b: &Number, c: &Number) -> Number {
    if let Some(nan) = s.nan_of(&[a, b, c]) {
        return nan;
    }
    let all_whole = [a, b, c].iter().all(|n| n.is_integer());
    if !all_whole || b.negative || c.is_zero() || (a.is_zero() && b.is_zero()) {
        return s.invalid(INVALID_OPERATION);
    }
    if c.adjusted() >= s.precision as i64 {
        return s.invalid(INVALID_OPERATION);
    }
    let negative = a.negative && b.is_odd();
    let modulus = c.truncated(MOST_DIGITS).unwrap_or_default();
    let whole = |n: &Number| n.truncated(MOST_DIGITS);
    let (Some(base), Some(times)) = (whole(a), whole(b)) else {
        return s.invalid(INVALID_OPERATION);
    };
    let result = base.modpow(&times, &modulus);
    Number::finite(negative, result, 0)
}
