//! Cold start: a series too young for a year of its own borrows the year of its relatives.
//!
//! Its relatives are the grown series of its group (the same item at other places, or its category); where there are none,
//! those at its location; else all. The sum of the relatives is forecast as a series of its own, season, growth and moving
//! holidays included, and the young series gets its share of that sum: what it sold in its last quarter over what they sold
//! in the same periods, steadied towards an average relative's share as if one more period had shown that.

use crate::model::{Fitted, History, Model};
use crate::{Calendar, Panel, SeasonalNaive, StlEts};
use std::collections::BTreeMap;

/// All series as relatives of each other.
pub(crate) struct Relatives<'a> {
    calendar: &'a Calendar,
    values: Vec<&'a [f64]>,
    locations: Vec<usize>,
    groups: Vec<usize>,
}

/// Forecasts of the young series from one origin, by series.
#[derive(Debug, Default)]
pub(crate) struct Borrowed {
    paths: BTreeMap<usize, Vec<f64>>,
}

/// Whose relatives are meant: in the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kin {
    Group(usize),
    Location(usize),
    Everybody,
}

/// The grown series of one kin.
struct Sum {
    /// How many there are.
    count: usize,
    /// Their sum by period; not a number where none has a value.
    values: Vec<f64>,
}

/// Share of the last year's periods that a grown series has values in.
const GROWN: f64 = 0.5;
/// Periods that an average relative's share counts as.
const PRIOR_PERIODS: f64 = 1.0;

impl<'a> Relatives<'a> {
    /// `places`: group and member of each series.
    pub(crate) fn new(panel: &'a Panel, calendar: &'a Calendar, places: &[(usize, usize)]) -> Self {
        let series = &panel.parts().series;
        let location = |location| calendar.locations.binary_search(location).unwrap_or(0);
        Self {
            calendar,
            values: series.iter().map(|series| series.values.as_slice()).collect(),
            locations: series.iter().map(|series| location(&series.key.location)).collect(),
            groups: places.iter().map(|place| place.0).collect(),
        }
    }

    /// Forecasts of all young series from an origin.
    pub(crate) fn forecast(&self, origin: usize, horizon: usize) -> Borrowed {
        let year = self.calendar.year();
        let Some(year_ago) = origin.checked_sub(year) else { return Borrowed::default() };
        let firsts: Vec<Option<usize>> =
            self.values.iter().map(|values| values[..origin].iter().position(|value| value.is_finite())).collect();
        let young: Vec<usize> =
            (0..firsts.len()).filter(|s| firsts[*s].is_some_and(|first| first > year_ago)).collect();
        if young.is_empty() {
            return Borrowed::default();
        }
        let grown = |series: &usize| {
            let present = self.values[*series][year_ago..origin].iter().filter(|value| value.is_finite()).count();
            firsts[*series].is_some_and(|first| first <= year_ago) && present as f64 >= GROWN * year as f64
        };
        let grown: Vec<usize> = (0..firsts.len()).filter(grown).collect();
        let sums = self.sums(&young, &grown, origin);
        let forecasts = self.forecasts_of(&sums, origin, horizon);
        let path = |series: &usize| {
            let seen = &self.values[*series][..origin];
            let known = seen.iter().filter(|value| value.is_finite()).count();
            let near = |kin: &Kin| matches!(kin, Kin::Group(_)) || known >= month(year);
            let kin = self.kin(*series).into_iter().find(|kin| near(kin) && forecasts.contains_key(kin))?;
            let share = share(seen, &sums[&kin], quarter(year))?;
            Some((*series, forecasts[&kin].iter().map(|value| share * value).collect()))
        };
        Borrowed { paths: young.iter().filter_map(path).collect() }
    }

    fn kin(&self, series: usize) -> [Kin; 3] {
        [Kin::Group(self.groups[series]), Kin::Location(self.locations[series]), Kin::Everybody]
    }

