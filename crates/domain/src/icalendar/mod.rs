//! A shop's own events from an iCalendar file (RFC 5545), as calendar programs export them.
//!
//! Read are VEVENT with SUMMARY, DTSTART, DTEND or DURATION, RRULE (by days, weeks, months and years), RDATE, EXDATE, STATUS, CATEGORIES
//! and LOCATION; instances that were moved (RECURRENCE-ID) take their new day. Times of day and time zones are dropped:
//! events are counted in days. What cannot be read is told by line and left out; the rest of the file counts.

mod line;
mod recurrence;

use crate::{CalendarEvent, Day, HolidayKind};
use line::{Line, lines};
use recurrence::{Recurrence, Steps};
use std::collections::BTreeSet;

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarFile {
    /// Its events within the days asked for, by day.
    pub events: Vec<FileEvent>,
    /// What could not be read, by line.
    pub rejected: Vec<RejectedLine>,
}

/// One time that an event of a file happens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileEvent {
    /// The event; its location is for the reader to choose, see [`Self::place`].
    pub event: CalendarEvent,
    /// Closure where its categories say closed, closure or closing, else local.
    pub kind: HolidayKind,
    /// The words of LOCATION.
    pub place: Option<String>,
    /// Line of its BEGIN:VEVENT, counted from 1.
    pub line: u32,
}

/// A line, or an event, that was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RejectedLine {
    /// The line, counted from 1.
    pub line: u32,
    /// What was found there, cut after 200 characters.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

/// Longest event, in days.
const LONGEST: i32 = 400;
/// Most events that are taken from one file.
const MOST_EVENTS: usize = 100_000;

/// Reads a file, and lays its events out over the days from `first` to `last`. Any bytes may come.
pub fn read(bytes: &[u8], first: Day, last: Day) -> CalendarFile {
    let mut file = CalendarFile::default();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut draft: Option<Draft> = None;
    // Components inside of an event (alarms) and beside it (time zones) are passed over.
    let mut inside: Vec<String> = Vec::new();
    let mut calendars = 0;
    for (number, text) in lines(bytes) {
        let line = match Line::parse(&text) {
            Ok(line) => line,
            Err(expected) => {
                file.reject(number, &text, expected);
                continue;
            }
        };
        match (line.name.as_str(), draft.as_mut()) {
            ("BEGIN", None) if line.value.eq_ignore_ascii_case("VEVENT") => draft = Some(Draft::new(number)),
            ("BEGIN", _) => {
                calendars += usize::from(line.value.eq_ignore_ascii_case("VCALENDAR"));
                inside.push(line.value.to_ascii_uppercase());
            }
            ("END", Some(_)) if line.value.eq_ignore_ascii_case("VEVENT") => {
                inside.retain(|component| component == "VCALENDAR");
                drafts.extend(draft.take());
            }
            ("END", _) => {
                let open = inside.pop();
                if open.is_none_or(|open| !open.eq_ignore_ascii_case(&line.value)) {
                    file.reject(number, &text, "the END of what was begun last");
                }
            }
            (_, Some(draft)) if inside.last().is_none_or(|component| component == "VCALENDAR") => {
                if let Err(expected) = draft.take(&line) {
                    file.reject(number, &text, &expected);
                    draft.broken |= matches!(line.name.as_str(), "DTSTART" | "DTEND" | "DURATION");
                }
            }
            _ => {}
        }
    }
    if let Some(open) = draft {
        file.reject(open.line, "BEGIN:VEVENT", "an END:VEVENT before the file ends");
    }
    if calendars == 0 {
        file.reject(1, &String::from_utf8_lossy(&bytes[..bytes.len().min(80)]), "BEGIN:VCALENDAR");
    }
    file.lay_out(&drafts, first, last);
    file.events.sort_by(|a, b| (a.event.first, &a.event.name, a.line).cmp(&(b.event.first, &b.event.name, b.line)));
    file.events.dedup_by(|a, b| a.event == b.event && a.place == b.place);
    file.rejected.sort();
    file
}

impl CalendarFile {
    fn reject(&mut self, line: u32, found: &str, expected: &str) {
        let found = found.chars().take(200).collect();
        self.rejected.push(RejectedLine { line, found, expected: expected.to_owned() });
    }

