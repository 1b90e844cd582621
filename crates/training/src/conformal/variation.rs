//! What else moves widths: events, the season to come, and the error of the step before.

use super::errors::{Errors, ranked};
use aisle_engine::distribution::Dependence;
use std::collections::BTreeMap;

/// Events' factor before any is seen, and the periods with an event that it counts for.
const PRIOR_EVENT: (f64, f64) = (1.1, 4.0);
/// Fewest errors for a period's width.
const FEWEST: usize = 50;
/// Neighbouring periods whose widths move together.
const TOGETHER: f64 = 4.0;
/// Errors, in widths, beyond which one is cut when dependence between steps is measured.
const CUT: f64 = 4.0;

/// How much wider periods with an event are, as the geometric mean over them, steadied.
pub(super) fn event_width(errors: &Errors<'_>) -> f64 {
    let mut plain = Vec::new();
    let mut events: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (o, scaled) in errors.seen.iter().zip(&errors.scaled) {
        if o.event {
            events.entry(o.period()).or_default().push(scaled.abs());
        } else {
            plain.push(scaled.abs());
        }
    }
    plain.sort_by(f64::total_cmp);
    let (mut sum, mut count) = (PRIOR_EVENT.1 * PRIOR_EVENT.0.ln(), PRIOR_EVENT.1);
    let usual = if plain.is_empty() { 0.0 } else { ranked(&plain, 0.8) };
    for sizes in events.values_mut().filter(|sizes| sizes.len() >= FEWEST) {
        sizes.sort_by(f64::total_cmp);
        let size = ranked(sizes, 0.8);
        if usual > 0.0 && size > 0.0 {
            sum += (size / usual).ln().clamp(-1.0, 1.0);
            count += 1.0;
        }
    }
    (sum / count).exp().clamp(1.0, 3.0)
}

/// Standard deviation of the logarithm of a future horizon's width, from that between past periods.
pub(super) fn uncertainty(errors: &Errors<'_>) -> f64 {
    let mut by_period: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (o, scaled) in errors.seen.iter().zip(&errors.scaled) {
        by_period.entry(o.period()).or_default().push(scaled.abs());
    }
    let mut widths = Vec::with_capacity(by_period.len());
    for sizes in by_period.values_mut().filter(|sizes| sizes.len() >= FEWEST) {
        sizes.sort_by(f64::total_cmp);
        widths.push(ranked(sizes, 0.8).max(1e-9).ln());
    }
    let n = widths.len() as f64;
    if widths.len() < 2 {
        return 0.0;
    }
    let mean = widths.iter().sum::<f64>() / n;
    let variance = widths.iter().map(|width| (width - mean) * (width - mean)).sum::<f64>() / (n - 1.0);
    // A horizon is about as long as four runs of periods that move together; so many were seen.
    (variance * (1.0 / TOGETHER + TOGETHER / n.max(TOGETHER))).sqrt().min(1.0)
}

/// Correlation of a series' errors at steps 1 to 6 apart, fitted by a lasting part and one that fades.
pub(super) fn dependence(errors: &Errors<'_>) -> Dependence {
    const LAGS: usize = 6;
    let cut: Vec<f64> = errors.scaled.iter().map(|error| error.clamp(-CUT, CUT)).collect();
    let n = cut.len().max(1) as f64;
    let mean = cut.iter().sum::<f64>() / n;
    let variance = cut.iter().map(|error| (error - mean) * (error - mean)).sum::<f64>() / n;
    let mut sums = [(0.0, 0.0); LAGS];
    for (place, o) in errors.seen.iter().enumerate() {
        for (other, error) in errors.seen.iter().zip(&cut).skip(place + 1).take(LAGS) {
            if (other.series, other.origin) != (o.series, o.origin) {
                break;
            }
            let lag = usize::from(other.step - o.step);
            if (1..=LAGS).contains(&lag) {
                let sum = &mut sums[lag - 1];
                *sum = (sum.0 + (cut[place] - mean) * (error - mean), sum.1 + 1.0);
            }
        }
    }
    let correlation = |lag: usize| {
        let (sum, count) = sums[lag - 1];
        (count > 0.0 && variance > 0.0).then(|| (sum / count / variance).clamp(0.0, 0.99))
    };
    let Some(first) = correlation(1) else { return Dependence::default() };
    // What is left six steps apart has for the most part come to stay.
    let persistent = correlation(LAGS).unwrap_or(first / 2.0).min(first);
    let fading = if persistent < 1.0 { (first - persistent) / (1.0 - persistent) } else { 0.0 };
    Dependence { persistent: persistent as f32, fading: fading as f32 }
}
