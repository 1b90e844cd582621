//! What a column's values look like, over every row: type, order of dates, nulls, distinct values, range, histogram.
//!
//! The first thousand distinct texts of a column are only counted while it is read, and looked at once at the end; further
//! ones are looked at as they come.

use crate::dates;
use crate::distinct::Distinct;
use crate::fields::NullTokens;
use crate::histogram::{BINS, Bins, Cells, equal_bins};
use crate::readings::{Kind, ORDERS, read};
use aisle_domain::import::{ColumnProfile, DateOrder, DecimalMark, HistogramBin, ValueType};

const MOST_DISTINCT: usize = 1_000;

/// Counts over a column.
#[derive(Debug, Default)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) rows: u64,
    pub(crate) nulls: u64,
    known: Distinct,
    /// Rows of each known text; whether it stands for no value.
    repeats: Vec<(u64, bool)>,
    distinct: usize,
    /// Rows of texts beyond the known ones.
    beyond: u64,
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
    range: Range,
    spread: Spread,
}

/// Ranges by each reading that a column may turn out to have.
#[derive(Debug, Default)]
struct Range {
    point: Span,
    comma: Span,
    dates: [Span; 3],
    text: Option<(Vec<u8>, Vec<u8>)>,
    /// First bytes of the least and the greatest text: what begins between them is neither.
    begins: (u64, u64),
}

/// Values by each reading, where there are more than the known texts. Whole numbers read the same with either mark.
#[derive(Debug, Default)]
struct Spread {
    whole: Cells,
    point: Cells,
    comma: Cells,
    dates: [Cells; 3],
}

/// The least and the greatest value, as numbers and as written.
#[derive(Debug, Default)]
struct Span {
    min: Option<(f64, Vec<u8>)>,
    max: Option<(f64, Vec<u8>)>,
}

impl Span {
    fn add(&mut self, value: f64, text: &[u8]) {
        if self.min.as_ref().is_none_or(|(min, _)| value < *min) {
            self.min = Some((value, text.to_vec()));
        }
        if self.max.as_ref().is_none_or(|(max, _)| value > *max) {
            self.max = Some((value, text.to_vec()));
        }
    }
}

impl Range {
    #[inline]
    fn add_text(&mut self, text: &[u8]) {
        let mut begin = [0; 8];
        let known = text.len().min(8);
        begin[..known].copy_from_slice(&text[..known]);
        let begin = u64::from_be_bytes(begin);
        if self.text.is_some() && self.begins.0 < begin && begin < self.begins.1 {
            return;
        }
        match &mut self.text {
            None => {
                self.text = Some((text.to_vec(), text.to_vec()));
                self.begins = (begin, begin);
            }
            Some((min, _)) if text < min.as_slice() => (*min, self.begins.0) = (text.to_vec(), begin),
            Some((_, max)) if text > max.as_slice() => (*max, self.begins.1) = (text.to_vec(), begin),
            Some(_) => {}
        }
    }
}

/// What a column turned out to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) kind: ValueType,
    pub(crate) order: Option<DateOrder>,
}

impl Column {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Rows with a value.
    pub(crate) fn valued(&self) -> u64 {
        self.rows - self.nulls
    }

    /// Adds a value.
    #[inline]
    pub(crate) fn add(&mut self, text: &[u8], nulls: &NullTokens) {
        self.rows += 1;
        let text = text.trim_ascii();
        if let Some(known) = self.known.find(text) {
            self.repeats[known].0 += 1;
            return;
        }
        let null = nulls.is_null(text);
        if null || self.distinct < MOST_DISTINCT {
            self.known.number(text);
            self.repeats.push((1, null));
            self.distinct += usize::from(!null);
        } else {
            self.beyond += 1;
            let kind = read(text);
            self.count(text, &kind, 1);
            self.spread(&kind, 1);
        }
    }

