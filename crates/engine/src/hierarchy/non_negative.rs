//! Least squares with series that cannot be negative.
//!
//! At the minimum each bounded series is either free with a positive value or held at zero where its potential (see
//! [`LeastSquares::solve`]) is not positive. Free and held are exchanged wherever that is violated, all at once, and the
//! rest solved again: block principal pivoting (Portugal, Júdice and Vicente 1994), which settles within a few rounds.

use super::least_squares::{LeastSquares, product};
use super::summing::{LANES, Lanes, ZERO};

/// Rounds in which held series may be freed again; later ones only hold more, which must end.
const EXCHANGES: usize = 12;
/// Rounds after which what is still negative is cut off.
const MOST_ROUNDS: usize = 24;
/// Values smaller than this, relative to the largest, are zero to rounding.
const ROUNDING: f64 = 1e-10;

/// The values of the series for a right side, none of the `bounded` below zero.
pub(super) fn solve(problem: &LeastSquares<'_>, right: &[Lanes], bounded: &[bool]) -> Vec<Lanes> {
    let mut multipliers = Vec::new();
    let all = problem.all_free();
    let mut potentials = problem.solve(right, &all, &mut multipliers);
    let mut free = all.variances;
    for round in 0..MOST_ROUNDS {
        if !exchange(problem.variances(), &potentials, bounded, round < EXCHANGES, &mut free) {
            break;
        }
        let prepared = problem.free(free);
        potentials = problem.solve(right, &prepared, &mut multipliers);
        free = prepared.variances;
    }
    let values = potentials.iter().zip(&free).zip(bounded);
    let cut = |lanes: Lanes, bounded: bool| if bounded { lanes.map(|value| value.max(0.0)) } else { lanes };
    values.map(|((potential, variance), bounded)| cut(product(potential, variance), *bounded)).collect()
}

/// Holds free series that are negative and frees held ones that want to be positive. Whether any was exchanged.
fn exchange(variances: &[f64], potentials: &[Lanes], bounded: &[bool], release: bool, free: &mut [Lanes]) -> bool {
    let mut largest = ZERO;
    for (potential, variance) in potentials.iter().zip(variances) {
        for lane in 0..LANES {
            largest[lane] = f64::max(largest[lane], (potential[lane] * variance).abs());
        }
    }
    let mut changed = false;
    for (series, bounded) in bounded.iter().enumerate() {
        if !bounded {
            continue;
        }
        let (potential, variance) = (&potentials[series], variances[series]);
        for lane in 0..LANES {
            let (value, held) = (potential[lane] * variance, free[series][lane] == 0.0);
            if !held && value < -ROUNDING * largest[lane] {
                free[series][lane] = 0.0;
                changed = true;
            } else if held && release && value > ROUNDING * largest[lane] {
                free[series][lane] = variance;
                changed = true;
            }
        }
    }
    changed
}
