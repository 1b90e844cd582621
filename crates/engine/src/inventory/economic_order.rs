//! The economic order quantity: steady demand, a fixed cost per order, holding by the unit; backorders; price breaks.

use super::bounds::{positive, refuse};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// A quantity to order each time, and the cost per unit of time. Demand is a rate per that unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EconomicOrder {
    /// Units per order.
    pub quantity: f64,
    /// Cost per unit of time; with price breaks, purchases included.
    pub cost: f64,
}

/// Harris 1913: Q = sqrt(2 D K / h), cost sqrt(2 D K h).
///
/// # Errors
/// [`EngineError::Inventory`] where a parameter is not positive.
pub fn economic_order(order_cost: f64, holding: f64, demand: f64) -> Result<EconomicOrder, EngineError> {
    let (order_cost, holding, demand) = checked(order_cost, holding, demand)?;
    let quantity = (2.0 * order_cost * demand / holding).sqrt();
    Ok(EconomicOrder { quantity, cost: running(quantity, order_cost, holding, demand) })
}

/// The cost per unit of time of ordering this quantity each time, purchases not included.
///
/// # Errors
/// [`EngineError::Inventory`] where a parameter is not positive.
pub fn order_quantity_cost(quantity: f64, order_cost: f64, holding: f64, demand: f64) -> Result<f64, EngineError> {
    let (order_cost, holding, demand) = checked(order_cost, holding, demand)?;
    Ok(running(positive("order quantity", quantity)?, order_cost, holding, demand))
}

/// An economic order whose customers wait for part of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BackorderedOrder {
    /// Units per order.
    pub quantity: f64,
    /// The share of demand that waits.
    pub waiting: f64,
    /// Cost per unit of time, purchases not included.
    pub cost: f64,
}

/// With planned backorders at `shortage` per unit and unit of time: Q = sqrt(2 K D (h + p) / (h p)), x = h / (h + p).
///
/// # Errors
/// [`EngineError::Inventory`] where a parameter is not positive.
pub fn economic_order_with_backorders(
    order_cost: f64,
    holding: f64,
    shortage: f64,
    demand: f64,
) -> Result<BackorderedOrder, EngineError> {
    let (order_cost, holding, demand) = checked(order_cost, holding, demand)?;
    let shortage = positive("shortage cost", shortage)?;
    let quantity = (2.0 * order_cost * demand * (holding + shortage) / (holding * shortage)).sqrt();
    let waiting = holding / (holding + shortage);
    let cost = order_cost * demand / quantity
        + holding * quantity * (1.0 - waiting) * (1.0 - waiting) / 2.0
        + shortage * quantity * waiting * waiting / 2.0;
    Ok(BackorderedOrder { quantity, waiting, cost })
}

/// A price that holds from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PriceBreak {
    /// The smallest quantity of the band, in units.
    pub from: f64,
    /// Price of a unit in it.
    pub unit_price: f64,
}

/// Price bands in order of quantity; the first holds from zero.
///
/// # Errors
/// [`EngineError::Inventory`] where there are none, the first does not begin at zero, or quantities do not rise.
pub fn check_price_breaks(bands: &[PriceBreak]) -> Result<(), EngineError> {
    match bands.first() {
        None => return Err(refuse("price breaks", "none", "at least one, from quantity 0")),
        Some(first) if first.from != 0.0 => {
            return Err(refuse("first price break", first.from, "quantity 0"));
        }
        Some(_) => {}
    }
    for pair in bands.windows(2) {
        if pair[1].from.is_nan() || pair[1].from <= pair[0].from {
            return Err(refuse("price break", pair[1].from, "quantities that rise from band to band"));
        }
    }
    for band in bands {
        positive("unit price", band.unit_price)?;
    }
    positive("last price break", bands[bands.len() - 1].from.max(1.0)).map(|_| ())
}

/// All units at the price of the band that the order falls in. Holding costs `holding_rate` of the price per unit of time.
/// The cost includes purchases. Of equally cheap quantities, the smallest.
///
/// # Errors
/// [`EngineError::Inventory`] where a parameter is not positive or the bands are not in order.
pub fn economic_order_all_units(
    order_cost: f64,
    holding_rate: f64,
    demand: f64,
    bands: &[PriceBreak],
) -> Result<EconomicOrder, EngineError> {
    let (order_cost, holding_rate, demand) = checked(order_cost, holding_rate, demand)?;
    check_price_breaks(bands)?;
    Ok(cheapest(bands.iter().enumerate().map(|(index, band)| {
        let holding = holding_rate * band.unit_price;
        let ideal = (2.0 * order_cost * demand / holding).sqrt();
        // A quantity beyond the band is dearer than the next band's at the same quantity, so the band's end is not tried.
        let beyond = bands.get(index + 1).is_some_and(|next| ideal >= next.from);
        let quantity = ideal.max(band.from);
        let cost = band.unit_price * demand + running(quantity, order_cost, holding, demand);
        (!beyond).then_some(EconomicOrder { quantity, cost })
    })))
}

