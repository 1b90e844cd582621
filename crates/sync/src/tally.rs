//! What became of a file's rows, counted exactly: sums are 128-bit integers, so no cent is lost at any size.

use crate::numbers;
use crate::{Chunk, Rounding};
use aisle_domain::import::{Entity, FileReport, MeasureSum};
use aisle_domain::{Currency, Day, Quantity, facts};
use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type};
use arrow::record_batch::RecordBatch;
use serde::{Deserialize, Serialize};

/// Decimals in which features are summed: their values are binary fractions.
const FEATURE_DECIMALS: u32 = 9;

/// Counts and exact sums over chunks; serialises for checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    file: String,
    entity: Entity,
    currency: Option<Currency>,
    read: u64,
    duplicate: u64,
    rejected: u64,
    days: Option<(Day, Day)>,
    rounding: Rounding,
    sums: Vec<Sum>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sum {
    measure: String,
    kind: String,
    decimals: u32,
    rows: u64,
    #[serde(with = "as_text")]
    sum: i128,
}

impl Tally {
    /// A tally of nothing.
    pub fn new(file: &str, entity: Entity, currency: Option<Currency>) -> Self {
        Self {
            file: file.to_owned(),
            entity,
            currency,
            read: 0,
            duplicate: 0,
            rejected: 0,
            days: None,
            rounding: Rounding::default(),
            sums: Vec::new(),
        }
    }

    /// Adds a chunk that has been through [`dedupe`](crate::dedupe).
    pub fn add(&mut self, chunk: &Chunk) {
        self.read += chunk.read;
        self.duplicate += chunk.duplicate;
        self.rejected += chunk.rejections.len() as u64;
        self.rounding.rows += chunk.rounding.rows;
        self.rounding.difference += chunk.rounding.difference;
        for (table, batch) in &chunk.facts {
            self.add_days(batch);
            match table.name {
                name if name == facts::SALES.name => self.add_sales(batch),
                name if name == facts::FEATURES.name => self.add_features(batch),
                name if name == facts::PRICES.name => self.add_prices(batch),
                _ => self.put("rows", "all", 0, batch.num_rows() as u64, batch.num_rows() as i128),
            }
        }
    }

    /// Adds the counts of another part of the same file.
    pub fn merge(&mut self, other: &Self) {
        self.read += other.read;
        self.duplicate += other.duplicate;
        self.rejected += other.rejected;
        self.rounding.rows += other.rounding.rows;
        self.rounding.difference += other.rounding.difference;
        if let Some((first, last)) = other.days {
            self.stretch(first, last);
        }
        for sum in &other.sums {
            self.put(&sum.measure, &sum.kind, sum.decimals, sum.rows, sum.sum);
        }
    }

    /// Records read so far.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// The report. Money that was finer than the minor unit shows as the measure `rounding`: rows, and what it changed.
    pub fn report(&self) -> FileReport {
        let mut sums: Vec<MeasureSum> = self.sums.iter().map(Sum::shown).collect();
        sums.sort_by(|a, b| (&a.measure, &a.kind).cmp(&(&b.measure, &b.kind)));
        if self.rounding.rows > 0 {
            let decimals = self.decimals() + Rounding::PER_MINOR.ilog10();
            sums.push(MeasureSum {
                measure: format!("rounding{}", self.unit()),
                kind: "all".to_owned(),
                rows: self.rounding.rows,
                sum: numbers::write(i128::from(self.rounding.difference), decimals),
            });
        }
        FileReport {
            file: self.file.clone(),
            entity: self.entity,
            read: self.read,
            taken: self.read - self.duplicate - self.rejected,
            duplicate: self.duplicate,
            rejected: self.rejected,
            days: self.days,
            sums,
        }
    }

    fn decimals(&self) -> u32 {
        self.currency.map_or(2, |currency| currency.decimals())
    }

    fn unit(&self) -> String {
        self.currency.map(|currency| format!(" ({currency})")).unwrap_or_default()
    }