    /// Looks at the texts that were only counted so far. To be called once, after the last row.
    pub(crate) fn finish(&mut self) {
        for (at, (rows, null)) in std::mem::take(&mut self.repeats).into_iter().enumerate() {
            if null {
                self.nulls += rows;
            } else {
                let text = self.known.text(at).to_vec();
                let kind = read(&text);
                self.count(&text, &kind, rows);
                if self.beyond > 0 {
                    self.spread(&kind, rows);
                }
            }
            self.repeats.push((rows, null));
        }
    }

    fn count(&mut self, text: &[u8], kind: &Kind, rows: u64) {
        let plural = |flag| if flag { rows } else { 0 };
        self.booleans += plural(kind.boolean);
        self.integers += plural(kind.integer);
        self.either += plural(kind.either);
        self.points += plural(!kind.integer && !kind.either && kind.point.is_some());
        self.commas += plural(!kind.integer && !kind.either && kind.comma.is_some());
        self.timestamps += plural(kind.timestamp);
        if kind.integer {
            self.epoch_seconds += plural(kind.point.is_some_and(|n| (5e8..4e9).contains(&n)));
            self.epoch_millis += plural(kind.point.is_some_and(|n| (5e11..4e12).contains(&n)));
        }
        if let Some(number) = kind.point {
            self.range.point.add(number, text);
        }
        if let Some(number) = kind.comma {
            self.range.comma.add(number, text);
        }
        for (at, day) in kind.days.iter().enumerate() {
            let Some(day) = day else { continue };
            self.dates[at] += rows;
            self.range.dates[at].add(f64::from(*day), text);
        }
        self.range.add_text(text);
        // Which weekday or part of the month the days are; the first order that reads them settles it well enough.
        if let Some(day) = kind.days.iter().flatten().next() {
            let day = aisle_domain::Day::from_epoch_days(*day);
            self.weekdays[day.weekday() as usize] += rows;
            self.month_ends += plural(day.plus(1).civil().2 == 1);
            self.month_starts += plural(day.civil().2 == 1);
        }
    }

    fn spread(&mut self, kind: &Kind, rows: u64) {
        match (kind.point, kind.comma) {
            (Some(number), Some(_)) if kind.integer => self.spread.whole.add(number, true, rows),
            (point, comma) => {
                point.into_iter().for_each(|number| self.spread.point.add(number, false, rows));
                comma.into_iter().for_each(|number| self.spread.comma.add(number, false, rows));
            }
        }
        for (cells, day) in self.spread.dates.iter_mut().zip(kind.days) {
            day.into_iter().for_each(|day| cells.add(f64::from(day), true, rows));
        }
    }

    /// The known texts that are values, with their rows.
    fn values(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let valued = self.repeats.iter().enumerate().filter(|(_, (_, null))| !null);
        valued.map(|(at, (rows, _))| (self.known.text(at), *rows))
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
        self.values().all(|(text, _)| {
            let day = |order| dates::parse(text, order).map(|moment| moment.day);
            day(DateOrder::Dmy) == day(DateOrder::Mdy)
        })
    }

