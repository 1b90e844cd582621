//! From the texts of a record to facts and state, by a mapping.

use crate::chunk::Rounding;
use crate::dates::{self, Moment};
use crate::fact_columns::{Features, Prices, Promotions, Sale, Sales};
use crate::master::{Master, Said};
use crate::numbers::{self, Decimal, NotUnits};
use crate::reader::ImportContext;
use crate::records::Block;
use crate::{Chunk, Seen, SyncError, holidays};
use aisle_domain::facts::{self, sale_kind};
use aisle_domain::import::{
    DateOrder, DecimalMark, Dialect, Entity, FileFormat, Mapping, Meaning, Rejection, RepeatedRows,
};
use aisle_domain::{CalendarEvent, Currency, Day, Granularity, LocationId, Period, Quantity};
use std::collections::BTreeMap;
use std::sync::Arc;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed, xxh3_128};

/// Why a record is refused.
#[derive(Debug)]
pub(crate) struct Fault {
    column: Option<usize>,
    reason: String,
}

type Row<T> = Result<T, Fault>;

fn fault<T>(column: usize, reason: String) -> Row<T> {
    Err(Fault { column: Some(column), reason })
}

/// Where each meaning stands among a file's fields.
#[derive(Debug, Default)]
struct Places {
    item: Option<usize>,
    item_name: Option<usize>,
    category: Option<usize>,
    location: Option<usize>,
    location_name: Option<usize>,
    location_kind: Option<usize>,
    date: Option<(usize, DateOrder)>,
    first_day: Option<(usize, DateOrder)>,
    last_day: Option<(usize, DateOrder)>,
    quantity: Option<usize>,
    revenue: Option<usize>,
    unit_price: Option<usize>,
    customer: Option<usize>,
    order: Option<usize>,
    holiday: Option<usize>,
    event: Option<usize>,
    discount: Option<usize>,
    feature_name: Option<usize>,
    feature_value: Option<usize>,
    features: Vec<(usize, String)>,
    attributes: Vec<(usize, String)>,
}

/// Turns blocks into chunks.
#[derive(Debug)]
pub(crate) struct Converter {
    places: Places,
    columns: Vec<String>,
    entity: Entity,
    granularity: Granularity,
    currency: Option<Currency>,
    default_location: Option<String>,
    mark: DecimalMark,
    null_tokens: Vec<Vec<u8>>,
    charge_codes: std::collections::HashSet<String>,
    cancel_prefixes: Vec<String>,
    keyed: bool,
    occurrences: Option<Seen>,
    origin: ImportContext,
    file_name: Arc<str>,
    last_date: (Vec<u8>, Option<Moment>),
}

/// What grows while a block is turned into a chunk.
#[derive(Debug, Default)]
struct Growing {
    sales: Sales,
    features: Features,
    prices: Prices,
    promotions: Promotions,
    master: Master,
    rounding: Rounding,
    key: Vec<u8>,
    occurrences: Option<Seen>,
}

impl Converter {
    /// A converter for files with these columns, in this order.
    pub(crate) fn new(mapping: &Mapping, columns: &[String], origin: &ImportContext) -> Self {
        let dialect = match &mapping.format {
            FileFormat::Csv(dialect) => dialect.clone(),
            FileFormat::Parquet => Dialect { null_tokens: Vec::new(), ..Dialect::default() },
        };
        let granularity = match mapping.entity {
            Entity::Sales | Entity::Features => mapping.granularity.unwrap_or(Granularity::Day),
            _ => Granularity::Day,
        };
        let each = mapping.repeated_rows == RepeatedRows::Each;
        let one_value = matches!(mapping.entity, Entity::Sales | Entity::Features | Entity::Prices);
        Self {
            places: places(mapping, columns),
            columns: columns.to_vec(),
            entity: mapping.entity,
            granularity,
            currency: mapping.currency,
            default_location: mapping.location.clone(),
            mark: dialect.decimal,
            null_tokens: dialect.null_tokens.iter().map(|token| token.as_bytes().to_vec()).collect(),
            charge_codes: mapping.charge_codes.iter().map(|code| code.to_uppercase()).collect(),
            cancel_prefixes: mapping.cancel_prefixes.clone(),
            keyed: one_value && !each,
            occurrences: each.then(Seen::new),
            origin: origin.clone(),
            file_name: origin.file_name.as_str().into(),
            last_date: (Vec::new(), None),
        }
    }

