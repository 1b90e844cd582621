//! One field of a record, read as what its column means.

use crate::convert::Converter;
use crate::dates::{self, Moment};
use crate::meaning::is_currency;
use crate::numbers::{self, Decimal, NotUnits};
use crate::records::Block;
use aisle_domain::import::{DateOrder, DecimalMark, Entity, Mapping, Meaning};
use std::collections::{BTreeMap, HashSet};

/// Why a record is refused.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) column: Option<usize>,
    pub(crate) reason: String,
}

pub(crate) type Row<T> = Result<T, Fault>;

pub(crate) fn fault<T>(column: usize, reason: String) -> Row<T> {
    Err(Fault { column: Some(column), reason })
}

/// Where each meaning stands among a file's fields.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) item: Option<usize>,
    pub(crate) item_name: Option<usize>,
    pub(crate) category: Option<usize>,
    pub(crate) location: Option<usize>,
    pub(crate) location_name: Option<usize>,
    pub(crate) location_kind: Option<usize>,
    pub(crate) date: Option<(usize, DateOrder)>,
    pub(crate) first_day: Option<(usize, DateOrder)>,
    pub(crate) last_day: Option<(usize, DateOrder)>,
    pub(crate) quantity: Option<usize>,
    pub(crate) revenue: Option<usize>,
    pub(crate) unit_price: Option<usize>,
    pub(crate) customer: Option<usize>,
    pub(crate) order: Option<usize>,
    pub(crate) holiday: Option<usize>,
    pub(crate) event: Option<usize>,
    pub(crate) discount: Option<usize>,
    pub(crate) feature_name: Option<usize>,
    pub(crate) feature_value: Option<usize>,
    pub(crate) on_hand: Option<usize>,
    pub(crate) on_order: Option<usize>,
    pub(crate) supplier: Option<usize>,
    pub(crate) ordered: Option<(usize, DateOrder)>,
    pub(crate) expected: Option<(usize, DateOrder)>,
    /// The row's currency, in files of money.
    pub(crate) currency: Option<usize>,
    pub(crate) features: Vec<(usize, String)>,
    pub(crate) attributes: Vec<(usize, String)>,
}

/// Texts that mean "no value".
#[derive(Debug)]
pub(crate) struct NullTokens {
    tokens: Vec<Vec<u8>>,
    /// First bytes of tokens: most values are settled by this alone.
    first: [bool; 256],
}

/// Codes of items that are charges, whatever their case.
#[derive(Debug)]
pub(crate) struct ChargeCodes {
    codes: HashSet<String>,
    /// First bytes and lengths of codes: most items are settled by these alone.
    first: [bool; 256],
    lengths: HashSet<usize>,
    ascii: bool,
}

impl ChargeCodes {
    pub(crate) fn new(codes: &[String]) -> Self {
        let codes: HashSet<String> = codes.iter().map(|code| code.to_uppercase()).collect();
        let mut first = [false; 256];
        for byte in codes.iter().filter_map(|code| code.bytes().next()) {
            first[usize::from(byte)] = true;
        }
        let lengths = codes.iter().map(String::len).collect();
        Self { first, lengths, ascii: codes.iter().all(|code| code.is_ascii()), codes }
    }

    /// Whether an item is one of them.
    #[inline]
    pub(crate) fn contains(&self, item: &str) -> bool {
        let begins = item.bytes().next().is_some_and(|byte| self.first[usize::from(byte.to_ascii_uppercase())]);
        if self.codes.is_empty() || (!begins && self.ascii && item.is_ascii()) {
            return false;
        }
        let possible = !item.is_ascii() || self.lengths.contains(&item.len());
        possible && self.codes.contains(item.to_uppercase().as_str())
    }
}

impl NullTokens {
    pub(crate) fn new(tokens: &[String]) -> Self {
        let mut first = [false; 256];
        tokens.iter().filter_map(|token| token.bytes().next()).for_each(|byte| first[usize::from(byte)] = true);
        Self { tokens: tokens.iter().map(|token| token.as_bytes().to_vec()).collect(), first }
    }

    /// Whether a text is empty or one of them.
    #[inline]
    pub(crate) fn is_null(&self, text: &[u8]) -> bool {
        let text = text.trim_ascii();
        match text.first() {
            None => true,
            Some(byte) => self.first[usize::from(*byte)] && self.tokens.iter().any(|token| token == text),
        }
    }
}

impl Converter {
    pub(crate) fn is_null(&self, text: &[u8]) -> bool {
        self.nulls.is_null(text)
    }