    /// Seconds or milliseconds since 1970, where nearly every value may be that: the end of a file may be cut off.
    pub(crate) fn epoch(&self) -> Option<DateOrder> {
        let all = self.valued();
        let nearly_all = |count: u64| count * 100 >= all * 99;
        match all {
            0 => None,
            _ if nearly_all(self.epoch_seconds) => Some(DateOrder::UnixSeconds),
            _ if nearly_all(self.epoch_millis) => Some(DateOrder::UnixMillis),
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
        self.distinct >= MOST_DISTINCT || self.distinct as u64 == self.valued()
    }

    /// Distinct values, up to 1,000.
    pub(crate) fn distinct(&self) -> usize {
        self.distinct
    }

    /// The known values in the order in which they were met; every value, where there are no more than 1,000.
    pub(crate) fn known_values(&self) -> Vec<String> {
        self.values().map(|(text, _)| String::from_utf8_lossy(text).into_owned()).collect()
    }

    /// The narrowest type that holds every value.
    pub(crate) fn settle(&self, mark: DecimalMark) -> Settled {
        let all = self.valued();
        let decimals = match mark {
            DecimalMark::Point => self.points,
            DecimalMark::Comma => self.commas,
        };
        let words = self.values().any(|(text, _)| text.first().is_some_and(u8::is_ascii_alphabetic));
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

    /// The profile, numbers read with this decimal mark.
    pub(crate) fn profile(&self, mark: DecimalMark) -> ColumnProfile {
        let settled = self.settle(mark);
        let dated = ORDERS.iter().position(|known| Some(*known) == settled.order).unwrap_or(0);
        let (min, max) = match settled.kind {
            ValueType::Integer | ValueType::Decimal if mark == DecimalMark::Point => texts(&self.range.point),
            ValueType::Integer | ValueType::Decimal => texts(&self.range.comma),
            ValueType::Date | ValueType::Timestamp => texts(&self.range.dates[dated]),
            _ => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                self.range.text.as_ref().map(|(min, max)| (text(min), text(max))).unzip()
            }
        };
        let histogram = match settled.kind {
            ValueType::Integer | ValueType::Decimal => {
                let number = |kind: &Kind| if mark == DecimalMark::Point { kind.point } else { kind.comma };
                let fractions = if mark == DecimalMark::Point { &self.spread.point } else { &self.spread.comma };
                let whole = settled.kind == ValueType::Integer;
                shown(&self.bins(whole, number, &[&self.spread.whole, fractions]), settled.kind)
            }
            ValueType::Date | ValueType::Timestamp => {
                let day = |kind: &Kind| kind.days[dated].map(f64::from);
                shown(&self.bins(true, day, &[&self.spread.dates[dated]]), settled.kind)
            }
            _ => self.most_frequent(),
        };
        ColumnProfile {
            column: self.name.clone(),
            kind: settled.kind,
            rows: self.rows,
            nulls: self.nulls,
            distinct: self.distinct as u32,
            min,
            max,
            histogram,
        }
    }

    /// By the values themselves where all are known, else by the cells.
    fn bins(&self, whole: bool, value: impl Fn(&Kind) -> Option<f64>, cells: &[&Cells]) -> Bins {
        if self.beyond == 0 {
            let values: Vec<(f64, u64)> =
                self.values().filter_map(|(text, rows)| Some((value(&read(text))?, rows))).collect();
            return equal_bins(&values, whole);
        }
        let mut all = Cells::default();
        cells.iter().for_each(|cells| all.merge(cells));
        all.bins()
    }

    fn most_frequent(&self) -> Vec<HistogramBin> {
        let mut values: Vec<(&[u8], u64)> = self.values().collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let bin = |(text, rows): (&[u8], u64)| HistogramBin { label: String::from_utf8_lossy(text).into_owned(), rows };
        values.into_iter().take(BINS).map(bin).collect()
    }
}

fn texts(span: &Span) -> (Option<String>, Option<String>) {
    let text = |end: &Option<(f64, Vec<u8>)>| end.as_ref().map(|(_, text)| String::from_utf8_lossy(text).into_owned());
    (text(&span.min), text(&span.max))
}

fn shown(bins: &Bins, kind: ValueType) -> Vec<HistogramBin> {
    let label = |bound: f64| match kind {
        ValueType::Date | ValueType::Timestamp => aisle_domain::Day::from_epoch_days(bound as i32).to_string(),
        ValueType::Integer => format!("{bound:.0}"),
        _ if bins.width >= 10.0 => format!("{bound:.0}"),
        _ => format!("{bound:.3}"),
    };
    bins.bins.iter().map(|(bound, rows)| HistogramBin { label: label(*bound), rows: *rows }).collect()
}
