//! The sales panel: every series' sums by period, the shape that training, scoring and the dashboard work on.

use crate::columns::{Columns, at};
use crate::filter::SaleFilter;
use crate::{Lake, LakeError};
use aisle_domain::facts::SALES;
use aisle_domain::{Currency, Day, Granularity, ItemId, LocationId, Measure, SeriesKey};
use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use datafusion::functions_aggregate::expr_fn::sum;
use datafusion::prelude::{Expr, cast, col, lit};
use futures::StreamExt;
use std::collections::HashMap;
use std::sync::Arc;

/// What a panel is to hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PanelQuery {
    /// Length of the periods. A row counts in the period that holds its `day`, which is the last day that it covers.
    pub granularity: Granularity,
    /// What is summed.
    pub measure: Measure,
    /// Which rows.
    pub filter: SaleFilter,
}

/// Sums by series and period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// Length of the periods.
    pub granularity: Granularity,
    /// What was summed.
    pub measure: Measure,
    /// Currency of revenue; `None` for quantities, and where there are no rows.
    pub currency: Option<Currency>,
    /// The series, in order of location and item.
    pub keys: Vec<SeriesKey>,
    /// Last days of the periods, without gaps, from the first to the last that has a row.
    pub ends: Vec<Day>,
    /// `values[series][period]`: minor units for revenue, ten-thousandths for quantity; `None` where there is no row.
    pub values: Vec<Vec<Option<i64>>>,
    /// Whether the rows tell what sold and never that nothing did: those of orders do, and sums of which none is zero. Then
    /// a period without a row is one without a sale; else it is one that nothing is known of.
    pub only_what_sold: bool,
}

impl Panel {
    /// Where rows tell only what sold ([`only_what_sold`](Self::only_what_sold)): nothing in each period without a row, from a
    /// series' first row on, in which its location sold something else. Where the location sold nothing at all, it was
    /// shut, or its records are missing.
    pub fn with_nothing_sold(mut self) -> Self {
        if !self.only_what_sold {
            return self;
        }
        let mut at_work: HashMap<&LocationId, Vec<bool>> = HashMap::new();
        for (key, values) in self.keys.iter().zip(&self.values) {
            let periods = at_work.entry(&key.location).or_insert_with(|| vec![false; values.len()]);
            periods.iter_mut().zip(values).for_each(|(at_work, value)| *at_work |= value.is_some());
        }
        for (key, values) in self.keys.iter().zip(&mut self.values) {
            let Some(first) = values.iter().position(Option::is_some) else { continue };
            let later = values.iter_mut().zip(&at_work[&key.location]).skip(first);
            later.filter(|(value, at_work)| value.is_none() && **at_work).for_each(|(value, _)| *value = Some(0));
        }
        self
    }

    /// The row of a series.
    pub fn series(&self, key: &SeriesKey) -> Option<&[Option<i64>]> {
        let index = self.keys.binary_search(key).ok()?;
        self.values.get(index).map(Vec::as_slice)
    }
}

impl Lake {
    /// Sums of a measure by series and period. Panels are kept, up to 12 million values, until the sales change.
    ///
    /// # Errors
    /// [`LakeError::MixedCurrencies`] for revenue in several currencies where the filter names none; [`LakeError::Value`]
    /// where a sum exceeds 64 bits; [`LakeError`] where the table cannot be read.
    pub async fn sales_panel(&self, query: &PanelQuery) -> Result<Arc<Panel>, LakeError> {
        let content = self.table(&SALES)?.figures().await?.content;
        if let Some(panel) = self.inner.panels.find(&content, query) {
            return Ok(panel);
        }
        let panel = self.compute_panel(query).await?;
        let values = panel.keys.len() * panel.ends.len();
        Ok(self.inner.panels.keep(&content, query.clone(), panel, values))
    }

    async fn compute_panel(&self, query: &PanelQuery) -> Result<Panel, LakeError> {
        let currency = match query.measure {
            Measure::Revenue => self.one_currency(&query.filter).await?,
            Measure::Quantity => None,
        };
        let measure = measure_column(query.measure);
        let frame = self.frame(&SALES).await?.filter(query.filter.expression())?.aggregate(
            vec![col("location"), col("item"), period_end(query.granularity).alias("end")],
            vec![sum(col(measure)).alias("total")],
        )?;
        let mut cells = Cells::default();
        let mut batches = frame.execute_stream().await?;
        while let Some(batch) = batches.next().await {
            cells.take(&batch?, query.granularity)?;
        }
        let only_what_sold = self.only_what_sold(&query.filter).await?;
        Ok(Panel { only_what_sold, ..cells.into_panel(query, currency)? })
    }

    /// Whether the rows selected tell what sold and never that nothing did.
    async fn only_what_sold(&self, filter: &SaleFilter) -> Result<bool, LakeError> {
        let nothing =
            col("quantity").eq(lit(0_i64)).or(col("quantity").is_null().and(col("revenue_minor").eq(lit(0_i64))));
        let silent = col("order_id").is_null().and(nothing);
        let rows = self.frame(&SALES).await?.filter(filter.expression())?.filter(silent)?;
        Ok(rows.limit(0, Some(1))?.count().await? == 0)
    }

