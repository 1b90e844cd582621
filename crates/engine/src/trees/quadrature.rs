//! Gauss-Legendre quadrature on 0..1: n nodes integrate polynomials up to degree 2n - 1 exactly.

/// Nodes with their weights.
#[derive(Debug, Clone, Default)]
pub(super) struct Quadrature {
    pub(super) nodes: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

impl Quadrature {
    /// Nodes for the products of up to `factors` linear factors less one, as contributions need them.
    pub(super) fn exact_for(factors: usize) -> Self {
        let count = factors.div_ceil(2).max(1);
        let n = count as f64;
        let mut quadrature = Self::default();
        for index in 0..count {
            // Newton's method from Tricomi's first guess; it has converged to the last bit or two after six steps.
            let mut x = libm::cos(core::f64::consts::PI * (index as f64 + 0.75) / (n + 0.5));
            let mut slope = 1.0;
            for _ in 0..6 {
                let (value, derivative) = legendre(count, x);
                slope = derivative;
                x -= value / derivative;
            }
            quadrature.nodes.push(0.5 * (1.0 - x));
            quadrature.weights.push(1.0 / ((1.0 - x * x) * slope * slope));
        }
        quadrature
    }
}

/// Legendre's polynomial and its derivative, by the three-term recurrence.
fn legendre(degree: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=degree {
        let k = k as f64;
        let next = ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k;
        before = value;
        value = next;
    }
    let n = degree as f64;
    (value, n * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_integrated_exactly() {
        for factors in 1..=64_usize {
            let quadrature = Quadrature::exact_for(factors);
            for power in 0..factors {
                let terms = quadrature.nodes.iter().zip(&quadrature.weights);
                let integral: f64 = terms.map(|(t, weight)| weight * libm::pow(*t, power as f64)).sum();
                let exact = 1.0 / (power as f64 + 1.0);
                assert!((integral - exact).abs() < 1e-14, "{factors} factors, t^{power}: {integral}, not {exact}");
            }
        }
    }
}