    /// Whether chunks depend on the ones before: the number of an occurrence does.
    pub(crate) fn remembers(&self) -> bool {
        self.occurrences.is_some()
    }

    /// Turns a block into a chunk.
    ///
    /// # Errors
    /// [`SyncError::Assembly`].
    pub(crate) fn chunk(&mut self, block: Block, sequence: u64, bytes_total: u64) -> Result<Chunk, SyncError> {
        let mut growing = Growing { occurrences: self.occurrences.take(), ..Growing::default() };
        let mut rejections: Vec<Rejection> = Vec::new();
        let reject = |line, column, reason, raw: &[u8]| Rejection {
            file: self.origin.file_name.clone(),
            line,
            column,
            reason,
            raw: raw.to_vec(),
        };
        for malformed in &block.malformed {
            rejections.push(reject(malformed.line, None, malformed.reason.clone(), block.raw_malformed(malformed)));
        }
        for row in 0..block.len() {
            let before = growing.rounding;
            if let Err(Fault { column, reason }) = self.record(&block, row, &mut growing) {
                growing.rounding = before;
                let column = column.and_then(|column| self.columns.get(column).cloned());
                let file = self.origin.file_name.clone();
                let raw = block.raw(row).to_vec();
                rejections.push(Rejection { file, line: block.line(row), column, reason, raw });
            }
        }
        rejections.sort_by_key(|rejection| rejection.line);
        self.occurrences = growing.occurrences.take();
        let mut facts = Vec::new();
        let currency = self.currency.unwrap_or(Currency::USD);
        if growing.sales.trace.len() > 0 {
            facts.push((&facts::SALES, growing.sales.finish(currency, &self.origin)?));
        }
        if growing.features.trace.len() > 0 {
            facts.push((&facts::FEATURES, growing.features.finish(&self.origin)?));
        }
        if growing.prices.trace.len() > 0 {
            facts.push((&facts::PRICES, growing.prices.finish(currency, &self.origin)?));
        }
        if growing.promotions.trace.len() > 0 {
            facts.push((&facts::PROMOTIONS, growing.promotions.finish(&self.origin)?));
        }
        Ok(Chunk {
            sequence,
            entity: self.entity,
            facts,
            state: growing.master.finish(),
            rejections,
            read: (block.len() + block.malformed.len()) as u64,
            duplicate: 0,
            rounding: growing.rounding,
            bytes_done: block.bytes_done,
            bytes_total,
            source: Arc::new(block),
            file_name: Arc::clone(&self.file_name),
            keyed: self.keyed,
        })
    }

    fn record(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        match self.entity {
            Entity::Sales | Entity::Orders => self.sale(block, row, growing),
            Entity::Features => self.feature_row(block, row, growing),
            Entity::Prices => self.price(block, row, growing),
            Entity::Promotions => self.promotion(block, row, growing),
            Entity::Items => {
                let id = self.id(block, row, self.places.item)?;
                let (name, group) =
                    (self.text(block, row, self.places.item_name)?, self.text(block, row, self.places.category)?);
                let attributes = self.attributes(block, row)?;
                growing.master.item(id, Said { name, group, attributes, sure: true });
                Ok(())
            }
            Entity::Locations => {
                let id = self.id(block, row, self.places.location)?;
                let name = self.text(block, row, self.places.location_name)?;
                let group = self.text(block, row, self.places.location_kind)?;
                let attributes = self.attributes(block, row)?;
                growing.master.location(id, Said { name, group, attributes, sure: true });
                Ok(())
            }
            Entity::Customers => {
                let id = self.id(block, row, self.places.customer)?;
                let attributes = self.attributes(block, row)?;
                growing.master.customer(id, attributes);
                Ok(())
            }
            Entity::CalendarEvents => self.event(block, row, growing),
        }
    }

