//! Champion and challenger on the same values: those that both forecast before they came.
//!
//! The challenger's forecasts are those of its backtest; the champion's are those of its own backtest and, for periods after
//! its training, what it said as the live model. Each of them knew only sales before the period that it forecast.

use crate::jobs::train::Backtests;
use aisle_domain::{Day, Granularity, SeriesKey};
use aisle_engine::{Artefact, Scenario, score};
use aisle_training::SeriesReport;
use serde::Serialize;
use std::collections::BTreeMap;

/// Values below which a comparison says nothing.
const ENOUGH: u64 = 24;
/// Share of the challenger's values that must be in common.
const COMMON: f64 = 0.25;

/// Errors of both on the values in common.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Judgement {
    /// Values that both forecast.
    pub(crate) points: u64,
    /// Values that the challenger forecast.
    pub(crate) of: u64,
    /// WAPE of the champion on them.
    pub(crate) champion: f64,
    /// WAPE of the challenger on them.
    pub(crate) challenger: f64,
}

/// Judges; `None` where too few values are in common.
pub(crate) fn judge(champion: &Artefact, backtests: &Backtests, challenger: &[SeriesReport]) -> Option<Judgement> {
    let granularity = champion.header().granularity;
    let (mut points, mut of, mut size) = (0, 0, 0.0);
    let mut errors = [0.0; 2];
    for series in challenger {
        of += series.past.len() as u64;
        let said = said(champion, backtests, &series.key, granularity);
        for past in &series.past {
            let Some(champion) = said.get(&past.period) else { continue };
            points += 1;
            size += past.actual.abs();
            errors[0] += (champion - past.actual).abs();
            errors[1] += (past.forecast - past.actual).abs();
        }
    }
    let enough = points >= ENOUGH && points as f64 >= COMMON * of as f64 && size > 0.0;
    enough.then(|| Judgement { points, of, champion: errors[0] / size, challenger: errors[1] / size })
}

/// What the champion said of a series' periods before they came.
fn said(champion: &Artefact, backtests: &Backtests, key: &SeriesKey, granularity: Granularity) -> BTreeMap<Day, f64> {
    let mut said = BTreeMap::new();
    if let Some(kept) = backtests.series.get(&key.to_string()) {
        for (origin, forecast) in backtests.origins.iter().zip(&kept.forecasts) {
            let period = |step: usize| granularity.step(*origin, step as i32 + 1);
            said.extend(forecast.iter().enumerate().map(|(step, value)| (period(step), f64::from(*value))));
        }
    }
    let live = champion.find(key).and_then(|index| score(champion, index, &Scenario::default()).ok());
    if let Some(live) = live {
        said.extend(live.periods.iter().copied().zip(live.mean.iter().copied()));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::train::SeriesBacktest;
    use aisle_domain::Weekday;
    use aisle_engine::{ModelKind, golden};
    use aisle_training::PastForecast;

    #[test]
    fn both_are_judged_on_what_both_forecast_before_it_came() {
        let week = Granularity::Week { ends: Weekday::Friday };
        let champion = golden::artefact(week, 13).unwrap();
        let key = champion.series()[0].key.clone();
        let live = score(&champion, 0, &Scenario::default()).unwrap();
        let through = champion.header().trained_through;
        let origin = week.step(through, -13);
        let kept = SeriesBacktest { forecasts: vec![vec![50.0; 13]], models: Vec::new() };
        let backtests = Backtests { origins: vec![origin], series: BTreeMap::from([(key.to_string(), kept)]) };
        // Half before the champion's training, where it is off by 50 of 100, half after, where it is right.
        let past = |period: Day, actual: f64, forecast: f64| PastForecast { origin, period, forecast, actual };
        let mut pasts: Vec<PastForecast> = (1..=13).map(|step| past(week.step(origin, step), 100.0, 90.0)).collect();
        pasts.extend((0..13).map(|step| past(live.periods[step], live.mean[step], live.mean[step])));
        let report = |past: Vec<PastForecast>| SeriesReport {
            key: key.clone(),
            chosen: ModelKind::StlEts,
            wape: None,
            bias: None,
            models: Vec::new(),
            past,
        };
        let size = 1_300.0 + live.mean[..13].iter().map(|value| value.abs()).sum::<f64>();
        let found = judge(&champion, &backtests, &[report(pasts.clone())]).unwrap();
        assert_eq!((found.points, found.of), (26, 26));
        assert!((found.champion - 650.0 / size).abs() < 1e-6, "{found:?}");
        assert!((found.challenger - 130.0 / size).abs() < 1e-6, "{found:?}");
        pasts.truncate(13);
        assert_eq!(judge(&champion, &backtests, &[report(pasts)]), None, "thirteen values are too few");
    }
}
