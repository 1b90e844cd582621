//! What an artefact stores of the spread of its forecasts: little, and shared between series.

use super::{LEVELS, QUANTILES};
use crate::EngineError;
use crate::artefact::MAX_HORIZON;
use serde::{Deserialize, Serialize};

/// Most volume classes.
pub const MAX_CLASSES: usize = 16;
/// Multiple of the mean absolute error of a normal distribution that is its standard deviation: sqrt(pi / 2).
const DEVIATION: f64 = 1.253_314_137_315_500_3;

/// Quantiles of forecast errors in units of a series' width, by volume class and horizon block.
///
/// The width of a step grows with what is unusual about it: a forecast far above the series' usual volume, such as a
/// Christmas peak, is off by a share of that peak, and a period with an event is harder than one without.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantileBands {
    /// Volumes that part the classes, ascending; a series of at least this volume is in the next class.
    pub class_bounds: Vec<f32>,
    /// Last horizon step (1-based) of each block, ascending; the last block also serves all later steps.
    pub through: Vec<u16>,
    /// Class after class, block after block: the quantiles at [`LEVELS`], not descending.
    pub multiples: Vec<f32>,
    /// Share of a forecast's excess over the series' volume that counts as width.
    pub peak_share: f32,
    /// Factor on the width in periods that hold an event.
    pub event_width: f32,
}

/// What the width of one step depends on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The series' error scale, in the unit of the values.
    pub scale: f64,
    /// The series' usual value: the mean absolute value of its last year.
    pub volume: f64,
    /// A scenario's factor on the forecast, which also widens it; 1 in the baseline.
    pub factor: f64,
    /// Whether the period holds an event.
    pub event: bool,
    /// Whether values are never negative.
    pub non_negative: bool,
}

impl QuantileBands {
    /// Normal errors whose mean absolute value is the width: for series without a backtest.
    pub fn normal() -> Self {
        let multiples = super::SCORES.iter().map(|score| (score * DEVIATION) as f32).collect();
        Self { class_bounds: Vec::new(), through: vec![u16::MAX], multiples, peak_share: 0.0, event_width: 1.0 }
    }

    /// Checks lengths, order and numbers.
    ///
    /// # Errors
    /// [`EngineError::Inconsistent`].
    pub fn check(&self) -> Result<(), EngineError> {
        let wrong = |what: &str, expected: String| Err(EngineError::Inconsistent { what: what.to_owned(), expected });
        let ascending = self.class_bounds.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || self.class_bounds.len() >= MAX_CLASSES || self.class_bounds.iter().any(|b| !b.is_finite()) {
            return wrong("volume classes of the bands", format!("fewer than {MAX_CLASSES} ascending bounds"));
        }
        if self.through.is_empty() || self.through.len() > MAX_HORIZON || self.through.windows(2).any(|p| p[0] >= p[1])
        {
            return wrong("horizon blocks of the bands", "at least one, ascending".to_owned());
        }
        let cells = (self.class_bounds.len() + 1) * self.through.len();
        if self.multiples.len() != cells * QUANTILES {
            return wrong("number of quantiles of the bands", format!("{}", cells * QUANTILES));
        }
        let good = |row: &[f32]| row.iter().all(|m| m.is_finite()) && row.windows(2).all(|pair| pair[0] <= pair[1]);
        if !self.multiples.chunks_exact(QUANTILES).all(good) {
            return wrong("quantiles of the bands", "finite and not descending".to_owned());
        }
        let factors = [self.peak_share, self.event_width];
        if factors.iter().any(|factor| !factor.is_finite() || *factor < 0.0) {
            return wrong("width factors of the bands", "finite, from 0 up".to_owned());
        }
        Ok(())
    }

    /// The class of a series of this volume.
    pub fn class_of(&self, volume: f64) -> usize {
        self.class_bounds.partition_point(|bound| f64::from(*bound) <= volume)
    }

    /// The multiples of a class at a 0-based step; those of a normal distribution where the bands are not as
    /// [`check`](Self::check) wants them.
    pub fn multiples(&self, class: usize, step: usize) -> [f64; QUANTILES] {
        let block = self.through.partition_point(|through| usize::from(*through) <= step);
        let block = block.min(self.through.len().saturating_sub(1));
        let class = class.min(self.class_bounds.len());
        let from = (class * self.through.len() + block) * QUANTILES;
        match self.multiples.get(from..from + QUANTILES) {
            Some(row) => std::array::from_fn(|level| f64::from(row[level])),
            None => super::SCORES.map(|score| score * DEVIATION),
        }
    }

    /// The width of a step with this mean, in the unit of the values.
    pub fn width(&self, mean: f64, spread: &Spread) -> f64 {
        let usual = if spread.factor > 0.0 { mean / spread.factor } else { mean };
        let peak = f64::from(self.peak_share) * (usual - spread.volume).max(0.0);
        let width = libm::sqrt(spread.scale * spread.scale + peak * peak);
        let event = if spread.event { f64::from(self.event_width) } else { 1.0 };
        width * event * spread.factor.max(0.0)
    }

