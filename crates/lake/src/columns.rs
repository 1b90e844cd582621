//! Reading query results by column, whatever layout the query engine chose for them.

use crate::LakeError;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type};

/// The columns of one batch of a query's result, read by name.
pub(crate) struct Columns<'a> {
    /// The table or query, for errors.
    table: &'static str,
    batch: &'a RecordBatch,
}

impl<'a> Columns<'a> {
    pub(crate) fn new(table: &'static str, batch: &'a RecordBatch) -> Self {
        Self { table, batch }
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<StringArray, LakeError> {
        Ok(self.cast(name, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    pub(crate) fn int64(&self, name: &'static str) -> Result<Numbers<Int64Type>, LakeError> {
        Ok(self.cast(name, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    pub(crate) fn int32(&self, name: &'static str) -> Result<Numbers<Int32Type>, LakeError> {
        Ok(self.cast(name, &DataType::Int32)?.as_primitive::<Int32Type>().clone())
    }

    pub(crate) fn float(&self, name: &'static str) -> Result<Numbers<Float64Type>, LakeError> {
        Ok(self.cast(name, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    pub(crate) fn date(&self, name: &'static str) -> Result<Numbers<Date32Type>, LakeError> {
        Ok(self.cast(name, &DataType::Date32)?.as_primitive::<Date32Type>().clone())
    }

    /// Whole numbers wider than 64 bits: sums.
    pub(crate) fn wide(&self, name: &'static str) -> Result<Numbers<Decimal128Type>, LakeError> {
        Ok(self.cast(name, &WIDE)?.as_primitive::<Decimal128Type>().clone())
    }

    /// The error for a value that does not mean what its column promises.
    pub(crate) fn invalid(&self, column: &'static str, reason: impl std::fmt::Display) -> LakeError {
        LakeError::Value { table: self.table, column, reason: reason.to_string() }
    }

    fn cast(&self, name: &'static str, to: &DataType) -> Result<ArrayRef, LakeError> {
        let column = self.batch.column_by_name(name).ok_or_else(|| self.invalid(name, "the column is missing"))?;
        Ok(cast(column, to)?)
    }
}

/// Whole numbers of up to 38 digits: what sums are computed in so that none overflows.
pub(crate) const WIDE: DataType = DataType::Decimal128(38, 0);

type Numbers<T> = arrow::array::PrimitiveArray<T>;

/// The value in a row, where there is one.
pub(crate) fn at<T: ArrowPrimitiveType>(numbers: &Numbers<T>, row: usize) -> Option<T::Native> {
    numbers.is_valid(row).then(|| numbers.value(row))
}

/// The text in a row, where there is one.
pub(crate) fn text_at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}
