//! States to start from: phases' means around a moving average for the season, a line through the first cycles for level
//! and slope. The likelihood moves them afterwards.

use super::shape::{EtsShape, SeasonKind};

/// Level, slope and season before the first value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seed {
    pub(super) level: f64,
    pub(super) slope: f64,
    pub(super) season: Vec<f64>,
}

/// Seasons of a series, found once and used for every shape: added and, where all values are positive, multiplied.
#[derive(Debug, Clone)]
pub(crate) struct Seasons {
    pub(crate) additive: Vec<f64>,
    pub(crate) multiplicative: Option<Vec<f64>>,
}

impl Seasons {
    /// `gapless` holds at least two cycles of `length`.
    pub(crate) fn find(gapless: &[f64], length: usize, positive: bool) -> Self {
        let trend = centred_mean(gapless, length);
        let additive = phase_means(gapless, &trend, length, |value, trend| value - trend);
        let centre = additive.iter().sum::<f64>() / length as f64;
        let additive = additive.iter().map(|effect| effect - centre).collect();
        let multiplicative = positive.then(|| {
            let factors = phase_means(gapless, &trend, length, |value, trend| value / trend);
            let factors: Vec<f64> = factors.iter().map(|factor| factor.max(0.05)).collect();
            let mean = factors.iter().sum::<f64>() / length as f64;
            factors.iter().map(|factor| factor / mean).collect()
        });
        Self { additive, multiplicative }
    }
}

/// Where to start a shape.
pub(super) fn seed(gapless: &[f64], shape: EtsShape, seasons: Option<&Seasons>) -> Seed {
    let season = match (shape.season, seasons) {
        (SeasonKind::Additive, Some(seasons)) => seasons.additive.clone(),
        (SeasonKind::Multiplicative, Some(seasons)) => seasons.multiplicative.clone().unwrap_or_default(),
        _ => Vec::new(),
    };
    let length = season.len().max(1);
    let used = gapless.len().min((2 * length).max(10));
    let adjusted: Vec<f64> = gapless[..used]
        .iter()
        .enumerate()
        .map(|(t, value)| match shape.season {
            SeasonKind::None => *value,
            SeasonKind::Additive => value - season[t % length],
            SeasonKind::Multiplicative => value / season[t % length],
        })
        .collect();
    let n = used as f64;
    let mean = adjusted.iter().sum::<f64>() / n;
    if !shape.has_trend() || used < 2 {
        return Seed { level: mean, slope: 0.0, season };
    }
    let (middle, mut cross, mut squares) = ((n + 1.0) / 2.0, 0.0, 0.0);
    for (t, value) in adjusted.iter().enumerate() {
        let from_middle = t as f64 + 1.0 - middle;
        cross += from_middle * (value - mean);
        squares += from_middle * from_middle;
    }
    let slope = cross / squares;
    let level = mean - slope * middle;
    // A line that starts below nothing is no start for shapes that multiply.
    if shape.needs_positive() && (level <= 0.0 || level + slope * n <= 0.0) {
        return Seed { level: mean, slope: 0.0, season };
    }
    Seed { level, slope, season }
}

/// Mean over one cycle around each place, both halves equal; not a number at the ends.
fn centred_mean(values: &[f64], length: usize) -> Vec<f64> {
    let half = length / 2;
    let mut trend = vec![f64::NAN; values.len()];
    for (t, out) in trend.iter_mut().enumerate().take(values.len().saturating_sub(half)).skip(half) {
        let mut sum: f64 = values[t - half..=t + half].iter().sum();
        if length.is_multiple_of(2) {
            sum -= 0.5 * (values[t - half] + values[t + half]);
        }
        *out = sum / length as f64;
    }
    trend
}

fn phase_means(values: &[f64], trend: &[f64], length: usize, effect: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; length], vec![0.0; length]);
    for (t, (value, trend)) in values.iter().zip(trend).enumerate() {
        let effect = effect(*value, *trend);
        if effect.is_finite() {
            sums[t % length] += effect;
            counts[t % length] += 1.0;
        }
    }
    let neutral = effect(1.0, 1.0);
    sums.iter().zip(&counts).map(|(sum, count)| if *count > 0.0 { sum / count } else { neutral }).collect()
}
