//! Which sales a question is about.

use crate::layout::period_of;
use aisle_domain::facts::sale_kind;
use aisle_domain::{Currency, Day, ImportId, ItemId, LocationId};
use datafusion::common::ScalarValue;
use datafusion::prelude::{Expr, col, lit};
use serde::{Deserialize, Serialize};

/// What a row of sales is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleKind {
    /// Goods sold.
    Sale,
    /// Goods that came back.
    Return,
    /// Money without goods.
    Charge,
}

impl SaleKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Sale, Self::Return, Self::Charge];

    /// The word in the column `kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sale => sale_kind::SALE,
            Self::Return => sale_kind::RETURN,
            Self::Charge => sale_kind::CHARGE,
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }
}

/// Selects rows of the sales table. An empty list selects all; the default selects sales and returns of all time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SaleFilter {
    /// First day.
    pub from: Option<Day>,
    /// Last day, inclusive.
    pub to: Option<Day>,
    /// Only these locations.
    pub locations: Vec<LocationId>,
    /// Only these items.
    pub items: Vec<ItemId>,
    /// Only these kinds.
    pub kinds: Vec<SaleKind>,
    /// Only this currency.
    pub currency: Option<Currency>,
    /// Only rows of this import.
    pub import: Option<ImportId>,
}

impl Default for SaleFilter {
    fn default() -> Self {
        Self { kinds: vec![SaleKind::Sale, SaleKind::Return], ..Self::everything() }
    }
}

impl SaleFilter {
    /// Every row, charges too.
    pub fn everything() -> Self {
        Self { from: None, to: None, locations: vec![], items: vec![], kinds: vec![], currency: None, import: None }
    }

    pub(crate) fn expression(&self) -> Expr {
        let conditions = [
            days_between(self.from, self.to),
            any_of("location", self.locations.iter().map(LocationId::as_str)),
            any_of("item", self.items.iter().map(ItemId::as_str)),
            any_of("kind", self.kinds.iter().map(|kind| kind.name())),
            any_of("currency", self.currency.iter().map(Currency::code)),
            any_of("import_id", self.import.iter().map(ImportId::as_str)),
        ];
        all(conditions)
    }
}

/// Rows whose `day` lies between; the partition column is compared too, so that other months' files are not opened.
pub(crate) fn days_between(from: Option<Day>, to: Option<Day>) -> Option<Expr> {
    let from = from.map(|day| col("period").gt_eq(lit(period_of(day))).and(col("day").gt_eq(date(day))));
    let to = to.map(|day| col("period").lt_eq(lit(period_of(day))).and(col("day").lt_eq(date(day))));
    [from, to].into_iter().flatten().reduce(Expr::and)
}

/// Rows whose column is one of the words; `None`, which selects all, where there are none.
pub(crate) fn any_of<'a>(column: &str, words: impl IntoIterator<Item = &'a str>) -> Option<Expr> {
    let words: Vec<Expr> = words.into_iter().map(lit).collect();
    (!words.is_empty()).then(|| col(column).in_list(words, false))
}

/// All the conditions that are there.
pub(crate) fn all(conditions: impl IntoIterator<Item = Option<Expr>>) -> Expr {
    conditions.into_iter().flatten().reduce(Expr::and).unwrap_or_else(|| lit(true))
}

pub(crate) fn date(day: Day) -> Expr {
    lit(ScalarValue::Date32(Some(day.epoch_days())))
}
