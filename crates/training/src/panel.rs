//! The panel: what models are fitted on. Constructed by the server from facts and state.

use crate::TrainingError;
use aisle_domain::{CalendarEvent, Currency, Day, Granularity, LocationId, Measure, SeriesKey};
use aisle_engine::DriverKind;
use std::collections::BTreeMap;

/// The parts of a panel, before they are checked. Values are in the measure's major unit (dollars, pieces).
#[derive(Debug, Clone)]
pub struct PanelParts {
    /// Version of the data, as the lake names it.
    pub data_version: String,
    /// What the series count.
    pub measure: Measure,
    /// How long a period is.
    pub granularity: Granularity,
    /// Currency of the values where the measure is revenue.
    pub currency: Option<Currency>,
    /// Last days of the periods of history: consecutive, oldest first.
    pub ends: Vec<Day>,
    /// The series, in any order, each key once.
    pub series: Vec<PanelSeries>,
    /// Outside influences, in the order of [`PanelLocation::drivers`].
    pub drivers: Vec<PanelDriver>,
    /// Driver values per location; a location without an entry has none known.
    pub locations: Vec<PanelLocation>,
    /// Events of the calendar, past and future.
    pub events: Vec<CalendarEvent>,
}

/// One series of a panel.
#[derive(Debug, Clone)]
pub struct PanelSeries {
    /// Its key.
    pub key: SeriesKey,
    /// One value per period of history; not a number where absent (which is not zero).
    pub values: Vec<f64>,
    /// Whose effects it shares: its item, or its department or category where items are thin.
    pub group: String,
}

/// An outside influence.
#[derive(Debug, Clone)]
pub struct PanelDriver {
    /// Its name.
    pub name: String,
    /// Whether it is ours to set.
    pub kind: DriverKind,
}

/// What is known of one location.
#[derive(Debug, Clone)]
pub struct PanelLocation {
    /// The location.
    pub location: LocationId,
    /// Per driver, one value per period from the first of history on and as far into the future as known; not a number
    /// where unknown. A promotion that is unknown within history counts as none.
    pub drivers: Vec<Vec<f64>>,
}

/// A checked panel: series sorted by key, periods consecutive, lengths equal.
#[derive(Debug, Clone)]
pub struct Panel {
    parts: PanelParts,
}

impl Panel {
    /// Checks the parts and sorts the series.
    ///
    /// # Errors
    /// [`TrainingError::Panel`] saying what does not fit.
    pub fn new(mut parts: PanelParts) -> Result<Self, TrainingError> {
        let wrong = |what: String, expected: &str| Err(TrainingError::Panel { what, expected: expected.to_owned() });
        let Some(first) = parts.ends.first().copied() else {
            return wrong("there are no periods".to_owned(), "at least one");
        };
        for (index, end) in parts.ends.iter().enumerate() {
            if *end != parts.granularity.end_of(*end) || *end != parts.granularity.step(first, index as i32) {
                return wrong(
                    format!("period {index} ends on {end}"),
                    "consecutive last days of periods, oldest first",
                );
            }
        }
        parts.series.sort_by(|a, b| a.key.cmp(&b.key));
        if let Some(pair) = parts.series.windows(2).find(|pair| pair[0].key == pair[1].key) {
            return wrong(format!("series {} is there twice", pair[0].key), "each key once");
        }
        if let Some(series) = parts.series.iter().find(|series| series.values.len() != parts.ends.len()) {
            let what = format!("series {} has {} values", series.key, series.values.len());
            return wrong(what, &format!("{}, one per period", parts.ends.len()));
        }
        if let Some(series) = parts.series.iter().find(|series| series.values.iter().any(|v| v.is_infinite())) {
            return wrong(
                format!("series {} has an infinite value", series.key),
                "finite values, or not a number where absent",
            );
        }
        if let Some(place) = parts.locations.iter().find(|place| place.drivers.len() != parts.drivers.len()) {
            let what = format!("location {} has {} drivers", place.location, place.drivers.len());
            return wrong(what, &format!("{}, in the panel's order", parts.drivers.len()));
        }
        split_events_that_come_often(&mut parts.events);
        Ok(Self { parts })
    }

    /// The checked parts.
    pub fn parts(&self) -> &PanelParts {
        &self.parts
    }

    /// Number of periods of history.
    pub fn periods(&self) -> usize {
        self.parts.ends.len()
    }

    /// The same panel with only its first `periods` periods of sales; drivers and events stay, as they are known ahead.
    pub fn truncated(&self, periods: usize) -> Self {
        let mut parts = self.parts.clone();
        parts.ends.truncate(periods.max(1));
        for series in &mut parts.series {
            series.values.truncate(periods.max(1));
        }
        Self { parts }
    }
}

/// A calendar that only flags `Holiday` names different events alike. Where one name comes more than once in 250 days at
/// one place, the month tells them apart: `Holiday (11)`.
fn split_events_that_come_often(events: &mut [CalendarEvent]) {
    let mut days: BTreeMap<(String, Option<String>), Vec<Day>> = BTreeMap::new();
    for event in events.iter() {
        let place = event.location.as_ref().map(|location| location.as_str().to_owned());
        days.entry((event.name.clone(), place)).or_default().push(event.first);
    }
    let mut often = std::collections::BTreeSet::new();
    for ((name, _), mut firsts) in days {
        firsts.sort_unstable();
        firsts.dedup();
        if firsts.windows(2).any(|pair| pair[1].since(pair[0]) < 250) {
            often.insert(name);
        }
    }
    for event in events.iter_mut().filter(|event| often.contains(&event.name)) {
        // The week between the years belongs to December's event, whichever side its first day lies on.
        let (_, month, _) = event.last.plus(-6).civil();
        event.name = format!("{} ({month:02})", event.name);
    }
}
