//! A chain of stock points, each supplied by the next, with random demand at the last: echelon base-stock levels.
//!
//! Clark and Scarf 1960, as the recursion of Chen and Zheng 1994. From the customer upwards, with p the shortage cost and h_j
//! the echelon holding costs: g0(x) = (p + sum h) x-, then for each stage E[h_j (y - D_j) + g_(j-1)(y - D_j)], its minimum
//! S_j, and g_j(x) = that function at min(S_j, x). D_j is the demand over the stage's lead time.

use super::bounds::{finite, not_negative, positive, refuse};
use super::distribution::{Distribution, Law};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Most stages of a chain.
const MOST_STAGES: usize = 200;
/// Positions that the range of the whole chain's demand is divided into, where demand is continuous.
const POSITIONS: f64 = 2_000.0;
/// Most positions where demand is in whole units.
const MOST_POSITIONS: f64 = 50_000.0;
/// Tail of the whole chain's demand that lies beyond the positions, on either side: that of 4 deviations of a normal.
const TAIL: f64 = 3.167_124_183_311_998_6e-5;

/// A stock point of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Echelon holding cost: what a unit costs here per period, beyond what it costs at the stage that supplies this one.
    pub echelon_holding: f64,
    /// Periods from a shipment's leaving the supplying stage to its arrival.
    pub lead_time: f64,
}

/// Levels and cost of a chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EchelonLevels {
    /// By stage: what this stage and all below it should have, on hand and on the way to it, less what customers wait for.
    pub levels: Vec<f64>,
    /// Expected cost per period. Units on their way to a stage bear the echelon cost of the stages above it.
    pub cost: f64,
}

/// The levels with the least expected cost per period, or the cost of given ones (`levels`, by stage). Stages are listed from
/// the one that serves customers upwards; `demand` is that of one period; customers wait at `shortage` per unit and period.
///
/// Continuous demand is calculated on about 2,000 positions and the minimum is read off a parabola through its three lowest;
/// demand in whole units on whole positions.
///
/// # Errors
/// [`EngineError::Inventory`] where a cost is not positive, a lead time negative, there is no stage or over 200, the demand's law
/// does not divide into a lead time (see [`Law::over`]), or its range is too wide.
pub fn echelon_levels(
    stages: &[Stage],
    shortage: f64,
    demand: &Law,
    levels: Option<&[f64]>,
) -> Result<EchelonLevels, EngineError> {
    check(stages, levels)?;
    let shortage = positive("shortage cost", shortage)?;
    let one = demand.check()?;
    let whole: f64 = stages.iter().map(|stage| stage.lead_time).sum();
    let total = demand.over(whole)?;
    let grid = Grid::new(&one, &total, levels)?;

    let per_unit = shortage + stages.iter().map(|stage| stage.echelon_holding).sum::<f64>();
    // g below the positions is a straight line: a unit less is a unit more that waits.
    let mut below: Vec<f64> = (0..grid.count).map(|index| per_unit * (-grid.position(index)).max(0.0)).collect();
    let mut slope = -per_unit;
    let mut found = EchelonLevels { levels: Vec::with_capacity(stages.len()), cost: 0.0 };
    for (index, stage) in stages.iter().enumerate() {
        for (position, value) in below.iter_mut().enumerate() {
            *value += stage.echelon_holding * grid.position(position);
        }
        slope += stage.echelon_holding;
        let over = demand.over(stage.lead_time)?;
        let expected = grid.expected(&below, slope, &over);
        let (level, cost) = match levels {
            Some(given) => (given[index], grid.at(&expected, slope, given[index])),
            None => grid.minimum(&expected),
        };
        found.levels.push(level);
        found.cost = cost;
        below = expected;
        let last = grid.index_below(level);
        for value in below.iter_mut().skip(last + 1) {
            *value = cost;
        }
    }
    Ok(found)
}

/// The levels that keep each stage's own stock where echelon levels would: local = echelon less the echelon below, with
/// echelon levels lowered to those above them where these are smaller.
pub fn local_levels(echelon: &[f64]) -> Vec<f64> {
    let mut lowered = echelon.to_vec();
    for index in (1..lowered.len()).rev() {
        lowered[index - 1] = lowered[index - 1].min(lowered[index]);
    }
    (0..lowered.len()).map(|index| if index == 0 { lowered[0] } else { lowered[index] - lowered[index - 1] }).collect()
}

fn check(stages: &[Stage], levels: Option<&[f64]>) -> Result<(), EngineError> {
    if stages.is_empty() || stages.len() > MOST_STAGES {
        return Err(refuse("stages", stages.len(), "1 to 200"));
    }
    for stage in stages {
        positive("echelon holding cost", stage.echelon_holding)?;
        not_negative("lead time", stage.lead_time)?;
    }
    if let Some(levels) = levels {
        if levels.len() != stages.len() {
            return Err(refuse("levels", levels.len(), "one for each stage"));
        }
        for level in levels {
            finite("echelon level", *level)?;
        }
    }
    Ok(())
}

/// Evenly spaced positions.
struct Grid {
    origin: f64,
    step: f64,
    count: usize,
    whole: bool,
}

