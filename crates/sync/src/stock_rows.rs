//! Rows about stock: what was there, and what came in.

use crate::convert::{Converter, Growing};
use crate::dates::Moment;
use crate::fields::{Fault, Row, fault, units};
use crate::fingerprint::{halves, number_occurrence, write_key};
use crate::master::Said;
use crate::records::Block;
use aisle_domain::import::DateOrder;
use aisle_domain::{Day, Quantity};

impl Converter {
    pub(crate) fn stock_level(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        let day = self.date(block, row, self.places.date)?.day;
        let item = self.id(block, row, self.places.item)?;
        let location = self.place(block, row)?.unwrap_or_default();
        let Some(on_hand) = self.units_at(block, row, self.places.on_hand)? else {
            let reason = "how much was there is missing; fill it in, 0 where there was none".to_owned();
            return Err(Fault { column: self.places.on_hand, reason });
        };
        let on_order = self.units_at(block, row, self.places.on_order)?;
        let key = &mut growing.key;
        key.clear();
        write_key(key, &["stock_level", location, item]);
        key.extend_from_slice(&day.epoch_days().to_le_bytes());
        key.extend_from_slice(&on_hand.to_le_bytes());
        key.extend_from_slice(&on_order.unwrap_or(-1).to_le_bytes());
        // A level that is corrected later is another row: who asks takes the last.
        let print = number_occurrence(&mut growing.occurrences, halves(0, key, false));
        let levels = &mut growing.stock_levels;
        levels.trace.push(day, block.line(row), print);
        levels.location.append_value(location);
        levels.item.append_value(item);
        levels.on_hand.push(on_hand);
        levels.on_order.append_option(on_order);
        growing.master.item(item, Said::default());
        growing.master.location(location, Said::default());
        Ok(())
    }

    pub(crate) fn delivery(&mut self, block: &Block, row: usize, growing: &mut Growing) -> Row<()> {
        let day = self.date(block, row, self.places.date)?.day;
        let ordered = self.optional_day(block, row, self.places.ordered)?;
        let expected = self.optional_day(block, row, self.places.expected)?;
        if let Some(ordered) = ordered.filter(|ordered| *ordered > day) {
            let reason = format!("the goods came in on {day}, before they were ordered on {ordered}");
            return Err(Fault { column: self.places.ordered.map(|(column, _)| column), reason });
        }
        let supplier = self.optional_id(block, row, self.places.supplier)?;
        let location = self.place(block, row)?;
        let item = self.optional_id(block, row, self.places.item)?;
        let quantity = self.units_at(block, row, self.places.quantity)?;
        let key = &mut growing.key;
        key.clear();
        let texts = [supplier, location, item].map(Option::unwrap_or_default);
        write_key(key, &["delivery", texts[0], texts[1], texts[2]]);
        for day in [Some(day), ordered, expected] {
            key.extend_from_slice(&day.map_or(i32::MIN, |day| day.epoch_days()).to_le_bytes());
        }
        key.extend_from_slice(&quantity.unwrap_or(-1).to_le_bytes());
        let print = number_occurrence(&mut growing.occurrences, halves(0, key, false));
        let deliveries = &mut growing.deliveries;
        deliveries.trace.push(day, block.line(row), print);
        deliveries.ordered.push(ordered.map(|day| day.epoch_days()));
        deliveries.expected.push(expected.map(|day| day.epoch_days()));
        deliveries.supplier.append_option(supplier);
        deliveries.location.append_option(location);
        deliveries.item.append_option(item);
        deliveries.quantity.append_option(quantity);
        if let Some(item) = item {
            growing.master.item(item, Said::default());
        }
        if let Some(location) = location {
            growing.master.location(location, Said::default());
        }
        Ok(())
    }

    /// Ten-thousandths of a unit, from 0 up; `None` where the column holds no value.
    fn units_at(&self, block: &Block, row: usize, column: Option<usize>) -> Row<Option<i64>> {
        let Some((column, number)) = self.number(block, row, column)? else { return Ok(None) };
        let found = units(column, number, Quantity::DECIMALS, "quantity", block.field(row, column))?;
        if found < 0 {
            return fault(column, format!("{} is below 0; expected what was there", Quantity(found)));
        }
        Ok(Some(found))
    }

    fn optional_day(&mut self, block: &Block, row: usize, place: Option<(usize, DateOrder)>) -> Row<Option<Day>> {
        match place {
            Some((column, _)) if !self.is_null(block.field(row, column)) => {
                self.date(block, row, place).map(|Moment { day, .. }| Some(day))
            }
            _ => Ok(None),
        }
    }
}
