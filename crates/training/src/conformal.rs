//! Intervals that hold what they promise: conformal quantiles of past forecast errors (Vovk et al. 2005), by horizon block
//! and volume class, on each side by itself.
//!
//! 1. Each series has an error scale: its mean absolute error with one vote per period, however many origins forecast it,
//!    steadied by what series of its volume have (a power law over all series).
//! 2. The width of a step is that scale together with a share of the forecast's excess over the series' volume: a Christmas
//!    peak is off by a part of the peak. The share is the likeliest under Laplace errors. Periods with an event have a
//!    factor of their own, steadied because few have been seen.
//! 3. Errors are divided by widths whose scales come from other periods only (cross-conformal: Barber et al. 2021, folds
//!    in time), so that they are as large as errors on periods not seen. Of these, quantiles with rank (n + 1) p.
//! 4. Widths change from season to season, which a few seen periods do not show. The quantiles are stretched by a quarter
//!    of the standard deviation that the width has between past periods and a future horizon.
//!
//! Overlapping origins are welcome: more origins mean more errors at each step, and periods still vote once in the scale.

mod errors;
mod scales;
mod variation;

pub use aisle_engine::artefact::{Coverage, NOMINAL};
use aisle_engine::distribution::{Dependence, QuantileBands};
use errors::{Errors, blank};
use scales::{Scales, periods};
use variation::{dependence, event_width, uncertainty};

/// A past forecast and what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// The series, an index into the volumes.
    pub series: u32,
    /// Number of periods that the forecast had seen.
    pub origin: u32,
    /// Periods ahead, 0 for the first; the period forecast is `origin + step`.
    pub step: u16,
    /// The forecast.
    pub forecast: f64,
    /// What came.
    pub actual: f64,
    /// Whether the period holds an event.
    pub event: bool,
}

impl Observation {
    fn place(&self) -> usize {
        self.series as usize
    }

    fn period(&self) -> usize {
        self.origin as usize + usize::from(self.step)
    }
}

/// What the calibration is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ConformalParameters {
    /// Last steps (1-based) of the horizon blocks, ascending; the last also serves all later steps.
    pub through: Vec<u16>,
    /// Number of volume classes, of equally many series each.
    pub classes: usize,
}

impl Default for ConformalParameters {
    fn default() -> Self {
        Self { through: vec![1, 4, 8, u16::MAX], classes: 4 }
    }
}

/// Widths and quantiles, ready for the artefact, and how well they held on periods that they had not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Error scale per series, in its unit.
    pub scales: Vec<f64>,
    /// Of one series.
    pub bands: QuantileBands,
    /// Of the sum of all series, in units of the sum of their widths.
    pub total_bands: QuantileBands,
    /// Of the errors of one series' steps.
    pub dependence: Dependence,
    /// Coverage when every fold of periods is judged by the others.
    pub coverage: Vec<Coverage>,
}

/// Part of the standard deviation of a future horizon's width by which quantiles are stretched. Chosen on Walmart,
/// Dominick's and Complete Journey: 0 is 1 to 2 points short on Walmart's autumn, 0.5 is 4 points too wide on Dominick's.
const GUARD: f64 = 0.25;

/// Calibrates on past forecasts of the series, whose `volumes` are their mean absolute values over the last year.
///
/// Observations with a series out of range or numbers that are not finite are left out. Without any, the bands are normal
/// and the scales a quarter of the volumes.
pub fn calibrate(mut observations: Vec<Observation>, volumes: &[f64], parameters: &ConformalParameters) -> Calibration {
    observations.retain(|o| o.place() < volumes.len() && o.forecast.is_finite() && o.actual.is_finite());
    observations.sort_unstable_by_key(|o| (o.series, o.origin, o.step));
    let seen = observations;
    let volumes: Vec<f64> = volumes.iter().map(|v| if v.is_finite() { v.abs() } else { 0.0 }).collect();
    let periods = periods(&seen);
    let (scales, peak_share) = Scales::with_peaks(&seen, &volumes, &periods);
    let mut errors = Errors {
        seen: &seen,
        volumes: &volumes,
        folds: seen.iter().map(|o| periods[&o.period()]).collect(),
        scaled: Vec::new(),
        blank: blank(&volumes, parameters),
    };
    errors.blank.peak_share = peak_share as f32;
    errors.scale(&scales);
    errors.blank.event_width = event_width(&errors) as f32;
    errors.scale(&scales);
    let stretch = (GUARD * uncertainty(&errors)).exp();
    let whole = scales.whole();
    Calibration {
        bands: errors.bands(None, stretch),
        total_bands: errors.total_bands(&whole, stretch),
        dependence: dependence(&errors),
        coverage: errors.coverage(stretch),
        scales: whole,
    }
}
