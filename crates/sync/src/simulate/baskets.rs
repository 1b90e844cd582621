//! Orders: the units that a location sold in a day, put into baskets of customers, and what comes back later.

use super::SimulationError;
use super::Spec;
use super::assortment::Item;
use super::files::{Amount, Files, Table};
use super::places::Place;
use super::random::{Purpose, Stream};
use aisle_domain::Day;
use std::collections::BTreeMap;

/// Units of one item sold at one place on one day, at one price.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) item: usize,
    pub(super) units: u32,
    pub(super) price: i64,
}

/// Customers who shop mostly at one location.
const CUSTOMERS: usize = 400;
const SEGMENTS: [&str; 4] = ["family", "single", "senior", "business"];

/// Returns still to come, by day.
#[derive(Debug, Default)]
pub(super) struct Returns {
    waiting: BTreeMap<Day, Vec<String>>,
    /// Units and money that came back.
    pub(super) units: i64,
    pub(super) revenue: i64,
}

/// Writes the customers of a location.
pub(super) fn write_customers(spec: &Spec, files: &mut Files, places: &[Place]) -> Result<(), SimulationError> {
    for (place_index, place) in places.iter().enumerate() {
        for index in 0..CUSTOMERS {
            let mut stream = Stream::new(spec.seed, Purpose::Customers, place_index as u64, index as u64);
            let since = spec.first_day.plus(-(stream.below(1_500) as i32));
            let (id, segment) = (customer(place_index, index), SEGMENTS[stream.below(SEGMENTS.len())]);
            files.row(Table::Customers, format_args!("{id},{segment},{},{since}", place.id))?;
        }
    }
    Ok(())
}

fn customer(place: usize, index: usize) -> String {
    format!("K{:06}", place * CUSTOMERS + index + 1)
}

/// Writes one day's orders of a location and returns their number.
pub(super) fn write_orders(
    spec: &Spec,
    files: &mut Files,
    returns: &mut Returns,
    (place_index, place): (usize, &Place),
    items: &[Item],
    (day, lines): (Day, &[Line]),
) -> Result<u64, SimulationError> {
    let units: u32 = lines.iter().map(|line| line.units).sum();
    let baskets = (f64::from(units) / 2.7).ceil() as usize;
    if baskets == 0 {
        return Ok(0);
    }
    let mut stream =
        Stream::new(spec.seed, Purpose::Baskets, place_index as u64, i64::from(day.epoch_days()).cast_unsigned());
    let mut contents: BTreeMap<(usize, usize), (u32, i64)> = BTreeMap::new();
    for line in lines {
        for _ in 0..line.units {
            contents.entry((stream.below(baskets), line.item)).or_insert((0, line.price)).0 += 1;
        }
    }
    let (mut order, mut head, mut orders) = (usize::MAX, String::new(), 0);
    let mut id = String::new();
    for ((basket, item), (units, price)) in contents {
        if basket != order {
            order = basket;
            orders += 1;
            // Open from 8 to 21; the web shop's orders are dated in these hours too.
            let minute = 480 + basket * 780 / baskets;
            id = format!("{}-{}-{:04}", place.id, day.epoch_days(), basket + 1);
            // Few customers make most of the orders; three of ten baskets have no known customer.
            let loyal = (stream.unit().powi(3) * CUSTOMERS as f64) as usize;
            let who = if stream.chance(0.7) { customer(place_index, loyal) } else { String::new() };
            head = format!("{day} {:02}:{:02}:00,{},{who}", minute / 60, minute % 60, place.id);
        }
        let (what, money) = (&items[item].id, Amount(price, spec.currency));
        files.row(Table::Orders, format_args!("{id},{head},{what},{units},{money}"))?;
        if stream.chance(0.012) {
            let back = day.plus(3 + stream.below(12) as i32);
            let customer = head.rsplit(',').next().unwrap_or_default();
            let row = format!("C{id},{back} 12:00:00,{},{customer},{what},-{units},{money}", place.id);
            if back <= spec.last_day() {
                returns.units += i64::from(units);
                returns.revenue += i64::from(units) * price;
                returns.waiting.entry(back).or_default().push(row);
            }
        }
    }
    Ok(orders)
}

impl Returns {
    /// Writes what comes back on a day.
    pub(super) fn write(&mut self, files: &mut Files, day: Day) -> Result<(), SimulationError> {
        for row in self.waiting.remove(&day).unwrap_or_default() {
            files.row(Table::Orders, format_args!("{row}"))?;
        }
        Ok(())
    }
}