    /// The sums that young series ask for.
    fn sums(&self, young: &[usize], grown: &[usize], origin: usize) -> BTreeMap<Kin, Sum> {
        let mut sums: BTreeMap<Kin, Sum> = BTreeMap::new();
        for kin in young.iter().flat_map(|series| self.kin(*series)) {
            sums.entry(kin).or_insert_with(|| Sum { count: 0, values: vec![f64::NAN; origin] });
        }
        for series in grown {
            for kin in self.kin(*series) {
                let Some(sum) = sums.get_mut(&kin) else { continue };
                sum.count += 1;
                for (total, value) in sum.values.iter_mut().zip(self.values[*series]).filter(|(_, v)| v.is_finite()) {
                    *total = if total.is_nan() { *value } else { *total + value };
                }
            }
        }
        sums.retain(|_, sum| sum.count > 0);
        sums
    }

    /// The mean of what the models of single series say about each sum.
    fn forecasts_of(&self, sums: &BTreeMap<Kin, Sum>, origin: usize, horizon: usize) -> BTreeMap<Kin, Vec<f64>> {
        let values: Vec<&[f64]> = sums.values().map(|sum| sum.values.as_slice()).collect();
        let location = |kin: &Kin| if let Kin::Location(location) = kin { *location } else { 0 };
        let locations: Vec<usize> = sums.keys().map(location).collect();
        let history = History { calendar: self.calendar, values: &values, locations: &locations, origin };
        let models: [Option<Box<dyn Fitted + '_>>; 2] =
            [SeasonalNaive { growth: true }.fit(&history), StlEts.fit(&history)];
        let mean = |(member, kin): (usize, &Kin)| {
            let paths: Vec<Vec<f64>> =
                models.iter().flatten().filter_map(|model| model.forecast(member, horizon)).collect();
            let count = paths.len() as f64;
            let at = |step: usize| paths.iter().map(|path| path[step]).sum::<f64>() / count;
            (!paths.is_empty()).then(|| (*kin, (0..horizon).map(at).collect()))
        };
        sums.keys().enumerate().filter_map(mean).collect()
    }
}

impl Borrowed {
    /// The forecast of a series, where it is young and has relatives.
    pub(crate) fn of(&self, series: usize) -> Option<Vec<f64>> {
        self.paths.get(&series).cloned()
    }
}

/// Periods, about a month, that a series must have been seen in before it is likened to those of other groups.
fn month(year: usize) -> usize {
    (year / 13).max(3)
}

/// Periods of a quarter of a year.
fn quarter(year: usize) -> usize {
    year.div_ceil(4)
}

/// What a series sold over what its relatives sold, in the last periods where both sold something or are known not to have.
fn share(seen: &[f64], relatives: &Sum, periods: usize) -> Option<f64> {
    let from = seen.len().saturating_sub(periods);
    let both =
        seen[from..].iter().zip(&relatives.values[from..]).filter(|(own, sum)| own.is_finite() && sum.is_finite());
    let (own, all, count) = both.fold((0.0, 0.0, 0.0), |(own, all, count), (o, s)| (own + o, all + s, count + 1.0));
    if count == 0.0 || all <= 0.0 || own < 0.0 {
        return None;
    }
    let prior = PRIOR_PERIODS * all / count;
    Some((own + prior / relatives.count as f64) / (all + prior))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_steadied_by_one_period_of_an_average_relative() {
        let relatives = Sum { count: 4, values: vec![100.0; 6] };
        let close = |seen: &[f64], expected: f64| (share(seen, &relatives, 3).unwrap() - expected).abs() < 1e-12;
        // Two periods of 10 beside 200 sold by relatives; one more period at 25 of 100.
        assert!(close(&[f64::NAN, f64::NAN, f64::NAN, f64::NAN, 10.0, 10.0], 45.0 / 300.0));
        // Only the last three periods count.
        assert!(close(&[90.0, 90.0, 90.0, 10.0, 10.0, 10.0], 55.0 / 400.0));
        assert_eq!(share(&[f64::NAN; 6], &relatives, 3), None);
        assert_eq!(share(&[-5.0; 6], &relatives, 3), None, "returns only");
    }
}
