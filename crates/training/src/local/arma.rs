//! What one-step errors still tell of the next: autoregression of order one or two, or one with a moving average, where
//! the corrected information criterion says that it pays.

/// `e_t = first e_(t-1) + second e_(t-2) + u_t + average u_(t-1)`, with what it last saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Remainder {
    /// Weight of the last error.
    pub first: f64,
    /// Weight of the one before it.
    pub second: f64,
    /// Weight of the last surprise.
    pub average: f64,
    errors: (f64, f64),
    surprise: f64,
}

/// Weights of the moving average that are tried.
const AVERAGES: [f64; 8] = [-0.8, -0.6, -0.4, -0.2, 0.2, 0.4, 0.6, 0.8];
/// Fewest errors to learn from.
const FEWEST: usize = 30;
/// What a weight must gain in the criterion beyond its price, to be worth the complication.
const MARGIN: f64 = 2.0;
/// Largest sum of weights in absolute value: errors fade.
const FADING: f64 = 0.95;

impl Remainder {
    /// Fits one-step errors, not a number where a value was missing; `None` where it does not pay.
    pub fn fit(errors: &[f64]) -> Option<Self> {
        let errors: Vec<f64> = errors.iter().map(|error| if error.is_finite() { *error } else { 0.0 }).collect();
        let scale = errors.iter().fold(0.0, |most: f64, error| most.max(error.abs()));
        if errors.len() < FEWEST || scale < 1e-280 {
            return None;
        }
        let n = errors.len() as f64;
        let scaled: Vec<f64> = errors.iter().map(|error| error / scale).collect();
        let squares: f64 = scaled.iter().map(|error| error * error).sum();
        let mut best: Option<(f64, Self)> = None;
        let mut consider = |first: f64, second: f64, average: f64, count: f64| {
            if first.abs() + second.abs() > FADING || !first.is_finite() || !second.is_finite() {
                return;
            }
            let mut candidate = Self { first, second, average, errors: (0.0, 0.0), surprise: 0.0 };
            let left: f64 = scaled.iter().map(|error| candidate.advance(*error)).map(|u| u * u).sum();
            let price = 2.0 * count * n / (n - count - 1.0) + MARGIN;
            let gain = n * (squares / left.max(1e-300)).ln() - price;
            if gain > best.map_or(0.0, |(most, _)| most) {
                best = Some((gain, candidate));
            }
        };
        let product = |lag: usize| -> f64 { scaled.iter().zip(&scaled[lag..]).map(|(a, b)| a * b).sum() };
        let (r1, r2) = (product(1) / squares, product(2) / squares);
        consider(r1, 0.0, 0.0, 1.0);
        let room = 1.0 - r1 * r1;
        consider(r1 * (1.0 - r2) / room, (r2 - r1 * r1) / room, 0.0, 2.0);
        for average in AVERAGES {
            // Without its moving average the sequence is autoregressive, and its weight a regression.
            let (mut before, mut cross, mut square) = (0.0, 0.0, 0.0);
            for error in &scaled {
                let filtered = error - average * before;
                cross += filtered * before;
                square += before * before;
                before = filtered;
            }
            if square > 0.0 {
                consider(cross / square, 0.0, average, 2.0);
            }
        }
        best.map(|(_, mut found)| {
            found.errors = (found.errors.0 * scale, found.errors.1 * scale);
            found.surprise *= scale;
            found
        })
    }

    /// The next error expected.
    pub fn expected(&self) -> f64 {
        self.first * self.errors.0 + self.second * self.errors.1 + self.average * self.surprise
    }

    /// Takes in the next error and returns what of it was not expected.
    pub fn advance(&mut self, error: f64) -> f64 {
        self.surprise = error - self.expected();
        self.errors = (error, self.errors.0);
        self.surprise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deterministic noise of mean about 0.
    fn noise(count: usize) -> Vec<f64> {
        let mut state = 12_345_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(u32::MAX >> 1) - 0.5
        };
        (0..count).map(|_| next() + next() + next()).collect()
    }

    #[test]
    fn noise_does_not_pay_and_an_autoregression_is_found() {
        let noise = noise(400);
        assert_eq!(Remainder::fit(&noise), None);
        let mut errors = vec![0.0];
        for u in &noise {
            errors.push(0.6 * errors[errors.len() - 1] + u);
        }
        let found = Remainder::fit(&errors).unwrap();
        assert!((found.first + found.average - 0.6).abs() < 0.15, "{found:?}");
        assert!((found.expected() - 0.6 * errors[errors.len() - 1]).abs() < 0.3);
        assert_eq!(Remainder::fit(&[0.0; 100]), None);
        assert_eq!(Remainder::fit(&[]), None);
    }
}
