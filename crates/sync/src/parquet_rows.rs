//! Parquet as records of texts, so that it takes the same way as delimited text.

use crate::SyncError;
use crate::records::{Block, Growing};
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::fs::File;
use std::io::Write;

/// Rows of a Parquet file, cut into blocks.
pub(crate) struct ParquetRows {
    reader: ParquetRecordBatchReader,
    held: Option<(RecordBatch, usize)>,
    row: u64,
    /// Rows in the file.
    pub(crate) rows: u64,
    /// Names of its columns.
    pub(crate) columns: Vec<String>,
    file: String,
}

impl ParquetRows {
    /// Opens a file.
    ///
    /// # Errors
    /// [`SyncError::Parquet`].
    pub(crate) fn open(file: File, name: &str) -> Result<Self, SyncError> {
        let failed = |error: parquet::errors::ParquetError| fault(name, &error);
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(failed)?;
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let columns: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        if let Some(field) = builder.schema().fields().iter().find(|field| field.data_type().is_nested()) {
            return Err(fault(name, &format!("column {} is nested; flatten it", field.name())));
        }
        let reader = builder.with_batch_size(8192).build().map_err(failed)?;
        Ok(Self { reader, held: None, row: 0, rows, columns, file: name.to_owned() })
    }

    /// The next block; `None` at the end.
    ///
    /// # Errors
    /// [`SyncError::Parquet`].
    pub(crate) fn next_block(&mut self) -> Result<Option<Block>, SyncError> {
        let mut block = Growing::with_width(self.columns.len());
        let mut texts: Vec<Vec<u8>> = vec![Vec::new(); self.columns.len()];
        while !block.is_full() {
            let (batch, from) = match self.held.take() {
                Some(held) => held,
                None => match self.reader.next() {
                    None => break,
                    Some(batch) => (batch.map_err(|error| fault(&self.file, &error))?, 0),
                },
            };
            let options = FormatOptions::default();
            let columns =
                batch.columns().iter().map(|column| Texts::new(column, &options)).collect::<Result<Vec<_>, _>>();
            let columns = columns.map_err(|error| fault(&self.file, &error))?;
            let mut at = from;
            while at < batch.num_rows() && !block.is_full() {
                for (column, text) in columns.iter().zip(&mut texts) {
                    text.clear();
                    column.write(at, text);
                }
                self.row += 1;
                block.push_record(self.row, texts.iter().map(Vec::as_slice));
                at += 1;
            }
            drop(columns);
            if at < batch.num_rows() {
                self.held = Some((batch, at));
            }
        }
        Ok((!block.is_empty()).then(|| block.finish(self.row)))
    }
}

fn fault(file: &str, error: &dyn std::fmt::Display) -> SyncError {
    SyncError::Parquet { file: file.to_owned(), reason: error.to_string() }
}

/// A column that writes its values as text; nulls as nothing.
enum Texts<'a> {
    Int32(&'a arrow::array::Int32Array),
    Int64(&'a arrow::array::Int64Array),
    Float64(&'a arrow::array::Float64Array),
    Text(&'a arrow::array::StringArray),
    Other(ArrayFormatter<'a>),
}

impl<'a> Texts<'a> {
    fn new(column: &'a ArrayRef, options: &'a FormatOptions<'a>) -> Result<Self, arrow::error::ArrowError> {
        Ok(match column.data_type() {
            DataType::Int32 => Self::Int32(column.as_primitive::<Int32Type>()),
            DataType::Int64 => Self::Int64(column.as_primitive::<Int64Type>()),
            DataType::Float64 => Self::Float64(column.as_primitive::<Float64Type>()),
            DataType::Utf8 => Self::Text(column.as_string::<i32>()),
            _ => Self::Other(ArrayFormatter::try_new(column.as_ref(), options)?),
        })
    }

    fn write(&self, row: usize, text: &mut Vec<u8>) {
        // Writing to memory cannot fail.
        let _ = match self {
            Self::Int32(column) if column.is_valid(row) => write!(text, "{}", column.value(row)),
            Self::Int64(column) if column.is_valid(row) => write!(text, "{}", column.value(row)),
            Self::Float64(column) if column.is_valid(row) && !column.value(row).is_nan() => {
                write!(text, "{}", column.value(row))
            }
            Self::Text(column) if column.is_valid(row) => text.write_all(column.value(row).as_bytes()),
            Self::Other(column) => write!(text, "{}", column.value(row)),
            _ => Ok(()),
        };
    }
}
