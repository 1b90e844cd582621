//! Periods, events and driver values of a panel, laid out for models: every gap filled, every transform applied.

use crate::{Panel, alignment};
use aisle_domain::{Day, Granularity, LocationId};
use aisle_engine::{Driver, DriverKind, EventModel, Occurrence, Transform};
use std::collections::BTreeMap;

/// What is known of time and place, history and future.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// How long a period is.
    pub granularity: Granularity,
    /// Periods of history.
    pub history: usize,
    /// Last days of all periods, history and horizon.
    pub ends: Vec<Day>,
    /// Events with the windows that they reach.
    pub events: Vec<EventModel>,
    /// Drivers with their transforms.
    pub drivers: Vec<Driver>,
    /// Locations, sorted.
    pub locations: Vec<LocationId>,
    /// Raw driver values by location, driver, period.
    pub raw: Vec<Vec<Vec<f64>>>,
    /// Transformed driver values by location, driver, period.
    pub transformed: Vec<Vec<Vec<f64>>>,
    /// Per period, (slot, location) of the events that reach it; slots count over all events' windows.
    pub event_slots: Vec<Vec<(usize, Option<usize>)>>,
    /// Number of event slots.
    pub slots: usize,
    /// See [`Calendar::year_ago`].
    year_ago: Vec<Vec<(usize, f64)>>,
}

impl Calendar {
    /// Lays out the panel with `horizon` further periods.
    pub fn new(panel: &Panel, horizon: usize) -> Self {
        let parts = panel.parts();
        let (granularity, history) = (parts.granularity, panel.periods());
        let ends: Vec<Day> =
            (0..(history + horizon) as i32).map(|step| granularity.step(parts.ends[0], step)).collect();
        let mut locations: Vec<LocationId> = parts.series.iter().map(|series| series.key.location.clone()).collect();
        locations.sort();
        locations.dedup();
        let mut raw = Vec::with_capacity(locations.len());
        for location in &locations {
            let known = parts.locations.iter().find(|place| place.location == *location);
            let mut filled = Vec::with_capacity(parts.drivers.len());
            for (index, driver) in parts.drivers.iter().enumerate() {
                let values = known.map_or(&[][..], |place| &place.drivers[index]);
                filled.push(fill(values, ends.len(), history, driver.kind, year(granularity)));
            }
            raw.push(filled);
        }
        let mut drivers = Vec::with_capacity(parts.drivers.len());
        for (index, driver) in parts.drivers.iter().enumerate() {
            let transform = match driver.kind {
                DriverKind::Promotion => Transform::Log1p,
                DriverKind::Other => Transform::Linear,
            };
            let columns: Vec<&[f64]> = raw.iter().map(|place: &Vec<Vec<f64>>| &place[index][..history]).collect();
            drivers.push(Driver {
                name: driver.name.clone(),
                kind: driver.kind,
                transform,
                scale: scale(&columns, transform),
            });
        }
        let apply = |place: &Vec<Vec<f64>>| -> Vec<Vec<f64>> {
            let column = |(values, driver): (&Vec<f64>, &Driver)| {
                values.iter().map(|v| driver.transform.apply(*v, f64::from(driver.scale))).collect()
            };
            place.iter().zip(&drivers).map(column).collect()
        };
        let transformed = raw.iter().map(apply).collect();
        let events = event_models(panel, &locations);
        let (event_slots, slots) = slots(&events, granularity, &ends);
        let year_ago = alignment::year_ago(granularity, year(granularity), &ends, &events);
        Self { granularity, history, ends, events, drivers, locations, raw, transformed, event_slots, slots, year_ago }
    }

