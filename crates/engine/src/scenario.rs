//! What-if: changes against the baseline, small enough to live in a URL.

use crate::EngineError;
use aisle_domain::query_string::{encode, pairs};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is assumed to differ from the baseline. The default is the baseline itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scenario {
    /// Factor on all sales; 1 is the baseline, 1.05 five percent more. 0 to 10.
    pub growth: f64,
    /// Factor on the amount of every promotion driver; 1 is the baseline, 0 none. 0 to 10.
    pub markdown: f64,
    /// Events moved or cancelled, by name. Names that the artefact does not know have no effect.
    pub events: BTreeMap<String, EventChange>,
    /// Drivers changed, by name. Names that the artefact does not know have no effect.
    pub drivers: BTreeMap<String, DriverChange>,
}

/// What happens to an event within the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventChange {
    /// Moved by so many days (earlier where negative), -60 to 60.
    Shift(i16),
    /// Does not happen.
    Cancelled,
}

/// What happens to a driver over the whole horizon: `value * times + add`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DriverChange {
    /// Factor, 0 to 10.
    pub times: f64,
    /// Added after the factor, in the driver's own unit.
    pub add: f64,
}

impl Default for Scenario {
    fn default() -> Self {
        Self { growth: 1.0, markdown: 1.0, events: BTreeMap::new(), drivers: BTreeMap::new() }
    }
}

impl Default for DriverChange {
    fn default() -> Self {
        Self { times: 1.0, add: 0.0 }
    }
}

/// Largest factor that a scenario may name.
pub const MAX_FACTOR: f64 = 10.0;
/// Largest amount that a scenario may add to a driver, either way.
pub const MAX_ADD: f64 = 1e12;
/// Furthest that an event may be moved, in days.
pub const MAX_SHIFT: i16 = 60;

impl Scenario {
    /// Whether nothing differs from the baseline.
    pub fn is_baseline(&self) -> bool {
        self.growth == 1.0
            && self.markdown == 1.0
            && self.events.values().all(|change| *change == EventChange::Shift(0))
            && self.drivers.values().all(|change| *change == DriverChange::default())
    }

    /// Checks every number against its range.
    ///
    /// # Errors
    /// [`EngineError::Scenario`] naming the first that is outside.
    pub fn check(&self) -> Result<(), EngineError> {
        factor("growth", self.growth)?;
        factor("markdown", self.markdown)?;
        for (name, change) in &self.events {
            match change {
                EventChange::Shift(days) if !(-MAX_SHIFT..=MAX_SHIFT).contains(days) => {
                    return Err(outside(&format!("event {name:?}"), days.to_string(), "a shift of -60 to 60 days"));
                }
                EventChange::Shift(_) | EventChange::Cancelled => {}
            }
        }
        for (name, change) in &self.drivers {
            factor(&format!("driver {name:?}"), change.times)?;
            if !change.add.is_finite() || change.add.abs() > MAX_ADD {
                return Err(outside(
                    &format!("driver {name:?}"),
                    change.add.to_string(),
                    "an addition within 1e12 of 0",
                ));
            }
        }
        Ok(())
    }

    /// The scenario as a query string without `?`, empty for the baseline: `growth=1.05&markdown=0.5&
    /// event.Christmas=-3&event.Labor%20Day=cancelled&driver.CPI=1.02,0` (a driver's factor, then its addition).
    pub fn to_query(&self) -> String {
        let mut written = Vec::new();
        if self.growth != 1.0 {
            written.push(format!("growth={}", self.growth));
        }
        if self.markdown != 1.0 {
            written.push(format!("markdown={}", self.markdown));
        }
        for (name, change) in &self.events {
            match change {
                EventChange::Shift(0) => {}
                EventChange::Shift(days) => written.push(format!("event.{}={days}", encode(name))),
                EventChange::Cancelled => written.push(format!("event.{}=cancelled", encode(name))),
            }
        }
        for (name, change) in self.drivers.iter().filter(|(_, change)| **change != DriverChange::default()) {
            written.push(format!("driver.{}={},{}", encode(name), change.times, change.add));
        }
        written.join("&")
    }

