//! Rows of a small shop for the tests of the lake.

use aisle_domain::Day;
use aisle_domain::facts::{FEATURES, SALES, Table};
use aisle_lake::{Commit, schema};
use arrow::array::{ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use std::sync::Arc;

/// One row of sales, as short as a test wants it.
#[derive(Debug, Clone)]
pub(crate) struct Sold {
    pub(crate) day: i32,
    pub(crate) span: i32,
    pub(crate) location: &'static str,
    pub(crate) item: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) quantity: Option<i64>,
    pub(crate) revenue: Option<i64>,
    pub(crate) currency: &'static str,
}

impl Sold {
    pub(crate) fn on(day: &str, location: &'static str, item: &'static str, revenue: i64) -> Self {
        let day = Day::parse(day).unwrap().epoch_days();
        let (quantity, revenue) = (Some(10_000), Some(revenue));
        Self { day, span: 1, location, item, kind: "sale", quantity, revenue, currency: "USD" }
    }
}

/// Rows as a batch; lines and fingerprints count from `first_line`.
pub(crate) fn batch(import: &str, first_line: i64, rows: &[Sold]) -> RecordBatch {
    let texts = |of: &dyn Fn(&Sold) -> String| Arc::new(StringArray::from_iter_values(rows.iter().map(of))) as ArrayRef;
    let lines: Vec<i64> = (0..rows.len() as i64).map(|row| first_line + row).collect();
    let columns: Vec<ArrayRef> = vec![
        texts(&|row| Day::from_epoch_days(row.day).to_string()[..7].to_owned()),
        Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| row.day))),
        Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.span))),
        Arc::new(Int64Array::from(vec![None; rows.len()])),
        texts(&|row| row.location.to_owned()),
        texts(&|row| row.item.to_owned()),
        Arc::new(StringArray::from(vec![None::<&str>; rows.len()])),
        Arc::new(StringArray::from(vec![Some("o1"); rows.len()])),
        texts(&|row| row.kind.to_owned()),
        Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.quantity))),
        Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.revenue))),
        texts(&|row| row.currency.to_owned()),
        texts(&|_| import.to_owned()),
        Arc::new(Int32Array::from(vec![0; rows.len()])),
        Arc::new(Int64Array::from(lines.clone())),
        Arc::new(Int64Array::from_iter_values(lines.iter().map(|line| -line))),
        Arc::new(Int64Array::from(lines)),
    ];
    RecordBatch::try_new(schema(&SALES), columns).unwrap()
}

/// Values of one feature at one place.
pub(crate) fn features(import: &str, location: Option<&str>, name: &str, values: &[(&str, f64)]) -> RecordBatch {
    let rows = values.len();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(values.iter().map(|(day, _)| &day[..7]))),
        Arc::new(Date32Array::from_iter_values(values.iter().map(|(day, _)| Day::parse(day).unwrap().epoch_days()))),
        Arc::new(Int32Array::from(vec![1; rows])),
        Arc::new(StringArray::from(vec![location; rows])),
        Arc::new(StringArray::from(vec![None::<&str>; rows])),
        Arc::new(StringArray::from(vec![name; rows])),
        Arc::new(Float64Array::from_iter_values(values.iter().map(|(_, value)| *value))),
        Arc::new(StringArray::from(vec![import; rows])),
        Arc::new(Int32Array::from(vec![0; rows])),
        Arc::new(Int64Array::from_iter_values(0..rows as i64)),
        Arc::new(Int64Array::from_iter_values(0..rows as i64)),
        Arc::new(Int64Array::from_iter_values(0..rows as i64)),
    ];
    RecordBatch::try_new(schema(&FEATURES), columns).unwrap()
}

/// A commit of an import.
pub(crate) fn commit(app_id: &str, sequence: i64) -> Commit {
    Commit { app_id: app_id.to_owned(), sequence, note: serde_json::json!({ "line": sequence * 100 }) }
}

/// Rows in a table.
pub(crate) async fn rows(lake: &aisle_lake::Lake, table: &Table) -> u64 {
    lake.tables().await.unwrap().into_iter().find(|info| info.name == table.name).unwrap().rows
}
