//! Stock levels and deliveries, as facts tell of them.

use crate::shop::commit;
use aisle_domain::facts::{DELIVERIES, STOCK_LEVELS};
use aisle_domain::{Day, Quantity};
use aisle_lake::{Lake, schema};
use arrow::array::{ArrayRef, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray};
use std::sync::Arc;

fn day(text: &str) -> i32 {
    Day::parse(text).unwrap().epoch_days()
}

/// What every row ends with.
fn trace(import: &str, rows: usize) -> Vec<ArrayRef> {
    let lines = || Arc::new(Int64Array::from_iter_values(1..=rows as i64)) as ArrayRef;
    let import = Arc::new(StringArray::from(vec![import; rows]));
    vec![import, Arc::new(Int32Array::from(vec![0; rows])), lines(), lines(), lines()]
}

/// Day, location, item, ten-thousandths of a unit.
type Level = (&'static str, &'static str, &'static str, i64);

fn levels(import: &str, rows: &[Level]) -> RecordBatch {
    let texts = |of: &dyn Fn(&Level) -> String| Arc::new(StringArray::from_iter_values(rows.iter().map(of)));
    let mut columns: Vec<ArrayRef> = vec![
        texts(&|row| row.0[..7].to_owned()),
        Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| day(row.0)))),
        texts(&|row| row.1.to_owned()),
        texts(&|row| row.2.to_owned()),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.3))),
        Arc::new(Int64Array::from(vec![None::<i64>; rows.len()])),
    ];
    columns.extend(trace(import, rows.len()));
    RecordBatch::try_new(schema(&STOCK_LEVELS), columns).unwrap()
}

#[tokio::test]
async fn days_without_stock_are_told_by_the_last_import_that_speaks_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    assert!(lake.empty_days().await.unwrap().is_empty() && lake.last_levels().await.unwrap().is_empty());
    let first = levels(
        "i1",
        &[
            ("2024-01-30", "a", "x", 0),
            ("2024-01-31", "a", "x", 0),
            ("2024-02-01", "a", "x", 50_000),
            ("2024-01-31", "b", "x", 0),
            ("2024-01-31", "b", "y", 10_000),
        ],
    );
    lake.append(&STOCK_LEVELS, vec![first], &commit("i1", 1)).await.unwrap();
    let mended = levels("i2", &[("2024-01-31", "b", "x", 30_000), ("2024-02-01", "a", "x", 70_000)]);
    lake.append(&STOCK_LEVELS, vec![mended], &commit("i2", 1)).await.unwrap();
    let empty = lake.empty_days().await.unwrap();
    let [only] = empty.as_slice() else { panic!("{empty:?}") };
    assert_eq!((only.key.to_string(), only.days.len()), ("a/x".to_owned(), 2));
    let last: Vec<(String, Day, Quantity)> = lake
        .last_levels()
        .await
        .unwrap()
        .into_iter()
        .map(|level| (level.key.to_string(), level.day, level.on_hand))
        .collect();
    let on = |text: &str| Day::parse(text).unwrap();
    let expected = [
        ("a/x".to_owned(), on("2024-02-01"), Quantity(70_000)),
        ("b/x".to_owned(), on("2024-01-31"), Quantity(30_000)),
        ("b/y".to_owned(), on("2024-01-31"), Quantity(10_000)),
    ];
    assert_eq!(last, expected);
}

#[tokio::test]
async fn deliveries_tell_how_long_they_took_and_how_late_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec!["2024-03"; 2])),
        Arc::new(Date32Array::from(vec![day("2024-03-09"), day("2024-03-20")])),
        Arc::new(Date32Array::from(vec![Some(day("2024-03-01")), None])),
        Arc::new(Date32Array::from(vec![Some(day("2024-03-07")), Some(day("2024-03-20"))])),
        Arc::new(StringArray::from(vec![Some("Harbour Imports"), Some("Harbour Imports")])),
        Arc::new(StringArray::from(vec![Some("a"), None])),
        Arc::new(StringArray::from(vec![Some("x"), Some("y")])),
        Arc::new(Int64Array::from(vec![Some(240_000), None])),
    ];
    columns.extend(trace("i1", 2));
    let batch = RecordBatch::try_new(schema(&DELIVERIES), columns).unwrap();
    lake.append(&DELIVERIES, vec![batch], &commit("i1", 1)).await.unwrap();
    let found = lake.deliveries().await.unwrap();
    let [one] = found.as_slice() else { panic!("without a day of order there is no lead time: {found:?}") };
    assert_eq!((one.lead_days(), one.late_days()), (8, Some(2)));
    assert_eq!((one.quantity, one.supplier.as_deref()), (Some(Quantity(240_000)), Some("Harbour Imports")));
}
