//! What a column's values look like, over every row: type, order of dates, nulls, distinct values, range, histogram.

use crate::fields::boolean;
use crate::master::FastHash;
use crate::{dates, numbers};
use aisle_domain::import::{ColumnProfile, DateOrder, DecimalMark, HistogramBin, ValueType};
use std::collections::{HashMap, HashSet};
use xxhash_rust::xxh3::xxh3_64;

const MOST_DISTINCT: usize = 1_000;
const BINS: usize = 20;
const ORDERS: [DateOrder; 3] = [DateOrder::Ymd, DateOrder::Dmy, DateOrder::Mdy];

/// Counts over a column, first pass.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) rows: u64,
    pub(crate) nulls: u64,
    booleans: u64,
    integers: u64,
    /// Numbers with a decimal point, with a decimal comma, and those whose single mark may be either.
    pub(crate) points: u64,
    pub(crate) commas: u64,
    pub(crate) either: u64,
    /// Values that are dates, by [`ORDERS`]; a plain number is none.
    dates: [u64; 3],
    timestamps: u64,
    epoch_seconds: u64,
    epoch_millis: u64,
    weekdays: [u64; 7],
    month_ends: u64,
    month_starts: u64,
    distinct: HashSet<u64, FastHash>,
    frequent: HashMap<Vec<u8>, u64, FastHash>,
    range: Range,
    last: Option<(Vec<u8>, Kind)>,
}

/// Ranges by each reading that a column may turn out to have.
#[derive(Debug, Default)]
struct Range {
    point: Span<f64>,
    comma: Span<f64>,
    dates: [Span<f64>; 3],
    text: Span<Vec<u8>>,
}

#[derive(Debug)]
struct Span<T> {
    min: Option<(T, Vec<u8>)>,
    max: Option<(T, Vec<u8>)>,
}

impl<T> Default for Span<T> {
    fn default() -> Self {
        Self { min: None, max: None }
    }
}

impl<T: PartialOrd + Clone> Span<T> {
    fn add(&mut self, value: T, text: &[u8]) {
        if self.min.as_ref().is_none_or(|(min, _)| value < *min) {
            self.min = Some((value.clone(), text.to_vec()));
        }
        if self.max.as_ref().is_none_or(|(max, _)| value > *max) {
            self.max = Some((value, text.to_vec()));
        }
    }
}

/// What one value can be read as.
#[derive(Debug, Clone, Copy, Default)]
struct Kind {
    point: Option<f64>,
    comma: Option<f64>,
    integer: bool,
    either: bool,
    /// Days since 1970, by [`ORDERS`].
    days: [Option<i32>; 3],
    timestamp: bool,
}

/// What a column turned out to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) kind: ValueType,
    pub(crate) order: Option<DateOrder>,
}

