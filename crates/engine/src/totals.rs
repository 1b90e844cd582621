//! The forecast of the sum of many series, without an allocation per series.

use crate::artefact::{Artefact, SeriesModel};
use crate::plan::{Plan, Step};
use crate::score::{Components, Interval, band_at, widen};
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
    sums: Vec<Step>,
    totals: Totals,
}

const NOTHING: Step =
    Step { base: 0.0, trend: 0.0, season: 0.0, holiday: 0.0, promotion: 0.0, other: 0.0, growth: 0.0, width: 0.0 };

impl TotalScorer {
    /// A scorer without buffers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Scores all series (`None`), or those at the indices given, in that order, and sums them.
    ///
    /// Intervals: errors of series are correlated, so the bounds of a sum are calibrated on the backtest's sums
    /// (`total_bands`). A sum of n series lies between one series and all of them: its multiples are
    /// `total + (series - total) / sqrt(n)`, which is exact at both ends and an approximation between.
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
        let mut non_negative = true;
        match series {
            None => {
                for model in artefact.series() {
                    non_negative &= self.add(artefact, model);
                }
                self.totals.series = artefact.series().len();
            }
            Some(indices) => {
                let count = artefact.series().len();
                for index in indices {
                    let model =
                        artefact.series().get(*index).ok_or(EngineError::NoSuchSeries { index: *index, count })?;
                    non_negative &= self.add(artefact, model);
                }
                self.totals.series = indices.len();
            }
        }
        self.finish(artefact, non_negative);
        Ok(&self.totals)
    }

    fn add(&mut self, artefact: &Artefact, model: &SeriesModel) -> bool {
        let sums = &mut self.sums;
        let scale = f64::from(model.error_scale);
        self.plan.walk(artefact, model, |step, parts| {
            let sum = &mut sums[step];
            sum.base += parts.base;
            sum.trend += parts.trend;
            sum.season += parts.season;
            sum.holiday += parts.holiday;
            sum.promotion += parts.promotion;
            sum.other += parts.other;
            sum.growth += parts.growth;
            sum.width += scale * parts.width;
        });
        model.non_negative
    }

    fn finish(&mut self, artefact: &Artefact, non_negative: bool) {
        let header = artefact.header();
        let totals = &mut self.totals;
        totals.periods = artefact.periods();
        totals.mean.clear();
        totals.interval80.clear();
        totals.interval95.clear();
        totals.components = Components::default();
        let one_share = 1.0 / (totals.series.max(1) as f64).sqrt();
        let between = |all: (f64, f64), one: (f64, f64)| {
            (all.0 + (one.0 - all.0) * one_share, all.1 + (one.1 - all.1) * one_share)
        };
        for (step, sum) in self.sums.iter().enumerate() {
            let (one, all) = (band_at(&header.bands, step), band_at(&header.total_bands, step));
            let mean = sum.mean();
            totals.mean.push(mean);
            totals.interval80.push(mean, between(widen(all.p80), widen(one.p80)), sum.width, non_negative);
            totals.interval95.push(mean, between(widen(all.p95), widen(one.p95)), sum.width, non_negative);
            totals.components.push(sum);
        }
    }
}
