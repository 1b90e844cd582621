//! From the texts of a record to facts and state, by a mapping.

use crate::chunk::Rounding;
use crate::dates::Moment;
use crate::fact_columns::{Deliveries, Features, Prices, Promotions, Sale, Sales, StockLevels};
use crate::fields::{ChargeCodes, Fault, NullTokens, Places, Row, fault, places, units};
use crate::fingerprint::{halves, number_occurrence, sale_fingerprint, write_key};
use crate::master::{Master, Said};
use crate::numbers;
use crate::reader::ImportContext;
use crate::records::Block;
use crate::{Chunk, Seen, SyncError, holidays};
use aisle_domain::facts::{self, sale_kind};
use aisle_domain::import::{DateOrder, DecimalMark, Dialect, Entity, FileFormat, Mapping, Rejection, RepeatedRows};
use aisle_domain::{CalendarEvent, Currency, Day, Granularity, LocationId, Period, Quantity};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// Turns blocks into chunks.
#[derive(Debug)]
pub(crate) struct Converter {
    pub(crate) places: Places,
    columns: Vec<String>,
    pub(crate) entity: Entity,
    granularity: Granularity,
    pub(crate) currency: Option<Currency>,
    pub(crate) default_location: Option<String>,
    pub(crate) mark: DecimalMark,
    pub(crate) nulls: NullTokens,
    charge_codes: ChargeCodes,
    cancel_prefixes: Vec<String>,
    keyed: bool,
    occurrences: Option<Seen>,
    origin: ImportContext,
    file_name: Arc<str>,
    /// The date read last, as written, in which order of its parts.
    pub(crate) last_date: (Vec<u8>, Option<(DateOrder, Moment)>),
    /// The day before, the end of its period, and the period's days.
    last_period: Cell<Option<(Day, Day, i32)>>,
    master: Master,
}

/// What grows while a block is turned into a chunk.
#[derive(Debug, Default)]
pub(crate) struct Growing {
    sales: Sales,
    features: Features,
    prices: Prices,
    promotions: Promotions,
    pub(crate) stock_levels: StockLevels,
    pub(crate) deliveries: Deliveries,
    pub(crate) master: Master,
    rounding: Rounding,
    pub(crate) key: Vec<u8>,
    pub(crate) occurrences: Option<Seen>,
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
            nulls: NullTokens::new(&dialect.null_tokens),
            charge_codes: ChargeCodes::new(&mapping.charge_codes),
            cancel_prefixes: mapping.cancel_prefixes.clone(),
            keyed: one_value && !each,
            occurrences: each.then(Seen::new),
            origin: origin.clone(),
            file_name: origin.file_name.as_str().into(),
            last_date: (Vec::new(), None),
            last_period: Cell::new(None),
            master: Master::default(),
        }
    }

    /// Whether chunks depend on the ones before: the number of an occurrence does.
    pub(crate) fn remembers(&self) -> bool {
        self.occurrences.is_some()
    }

    /// Whether the file is one of master data, whose chunks each tell all that they met.
    fn tells_anew(&self) -> bool {
        matches!(self.entity, Entity::Items | Entity::Locations | Entity::Customers | Entity::CalendarEvents)
    }

    /// Turns a block into a chunk.
    ///
    /// # Errors
    /// [`SyncError::Assembly`].
    pub(crate) fn chunk(&mut self, block: Block, sequence: u64, bytes_total: u64) -> Result<Chunk, SyncError> {
        let (occurrences, master) = (self.occurrences.take(), std::mem::take(&mut self.master));
        let mut growing = Growing { occurrences, master, ..Growing::default() };
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
        let state = growing.master.finish(self.tells_anew());
        self.master = growing.master;
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
        if growing.stock_levels.trace.len() > 0 {
            facts.push((&facts::STOCK_LEVELS, growing.stock_levels.finish(&self.origin)?));
        }
        if growing.deliveries.trace.len() > 0 {
            facts.push((&facts::DELIVERIES, growing.deliveries.finish(&self.origin)?));
        }
        Ok(Chunk {
            sequence,
            entity: self.entity,
            facts,
            state,
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
            Entity::StockLevels => self.stock_level(block, row, growing),
            Entity::Deliveries => self.delivery(block, row, growing),
        }
    }

    fn sale(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        self.check_currency(block, row)?;
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
        let charge = orders && self.charge_codes.contains(item);
        let kind = match () {
            () if charge => sale_kind::CHARGE,
            () if cancelled || (orders && quantity.or(revenue).is_some_and(|amount| amount < 0)) => sale_kind::RETURN,
            () => sale_kind::SALE,
        };
        let (day, span) = self.period(moment.day);
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
            growing.master.buyer(customer);
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
        let (day, span) = self.period(moment.day);
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
        self.check_currency(block, row)?;
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

    /// The last day of the period that holds a day, and the period's days.
    fn period(&self, day: Day) -> (Day, i32) {
        match self.last_period.get() {
            Some((known, end, span)) if known == day => (end, span),
            _ => {
                let end = self.granularity.end_of(day);
                let start = Period { granularity: self.granularity, end }.start();
                let span = end.since(start) + 1;
                self.last_period.set(Some((day, end, span)));
                (end, span)
            }
        }
    }

    fn flagged(&self, day: Day) -> CalendarEvent {
        holidays::event(Period { granularity: self.granularity, end: day }.start(), day)
    }
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