    fn sale(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        let moment = self.date(block, row, self.places.date)?;
        let item = self.id(block, row, self.places.item)?;
        let location = self.place(block, row)?.unwrap_or_default();
        let customer = self.optional_id(block, row, self.places.customer)?;
        let order = self.optional_id(block, row, self.places.order)?;
        let orders = self.entity == Entity::Orders;
        let mut quantity = match self.number(block, row, self.places.quantity)? {
            Some((column, number)) => {
                Some(units(column, number, Quantity::DECIMALS, "quantity", block.field(row, column))?)
            }
            None => None,
        };
        let cancelled = orders
            && order.is_some_and(|o| self.cancel_prefixes.iter().any(|p| !p.is_empty() && o.starts_with(p.as_str())));
        let decimals = self.currency.map_or(2, |currency| currency.decimals());
        let mut revenue = None;
        if let Some((column, number)) = self.number(block, row, self.places.revenue)? {
            revenue = Some(units(column, number, decimals, "money", block.field(row, column))?);
        }
        // A cancelled line counts against what was sold, however its source writes the sign.
        if cancelled {
            quantity = quantity.map(|units| -units.abs());
            revenue = revenue.map(|minor| -minor.abs());
        }
        if self.places.revenue.is_none()
            && let (Some((column, price)), Some(quantity)) =
                (self.number(block, row, self.places.unit_price)?, quantity)
        {
            let Some(minor) = numbers::product(price, quantity, decimals, &mut growing.rounding) else {
                return fault(column, "price times quantity is beyond what money can hold".to_owned());
            };
            revenue = Some(minor);
        }
        if quantity.is_none() && revenue.is_none() {
            let column = self.places.revenue.or(self.places.quantity);
            return Err(Fault {
                column,
                reason: "neither a quantity nor money is given; fill in one of them".to_owned(),
            });
        }
        let charge =
            orders && !self.charge_codes.is_empty() && self.charge_codes.contains(item.to_uppercase().as_str());
        let kind = match () {
            () if charge => sale_kind::CHARGE,
            () if cancelled || (orders && quantity.or(revenue).is_some_and(|amount| amount < 0)) => sale_kind::RETURN,
            () => sale_kind::SALE,
        };
        let day = self.granularity.end_of(moment.day);
        let span = self.span(day);
        let holiday = self.holiday(block, row)?;
        let name = self.text(block, row, self.places.item_name)?;
        let group = self.text(block, row, self.places.category)?;
        let values = self.feature_values(block, row)?;
        let occurred = if orders { moment.micros } else { None };
        let sale = Sale { day, span, occurred, location, item, customer, order, kind, quantity, revenue };
        let price = self.places.unit_price.map(|column| block.field(row, column).trim_ascii());
        let besides = [name.unwrap_or_default().as_bytes(), price.unwrap_or_default()];
        let fingerprint = sale_fingerprint(&sale, besides, self.entity, self.keyed, &mut growing.key);
        let fingerprint = number_occurrence(&mut growing.occurrences, fingerprint);
        let line = block.line(row);
        growing.sales.push(sale, line, fingerprint);
        if !charge {
            let sure = kind == sale_kind::SALE && revenue.is_none_or(|minor| minor > 0);
            growing.master.item(item, Said { name, group, attributes: BTreeMap::new(), sure });
        }
        growing.master.location(location, Said::default());
        if let Some(customer) = customer {
            growing.master.customer(customer, BTreeMap::new());
        }
        if holiday {
            growing.master.events.insert(self.flagged(day));
        }
        for (name, value) in values {
            push_feature(growing, day, span, Some(location), Some(item), &name, value, line, self.keyed);
        }
        Ok(())
    }

