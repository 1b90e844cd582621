//! What facts say of stock: days without any, what was there last, how long deliveries took.

use crate::columns::{Columns, at, text_at};
use crate::{Lake, LakeError};
use aisle_domain::facts::{DELIVERIES, STOCK_LEVELS};
use aisle_domain::{Day, ItemId, LocationId, Quantity, SeriesKey};
use arrow::array::StringArray;
use datafusion::functions_aggregate::expr_fn::{last_value, max};
use datafusion::logical_expr::SortExpr;
use datafusion::prelude::{Expr, col, lit};
use serde::Serialize;
use std::collections::BTreeMap;

/// The days at whose ends an item was not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmptyDays {
    /// What and where.
    pub key: SeriesKey,
    /// The days, rising.
    pub days: Vec<Day>,
}

/// What was there last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastLevel {
    /// What and where.
    pub key: SeriesKey,
    /// The day at whose end it was there.
    pub day: Day,
    /// How much.
    pub on_hand: Quantity,
    /// How much was ordered and not yet there, where it is known.
    pub on_order: Option<Quantity>,
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Who delivered, where it is known.
    pub supplier: Option<String>,
    /// What.
    pub item: Option<ItemId>,
    /// Where to.
    pub location: Option<LocationId>,
    /// When it had been ordered.
    pub ordered: Day,
    /// For when it was promised.
    pub expected: Option<Day>,
    /// When it came in.
    pub received: Day,
    /// How much.
    pub quantity: Option<Quantity>,
}

impl Delivery {
    /// Days from the order until the goods came in.
    pub fn lead_days(&self) -> i32 {
        self.received.since(self.ordered)
    }

    /// Days that it came after the day promised; negative where before. `None` where none was promised.
    pub fn late_days(&self) -> Option<i32> {
        self.expected.map(|expected| self.received.since(expected))
    }
}

impl Lake {
    /// Days at whose ends an item was not there, by item and place, in their order. Where imports disagree about a day, the
    /// one with the greatest id and its last line count.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn empty_days(&self) -> Result<Vec<EmptyDays>, LakeError> {
        let said_last = last_value(col("on_hand"), by_arrival()).alias("on_hand");
        let days = vec![col("location"), col("item"), col("day")];
        let levels = self.frame(&STOCK_LEVELS).await?.aggregate(days, vec![said_last])?;
        let empty = levels.filter(col("on_hand").lt_eq(lit(0_i64)))?;
        let order = ["location", "item", "day"].map(|name| col(name).sort(true, true)).to_vec();
        let mut found: Vec<EmptyDays> = Vec::new();
        for batch in empty.sort(order)?.collect().await? {
            let columns = Columns::new(STOCK_LEVELS.name, &batch);
            let (days, keys) = (columns.date("day")?, Keys::of(&columns)?);
            for row in 0..batch.num_rows() {
                let day = Day::from_epoch_days(days.value(row));
                match found.last_mut().filter(|last| keys.are(row, &last.key)) {
                    Some(last) => last.days.push(day),
                    None => found.push(EmptyDays { key: keys.read(&columns, row)?, days: vec![day] }),
                }
            }
        }
        Ok(found)
    }

    /// The last level known of each item at each place, in their order. Where imports disagree about a day, the one with
    /// the greatest id and its last line count.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn last_levels(&self) -> Result<Vec<LastLevel>, LakeError> {
        let levels = self.frame(&STOCK_LEVELS).await?;
        let newest =
            levels.clone().aggregate(vec![col("location"), col("item")], vec![max(col("day")).alias("newest")])?;
        let newest = newest.select(vec![
            col("location").alias("newest_location"),
            col("item").alias("newest_item"),
            col("newest"),
        ])?;
        let on = ["location", "item", "day"];
        let found = levels.join(
            newest,
            datafusion::common::JoinType::Inner,
            &on,
            &["newest_location", "newest_item", "newest"],
            None,
        )?;
        let mut last: BTreeMap<SeriesKey, LastLevel> = BTreeMap::new();
        for batch in found.sort(by_arrival())?.collect().await? {
            let columns = Columns::new(STOCK_LEVELS.name, &batch);
            let keys = Keys::of(&columns)?;
            let (days, on_hand, on_order) =
                (columns.date("day")?, columns.int64("on_hand")?, columns.int64("on_order")?);
            for row in 0..batch.num_rows() {
                let key = keys.read(&columns, row)?;
                let level = LastLevel {
                    key: key.clone(),
                    day: Day::from_epoch_days(days.value(row)),
                    on_hand: Quantity(on_hand.value(row)),
                    on_order: at(&on_order, row).map(Quantity),
                };
                last.insert(key, level);
            }
        }
        Ok(last.into_values().collect())
    }

    /// Deliveries whose day of order is known, in the order in which they came in.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be read.
    pub async fn deliveries(&self) -> Result<Vec<Delivery>, LakeError> {
        let found = self.frame(&DELIVERIES).await?.filter(Expr::is_not_null(col("ordered")))?;
        let order: Vec<_> = ["day", "import_id", "file", "line"].map(|name| col(name).sort(true, true)).to_vec();
        let mut deliveries = Vec::new();
        for batch in found.sort(order)?.collect().await? {
            let columns = Columns::new(DELIVERIES.name, &batch);
            let (days, ordered, expected) = (columns.date("day")?, columns.date("ordered")?, columns.date("expected")?);
            let (suppliers, items, locations) =
                (columns.text("supplier")?, columns.text("item")?, columns.text("location")?);
            let quantities = columns.int64("quantity")?;
            for row in 0..batch.num_rows() {
                let item = text_at(&items, row).map(ItemId::new).transpose();
                let location = text_at(&locations, row).map(LocationId::new).transpose();
                deliveries.push(Delivery {
                    supplier: text_at(&suppliers, row).map(str::to_owned),
                    item: item.map_err(|error| columns.invalid("item", error))?,
                    location: location.map_err(|error| columns.invalid("location", error))?,
                    ordered: Day::from_epoch_days(ordered.value(row)),
                    expected: at(&expected, row).map(Day::from_epoch_days),
                    received: Day::from_epoch_days(days.value(row)),
                    quantity: at(&quantities, row).map(Quantity),
                });
            }
        }
        Ok(deliveries)
    }
}

/// Later imports last.
fn by_arrival() -> Vec<SortExpr> {
    ["import_id", "file", "line"].map(|name| col(name).sort(true, true)).to_vec()
}

/// The columns of a series' key.
struct Keys {
    locations: StringArray,
    items: StringArray,
}

impl Keys {
    fn of(columns: &Columns<'_>) -> Result<Self, LakeError> {
        Ok(Self { locations: columns.text("location")?, items: columns.text("item")? })
    }

    fn are(&self, row: usize, key: &SeriesKey) -> bool {
        self.locations.value(row) == key.location.as_str() && self.items.value(row) == key.item.as_str()
    }

    fn read(&self, columns: &Columns<'_>, row: usize) -> Result<SeriesKey, LakeError> {
        let location =
            LocationId::new(self.locations.value(row)).map_err(|error| columns.invalid("location", error))?;
        let item = ItemId::new(self.items.value(row)).map_err(|error| columns.invalid("item", error))?;
        Ok(SeriesKey { location, item })
    }
}
