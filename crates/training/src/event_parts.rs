//! Events laid over periods by date: which share of a period the days around an event take.
//!
//! An event's surroundings are cut into parts (the day before, the week before that, the event itself, the days after).
//! In each period a part counts by the share of the period's days that it covers, so that a week or month that holds half
//! of an event's run-up gets half of its effect, wherever the event moves from year to year.

use crate::Calendar;
use aisle_domain::{Day, Granularity, Period};
use aisle_engine::Occurrence;

/// Part of the days around an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// From so many days before the first day to so many (the nearer one is smaller).
    Before(i32, i32),
    /// The event itself.
    On,
    /// From so many days after the last day to so many.
    After(i32, i32),
}

/// Parts before and after an event that are tried, nearest first: windows grow outwards from the event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidates {
    pub(crate) before: &'static [(i32, i32)],
    pub(crate) after: &'static [(i32, i32)],
}

/// The candidates for periods of a length: no finer than what the periods can tell.
pub(crate) fn candidates(granularity: Granularity) -> Candidates {
    match granularity {
        Granularity::Day => Candidates {
            before: &[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 7), (8, 10), (11, 14), (15, 21), (22, 28)],
            after: &[(1, 1), (2, 2), (3, 3), (4, 7), (8, 14)],
        },
        Granularity::Week { .. } => {
            Candidates { before: &[(1, 7), (8, 14), (15, 21), (22, 28)], after: &[(1, 7), (8, 14)] }
        }
        Granularity::Month => Candidates { before: &[(1, 14), (15, 28)], after: &[(1, 14)] },
    }
}

impl Part {
    /// First and last day of the part around an occurrence.
    fn days(self, occurrence: &Occurrence) -> (Day, Day) {
        match self {
            Self::Before(near, far) => (occurrence.first.plus(-far), occurrence.first.plus(-near)),
            Self::On => (occurrence.first, occurrence.last),
            Self::After(near, far) => (occurrence.last.plus(near), occurrence.last.plus(far)),
        }
    }
}

/// The share of each period (history and future) that a part of some occurrences covers. `weight` says how much of the
/// unit looked at an occurrence concerns, 0 to 1.
pub(crate) fn shares(
    calendar: &Calendar,
    occurrences: &[Occurrence],
    part: Part,
    weight: impl Fn(&Occurrence) -> f64,
) -> Vec<f64> {
    let mut column = vec![0.0; calendar.ends.len()];
    for occurrence in occurrences {
        let weight = weight(occurrence);
        if weight <= 0.0 {
            continue;
        }
        for (period, share) in covered(calendar, part.days(occurrence)) {
            column[period] += weight * share;
        }
    }
    column
}

/// Periods that a stretch of days touches, with the share of each that it covers.
pub(crate) fn covered(calendar: &Calendar, (first, last): (Day, Day)) -> impl Iterator<Item = (usize, f64)> + '_ {
    let granularity = calendar.granularity;
    let index = |day: Day| granularity.steps_between(calendar.ends[0], granularity.end_of(day));
    let (from, to) = (index(first).max(0), index(last).min(calendar.ends.len() as i32 - 1));
    (from..=to).map(move |index| {
        let period = Period { granularity, end: calendar.ends[index as usize] };
        let start = period.start();
        let days = period.end.since(start) + 1;
        let shared = last.min(period.end).since(first.max(start)) + 1;
        (index as usize, f64::from(shared.max(0)) / f64::from(days))
    })
}

/// The periods of an occurrence's window; empty unless `calendar` holds all of them.
pub(crate) fn window(calendar: &Calendar, occurrence: &Occurrence, before: i32, after: i32) -> std::ops::Range<usize> {
    let (first, last) = (occurrence.first.plus(-before), occurrence.last.plus(after));
    let granularity = calendar.granularity;
    let index = |day: Day| granularity.steps_between(calendar.ends[0], granularity.end_of(day));
    let (from, to) = (index(first), index(last));
    if from < 0 || to as usize >= calendar.ends.len() || to < from { 0..0 } else { from as usize..to as usize + 1 }
}