    fn feature_row(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        let moment = self.date(block, row, self.places.date)?;
        let location = self.place(block, row)?;
        let item = self.optional_id(block, row, self.places.item)?;
        let day = self.granularity.end_of(moment.day);
        let span = self.span(day);
        let holiday = self.holiday(block, row)?;
        let mut values = self.feature_values(block, row)?;
        if let (Some(name), Some((_, value))) =
            (self.text(block, row, self.places.feature_name)?, self.number(block, row, self.places.feature_value)?)
        {
            values.push((crate::meaning::snake_case(name), value.to_f64()));
        }
        for (name, value) in &values {
            push_feature(growing, day, span, location, item, name, *value, block.line(row), self.keyed);
        }
        if let Some(location) = location {
            growing.master.location(location, Said::default());
        }
        if holiday {
            growing.master.events.insert(self.flagged(day));
        }
        Ok(())
    }

    fn price(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        let day = self.date(block, row, self.places.date)?.day;
        let item = self.id(block, row, self.places.item)?;
        let location = self.place(block, row)?;
        let decimals = self.currency.map_or(2, |currency| currency.decimals());
        let Some((column, number)) = self.number(block, row, self.places.unit_price)? else {
            return Err(Fault { column: self.places.unit_price, reason: "the price is missing".to_owned() });
        };
        let minor = units(column, number, decimals, "money", block.field(row, column))?;
        let key = &mut growing.key;
        key.clear();
        write_key(key, &["price", location.unwrap_or_default(), item]);
        key.extend_from_slice(&day.epoch_days().to_le_bytes());
        let hi = xxh3_64(key);
        key.extend_from_slice(&minor.to_le_bytes());
        let print = number_occurrence(&mut growing.occurrences, halves(hi, key, self.keyed));
        growing.prices.trace.push(day, block.line(row), print);
        growing.prices.location.append_option(location);
        growing.prices.item.append_value(item);
        growing.prices.price.push(minor);
        growing.master.item(item, Said { name: self.text(block, row, self.places.item_name)?, ..Said::default() });
        if let Some(location) = location {
            growing.master.location(location, Said::default());
        }
        Ok(())
    }

    fn promotion(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        let first = self.date(block, row, self.places.first_day)?.day;
        let last = match self.places.last_day {
            Some((column, _)) if !self.is_null(block.field(row, column)) => {
                self.date(block, row, self.places.last_day)?.day
            }
            _ => first,
        };
        if last < first {
            let reason = format!("the last day {last} is before the first day {first}");
            return Err(Fault { column: self.places.last_day.map(|(column, _)| column), reason });
        }
        let (location, item) = (self.place(block, row)?, self.optional_id(block, row, self.places.item)?);
        let name = self.text(block, row, self.places.event)?.unwrap_or("promotion");
        let depth = self.number(block, row, self.places.discount)?;
        if let Some((column, depth)) = depth
            && !(0.0..=1.0).contains(&depth.to_f64())
        {
            return fault(
                column,
                format!("the discount {} is not a share from 0 to 1 (or percent with a % sign)", depth.to_f64()),
            );
        }
        let depth = depth.map(|(_, depth)| depth.to_f64());
        let key = &mut growing.key;
        key.clear();
        write_key(key, &["promotion", location.unwrap_or_default(), item.unwrap_or_default(), name]);
        key.extend_from_slice(&first.epoch_days().to_le_bytes());
        key.extend_from_slice(&last.epoch_days().to_le_bytes());
        key.extend_from_slice(&depth.unwrap_or(-1.0).to_le_bytes());
        let print = number_occurrence(&mut growing.occurrences, halves(0, key, false));
        growing.promotions.trace.push(first, block.line(row), print);
        growing.promotions.last.push(last.epoch_days());
        growing.promotions.location.append_option(location);
        growing.promotions.item.append_option(item);
        growing.promotions.name.append_value(name);
        growing.promotions.depth.append_option(depth);
        Ok(())
    }

