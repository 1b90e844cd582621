//! Stock as a planner without foresight keeps it: weekly review, order up to a level, random lead times, stock-outs.

use super::Spec;
use super::assortment::{Item, SUPPLIERS};
use super::random::{Purpose, Stream};
use aisle_domain::Day;

/// The stock of one item at one location.
#[derive(Debug, Clone)]
pub(super) struct Stock {
    /// Units that can be sold.
    pub(super) on_hand: u32,
    /// Units ordered and not yet here.
    pub(super) on_order: u32,
    ordered: Day,
    expected: Day,
    arrives: Day,
    /// Units sold a day, smoothed: all that the planner knows.
    rate: f64,
}

/// A delivery that came in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivery {
    pub(super) ordered: Day,
    pub(super) expected: Day,
    pub(super) units: u32,
}

const REVIEW_DAYS: i32 = 7;

impl Stock {
    /// Opening stock for sales of this many units a day.
    pub(super) fn new(item: &Item, daily: f64, day: Day) -> Self {
        let mut stock = Self { on_hand: 0, on_order: 0, ordered: day, expected: day, arrives: day, rate: daily };
        stock.on_hand = stock.level(item).ceil() as u32;
        stock
    }

    /// Takes in what arrives on a day, unless the supplier fails.
    pub(super) fn receive(&mut self, day: Day, failing: bool) -> Option<Delivery> {
        if self.on_order == 0 || day < self.arrives || failing {
            return None;
        }
        let delivery = Delivery { ordered: self.ordered, expected: self.expected, units: self.on_order };
        self.on_hand += self.on_order;
        self.on_order = 0;
        Some(delivery)
    }

    /// Sells what there is of the demand, and orders on review days.
    pub(super) fn sell(&mut self, spec: &Spec, item: &Item, series: u64, day: Day, demand: u32) -> u32 {
        let sold = demand.min(self.on_hand);
        self.on_hand -= sold;
        // On a day when it ran out, what sold says nothing about what was wanted, unless it was much.
        if self.on_hand > 0 || f64::from(sold) > self.rate {
            self.rate += 0.08 * (f64::from(sold) - self.rate);
        }
        let review = (day.epoch_days() + (series % 7) as i32).rem_euclid(REVIEW_DAYS) == 0;
        if review && self.on_order == 0 && day < item.on_sale.1.plus(-REVIEW_DAYS) {
            self.order(spec, item, series, day);
        }
        sold
    }

    fn order(&mut self, spec: &Spec, item: &Item, series: u64, day: Day) {
        let short = self.level(item) - f64::from(self.on_hand);
        if short < f64::from(item.pack) / 2.0 {
            return;
        }
        let packs = (short / f64::from(item.pack)).ceil() as u32;
        let mut stream = Stream::new(spec.seed, Purpose::Supply, series, i64::from(day.epoch_days()).cast_unsigned());
        let lead = SUPPLIERS[item.supplier].1;
        let late =
            (f64::from(lead) * 0.25 * stream.normal() + if stream.chance(0.06) { 6.0 } else { 0.0 }).round() as i32;
        self.on_order = packs * item.pack;
        (self.ordered, self.expected, self.arrives) = (day, day.plus(lead), day.plus((lead + late).max(1)));
    }

    /// Order-up-to level for lead time and review time, with a margin that does not cover everything.
    fn level(&self, item: &Item) -> f64 {
        // One order at a time: what is ordered now must last until the order after it comes.
        let exposed = f64::from(2 * SUPPLIERS[item.supplier].1 + REVIEW_DAYS);
        let mean = self.rate * exposed;
        mean + 1.6 * (mean * (1.0 + 0.15 * self.rate)).sqrt() + 1.0
    }
}
