//! Minimisation of a smooth function of a handful of parameters by the BFGS method (Nocedal and Wright 2006, chapter 6)
//! with a backtracking line search.

/// A function with its gradient.
pub(crate) trait Objective {
    /// The value at a point, its gradient written to `gradient`. Not finite where the point is not allowed.
    fn value(&mut self, at: &[f64], gradient: &mut [f64]) -> f64;
}

/// When to stop, and how far one step may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Most iterations.
    pub(crate) iterations: usize,
    /// Two iterations in a row that gain less than this end the search.
    pub(crate) gain: f64,
}

/// Share of the gain that the slope promises which a step must bring.
const SUFFICIENT: f64 = 1e-4;
/// Halvings of a step before a direction is given up.
const HALVINGS: usize = 12;

/// Walks downhill from `at`, which is left at the best point found; returns the value there, not finite only where the
/// start was not allowed.
///
/// `spread` is a guess of how far each parameter lies from its optimum: the inverse curvature to start from and the
/// length that no first step exceeds by much.
pub(crate) fn minimise(objective: &mut impl Objective, at: &mut [f64], spread: &[f64], patience: Patience) -> f64 {
    let n = at.len();
    let mut gradient = vec![0.0; n];
    let mut value = objective.value(at, &mut gradient);
    if !value.is_finite() {
        return value;
    }
    let mut inverse = diagonal(spread);
    let (mut trial, mut trial_gradient) = (vec![0.0; n], vec![0.0; n]);
    let (mut step, mut change, mut product) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let mut idle = 0;
    let mut fresh = true;
    for _ in 0..patience.iterations {
        times(&inverse, &gradient, &mut step);
        let mut slope = -dot(&step, &gradient);
        if slope.is_nan() || slope >= 0.0 {
            if fresh {
                break;
            }
            inverse = diagonal(spread);
            fresh = true;
            continue;
        }
        // No parameter moves by more than four times its guess at once.
        let reach = step.iter().zip(spread).map(|(s, guess)| s.abs() / (4.0 * guess)).fold(0.0, f64::max);
        if reach > 1.0 {
            step.iter_mut().for_each(|s| *s /= reach);
            slope /= reach;
        }
        let mut share = 1.0;
        let mut found = None;
        for _ in 0..HALVINGS {
            for i in 0..n {
                trial[i] = at[i] - share * step[i];
            }
            let there = objective.value(&trial, &mut trial_gradient);
            if there.is_finite() && there <= value + SUFFICIENT * share * slope {
                found = Some(there);
                break;
            }
            // The minimum of the parabola through what is known, kept between a tenth and a half.
            let parabola = -slope * share / (2.0 * (there - value - slope * share));
            share *= if there.is_finite() { parabola.clamp(0.1, 0.5) } else { 0.2 };
        }
        let Some(there) = found else {
            if fresh {
                break;
            }
            inverse = diagonal(spread);
            fresh = true;
            continue;
        };
        idle = if value - there < patience.gain { idle + 1 } else { 0 };
        for i in 0..n {
            step[i] = trial[i] - at[i];
            change[i] = trial_gradient[i] - gradient[i];
        }
        let curvature = dot(&step, &change);
        if curvature > 1e-12 * (dot(&step, &step) * dot(&change, &change)).sqrt() {
            update(&mut inverse, &step, &change, curvature, &mut product);
            fresh = false;
        }
        at.copy_from_slice(&trial);
        gradient.copy_from_slice(&trial_gradient);
        value = there;
        if idle >= 2 {
            break;
        }
    }
    value
}

fn diagonal(spread: &[f64]) -> Vec<f64> {
    let n = spread.len();
    let mut inverse = vec![0.0; n * n];
    for (i, guess) in spread.iter().enumerate() {
        inverse[i * n + i] = guess * guess;
    }
    inverse
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn times(matrix: &[f64], vector: &[f64], out: &mut [f64]) {
    for (row, out) in matrix.chunks_exact(vector.len()).zip(out) {
        *out = dot(row, vector);
    }
}

/// The inverse Hessian after a step: `H + (1 + y'Hy / s'y) ss' / s'y - (Hy s' + s y'H) / s'y`.
fn update(inverse: &mut [f64], step: &[f64], change: &[f64], curvature: f64, product: &mut [f64]) {
    times(inverse, change, product);
    let factor = (1.0 + dot(change, product) / curvature) / curvature;
    for (i, row) in inverse.chunks_exact_mut(step.len()).enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            *cell += factor * step[i] * step[j] - (product[i] * step[j] + step[i] * product[j]) / curvature;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Valley;

    impl Objective for Valley {
        /// Rosenbrock's function, whose minimum 0 lies at (1, 1) at the end of a bent valley.
        fn value(&mut self, at: &[f64], gradient: &mut [f64]) -> f64 {
            let (a, b) = (1.0 - at[0], at[1] - at[0] * at[0]);
            gradient[0] = -2.0 * a - 400.0 * at[0] * b;
            gradient[1] = 200.0 * b;
            a * a + 100.0 * b * b
        }
    }

    #[test]
    fn the_bent_valley_is_walked_to_its_end() {
        let mut at = [-1.2, 1.0];
        let value = minimise(&mut Valley, &mut at, &[0.5, 0.5], Patience { iterations: 200, gain: 1e-14 });
        assert!(value < 1e-10, "{value}");
        assert!((at[0] - 1.0).abs() < 1e-4 && (at[1] - 1.0).abs() < 1e-4, "{at:?}");
    }

    struct Wall;

    impl Objective for Wall {
        fn value(&mut self, at: &[f64], gradient: &mut [f64]) -> f64 {
            gradient[0] = 2.0 * (at[0] - 3.0);
            if at[0] > 2.0 { f64::NAN } else { (at[0] - 3.0) * (at[0] - 3.0) }
        }
    }

    #[test]
    fn points_that_are_not_allowed_are_never_returned() {
        let mut at = [0.0];
        let value = minimise(&mut Wall, &mut at, &[1.0], Patience { iterations: 50, gain: 1e-9 });
        assert!(value < 9.0 && at[0] <= 2.0, "{value} at {}", at[0]);
        let mut outside = [5.0];
        assert!(!minimise(&mut Wall, &mut outside, &[1.0], Patience { iterations: 5, gain: 1e-9 }).is_finite());
    }
}
