//! Imports as everyone sees them: how a file is written, what its columns mean, what became of its rows.
//!
//! `sync` infers and reads by these types, `store` keeps them, the page shows and corrects them.

use crate::{Currency, Day, Granularity, ImportId};
use serde::{Deserialize, Serialize};

/// Character encoding of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without BOM.
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// Windows-1252, of which Latin-1 is a part.
    Windows1252,
}

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packing {
    /// Not packed.
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// A zip archive; each member counts as a file.
    Zip,
}

/// What separates fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// Tab.
    Tab,
    /// `|`
    Pipe,
    /// Runs of blanks.
    Whitespace,
}

/// What separates whole from fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

/// How a text file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// Character encoding.
    pub encoding: Encoding,
    /// Field separator.
    pub delimiter: Delimiter,
    /// Quoting character, doubled inside of quotes; `None` where quotes are plain text.
    pub quote: Option<char>,
    /// Whether the first record names the columns.
    pub header: bool,
    /// Decimal mark of numbers.
    pub decimal: DecimalMark,
    /// Texts that mean "no value", besides the empty one.
    pub null_tokens: Vec<String>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            encoding: Encoding::Utf8,
            delimiter: Delimiter::Comma,
            quote: Some('"'),
            header: true,
            decimal: DecimalMark::Point,
            null_tokens: ["NA", "N/A", "NULL", "null", "NaN", "nan", "None", "-", "#N/A"].map(str::to_owned).to_vec(),
        }
    }
}

/// Format of a file, once unpacked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "format")]
pub enum FileFormat {
    /// Delimited text.
    Csv(Dialect),
    /// Apache Parquet.
    Parquet,
}

/// Order of the parts of a date, where written in digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 2011-12-31, 20111231
    Ymd,
    /// 31/12/2011
    Dmy,
    /// 12/31/2011
    Mdy,
    /// Seconds since 1970 UTC.
    UnixSeconds,
    /// Milliseconds since 1970 UTC.
    UnixMillis,
}

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// Master data of items.
    Items,
    /// Master data of locations.
    Locations,
    /// Sales summed over a period, by item and place.
    Sales,
    /// Lines of orders: one item in one basket.
    Orders,
    /// Prices from a day on.
    Prices,
    /// Promotions.
    Promotions,
    /// Holidays and other events.
    CalendarEvents,
    /// Outside features by place and day.
    Features,
    /// Master data of customers.
    Customers,
    /// What was there at the end of a day, by item and place.
    StockLevels,
    /// Goods that came in, and when they had been ordered.
    Deliveries,
}

impl Entity {
    /// Every entity.
    pub const ALL: [Self; 11] = [
        Self::Items,
        Self::Locations,
        Self::Sales,
        Self::Orders,
        Self::Prices,
        Self::Promotions,
        Self::CalendarEvents,
        Self::Features,
        Self::Customers,
        Self::StockLevels,
        Self::Deliveries,
    ];

    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Locations => "locations",
            Self::Sales => "sales",
            Self::Orders => "orders",
            Self::Prices => "prices",
            Self::Promotions => "promotions",
            Self::CalendarEvents => "calendar_events",
            Self::Features => "features",
            Self::Customers => "customers",
            Self::StockLevels => "stock_levels",
            Self::Deliveries => "deliveries",
        }
    }

    /// Reads an entity's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|entity| entity.name() == word)
    }
}

/// What a column means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "name")]
pub enum Meaning {
    /// The item's identifier.
    Item,
    /// The item's name.
    ItemName,
    /// The item's department, category or group.
    Category,
    /// The location's identifier.
    Location,
    /// The location's name.
    LocationName,
    /// The location's kind.
    LocationKind,
    /// The day, moment or period; of deliveries, the day on which they came in.
    Date,
    /// First day of a promotion or event.
    FirstDay,
    /// Last day of a promotion or event.
    LastDay,
    /// Units sold, or delivered.
    Quantity,
    /// Money taken for the whole row.
    Revenue,
    /// Money for one unit; revenue is quantity times this.
    UnitPrice,
    /// The customer's identifier.
    Customer,
    /// The order, invoice or basket.
    Order,
    /// True where the row's period holds a holiday.
    HolidayFlag,
    /// Name of a promotion or event.
    EventName,
    /// Share of the price taken off, 0 to 1 (or percent: read with a `%` sign).
    Discount,
    /// Units that were there.
    OnHand,
    /// Units ordered and not yet there.
    OnOrder,
    /// Who delivers.
    Supplier,
    /// The day on which goods were ordered.
    OrderedDay,
    /// The day for which goods were promised.
    ExpectedDay,
    /// An outside feature of this name.
    Feature(String),
    /// Name of the feature, where each row holds one (long format).
    FeatureName,
    /// Value of the feature, where each row holds one (long format).
    FeatureValue,
    /// A further attribute of this name, kept with the master data. In sales, orders and prices the attribute `currency` is
    /// the row's currency: rows of another than [`Mapping::currency`] are refused.
    Attribute(String),
    /// Not read.
    Ignore,
}

