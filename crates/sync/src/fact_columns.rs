//! Columns of facts as they grow, in the layouts of [`aisle_domain::facts`].

use crate::SyncError;
use crate::reader::ImportContext;
use aisle_domain::facts::{self, ColumnType, Table};
use aisle_domain::{Currency, Day};
use arrow::array::{
    ArrayRef, Date32Array, Float64Builder, Int32Array, Int64Array, Int64Builder, StringArray, StringBuilder,
};
use arrow::buffer::{Buffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use std::sync::Arc;

/// What every fact carries.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub(crate) day: Vec<i32>,
    line: Vec<i64>,
    hi: Vec<i64>,
    lo: Vec<i64>,
}

impl Trace {
    pub(crate) fn push(&mut self, day: Day, line: u64, fingerprint: (u64, u64)) {
        self.day.push(day.epoch_days());
        self.line.push(line as i64);
        self.hi.push(fingerprint.0 as i64);
        self.lo.push(fingerprint.1 as i64);
    }

    pub(crate) fn len(&self) -> usize {
        self.day.len()
    }

    /// `period`, `day`, and the columns at the end of every table, around the table's own.
    fn finish(
        self,
        table: &'static Table,
        own: Vec<ArrayRef>,
        origin: &ImportContext,
    ) -> Result<RecordBatch, SyncError> {
        let rows = self.len();
        let mut columns: Vec<ArrayRef> = vec![Arc::new(periods(&self.day)), Arc::new(Date32Array::from(self.day))];
        columns.extend(own);
        columns.push(constant(origin.import.as_str(), rows));
        columns.push(Arc::new(Int32Array::from(vec![origin.file_index; rows])));
        columns.push(Arc::new(Int64Array::from(self.line)));
        columns.push(Arc::new(Int64Array::from(self.hi)));
        columns.push(Arc::new(Int64Array::from(self.lo)));
        RecordBatch::try_new(Arc::new(schema(table)), columns)
            .map_err(|error| SyncError::Assembly { reason: error.to_string() })
    }
}

/// The Arrow schema of a fact table.
pub(crate) fn schema(table: &Table) -> Schema {
    let field = |column: &facts::Column| {
        let kind = match column.kind {
            ColumnType::Text => DataType::Utf8,
            ColumnType::Int32 => DataType::Int32,
            ColumnType::Int64 => DataType::Int64,
            ColumnType::Float64 => DataType::Float64,
            ColumnType::Date => DataType::Date32,
        };
        Field::new(column.name, kind, column.nullable)
    };
    Schema::new(table.columns.iter().map(field).collect::<Vec<_>>())
}

fn periods(days: &[i32]) -> StringArray {
    let mut builder = StringBuilder::with_capacity(days.len(), days.len() * 7);
    let (mut last, mut text) = (None, String::new());
    for day in days {
        if last != Some(*day) {
            let (year, month, _) = Day::from_epoch_days(*day).civil();
            text = format!("{year:04}-{month:02}");
            last = Some(*day);
        }
        builder.append_value(&text);
    }
    builder.finish()
}

fn constant(text: &str, rows: usize) -> ArrayRef {
    let lengths = std::iter::repeat_n(text.len(), rows);
    Arc::new(StringArray::new(
        OffsetBuffer::from_lengths(lengths),
        Buffer::from_vec(text.repeat(rows).into_bytes()),
        None,
    ))
}

/// Growing rows of [`facts::SALES`].
#[derive(Debug, Default)]
pub(crate) struct Sales {
    pub(crate) trace: Trace,
    span: Vec<i32>,
    occurred: Int64Builder,
    location: StringBuilder,
    item: StringBuilder,
    customer: StringBuilder,
    order: StringBuilder,
    kind: StringBuilder,
    quantity: Int64Builder,
    revenue: Int64Builder,
}

/// One row of [`facts::SALES`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sale<'a> {
    pub(crate) day: Day,
    pub(crate) span: i32,
    pub(crate) occurred: Option<i64>,
    pub(crate) location: &'a str,
    pub(crate) item: &'a str,
    pub(crate) customer: Option<&'a str>,
    pub(crate) order: Option<&'a str>,
    pub(crate) kind: &'static str,
    pub(crate) quantity: Option<i64>,
    pub(crate) revenue: Option<i64>,
}

impl Sales {
    pub(crate) fn push(&mut self, sale: Sale<'_>, line: u64, fingerprint: (u64, u64)) {
        self.trace.push(sale.day, line, fingerprint);
        self.span.push(sale.span);
        self.occurred.append_option(sale.occurred);
        self.location.append_value(sale.location);
        self.item.append_value(sale.item);
        self.customer.append_option(sale.customer);
        self.order.append_option(sale.order);
        self.kind.append_value(sale.kind);
        self.quantity.append_option(sale.quantity);
        self.revenue.append_option(sale.revenue);
    }

