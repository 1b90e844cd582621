//! Known demand that varies from period to period: which periods to order in, and how much.

use super::bounds::{not_negative, refuse};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Most periods planned at once.
const MOST_PERIODS: usize = 10_000;

/// A period of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LotPeriod {
    /// Units demanded.
    pub demand: f64,
    /// Cost of an order placed in this period.
    pub order_cost: f64,
    /// Cost of a unit kept from this period to the next.
    pub holding: f64,
    /// Price of a unit bought in this period.
    pub unit_price: f64,
}

/// What to order when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LotPlan {
    /// Units to order in each period; zero in most.
    pub quantities: Vec<f64>,
    /// Orders, holding and purchases over all periods.
    pub cost: f64,
}

/// The cheapest plan: Wagner and Whitin 1958, by dynamic programming over the period of the last order. Prices may vary:
/// an order serves a run of periods, which is optimal as long as nothing limits its size.
///
/// # Errors
/// [`EngineError::Inventory`] where a number is negative or not finite, or there are over 10,000 periods.
pub fn cheapest_lots(periods: &[LotPeriod]) -> Result<LotPlan, EngineError> {
    check(periods)?;
    let count = periods.len();
    // least[t]: cost of periods t and after; until[t]: where the run that is ordered at t ends.
    let (mut least, mut until) = (vec![0.0; count + 1], vec![count; count + 1]);
    for start in (0..count).rev() {
        let period = &periods[start];
        // With nothing to serve now, waiting is free.
        let (mut best, mut end) = if period.demand == 0.0 { (least[start + 1], start) } else { (f64::INFINITY, start) };
        let (mut serve, mut keep) = (period.order_cost, 0.0);
        for last in start..count {
            serve += (period.unit_price + keep) * periods[last].demand;
            let cost = serve + least[last + 1];
            if cost < best {
                (best, end) = (cost, last + 1);
            }
            keep += periods[last].holding;
        }
        (least[start], until[start]) = (best, end);
    }
    let mut quantities = vec![0.0; count];
    let mut at = 0;
    while at < count {
        let end = until[at];
        if end > at {
            quantities[at] = periods[at..end].iter().map(|period| period.demand).sum();
        }
        at = end.max(at + 1);
    }
    Ok(LotPlan { quantities, cost: least[0] })
}

/// The plan by Silver and Meal's rule (1973): an order's run is extended while its cost per period falls. Quick to explain and
/// usually within a few percent of [`cheapest_lots`]; offered for comparison.
///
/// # Errors
/// As [`cheapest_lots`].
pub fn silver_meal_lots(periods: &[LotPeriod]) -> Result<LotPlan, EngineError> {
    check(periods)?;
    let mut quantities = vec![0.0; periods.len()];
    let mut start = 0;
    while start < periods.len() {
        if periods[start].demand == 0.0 {
            start += 1;
            continue;
        }
        let (mut cost, mut keep, mut end) = (periods[start].order_cost, periods[start].holding, start + 1);
        while let Some(next) = periods.get(end) {
            let longer = cost + keep * next.demand;
            if longer / (end + 1 - start) as f64 > cost / (end - start) as f64 {
                break;
            }
            cost = longer;
            keep += next.holding;
            end += 1;
        }
        quantities[start] = periods[start..end].iter().map(|period| period.demand).sum();
        start = end;
    }
    let cost = lot_cost(periods, &quantities)?;
    Ok(LotPlan { quantities, cost })
}

/// What a plan costs. Demand that is not met in its period makes it infinite.
///
/// # Errors
/// [`EngineError::Inventory`] where a number is negative or not finite, or the lengths differ.
pub fn lot_cost(periods: &[LotPeriod], quantities: &[f64]) -> Result<f64, EngineError> {
    check(periods)?;
    if quantities.len() != periods.len() {
        return Err(refuse("quantities", quantities.len(), "one for each period"));
    }
    let (mut stock, mut cost) = (0.0, 0.0);
    for (period, quantity) in periods.iter().zip(quantities) {
        let quantity = not_negative("order quantity", *quantity)?;
        cost += if quantity > 0.0 { period.order_cost } else { 0.0 } + quantity * period.unit_price;
        stock += quantity - period.demand;
        if stock < -1e-9 * (1.0 + period.demand) {
            return Ok(f64::INFINITY);
        }
        cost += stock.max(0.0) * period.holding;
    }
    Ok(cost)
}

fn check(periods: &[LotPeriod]) -> Result<(), EngineError> {
    if periods.len() > MOST_PERIODS {
        return Err(refuse("periods", periods.len(), "at most 10,000"));
    }
    for period in periods {
        not_negative("demand", period.demand)?;
        not_negative("order cost", period.order_cost)?;
        not_negative("holding cost", period.holding)?;
        not_negative("unit price", period.unit_price)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_choice_of_order_periods_is_cheaper(
            numbers in proptest::collection::vec((0u32..200, 1u32..500, 0u32..5, 0u32..8), 1..9),
        ) {
            let periods: Vec<LotPeriod> = numbers.iter().map(|(demand, order, holding, price)| LotPeriod {
                demand: f64::from(demand / 40 * 40), order_cost: f64::from(*order), holding: f64::from(*holding), unit_price: f64::from(*price),
            }).collect();
            let best = cheapest_lots(&periods).unwrap();
            prop_assert!((lot_cost(&periods, &best.quantities).unwrap() - best.cost).abs() < 1e-6);
            for choice in 0u32..1 << periods.len() {
                let mut quantities = vec![0.0; periods.len()];
                let mut last = None;
                for (index, period) in periods.iter().enumerate() {
                    last = if choice >> index & 1 == 1 { Some(index) } else { last };
                    if let Some(order) = last {
                        quantities[order] += period.demand;
                    }
                }
                prop_assert!(best.cost <= lot_cost(&periods, &quantities).unwrap() + 1e-6);
            }
            let rule = silver_meal_lots(&periods).unwrap();
            prop_assert!(best.cost <= rule.cost + 1e-6 && rule.cost.is_finite());
        }
    }
}