    fn event(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        let place = self.places.first_day.or(self.places.date);
        let first = self.date(block, row, place)?.day;
        let last = match self.places.last_day {
            Some((column, _)) if !self.is_null(block.field(row, column)) => {
                self.date(block, row, self.places.last_day)?.day
            }
            _ => first,
        };
        if last < first {
            let reason = format!("the last day {last} is before the first day {first}");
            return Err(Fault { column: self.places.last_day.map(|(column, _)| column), reason });
        }
        let Some(name) = self.text(block, row, self.places.event)? else {
            return Err(Fault { column: self.places.event, reason: "the event has no name".to_owned() });
        };
        let location = self.place(block, row)?.and_then(|id| LocationId::new(id).ok());
        growing.master.events.insert(CalendarEvent { name: name.to_owned(), first, last, location });
        Ok(())
    }

    fn span(&self, day: Day) -> i32 {
        let start = Period { granularity: self.granularity, end: day }.start();
        day.since(start) + 1
    }

    fn flagged(&self, day: Day) -> CalendarEvent {
        holidays::event(Period { granularity: self.granularity, end: day }.start(), day)
    }

    #[inline]
    fn is_null(&self, text: &[u8]) -> bool {
        let text = text.trim_ascii();
        text.is_empty() || self.null_tokens.iter().any(|token| token.len() == text.len() && token.as_slice() == text)
    }