impl Meaning {
    /// Whether its column holds days.
    pub fn is_dated(&self) -> bool {
        matches!(self, Self::Date | Self::FirstDay | Self::LastDay | Self::OrderedDay | Self::ExpectedDay)
    }
}

/// One column's meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// Name in the header, or `column_1`, `column_2`, … where there is none.
    pub column: String,
    /// What it means.
    pub meaning: Meaning,
    /// Order of the parts of its dates, for columns that hold dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
}

/// What to do with a row that says exactly the same as an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatedRows {
    /// It counts once; the others are reported as duplicates.
    #[default]
    Once,
    /// Within one file each counts; the same file again still changes nothing.
    Each,
}

/// How a file's columns become facts and state. Written as TOML beside the data and kept for the next file of that shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// What the rows are.
    pub entity: Entity,
    /// How the file is written.
    pub format: FileFormat,
    /// Every column's meaning, in the file's order.
    pub columns: Vec<ColumnMapping>,
    /// Length of the periods that the rows cover, for sales and features; a day for orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granularity: Option<Granularity>,
    /// Currency of money columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Location of every row, where no column says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// What to do with repeated rows.
    #[serde(default)]
    pub repeated_rows: RepeatedRows,
    /// Codes of items that are charges, not goods (postage, fees); compared without case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charge_codes: Vec<String>,
    /// Prefixes of order numbers that mark a cancellation: the row is a return.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancel_prefixes: Vec<String>,
}

/// What a column holds, by its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// Nothing but nulls.
    Empty,
    /// TRUE/FALSE, yes/no, 0/1 with such a name.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Decimal,
    /// Days.
    Date,
    /// Moments.
    Timestamp,
    /// Anything else.
    Text,
}

/// What a column's values look like, over every row that was scanned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub column: String,
    /// The narrowest type that holds every value.
    pub kind: ValueType,
    /// Rows scanned.
    pub rows: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Distinct values (exact up to 1,000, else 1,000).
    pub distinct: u32,
    /// Least value, as written.
    pub min: Option<String>,
    /// Greatest value, as written.
    pub max: Option<String>,
    /// Rows in each of up to 20 equal bins from least to greatest (numbers and dates), else of the most frequent values.
    pub histogram: Vec<HistogramBin>,
}

/// One bar of a column's histogram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistogramBin {
    /// Its label: the lower bound, or the value.
    pub label: String,
    /// Rows in it.
    pub rows: u64,
}

/// Something that the data does not settle; the import waits for the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The column that it is about; `None` for the file.
    pub column: Option<String>,
    /// The question, in a sentence.
    pub text: String,
    /// The field of the mapping that answers it: `date_order`, `currency`, `entity`, `granularity`, `location`, `decimal`, a meaning.
    pub field: String,
    /// The answers that the data allows, most likely first.
    pub options: Vec<String>,
}

/// What was guessed of a file before it is imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Name of the file.
    pub file: String,
    /// Size, in bytes, as it lies.
    pub bytes: u64,
    /// How it is packed.
    pub packing: Packing,
    /// The mapping guessed, or found from last time.
    pub mapping: Mapping,
    /// Whether the mapping was found among those kept.
    pub known: bool,
    /// Every column's profile, in the file's order.
    pub profiles: Vec<ColumnProfile>,
    /// The first rows, as texts.
    pub rows: Vec<Vec<String>>,
    /// What must be answered first. Empty: ready to import.
    pub questions: Vec<Question>,
}

/// A row, or part of one, that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Name of the file.
    pub file: String,
    /// Line of the file where the record begins (row, in Parquet), from 1.
    pub line: u64,
    /// The column at fault, where there is one.
    pub column: Option<String>,
    /// Why: what was found, what was expected, what to do.
    pub reason: String,
    /// The record as it was read.
    pub raw: Vec<u8>,
}

/// Sum of one measure over the rows taken, exact, so that a user can reconcile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureSum {
    /// Name: `revenue (USD)`, `quantity`.
    pub measure: String,
    /// The kind of row: sale, return, charge; `all` for other entities.
    pub kind: String,
    /// Rows summed.
    pub rows: u64,
    /// The exact sum, as a decimal.
    pub sum: String,
}

/// What became of one file's rows. `read = taken + duplicate + rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// Name of the file.
    pub file: String,
    /// What its rows are.
    pub entity: Entity,
    /// Records read, without the header.
    pub read: u64,
    /// Records that became facts or state.
    pub taken: u64,
    /// Records that were there already.
    pub duplicate: u64,
    /// Records in the dead letters.
    pub rejected: u64,
    /// First and last day.
    pub days: Option<(Day, Day)>,
    /// Sums of the measures over the rows taken.
    pub sums: Vec<MeasureSum>,
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The import.
    pub import: ImportId,
    /// File by file.
    pub files: Vec<FileReport>,
}
