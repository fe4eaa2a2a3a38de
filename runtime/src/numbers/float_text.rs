//! Floats in decimal: the shortest digits that `repr` writes, and digits exact to any precision.

/// The layouts of a float's magnitude; all exact, halves to even.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `repr`: the fewest digits that read back as the same float.
    Shortest,
    /// `e`: one digit, the precision's number of digits after the point, an exponent.
    Exponent(usize),
    /// `f`: the precision's number of digits after the point.
    Fixed(usize),
    /// `g`: the precision's number of significant digits; an exponent where it is shorter.
    General(usize),
}

/// How a float's magnitude is written.
#[derive(Clone, Copy, Debug)]
pub struct FloatStyle {
    /// The layout and its precision.
    pub layout: Layout,
    /// `#`: keep the point even with no digit after it, and the zeros that `g` drops.
    pub alternate: bool,
    /// Write whole numbers with `.0`, as `repr` does.
    pub dot_zero: bool,
    /// Upper case.
    pub upper: bool,
}

/// No float has more significant digits than this, nor more after the point: the rest are zeros.
const MAX_DIGITS: usize = 1100;

/// `repr(x)`.
pub fn repr(x: f64) -> String {
    const STYLE: FloatStyle = FloatStyle {
        layout: Layout::Shortest,
        alternate: false,
        dot_zero: true,
        upper: false,
    };
    let body = magnitude(x, STYLE);
    if x.is_sign_negative() && !x.is_nan() {
        format!("-{body}")
    } else {
        body
    }
}

/// The text of `|x|`: digits, or `inf` or `nan`.
pub fn magnitude(x: f64, style: FloatStyle) -> String {
    let mut text = if x.is_nan() {
        "nan".to_owned()
    } else if x.is_infinite() {
        "inf".to_owned()
    } else {
        finite(x.abs(), style)
    };
    if style.upper {
        text.make_ascii_uppercase();
    }
    text
}

fn finite(x: f64, style: FloatStyle) -> String {
    let (text, shown) = match style.layout {
        Layout::Fixed(precision) => return fixed(x, precision, style.alternate),
        Layout::Shortest => (shortest(x), 0),
        Layout::Exponent(precision) => {
            let digits = precision.min(MAX_DIGITS);
            (format!("{x:.digits$e}"), precision + 1)
        }
        Layout::General(precision) => {
            let precision = precision.max(1);
            let digits = precision.min(MAX_DIGITS) - 1;
            let shown = if style.alternate { precision } else { 0 };
            (format!("{x:.digits$e}"), shown)
        }
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let mut digits: Vec<u8> = mantissa.bytes().filter(|&byte| byte != b'.').collect();
    if matches!(style.layout, Layout::General(_)) {
        let used = digits.iter().rposition(|&digit| digit != b'0').unwrap_or(0);
        digits.truncate(used + 1);
    }
    let with_exponent = match style.layout {
        Layout::Shortest => !(-4..16).contains(&exponent),
        Layout::General(precision) => {
            let digits = precision.max(1) as i64 - i64::from(style.dot_zero);
            !(-4..digits).contains(&exponent)
        }
        _ => true,
    };
    let shown = shown.max(digits.len());
    // The number of digits before the point; the digits themselves may start after it.
    let point = if with_exponent { 1 } else { exponent + 1 };
    let whole = point.max(0) as usize;
    let zeros = point.min(0).unsigned_abs() as usize;
    let mut out = String::with_capacity(shown + zeros + whole + 8);
    let digit = |at: usize| digits.get(at).map_or('0', |&digit| char::from(digit));
    out.extend((0..whole).map(digit));
    if whole == 0 {
        out.push('0');
    }
    let least = whole + usize::from(style.dot_zero && !with_exponent);
    let end = shown.max(least);
    if end > whole || zeros > 0 || style.alternate {
        out.push('.');
    }
    out.extend((0..zeros).map(|_| '0'));
    out.extend((whole..end).map(digit));
    if with_exponent {
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
    }
    out
}

/// The fewest digits of a finite, positive float, as `ddde10` with the point after the first digit; of several the closest, of two the even one.
fn shortest(x: f64) -> String {
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(x);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    let leading = digits.bytes().take_while(|&digit| digit == b'0').count();
    let significant = digits.trim_matches('0');
    if significant.is_empty() {
        return "0e0".to_owned();
    }
    let exponent = exponent.parse().unwrap_or(0i64) + whole.len() as i64 - 1 - leading as i64;
    format!("{significant}e{exponent}")
}

fn fixed(x: f64, precision: usize, alternate: bool) -> String {
    let digits = precision.min(MAX_DIGITS);
    let mut text = format!("{x:.digits$}");
    text.extend((digits..precision).map(|_| '0'));
    if alternate && precision == 0 {
        text.push('.');
    }
    text
}

/// The exponent of the first digit of a finite float's exact value: 2 for 123.4.
pub(super) fn decimal_exponent(x: f64) -> i64 {
    // Enough digits that none of the floats just below a power of ten is rounded up to it.
    let text = format!("{x:.40e}");
    text.split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_repr() {
        for (x, want) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (100.0, "100.0"),
            (1e15, "1000000000000000.0"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (123456789012345680.0, "1.2345678901234568e+17"),
            (0.0001, "0.0001"),
            (0.00001234, "1.234e-05"),
            (1e23, "1e+23"),
            // Exactly between two candidates.
            (4503599627370498.0 / 8.0, "562949953421312.2"),
            (4503599627370502.0 / 8.0, "562949953421312.8"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::NEG_INFINITY, "-inf"),
            (-f64::NAN, "nan"),
        ] {
            assert_eq!(repr(x), want);
        }
    }

    #[test]
    fn finds_exponents_of_exact_values() {
        // This one is a little below 10**23.
        assert_eq!(decimal_exponent(1e23), 22);
        assert_eq!(decimal_exponent(-123.4), 2);
    }
}