    /// Reads [`to_query`](Self::to_query)'s form; keys of others (`page`, `sort`, …) are passed over.
    ///
    /// # Errors
    /// [`EngineError::Scenario`] where a key of ours has a value that cannot be read or is out of range.
    pub fn from_query(query: &str) -> Result<Self, EngineError> {
        let mut scenario = Self::default();
        for (key, value) in pairs(query) {
            if key == "growth" {
                scenario.growth = number(&key, &value)?;
            } else if key == "markdown" {
                scenario.markdown = number(&key, &value)?;
            } else if let Some(name) = key.strip_prefix("event.") {
                let change = if value == "cancelled" {
                    EventChange::Cancelled
                } else {
                    EventChange::Shift(value.parse().map_err(|_| outside(&key, value, "whole days, or cancelled"))?)
                };
                scenario.events.insert(name.to_owned(), change);
            } else if let Some(name) = key.strip_prefix("driver.") {
                let (times, add) = value.split_once(',').unwrap_or((value.as_str(), "0"));
                let change = DriverChange { times: number(&key, times)?, add: number(&key, add)? };
                scenario.drivers.insert(name.to_owned(), change);
            }
        }
        scenario.check()?;
        Ok(scenario)
    }
}

fn outside(field: &str, found: String, expected: &'static str) -> EngineError {
    EngineError::Scenario { field: field.to_owned(), found, expected }
}

fn factor(field: &str, value: f64) -> Result<(), EngineError> {
    if (0.0..=MAX_FACTOR).contains(&value) {
        Ok(())
    } else {
        Err(outside(field, value.to_string(), "a factor of 0 to 10"))
    }
}

fn number(field: &str, text: &str) -> Result<f64, EngineError> {
    text.trim().parse().map_err(|_| outside(field, format!("{text:?}"), "a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scenarios() -> impl Strategy<Value = Scenario> {
        let event = prop_oneof![
            Just(EventChange::Cancelled),
            (-60i16..=60).prop_filter("a change", |d| *d != 0).prop_map(EventChange::Shift)
        ];
        let driver = (0.0..10.0f64, -1e6..1e6f64).prop_map(|(times, add)| DriverChange { times, add });
        let maps = (
            proptest::collection::btree_map(".{1,8}", event, 0..4),
            proptest::collection::btree_map(".{1,8}", driver, 0..4),
        );
        (0.0..10.0f64, 0.0..10.0f64, maps).prop_map(|(growth, markdown, (events, drivers))| Scenario {
            growth,
            markdown,
            events,
            drivers,
        })
    }

    proptest! {
        #[test]
        fn a_scenario_survives_its_query_string(scenario in scenarios()) {
            prop_assert_eq!(Scenario::from_query(&scenario.to_query()), Ok(scenario));
        }

        #[test]
        fn any_query_string_is_read_or_refused(query in ".{0,60}") {
            let _ = Scenario::from_query(&query);
        }
    }

    #[test]
    fn the_written_form_is_stable() {
        let scenario = Scenario {
            growth: 1.05,
            events: BTreeMap::from([
                ("Labor Day".to_owned(), EventChange::Cancelled),
                ("Christmas".to_owned(), EventChange::Shift(-3)),
            ]),
            drivers: BTreeMap::from([("CPI".to_owned(), DriverChange { times: 1.02, add: 0.0 })]),
            ..Scenario::default()
        };
        assert_eq!(scenario.to_query(), "growth=1.05&event.Christmas=-3&event.Labor%20Day=cancelled&driver.CPI=1.02,0");
        assert_eq!(Scenario::default().to_query(), "");
        assert!(Scenario::from_query("?page=2&sort=name").is_ok_and(|scenario| scenario.is_baseline()));
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        for query in [
            "growth=-1",
            "growth=NaN",
            "growth=x",
            "markdown=inf",
            "event.X=61",
            "event.X=soon",
            "driver.X=11",
            "driver.X=1,inf",
        ] {
            assert!(Scenario::from_query(query).is_err(), "{query}");
        }
    }
}