/// Each unit at the price of its own band: an order pays the first band's price for the first units, and so on.
/// The cost includes purchases.
///
/// # Errors
/// As [`economic_order_all_units`].
pub fn economic_order_incremental(
    order_cost: f64,
    holding_rate: f64,
    demand: f64,
    bands: &[PriceBreak],
) -> Result<EconomicOrder, EngineError> {
    let (order_cost, holding_rate, demand) = checked(order_cost, holding_rate, demand)?;
    check_price_breaks(bands)?;
    // Ordering q in band j costs K + extra_j + price_j q, where extra_j is what earlier bands cost above price_j.
    let mut extra = 0.0;
    Ok(cheapest(bands.iter().enumerate().map(|(index, band)| {
        if index > 0 {
            extra += (bands[index - 1].unit_price - band.unit_price) * band.from;
        }
        let holding = holding_rate * band.unit_price;
        let quantity = (2.0 * (order_cost + extra).max(0.0) * demand / holding).sqrt();
        let within = quantity >= band.from && bands.get(index + 1).is_none_or(|next| quantity < next.from);
        let cost = band.unit_price * demand
            + holding_rate * extra / 2.0
            + running(quantity.max(f64::MIN_POSITIVE), order_cost + extra, holding, demand);
        within.then_some(EconomicOrder { quantity, cost })
    })))
}

fn cheapest(orders: impl Iterator<Item = Option<EconomicOrder>>) -> EconomicOrder {
    let nothing = EconomicOrder { quantity: 0.0, cost: f64::INFINITY };
    orders.flatten().fold(nothing, |best, order| if order.cost < best.cost { order } else { best })
}

fn running(quantity: f64, order_cost: f64, holding: f64, demand: f64) -> f64 {
    order_cost * demand / quantity + holding * quantity / 2.0
}

fn checked(order_cost: f64, holding: f64, demand: f64) -> Result<(f64, f64, f64), EngineError> {
    Ok((positive("order cost", order_cost)?, positive("holding cost", holding)?, positive("demand", demand)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all_units_cost(quantity: f64, order_cost: f64, rate: f64, demand: f64, bands: &[PriceBreak]) -> f64 {
        let price = bands.iter().rev().find(|band| quantity >= band.from).unwrap().unit_price;
        price * demand + running(quantity, order_cost, rate * price, demand)
    }

    fn incremental_cost(quantity: f64, order_cost: f64, rate: f64, demand: f64, bands: &[PriceBreak]) -> f64 {
        let ends = bands.iter().skip(1).map(|band| band.from).chain([f64::INFINITY]);
        let paid: f64 =
            bands.iter().zip(ends).map(|(b, end)| (quantity.min(end) - b.from).max(0.0) * b.unit_price).sum();
        let each = paid / quantity;
        each * demand + order_cost * demand / quantity + rate * each * quantity / 2.0
    }

    proptest! {
        #[test]
        fn no_quantity_is_cheaper_than_the_economic_one(
            order_cost in 1.0..500.0f64, rate in 0.05..0.6f64, demand in 10.0..10_000.0f64,
            first in 10.0..500.0f64, second in 10.0..2_000.0f64, off in (0.5..0.99f64, 0.5..0.99f64), tried in 1.0..20_000.0f64,
        ) {
            let bands = [(0.0, 10.0), (first, 10.0 * off.0), (first + second, 10.0 * off.0 * off.1)]
                .map(|(from, unit_price)| PriceBreak { from, unit_price });
            let all = economic_order_all_units(order_cost, rate, demand, &bands).unwrap();
            let each = economic_order_incremental(order_cost, rate, demand, &bands).unwrap();
            prop_assert!(all.cost <= all_units_cost(tried, order_cost, rate, demand, &bands) * (1.0 + 1e-12));
            prop_assert!(each.cost <= incremental_cost(tried, order_cost, rate, demand, &bands) * (1.0 + 1e-12));
            let said = incremental_cost(each.quantity, order_cost, rate, demand, &bands);
            prop_assert!((each.cost - said).abs() < 1e-9 * said, "{each:?} costs {said}");
            prop_assert!(all.cost <= each.cost * (1.0 + 1e-12), "all units at the lower price is never dearer");
        }
    }

    #[test]
    fn what_has_no_order_is_refused() {
        let band = |from, unit_price| PriceBreak { from, unit_price };
        assert!(economic_order(0.0, 1.0, 1.0).is_err());
        assert!(economic_order(1.0, f64::NAN, 1.0).is_err());
        for bands in [vec![], vec![band(1.0, 1.0)], vec![band(0.0, 1.0), band(0.0, 0.9)], vec![band(0.0, -1.0)]] {
            assert!(economic_order_all_units(1.0, 0.1, 1.0, &bands).is_err());
        }
    }
}
