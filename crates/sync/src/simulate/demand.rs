//! The demand that the shop would meet if it never ran out: the truth that forecasts are judged by.
//!
//! Its logarithm is a sum: the item's base, the location's size and taste, trend, weekday, yearly season, price times
//! elasticity, promotion, holidays, weather and what goes wrong. Around that mean, counts are negative binomial.

use super::Spec;
use super::assortment::{CATEGORIES, Category, Item};
use super::holidays::{Holiday, between};
use super::places::{DayWeather, Kind, Place};
use super::random::{Purpose, Stream};
use aisle_domain::Day;

/// The holidays of the simulated days, with what they do.
pub(super) struct Holidays {
    all: Vec<(Day, &'static Holiday)>,
}

impl Holidays {
    pub(super) fn new(spec: &Spec) -> Self {
        Self { all: between(spec.first_day, spec.last_day()) }
    }

    /// Those within the simulated days and in the year after them, which a shop knows too.
    pub(super) fn known(&self) -> &[(Day, &'static Holiday)] {
        &self.all
    }

    /// Natural logarithm of the uplift of each category on a day.
    pub(super) fn uplifts(&self, day: Day) -> [f64; CATEGORIES.len()] {
        let near = self.all.iter().filter(|(on, holiday)| day < *on && on.since(day) <= holiday.run_up);
        let mut uplifts = [0.0; CATEGORIES.len()];
        for (on, holiday) in near {
            // From nothing at the start of the run-up to the peak on the eve.
            let nearness = 1.0 - f64::from(on.since(day) - 1) / f64::from(holiday.run_up);
            for (uplift, category) in uplifts.iter_mut().zip(&CATEGORIES) {
                *uplift += holiday.peak(category.name) * nearness;
            }
        }
        uplifts
    }

    /// Share of the demand that is left where stores open less on the holiday itself.
    pub(super) fn open(&self, day: Day) -> f64 {
        self.all.iter().filter(|(on, _)| *on == day).map(|(_, holiday)| holiday.open).product()
    }
}

/// What all locations share on one day of one item.
#[derive(Debug, Clone, Copy)]
pub(super) struct ItemDay {
    /// Units a day at an average location.
    pub(super) level: f64,
    /// List price, in minor units, as charged.
    pub(super) price: i64,
}

/// Units that an average location would sell without promotion.
pub(super) fn item_day(item: &Item, day: Day, first_day: Day, price: i64, holiday: f64, disturbed: f64) -> ItemDay {
    let category = &CATEGORIES[item.category];
    let years = f64::from(day.since(first_day)) / 365.25;
    let logarithm = item.trend * years + yearly(category, day) + holiday + price_effect(item, price);
    ItemDay { level: item.base * disturbed * logarithm.exp(), price }
}

/// Natural logarithm of what a price does, against the first list price. Beyond a factor of three it saturates.
pub(super) fn price_effect(item: &Item, price: i64) -> f64 {
    let ratio = (price as f64 / item.price as f64).clamp(1.0 / 3.0, 3.0);
    item.elasticity * ratio.ln()
}

fn yearly(category: &Category, day: Day) -> f64 {
    let (amplitude, peak) = category.season;
    amplitude * (std::f64::consts::TAU * (f64::from(day.day_of_year()) - peak) / 365.25).cos()
}

/// What a location's habits make of the item's level.
pub(super) fn at_place(category: &Category, place: &Place, day: Day, weather: DayWeather, open: f64) -> f64 {
    let outside = if place.kind == Kind::WebShop { 0.0 } else { -0.012 * weather.rain.min(20.0) };
    let logarithm =
        place.weekday(day.weekday(), category.weekend) + category.warmth * weather.above_season / 10.0 + outside;
    let doors = if place.kind == Kind::WebShop { 1.0 } else { open };
    place.size * doors * logarithm.exp()
}

/// How much more or less than others a location likes an item.
pub(super) fn taste(spec: &Spec, item: usize, place: usize) -> f64 {
    (0.3 * Stream::new(spec.seed, Purpose::Affinity, item as u64, place as u64).normal()).exp()
}

/// The demand of one day, given its mean.
pub(super) fn draw(spec: &Spec, item: &Item, series: u64, day: Day, mean: f64) -> u32 {
    let mut stream = Stream::new(spec.seed, Purpose::Demand, series, i64::from(day.epoch_days()).cast_unsigned());
    stream.negative_binomial(mean, item.shape)
}
