//! What is known from outside: features by place and day, prices, promotions.

use crate::columns::{Columns, at, text_at};
use crate::filter::{all, any_of, days_between};
use crate::{Lake, LakeError};
use aisle_domain::facts::{FEATURES, PRICES, PROMOTIONS, Table};
use aisle_domain::id::IdError;
use aisle_domain::{Currency, Day, ItemId, LocationId, Money};
use arrow::array::{RecordBatch, StringArray};
use datafusion::prelude::{Expr, col};
use serde::Serialize;
use std::collections::BTreeMap;

/// Which features; empty lists select all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeatureFilter {
    /// First day.
    pub from: Option<Day>,
    /// Last day, inclusive.
    pub to: Option<Day>,
    /// Only these names.
    pub names: Vec<String>,
    /// Only these locations, and values that hold everywhere.
    pub locations: Vec<LocationId>,
}

/// One value of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FeaturePoint {
    /// The day; the last one where the value covers more.
    pub day: Day,
    /// Days that the value covers.
    pub span_days: i32,
    /// The value, in the unit of its source.
    pub value: f64,
}

/// One feature at one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureSeries {
    /// Where; everywhere when `None`.
    pub location: Option<LocationId>,
    /// Which item; every item when `None`.
    pub item: Option<ItemId>,
    /// Its name.
    pub name: String,
    /// Its values by day. Where imports disagree about a day, the import with the greatest id and its last line count.
    pub points: Vec<FeaturePoint>,
}

/// A price from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PriceRow {
    /// First day of the price.
    pub day: Day,
    /// Where; everywhere when `None`.
    pub location: Option<LocationId>,
    /// Which item.
    pub item: ItemId,
    /// Price of one unit.
    pub price: Money,
}

/// A promotion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PromotionRow {
    /// First day.
    pub first: Day,
    /// Last day, inclusive.
    pub last: Day,
    /// Where; everywhere when `None`.
    pub location: Option<LocationId>,
    /// Which item; every item when `None`.
    pub item: Option<ItemId>,
    /// Kind of promotion.
    pub name: String,
    /// Share of the price taken off, 0 to 1.
    pub depth: Option<f64>,
}

impl Lake {
    /// Features as series by place, item and name, in that order.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn features_panel(&self, filter: &FeatureFilter) -> Result<Vec<FeatureSeries>, LakeError> {
        let here = any_of("location", filter.locations.iter().map(LocationId::as_str));
        let conditions = [
            days_between(filter.from, filter.to),
            any_of("name", filter.names.iter().map(String::as_str)),
            here.map(|here| here.or(col("location").is_null())),
        ];
        let mut series: BTreeMap<(Option<LocationId>, Option<ItemId>, String), Vec<FeaturePoint>> = BTreeMap::new();
        for batch in self.by_day(&FEATURES, all(conditions)).await? {
            let columns = Columns::new(FEATURES.name, &batch);
            let (days, spans, values) = (columns.date("day")?, columns.int32("span_days")?, columns.float("value")?);
            let (locations, items, names) = (columns.text("location")?, columns.text("item")?, columns.text("name")?);
            for row in 0..batch.num_rows() {
                let key = (
                    location_at(&columns, &locations, row)?,
                    item_at(&columns, &items, row)?,
                    names.value(row).to_owned(),
                );
                let (day, span_days) = (Day::from_epoch_days(days.value(row)), spans.value(row));
                let point = FeaturePoint { day, span_days, value: values.value(row) };
                let points = series.entry(key).or_default();
                match points.last_mut() {
                    Some(last) if last.day == day => *last = point,
                    _ => points.push(point),
                }
            }
        }
        Ok(series
            .into_iter()
            .map(|((location, item, name), points)| FeatureSeries { location, item, name, points })
            .collect())
    }

    /// Prices of these items (all where none is named), in order of their first day; a later row overrides an earlier one.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn prices(&self, items: &[ItemId]) -> Result<Vec<PriceRow>, LakeError> {
        let mut prices = Vec::new();
        for batch in self.by_day(&PRICES, all([any_of("item", items.iter().map(ItemId::as_str))])).await? {
            let columns = Columns::new(PRICES.name, &batch);
            let (days, amounts) = (columns.date("day")?, columns.int64("price_minor")?);
            let (locations, items, codes) =
                (columns.text("location")?, columns.text("item")?, columns.text("currency")?);
            for row in 0..batch.num_rows() {
                let currency = Currency::new(codes.value(row)).map_err(|error| columns.invalid("currency", error))?;
                prices.push(PriceRow {
                    day: Day::from_epoch_days(days.value(row)),
                    location: location_at(&columns, &locations, row)?,
                    item: ItemId::new(items.value(row)).map_err(|error| columns.invalid("item", error))?,
                    price: Money { minor: amounts.value(row), currency },
                });
            }
        }
        Ok(prices)
    }

    /// Promotions that touch the days from `from` to `to`, in order of their first day.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn promotions(&self, from: Option<Day>, to: Option<Day>) -> Result<Vec<PromotionRow>, LakeError> {
        let not_over = from.map(|from| col("last_day").gt_eq(crate::filter::date(from)));
        let mut promotions = Vec::new();
        for batch in self.by_day(&PROMOTIONS, all([days_between(None, to), not_over])).await? {
            let columns = Columns::new(PROMOTIONS.name, &batch);
            let (firsts, lasts, depths) = (columns.date("day")?, columns.date("last_day")?, columns.float("depth")?);
            let (locations, items, names) = (columns.text("location")?, columns.text("item")?, columns.text("name")?);
            for row in 0..batch.num_rows() {
                promotions.push(PromotionRow {
                    first: Day::from_epoch_days(firsts.value(row)),
                    last: Day::from_epoch_days(lasts.value(row)),
                    location: location_at(&columns, &locations, row)?,
                    item: item_at(&columns, &items, row)?,
                    name: names.value(row).to_owned(),
                    depth: at(&depths, row),
                });
            }
        }
        Ok(promotions)
    }

    /// Rows in order of day, import, file and line, so that of two that disagree the later one comes last.
    async fn by_day(&self, table: &Table, which: Expr) -> Result<Vec<RecordBatch>, LakeError> {
        let order = ["day", "import_id", "file", "line"].map(|name| col(name).sort(true, true)).to_vec();
        Ok(self.frame(table).await?.filter(which)?.sort(order)?.collect().await?)
    }
}

fn location_at(columns: &Columns<'_>, texts: &StringArray, row: usize) -> Result<Option<LocationId>, LakeError> {
    text_at(texts, row).map(LocationId::new).transpose().map_err(|error: IdError| columns.invalid("location", error))
}

fn item_at(columns: &Columns<'_>, texts: &StringArray, row: usize) -> Result<Option<ItemId>, LakeError> {
    text_at(texts, row).map(ItemId::new).transpose().map_err(|error: IdError| columns.invalid("item", error))
}
