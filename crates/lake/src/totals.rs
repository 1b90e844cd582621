//! Sums over the sales: by period for charts and tiles, by kind for reconciliation.

use crate::columns::{Columns, WIDE, at};
use crate::filter::{SaleFilter, SaleKind};
use crate::panel::{period_end, periods, read_ends};
use crate::{Lake, LakeError};
use aisle_domain::facts::SALES;
use aisle_domain::{Currency, Day, Granularity};
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::prelude::{cast, col, lit};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Sums of one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PeriodTotal {
    /// Last day of the period.
    pub end: Day,
    /// Minor units; `None` where no row has revenue.
    pub revenue_minor: Option<i64>,
    /// Ten-thousandths; `None` where no row has a quantity.
    pub quantity: Option<i64>,
    /// Rows summed.
    pub rows: u64,
}

/// Exact sums of one kind of row in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KindSum {
    /// The kind.
    pub kind: SaleKind,
    /// The currency.
    pub currency: Currency,
    /// Rows summed.
    pub rows: u64,
    /// Minor units; `None` where no row has revenue.
    pub revenue_minor: Option<i128>,
    /// Ten-thousandths; `None` where no row has a quantity.
    pub quantity: Option<i128>,
}

impl Lake {
    /// Sums by period over all series selected, without gaps from the first period that has a row to the last. Kept
    /// until the sales change.
    ///
    /// # Errors
    /// [`LakeError::MixedCurrencies`] where the rows are in several currencies and the filter names none; [`LakeError`]
    /// where the table cannot be read.
    pub async fn totals(
        &self,
        granularity: Granularity,
        filter: &SaleFilter,
    ) -> Result<Arc<Vec<PeriodTotal>>, LakeError> {
        let content = self.table(&SALES)?.figures().await?.content;
        let question = (granularity, filter.clone());
        if let Some(totals) = self.inner.totals.find(&content, &question) {
            return Ok(totals);
        }
        let totals = self.compute_totals(granularity, filter).await?;
        let periods = totals.len();
        Ok(self.inner.totals.keep(&content, question, totals, periods))
    }

    async fn compute_totals(
        &self,
        granularity: Granularity,
        filter: &SaleFilter,
    ) -> Result<Vec<PeriodTotal>, LakeError> {
        self.one_currency(filter).await?;
        let measures = vec![
            sum(col("revenue_minor")).alias("revenue"),
            sum(col("quantity")).alias("quantity"),
            count(lit(1_i64)).alias("rows"),
        ];
        let frame = self.frame(&SALES).await?.filter(filter.expression())?;
        let frame = frame.aggregate(vec![period_end(granularity).alias("end")], measures)?;
        let mut found = BTreeMap::new();
        for batch in frame.collect().await? {
            let columns = Columns::new(SALES.name, &batch);
            let ends = read_ends(&columns, batch.num_rows(), granularity)?;
            let (revenue, quantity, rows) =
                (columns.int64("revenue")?, columns.int64("quantity")?, columns.int64("rows")?);
            for (row, end) in ends.into_iter().enumerate() {
                let rows = rows.value(row).unsigned_abs();
                let (revenue_minor, quantity) = (at(&revenue, row), at(&quantity, row));
                found.insert(end, PeriodTotal { end, revenue_minor, quantity, rows });
            }
        }
        let Some((first, last)) = found.keys().next().copied().zip(found.keys().next_back().copied()) else {
            return Ok(Vec::new());
        };
        let empty = |end| PeriodTotal { end, revenue_minor: None, quantity: None, rows: 0 };
        Ok(periods(granularity, first, last)
            .into_iter()
            .map(|end| found.remove(&end).unwrap_or_else(|| empty(end)))
            .collect())
    }

    /// Exact sums by kind and currency, to reconcile with a source. [`SaleFilter::everything`] sums every row.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn sums_by_kind(&self, filter: &SaleFilter) -> Result<Vec<KindSum>, LakeError> {
        let measures = vec![
            sum(cast(col("revenue_minor"), WIDE)).alias("revenue"),
            sum(cast(col("quantity"), WIDE)).alias("quantity"),
            count(lit(1_i64)).alias("rows"),
        ];
        let frame = self.frame(&SALES).await?.filter(filter.expression())?;
        let frame = frame.aggregate(vec![col("kind"), col("currency")], measures)?;
        let mut sums = Vec::new();
        for batch in frame.collect().await? {
            let columns = Columns::new(SALES.name, &batch);
            let (kinds, codes, rows) = (columns.text("kind")?, columns.text("currency")?, columns.int64("rows")?);
            let (revenue, quantity) = (columns.wide("revenue")?, columns.wide("quantity")?);
            for row in 0..batch.num_rows() {
                let word = kinds.value(row);
                let unknown = || columns.invalid("kind", format!("{word:?}, expected sale, return or charge"));
                sums.push(KindSum {
                    kind: SaleKind::parse(word).ok_or_else(unknown)?,
                    currency: Currency::new(codes.value(row)).map_err(|error| columns.invalid("currency", error))?,
                    rows: rows.value(row).unsigned_abs(),
                    revenue_minor: at(&revenue, row),
                    quantity: at(&quantity, row),
                });
            }
        }
        sums.sort_unstable_by_key(|sum| (sum.currency, sum.kind));
        Ok(sums)
    }
}
