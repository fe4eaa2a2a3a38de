//! The gamma function and its logarithm, by Lanczos' approximation with the
//! thirteen terms for doubles that Boost and CPython use.

use std::f64::consts::PI;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GammaError {
    /// A pole.
    Domain,
    /// Past the largest float.
    Overflow,
}

const G: f64 = 6.024_680_040_776_73;
const G_MINUS_HALF: f64 = 5.524_680_040_776_73;

/// Coefficients of the numerator and the denominator, lowest power first.
const TERMS: [(f64, f64); 13] = [
    (23_531_376_880.410_76, 0.0),
    (42_919_803_642.649_1, 39_916_800.0),
    (35_711_959_237.355_67, 120_543_840.0),
    (17_921_034_426.037_21, 150_917_976.0),
    (6_039_542_586.352_028, 105_258_076.0),
    (1_439_720_407.311_721_6, 45_995_730.0),
    (248_874_557.862_054_17, 13_339_535.0),
    (31_426_415.585_400_194, 2_637_558.0),
    (2_876_370.628_935_372_5, 357_423.0),
    (186_056.265_395_223_48, 32_670.0),
    (8_071.672_002_365_816, 1_925.0),
    (210.824_277_751_579_36, 66.0),
    (2.506_628_274_631_000_2, 1.0),
];

fn lanczos_sum(x: f64) -> f64 {
    // Powers of x overflow for a large x: there the series runs in 1 / x.
    let (numerator, denominator) = if x < 5.0 {
        TERMS
            .iter()
            .rev()
            .fold((0.0, 0.0), |(above, below), (n, d)| {
                (above * x + n, below * x + d)
            })
    } else {
        TERMS.iter().fold((0.0, 0.0), |(above, below), (n, d)| {
            (above / x + n, below / x + d)
        })
    };
    numerator / denominator
}

/// `sin(pi * x)` without the error of `pi * x`.
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let sine = match (2.0 * y).round() as u8 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1.0f64.copysign(x) * sine
}

/// `math.gamma`
pub fn gamma(x: f64) -> Result<f64, GammaError> {
    if x.is_nan() || x == f64::INFINITY {
        return Ok(x);
    }
    if x == 0.0 || x == f64::NEG_INFINITY {
        return Err(GammaError::Domain);
    }
    if x.floor() == x {
        if x < 0.0 {
            return Err(GammaError::Domain);
        }
        if x <= 23.0 {
            return Ok((1..x as u32).fold(1.0, |product, n| product * f64::from(n)));
        }
    }
    let size = x.abs();
    if size < 1e-20 {
        return finite(1.0 / x);
    }
    if size > 200.0 {
        return if x < 0.0 {
            Ok(0.0 / sin_pi(x))
        } else {
            Err(GammaError::Overflow)
        };
    }
    let y = size + G_MINUS_HALF;
    // What adding the two lost.
    let lost = if size > G_MINUS_HALF {
        (y - size) - G_MINUS_HALF
    } else {
        (y - G_MINUS_HALF) - size
    };
    let correction = lost * G / y;
    let mut result;
    if x < 0.0 {
        result = -PI / sin_pi(size) / size * y.exp() / lanczos_sum(size);
        result -= correction * result;
        if size < 140.0 {
            result /= y.powf(size - 0.5);
        } else {
            let root = y.powf(size / 2.0 - 0.25);
            result = result / root / root;
        }
    } else {
        result = lanczos_sum(size) / y.exp();
        result += correction * result;
        if size < 140.0 {
            result *= y.powf(size - 0.5);
        } else {
            let root = y.powf(size / 2.0 - 0.25);
            result = result * root * root;
        }
    }
    finite(result)
}

/// `math.lgamma`
pub fn lgamma(x: f64) -> Result<f64, GammaError> {
    if x.is_nan() {
        return Ok(x);
    }
    if x.is_infinite() {
        return Ok(f64::INFINITY);
    }
    if x.floor() == x && x <= 2.0 {
        return if x <= 0.0 {
            Err(GammaError::Domain)
        } else {
            Ok(0.0)
        };
    }
    let size = x.abs();
    if size < 1e-20 {
        return Ok(-size.ln());
    }
    let mut result = lanczos_sum(size).ln() - G;
    result += (size - 0.5) * ((size + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        // The reflection formula.
        result = LN_PI - sin_pi(size).abs().ln() - size.ln() - result;
    }
    finite(result)
}

const LN_PI: f64 = 1.144_729_885_849_400_2;

fn finite(x: f64) -> Result<f64, GammaError> {
    if x.is_infinite() {
        Err(GammaError::Overflow)
    } else {
        Ok(x)
    }
}
