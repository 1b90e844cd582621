//! What a shop is planned in, and how far planners look back and ahead in those periods; when work recurs.

use crate::{Granularity, Weekday};
use serde::{Deserialize, Serialize};

/// The periods that a shop wants to be planned in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanningPeriod {
    /// Weeks where sales come by day, else the periods that they come in.
    #[default]
    Automatic,
    /// Days.
    Day,
    /// Weeks, to Sunday where sales come by day.
    Week,
    /// Calendar months.
    Month,
}

impl PlanningPeriod {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::Automatic, Self::Day, Self::Week, Self::Month];

    /// The word stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == word)
    }

    /// The periods to plan in where sales come in `native` ones. Sales that come by week or month cannot be told apart by
    /// day, and weeks do not add up to months: such shops are planned in what they have.
    pub fn of(self, native: Granularity) -> Granularity {
        match (native, self) {
            (Granularity::Day, Self::Day) => Granularity::Day,
            (Granularity::Day, Self::Automatic | Self::Week) => Granularity::Week { ends: Weekday::Sunday },
            (Granularity::Day, Self::Month) => Granularity::Month,
            (native, _) => native,
        }
    }
}

impl Granularity {
    /// Periods back to the same one of last year: 364 days, so that weekdays meet, 52 weeks, 12 months.
    pub fn year_back(self) -> usize {
        match self {
            Self::Day => 364,
            Self::Week { .. } => 52,
            Self::Month => 12,
        }
    }

    /// Periods that "recent" and "next" figures sum: four weeks of days, a quarter of weeks or months.
    pub fn recent(self) -> usize {
        match self {
            Self::Day => 28,
            Self::Week { .. } => 13,
            Self::Month => 3,
        }
    }

    /// Periods forecast where nobody says how many: 91 days, a year of weeks and one more, a year of months and one more.
    pub fn usual_horizon(self) -> usize {
        match self {
            Self::Day => 91,
            Self::Week { .. } => 53,
            Self::Month => 13,
        }
    }

    /// Periods that series are compared over to see which moved: about a month.
    pub fn moving(self) -> usize {
        match self {
            Self::Day => 28,
            Self::Week { .. } => 4,
            Self::Month => 1,
        }
    }

    /// Periods in a sparkline: a quarter of days, a year of weeks, three years of months.
    pub fn sparkline(self) -> usize {
        match self {
            Self::Day => 91,
            Self::Week { .. } => 52,
            Self::Month => 36,
        }
    }

    /// Periods of history that a chart shows where nobody says how many: half a year of days, two years of weeks, five of
    /// months.
    pub fn usual_history(self) -> usize {
        match self {
            Self::Day => 182,
            Self::Week { .. } => 104,
            Self::Month => 60,
        }
    }

    /// Its word: day, week, month.
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week { .. } => "week",
            Self::Month => "month",
        }
    }
}

/// When work recurs, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "every")]
pub enum Schedule {
    /// Never.
    #[default]
    Off,
    /// Each day.
    Day {
        /// At this hour, 0 to 23.
        hour: u8,
    },
    /// Each week.
    Week {
        /// On this day.
        on: Weekday,
        /// At this hour, 0 to 23.
        hour: u8,
    },
}

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

impl Schedule {
    /// The first time after `now`; both in microseconds since 1970 UTC. An hour beyond 23 is taken for 23.
    pub fn next_after(self, now: i64) -> Option<i64> {
        let day = now.div_euclid(DAY);
        let (days, hour, period) = match self {
            Self::Off => return None,
            Self::Day { hour } => (0, hour, 1),
            Self::Week { on, hour } => {
                // 1970-01-01 was a Thursday, day 3 of a week counted from Monday.
                let weekday = (day + 3).rem_euclid(7);
                ((on as i64 - weekday).rem_euclid(7), hour, 7)
            }
        };
        let at = (day + days) * DAY + i64::from(hour.min(23)) * HOUR;
        Some(if at > now { at } else { at + period * DAY })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Day;
    use proptest::prelude::*;

    #[test]
    fn only_a_shop_that_counts_in_days_can_choose() {
        let weekly = Granularity::Week { ends: Weekday::Friday };
        for period in PlanningPeriod::ALL {
            assert_eq!(PlanningPeriod::parse(period.name()), Some(period));
            assert_eq!(period.of(weekly), weekly);
            assert_eq!(period.of(Granularity::Month), Granularity::Month);
        }
        let chosen = PlanningPeriod::ALL.map(|period| period.of(Granularity::Day).word());
        assert_eq!(chosen, ["week", "day", "week", "month"]);
    }

    proptest! {
        #[test]
        fn the_next_time_is_the_first_of_its_hour_and_weekday(now in 0..4_000_000_000_000_000i64, hour in 0..24u8, on in 0..7usize) {
            for schedule in [Schedule::Day { hour }, Schedule::Week { on: Weekday::ALL[on], hour }] {
                let next = schedule.next_after(now).unwrap();
                let period = if matches!(schedule, Schedule::Day { .. }) { DAY } else { 7 * DAY };
                prop_assert!(next > now && next <= now + period);
                prop_assert_eq!(next.rem_euclid(DAY), i64::from(hour) * HOUR);
                prop_assert_eq!(schedule.next_after(next), Some(next + period));
                if let Schedule::Week { on, .. } = schedule {
                    prop_assert_eq!(Day::from_epoch_days(next.div_euclid(DAY) as i32).weekday(), on);
                }
            }
            prop_assert_eq!(Schedule::Off.next_after(now), None);
        }
    }
}
