//! Exponential smoothing with additive error, without season: simple, or with a damped trend (Hyndman et al. 2008).

/// The state after the last value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smoothed {
    /// Level.
    pub level: f64,
    /// Slope per period; 0 without trend.
    pub slope: f64,
    /// Damping of the slope per period.
    pub damping: f64,
}

impl Smoothed {
    /// The value so many periods ahead, 1 being the next.
    pub fn ahead(&self, steps: usize) -> f64 {
        let (mut power, mut sum) = (1.0, 0.0);
        for _ in 0..steps {
            power *= self.damping;
            sum += power;
        }
        self.level + self.slope * sum
    }
}

const ALPHAS: [f64; 7] = [0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.85];
const BETAS: [f64; 3] = [0.005, 0.02, 0.08];
const DAMPINGS: [f64; 3] = [0.85, 0.93, 0.98];

/// Smooths with the parameters that minimise the corrected information criterion over a fixed grid. `None` for fewer
/// than four values.
pub fn smooth(values: &[f64]) -> Option<Smoothed> {
    if values.len() < 4 {
        return None;
    }
    let start = values.len().min(8);
    let level = values[..start].iter().sum::<f64>() / start as f64;
    let mut best: Option<(f64, Smoothed)> = None;
    let mut consider = |candidate: (f64, Smoothed), parameters: f64| {
        let n = values.len() as f64;
        // Corrected Akaike; the floor keeps a constant series' logarithm finite.
        let fit = n * (candidate.0 / n).max(1e-12).ln();
        let criterion = fit + 2.0 * parameters * n / (n - parameters - 1.0).max(1.0);
        if best.is_none_or(|(least, _)| criterion < least) {
            best = Some((criterion, candidate.1));
        }
    };
    for alpha in ALPHAS {
        consider(run(values, level, alpha, 0.0, 1.0), 2.0);
        for beta in BETAS.into_iter().filter(|beta| *beta < alpha) {
            for damping in DAMPINGS {
                consider(run(values, level, alpha, beta, damping), 5.0);
            }
        }
    }
    best.map(|(_, smoothed)| smoothed)
}

/// Sum of squared one-step errors and the last state.
fn run(values: &[f64], start: f64, alpha: f64, beta: f64, damping: f64) -> (f64, Smoothed) {
    let (mut level, mut slope, mut squares) = (start, 0.0, 0.0);
    for value in values {
        let expected = level + damping * slope;
        let error = value - expected;
        squares += error * error;
        level = expected + alpha * error;
        slope = damping * slope + beta * error;
    }
    (squares, Smoothed { level, slope: if beta > 0.0 { slope } else { 0.0 }, damping })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_stays_and_a_level_shift_is_followed() {
        let constant = smooth(&[7.0; 30]).unwrap();
        assert!((constant.ahead(10) - 7.0).abs() < 1e-9);
        let shifted: Vec<f64> = (0..60).map(|t| if t < 20 { 10.0 } else { 50.0 }).collect();
        assert!((smooth(&shifted).unwrap().ahead(1) - 50.0).abs() < 2.0);
        assert_eq!(smooth(&[1.0, 2.0]), None);
    }
}