    /// The text of a column; `None` where it holds no value.
    pub(crate) fn text<'b>(&self, block: &'b Block, row: usize, column: Option<usize>) -> Row<Option<&'b str>> {
        let Some(column) = column else { return Ok(None) };
        if self.is_null(block.field(row, column)) {
            return Ok(None);
        }
        match block.text(row, column) {
            Some(text) => Ok(Some(trimmed(text)).filter(|text| !text.is_empty())),
            None => fault(column, "the text is not valid UTF-8; save the file as UTF-8 or set its encoding".to_owned()),
        }
    }

    pub(crate) fn optional_id<'b>(&self, block: &'b Block, row: usize, column: Option<usize>) -> Row<Option<&'b str>> {
        let Some(text) = self.text(block, row, column)? else { return Ok(None) };
        let plain = text.len() <= 200 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !plain && let Err(error) = aisle_domain::ItemId::new(text) {
            let reason = error.to_string().replacen("item", "the identifier", 1);
            return Err(Fault { column, reason });
        }
        Ok(Some(text))
    }

    pub(crate) fn id<'b>(&self, block: &'b Block, row: usize, column: Option<usize>) -> Row<&'b str> {
        match self.optional_id(block, row, column)? {
            Some(id) => Ok(id),
            None => Err(Fault { column, reason: "the identifier is missing; fill it in".to_owned() }),
        }
    }

    /// The row's location: its column's, or the mapping's.
    pub(crate) fn place<'b>(&'b self, block: &'b Block, row: usize) -> Row<Option<&'b str>> {
        match self.places.location {
            None => Ok(self.default_location.as_deref()),
            Some(_) if matches!(self.entity, Entity::Sales | Entity::Orders | Entity::StockLevels) => {
                self.id(block, row, self.places.location).map(Some)
            }
            column => self.optional_id(block, row, column),
        }
    }

    pub(crate) fn number(&self, block: &Block, row: usize, column: Option<usize>) -> Row<Option<(usize, Decimal)>> {
        let Some(column) = column else { return Ok(None) };
        let text = block.field(row, column);
        if let Some(number) = numbers::parse(text, self.mark) {
            return Ok(Some((column, number)));
        }
        if self.is_null(text) {
            return Ok(None);
        }
        let found = String::from_utf8_lossy(text);
        fault(
            column,
            format!(
                "{found:?} is not a number; write it such as {}",
                if self.mark == DecimalMark::Point { "1234.5" } else { "1234,5" }
            ),
        )
    }

    /// Refuses a row whose money is in another currency than the import's.
    #[inline]
    pub(crate) fn check_currency(&self, block: &Block, row: usize) -> Row<()> {
        let Some(column) = self.places.currency else { return Ok(()) };
        let Some(code) = self.text(block, row, Some(column))? else { return Ok(()) };
        match self.currency {
            Some(currency) if !code.eq_ignore_ascii_case(currency.code()) => fault(
                column,
                format!(
                    "the row is in {code}, and the import counts in {currency}; convert it, or import the rows in {code} \
                     into a shop of their own"
                ),
            ),
            _ => Ok(()),
        }
    }

    pub(crate) fn date(&mut self, block: &Block, row: usize, place: Option<(usize, DateOrder)>) -> Row<Moment> {
        let Some((column, order)) = place else {
            return Err(Fault { column: None, reason: "no column holds the date".to_owned() });
        };
        let text = block.field(row, column);
        // Rows are mostly in order of time: the date before is often the same.
        if self.last_date.0 == text
            && let Some((read_in, moment)) = self.last_date.1
            && read_in == order
        {
            return Ok(moment);
        }
        let Some(moment) = dates::parse(text, order) else {
            if self.is_null(text) {
                return fault(column, "the date is missing; fill it in".to_owned());
            }
            let found = String::from_utf8_lossy(text);
            let expected = match order {
                DateOrder::Ymd => "year, month, day, such as 2011-12-31",
                DateOrder::Dmy => "day, month, year, such as 31/12/2011",
                DateOrder::Mdy => "month, day, year, such as 12/31/2011",
                DateOrder::UnixSeconds => "seconds since 1970",
                DateOrder::UnixMillis => "milliseconds since 1970",
            };
            return fault(column, format!("{found:?} is not a date; expected {expected}"));
        };
        self.last_date.0.clear();
        self.last_date.0.extend_from_slice(text);
        self.last_date.1 = Some((order, moment));
        Ok(moment)
    }

    pub(crate) fn holiday(&self, block: &Block, row: usize) -> Row<bool> {
        let Some(column) = self.places.holiday else { return Ok(false) };
        let text = block.field(row, column);
        match boolean(text) {
            Some(flag) => Ok(flag),
            None if self.is_null(text) => Ok(false),
            None => fault(column, format!("{:?} is neither true nor false", String::from_utf8_lossy(text))),
        }
    }

    pub(crate) fn feature_values(&self, block: &Block, row: usize) -> Row<Vec<(String, f64)>> {
        let mut values = Vec::with_capacity(self.places.features.len());
        for (column, name) in &self.places.features {
            let text = block.field(row, *column);
            if let Some(flag) = boolean(text).filter(|_| text.first().is_some_and(u8::is_ascii_alphabetic)) {
                values.push((name.clone(), f64::from(u8::from(flag))));
            } else if let Some((_, number)) = self.number(block, row, Some(*column))? {
                values.push((name.clone(), number.to_f64()));
            }
        }
        Ok(values)
    }

    pub(crate) fn attributes(&self, block: &Block, row: usize) -> Row<BTreeMap<String, String>> {
        let mut attributes = BTreeMap::new();
        for (column, name) in &self.places.attributes {
            if let Some(text) = self.text(block, row, Some(*column))? {
                attributes.insert(name.clone(), text.to_owned());
            }
        }
        Ok(attributes)
    }
}

