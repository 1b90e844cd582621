//! List prices as they change, and promotions.

use super::Spec;
use super::assortment::{Item, minor_units, priced};
use super::random::{Purpose, Stream};
use aisle_domain::Day;

/// The list price of one item over time.
#[derive(Debug, Clone)]
pub(super) struct ListPrice {
    /// Minor units.
    pub(super) minor: i64,
    changes_on: Day,
    changes: u64,
}

impl ListPrice {
    pub(super) fn new(spec: &Spec, index: usize, item: &Item) -> Self {
        let mut price = Self { minor: item.price, changes_on: item.on_sale.0, changes: 0 };
        price.plan(spec, index, item.on_sale.0);
        price
    }

    /// Moves to a day; true where the price changes on it.
    pub(super) fn advance(&mut self, spec: &Spec, index: usize, item: &Item, day: Day) -> bool {
        if day == item.on_sale.0 {
            return true;
        }
        if day < self.changes_on {
            return false;
        }
        let mut stream = Stream::new(spec.seed, Purpose::Price, index as u64, self.changes);
        let years = f64::from(day.since(spec.first_day)) / 365.25;
        let drift = 1.02_f64.powf(years) * stream.between(0.93, 1.08);
        let major = (item.price + 1) as f64 / minor_units(spec);
        let before = self.minor;
        self.minor = priced(spec, major * drift).max(item.cost + 1);
        self.changes += 1;
        self.plan(spec, index, day);
        self.minor != before
    }

    fn plan(&mut self, spec: &Spec, index: usize, from: Day) {
        let mut stream = Stream::new(spec.seed, Purpose::Price, index as u64, self.changes | 1 << 32);
        self.changes_on = from.plus(70 + stream.below(160) as i32);
    }
}

/// A promotion of one item in one week, Monday to Sunday.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Promotion {
    /// Share of the price taken off.
    pub(super) depth: f64,
    /// Where; everywhere when `None`.
    pub(super) location: Option<usize>,
    pub(super) name: &'static str,
}

/// The promotion of an item in the week that holds the day, where there is one: four a year.
pub(super) fn promotion(spec: &Spec, index: usize, day: Day) -> Option<Promotion> {
    let week = week_of(day);
    let mut stream = Stream::new(spec.seed, Purpose::Promotion, index as u64, i64::from(week).cast_unsigned());
    if !stream.chance(4.0 / 52.0) {
        return None;
    }
    let depth = [0.10, 0.15, 0.20, 0.25, 0.30, 0.40][stream.below(6)];
    let name = match depth {
        shallow if shallow < 0.2 => "weekly offer",
        deep if deep > 0.3 => "clearance",
        _ => "leaflet",
    };
    let local = stream.chance(0.2);
    let location = stream.below(spec.locations as usize);
    Some(Promotion { depth, location: local.then_some(location), name })
}

/// First and last day of the week that holds the day.
pub(super) fn week(day: Day) -> (Day, Day) {
    let monday = day.plus(-(day.weekday() as i32));
    (monday, monday.plus(6))
}

fn week_of(day: Day) -> i32 {
    week(day).0.epoch_days().div_euclid(7)
}
