//! The holidays of the simulated shop, many of which move, and what they do to demand.

use aisle_domain::holidays::easter;
use aisle_domain::{Day, Weekday};

/// One holiday, every year.
#[derive(Debug)]
pub(super) struct Holiday {
    pub(super) name: &'static str,
    rule: Rule,
    /// Days before it over which demand rises.
    pub(super) run_up: i32,
    /// Natural logarithm of the uplift on the eve, for every category.
    pub(super) everything: f64,
    /// The same for single categories, in place of `everything`.
    pub(super) categories: &'static [(&'static str, f64)],
    /// Share of demand that is left on the day itself in stores; web shops never close.
    pub(super) open: f64,
}

#[derive(Debug)]
enum Rule {
    /// Month and day.
    Fixed(u32, u32),
    /// The n-th weekday of a month.
    Nth(u32, Weekday, i32),
    /// Days after Easter Sunday.
    Easter(i32),
    /// Days after the fourth Thursday of November.
    Thanksgiving(i32),
}

const fn holiday(name: &'static str, rule: Rule, run_up: i32, everything: f64, open: f64) -> Holiday {
    Holiday { name, rule, run_up, everything, categories: &[], open }
}

/// Every holiday.
pub(super) const HOLIDAYS: [Holiday; 12] = [
    holiday("New Year", Rule::Fixed(1, 1), 3, 0.10, 0.25),
    Holiday {
        categories: &[("Confectionery", 0.9), ("Flowers and plants", 1.3), ("Gifts and toys", 0.4)],
        ..holiday("Valentine's Day", Rule::Fixed(2, 14), 6, 0.0, 1.0)
    },
    Holiday {
        categories: &[("Confectionery", 1.2), ("Bakery", 0.5), ("Flowers and plants", 0.6)],
        ..holiday("Easter", Rule::Easter(0), 12, 0.15, 0.3)
    },
    Holiday {
        categories: &[("Flowers and plants", 1.4), ("Confectionery", 0.5), ("Personal care", 0.3)],
        ..holiday("Mother's Day", Rule::Nth(5, Weekday::Sunday, 2), 5, 0.0, 1.0)
    },
    Holiday {
        categories: &[("Barbecue and garden", 0.7), ("Drinks", 0.4)],
        ..holiday("Memorial Day", Rule::Nth(5, Weekday::Monday, 5), 4, 0.08, 0.8)
    },
    Holiday {
        categories: &[("Barbecue and garden", 0.8), ("Drinks", 0.5)],
        ..holiday("Independence Day", Rule::Fixed(7, 4), 5, 0.10, 0.7)
    },
    Holiday {
        categories: &[("Stationery", 1.1), ("Snacks", 0.2)],
        ..holiday("Labor Day", Rule::Nth(9, Weekday::Monday, 1), 14, 0.03, 0.8)
    },
    Holiday {
        categories: &[("Confectionery", 1.1), ("Gifts and toys", 0.3)],
        ..holiday("Halloween", Rule::Fixed(10, 31), 10, 0.0, 1.0)
    },
    Holiday {
        categories: &[("Bakery", 0.7), ("Drinks", 0.4), ("Household", 0.2)],
        ..holiday("Thanksgiving", Rule::Thanksgiving(0), 7, 0.35, 0.2)
    },
    Holiday {
        categories: &[("Gifts and toys", 1.2), ("Personal care", 0.7), ("Household", 0.6)],
        ..holiday("Black Friday", Rule::Thanksgiving(1), 1, 0.35, 1.6)
    },
    Holiday {
        categories: &[
            ("Gifts and toys", 1.5),
            ("Confectionery", 0.9),
            ("Drinks", 0.6),
            ("Personal care", 0.6),
            ("Barbecue and garden", -0.1),
        ],
        ..holiday("Christmas", Rule::Fixed(12, 25), 21, 0.65, 0.05)
    },
    holiday("New Year's Eve", Rule::Fixed(12, 31), 3, 0.15, 0.8),
];

impl Holiday {
    /// The day in a year.
    pub(super) fn day(&self, year: i32) -> Option<Day> {
        match self.rule {
            Rule::Fixed(month, day) => Day::from_civil(year, month, day).ok(),
            Rule::Nth(month, weekday, nth) => nth_weekday(year, month, weekday, nth),
            Rule::Easter(after) => Some(easter(year)?.plus(after)),
            Rule::Thanksgiving(after) => Some(nth_weekday(year, 11, Weekday::Thursday, 4)?.plus(after)),
        }
    }

    /// Natural logarithm of the uplift of a category on the eve.
    pub(super) fn peak(&self, category: &str) -> f64 {
        self.categories.iter().find(|(name, _)| *name == category).map_or(self.everything, |(_, peak)| *peak)
    }
}

/// The n-th weekday of a month, counted from 1; the last one where the month has fewer.
fn nth_weekday(year: i32, month: u32, weekday: Weekday, nth: i32) -> Option<Day> {
    let first = Day::from_civil(year, month, 1).ok()?;
    let ahead = (weekday as i32 - first.weekday() as i32).rem_euclid(7);
    let wanted = first.plus(ahead + 7 * (nth - 1));
    Some(if wanted.civil().1 == month { wanted } else { wanted.plus(-7) })
}

/// Days after the last one whose holidays are known: a year and the longest run-up.
const KNOWN_AHEAD: i32 = 396;

/// The holidays of a stretch of days and of the year after it, by day: calendars are known ahead.
pub(super) fn between(first: Day, last: Day) -> Vec<(Day, &'static Holiday)> {
    let (from, to) = (first.civil().0, last.plus(KNOWN_AHEAD).civil().0);
    let all =
        (from..=to).flat_map(|year| HOLIDAYS.iter().filter_map(move |holiday| Some((holiday.day(year)?, holiday))));
    let mut found: Vec<_> = all.filter(|(day, _)| *day >= first && *day <= last.plus(KNOWN_AHEAD)).collect();
    found.sort_by_key(|(day, holiday)| (*day, holiday.name));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_holidays_fall_on_their_known_days() {
        let on = |name: &str, year| HOLIDAYS.iter().find(|h| h.name == name).unwrap().day(year).unwrap().to_string();
        // Dates of Easter from the tables of the U.S. Census Bureau; Thanksgiving and Memorial Day from calendars of those years.
        for (year, day) in [
            (1990, "04-15"),
            (2000, "04-23"),
            (2008, "03-23"),
            (2011, "04-24"),
            (2024, "03-31"),
            (2025, "04-20"),
            (2038, "04-25"),
        ] {
            assert_eq!(on("Easter", year), format!("{year}-{day}"));
        }
        assert_eq!(on("Thanksgiving", 2011), "2011-11-24");
        assert_eq!(on("Black Friday", 2024), "2024-11-29");
        assert_eq!(on("Memorial Day", 2024), "2024-05-27");
        assert_eq!(on("Memorial Day", 2023), "2023-05-29");
        assert_eq!(on("Mother's Day", 2025), "2025-05-11");
        assert_eq!(on("Labor Day", 2025), "2025-09-01");
    }
}