/// Without white space around it; nearly no text has any.
#[inline]
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

pub(crate) fn places(mapping: &Mapping, columns: &[String]) -> Places {
    let mut places = Places::default();
    let money = matches!(mapping.entity, Entity::Sales | Entity::Orders | Entity::Prices);
    for mapped in &mapping.columns {
        let Some(at) = columns.iter().position(|column| *column == mapped.column) else { continue };
        let dated = Some((at, mapped.date_order.unwrap_or(DateOrder::Ymd)));
        let at = Some(at);
        match &mapped.meaning {
            Meaning::Item => places.item = at,
            Meaning::ItemName => places.item_name = at,
            Meaning::Category => places.category = at,
            Meaning::Location => places.location = at,
            Meaning::LocationName => places.location_name = at,
            Meaning::LocationKind => places.location_kind = at,
            Meaning::Date => places.date = dated,
            Meaning::FirstDay => places.first_day = dated,
            Meaning::LastDay => places.last_day = dated,
            Meaning::Quantity => places.quantity = at,
            Meaning::Revenue => places.revenue = at,
            Meaning::UnitPrice => places.unit_price = at,
            Meaning::Customer => places.customer = at,
            Meaning::Order => places.order = at,
            Meaning::HolidayFlag => places.holiday = at,
            Meaning::EventName => places.event = at,
            Meaning::Discount => places.discount = at,
            Meaning::FeatureName => places.feature_name = at,
            Meaning::FeatureValue => places.feature_value = at,
            Meaning::OnHand => places.on_hand = at,
            Meaning::OnOrder => places.on_order = at,
            Meaning::Supplier => places.supplier = at,
            Meaning::OrderedDay => places.ordered = dated,
            Meaning::ExpectedDay => places.expected = dated,
            Meaning::Feature(name) => places.features.extend(at.map(|at| (at, name.clone()))),
            meaning if money && is_currency(meaning) => places.currency = at,
            Meaning::Attribute(name) => places.attributes.extend(at.map(|at| (at, name.clone()))),
            Meaning::Ignore => {}
        }
    }
    places
}

/// TRUE/FALSE, yes/no, 1/0 in any case.
pub(crate) fn boolean(text: &[u8]) -> Option<bool> {
    let text = text.trim_ascii();
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    if is(&["true", "t", "yes", "y", "1"]) {
        Some(true)
    } else if is(&["false", "f", "no", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

pub(crate) fn units(column: usize, number: Decimal, decimals: u32, what: &str, text: &[u8]) -> Row<i64> {
    match number.to_units(decimals) {
        Ok((units, _)) if !number.percent => Ok(units),
        Ok(_) => fault(column, format!("{:?} is a share, not {what}", String::from_utf8_lossy(text))),
        Err(NotUnits::TooFine) => fault(
            column,
            format!("{:?} is finer than {what} can be ({decimals} decimals); round it", String::from_utf8_lossy(text)),
        ),
        Err(NotUnits::OutOfRange) => {
            fault(column, format!("{:?} is too large for {what}", String::from_utf8_lossy(text)))
        }
    }
}
