//! Recurrence rules: FREQ of DAILY, WEEKLY, MONTHLY and YEARLY with INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY,
//! BYSETPOS and WKST (RFC 5545, section 3.3.10). Rules by hour, week number or day of the year are refused.

use super::line;
use crate::calendar::days_in_month;
use crate::{Day, Weekday};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recurrence {
    frequency: Frequency,
    interval: i32,
    count: Option<u32>,
    until: Option<Day>,
    months: Vec<u32>,
    month_days: Vec<i32>,
    /// Which of the weekdays of a month or year (from its end where negative); every one where 0.
    weekdays: Vec<(i32, Weekday)>,
    positions: Vec<i32>,
    week_starts: Weekday,
}

/// What is left of the work that one file may ask for, in periods looked at: a hostile file cannot keep a reader busy.
#[derive(Debug)]
pub(super) struct Steps(u32);

impl Default for Steps {
    fn default() -> Self {
        Self(500_000)
    }
}

impl Steps {
    fn take(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }

    /// Whether a rule was cut short.
    pub(super) fn exhausted(&self) -> bool {
        self.0 == 0
    }
}

impl Recurrence {
    /// Reads the value of an RRULE.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut rule = Self {
            frequency: Frequency::Yearly,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
            week_starts: Weekday::Monday,
        };
        let mut frequency = None;
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("{part}=…"))?;
            let (name, value) = (name.trim().to_ascii_uppercase(), value.trim().to_ascii_uppercase());
            match name.as_str() {
                "FREQ" => {
                    frequency = Some(match value.as_str() {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        _ => return Err("FREQ of DAILY, WEEKLY, MONTHLY or YEARLY".to_owned()),
                    });
                }
                "INTERVAL" => rule.interval = number(&value, 1, 10_000).ok_or("INTERVAL of 1 to 10000")?,
                "COUNT" => rule.count = Some(number(&value, 1, 1_000_000).ok_or("COUNT of at least 1")? as u32),
                "UNTIL" => rule.until = Some(line::day(&value).ok_or("UNTIL such as 20301231")?.0),
                "BYMONTH" => {
                    let months = list(&value, |part| number(part, 1, 12)).ok_or("BYMONTH of 1 to 12")?;
                    rule.months = months.into_iter().map(|month| month as u32).collect();
                }
                "BYMONTHDAY" => {
                    let read = |part: &str| number(part, -31, 31).filter(|day| *day != 0);
                    rule.month_days = list(&value, read).ok_or("BYMONTHDAY of 1 to 31, or -31 to -1")?;
                }
                "BYSETPOS" => {
                    let read = |part: &str| number(part, -366, 366).filter(|at| *at != 0);
                    rule.positions = list(&value, read).ok_or("BYSETPOS of 1 to 366, or -366 to -1")?;
                }
                "BYDAY" => rule.weekdays = list(&value, ordinal_weekday).ok_or("BYDAY such as MO or -1FR")?,
                "WKST" => rule.week_starts = weekday(&value).ok_or("WKST such as MO")?,
                _ => return Err(format!("a rule without {name}: only days, weeks, months and years are read")),
            }
        }
        rule.frequency = frequency.ok_or("FREQ in the rule")?;
        let plain = matches!(rule.frequency, Frequency::Daily | Frequency::Weekly);
        if plain && rule.weekdays.iter().any(|(nth, _)| *nth != 0) {
            return Err("BYDAY without a number in a DAILY or WEEKLY rule".to_owned());
        }
        Ok(rule)
    }

    /// The days of a rule that starts on `start`, those before `first` left out, up to `last`.
    pub(super) fn days(&self, start: Day, first: Day, last: Day, steps: &mut Steps) -> Vec<Day> {
        let last = self.until.map_or(last, |until| until.min(last));
        // Without a count, what lies before the days asked for need not be looked at.
        let skipped = if self.count.is_some() { 0 } else { self.whole_periods(start, first).max(0) };
        let mut index = skipped - skipped % self.interval;
        let mut left = self.count.unwrap_or(u32::MAX);
        let mut found = Vec::new();
        while let Some((from, mut days)) = self.period(start, index).filter(|(from, _)| *from <= last) {
            debug_assert!(from <= last);
            if !steps.take() {
                break;
            }
            days.sort_unstable();
            days.dedup();
            for day in self.chosen(&days).into_iter().filter(|day| *day >= start && *day <= last) {
                if left == 0 {
                    return found;
                }
                left -= 1;
                if day >= first {
                    found.push(day);
                }
            }
            index = index.saturating_add(self.interval);
        }
        found
    }

    /// Periods from the one that holds `start` to one safely before `first`.
    fn whole_periods(&self, start: Day, first: Day) -> i32 {
        let days = first.since(start) - 7;
        match self.frequency {
            Frequency::Daily => days,
            Frequency::Weekly => days / 7 - 1,
            Frequency::Monthly => days / 31 - 1,
            Frequency::Yearly => days / 366 - 1,
        }
    }

    /// The first day of the `index`-th period (day, week, month, year) from the start's own, and its candidates; `None`
    /// past the calendar's end.
    fn period(&self, start: Day, index: i32) -> Option<(Day, Vec<Day>)> {
        let (year, month, date) = start.civil();
        match self.frequency {
            Frequency::Daily => {
                let day = beyond(start, index)?;
                Some((day, if self.passes(day) { vec![day] } else { Vec::new() }))
            }
            Frequency::Weekly => {
                let behind = (start.weekday() as i32 - self.week_starts as i32).rem_euclid(7);
                let from = beyond(start.plus(-behind), index.checked_mul(7)?)?;
                let own = [(0, start.weekday())];
                let weekdays = if self.weekdays.is_empty() { &own[..] } else { &self.weekdays };
                let wanted = |day: &Day| weekdays.iter().any(|(_, weekday)| *weekday == day.weekday());
                let week = (0..7).map(|ahead| from.plus(ahead)).filter(wanted);
                Some((
                    from,
                    week.filter(|day| self.months.is_empty() || self.months.contains(&day.civil().1)).collect(),
                ))
            }
            Frequency::Monthly => {
                let months = i64::from(year) * 12 + i64::from(month) - 1 + i64::from(index);
                let (year, month) = (i32::try_from(months / 12).ok()?, (months % 12) as u32 + 1);
                let from = Day::from_civil(year, month, 1).ok()?;
                let wanted = self.months.is_empty() || self.months.contains(&month);
                Some((from, if wanted { self.of_month(year, month, date) } else { Vec::new() }))
            }
            Frequency::Yearly => {
                let year = year.checked_add(index)?;
                let from = Day::from_civil(year, 1, 1).ok()?;
                if self.months.is_empty() && self.month_days.is_empty() && !self.weekdays.is_empty() {
                    return Some((from, nth_weekdays(&self.weekdays, from, Day::from_civil(year, 12, 31).ok()?)));
                }
                let own = if self.month_days.is_empty() { vec![month] } else { (1..=12).collect() };
                let months = if self.months.is_empty() { &own } else { &self.months };
                Some((from, months.iter().flat_map(|month| self.of_month(year, *month, date)).collect()))
            }
        }
    }

    /// The candidates within a month; the start's own date where the rule names no days.
    fn of_month(&self, year: i32, month: u32, date: u32) -> Vec<Day> {
        let length = days_in_month(year, month);
        let civil = |day: u32| Day::from_civil(year, month, day).ok();
        let (Some(from), Some(to)) = (civil(1), civil(length)) else { return Vec::new() };
        let weekdays = nth_weekdays(&self.weekdays, from, to);
        if self.month_days.is_empty() {
            return if self.weekdays.is_empty() { civil(date).into_iter().collect() } else { weekdays };
        }
        let dates = self.month_days.iter().filter_map(|day| {
            let day = if *day < 0 { length as i32 + 1 + day } else { *day };
            u32::try_from(day).ok().and_then(civil)
        });
        dates.filter(|day| self.weekdays.is_empty() || weekdays.contains(day)).collect()
    }

    /// Whether a day passes what limits a daily rule.
    fn passes(&self, day: Day) -> bool {
        let (year, month, date) = day.civil();
        let from_end = date as i32 - days_in_month(year, month) as i32 - 1;
        (self.months.is_empty() || self.months.contains(&month))
            && (self.month_days.is_empty()
                || self.month_days.contains(&(date as i32))
                || self.month_days.contains(&from_end))
            && (self.weekdays.is_empty() || self.weekdays.iter().any(|(_, weekday)| *weekday == day.weekday()))
    }

    /// Those of a period's days that BYSETPOS names.
    fn chosen(&self, days: &[Day]) -> Vec<Day> {
        if self.positions.is_empty() {
            return days.to_vec();
        }
        let index = |at: &i32| if *at < 0 { days.len() as i32 + at } else { at - 1 };
        let mut chosen: Vec<Day> =
            self.positions.iter().filter_map(|at| days.get(usize::try_from(index(at)).ok()?).copied()).collect();
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }
}

