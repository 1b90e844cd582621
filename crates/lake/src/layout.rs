//! From the fact tables as described in the domain to columns on disk, and the check of rows before they are written.

use crate::LakeError;
use aisle_domain::Day;
use aisle_domain::facts::{ColumnType, Table};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use deltalake::kernel::{DataType as DeltaType, StructField};
use std::sync::Arc;

/// The Arrow schema of a fact table: what [`crate::Lake::append`] takes.
pub fn schema(table: &Table) -> SchemaRef {
    let fields = table.columns.iter().map(|column| Field::new(column.name, arrow_type(column.kind), column.nullable));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The same as Delta columns.
pub(crate) fn delta_columns(table: &Table) -> Vec<StructField> {
    let column_of =
        |column: &aisle_domain::facts::Column| StructField::new(column.name, delta_type(column.kind), column.nullable);
    table.columns.iter().map(column_of).collect()
}

/// Brings batches to the table's schema, or says what does not fit: columns by name and in order, text in any of Arrow's
/// layouts, no nulls where none may be, and `period` the month of `day`.
pub(crate) fn conform(table: &'static Table, batches: &[RecordBatch]) -> Result<Vec<RecordBatch>, LakeError> {
    batches.iter().map(|batch| conform_batch(table, batch)).collect()
}

/// The same for one batch.
pub(crate) fn conform_batch(table: &'static Table, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let target = schema(table);
    let misfit = |reason: String| LakeError::Rows { table: table.name, reason };
    let found = batch.schema();
    let names = |schema: &Schema| schema.fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>();
    if names(&found) != names(&target) {
        return Err(misfit(format!("found the columns {:?}, expected {:?}", names(&found), names(&target))));
    }
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
    for (field, column) in target.fields().iter().zip(batch.columns()) {
        let name = field.name();
        let (is, should_be) = (column.data_type(), field.data_type());
        let column = match is {
            same if same == should_be => Arc::clone(column),
            text if should_be == &DataType::Utf8 && is_text(text) => cast(column, &DataType::Utf8)?,
            other => return Err(misfit(format!("column {name} is {other}, expected {should_be}"))),
        };
        if !field.is_nullable() && column.null_count() > 0 {
            let row = (0..column.len()).find(|row| column.is_null(*row)).unwrap_or_default();
            return Err(misfit(format!("column {name} is null in row {row}; it must always have a value")));
        }
        columns.push(column);
    }
    let batch = RecordBatch::try_new(target, columns).map_err(|error| misfit(error.to_string()))?;
    check_periods(&batch).map_err(misfit)?;
    Ok(batch)
}

fn check_periods(batch: &RecordBatch) -> Result<(), String> {
    let (Some(periods), Some(days)) = (batch.column_by_name("period"), batch.column_by_name("day")) else {
        return Err("columns period and day are missing".to_owned());
    };
    let (periods, days) = (periods.as_string::<i32>(), days.as_primitive::<Date32Type>());
    let mut known: Option<(i32, String)> = None;
    for (row, (period, day)) in periods.iter().zip(days.values()).enumerate() {
        let expected = match &known {
            Some((last, text)) if last == day => text,
            _ => &known.insert((*day, period_of(Day::from_epoch_days(*day)))).1,
        };
        if period != Some(expected.as_str()) {
            let day = Day::from_epoch_days(*day);
            return Err(format!("row {row} has period {period:?} with day {day}, expected {expected:?}"));
        }
    }
    Ok(())
}

/// Year and month of a day as the partition column has it: `YYYY-MM`.
pub(crate) fn period_of(day: Day) -> String {
    let (year, month, _) = day.civil();
    format!("{year:04}-{month:02}")
}

/// Columns and types in words, for errors.
pub(crate) fn in_words(schema: &Schema) -> String {
    schema.fields().iter().map(|f| format!("{} {}", f.name(), f.data_type())).collect::<Vec<_>>().join(", ")
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text => DataType::Utf8,
        ColumnType::Int32 => DataType::Int32,
        ColumnType::Int64 => DataType::Int64,
        ColumnType::Float64 => DataType::Float64,
        ColumnType::Date => DataType::Date32,
    }
}

fn delta_type(kind: ColumnType) -> DeltaType {
    match kind {
        ColumnType::Text => DeltaType::STRING,
        ColumnType::Int32 => DeltaType::INTEGER,
        ColumnType::Int64 => DeltaType::LONG,
        ColumnType::Float64 => DeltaType::DOUBLE,
        ColumnType::Date => DeltaType::DATE,
    }
}
