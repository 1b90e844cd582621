//! The forecast of the sum of many series, without an allocation per series.

use crate::artefact::{Artefact, SeriesModel};
use crate::distribution::{Distribution, QUANTILES, QuantileBands};
use crate::plan::{Plan, Step};
use crate::score::{Components, INTERVAL_80, INTERVAL_95, Interval, spread};
use crate::{EngineError, Scenario};
use aisle_domain::Day;
use serde::{Deserialize, Serialize};

/// The forecast of a sum of series. All vectors have one value per period, in the measure's major unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Last days of the periods.
    pub periods: Vec<Day>,
    /// The forecast.
    pub mean: Vec<f64>,
    /// Holds the value in 80 of 100 cases.
    pub interval80: Interval,
    /// Holds the value in 95 of 100 cases.
    pub interval95: Interval,
    /// What the mean is made of.
    pub components: Components,
    /// Number of series summed.
    pub series: usize,
}

/// Scores all series (`None`), or those at the indices given, and sums them.
///
/// # Errors
/// As [`TotalScorer::totals`].
pub fn score_totals(artefact: &Artefact, series: Option<&[usize]>, scenario: &Scenario) -> Result<Totals, EngineError> {
    let mut scorer = TotalScorer::new();
    scorer.totals(artefact, series, scenario)?;
    Ok(scorer.totals)
}

/// Sums with buffers that are kept from one scenario to the next: for a slider that moves.
#[derive(Debug, Default, Clone)]
pub struct TotalScorer {
    plan: Plan,
    /// Per step; their widths are those of the series, in the unit of the values.
    sums: Vec<Step>,
    volume: f64,
    non_negative: bool,
    totals: Totals,
}

const NOTHING: Step = Step {
    base: 0.0,
    trend: 0.0,
    season: 0.0,
    holiday: 0.0,
    promotion: 0.0,
    other: 0.0,
    growth: 0.0,
    width: 0.0,
    event: false,
};

impl TotalScorer {
    /// A scorer without buffers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Scores all series (`None`), or those at the indices given, in that order, and sums them.
    ///
    /// Intervals: errors of series are correlated, so the bounds of a sum are calibrated on past sums (`total_bands`), in
    /// units of the sum of widths. A sum of n series lies between one series and all of them: see
    /// [`QuantileBands::of_sum`](crate::distribution::QuantileBands::of_sum).
    ///
    /// # Errors
    /// [`EngineError::NoSuchSeries`]; [`EngineError::Scenario`] where the scenario is out of range.
    pub fn totals(
        &mut self,
        artefact: &Artefact,
        series: Option<&[usize]>,
        scenario: &Scenario,
    ) -> Result<&Totals, EngineError> {
        let horizon = usize::from(artefact.header().horizon);
        self.plan.prepare(artefact, scenario)?;
        self.sums.clear();
        self.sums.resize(horizon, NOTHING);
        self.volume = 0.0;
        self.non_negative = true;
        match series {
            None => {
                for model in artefact.series() {
                    self.add(artefact, model);
                }
                self.totals.series = artefact.series().len();
            }
            Some(indices) => {
                let count = artefact.series().len();
                for index in indices {
                    let model =
                        artefact.series().get(*index).ok_or(EngineError::NoSuchSeries { index: *index, count })?;
                    self.add(artefact, model);
                }
                self.totals.series = indices.len();
            }
        }
        self.finish(artefact);
        Ok(&self.totals)
    }

    /// The distribution of the sum that was scored last; none before. `artefact` is the one that was scored.
    pub fn distribution(&self, artefact: &Artefact) -> Distribution {
        let bands = self.bands(artefact);
        let quantiles = |(step, sum): (usize, &Step)| self.quantiles(&bands, step, sum);
        Distribution { steps: self.sums.iter().enumerate().map(quantiles).collect(), non_negative: self.non_negative }
    }

    fn add(&mut self, artefact: &Artefact, model: &SeriesModel) {
        let sums = &mut self.sums;
        let bands = &artefact.header().bands;
        self.volume += f64::from(model.volume);
        self.non_negative &= model.non_negative;
        self.plan.walk(artefact, model, |step, parts| {
            let sum = &mut sums[step];
            sum.base += parts.base;
            sum.trend += parts.trend;
            sum.season += parts.season;
            sum.holiday += parts.holiday;
            sum.promotion += parts.promotion;
            sum.other += parts.other;
            sum.growth += parts.growth;
            sum.width += bands.width(parts.mean(), &spread(model, parts));
        });
    }

    fn bands(&self, artefact: &Artefact) -> QuantileBands {
        let (header, count) = (artefact.header(), self.totals.series);
        header.bands.of_sum(&header.total_bands, count, self.volume / count.max(1) as f64)
    }

    fn quantiles(&self, bands: &QuantileBands, step: usize, sum: &Step) -> [f64; QUANTILES] {
        let mean = sum.mean();
        bands.multiples(0, step).map(|multiple| {
            let value = mean + multiple * sum.width;
            if self.non_negative { value.max(0.0) } else { value }
        })
    }

    fn finish(&mut self, artefact: &Artefact) {
        let bands = self.bands(artefact);
        self.totals.periods = artefact.periods();
        self.totals.mean.clear();
        self.totals.interval80.clear();
        self.totals.interval95.clear();
        self.totals.components = Components::default();
        for (step, sum) in self.sums.iter().enumerate() {
            let (mean, quantiles) = (sum.mean(), self.quantiles(&bands, step, sum));
            self.totals.mean.push(mean);
            self.totals.interval80.push(mean, &quantiles, INTERVAL_80);
            self.totals.interval95.push(mean, &quantiles, INTERVAL_95);
            self.totals.components.push(sum);
        }
    }
}
