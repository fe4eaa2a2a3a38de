//! Functions of a complex variable: after W. Kahan, "Branch cuts for complex
//! elementary functions", with the infinities, NaNs and signs of zero of C99's
//! annex G. Knows no Python value.

use std::f64::consts::{E, FRAC_PI_2, FRAC_PI_4, LN_2, LN_10, PI};

use capers_runtime::numbers::complex::{Complex, new};

/// Why there is no result.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The function is not defined there: ValueError.
    Domain,
    /// The result is too large: OverflowError.
    Range,
}

type Result<T = Complex> = std::result::Result<T, Fault>;

/// From here on squares may overflow.
const LARGE: f64 = f64::MAX / 4.0;
const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

fn is_finite(z: Complex) -> bool {
    z.real.is_finite() && z.imag.is_finite()
}

/// From here on `exp` may overflow.
fn log_large() -> f64 {
    LARGE.ln()
}

/// A result of finite arguments, unless it is too large.
fn in_range(z: Complex) -> Result {
    match z.real.is_infinite() || z.imag.is_infinite() {
        true => Err(Fault::Range),
        false => Ok(z),
    }
}

/// The modulus.
pub fn modulus(z: Complex) -> Result<f64> {
    let size = z.real.hypot(z.imag);
    match size.is_infinite() && is_finite(z) {
        true => Err(Fault::Range),
        false => Ok(size),
    }
}

