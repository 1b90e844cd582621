//! Past forecasts that intervals are calibrated on: those that weigh the models, under weights that have not seen them,
//! and those from origins between.

use crate::backtest::Backtest;
use crate::conformal::{Calibration, ConformalParameters, calibrate};
use crate::{Observation, ValidFitParameters};

/// Origins between and after those that weigh the models, each with the place of the one that it shares most periods
/// with: `overlap` of them for each.
pub(crate) fn overlapping(history: usize, origins: &[usize], parameters: &ValidFitParameters) -> Vec<(usize, usize)> {
    let (horizon, count) = (parameters.backtest_horizon, parameters.overlap.min(parameters.backtest_horizon - 1));
    let mut found = Vec::with_capacity(origins.len() * count);
    for (place, origin) in origins.iter().enumerate() {
        for part in 1..=count {
            let after = part * horizon / (count + 1);
            if after > 0 && origin + after < history {
                // Past the middle it shares more with the next one.
                let nearest = if 2 * after > horizon { place.saturating_sub(1) } else { place };
                found.push((origin + after, nearest));
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
    let mut observations = Vec::new();
    for index in 0..series.len() {
        let here = &held[location(index)];
        observations.extend(backtest.honest_points(index).into_iter().map(|point| {
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
    for observation in backtest.endings.iter().flat_map(|ending| &ending.between) {
        let period = observation.origin as usize + usize::from(observation.step);
        let event = held[location(observation.series as usize)][period];
        observations.push(Observation { event, ..*observation });
    }
    let year = calendar.year();
    let volumes: Vec<f64> = series.iter().map(|series| volume(&series.values, year)).collect();
    calibrate(observations, &volumes, &ConformalParameters::default())
}

/// Mean absolute value of the last year; 0 where nothing is present.
pub(crate) fn volume(values: &[f64], year: usize) -> f64 {
    let recent = values[values.len().saturating_sub(year)..].iter().filter(|value| value.is_finite());
    let (sum, count) = recent.fold((0.0, 0.0), |(sum, count), value| (sum + value.abs(), count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}
