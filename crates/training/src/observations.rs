//! Past forecasts that intervals are calibrated on: those that weigh the models, under weights that have not seen them,
//! and those from origins between.

use crate::backtest::Backtest;
use crate::conformal::{Calibration, ConformalParameters, calibrate};
use crate::{Observation, ValidFitParameters};

/// An origin between or after those that weigh the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Between {
    /// Number of periods seen.
    pub(crate) origin: usize,
    /// Periods forecast: as far as history reaches.
    pub(crate) horizon: usize,
    /// Place of the weighing origin before it.
    pub(crate) after: usize,
    /// Place of the weighing origin with which it shares most periods.
    pub(crate) nearest: usize,
}

/// The origins between: `overlap` of them after each of `origins`, which are in order, the latest first.
pub(crate) fn overlapping(history: usize, origins: &[usize], parameters: &ValidFitParameters) -> Vec<Between> {
    let (horizon, count) = (parameters.backtest_horizon, parameters.overlap.min(parameters.backtest_horizon - 1));
    let mut found = Vec::with_capacity(origins.len() * count);
    for (after, seen) in origins.iter().enumerate() {
        for part in 1..=count {
            let further = part * horizon / (count + 1);
            let origin = seen + further;
            if origin < history {
                let nearest = if 2 * further > horizon { after.saturating_sub(1) } else { after };
                found.push(Between { origin, horizon: horizon.min(history - origin), after, nearest });
            }
        }
    }
    found
}

/// Calibrates the intervals on all of them.
pub(crate) fn calibration(backtest: &Backtest<'_>) -> Calibration {
    let (series, calendar) = (&backtest.panel.parts().series, backtest.calendar);
    let held = calendar.held_events();
    let location = |index: usize| calendar.locations.binary_search(&series[index].key.location).unwrap_or(0);
    let year = calendar.year();
    let counts = first_comparable(calendar.history, year, backtest.origins);
    let mut observations = Vec::new();
    for index in 0..series.len() {
        let here = &held[location(index)];
        let points = backtest.honest_points(index).into_iter();
        observations.extend(points.filter(|point| backtest.origins[point.origin] >= counts).map(|point| {
            let origin = backtest.origins[point.origin];
            Observation {
                series: index as u32,
                origin: origin as u32,
                step: point.step as u16,
                forecast: point.forecast,
                actual: point.actual,
                event: here[origin + point.step],
            }
        }));
    }
    let between = backtest.endings.iter().flat_map(|ending| &ending.between);
    for observation in between.filter(|observation| observation.origin as usize >= counts) {
        let period = observation.origin as usize + usize::from(observation.step);
        let event = held[location(observation.series as usize)][period];
        observations.push(Observation { event, ..*observation });
    }
    let volumes: Vec<f64> = series.iter().map(|series| volume(&series.values, year)).collect();
    calibrate(observations, &volumes, &ConformalParameters::default())
}

/// The first origin whose errors say what those to come will be like. Forecasts that had hardly seen a year err more than
/// those that know a season: once half a second year has been seen, they do not count, unless there are no others.
fn first_comparable(history: usize, year: usize, origins: &[usize]) -> usize {
    let knows_season = year + year / 7;
    let others = origins.iter().any(|origin| *origin >= knows_season);
    if history >= year + year / 2 && others { knows_season } else { 0 }
}

/// Mean absolute value of the last year; 0 where nothing is present.
pub(crate) fn volume(values: &[f64], year: usize) -> f64 {
    let recent = values[values.len().saturating_sub(year)..].iter().filter(|value| value.is_finite());
    let (sum, count) = recent.fold((0.0, 0.0), |(sum, count), value| (sum + value.abs(), count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FitParameters;

    #[test]
    fn origins_between_share_most_with_the_nearest_and_end_with_history() {
        let p = FitParameters { overlap: 3, ..FitParameters::default() }.check().unwrap();
        let found = overlapping(100, &[87, 74], &p);
        let of = |origin, horizon, after, nearest| Between { origin, horizon, after, nearest };
        let (latest, before) = (
            [of(90, 10, 0, 0), of(93, 7, 0, 0), of(96, 4, 0, 0)],
            [of(77, 13, 1, 1), of(80, 13, 1, 1), of(83, 13, 1, 0)],
        );
        assert_eq!(found, [latest, before].concat());
        let short = FitParameters { overlap: 9, backtest_horizon: 1, ..FitParameters::default() }.check().unwrap();
        assert_eq!(overlapping(100, &[99], &short), []);
    }

    #[test]
    fn origins_without_a_season_count_as_long_as_there_are_no_others() {
        assert_eq!(first_comparable(78, 52, &[65, 52]), 59);
        assert_eq!(first_comparable(77, 52, &[64, 51]), 0);
        assert_eq!(first_comparable(78, 52, &[52, 26]), 0);
    }

    #[test]
    fn volume_is_the_mean_size_of_what_is_present_of_the_last_year() {
        assert_eq!(volume(&[9.0, 2.0, f64::NAN, -4.0], 3), 3.0);
        assert_eq!(volume(&[f64::NAN], 3), 0.0);
    }
}