    /// The text of a column; `None` where it holds no value.
    fn text<'b>(&self, block: &'b Block, row: usize, column: Option<usize>) -> Row<Option<&'b str>> {
        let Some(column) = column else { return Ok(None) };
        let text = block.field(row, column);
        if self.is_null(text) {
            return Ok(None);
        }
        match std::str::from_utf8(text) {
            Ok(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            Err(_) => {
                fault(column, "the text is not valid UTF-8; save the file as UTF-8 or set its encoding".to_owned())
            }
        }
    }

    fn optional_id<'b>(&self, block: &'b Block, row: usize, column: Option<usize>) -> Row<Option<&'b str>> {
        let Some(text) = self.text(block, row, column)? else { return Ok(None) };
        let plain = text.len() <= 200 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !plain && let Err(error) = aisle_domain::ItemId::new(text) {
            let reason = error.to_string().replacen("item", "the identifier", 1);
            return Err(Fault { column, reason });
        }
        Ok(Some(text))
    }

    fn id<'b>(&self, block: &'b Block, row: usize, column: Option<usize>) -> Row<&'b str> {
        match self.optional_id(block, row, column)? {
            Some(id) => Ok(id),
            None => Err(Fault { column, reason: "the identifier is missing; fill it in".to_owned() }),
        }
    }

    /// The row's location: its column's, or the mapping's.
    fn place<'b>(&'b self, block: &'b Block, row: usize) -> Row<Option<&'b str>> {
        match self.places.location {
            None => Ok(self.default_location.as_deref()),
            Some(_) if matches!(self.entity, Entity::Sales | Entity::Orders) => {
                self.id(block, row, self.places.location).map(Some)
            }
            column => self.optional_id(block, row, column),
        }
    }

    fn number(&self, block: &Block, row: usize, column: Option<usize>) -> Row<Option<(usize, Decimal)>> {
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

    fn date(&mut self, block: &Block, row: usize, place: Option<(usize, DateOrder)>) -> Row<Moment> {
        let Some((column, order)) = place else {
            return Err(Fault { column: None, reason: "no column holds the date".to_owned() });
        };
        let text = block.field(row, column);
        // Rows are mostly in order of time: the date before is often the same.
        if self.last_date.0 == text
            && let Some(moment) = self.last_date.1
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
        self.last_date.1 = Some(moment);
        Ok(moment)
    }

    fn holiday(&self, block: &Block, row: usize) -> Row<bool> {
        let Some(column) = self.places.holiday else { return Ok(false) };
        let text = block.field(row, column);
        match boolean(text) {
            Some(flag) => Ok(flag),
            None if self.is_null(text) => Ok(false),
            None => fault(column, format!("{:?} is neither true nor false", String::from_utf8_lossy(text))),
        }
    }

    fn feature_values(&self, block: &Block, row: usize) -> Row<Vec<(String, f64)>> {
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

    fn attributes(&self, block: &Block, row: usize) -> Row<BTreeMap<String, String>> {
        let mut attributes = BTreeMap::new();
        for (column, name) in &self.places.attributes {
            if let Some(text) = self.text(block, row, Some(*column))? {
                attributes.insert(name.clone(), text.to_owned());
            }
        }
        Ok(attributes)
    }
}

fn places(mapping: &Mapping, columns: &[String]) -> Places {
    let mut places = Places::default();
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
            Meaning::Feature(name) => places.features.extend(at.map(|at| (at, name.clone()))),
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

fn units(column: usize, number: Decimal, decimals: u32, what: &str, text: &[u8]) -> Row<i64> {
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

/// Identifiers hold no control characters, so a unit separator keeps them apart.
fn write_key(key: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        key.extend_from_slice(part.as_bytes());
        key.push(0x1f);
    }
}

fn halves(key_hash: u64, row: &[u8], keyed: bool) -> (u64, u64) {
    if keyed {
        (key_hash, xxh3_64_with_seed(row, 1))
    } else {
        let hash = xxh3_128(row);
        ((hash >> 64) as u64, hash as u64)
    }
}

/// By what was sold, and in orders also by the name and the price as written: repeated rows say exactly the same.
fn sale_fingerprint(
    sale: &Sale<'_>,
    besides: [&[u8]; 2],
    entity: Entity,
    keyed: bool,
    key: &mut Vec<u8>,
) -> (u64, u64) {
    key.clear();
    write_key(key, &[entity.name(), sale.location, sale.item, sale.kind]);
    key.extend_from_slice(&sale.day.epoch_days().to_le_bytes());
    let key_hash = if keyed { xxh3_64(key) } else { 0 };
    write_key(key, &[sale.customer.unwrap_or_default(), sale.order.unwrap_or_default()]);
    for number in [sale.occurred, sale.quantity, sale.revenue] {
        key.push(u8::from(number.is_some()));
        key.extend_from_slice(&number.unwrap_or(0).to_le_bytes());
    }
    if entity == Entity::Orders {
        for text in besides {
            key.extend_from_slice(text);
            key.push(0x1f);
        }
    }
    halves(key_hash, key, keyed)
}

/// In files where each repeated row counts, the second and later ones get a number of their own.
fn number_occurrence(occurrences: &mut Option<Seen>, print: (u64, u64)) -> (u64, u64) {
    let Some(seen) = occurrences else { return print };
    let (mut numbered, mut n) = (print, 0u64);
    while !seen.insert(numbered.0, numbered.1) {
        n += 1;
        let mut bytes = [0u8; 24];
        for (slot, word) in bytes.chunks_exact_mut(8).zip([print.0, print.1, n]) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        numbered = halves(0, &bytes, false);
    }
    numbered
}

#[expect(clippy::too_many_arguments, reason = "the columns of a feature")]
fn push_feature(
    growing: &mut Growing,
    day: Day,
    span: i32,
    location: Option<&str>,
    item: Option<&str>,
    name: &str,
    value: f64,
    line: u64,
    keyed: bool,
) {
    let key = &mut growing.key;
    key.clear();
    write_key(key, &["feature", location.unwrap_or_default(), item.unwrap_or_default(), name]);
    key.extend_from_slice(&day.epoch_days().to_le_bytes());
    let hi = xxh3_64(key);
    key.extend_from_slice(&value.to_bits().to_le_bytes());
    let print = halves(hi, key, keyed);
    let features = &mut growing.features;
    features.trace.push(day, line, print);
    features.span.push(span);
    features.location.append_option(location);
    features.item.append_option(item);
    features.name.append_value(name);
    features.value.append_value(value);
}
