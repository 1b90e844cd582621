//! What the sales cover: days, currencies, and the length of the periods that they came in.

use crate::columns::Columns;
use crate::filter::{all, any_of};
use crate::{Lake, LakeError, SaleKind};
use aisle_domain::facts::{SALES, Table};
use aisle_domain::{Currency, Day, Granularity, Weekday};
use datafusion::functions_aggregate::expr_fn::{count, max, min};
use datafusion::prelude::{col, lit};
use serde::Serialize;
use std::collections::BTreeSet;

/// What the sales cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// First day that a row covers.
    pub first: Day,
    /// Last day that a row covers.
    pub last: Day,
    /// Currencies, in order of their codes.
    pub currencies: Vec<Currency>,
    /// The finest period that every row fits into: days; weeks that end on the commonest weekday where a row covers more
    /// than a day; months where one covers more than a week.
    pub native: Granularity,
    /// Rows, charges included.
    pub rows: u64,
}

impl Lake {
    /// What the sales cover; `None` where there are none.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn span(&self) -> Result<Option<Span>, LakeError> {
        let content = self.table(&SALES)?.figures().await?.content;
        if let Some(span) = self.inner.span.find(&content, &()) {
            return Ok(span.as_ref().clone());
        }
        let span = self.compute_span().await?;
        Ok(self.inner.span.keep(&content, (), span, 1).as_ref().clone())
    }

    async fn compute_span(&self) -> Result<Option<Span>, LakeError> {
        let frame = self
            .frame(&SALES)
            .await?
            .aggregate(vec![col("span_days"), col("day"), col("currency")], vec![count(lit(1_i64)).alias("rows")])?;
        let mut days = Vec::new();
        let mut currencies = BTreeSet::new();
        for batch in frame.collect().await? {
            let columns = Columns::new(SALES.name, &batch);
            let (spans, ends, rows) = (columns.int32("span_days")?, columns.date("day")?, columns.int64("rows")?);
            let codes = columns.text("currency")?;
            for row in 0..batch.num_rows() {
                let code = codes.value(row);
                currencies.insert(Currency::new(code).map_err(|error| columns.invalid("currency", error))?);
                let covered = Covered {
                    span: spans.value(row).max(1),
                    end: Day::from_epoch_days(ends.value(row)),
                    rows: rows.value(row).unsigned_abs(),
                };
                days.push(covered);
            }
        }
        let first = days.iter().map(|covered| covered.end.plus(1 - covered.span)).min();
        let last = days.iter().map(|covered| covered.end).max();
        let Some((first, last)) = first.zip(last) else { return Ok(None) };
        let rows = days.iter().map(|covered| covered.rows).sum();
        let currencies = currencies.into_iter().collect();
        Ok(Some(Span { first, last, currencies, native: native(&days), rows }))
    }

    /// First and last `day` of a table's rows.
    pub(crate) async fn day_range(&self, table: &Table) -> Result<Option<(Day, Day)>, LakeError> {
        let bounds = vec![min(col("day")).alias("first"), max(col("day")).alias("last")];
        for batch in self.frame(table).await?.aggregate(vec![], bounds)?.collect().await? {
            let columns = Columns::new("days", &batch);
            let (first, last) = (columns.date("first")?, columns.date("last")?);
            if let (Some(Some(first)), Some(Some(last))) = (first.iter().next(), last.iter().next()) {
                return Ok(Some((Day::from_epoch_days(first), Day::from_epoch_days(last))));
            }
        }
        Ok(None)
    }

    /// Locations and items that have sales of these kinds (all kinds where none is named), in order.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn sold_at(&self, kinds: &[SaleKind]) -> Result<Vec<aisle_domain::SeriesKey>, LakeError> {
        let filter = all([any_of("kind", kinds.iter().map(|kind| kind.name()))]);
        let frame = self.frame(&SALES).await?.filter(filter)?.aggregate(vec![col("location"), col("item")], vec![])?;
        let mut keys = Vec::new();
        for batch in frame.collect().await? {
            let columns = Columns::new(SALES.name, &batch);
            let (locations, items) = (columns.text("location")?, columns.text("item")?);
            for row in 0..batch.num_rows() {
                let location =
                    aisle_domain::LocationId::new(locations.value(row)).map_err(|e| columns.invalid("location", e))?;
                let item = aisle_domain::ItemId::new(items.value(row)).map_err(|e| columns.invalid("item", e))?;
                keys.push(aisle_domain::SeriesKey { location, item });
            }
        }
        keys.sort_unstable();
        Ok(keys)
    }
}

struct Covered {
    span: i32,
    end: Day,
    rows: u64,
}

fn native(days: &[Covered]) -> Granularity {
    let longest = days.iter().map(|covered| covered.span).max().unwrap_or(1);
    if longest == 1 {
        return Granularity::Day;
    }
    if longest > 7 {
        return Granularity::Month;
    }
    let mut rows_by_weekday = [0_u64; 7];
    for covered in days.iter().filter(|covered| covered.span > 1) {
        rows_by_weekday[covered.end.weekday() as usize] += covered.rows;
    }
    let most = rows_by_weekday.iter().max().copied().unwrap_or_default();
    let ends = Weekday::ALL.into_iter().find(|day| rows_by_weekday[*day as usize] == most);
    Granularity::Week { ends: ends.unwrap_or(Weekday::Sunday) }
}