impl Grid {
    fn new(one: &Distribution, total: &Distribution, levels: Option<&[f64]>) -> Result<Self, EngineError> {
        let (low, high) = (total.quantile(TAIL), total.quantile(1.0 - TAIL));
        // A negative demand of a normal law's tail is part of the range.
        let reach = (high - low.min(0.0)).max(total.mean().abs()).max(1e-6);
        let highest = levels.unwrap_or_default().iter().fold(high.max(0.0) + 0.02 * reach, |a, b| a.max(*b));
        let lowest = levels.unwrap_or_default().iter().fold(low - high, |a, b| a.min(*b));
        let whole = one.lattice().is_some_and(|lattice| total.lattice().is_some_and(|t| t.step() == lattice.step()));
        let step = match one.lattice() {
            Some(lattice) if whole => lattice.step(),
            _ => (highest - lowest).max(1e-6) / POSITIONS,
        };
        let origin = libm::floor(lowest / step) * step;
        let count = libm::ceil((highest - origin) / step) + 1.0;
        if count.is_nan() || count > MOST_POSITIONS {
            return Err(refuse(
                "demand over the chain",
                format!("{count} positions"),
                "at most 50,000; count in cases",
            ));
        }
        Ok(Self { origin, step, count: count as usize, whole })
    }

    fn position(&self, index: usize) -> f64 {
        self.origin + index as f64 * self.step
    }

    /// The last position that is not above x.
    fn index_below(&self, x: f64) -> usize {
        let place = libm::floor((x - self.origin) / self.step + 1e-9);
        (place.max(0.0) as usize).min(self.count - 1)
    }

    /// The function at x, straight between positions.
    fn at(&self, values: &[f64], slope: f64, x: f64) -> f64 {
        if x <= self.origin {
            return values[0] + slope * (x - self.origin);
        }
        let index = self.index_below(x);
        let next = values[(index + 1).min(self.count - 1)];
        values[index] + (next - values[index]) * (x - self.position(index)) / self.step
    }

    /// E[values(y - D)] at each position y, with the straight line of this slope below the first.
    fn expected(&self, values: &[f64], slope: f64, demand: &Distribution) -> Vec<f64> {
        let lattice = demand.on_lattice(self.step);
        let shift = libm::round(lattice.origin() / self.step);
        let weights = lattice.probabilities();
        // Cumulative probability and first moment, for the part below the positions.
        let mut tails = Vec::with_capacity(weights.len() + 1);
        let (mut chance, mut moment) = (0.0, 0.0);
        tails.push((0.0, 0.0));
        for (index, weight) in weights.iter().enumerate().rev() {
            chance += weight;
            moment += weight * (shift + index as f64);
            tails.push((chance, moment));
        }
        tails.reverse();
        (0..self.count)
            .map(|at| {
                // Demands of `first` and more steps (counted from the lattice's origin) fall below the positions.
                let top = at as f64 - shift;
                let first = (top + 1.0).clamp(0.0, weights.len() as f64) as usize;
                let (chance, moment) = tails[first];
                let line = chance * values[0] + slope * self.step * (at as f64 * chance - moment);
                if first == 0 {
                    return line;
                }
                let top = top as usize;
                // A negative demand may reach beyond the last position: the value there stands for it.
                let over = (top + 1).saturating_sub(self.count).min(first);
                let beyond: f64 = weights[..over].iter().sum::<f64>() * values[self.count - 1];
                let reached = &values[top + 1 - first..=top - over];
                let inside: f64 = weights[over..first].iter().zip(reached.iter().rev()).map(|(p, v)| p * v).sum();
                line + beyond + inside
            })
            .collect()
    }

    fn minimum(&self, values: &[f64]) -> (f64, f64) {
        let (mut index, mut least) = (0, values[0]);
        for (at, value) in values.iter().enumerate() {
            if *value < least {
                (index, least) = (at, *value);
            }
        }
        if self.whole || index == 0 || index + 1 == values.len() {
            return (self.position(index), least);
        }
        let (left, right) = (values[index - 1] - least, values[index + 1] - least);
        let bend = left + right;
        let along = if bend > 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
        (self.position(index) + along * self.step, least - 0.25 * (left - right) * along)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn one_stage_is_the_newsvendor_and_other_levels_cost_more(
            mean in 1.0..40.0f64, lead in 1.0..5.0f64, shortage in 1.0..40.0f64, upper in 0.1..3.0f64, shift in (-0.6..0.6f64, -0.6..0.6f64),
        ) {
            let law = Law::Gamma { mean, deviation: 0.5 * mean };
            let one = echelon_levels(&[Stage { echelon_holding: 1.0, lead_time: lead }], shortage, &law, None).unwrap();
            let vendor = super::super::newsvendor::newsvendor(1.0, shortage, &law.over(lead).unwrap()).unwrap();
            prop_assert!((one.cost - vendor.cost).abs() < 2e-3 * vendor.cost, "{one:?} {vendor:?}");
            let chain = [Stage { echelon_holding: 1.0, lead_time: lead }, Stage { echelon_holding: upper, lead_time: 1.0 }];
            let best = echelon_levels(&chain, shortage, &law, None).unwrap();
            let moved = [best.levels[0] + shift.0 * mean, best.levels[1] + shift.1 * mean];
            let other = echelon_levels(&chain, shortage, &law, Some(&moved)).unwrap();
            prop_assert!(best.cost <= other.cost * (1.0 + 1e-3));
        }
    }

    #[test]
    fn local_levels_undo_echelon_levels() {
        assert_eq!(local_levels(&[6.0, 12.0, 22.0]), [6.0, 6.0, 10.0]);
        assert_eq!(local_levels(&[9.0, 8.0, 22.0]), [8.0, 0.0, 14.0]);
    }

    #[test]
    fn what_is_no_chain_is_refused() {
        let law = Law::Poisson { mean: 3.0 };
        let stage = Stage { echelon_holding: 1.0, lead_time: 1.0 };
        assert!(echelon_levels(&[], 1.0, &law, None).is_err());
        assert!(echelon_levels(&[stage], f64::NAN, &law, None).is_err());
        assert!(echelon_levels(&[stage], 1.0, &law, Some(&[])).is_err());
        assert!(echelon_levels(&[stage], 1.0, &Law::Poisson { mean: 0.0 }, None).is_ok());
    }
}
