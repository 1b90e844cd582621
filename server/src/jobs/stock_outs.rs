//! Sales of days without stock say nothing of demand: periods that hold such days are laid out as if there had been stock.
//!
//! A day at whose beginning and end there was none is lost whole; of the day on which stock ran out, half, because some of it
//! was sold through. A period that lost less than it kept counts as its sales over the share kept; one that lost more is
//! unknown. (Sales as a censored demand: Nahmias 1994, "Demand estimation in lost sales inventory systems"; the share of
//! time in stock stands in for the censoring point.)

use super::JobError;
use crate::state::App;
use aisle_domain::{Day, Granularity, Period, SeriesKey};
use std::collections::HashMap;

/// Share of a period that must have been in stock for its sales to tell of demand.
const LEAST: f64 = 0.5;

/// The share of each period that an item was in stock, by series and period; periods in stock throughout are left out.
pub(super) struct InStock {
    shares: HashMap<SeriesKey, HashMap<Day, f64>>,
}

impl InStock {
    /// From the levels of stock that the facts know.
    pub(super) async fn read(app: &App, granularity: Granularity) -> Result<Self, JobError> {
        let empty = app.lake.empty_days().await?;
        let shares = empty.into_iter().map(|empty| (empty.key, shares(&empty.days, granularity))).collect();
        Ok(Self { shares })
    }

    /// What would have been sold had there been stock; not a number where most of the period was lost.
    pub(super) fn demand(&self, key: &SeriesKey, end: Day, sold: f64) -> f64 {
        match self.shares.get(key).and_then(|shares| shares.get(&end)) {
            None => sold,
            Some(share) if *share >= LEAST => sold / share,
            Some(_) => f64::NAN,
        }
    }

    /// Series that ran out at times.
    pub(super) fn len(&self) -> usize {
        self.shares.len()
    }
}

/// Shares in stock by period, where days were lost.
fn shares(empty: &[Day], granularity: Granularity) -> HashMap<Day, f64> {
    let mut lost: HashMap<Day, f64> = HashMap::new();
    let mut before: Option<Day> = None;
    for day in empty {
        let whole = before.is_some_and(|before| day.since(before) == 1);
        // Of a single day, what was sold before stock ran out is known to be too little, not by how much.
        if whole || granularity != Granularity::Day {
            *lost.entry(granularity.end_of(*day)).or_default() += if whole { 1.0 } else { 0.5 };
        }
        before = Some(*day);
    }
    let share = |(end, lost): (Day, f64)| {
        let days = end.since(Period { granularity, end }.start()) + 1;
        (end, 1.0 - lost / f64::from(days))
    };
    lost.into_iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_domain::Weekday;

    fn days(texts: &[&str]) -> Vec<Day> {
        texts.iter().map(|text| Day::parse(text).unwrap()).collect()
    }

    #[test]
    fn the_day_on_which_stock_ran_out_is_half_lost_and_those_after_it_whole() {
        let week = Granularity::Week { ends: Weekday::Sunday };
        // Out on Thursday evening, back on Sunday; out again for a moment on the next Wednesday.
        let empty = days(&["2024-05-02", "2024-05-03", "2024-05-04", "2024-05-08"]);
        let found = shares(&empty, week);
        let share = |end: &str| found[&Day::parse(end).unwrap()];
        assert!((share("2024-05-05") - (1.0 - 2.5 / 7.0)).abs() < 1e-12);
        assert!((share("2024-05-12") - (1.0 - 0.5 / 7.0)).abs() < 1e-12);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn sales_are_laid_out_over_the_share_in_stock_or_unknown() {
        let key = SeriesKey {
            location: aisle_domain::LocationId::new("north").unwrap(),
            item: aisle_domain::ItemId::new("bread").unwrap(),
        };
        let empty = days(&["2024-05-02", "2024-05-03", "2024-05-09"]);
        let in_stock = |granularity| InStock { shares: HashMap::from([(key.clone(), shares(&empty, granularity))]) };
        let daily = in_stock(Granularity::Day);
        let on = |day: &str| daily.demand(&key, Day::parse(day).unwrap(), 4.0);
        assert_eq!((on("2024-05-01"), on("2024-05-02"), on("2024-05-09")), (4.0, 4.0, 4.0));
        assert!(on("2024-05-03").is_nan(), "nothing could be sold");
        let monthly = in_stock(Granularity::Month);
        let may = monthly.demand(&key, Day::parse("2024-05-31").unwrap(), 29.0);
        assert!((may - 31.0).abs() < 1e-9, "{may}");
        let elsewhere = SeriesKey { location: aisle_domain::LocationId::new("south").unwrap(), ..key.clone() };
        assert_eq!(monthly.demand(&elsewhere, Day::parse("2024-05-31").unwrap(), 29.0), 29.0);
        assert_eq!(monthly.len(), 1);
    }
}
