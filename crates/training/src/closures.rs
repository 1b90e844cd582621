//! Days on which a location is shut, for models that know nothing of them: history is laid out as if it had been open, and
//! what is forecast is cut to the days that are.

use aisle_domain::shop_calendar::open_share;
use aisle_domain::{CalendarEvent, LocationId, Period};
use aisle_engine::{Artefact, EngineError, Scenario, SeriesModel, score};
use std::collections::BTreeMap;

/// What an open period would have sold: the value over the share of open days; not a number where the location was shut
/// throughout, since nothing is known of demand then.
pub fn as_if_open(value: f64, open: f64) -> f64 {
    if open > 0.0 { value / open } else { f64::NAN }
}

/// Cuts each forecast period of the artefact to the share of days on which its location is open; 0 where it is shut
/// throughout. The cut stands in the season, so that whoever scores the artefact (also under a scenario) has it. Intervals
/// keep their width: they are the model's, which knows of no closure.
///
/// # Errors
/// [`EngineError`] where the artefact does not score.
pub fn shut(artefact: Artefact, closures: &[CalendarEvent]) -> Result<Artefact, EngineError> {
    let granularity = artefact.header().granularity;
    let ends = artefact.periods();
    let (Some(first), Some(last)) = (ends.first().copied(), ends.last().copied()) else { return Ok(artefact) };
    let begins = Period { granularity, end: first }.start();
    let ahead: Vec<CalendarEvent> =
        closures.iter().filter(|event| event.last >= begins && event.first <= last).cloned().collect();
    if ahead.is_empty() {
        return Ok(artefact);
    }
    let mut open: BTreeMap<&LocationId, Vec<f64>> = BTreeMap::new();
    for series in artefact.series() {
        let share =
            |end: &aisle_domain::Day| open_share(&ahead, &series.key.location, Period { granularity, end: *end });
        open.entry(&series.key.location).or_insert_with(|| ends.iter().map(share).collect());
    }
    let mut parts = artefact.parts().clone();
    for (index, series) in parts.series.iter_mut().enumerate() {
        let shares = &open[&series.key.location];
        if shares.iter().all(|share| *share >= 1.0) {
            continue;
        }
        let components = score(&artefact, index, &Scenario::default())?.components;
        series.season.resize(ends.len(), 0.0);
        for (step, share) in shares.iter().enumerate().filter(|(_, share)| **share < 1.0) {
            let rest = components.base[step] + components.trend[step] + components.holiday[step];
            let part_of =
                |series: &SeriesModel| series.driver_parts.as_ref().map_or((0.0, 0.0), |parts| parts.at(step));
            let (promotion, other) = part_of(series);
            let modelled = rest + components.season[step] + (promotion + other);
            if let Some(parts) = &mut series.driver_parts {
                for part in [&mut parts.promotion, &mut parts.other].into_iter().filter_map(|parts| parts.get_mut(step))
                {
                    *part = (f64::from(*part) * share).round() as i8;
                }
            }
            let (promotion, other) = part_of(series);
            // What rounding leaves below zero, scoring lifts to it where values are never negative.
            series.season[step] = (modelled * share - rest - (promotion + other)) as f32;
        }
    }
    Artefact::new(parts)
}
