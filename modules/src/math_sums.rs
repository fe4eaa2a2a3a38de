//! Sums of floats without lost digits: the partial sums behind `fsum`,
//! `sumprod`, `hypot` and `dist`.

/// A sum kept exactly, as floats that do not overlap, smallest first (Shewchuk).
#[derive(Clone, Debug, Default)]
pub struct ExactSum {
    partials: Vec<f64>,
}

impl ExactSum {
    /// Adds a finite `x`; false where the sum leaves the range of floats.
    pub fn add(&mut self, mut x: f64) -> bool {
        let mut kept = 0;
        for at in 0..self.partials.len() {
            let Some(&y) = self.partials.get(at) else {
                break;
            };
            let (large, small) = if x.abs() < y.abs() { (y, x) } else { (x, y) };
            let sum = large + small;
            let lost = small - (sum - large);
            if lost != 0.0 {
                if let Some(place) = self.partials.get_mut(kept) {
                    *place = lost;
                }
                kept += 1;
            }
            x = sum;
        }
        self.partials.truncate(kept);
        if !x.is_finite() {
            return false;
        }
        if x != 0.0 {
            self.partials.push(x);
        }
        true
    }

    /// Adds `x * y` exactly (but for underflow); false where that is not finite.
    pub fn add_product(&mut self, x: f64, y: f64) -> bool {
        let product = x * y;
        product.is_finite() && self.add(product) && self.add(x.mul_add(y, -product))
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.partials.clear();
    }

    /// The sum, rounded once, halves to even.
    pub fn value(&self) -> f64 {
        let mut rest = self.partials.iter().rev().copied();
        let Some(mut sum) = rest.next() else {
            return 0.0;
        };
        while let Some(y) = rest.next() {
            let x = sum;
            sum = x + y;
            let lost = y - (sum - x);
            if lost == 0.0 {
                continue;
            }
            // A half is decided by the sign of what comes below it.
            if let Some(below) = rest.next()
                && (lost < 0.0) == (below < 0.0)
            {
                let doubled = lost * 2.0;
                let moved = sum + doubled;
                if moved - sum == doubled {
                    sum = moved;
                }
            }
            break;
        }
        sum
    }
}

/// The Euclidean length of a vector.
pub fn norm(parts: &[f64]) -> f64 {
    if parts.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if parts.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let largest = parts.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    if largest == 0.0 || parts.len() < 2 {
        return largest;
    }
    // Squares of parts below 1 neither overflow nor, where they matter, underflow.
    let (_, exponent) = libm::frexp(largest);
    let mut squares = ExactSum::default();
    for part in parts {
        let part = libm::ldexp(*part, -exponent);
        squares.add_product(part, part);
    }
    let root = squares.value().sqrt();
    // One step of Newton's method on the exact remainder.
    squares.add_product(-root, root);
    let root = root + squares.value() / (2.0 * root);
    libm::ldexp(root, exponent)
}
