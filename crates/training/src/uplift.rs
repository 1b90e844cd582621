//! From past occurrences to the typical uplift and the next one's: intervals, borrowing from the like.

use crate::event_fit::Miss;
use aisle_domain::HolidayKind;
use aisle_engine::Occurrence;
use aisle_engine::impact::{Estimate, ImpactBasis, NextOccurrence, NextPeriod, OccurrenceImpact, UnitImpact};

/// A unit's impact with what leaning on others needs.
pub(crate) struct Measured {
    pub(crate) level: usize,
    pub(crate) parent: usize,
    pub(crate) impact: UnitImpact,
    /// Standard error of ln(1 + relative uplift), between-occurrence spread and one occurrence's miss, in the same unit.
    pub(crate) spread: Option<Spread>,
    /// Next window: expected without the event, its profile by period.
    pub(crate) next: Option<(Occurrence, Vec<NextPeriod>)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) typical: f64,
    pub(crate) between: f64,
    pub(crate) single: f64,
    pub(crate) quantile: f64,
}

/// The 90th percentile of the normal distribution.
const NORMAL80: f64 = 1.2816;
/// How much occurrences of one event are taken to differ before two of them were seen, as a share of the effect.
const ASSUMED_BETWEEN: f64 = 0.1;

/// Windows were chosen on the same sales that the uplift is measured on, which no placebo sees: errors are larger by this.
const CHOSEN: f64 = 1.05;

/// The typical uplift over past occurrences, with its interval.
pub(crate) fn typical(occurrences: &[OccurrenceImpact], miss: Option<Miss>) -> (Estimate, Option<Spread>) {
    let (Some(miss), false) = (miss, occurrences.is_empty()) else { return (Estimate::default(), None) };
    let actual: f64 = occurrences.iter().map(|o| o.actual).sum();
    let expected: f64 = occurrences.iter().map(|o| o.expected).sum();
    let ratio = (actual / expected).max(0.001);
    let (count, log) = (occurrences.len() as f64, ratio.ln());
    let seen: f64 = occurrences
        .iter()
        .map(|o| {
            let apart = (o.actual / o.expected).max(0.001).ln() - log;
            apart * apart
        })
        .sum();
    let assumed = ASSUMED_BETWEEN * log;
    let excess = (seen - (count - 1.0) * miss.single * miss.single).max(0.0);
    let between = ((excess + assumed * assumed) / count).sqrt();
    let typical = CHOSEN * (miss.mean * miss.mean + between * between / count).sqrt();
    // Both spreads are estimates themselves.
    let quantile = student90(count + miss.placebos.min(8.0) / 2.0);
    let spread = Spread { typical, between, single: miss.single, quantile };
    (around_log(log, quantile * typical), Some(spread))
}

/// The 90th percentile of Student's distribution, by the expansion of Cornish and Fisher (within 1 % from 3 degrees on).
fn student90(freedom: f64) -> f64 {
    let (z, f) = (NORMAL80, freedom.max(2.0));
    z + (z.powi(3) + z) / (4.0 * f) + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * f * f)
}

/// A relative uplift with an interval of that half-width in ln(1 + uplift).
fn around_log(log: f64, half: f64) -> Estimate {
    Estimate { value: log.exp_m1(), low: (log - half).exp_m1(), high: (log + half).exp_m1() }
}

/// A relative uplift that misses by so much, as a standard deviation of ln(1 + uplift), with its interval.
pub(crate) fn around(relative: f64, miss: f64) -> Estimate {
    around_log(relative.max(-0.999).ln_1p(), NORMAL80 * miss)
}

pub(crate) fn times(estimate: Estimate, factor: f64) -> Estimate {
    Estimate { value: estimate.value * factor, low: estimate.low * factor, high: estimate.high * factor }
}