    /// Slots of the events that reach a period at a location.
    pub fn slots_at(&self, period: usize, location: usize) -> impl Iterator<Item = usize> + '_ {
        self.event_slots[period]
            .iter()
            .filter(move |(_, place)| place.is_none_or(|p| p == location))
            .map(|(slot, _)| *slot)
    }

    /// Whether an event happens in the period itself, wherever.
    pub fn holds_event(&self, period: usize) -> bool {
        let mut from = 0;
        self.events.iter().any(|event| {
            let at = from + usize::from(event.before);
            from += event.window();
            self.event_slots[period].iter().any(|(slot, _)| *slot == at)
        })
    }

    /// By location and period, whether an event happens there in any of the period's days.
    pub fn held_events(&self) -> Vec<Vec<bool>> {
        let mut held = vec![vec![false; self.ends.len()]; self.locations.len()];
        let period = |day| self.granularity.steps_between(self.ends[0], self.granularity.end_of(day));
        for occurrence in self.events.iter().flat_map(|event| &event.occurrences) {
            let (from, to) = (period(occurrence.first).max(0), period(occurrence.last).min(self.ends.len() as i32 - 1));
            for (place, held) in held.iter_mut().enumerate() {
                if occurrence.location.is_none_or(|location| location as usize == place) {
                    (from..=to).for_each(|at| held[at as usize] = true);
                }
            }
        }
        held
    }

    /// Periods from one year to the next with the weekday kept: 364 days, 52 weeks, 12 months.
    pub fn year(&self) -> usize {
        year(self.granularity)
    }

    /// What of a year ago a period resembles: indices of earlier periods with weights that sum to one. 364 days, 52 weeks or
    /// 12 months back, but by date around events: the weeks of this year's Easter are those of last year's. Empty in the
    /// first year.
    pub fn year_ago(&self, period: usize) -> &[(usize, f64)] {
        self.year_ago.get(period).map_or(&[], Vec::as_slice)
    }

    /// The value of a year ago that a period resembles (see [`Self::year_ago`]); neighbours stand in for absent values.
    /// `None` where there is none.
    pub fn aligned(&self, values: &[f64], period: usize) -> Option<f64> {
        let present = |index: Option<usize>| index.and_then(|i| values.get(i)).copied().filter(|v| v.is_finite());
        let (mut sum, mut weights) = (0.0, 0.0);
        for (index, weight) in self.year_ago(period) {
            let value =
                present(Some(*index)).or_else(|| match (present(index.checked_sub(1)), present(Some(index + 1))) {
                    (Some(a), Some(b)) => Some((a + b) / 2.0),
                    (a, b) => a.or(b),
                });
            if let Some(value) = value {
                sum += weight * value;
                weights += weight;
            }
        }
        (weights > 0.0).then(|| sum / weights)
    }

    /// Days that the calendar dates of a period lie behind where it was a whole number of weeks ago, at Christmas and
    /// New Year, whose dates are fixed while the weeks' days move by one or two each year: 1 means the period one year
    /// ago covers dates one day later. 0 in all other periods, whose events move with the weekday or not at all.
    pub fn date_shift(&self, period: usize) -> i32 {
        if !matches!(self.granularity, Granularity::Week { .. }) {
            return 0;
        }
        let end = self.ends[period];
        let (year, month, day) = end.civil();
        if !((month == 12 && day >= 12) || (month == 1 && day <= 8)) {
            return 0;
        }
        Day::from_civil(year - 1, month, day).map_or(0, |anniversary| end.plus(-364).since(anniversary).clamp(0, 2))
    }
}

fn year(granularity: Granularity) -> usize {
    match granularity {
        Granularity::Day => 364,
        Granularity::Week { .. } => 52,
        Granularity::Month => 12,
    }
}