    fn stretch(&mut self, first: Day, last: Day) {
        self.days = Some(self.days.map_or((first, last), |(from, to)| (from.min(first), to.max(last))));
    }

    fn put(&mut self, measure: &str, kind: &str, decimals: u32, rows: u64, sum: i128) {
        if rows == 0 {
            return;
        }
        match self.sums.iter_mut().find(|held| held.measure == measure && held.kind == kind) {
            Some(held) => {
                held.rows += rows;
                held.sum += sum;
            }
            None => self.sums.push(Sum { measure: measure.to_owned(), kind: kind.to_owned(), decimals, rows, sum }),
        }
    }

    fn add_days(&mut self, batch: &RecordBatch) {
        let Some(days) = batch.column_by_name("day").and_then(|column| column.as_primitive_opt::<Date32Type>()) else {
            return;
        };
        let days = days.values();
        if let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) {
            self.stretch(Day::from_epoch_days(*first), Day::from_epoch_days(*last));
        }
    }

    fn add_sales(&mut self, batch: &RecordBatch) {
        let revenue = format!("revenue{}", self.unit());
        let measures =
            [(revenue.as_str(), "revenue_minor", self.decimals()), ("quantity", "quantity", Quantity::DECIMALS)];
        let Some(kinds) = batch.column_by_name("kind").and_then(|column| column.as_string_opt::<i32>()) else { return };
        const KINDS: [&str; 3] = [facts::sale_kind::SALE, facts::sale_kind::RETURN, facts::sale_kind::CHARGE];
        for (measure, column, decimals) in measures {
            let values = batch.column_by_name(column).and_then(|column| column.as_primitive_opt::<Int64Type>());
            let Some(values) = values else { continue };
            let mut found = [(0u64, 0i128); 3];
            for row in 0..values.len() {
                // The kinds differ in their first letters.
                let letter = kinds.value(row).bytes().next();
                let kind = KINDS.iter().position(|kind| kind.bytes().next() == letter);
                if let Some((rows, sum)) = kind.map(|kind| &mut found[kind]).filter(|_| values.is_valid(row)) {
                    *rows += 1;
                    *sum += i128::from(values.value(row));
                }
            }
            for (kind, (rows, sum)) in KINDS.into_iter().zip(found) {
                self.put(measure, kind, decimals, rows, sum);
            }
        }
    }

    fn add_prices(&mut self, batch: &RecordBatch) {
        let values = batch.column_by_name("price_minor").and_then(|column| column.as_primitive_opt::<Int64Type>());
        if let Some(values) = values {
            let sum = values.values().iter().map(|value| i128::from(*value)).sum();
            let (measure, decimals) = (format!("price{}", self.unit()), self.decimals());
            self.put(&measure, "all", decimals, values.len() as u64, sum);
        }
    }

    fn add_features(&mut self, batch: &RecordBatch) {
        let names = batch.column_by_name("name").and_then(|column| column.as_string_opt::<i32>());
        let values = batch.column_by_name("value").and_then(|column| column.as_primitive_opt::<Float64Type>());
        let (Some(names), Some(values)) = (names, values) else { return };
        let unit = 10f64.powi(FEATURE_DECIMALS as i32);
        for row in 0..values.len() {
            let value = (values.value(row) * unit).round() as i128;
            self.put(names.value(row), "all", FEATURE_DECIMALS, 1, value);
        }
    }
}

impl Sum {
    fn shown(&self) -> MeasureSum {
        let mut sum = numbers::write(self.sum, self.decimals);
        if !self.measure.starts_with("revenue") && !self.measure.starts_with("price") && sum.contains('.') {
            sum.truncate(sum.trim_end_matches('0').trim_end_matches('.').len());
        }
        MeasureSum { measure: self.measure.clone(), kind: self.kind.clone(), rows: self.rows, sum }
    }
}

/// 128-bit integers as text: JSON has no room for them.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &i128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
