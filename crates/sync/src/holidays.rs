//! Names for flagged periods: which holiday of the United States' retail calendar lies in them.

use aisle_domain::{CalendarEvent, Day, Weekday};

/// The event of a flagged period: named after the holiday in it, `Holiday` where none is known.
pub(crate) fn event(first: Day, last: Day) -> CalendarEvent {
    let (year, _, _) = first.civil();
    let (last_year, _, _) = last.civil();
    let known = (year..=last_year).flat_map(days_of).find(|(_, day)| first <= *day && *day <= last);
    let name = known.map_or("Holiday", |(name, _)| name);
    CalendarEvent { name: name.to_owned(), first, last, location: None }
}

/// The holidays of a year; where a period holds two, the earlier in this list names it.
fn days_of(year: i32) -> Vec<(&'static str, Day)> {
    // The Super Bowl moved from the first to the second Sunday of February with the season that ended in 2022.
    let super_bowl = if year >= 2022 { 2 } else { 1 };
    [
        ("Thanksgiving", nth(year, 11, Weekday::Thursday, 4)),
        ("Christmas", Day::from_civil(year, 12, 25).ok()),
        ("Super Bowl", nth(year, 2, Weekday::Sunday, super_bowl)),
        ("Labor Day", nth(year, 9, Weekday::Monday, 1)),
        ("Independence Day", Day::from_civil(year, 7, 4).ok()),
        ("Memorial Day", nth(year, 6, Weekday::Monday, 1).map(|day| day.plus(-7))),
        ("New Year", Day::from_civil(year, 1, 1).ok()),
    ]
    .into_iter()
    .filter_map(|(name, day)| Some((name, day?)))
    .collect()
}

/// The n-th such weekday of a month.
fn nth(year: i32, month: u32, weekday: Weekday, n: i32) -> Option<Day> {
    let first = Day::from_civil(year, month, 1).ok()?;
    let ahead = (weekday as i32 - first.weekday() as i32).rem_euclid(7);
    Some(first.plus(ahead + 7 * (n - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weeks flagged in Walmart's data, as its competition page lists them.
    #[test]
    fn walmarts_flagged_weeks_have_their_names() {
        for (end, name) in [
            ("2010-02-12", "Super Bowl"),
            ("2011-02-11", "Super Bowl"),
            ("2013-02-08", "Super Bowl"),
            ("2010-09-10", "Labor Day"),
            ("2012-09-07", "Labor Day"),
            ("2010-11-26", "Thanksgiving"),
            ("2011-11-25", "Thanksgiving"),
            ("2010-12-31", "Christmas"),
            ("2011-12-30", "Christmas"),
            ("2010-03-12", "Holiday"),
        ] {
            let last = Day::parse(end).unwrap();
            assert_eq!(event(last.plus(-6), last).name, name, "{end}");
        }
    }
}