    /// The quantiles at [`LEVELS`] of a 0-based step with this mean.
    pub fn quantiles(&self, step: usize, mean: f64, spread: &Spread) -> [f64; QUANTILES] {
        let width = self.width(mean, spread);
        let quantile = |multiple: f64| {
            let value = mean + multiple * width;
            if spread.non_negative { value.max(0.0) } else { value }
        };
        self.multiples(self.class_of(spread.volume), step).map(quantile)
    }

    /// Between these bands of one series of this volume and those of the sum of all, for the sum of `count`: weighted by
    /// `1 / sqrt(count)`, which is exact at both ends and an approximation between. Bands of a sum have one class.
    pub fn of_sum(&self, all: &Self, count: usize, volume: f64) -> Self {
        let share = 1.0 / libm::sqrt(count.max(1) as f64);
        let class = self.class_of(volume);
        let mut multiples = Vec::with_capacity(self.through.len() * QUANTILES);
        for block in 0..self.through.len() {
            let step = block.checked_sub(1).map_or(0, |before| usize::from(self.through[before]));
            let (one, sum) = (self.multiples(class, step), all.multiples(0, step));
            multiples.extend((0..QUANTILES).map(|level| (one[level] * share + sum[level] * (1.0 - share)) as f32));
        }
        Self { class_bounds: Vec::new(), through: self.through.clone(), multiples, ..*self }
    }
}

/// How the errors of a series' steps hang together.
///
/// The correlation of two steps `n` apart is `persistent + (1 - persistent) fading^n`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Dependence {
    /// Correlation that lasts over the horizon, 0 to 1: the level was misjudged.
    pub persistent: f32,
    /// What remains of the rest from one step to the next, 0 to 1.
    pub fading: f32,
}

const _: () = assert!(LEVELS.len() == QUANTILES);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread(scale: f64, volume: f64) -> Spread {
        Spread { scale, volume, factor: 1.0, event: false, non_negative: true }
    }

    #[test]
    fn normal_bands_are_a_normal_distribution_around_the_mean() {
        let bands = QuantileBands::normal();
        bands.check().unwrap();
        let quantiles = bands.quantiles(3, 100.0, &spread(10.0, 200.0));
        // The standard deviation is 12.533, its 97.5 % point 1.96 of them.
        assert!((quantiles[11] - 124.564).abs() < 1e-2 && quantiles[6] == 100.0);
        assert_eq!(bands.quantiles(3, 1.0, &spread(10.0, 200.0))[0], 0.0);
    }

    #[test]
    fn peaks_events_and_scenarios_widen() {
        let bands = QuantileBands { peak_share: 0.25, event_width: 1.5, ..QuantileBands::normal() };
        assert_eq!(bands.width(140.0, &spread(30.0, 0.0)).to_bits(), libm::sqrt(900.0 + 35.0 * 35.0).to_bits());
        assert_eq!(bands.width(100.0, &spread(30.0, 100.0)), 30.0);
        assert_eq!(bands.width(100.0, &Spread { event: true, ..spread(30.0, 100.0) }), 45.0);
        assert_eq!(bands.width(200.0, &Spread { factor: 2.0, ..spread(30.0, 100.0) }), 60.0);
    }

    #[test]
    fn classes_and_blocks_are_found() {
        let row = |size: f32| LEVELS.map(|level| size * (level as f32 - 0.5));
        let multiples = [row(1.0), row(2.0), row(3.0), row(4.0)].concat();
        let bands =
            QuantileBands { class_bounds: vec![10.0], through: vec![4, 8], multiples, ..QuantileBands::normal() };
        bands.check().unwrap();
        let top = |volume, step| bands.multiples(bands.class_of(volume), step)[12];
        assert_eq!(
            [top(9.0, 3), top(9.0, 4), top(10.0, 0), top(11.0, 99)].map(|m| (m / 0.495).round()),
            [1.0, 2.0, 3.0, 4.0]
        );
    }

    #[test]
    fn bands_that_contradict_themselves_are_refused() {
        let refused = |spoil: fn(&mut QuantileBands)| {
            let mut bands = QuantileBands::normal();
            spoil(&mut bands);
            let never_panics = bands.quantiles(9, 5.0, &spread(1.0, 1.0));
            bands.check().is_err() && never_panics.len() == QUANTILES
        };
        assert!(refused(|b| b.multiples.reverse()));
        assert!(refused(|b| b.multiples.truncate(5)));
        assert!(refused(|b| b.through.clear()));
        assert!(refused(|b| b.class_bounds = vec![2.0, 1.0]));
        assert!(refused(|b| b.event_width = f32::NAN));
    }

    proptest! {
        #[test]
        fn quantiles_never_descend(mean in 0.0..1e6f64, scale in 0.0..1e5f64, volume in 0.0..1e6f64, factor in 0.0..9.0f64) {
            let given = Spread { factor, ..spread(scale, volume) };
            let quantiles = QuantileBands { peak_share: 0.2, ..QuantileBands::normal() }.quantiles(0, mean, &given);
            prop_assert!(quantiles.windows(2).all(|pair| pair[0] <= pair[1]) && quantiles[0] >= 0.0);
        }
    }
}
