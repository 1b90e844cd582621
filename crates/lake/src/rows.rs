//! Raw rows: pages of sales for the API, and the fingerprints that duplicates are known by.

use crate::columns::{Columns, at, text_at};
use crate::filter::{SaleFilter, SaleKind, all, any_of, date};
use crate::{Lake, LakeError};
use aisle_domain::facts::{SALES, Table};
use aisle_domain::{Currency, CustomerId, Day, ImportId, ItemId, LocationId, Money, OrderId, Quantity};
use arrow::array::RecordBatch;
use datafusion::prelude::{Expr, col, lit};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

/// One row of sales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SaleRow {
    /// The day; the last one where the row covers more.
    pub day: Day,
    /// Days that the row covers.
    pub span_days: i32,
    /// The moment, in microseconds since 1970 UTC.
    pub occurred_at: Option<i64>,
    /// Where.
    pub location: LocationId,
    /// What; the code of the charge for charges.
    pub item: ItemId,
    /// Who bought it.
    pub customer: Option<CustomerId>,
    /// The order.
    pub order: Option<OrderId>,
    /// Sale, return or charge.
    pub kind: SaleKind,
    /// Units; negative for returns.
    pub quantity: Option<Quantity>,
    /// Money; negative for returns.
    pub revenue: Option<Money>,
    /// The import that brought it.
    pub import: ImportId,
    /// Index of the file within the import.
    pub file: i32,
    /// Line of the file.
    pub line: i64,
}

/// A place among the rows in order of day, import, file and line. A page begins after it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SaleCursor {
    /// The day.
    pub day: Day,
    /// The import.
    pub import: ImportId,
    /// The file.
    pub file: i32,
    /// The line.
    pub line: i64,
}

impl SaleRow {
    /// The place of this row: the cursor of the page that begins after it.
    pub fn cursor(&self) -> SaleCursor {
        SaleCursor { day: self.day, import: self.import.clone(), file: self.file, line: self.line }
    }
}

impl Lake {
    /// The first `limit` rows after the cursor (from the start where there is none) in order of day, import, file and line.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read or a row is not what its columns promise.
    pub async fn sales_rows(
        &self,
        after: Option<&SaleCursor>,
        filter: &SaleFilter,
        limit: usize,
    ) -> Result<Vec<SaleRow>, LakeError> {
        let mut filter = filter.clone();
        // The cursor's day narrows the files to open; its expression settles the order within that day.
        filter.from = filter.from.max(after.map(|cursor| cursor.day));
        let order = ["day", "import_id", "file", "line"].map(|name| col(name).sort(true, true)).to_vec();
        let frame = self.frame(&SALES).await?;
        let frame = frame
            .filter(all([Some(filter.expression()), after.map(beyond)]))?
            .sort(order)?
            .limit(0, Some(limit.min(i32::MAX as usize)))?;
        let mut rows = Vec::new();
        for batch in frame.collect().await? {
            read_rows(&batch, &mut rows)?;
        }
        Ok(rows)
    }

    /// Fingerprints of every row of a table, in chunks, reading only their two columns.
    ///
    /// # Errors
    /// [`LakeError`] at once or in the stream where the table cannot be read.
    pub async fn fingerprints(
        &self,
        table: &Table,
    ) -> Result<BoxStream<'static, Result<Vec<u128>, LakeError>>, LakeError> {
        self.fingerprints_where(table, lit(true)).await
    }

    /// The same, of the rows that given imports brought.
    ///
    /// # Errors
    /// As [`Lake::fingerprints`].
    pub async fn fingerprints_of(
        &self,
        table: &Table,
        imports: &[ImportId],
    ) -> Result<BoxStream<'static, Result<Vec<u128>, LakeError>>, LakeError> {
        self.fingerprints_where(table, all([any_of("import_id", imports.iter().map(ImportId::as_str))])).await
    }

    async fn fingerprints_where(
        &self,
        table: &Table,
        which: Expr,
    ) -> Result<BoxStream<'static, Result<Vec<u128>, LakeError>>, LakeError> {
        let frame = self.frame(table).await?.filter(which)?;
        let frame = frame.select(vec![col("fingerprint_hi"), col("fingerprint_lo")])?;
        let batches = frame.execute_stream().await?;
        Ok(batches.map(|batch| fingerprints_in(&batch?)).boxed())
    }
}

fn fingerprints_in(batch: &RecordBatch) -> Result<Vec<u128>, LakeError> {
    let columns = Columns::new("fingerprints", batch);
    let (high, low) = (columns.int64("fingerprint_hi")?, columns.int64("fingerprint_lo")?);
    let joined = |(high, low): (&i64, &i64)| (u128::from(high.cast_unsigned()) << 64) | u128::from(low.cast_unsigned());
    Ok(high.values().iter().zip(low.values()).map(joined).collect())
}

/// Rows that come after a place, spelled out column by column.
fn beyond(cursor: &SaleCursor) -> Expr {
    let import = || lit(cursor.import.as_str());
    let within_file =
        col("file").gt(lit(cursor.file)).or(col("file").eq(lit(cursor.file)).and(col("line").gt(lit(cursor.line))));
    let within_day = col("import_id").gt(import()).or(col("import_id").eq(import()).and(within_file));
    col("day").gt(date(cursor.day)).or(col("day").eq(date(cursor.day)).and(within_day))
}

fn read_rows(batch: &RecordBatch, rows: &mut Vec<SaleRow>) -> Result<(), LakeError> {
    let columns = Columns::new(SALES.name, batch);
    let (days, spans, moments) = (columns.date("day")?, columns.int32("span_days")?, columns.int64("occurred_at")?);
    let (locations, items) = (columns.text("location")?, columns.text("item")?);
    let (customers, orders) = (columns.text("customer")?, columns.text("order_id")?);
    let (kinds, quantities) = (columns.text("kind")?, columns.int64("quantity")?);
    let (revenues, currencies) = (columns.int64("revenue_minor")?, columns.text("currency")?);
    let (imports, files, lines) = (columns.text("import_id")?, columns.int32("file")?, columns.int64("line")?);
    for row in 0..batch.num_rows() {
        let invalid = |column| move |error| columns_error(column, error);
        let currency = Currency::new(currencies.value(row)).map_err(|error| columns.invalid("currency", error))?;
        let word = kinds.value(row);
        let unknown = || columns.invalid("kind", format!("{word:?}, expected sale, return or charge"));
        rows.push(SaleRow {
            day: Day::from_epoch_days(days.value(row)),
            span_days: spans.value(row),
            occurred_at: at(&moments, row),
            location: LocationId::new(locations.value(row)).map_err(invalid("location"))?,
            item: ItemId::new(items.value(row)).map_err(invalid("item"))?,
            customer: text_at(&customers, row).map(CustomerId::new).transpose().map_err(invalid("customer"))?,
            order: text_at(&orders, row).map(OrderId::new).transpose().map_err(invalid("order_id"))?,
            kind: SaleKind::parse(word).ok_or_else(unknown)?,
            quantity: at(&quantities, row).map(Quantity),
            revenue: at(&revenues, row).map(|minor| Money { minor, currency }),
            import: ImportId::new(imports.value(row)).map_err(invalid("import_id"))?,
            file: files.value(row),
            line: lines.value(row),
        });
    }
    Ok(())
}

fn columns_error(column: &'static str, error: aisle_domain::id::IdError) -> LakeError {
    LakeError::Value { table: SALES.name, column, reason: error.to_string() }
}