/// Forecasts the next occurrence of each unit: its own typical uplift drawn towards that of the unit above, as far as
/// units of its level are alike.
pub(crate) fn lean_on_each_other(group_count: usize, measured: Vec<Measured>) -> Vec<UnitImpact> {
    let log = |found: &Measured| found.impact.relative.value.max(-0.999).ln_1p();
    let known = |found: &&Measured| found.impact.basis == ImpactBasis::Own && found.spread.is_some();
    let total = measured.iter().find(|found| found.level == 0).filter(known).map(&log);
    let mut groups: Vec<Option<f64>> = vec![total; group_count + 1];
    for found in measured.iter().filter(|found| found.level == 1).filter(known) {
        groups[found.parent] = Some(log(found));
    }
    // How much units of a level differ from the unit above, beyond what their errors explain.
    let mut differ = [None; 5];
    for (level, differ) in differ.iter_mut().enumerate() {
        let apart: Vec<(f64, f64)> = measured
            .iter()
            .filter(|found| found.level == level)
            .filter(known)
            .filter_map(|found| {
                let above = if level <= 2 { total } else { groups[found.parent] }?;
                let error = found.spread?.typical;
                Some(((log(found) - above).powi(2) - error * error, 1.0))
            })
            .collect();
        if apart.len() >= 5 {
            *differ = Some(apart.iter().map(|(v, _)| v).sum::<f64>() / apart.len() as f64);
        }
    }
    let mut units = Vec::with_capacity(measured.len());
    for mut found in measured {
        let above = match found.level {
            0 => None,
            1 | 2 => total,
            _ => groups[found.parent],
        };
        if let (Some((occurrence, mut periods)), relative) = (found.next.take(), found.impact.relative) {
            let own = log(&found);
            let spread = found.spread.unwrap_or(Spread { typical: 0.0, between: 0.0, single: 0.0, quantile: NORMAL80 });
            let error = (spread.typical * spread.typical).max(1e-8);
            let (mut mean, mut typical) = (own, error);
            if let (Some(above), ImpactBasis::Own) = (above, found.impact.basis) {
                let assumed = (0.3 * above.abs() + 0.05).powi(2);
                let alike = differ[found.level].map_or(assumed, |seen| seen.max(0.01 * above * above + 1e-4));
                let weight = alike / (alike + error);
                mean = weight * own + (1.0 - weight) * above;
                typical = weight * error;
            }
            let half = spread.quantile * (typical + spread.between.powi(2) + spread.single.powi(2)).sqrt();
            let expected: f64 = periods.iter().map(|period| period.expected).sum();
            let relative = if found.impact.basis == ImpactBasis::Closure { relative } else { around_log(mean, half) };
            spread_over(&mut periods, relative.value * expected);
            if found.impact.occurrences.is_empty() {
                found.impact.absolute = times(found.impact.relative, expected);
            }
            found.impact.next = Some(NextOccurrence {
                first: occurrence.first,
                last: occurrence.last,
                expected,
                uplift: times(relative, expected),
                periods,
            });
        }
        units.push(found.impact);
    }
    units
}

/// Spreads an uplift over a window in the shape that was fitted; in that of the expectation where there is none, or where
/// the shape's parts nearly cancel.
fn spread_over(periods: &mut [NextPeriod], uplift: f64) {
    let fitted: f64 = periods.iter().map(|period| period.uplift).sum();
    let sizes: f64 = periods.iter().map(|period| period.uplift.abs()).sum();
    let expected: f64 = periods.iter().map(|period| period.expected).sum();
    let shaped = fitted.abs() > 0.3 * sizes && fitted * uplift > 0.0;
    for period in periods {
        let share = if shaped { period.uplift / fitted } else { period.expected / expected.max(1e-300) };
        period.uplift = share * uplift;
    }
}

/// Gives events without a past what others of their kind did to the same unit.
pub(crate) fn borrow(kinds: &[HolidayKind], measured: &mut [Option<Measured>]) {
    for event in 0..measured.len() {
        let kind = kinds[event];
        let without_past = |found: &Measured| found.impact.basis == ImpactBasis::Unknown;
        if !measured[event].as_ref().is_some_and(without_past) {
            continue;
        }
        let others: Vec<(f64, Spread)> = measured
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != event && kinds[*other] == kind)
            .filter_map(|(_, found)| found.as_ref())
            .filter_map(|found| Some((found.impact.relative.value.max(-0.999).ln_1p(), found.spread?)))
            .collect();
        let Some(found) = measured[event].as_mut() else { continue };
        if kind == HolidayKind::Closure {
            found.impact.basis = ImpactBasis::Closure;
            found.impact.relative = Estimate { value: -1.0, low: -1.0, high: -1.0 };
            continue;
        }
        if others.is_empty() {
            continue;
        }
        let count = others.len() as f64;
        let mean = others.iter().map(|(log, _)| log).sum::<f64>() / count;
        let spread =
            others.iter().map(|(log, _)| (log - mean) * (log - mean)).sum::<f64>() / f64::max(count - 1.0, 1.0);
        let single = (others.iter().map(|(_, s)| s.single * s.single).sum::<f64>() / count).sqrt();
        // A single other event says little of how events of a kind differ.
        let between = if others.len() > 1 { spread.sqrt() } else { mean.abs().max(0.1) };
        let typical = between * (1.0 + 1.0 / count).sqrt();
        found.impact.basis = ImpactBasis::SameKind;
        found.impact.relative = around_log(mean, NORMAL80 * typical);
        found.spread = Some(Spread { typical, between: 0.0, single, quantile: NORMAL80 });
    }
}