fn square_root(z: Complex) -> Complex {
    let (re, im) = (z.real, z.imag);
    if im.is_infinite() {
        return new(INF, im);
    }
    if re.is_nan() || (im.is_nan() && re.is_finite()) {
        return new(NAN, NAN);
    }
    if re.is_infinite() {
        return match re > 0.0 {
            true => new(INF, if im.is_nan() { im } else { 0f64.copysign(im) }),
            false if im.is_nan() => new(im, INF),
            false => new(0.0, INF.copysign(im)),
        };
    }
    if re == 0.0 && im == 0.0 {
        return new(0.0, im);
    }
    let (mut ax, ay) = (re.abs(), im.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE && (ax > 0.0 || ay > 0.0) {
        // Subnormal parts are scaled up by 2**53; the root of half of it is 2**26.
        ax = libm::ldexp(ax, 53);
        libm::ldexp((ax + ax.hypot(libm::ldexp(ay, 53))).sqrt(), -27)
    } else {
        ax /= 8.0;
        2.0 * (ax + ax.hypot(ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    match re >= 0.0 {
        true => new(s, d.copysign(im)),
        false => new(d, s.copysign(im)),
    }
}

/// `sqrt(z)`
pub fn sqrt(z: Complex) -> Result {
    Ok(square_root(z))
}

/// The logarithm; at 0 it has a pole, which is a domain error.
pub fn log(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    let angle = im.atan2(re);
    let (ax, ay) = (re.abs(), im.abs());
    if ax.is_infinite() || ay.is_infinite() {
        return Ok(new(INF, angle));
    }
    if re.is_nan() || im.is_nan() {
        return Ok(new(NAN, NAN));
    }
    let size = if ax > LARGE || ay > LARGE {
        (ax / 2.0).hypot(ay / 2.0).ln() + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return Err(Fault::Domain);
        }
        libm::ldexp(ax, 53).hypot(libm::ldexp(ay, 53)).ln() - 53.0 * LN_2
    } else {
        let h = ax.hypot(ay);
        if (0.71..=1.73).contains(&h) {
            let (most, least) = (ax.max(ay), ax.min(ay));
            ((most - 1.0) * (most + 1.0) + least * least).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok(new(size, angle))
}

/// `log10(z)`
pub fn log10(z: Complex) -> Result {
    log(z).map(|w| new(w.real / LN_10, w.imag / LN_10))
}

/// `exp(z)`
pub fn exp(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    if !is_finite(z) {
        if im.is_infinite() && (re.is_finite() || re == INF) {
            return Err(Fault::Domain);
        }
        return Ok(if im == 0.0 {
            new(if re == -INF { 0.0 } else { re }, im)
        } else if re.is_infinite() && im.is_finite() {
            let size = if re > 0.0 { INF } else { 0.0 };
            new(size.copysign(im.cos()), size.copysign(im.sin()))
        } else if re == -INF {
            new(0.0, 0.0)
        } else if re == INF {
            new(INF, NAN)
        } else {
            new(NAN, NAN)
        });
    }
    in_range(if re > log_large() {
        let size = (re - 1.0).exp();
        new(size * im.cos() * E, size * im.sin() * E)
    } else {
        let size = re.exp();
        new(size * im.cos(), size * im.sin())
    })
}

/// `cosh(z)`
pub fn cosh(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    if !is_finite(z) {
        if im.is_infinite() && !re.is_nan() {
            return Err(Fault::Domain);
        }
        return Ok(if re.is_infinite() && im.is_finite() {
            let (cos, sin) = match im == 0.0 {
                true => (1.0, im),
                false => (im.cos(), im.sin()),
            };
            let imag = if im == 0.0 { im } else { INF.copysign(sin) };
            new(INF.copysign(cos), if re > 0.0 { imag } else { -imag })
        } else if re.is_infinite() {
            new(INF, NAN)
        } else if re == 0.0 || im == 0.0 {
            new(NAN, 0.0)
        } else {
            new(NAN, NAN)
        });
    }
    in_range(if re.abs() > log_large() {
        let nearer = re - 1f64.copysign(re);
        new(im.cos() * nearer.cosh() * E, im.sin() * nearer.sinh() * E)
    } else {
        new(im.cos() * re.cosh(), im.sin() * re.sinh())
    })
}

/// `sinh(z)`
pub fn sinh(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    if !is_finite(z) {
        if im.is_infinite() && !re.is_nan() {
            return Err(Fault::Domain);
        }
        return Ok(if im == 0.0 {
            new(re, im)
        } else if re.is_infinite() && im.is_finite() {
            let real = INF.copysign(im.cos());
            new(if re > 0.0 { real } else { -real }, INF.copysign(im.sin()))
        } else if re.is_infinite() {
            new(INF, NAN)
        } else if re == 0.0 {
            new(0.0, NAN)
        } else {
            new(NAN, NAN)
        });
    }
    in_range(if re.abs() > log_large() {
        let nearer = re - 1f64.copysign(re);
        new(im.cos() * nearer.sinh() * E, im.sin() * nearer.cosh() * E)
    } else {
        new(im.cos() * re.sinh(), im.sin() * re.cosh())
    })
}

/// `tanh(z)`
pub fn tanh(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    if !is_finite(z) {
        if im.is_infinite() && re.is_finite() {
            return Err(Fault::Domain);
        }
        return Ok(if re.is_infinite() {
            let imag = match im {
                im if im == 0.0 => im,
                im if im.is_finite() => 0f64.copysign(2.0 * im.sin() * im.cos()),
                _ => 0.0,
            };
            new(1f64.copysign(re), imag)
        } else if im == 0.0 {
            new(NAN, im)
        } else if re == 0.0 {
            new(re, NAN)
        } else {
            new(NAN, NAN)
        });
    }
    if re.abs() > log_large() {
        let imag = 4.0 * im.sin() * im.cos() * (-2.0 * re.abs()).exp();
        return Ok(new(1f64.copysign(re), imag));
    }
    let (tx, ty) = (re.tanh(), im.tan());
    let cx = 1.0 / re.cosh();
    let txty = tx * ty;
    let denom = 1.0 + txty * txty;
    Ok(new(tx * (1.0 + ty * ty) / denom, ((ty / denom) * cx) * cx))
}

/// `f(z)` of an odd function by the hyperbolic one: `-i h(iz)`.
fn turned(z: Complex, hyperbolic: fn(Complex) -> Result) -> Result {
    hyperbolic(new(-z.imag, z.real)).map(|w| new(w.imag, -w.real))
}

/// `cos(z)`
pub fn cos(z: Complex) -> Result {
    cosh(new(-z.imag, z.real))
}

/// `sin(z)`
pub fn sin(z: Complex) -> Result {
    turned(z, sinh)
}

/// `tan(z)`
pub fn tan(z: Complex) -> Result {
    turned(z, tanh)
}

fn is_large(z: Complex) -> bool {
    z.real.abs() > LARGE || z.imag.abs() > LARGE
}

/// The logarithm of twice the modulus of a large number.
fn log_of_double(z: Complex) -> f64 {
    (z.real / 2.0).hypot(z.imag / 2.0).ln() + LN_2 * 2.0
}

/// `acos(z)`
pub fn acos(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    if !is_finite(z) {
        let far = INF.copysign(-im);
        return Ok(if re.is_infinite() {
            let angle = match (re > 0.0, im.is_infinite()) {
                (true, true) => FRAC_PI_4,
                (true, false) => 0.0,
                (false, true) => 3.0 * FRAC_PI_4,
                (false, false) => PI,
            };
            match im.is_nan() {
                true => new(NAN, INF),
                false => new(angle, far),
            }
        } else if im.is_infinite() {
            new(if re.is_nan() { NAN } else { FRAC_PI_2 }, far)
        } else if re == 0.0 {
            new(FRAC_PI_2, NAN)
        } else {
            new(NAN, NAN)
        });
    }
    if is_large(z) {
        let real = im.abs().atan2(re);
        let size = log_of_double(z);
        let imag = match re < 0.0 {
            true => -size.copysign(im),
            false => size.copysign(-im),
        };
        return Ok(new(real, imag));
    }
    let s1 = square_root(new(1.0 - re, -im));
    let s2 = square_root(new(1.0 + re, im));
    Ok(new(
        2.0 * s1.real.atan2(s2.real),
        libm::asinh(s2.real * s1.imag - s2.imag * s1.real),
    ))
}

/// `acosh(z)`
pub fn acosh(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    if !is_finite(z) {
        return Ok(if re.is_infinite() || im.is_infinite() {
            // The angle of a NaN is NaN.
            new(INF, im.atan2(re))
        } else if re == 0.0 {
            new(NAN, FRAC_PI_2)
        } else {
            new(NAN, NAN)
        });
    }
    if is_large(z) {
        return Ok(new(log_of_double(z), im.atan2(re)));
    }
    let s1 = square_root(new(re - 1.0, im));
    let s2 = square_root(new(re + 1.0, im));
    Ok(new(
        libm::asinh(s1.real * s2.real + s1.imag * s2.imag),
        2.0 * s1.imag.atan2(s2.real),
    ))
}

/// `asinh(z)`
pub fn asinh(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    if !is_finite(z) {
        return Ok(if re.is_infinite() {
            let imag = match im {
                im if im.is_nan() => im,
                im if im.is_infinite() => FRAC_PI_4.copysign(im),
                im => 0f64.copysign(im),
            };
            new(re, imag)
        } else if im.is_infinite() {
            match re.is_nan() {
                true => new(INF, NAN),
                false => new(INF.copysign(re), FRAC_PI_2.copysign(im)),
            }
        } else if im == 0.0 {
            new(NAN, im)
        } else {
            new(NAN, NAN)
        });
    }
    if is_large(z) {
        let size = log_of_double(z);
        let real = match im.is_sign_positive() {
            true => size.copysign(re),
            false => -size.copysign(-re),
        };
        return Ok(new(real, im.atan2(re.abs())));
    }
    let s1 = square_root(new(1.0 + im, -re));
    let s2 = square_root(new(1.0 - im, re));
    Ok(new(
        libm::asinh(s1.real * s2.imag - s2.real * s1.imag),
        im.atan2(s1.real * s2.real - s1.imag * s2.imag),
    ))
}

/// `asin(z)`
pub fn asin(z: Complex) -> Result {
    turned(z, asinh)
}

/// `atanh(z)`; it has poles at 1 and -1.
pub fn atanh(z: Complex) -> Result {
    let (re, im) = (z.real, z.imag);
    if !is_finite(z) {
        let up = FRAC_PI_2.copysign(im);
        return Ok(if re.is_infinite() {
            new(0f64.copysign(re), if im.is_nan() { im } else { up })
        } else if im.is_infinite() {
            new(if re.is_nan() { 0.0 } else { 0f64.copysign(re) }, up)
        } else if re == 0.0 {
            new(re, NAN)
        } else {
            new(NAN, NAN)
        });
    }
    if re.is_sign_negative() {
        return atanh(new(-re, -im)).map(|w| new(-w.real, -w.imag));
    }
    let ay = im.abs();
    let root = LARGE.sqrt();
    if re > root || ay > root {
        let h = (re / 2.0).hypot(im / 2.0);
        return Ok(new(re / 4.0 / h / h, -FRAC_PI_2.copysign(-im)));
    }
    if re == 1.0 && ay < f64::MIN_POSITIVE.sqrt() {
        if ay == 0.0 {
            return Err(Fault::Domain);
        }
        let real = -(ay.sqrt() / ay.hypot(2.0).sqrt()).ln();
        return Ok(new(real, (2f64.atan2(-ay) / 2.0).copysign(im)));
    }
    let gap = 1.0 - re;
    Ok(new(
        (4.0 * re / (gap * gap + ay * ay)).ln_1p() / 4.0,
        -(-2.0 * im).atan2(gap * (1.0 + re) - ay * ay) / 2.0,
    ))
}

/// `atan(z)`
pub fn atan(z: Complex) -> Result {
    turned(z, atanh)
}

/// The number with this modulus and phase.
pub fn rect(size: f64, angle: f64) -> Result {
    if !size.is_finite() || !angle.is_finite() {
        if angle.is_infinite() && size != 0.0 && !size.is_nan() {
            return Err(Fault::Domain);
        }
        return Ok(if size.is_infinite() && angle.is_finite() && angle != 0.0 {
            let (real, imag) = (INF.copysign(angle.cos()), INF.copysign(angle.sin()));
            match size > 0.0 {
                true => new(real, imag),
                false => new(-real, -imag),
            }
        } else if angle == 0.0 {
            let imag = match size.is_nan() {
                true => 0.0,
                false => angle.copysign(size * 1f64.copysign(angle)),
            };
            new(size, imag)
        } else if size == 0.0 {
            new(0.0, 0.0)
        } else if size.is_infinite() {
            new(INF, NAN)
        } else {
            new(NAN, NAN)
        });
    }
    Ok(match angle == 0.0 {
        // Keeps the sign of a zero that the product with the sine would lose.
        true => new(size, size * angle),
        false => new(size * angle.cos(), size * angle.sin()),
    })
}
