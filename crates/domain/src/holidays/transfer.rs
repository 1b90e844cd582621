//! Days in lieu: where a holiday goes that falls on a weekend, or amid a week.

use crate::{Day, Weekday};
use std::collections::BTreeSet;

/// A country's custom with a holiday that falls on an awkward day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transfer {
    /// Kept on its day.
    Stays,
    /// Saturday's on Friday, Sunday's on Monday (United States).
    Nearest,
    /// Saturday's and Sunday's on the next working day that is not a holiday (United Kingdom, New Zealand, China).
    NextWorkingDay,
    /// Sunday's on Monday, unless that is a holiday already (South Africa).
    SundayToMonday,
    /// Sunday's on the next day that is not a holiday (Japan).
    SundayToNextDay,
    /// Sunday's on Saturday, in place of its own day (the Netherlands).
    SundayMovesToSaturday,
    /// Sunday's, or one that meets another holiday, on the next working day (Korea's feasts).
    SundayOrMeeting,
    /// The same with Saturday's (Korea's other days).
    WeekendOrMeeting,
    /// The weekend's first day on the day before, its second on the day after (Saudi Arabia).
    ArabianWeekend,
    /// Each day of the weekend on the next working day (Saudi Arabia's feasts).
    ArabianFeast,
    /// To make long weekends: Tuesday's and Saturday's to the working day before, Wednesday's and Thursday's to Friday,
    /// Sunday's to Monday (Ecuador since 2017).
    LongWeekend,
}

impl Transfer {
    /// Whether the day in lieu takes the holiday's place instead of being added to it.
    pub(super) fn replaces(self) -> bool {
        self == Self::SundayMovesToSaturday
    }

    /// The day in lieu of a holiday on `day`, where there is one. `taken` are the days that are holidays already,
    /// `meets` says whether another holiday falls on the same day.
    pub(super) fn in_lieu(self, day: Day, meets: bool, taken: &BTreeSet<Day>) -> Option<Day> {
        use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
        let weekday = day.weekday();
        let free = |day: Day| (!taken.contains(&day)).then_some(day);
        match (self, weekday) {
            (Self::Nearest, Saturday) => free(day.plus(-1)),
            (Self::Nearest | Self::SundayToMonday, Sunday) => free(day.plus(1)),
            (Self::NextWorkingDay, Saturday | Sunday) | (Self::SundayOrMeeting, Sunday) => next_working(day, taken),
            (Self::SundayOrMeeting, _) if meets => next_working(day, taken),
            (Self::WeekendOrMeeting, Saturday | Sunday) => next_working(day, taken),
            (Self::WeekendOrMeeting, _) if meets => next_working(day, taken),
            (Self::SundayToNextDay, Sunday) => (1..8).map(|ahead| day.plus(ahead)).find(|day| !taken.contains(day)),
            (Self::SundayMovesToSaturday, Sunday) => Some(day.plus(-1)),
            (Self::ArabianWeekend, _) if weekday == arabian_weekend(day)[0] => free(day.plus(-1)),
            (Self::ArabianWeekend, _) if weekday == arabian_weekend(day)[1] => free(day.plus(1)),
            (Self::ArabianFeast, _) if arabian_weekend(day).contains(&weekday) => {
                let works = |day: &Day| !arabian_weekend(*day).contains(&day.weekday()) && !taken.contains(day);
                (1..15).map(|ahead| day.plus(ahead)).find(works)
            }
            (Self::LongWeekend, Tuesday | Saturday) => free(day.plus(-1)),
            (Self::LongWeekend, Wednesday) => free(day.plus(2)),
            (Self::LongWeekend, Thursday) => free(day.plus(1)),
            (Self::LongWeekend, Sunday) => next_working(day, taken),
            (_, Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday) => None,
        }
    }
}

fn next_working(day: Day, taken: &BTreeSet<Day>) -> Option<Day> {
    let works = |day: &Day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !taken.contains(day);
    (1..15).map(|ahead| day.plus(ahead)).find(works)
}

/// Thursday and Friday until the decree of June 2013, Friday and Saturday since.
fn arabian_weekend(day: Day) -> [Weekday; 2] {
    const CHANGED: i32 = 15_885; // 2013-06-29
    let since = day.epoch_days() >= CHANGED;
    if since { [Weekday::Friday, Weekday::Saturday] } else { [Weekday::Thursday, Weekday::Friday] }
}