impl Column {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            rows: 0,
            nulls: 0,
            booleans: 0,
            integers: 0,
            points: 0,
            commas: 0,
            either: 0,
            dates: [0; 3],
            timestamps: 0,
            epoch_seconds: 0,
            epoch_millis: 0,
            weekdays: [0; 7],
            month_ends: 0,
            month_starts: 0,
            distinct: HashSet::default(),
            frequent: HashMap::default(),
            range: Range::default(),
            last: None,
        }
    }

    /// Rows with a value.
    pub(crate) fn valued(&self) -> u64 {
        self.rows - self.nulls
    }

    /// Adds a value; `null` where it stands for none.
    pub(crate) fn add(&mut self, text: &[u8], null: bool) {
        self.rows += 1;
        if null {
            self.nulls += 1;
            return;
        }
        let text = text.trim_ascii();
        let repeated = self.last.as_ref().filter(|(last, _)| last == text).map(|(_, kind)| *kind);
        let kind = repeated.unwrap_or_else(|| read(text));
        self.booleans += u64::from(boolean(text).is_some());
        self.integers += u64::from(kind.integer);
        self.either += u64::from(kind.either);
        self.points += u64::from(!kind.integer && !kind.either && kind.point.is_some());
        self.commas += u64::from(!kind.integer && !kind.either && kind.comma.is_some());
        self.timestamps += u64::from(kind.timestamp);
        for (count, day) in self.dates.iter_mut().zip(kind.days) {
            *count += u64::from(day.is_some());
        }
        if kind.integer {
            self.epoch_seconds += u64::from(kind.point.is_some_and(|n| (5e8..4e9).contains(&n)));
            self.epoch_millis += u64::from(kind.point.is_some_and(|n| (5e11..4e12).contains(&n)));
        }
        if repeated.is_some() {
            if let Some(count) = self.frequent.get_mut(text) {
                *count += 1;
            }
            return;
        }
        self.spread(text, &kind);
        if self.distinct.len() < MOST_DISTINCT && self.distinct.insert(xxh3_64(text)) {
            self.frequent.insert(text.to_vec(), 0);
        }
        if let Some(count) = self.frequent.get_mut(text) {
            *count += 1;
        }
        self.last = Some((text.to_vec(), kind));
    }

    fn spread(&mut self, text: &[u8], kind: &Kind) {
        if let Some(number) = kind.point {
            self.range.point.add(number, text);
        }
        if let Some(number) = kind.comma {
            self.range.comma.add(number, text);
        }
        for (span, day) in self.range.dates.iter_mut().zip(kind.days) {
            if let Some(day) = day {
                span.add(f64::from(day), text);
            }
        }
        self.range.text.add(text.to_vec(), text);
        // Which weekday or part of the month the days are; the first order that reads them settles it well enough.
        if let Some(day) = kind.days.iter().flatten().next() {
            let day = aisle_domain::Day::from_epoch_days(*day);
            self.weekdays[day.weekday() as usize] += 1;
            self.month_ends += u64::from(day.plus(1).civil().2 == 1);
            self.month_starts += u64::from(day.civil().2 == 1);
        }
    }

    /// Whether every value is a number by one decimal mark or the other.
    pub(crate) fn numeric(&self) -> bool {
        self.valued() > 0 && self.integers + self.points + self.commas + self.either == self.valued()
    }

    /// Orders of date parts that read every value that any of them reads, where most values are dates.
    pub(crate) fn orders(&self) -> Vec<DateOrder> {
        let most = self.dates.iter().copied().max().unwrap_or(0);
        if most * 2 <= self.valued() {
            return Vec::new();
        }
        let fitting = ORDERS.iter().zip(self.dates).filter(|(_, count)| *count == most);
        let orders: Vec<DateOrder> = fitting.map(|(order, _)| *order).collect();
        // A year in front is read by the first order alone; names of months by the last two alike.
        if self.dates[1] == most && self.dates[2] == most && self.same_both_ways() {
            vec![DateOrder::Dmy]
        } else {
            orders
        }
    }

    /// Whether day-first and month-first reading give the same range, as they do where months are written as words.
    fn same_both_ways(&self) -> bool {
        self.frequent.keys().all(|text| {
            let day = |order| dates::parse(text, order).map(|moment| moment.day);
            day(DateOrder::Dmy) == day(DateOrder::Mdy)
        })
    }

    /// Seconds or milliseconds since 1970, where every value may be that.
    pub(crate) fn epoch(&self) -> Option<DateOrder> {
        let all = self.valued();
        match all {
            0 => None,
            _ if self.epoch_seconds == all => Some(DateOrder::UnixSeconds),
            _ if self.epoch_millis == all => Some(DateOrder::UnixMillis),
            _ => None,
        }
    }

    /// The one weekday of every date, where there is one and at least three dates.
    pub(crate) fn weekday(&self) -> Option<aisle_domain::Weekday> {
        let days: u64 = self.weekdays.iter().sum();
        let at = self.weekdays.iter().position(|count| *count == days && days >= 3)?;
        aisle_domain::Weekday::ALL.get(at).copied()
    }

    /// Whether every date is the first, or every date the last, of a month, and there are at least three.
    pub(crate) fn monthly(&self) -> bool {
        let days: u64 = self.weekdays.iter().sum();
        days >= 3 && (self.month_ends == days || self.month_starts == days)
    }

    /// Whether no value repeats, as far as distinct values are counted.
    pub(crate) fn unique(&self) -> bool {
        self.distinct.len() >= MOST_DISTINCT || self.distinct.len() as u64 == self.valued()
    }

    /// Distinct values, up to 1,000.
    pub(crate) fn distinct(&self) -> usize {
        self.distinct.len()
    }

    /// The narrowest type that holds every value.
    pub(crate) fn settle(&self, mark: DecimalMark) -> Settled {
        let all = self.valued();
        let decimals = match mark {
            DecimalMark::Point => self.points,
            DecimalMark::Comma => self.commas,
        };
        let words = self.frequent.keys().any(|text| text.first().is_some_and(u8::is_ascii_alphabetic));
        let order = self.orders().first().copied();
        let dated = self.dates.iter().copied().max().unwrap_or(0);
        let kind = match () {
            () if all == 0 => ValueType::Empty,
            () if self.booleans == all && words => ValueType::Boolean,
            () if dated == all && order.is_some() && self.integers == 0 && self.timestamps > 0 => ValueType::Timestamp,
            () if dated == all && order.is_some() && (self.integers == 0 || self.integers == all) => ValueType::Date,
            () if self.integers == all => ValueType::Integer,
            () if self.integers + decimals + self.either == all => ValueType::Decimal,
            () => ValueType::Text,
        };
        Settled { kind, order }
    }

    /// The second pass: counts of equal bins from least to greatest.
    pub(crate) fn bins(&self, mark: DecimalMark) -> Option<Bins> {
        let settled = self.settle(mark);
        let (span, reading) = match settled.kind {
            ValueType::Integer | ValueType::Decimal if mark == DecimalMark::Point => {
                (&self.range.point, Reading::Number(mark))
            }
            ValueType::Integer | ValueType::Decimal => (&self.range.comma, Reading::Number(mark)),
            ValueType::Date | ValueType::Timestamp => {
                let order = settled.order?;
                let at = ORDERS.iter().position(|known| *known == order)?;
                (&self.range.dates[at], Reading::Date(order))
            }
            _ => return None,
        };
        let ((min, _), (max, _)) = (span.min.as_ref()?, span.max.as_ref()?);
        let whole = settled.kind != ValueType::Decimal;
        let steps = if whole { ((max - min + 1.0) / BINS as f64).ceil().max(1.0) } else { (max - min) / BINS as f64 };
        Some(Bins { min: *min, width: if steps > 0.0 { steps } else { 1.0 }, whole, reading, counts: vec![0; BINS] })
    }

    /// The profile.
    pub(crate) fn profile(&self, mark: DecimalMark, bins: Option<Bins>) -> ColumnProfile {
        let settled = self.settle(mark);
        let (min, max) = match settled.kind {
            ValueType::Integer | ValueType::Decimal if mark == DecimalMark::Point => texts(&self.range.point),
            ValueType::Integer | ValueType::Decimal => texts(&self.range.comma),
            ValueType::Date | ValueType::Timestamp => {
                let at = ORDERS.iter().position(|known| Some(*known) == settled.order).unwrap_or(0);
                texts(&self.range.dates[at])
            }
            _ => texts(&self.range.text),
        };
        let histogram = bins.map_or_else(|| self.most_frequent(), Bins::shown);
        ColumnProfile {
            column: self.name.clone(),
            kind: settled.kind,
            rows: self.rows,
            nulls: self.nulls,
            distinct: self.distinct.len() as u32,
            min,
            max,
            histogram,
        }
    }

    fn most_frequent(&self) -> Vec<HistogramBin> {
        let mut values: Vec<(&Vec<u8>, &u64)> = self.frequent.iter().collect();
        values.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let bin = |(text, rows): (&Vec<u8>, &u64)| HistogramBin {
            label: String::from_utf8_lossy(text).into_owned(),
            rows: *rows,
        };
        values.into_iter().take(BINS).map(bin).collect()
    }
}

