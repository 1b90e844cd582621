//! Days, weekdays and the periods that sales are counted in (proleptic Gregorian calendar).

use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar day, counted in days since 1970-01-01. Serialises as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(i32);

/// Why a text or a triple is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a day; expected YYYY-MM-DD between 0001-01-01 and 9999-12-31")]
pub struct DayError {
    /// What was read.
    pub text: String,
}

const FIRST: i32 = -719_162; // 0001-01-01
const LAST: i32 = 2_932_896; // 9999-12-31

impl Day {
    /// The day so many days after 1970-01-01; clamped to the years 1 to 9999.
    pub fn from_epoch_days(days: i32) -> Self {
        Self(days.clamp(FIRST, LAST))
    }

    /// Days since 1970-01-01.
    pub fn epoch_days(self) -> i32 {
        self.0
    }

    /// The day of a civil date.
    ///
    /// # Errors
    /// [`DayError`] where there is no such date. Source: H. Hinnant, "chrono-compatible low-level date algorithms".
    pub fn from_civil(year: i32, month: u32, day: u32) -> Result<Self, DayError> {
        let valid =
            (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
        if !valid {
            return Err(DayError { text: format!("{year:04}-{month:02}-{day:02}") });
        }
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let shifted_month = (month as i32 + 9) % 12;
        let day_of_year = (153 * shifted_month + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Ok(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month (1 to 12) and day of month (1 to 31).
    pub fn civil(self) -> (i32, u32, u32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u32;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 } as u32;
        (year_of_era + era * 400 + i32::from(month <= 2), month, day)
    }

    /// The weekday.
    pub fn weekday(self) -> Weekday {
        Weekday::ALL[(self.0 + 3).rem_euclid(7) as usize]
    }

    /// The day so many days later (earlier where negative).
    pub fn plus(self, days: i32) -> Self {
        Self::from_epoch_days(self.0.saturating_add(days))
    }

    /// Days from `earlier` to this day.
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// Day of the year, 1 to 366.
    pub fn day_of_year(self) -> u32 {
        let (year, _, _) = self.civil();
        Self::from_civil(year, 1, 1).map_or(1, |first| (self.0 - first.0 + 1) as u32)
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`DayError`] with the text.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let wrong = || DayError { text: text.to_owned() };
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(wrong());
        }
        let number = |from: usize, to: usize| {
            let part = text.get(from..to)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten()
        };
        let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else {
            return Err(wrong());
        };
        Self::from_civil(year as i32, month, day).map_err(|_| wrong())
    }
}

/// Days in a month of a year; 0 where the month is not 1 to 12.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl TryFrom<String> for Day {
    type Error = DayError;
    fn try_from(text: String) -> Result<Self, DayError> {
        Self::parse(&text)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

/// A day of the week, Monday first (ISO 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];
}

/// How long the periods are that sales are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "every")]
pub enum Granularity {
    /// One day.
    Day,
    /// Seven days, named by their last day, which is always this weekday.
    Week {
        /// The weekday of the last day.
        ends: Weekday,
    },
    /// A calendar month, named by its last day.
    Month,
}

impl Granularity {
    /// Periods in a year, as used for the yearly season: 365 days, 52 weeks, 12 months.
    pub fn per_year(self) -> usize {
        match self {
            Self::Day => 365,
            Self::Week { .. } => 52,
            Self::Month => 12,
        }
    }

    /// The last day of the period that holds `day`.
    pub fn end_of(self, day: Day) -> Day {
        match self {
            Self::Day => day,
            Self::Week { ends } => {
                let ahead = (ends as i32 - day.weekday() as i32).rem_euclid(7);
                day.plus(ahead)
            }
            Self::Month => {
                let (year, month, date) = day.civil();
                day.plus((days_in_month(year, month) - date) as i32)
            }
        }
    }

    /// The last day of the period `steps` after the one that ends on `end` (before it where negative).
    pub fn step(self, end: Day, steps: i32) -> Day {
        match self {
            Self::Day => end.plus(steps),
            Self::Week { .. } => end.plus(steps.saturating_mul(7)),
            Self::Month => {
                let (year, month, _) = end.civil();
                let months = year * 12 + month as i32 - 1 + steps;
                let (y, m) = (months.div_euclid(12).clamp(1, 9999), months.rem_euclid(12) as u32 + 1);
                Day::from_civil(y, m, days_in_month(y, m)).unwrap_or(end)
            }
        }
    }

    /// Whole periods from the one ending on `from` to the one ending on `to`.
    pub fn steps_between(self, from: Day, to: Day) -> i32 {
        match self {
            Self::Day => to.since(from),
            Self::Week { .. } => to.since(from).div_euclid(7),
            Self::Month => {
                let ((y0, m0, _), (y1, m1, _)) = (from.civil(), to.civil());
                (y1 - y0) * 12 + m1 as i32 - m0 as i32
            }
        }
    }
}

/// One period of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// Its length.
    pub granularity: Granularity,
    /// Its last day.
    pub end: Day,
}

impl Period {
    /// Its first day.
    pub fn start(self) -> Day {
        match self.granularity {
            Granularity::Day => self.end,
            Granularity::Week { .. } => self.end.plus(-6),
            Granularity::Month => {
                let (year, month, _) = self.end.civil();
                Day::from_civil(year, month, 1).unwrap_or(self.end)
            }
        }
    }

    /// Whether the day lies in it.
    pub fn contains(self, day: Day) -> bool {
        self.start() <= day && day <= self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn civil_dates_survive_the_round_trip() {
        for epoch in (FIRST..LAST).step_by(97).chain([FIRST, LAST, -1, 0, 1]) {
            let (y, m, d) = Day(epoch).civil();
            assert_eq!(Day::from_civil(y, m, d).map(Day::epoch_days), Ok(epoch));
        }
        assert_eq!(day("2012-01-27").weekday(), Weekday::Friday);
        assert_eq!(day("1970-01-01").epoch_days(), 0);
        assert!(Day::parse("2011-02-29").is_err());
        assert!(Day::parse("2012-02-29").is_ok());
        assert!(Day::parse("12-02-29").is_err());
    }

    #[test]
    fn weeks_end_on_their_weekday_and_months_on_their_last_day() {
        let week = Granularity::Week { ends: Weekday::Friday };
        assert_eq!(week.end_of(day("2012-01-21")), day("2012-01-27"));
        assert_eq!(week.end_of(day("2012-01-27")), day("2012-01-27"));
        assert_eq!(Granularity::Month.step(day("2012-01-31"), 1), day("2012-02-29"));
        assert_eq!(Granularity::Month.step(day("2012-01-31"), -2), day("2011-11-30"));
        assert_eq!(week.steps_between(day("2012-01-27"), day("2012-02-10")), 2);
        let period = Period { granularity: week, end: day("2012-01-27") };
        assert!(period.contains(day("2012-01-21")) && !period.contains(day("2012-01-20")));
    }
}
