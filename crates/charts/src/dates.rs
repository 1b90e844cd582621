//! Days as text, in the way the bundle writes them too.

use aisle_domain::{Day, Granularity};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A day as text: `3 Feb 2012`.
pub fn written(day: Day) -> String {
    let (year, month, date) = day.civil();
    format!("{date} {} {year}", MONTHS[(month as usize).clamp(1, 12) - 1])
}

/// A period as text: `3 Feb 2012`, `week to 3 Feb 2012`, `Feb 2012`.
pub fn period(granularity: Granularity, end: Day) -> String {
    let (year, month, _) = end.civil();
    match granularity {
        Granularity::Day => written(end),
        Granularity::Week { .. } => format!("week to {}", written(end)),
        Granularity::Month => format!("{} {year}", MONTHS[(month as usize).clamp(1, 12) - 1]),
    }
}

/// The noun for so many periods: `1 week`, `13 weeks`.
pub(crate) fn periods(granularity: Granularity, count: usize) -> String {
    let noun = match granularity {
        Granularity::Day => "day",
        Granularity::Week { .. } => "week",
        Granularity::Month => "month",
    };
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The bundle's format for the labels of so many periods on an axis.
pub(crate) fn axis_format(granularity: Granularity, count: usize) -> &'static str {
    match granularity {
        Granularity::Month => "@month",
        Granularity::Week { .. } if count > 60 => "@month",
        Granularity::Day if count > 180 => "@month",
        _ => "@day",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_domain::Weekday;

    #[test]
    fn days_are_written_in_words() {
        let day = Day::parse("2012-02-03").unwrap();
        assert_eq!(written(day), "3 Feb 2012");
        assert_eq!(period(Granularity::Week { ends: Weekday::Friday }, day), "week to 3 Feb 2012");
        assert_eq!(period(Granularity::Month, day), "Feb 2012");
        assert_eq!(periods(Granularity::Day, 1), "1 day");
    }
}