/// So many days later; `None` past the calendar's end.
fn beyond(day: Day, days: i32) -> Option<Day> {
    let later = day.plus(days);
    (later.since(day) == days).then_some(later)
}

/// The weekdays between two days: every one, or the n-th, from the end where negative.
fn nth_weekdays(weekdays: &[(i32, Weekday)], from: Day, to: Day) -> Vec<Day> {
    let mut found = Vec::new();
    for (nth, weekday) in weekdays {
        let ahead = (*weekday as i32 - from.weekday() as i32).rem_euclid(7);
        let all: Vec<Day> = (0..54).map(|week| from.plus(ahead + 7 * week)).take_while(|day| *day <= to).collect();
        match nth {
            0 => found.extend(all),
            nth if *nth > 0 => found.extend(all.get(*nth as usize - 1)),
            nth => found.extend(all.len().checked_sub(nth.unsigned_abs() as usize).and_then(|at| all.get(at))),
        }
    }
    found
}

fn number(text: &str, least: i32, most: i32) -> Option<i32> {
    text.trim().trim_start_matches('+').parse().ok().filter(|number| (least..=most).contains(number))
}

fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').take(400).map(|part| read(part.trim())).collect()
}

fn weekday(text: &str) -> Option<Weekday> {
    let index = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].iter().position(|name| *name == text)?;
    Some(Weekday::ALL[index])
}

fn ordinal_weekday(text: &str) -> Option<(i32, Weekday)> {
    let at = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at))?;
    let (nth, name) = text.split_at(at);
    let nth = if nth.is_empty() { 0 } else { number(nth, -53, 53).filter(|nth| *nth != 0)? };
    Some((nth, weekday(name)?))
}