/// Fills unknown values: a promotion within history is none; other gaps hold the last known value; the future repeats
/// last year, moved by how far the last month lies above the same month a year before.
fn fill(values: &[f64], total: usize, history: usize, kind: DriverKind, year: usize) -> Vec<f64> {
    let promotion = kind == DriverKind::Promotion;
    let mut filled: Vec<f64> = Vec::with_capacity(total);
    let mut last = if promotion { 0.0 } else { values.iter().copied().find(|v| v.is_finite()).unwrap_or(0.0) };
    let known_through = values.iter().rposition(|v| v.is_finite()).map_or(0, |index| index + 1);
    let mut moved = 0.0;
    for period in 0..total {
        let known = values.get(period).copied().filter(|v| v.is_finite());
        if period == known_through.max(history.min(total)) && !promotion && period >= year + 4 {
            let sum = |to: usize| filled[to - 4..to].iter().sum::<f64>() / 4.0;
            moved = sum(period) - sum(period - year);
        }
        let value = match known {
            Some(value) => value,
            None if promotion && period < known_through.max(history) => 0.0,
            None if period < known_through => last,
            None if period < year => last,
            None if promotion => filled[period - year],
            None if period < history => last,
            None if period < year + 4 => last,
            None => filled[period - year] + moved,
        };
        last = value;
        filled.push(value);
    }
    filled
}

/// For a linear transform the standard deviation within locations, for a logarithmic one the mean of positive values.
fn scale(columns: &[&[f64]], transform: Transform) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0);
    for column in columns {
        let mean = column.iter().sum::<f64>() / column.len().max(1) as f64;
        for value in *column {
            match transform {
                Transform::Linear => {
                    sum += (value - mean) * (value - mean);
                    count += 1.0;
                }
                Transform::Log1p if *value > 0.0 => {
                    sum += value;
                    count += 1.0;
                }
                Transform::Log1p => {}
            }
        }
    }
    let scale = match transform {
        Transform::Linear => (sum / f64::max(count, 1.0)).sqrt(),
        Transform::Log1p => sum / f64::max(count, 1.0),
    } as f32;
    if scale.is_finite() && scale > 1e-9 { scale } else { 1.0 }
}

fn event_models(panel: &Panel, locations: &[LocationId]) -> Vec<EventModel> {
    let granularity = panel.parts().granularity;
    let mut by_name: BTreeMap<&str, Vec<Occurrence>> = BTreeMap::new();
    let mut days: BTreeMap<&str, i32> = BTreeMap::new();
    for event in &panel.parts().events {
        let location = match &event.location {
            None => None,
            Some(place) => match locations.binary_search(place) {
                Ok(index) => Some(index as u32),
                Err(_) => continue,
            },
        };
        by_name.entry(&event.name).or_default().push(Occurrence { first: event.first, last: event.last, location });
        let longest = days.entry(&event.name).or_default();
        *longest =
            (*longest).max(granularity.steps_between(granularity.end_of(event.first), granularity.end_of(event.last)));
    }
    let mut events = Vec::with_capacity(by_name.len());
    for (name, mut occurrences) in by_name {
        occurrences.sort_by_key(|o| (o.first, o.location));
        occurrences.dedup();
        let lasting = days.get(name).copied().unwrap_or(0).clamp(0, 30) as u8;
        let (before, after) = match granularity {
            Granularity::Day => (7, lasting + 2),
            Granularity::Week { .. } => (2, lasting + 1),
            Granularity::Month => (0, lasting),
        };
        events.push(EventModel { name: name.to_owned(), before, after, occurrences });
    }
    events
}

type SlotsByPeriod = Vec<Vec<(usize, Option<usize>)>>;

fn slots(events: &[EventModel], granularity: Granularity, ends: &[Day]) -> (SlotsByPeriod, usize) {
    let mut by_period: SlotsByPeriod = vec![Vec::new(); ends.len()];
    let mut from = 0;
    for event in events {
        for occurrence in &event.occurrences {
            let holds = granularity.steps_between(ends[0], granularity.end_of(occurrence.first));
            for slot in 0..event.window() {
                let period = i64::from(holds) + slot as i64 - i64::from(event.before);
                if let Some(reached) = usize::try_from(period).ok().and_then(|period| by_period.get_mut(period)) {
                    reached.push((from + slot, occurrence.location.map(|index| index as usize)));
                }
            }
        }
        from += event.window();
    }
    (by_period, from)
}
