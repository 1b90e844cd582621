//! What a user may change in a what-if, and what a scenario changes: computed alike on the server and in the browser.

use crate::ports::query_string::pairs;
use aisle_domain::{Day, Granularity};
use aisle_engine::why::{Why, explain};
use aisle_engine::{Artefact, DriverKind, EngineError, EventChange, Scenario, SeriesForecast, score};
use serde::{Deserialize, Serialize};

/// The levers of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Levers {
    /// Whether promotions are among the drivers: their depth can be changed.
    pub promotions: bool,
    /// Events within the forecast.
    pub events: Vec<EventLever>,
    /// Drivers other than promotions.
    pub drivers: Vec<DriverLever>,
    /// Days that an event moves by a step: the length of a period.
    pub step_days: i16,
}

/// An event that can be moved or cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventLever {
    /// Its name.
    pub name: String,
    /// When it happens within the forecast.
    pub days: Vec<Day>,
    /// Whether this series sells differently then.
    pub has_effect: bool,
}

/// A driver that can be raised or lowered, in its own unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriverLever {
    /// Its name.
    pub name: String,
    /// Its mean over the forecast at this location.
    pub mean: f64,
    /// Furthest change either way.
    pub reach: f64,
    /// Smallest change.
    pub step: f64,
    /// Whether this series answers to it.
    pub has_effect: bool,
}

impl Levers {
    /// The levers of a series of the artefact.
    ///
    /// # Errors
    /// [`EngineError::NoSuchSeries`].
    pub fn of(artefact: &Artefact, index: usize) -> Result<Self, EngineError> {
        let count = artefact.series().len();
        let series = artefact.series().get(index).ok_or(EngineError::NoSuchSeries { index, count })?;
        let header = artefact.header();
        let horizon = usize::from(header.horizon);
        let place = &artefact.locations()[series.location as usize];
        let effects = &artefact.groups()[series.group as usize].effects;
        let last = artefact.periods().last().copied().unwrap_or(header.trained_through);

        let mut events = Vec::new();
        let mut from = 0;
        for event in &header.events {
            let own = series.event_effects.get(from..from + event.window());
            from += event.window();
            let here = event.occurrences.iter().filter(|o| o.location.is_none_or(|place| place == series.location));
            let days: Vec<Day> =
                here.map(|o| o.first).filter(|first| header.trained_through < *first && *first <= last).collect();
            if !days.is_empty() {
                let has_effect = own.is_some_and(|own| own.iter().any(|effect| *effect != 0.0));
                events.push(EventLever { name: event.name.clone(), days, has_effect });
            }
        }
        let mut drivers = Vec::new();
        for (position, driver) in header.drivers.iter().enumerate() {
            if driver.kind == DriverKind::Other {
                let values = &place.values[position * horizon..(position + 1) * horizon];
                let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / horizon.max(1) as f64;
                let (reach, step) = reach(mean.abs());
                let has_effect = effects[position] != 0.0;
                drivers.push(DriverLever { name: driver.name.clone(), mean, reach, step, has_effect });
            }
        }
        let promotions = header.drivers.iter().any(|driver| driver.kind == DriverKind::Promotion);
        Ok(Self { promotions, events, drivers, step_days: step_days(header.granularity) })
    }
}

/// Shifts of an event on offer, in steps of a period.
pub const SHIFTS: [i16; 5] = [-2, -1, 0, 1, 2];

fn step_days(granularity: Granularity) -> i16 {
    match granularity {
        Granularity::Day => 1,
        Granularity::Week { .. } => 7,
        Granularity::Month => 30,
    }
}

/// How far a slider reaches for a driver of this size, and its step: a round number near half of the size, in 40 steps.
fn reach(size: f64) -> (f64, f64) {
    let half = if size > 0.0 && size.is_finite() { size / 2.0 } else { 1.0 };
    let mut magnitude = 1.0;
    while magnitude * 10.0 <= half {
        magnitude *= 10.0;
    }
    while magnitude > half && magnitude > 1e-6 {
        magnitude /= 10.0;
    }
    let lead = [5.0, 2.0, 1.0].into_iter().find(|lead| lead * magnitude <= half).unwrap_or(1.0);
    (lead * magnitude, lead * magnitude / 20.0)
}

/// A scenario from a query: the engine's own form, and `delta.NAME=5` as the form without JavaScript sends it.
///
/// # Errors
/// A sentence that says which value cannot be read.
pub fn read_scenario(query: &str) -> Result<Scenario, String> {
    let mut scenario = Scenario::from_query(query).map_err(|error| error.to_string())?;
    for (name, value) in pairs(query) {
        if let Some(driver) = name.strip_prefix("delta.").filter(|_| !value.is_empty()) {
            let add: f64 = value.parse().map_err(|_| format!("{driver} is changed by {value:?}; expected a number"))?;
            scenario.drivers.entry(driver.to_owned()).or_default().add = add;
        }
    }
    // What changes nothing is left out, so that equal scenarios are equal values and hash alike.
    scenario.events.retain(|_, change| *change != EventChange::Shift(0));
    scenario.drivers.retain(|_, change| *change != Default::default());
    scenario.check().map_err(|error| error.to_string())?;
    Ok(scenario)
}

/// What a scenario changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The forecast under it.
    pub forecast: SeriesForecast,
    /// Sum of the forecast without it.
    pub baseline: f64,
    /// Sum of the forecast under it.
    pub scenario: f64,
    /// Why, for the next period and for those that planners look ahead; without last year's sales.
    pub why: Vec<Why>,
}

impl Outcome {
    /// Scores a series with and without the scenario.
    ///
    /// # Errors
    /// As [`score()`].
    pub fn of(artefact: &Artefact, index: usize, scenario: &Scenario) -> Result<Self, EngineError> {
        let baseline = score(artefact, index, &Scenario::default())?.mean.iter().sum();
        let forecast = score(artefact, index, scenario)?;
        let total = forecast.mean.iter().sum();
        let ahead = artefact.header().granularity.recent().min(forecast.mean.len());
        let mut why = vec![explain(artefact, index, scenario, 0..1, None)?];
        if ahead > 1 {
            why.push(explain(artefact, index, scenario, 0..ahead, None)?);
        }
        Ok(Self { forecast, baseline, scenario: total, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_engine::DriverChange;

    #[test]
    fn a_form_without_javascript_and_a_link_mean_the_same() {
        let form = read_scenario(
            "growth=1.05&event.Christmas=0&event.Easter=-7&delta.CPI=5&delta.Fuel_Price=0&measure=revenue",
        );
        let link = read_scenario("growth=1.05&event.Easter=-7&driver.CPI=1,5");
        assert_eq!(form, link);
        let scenario = form.unwrap();
        assert_eq!(scenario.drivers.get("CPI"), Some(&DriverChange { times: 1.0, add: 5.0 }));
        assert_eq!(scenario.to_query(), "growth=1.05&event.Easter=-7&driver.CPI=1,5");
        assert!(read_scenario("delta.CPI=a lot").is_err());
        assert!(read_scenario("growth=99").is_err());
    }

    #[test]
    fn sliders_reach_a_round_number_near_half_of_the_value() {
        assert_eq!(reach(3.5), (1.0, 0.05));
        assert_eq!(reach(211.0), (100.0, 5.0));
        assert_eq!(reach(60.0), (20.0, 1.0));
        assert_eq!(reach(0.0), (1.0, 0.05));
    }
}
