//! The fact tables: what their columns are called, what they hold, and in which unit.
//!
//! A description without a format: `sync` fills columnar batches by it, `lake` lays tables out by it, the catalogue shows it.

use serde::{Deserialize, Serialize};

/// The physical type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// 32-bit signed integer.
    Int32,
    /// 64-bit signed integer.
    Int64,
    /// 64-bit binary floating point.
    Float64,
    /// Days since 1970-01-01.
    Date,
}

/// One column of a fact table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its physical type.
    pub kind: ColumnType,
    /// Whether it may be null.
    pub nullable: bool,
    /// Its meaning and unit, for people.
    pub meaning: &'static str,
}

/// One fact table, partitioned by the column `period` (`YYYY-MM` of `day`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub meaning: &'static str,
    /// Its columns in order; the first is always `period`.
    pub columns: &'static [Column],
}

const fn column(name: &'static str, kind: ColumnType, meaning: &'static str) -> Column {
    Column { name, kind, nullable: false, meaning }
}

const fn nullable(name: &'static str, kind: ColumnType, meaning: &'static str) -> Column {
    Column { name, kind, nullable: true, meaning }
}

use ColumnType::{Date, Float64, Int32, Int64, Text};

const PERIOD: Column = column("period", Text, "partition: year and month of `day`, as YYYY-MM");
const IMPORT: Column = column("import_id", Text, "the import that brought the row");
const FILE: Column = column("file", Int32, "index of the file within the import, from 0");
const LINE: Column = column("line", Int64, "line of the file (row, in Parquet), from 1");
const FINGERPRINT_HI: Column = column("fingerprint_hi", Int64, "upper half of the row's 128-bit fingerprint");
const FINGERPRINT_LO: Column = column("fingerprint_lo", Int64, "lower half of the row's 128-bit fingerprint");

/// What was sold, returned or charged; one row a line of the source.
pub const SALES: Table = Table {
    name: "sales",
    meaning: "what was sold, returned or charged: one row for each line of a source",
    columns: &[
        PERIOD,
        column("day", Date, "the day; the last day where the row covers more than one"),
        column("span_days", Int32, "days that the row covers: 1, 7, or the days of the month"),
        nullable("occurred_at", Int64, "the moment, in microseconds since 1970 UTC, where the source has one"),
        column("location", Text, "where it was sold"),
        column("item", Text, "what was sold; the code of the charge where `kind` is charge"),
        nullable("customer", Text, "who bought it"),
        nullable("order_id", Text, "the order, invoice or basket"),
        column("kind", Text, "sale, return or charge (postage, fees, adjustments: not goods)"),
        nullable("quantity", Int64, "ten-thousandths of the item's unit, negative for returns"),
        nullable("revenue_minor", Int64, "minor units of the currency, negative for returns"),
        column("currency", Text, "ISO 4217"),
        IMPORT,
        FILE,
        LINE,
        FINGERPRINT_HI,
        FINGERPRINT_LO,
    ],
};

/// Outside features and promotion depths by place and day.
pub const FEATURES: Table = Table {
    name: "features",
    meaning: "values known from outside, by place and day: weather, fuel, CPI, markdowns",
    columns: &[
        PERIOD,
        column("day", Date, "the day; the last day where the value covers more than one"),
        column("span_days", Int32, "days that the value covers"),
        nullable("location", Text, "where; everywhere when null"),
        nullable("item", Text, "which item; every item when null"),
        column("name", Text, "name of the feature, in snake_case"),
        column("value", Float64, "its value, in the unit of the source"),
        IMPORT,
        FILE,
        LINE,
        FINGERPRINT_HI,
        FINGERPRINT_LO,
    ],
};

/// List prices from a day on.
pub const PRICES: Table = Table {
    name: "prices",
    meaning: "the price of an item from a day on",
    columns: &[
        PERIOD,
        column("day", Date, "first day of the price"),
        nullable("location", Text, "where; everywhere when null"),
        column("item", Text, "which item"),
        column("price_minor", Int64, "minor units of the currency for one unit of the item"),
        column("currency", Text, "ISO 4217"),
        IMPORT,
        FILE,
        LINE,
        FINGERPRINT_HI,
        FINGERPRINT_LO,
    ],
};

/// Promotions.
pub const PROMOTIONS: Table = Table {
    name: "promotions",
    meaning: "a promotion of an item over some days",
    columns: &[
        PERIOD,
        column("day", Date, "first day"),
        column("last_day", Date, "last day, inclusive"),
        nullable("location", Text, "where; everywhere when null"),
        nullable("item", Text, "which item; every item when null"),
        column("name", Text, "kind of promotion"),
        nullable("depth", Float64, "share of the price taken off, 0 to 1"),
        IMPORT,
        FILE,
        LINE,
        FINGERPRINT_HI,
        FINGERPRINT_LO,
    ],
};

/// What was there at the end of a day: for days without stock, which say nothing of demand, and to begin a ledger with.
pub const STOCK_LEVELS: Table = Table {
    name: "stock_levels",
    meaning: "what was there of an item at a location at the end of a day",
    columns: &[
        PERIOD,
        column("day", Date, "the day at whose end it was there"),
        column("location", Text, "where"),
        column("item", Text, "which item"),
        column("on_hand", Int64, "ten-thousandths of the item's unit that were there"),
        nullable("on_order", Int64, "ten-thousandths of the item's unit that were ordered and not yet there"),
        IMPORT,
        FILE,
        LINE,
        FINGERPRINT_HI,
        FINGERPRINT_LO,
    ],
};

/// Deliveries as they came: the history of lead times.
pub const DELIVERIES: Table = Table {
    name: "deliveries",
    meaning: "goods that came in, and when they had been ordered",
    columns: &[
        PERIOD,
        column("day", Date, "the day on which the goods came in"),
        nullable("ordered", Date, "the day on which they were ordered"),
        nullable("expected", Date, "the day for which they were promised"),
        nullable("supplier", Text, "who delivered"),
        nullable("location", Text, "where to"),
        nullable("item", Text, "which item"),
        nullable("quantity", Int64, "ten-thousandths of the item's unit"),
        IMPORT,
        FILE,
        LINE,
        FINGERPRINT_HI,
        FINGERPRINT_LO,
    ],
};

/// Every fact table.
pub const TABLES: [&Table; 6] = [&SALES, &FEATURES, &PRICES, &PROMOTIONS, &STOCK_LEVELS, &DELIVERIES];

/// Words of the column `kind` of [`SALES`].
pub mod sale_kind {
    /// Goods sold.
    pub const SALE: &str = "sale";
    /// Goods that came back, or a cancelled line.
    pub const RETURN: &str = "return";
    /// Postage, fees, discounts, adjustments: money without goods.
    pub const CHARGE: &str = "charge";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_partitioned_traceable_and_free_of_double_names() {
        for table in TABLES {
            assert_eq!(table.columns[0].name, "period");
            let names: std::collections::BTreeSet<_> = table.columns.iter().map(|c| c.name).collect();
            assert_eq!(names.len(), table.columns.len(), "{}", table.name);
            assert!(["day", "import_id", "line", "fingerprint_hi", "fingerprint_lo"].iter().all(|n| names.contains(n)));
        }
    }
}