fn texts<T>(span: &Span<T>) -> (Option<String>, Option<String>) {
    let text = |end: &Option<(T, Vec<u8>)>| end.as_ref().map(|(_, text)| String::from_utf8_lossy(text).into_owned());
    (text(&span.min), text(&span.max))
}

fn read(text: &[u8]) -> Kind {
    let mut kind = Kind::default();
    let number = |mark| numbers::parse(text, mark).map(numbers::Decimal::to_f64);
    (kind.point, kind.comma) = (number(DecimalMark::Point), number(DecimalMark::Comma));
    let mark = text.iter().any(|byte| matches!(byte, b'.' | b','));
    kind.integer = kind.point.is_some()
        && !mark
        && numbers::parse(text, DecimalMark::Point).is_some_and(|n| n.scale == 0 && !n.percent);
    kind.either = mark && kind.point.is_some() && kind.comma.is_some();
    let compact = kind.integer && text.len() == 8;
    if (kind.point.is_none() && kind.comma.is_none() && text.len() >= 6) || compact {
        for (day, order) in kind.days.iter_mut().zip(ORDERS) {
            if compact && order != DateOrder::Ymd {
                continue;
            }
            if let Some(moment) = dates::parse(text, order) {
                let plausible = !compact || (1950..2100).contains(&moment.day.civil().0);
                *day = plausible.then_some(moment.day.epoch_days());
                kind.timestamp |= moment.micros.is_some();
            }
        }
    }
    kind
}

#[derive(Debug, Clone, Copy)]
enum Reading {
    Number(DecimalMark),
    Date(DateOrder),
}

/// Equal bins, filled on a second pass.
#[derive(Debug)]
pub(crate) struct Bins {
    min: f64,
    width: f64,
    whole: bool,
    reading: Reading,
    counts: Vec<u64>,
}

impl Bins {
    pub(crate) fn add(&mut self, text: &[u8]) {
        let value = match self.reading {
            Reading::Number(mark) => numbers::parse(text, mark).map(numbers::Decimal::to_f64),
            Reading::Date(order) => dates::parse(text, order).map(|moment| f64::from(moment.day.epoch_days())),
        };
        if let Some(value) = value {
            let at = ((value - self.min) / self.width) as usize;
            self.counts[at.min(BINS - 1)] += 1;
        }
    }

    fn shown(self) -> Vec<HistogramBin> {
        let used = self.counts.iter().rposition(|rows| *rows > 0).map_or(0, |last| last + 1);
        let label = |at: usize| {
            let bound = self.min + self.width * at as f64;
            match self.reading {
                Reading::Date(_) => aisle_domain::Day::from_epoch_days(bound as i32).to_string(),
                Reading::Number(_) if self.whole => format!("{bound:.0}"),
                Reading::Number(_) if self.width >= 10.0 => format!("{bound:.0}"),
                Reading::Number(_) => format!("{bound:.3}"),
            }
        };
        (0..used).map(|at| HistogramBin { label: label(at), rows: self.counts[at] }).collect()
    }
}