    fn lay_out(&mut self, drafts: &[Draft], first: Day, last: Day) {
        let mut steps = Steps::default();
        // Moved instances by event and the day that they were moved from.
        let moved: BTreeSet<(&str, Day)> =
            drafts.iter().filter_map(|draft| Some((draft.uid.as_deref()?, draft.instead_of?))).collect();
        for draft in drafts.iter().filter(|draft| !draft.cancelled && !draft.broken) {
            let Some(start) = draft.start else {
                self.reject(draft.line, "BEGIN:VEVENT", "a DTSTART in the event");
                continue;
            };
            let length = match draft.length(start) {
                Ok(length) => length,
                Err(expected) => {
                    self.reject(draft.line, "BEGIN:VEVENT", expected);
                    continue;
                }
            };
            let mut days = draft.dates.clone();
            match &draft.recurrence {
                Some(rule) => days.extend(rule.days(start, first.plus(-length), last, &mut steps)),
                None => days.push(start),
            }
            let replaced = |day: &Day| {
                draft.instead_of.is_none() && draft.uid.as_deref().is_some_and(|uid| moved.contains(&(uid, *day)))
            };
            days.retain(|day| !draft.left_out.contains(day) && !replaced(day));
            for day in days {
                let until = day.plus(length);
                if until < first || day > last {
                    continue;
                }
                if self.events.len() >= MOST_EVENTS || steps.exhausted() {
                    self.reject(draft.line, "BEGIN:VEVENT", "fewer recurrences: the rest of the file is left out");
                    return;
                }
                let name = draft.summary.clone().unwrap_or_else(|| "Event".to_owned());
                let event = CalendarEvent { name, first: day, last: until, location: None };
                let (kind, place) = (draft.kind, draft.place.clone());
                self.events.push(FileEvent { event, kind, place, line: draft.line });
            }
        }
    }
}

/// An event as its lines come.
#[derive(Debug)]
struct Draft {
    line: u32,
    uid: Option<String>,
    summary: Option<String>,
    place: Option<String>,
    kind: HolidayKind,
    start: Option<Day>,
    /// Last day, inclusive.
    end: Option<Day>,
    /// Days that it lasts after the first.
    lasting: Option<i32>,
    recurrence: Option<Recurrence>,
    dates: Vec<Day>,
    left_out: BTreeSet<Day>,
    instead_of: Option<Day>,
    cancelled: bool,
    broken: bool,
}

impl Draft {
    fn new(line: u32) -> Self {
        Self {
            line,
            uid: None,
            summary: None,
            place: None,
            kind: HolidayKind::Local,
            start: None,
            end: None,
            lasting: None,
            recurrence: None,
            dates: Vec::new(),
            left_out: BTreeSet::new(),
            instead_of: None,
            cancelled: false,
            broken: false,
        }
    }

    fn take(&mut self, line: &Line) -> Result<(), String> {
        const DAY: &str = "a day such as 20241224, or a time such as 20241224T180000Z";
        let one = || line.day().ok_or_else(|| DAY.to_owned());
        let many = || {
            let days = line.value.split(',').map(|part| line::day(part).map(|(day, _)| day));
            days.collect::<Option<Vec<Day>>>().ok_or_else(|| DAY.to_owned())
        };
        match line.name.as_str() {
            "UID" => self.uid = Some(line.value.clone()),
            "SUMMARY" => self.summary = Some(line.text()).filter(|text| !text.is_empty()),
            "LOCATION" => self.place = Some(line.text()).filter(|text| !text.is_empty()),
            "STATUS" => self.cancelled = line.value.eq_ignore_ascii_case("CANCELLED"),
            "CATEGORIES" => {
                let closed = |word: &str| ["CLOSED", "CLOSURE", "CLOSING"].iter().any(|c| c.eq_ignore_ascii_case(word));
                if line.value.split(',').any(|word| closed(word.trim())) {
                    self.kind = HolidayKind::Closure;
                }
            }
            "DTSTART" => self.start = Some(one()?.0),
            "DTEND" => {
                // The end is the first moment after: midnight belongs to the day before.
                let (day, midnight) = one()?;
                self.end = Some(if midnight { day.plus(-1) } else { day });
            }
            "DURATION" => {
                let lasting = line::duration_days(&line.value);
                self.lasting = Some(lasting.ok_or_else(|| "a duration such as P3D or P1W".to_owned())?);
            }
            "RECURRENCE-ID" => self.instead_of = Some(one()?.0),
            "EXDATE" => self.left_out.extend(many()?),
            "RDATE" => self.dates.extend(many()?),
            "RRULE" => self.recurrence = Some(Recurrence::parse(&line.value)?),
            _ => {}
        }
        Ok(())
    }

    /// Days after the first on which it lasts.
    fn length(&self, start: Day) -> Result<i32, &'static str> {
        // An event that ends at the midnight it starts at still has its day.
        let length = self.end.map_or(self.lasting.unwrap_or(0), |end| end.since(start).max(-1)).max(0);
        if self.end.is_some_and(|end| end.since(start) < -1) {
            return Err("a DTEND that is not before DTSTART");
        }
        if length > LONGEST { Err("an event of at most 400 days") } else { Ok(length) }
    }
}

#[cfg(test)]
mod tests;