    pub(crate) fn finish(mut self, currency: Currency, origin: &ImportContext) -> Result<RecordBatch, SyncError> {
        let rows = self.trace.len();
        let own: Vec<ArrayRef> = vec![
            Arc::new(Int32Array::from(self.span)),
            Arc::new(self.occurred.finish()),
            Arc::new(self.location.finish()),
            Arc::new(self.item.finish()),
            Arc::new(self.customer.finish()),
            Arc::new(self.order.finish()),
            Arc::new(self.kind.finish()),
            Arc::new(self.quantity.finish()),
            Arc::new(self.revenue.finish()),
            constant(currency.code(), rows),
        ];
        self.trace.finish(&facts::SALES, own, origin)
    }
}

/// Growing rows of [`facts::FEATURES`].
#[derive(Debug, Default)]
pub(crate) struct Features {
    pub(crate) trace: Trace,
    pub(crate) span: Vec<i32>,
    pub(crate) location: StringBuilder,
    pub(crate) item: StringBuilder,
    pub(crate) name: StringBuilder,
    pub(crate) value: Float64Builder,
}

impl Features {
    pub(crate) fn finish(mut self, origin: &ImportContext) -> Result<RecordBatch, SyncError> {
        let own: Vec<ArrayRef> = vec![
            Arc::new(Int32Array::from(self.span)),
            Arc::new(self.location.finish()),
            Arc::new(self.item.finish()),
            Arc::new(self.name.finish()),
            Arc::new(self.value.finish()),
        ];
        self.trace.finish(&facts::FEATURES, own, origin)
    }
}

/// Growing rows of [`facts::PRICES`].
#[derive(Debug, Default)]
pub(crate) struct Prices {
    pub(crate) trace: Trace,
    pub(crate) location: StringBuilder,
    pub(crate) item: StringBuilder,
    pub(crate) price: Vec<i64>,
}

impl Prices {
    pub(crate) fn finish(mut self, currency: Currency, origin: &ImportContext) -> Result<RecordBatch, SyncError> {
        let rows = self.trace.len();
        let own: Vec<ArrayRef> = vec![
            Arc::new(self.location.finish()),
            Arc::new(self.item.finish()),
            Arc::new(Int64Array::from(self.price)),
            constant(currency.code(), rows),
        ];
        self.trace.finish(&facts::PRICES, own, origin)
    }
}

/// Growing rows of [`facts::STOCK_LEVELS`].
#[derive(Debug, Default)]
pub(crate) struct StockLevels {
    pub(crate) trace: Trace,
    pub(crate) location: StringBuilder,
    pub(crate) item: StringBuilder,
    pub(crate) on_hand: Vec<i64>,
    pub(crate) on_order: Int64Builder,
}

impl StockLevels {
    pub(crate) fn finish(mut self, origin: &ImportContext) -> Result<RecordBatch, SyncError> {
        let own: Vec<ArrayRef> = vec![
            Arc::new(self.location.finish()),
            Arc::new(self.item.finish()),
            Arc::new(Int64Array::from(self.on_hand)),
            Arc::new(self.on_order.finish()),
        ];
        self.trace.finish(&facts::STOCK_LEVELS, own, origin)
    }
}

/// Growing rows of [`facts::DELIVERIES`].
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    pub(crate) trace: Trace,
    pub(crate) ordered: Vec<Option<i32>>,
    pub(crate) expected: Vec<Option<i32>>,
    pub(crate) supplier: StringBuilder,
    pub(crate) location: StringBuilder,
    pub(crate) item: StringBuilder,
    pub(crate) quantity: Int64Builder,
}

impl Deliveries {
    pub(crate) fn finish(mut self, origin: &ImportContext) -> Result<RecordBatch, SyncError> {
        let own: Vec<ArrayRef> = vec![
            Arc::new(Date32Array::from(self.ordered)),
            Arc::new(Date32Array::from(self.expected)),
            Arc::new(self.supplier.finish()),
            Arc::new(self.location.finish()),
            Arc::new(self.item.finish()),
            Arc::new(self.quantity.finish()),
        ];
        self.trace.finish(&facts::DELIVERIES, own, origin)
    }
}

/// Growing rows of [`facts::PROMOTIONS`].
#[derive(Debug, Default)]
pub(crate) struct Promotions {
    pub(crate) trace: Trace,
    pub(crate) last: Vec<i32>,
    pub(crate) location: StringBuilder,
    pub(crate) item: StringBuilder,
    pub(crate) name: StringBuilder,
    pub(crate) depth: Float64Builder,
}

impl Promotions {
    pub(crate) fn finish(mut self, origin: &ImportContext) -> Result<RecordBatch, SyncError> {
        let own: Vec<ArrayRef> = vec![
            Arc::new(Date32Array::from(self.last)),
            Arc::new(self.location.finish()),
            Arc::new(self.item.finish()),
            Arc::new(self.name.finish()),
            Arc::new(self.depth.finish()),
        ];
        self.trace.finish(&facts::PROMOTIONS, own, origin)
    }
}