    /// The currency of the rows selected.
    pub(crate) async fn one_currency(&self, filter: &SaleFilter) -> Result<Option<Currency>, LakeError> {
        if filter.currency.is_some() {
            return Ok(filter.currency);
        }
        let currencies = self.span().await?.map(|span| span.currencies).unwrap_or_default();
        if currencies.len() > 1 {
            Err(LakeError::MixedCurrencies { currencies })
        } else {
            Ok(currencies.first().copied())
        }
    }
}

/// The column of the sales table that holds a measure.
pub(crate) fn measure_column(measure: Measure) -> &'static str {
    match measure {
        Measure::Revenue => "revenue_minor",
        Measure::Quantity => "quantity",
    }
}

/// The last day of the period that holds `day`, as days since 1970; for months, the period as `YYYY-MM`.
pub(crate) fn period_end(granularity: Granularity) -> Expr {
    let day = cast(col("day"), DataType::Int32);
    match granularity {
        Granularity::Day => day,
        Granularity::Week { ends } => {
            // 1970-01-01 was a Thursday, day 3 of a week counted from Monday.
            let last = lit(ends as i32 - 3);
            let ahead = ((last - day.clone()) % lit(7_i32) + lit(7_i32)) % lit(7_i32);
            day + ahead
        }
        Granularity::Month => col("period"),
    }
}

/// Reads a column made by [`period_end`].
pub(crate) fn read_ends(columns: &Columns<'_>, rows: usize, granularity: Granularity) -> Result<Vec<Day>, LakeError> {
    let invalid = |found: &str| columns.invalid("period", format!("{found:?}, expected YYYY-MM"));
    if granularity == Granularity::Month {
        let periods = columns.text("end")?;
        let end_of = |text: &str| {
            Day::parse(&format!("{text}-01")).map(|day| granularity.end_of(day)).map_err(|_| invalid(text))
        };
        return (0..rows).map(|row| end_of(periods.value(row))).collect();
    }
    Ok(columns.int32("end")?.values().iter().map(|days| Day::from_epoch_days(*days)).collect())
}

/// Sums as they come from the query, in any order.
#[derive(Default)]
struct Cells {
    locations: Names,
    items: Names,
    series: HashMap<(u32, u32), u32>,
    sums: Vec<(u32, Day, Option<i64>)>,
}

/// Texts by number, in order of appearance.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }
}

impl Cells {
    fn take(&mut self, batch: &RecordBatch, granularity: Granularity) -> Result<(), LakeError> {
        let columns = Columns::new(SALES.name, batch);
        let (locations, items) = (columns.text("location")?, columns.text("item")?);
        let ends = read_ends(&columns, batch.num_rows(), granularity)?;
        let totals = columns.int64("total")?;
        for (row, end) in ends.into_iter().enumerate() {
            let pair = (self.locations.number(locations.value(row)), self.items.number(items.value(row)));
            let next = self.series.len() as u32;
            let series = *self.series.entry(pair).or_insert(next);
            self.sums.push((series, end, at(&totals, row)));
        }
        Ok(())
    }

    fn into_panel(self, query: &PanelQuery, currency: Option<Currency>) -> Result<Panel, LakeError> {
        let invalid = |column, error: aisle_domain::id::IdError| LakeError::Value {
            table: SALES.name,
            column,
            reason: error.to_string(),
        };
        let mut keys: Vec<(SeriesKey, u32)> = Vec::with_capacity(self.series.len());
        for ((location, item), number) in &self.series {
            let location =
                LocationId::new(&self.locations.texts[*location as usize]).map_err(|e| invalid("location", e))?;
            let item = ItemId::new(&self.items.texts[*item as usize]).map_err(|e| invalid("item", e))?;
            keys.push((SeriesKey { location, item }, *number));
        }
        keys.sort_unstable();
        let mut place = vec![0_usize; keys.len()];
        for (index, (_, number)) in keys.iter().enumerate() {
            place[*number as usize] = index;
        }
        let first = self.sums.iter().map(|(_, end, _)| *end).min();
        let last = self.sums.iter().map(|(_, end, _)| *end).max();
        let ends = first.zip(last).map(|(first, last)| periods(query.granularity, first, last)).unwrap_or_default();
        let mut values = vec![vec![None; ends.len()]; keys.len()];
        for (series, end, total) in self.sums {
            let Some(first) = first else { break };
            let period = query.granularity.steps_between(first, end) as usize;
            values[place[series as usize]][period] = total;
        }
        let keys = keys.into_iter().map(|(key, _)| key).collect();
        let (granularity, measure) = (query.granularity, query.measure);
        Ok(Panel { granularity, measure, currency, keys, ends, values, only_what_sold: false })
    }
}

/// Last days of the periods from one to another.
pub(crate) fn periods(granularity: Granularity, first: Day, last: Day) -> Vec<Day> {
    (0..=granularity.steps_between(first, last)).map(|step| granularity.step(first, step)).collect()
}
