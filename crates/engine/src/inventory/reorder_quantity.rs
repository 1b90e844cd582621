//! (r, Q): when the position falls to r, order Q. Exact costs, exact optima, and r by service for a given Q.

use super::bounds::{finite, positive, refuse, share};
use super::distribution::{Distribution, positive_mean};
use super::service::ServiceTarget;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Costs that policies weigh, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// Of keeping a unit for one period.
    pub holding: f64,
    /// Of a unit waited for, per period.
    pub shortage: f64,
    /// Of placing one order.
    pub order: f64,
}

/// A reorder point and an order quantity with their expected cost per period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReorderQuantity {
    /// Order when the position is at or below this, in units.
    pub reorder_point: f64,
    /// Units per order.
    pub quantity: f64,
    /// Expected cost per period.
    pub cost: f64,
}

/// What is known about demand where review is continuous.
#[derive(Debug, Clone, Copy)]
pub struct LeadTimeDemand<'a> {
    /// Units a period.
    pub rate: f64,
    /// Units over the lead time.
    pub over_lead_time: &'a Distribution,
}

impl Costs {
    pub(super) fn check(&self) -> Result<(), EngineError> {
        positive("holding cost", self.holding)?;
        positive("shortage cost", self.shortage)?;
        positive("order cost", self.order).map(|_| ())
    }
}

/// The expected cost of (r, Q) where the position moves continuously: (K d + integral of G from r to r + Q) / Q, where G(y)
/// is the expected holding and backorder cost at position y. Exact for continuous demand (Hadley and Whitin 1963).
///
/// # Errors
/// [`EngineError::Inventory`] where a parameter is not positive or the reorder point not finite.
pub fn reorder_quantity_cost(
    reorder_point: f64,
    quantity: f64,
    costs: &Costs,
    demand: LeadTimeDemand<'_>,
) -> Result<f64, EngineError> {
    costs.check()?;
    positive("mean demand", demand.rate)?;
    let (r, q) = (finite("reorder point", reorder_point)?, positive("order quantity", quantity)?);
    Ok((costs.order * demand.rate + holding_and_waiting(r, q, costs, demand.over_lead_time)) / q)
}

/// The reorder point that is best for this quantity: G(r) = G(r + Q).
///
/// # Errors
/// As [`reorder_quantity_cost`].
pub fn best_reorder_point(quantity: f64, costs: &Costs, demand: LeadTimeDemand<'_>) -> Result<f64, EngineError> {
    costs.check()?;
    let quantity = positive("order quantity", quantity)?;
    Ok(balance(quantity, costs, demand.over_lead_time))
}

/// The best (r, Q) for continuous demand. At the optimum the cost per period equals G(r) = G(r + Q), and
/// Q G(r(Q)) minus the integral of G rises with Q (Zheng 1992), so Q is found by bisection.
///
/// # Errors
/// As [`reorder_quantity_cost`].
pub fn best_reorder_quantity(costs: &Costs, demand: LeadTimeDemand<'_>) -> Result<ReorderQuantity, EngineError> {
    costs.check()?;
    let rate = positive("mean demand", demand.rate)?;
    let lead = demand.over_lead_time;
    let setup = costs.order * rate;
    let short_of = |quantity: f64| {
        let r = balance(quantity, costs, lead);
        quantity * point_cost(r, costs, lead) - holding_and_waiting(r, quantity, costs, lead) < setup
    };
    // Without spread, Q is the economic order quantity with backorders; spread only makes it larger.
    let ideal = (2.0 * setup * (costs.holding + costs.shortage) / (costs.holding * costs.shortage)).sqrt();
    let (mut low, mut high) = (0.0, ideal.max(1e-9));
    while short_of(high) && high < super::bounds::LARGEST {
        low = high;
        high *= 2.0;
    }
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if short_of(middle) {
            low = middle
        } else {
            high = middle
        }
        if high - low <= 1e-10 * high {
            break;
        }
    }
    let quantity = 0.5 * (low + high);
    let reorder_point = balance(quantity, costs, lead);
    let cost = (setup + holding_and_waiting(reorder_point, quantity, costs, lead)) / quantity;
    Ok(ReorderQuantity { reorder_point, quantity, cost })
}

/// The expected cost of (r, Q) for unit demands: the position is uniform on r + 1 … r + Q.
///
/// # Errors
/// [`EngineError::Inventory`] where a parameter is not positive, or r or Q is not a whole number (Q at most a million).
pub fn unit_reorder_quantity_cost(
    reorder_point: f64,
    quantity: f64,
    costs: &Costs,
    demand: LeadTimeDemand<'_>,
) -> Result<f64, EngineError> {
    costs.check()?;
    let rate = positive("mean demand", demand.rate)?;
    let whole = |value: f64| value == libm::floor(value);
    if !whole(finite("reorder point", reorder_point)?) {
        return Err(refuse("reorder point", reorder_point, "a whole number"));
    }
    if !(whole(positive("order quantity", quantity)?) && quantity <= 1e6) {
        return Err(refuse("order quantity", quantity, "a whole number of at most a million"));
    }
    let sum: f64 = (1..=quantity as u32)
        .map(|above| point_cost(reorder_point + f64::from(above), costs, demand.over_lead_time))
        .sum();
    Ok((costs.order * rate + sum) / quantity)
}

/// The best (r, Q) in whole units, for demand by single units (Poisson): Federgruen and Zheng 1992. From the cheapest
/// position outwards, the cheaper neighbour is taken in while that lowers the mean.
///
/// # Errors
/// [`EngineError::Inventory`] where a cost or the mean demand is not positive, or over a million units would be ordered.
pub fn best_unit_reorder_quantity(costs: &Costs, demand: LeadTimeDemand<'_>) -> Result<ReorderQuantity, EngineError> {
    costs.check()?;
    let rate = positive("mean demand", demand.rate)?;
    let lead = demand.over_lead_time;
    let cheapest = libm::ceil(lead.quantile(costs.shortage / (costs.shortage + costs.holding)) - 1e-9);
    let (mut r, mut count) = (cheapest - 1.0, 1u32);
    let mut sum = costs.order * rate + point_cost(cheapest, costs, lead);
    loop {
        let (below, above) = (point_cost(r, costs, lead), point_cost(r + f64::from(count) + 1.0, costs, lead));
        let next = below.min(above);
        if next >= sum / f64::from(count) {
            break;
        }
        if count == 1_000_000 {
            return Err(refuse("order quantity", "over a million units", "fewer; count in cases"));
        }
        if below <= above {
            r -= 1.0;
        }
        sum += next;
        count += 1;
    }
    Ok(ReorderQuantity { reorder_point: r, quantity: f64::from(count), cost: sum / f64::from(count) })
}

/// (s, Q) by service: the smallest reorder point that meets the target with this quantity.
///
/// - Cycle service: P(lead-time demand <= r).
/// - Fill rate: 1 - (n(r) - n(r + Q)) / Q, where n is the expected shortage: units that are short at the end of a cycle less
///   those that were short at its beginning.
///
/// # Errors
/// [`EngineError::Inventory`] where the target is not a share, or quantity or mean demand are not positive.
pub fn reorder_point_for_service(
    quantity: f64,
    target: ServiceTarget,
    over_lead_time: &Distribution,
) -> Result<f64, EngineError> {
    let quantity = positive("order quantity", quantity)?;
    match target {
        ServiceTarget::Cycle(probability) => Ok(over_lead_time.quantile(share("cycle service", probability)?)),
        ServiceTarget::Fill(rate) => {
            let short = (1.0 - share("fill rate", rate)?) * quantity;
            let mean = positive_mean(over_lead_time)?;
            let shortage = |r: f64| over_lead_time.shortage(r) - over_lead_time.shortage(r + quantity);
            let reach = 40.0 * over_lead_time.deviation() + quantity;
            Ok(falls_to(short, mean - reach, mean + reach, shortage))
        }
    }
}

/// The smallest x in a range where a falling function is at most `target`, by bisection.
pub(super) fn falls_to(target: f64, mut low: f64, mut high: f64, falling: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if falling(middle) > target { low = middle } else { high = middle }
    }
    high
}

/// G(y): expected holding and backorder cost of a period that begins, a lead time ago, at position y.
fn point_cost(position: f64, costs: &Costs, lead: &Distribution) -> f64 {
    super::newsvendor::period_cost(position, costs.holding, costs.shortage, lead)
}

/// The integral of G from r to r + Q: the shortage's integral is the second loss.
fn holding_and_waiting(r: f64, q: f64, costs: &Costs, lead: &Distribution) -> f64 {
    let short = lead.second_shortage(r) - lead.second_shortage(r + q);
    let held = q * (r + 0.5 * q - lead.mean()) + short;
    costs.holding * held + costs.shortage * short
}

/// r with G(r) = G(r + Q): G is convex, so G(r) - G(r + Q) falls in r.
fn balance(quantity: f64, costs: &Costs, lead: &Distribution) -> f64 {
    let reach = quantity + 40.0 * lead.deviation() + 1e-9;
    falls_to(0.0, lead.mean() - 2.0 * reach, lead.mean() + reach, |r| {
        point_cost(r, costs, lead) - point_cost(r + quantity, costs, lead)
    })
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Law;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_pair_is_cheaper_than_the_best(
            rate in 1.0..200.0f64, lead in 0.1..4.0f64, cv in 0.05..1.0f64, order in 1.0..500.0f64, shortage in 1.0..100.0f64,
            shift in -1.0..1.0f64, times in 0.3..3.0f64,
        ) {
            let law = Law::Gamma { mean: rate * lead, deviation: cv * rate * lead }.check().unwrap();
            let demand = LeadTimeDemand { rate, over_lead_time: &law };
            let costs = Costs { holding: 1.0, shortage, order };
            let best = best_reorder_quantity(&costs, demand).unwrap();
            let r = best.reorder_point + shift * law.deviation();
            let tried = reorder_quantity_cost(r, best.quantity * times, &costs, demand).unwrap();
            prop_assert!(best.cost <= tried * (1.0 + 1e-7), "{best:?} against {tried}");
        }

        #[test]
        fn no_whole_pair_is_cheaper_than_the_best(
            rate in 0.1..8.0f64, lead in 0.1..4.0f64, order in 1.0..300.0f64, shortage in 1.0..100.0f64,
            r in -5..40i32, q in 1..40u32,
        ) {
            let law = Law::Poisson { mean: rate * lead }.check().unwrap();
            let demand = LeadTimeDemand { rate, over_lead_time: &law };
            let costs = Costs { holding: 1.0, shortage, order };
            let best = best_unit_reorder_quantity(&costs, demand).unwrap();
            let tried = unit_reorder_quantity_cost(f64::from(r), f64::from(q), &costs, demand).unwrap();
            prop_assert!(best.cost <= tried * (1.0 + 1e-9));
            let said = unit_reorder_quantity_cost(best.reorder_point, best.quantity, &costs, demand).unwrap();
            prop_assert!((said - best.cost).abs() < 1e-9 * said);
        }

        #[test]
        fn more_service_needs_a_higher_point_and_larger_orders_a_lower(
            mean in 1.0..200.0f64, cv in 0.1..1.2f64, low in 0.5..0.98f64, more in 0.0..0.0199f64, q in 1.0..300.0f64,
        ) {
            let law = Law::Gamma { mean, deviation: cv * mean }.check().unwrap();
            for target in [ServiceTarget::Cycle, ServiceTarget::Fill] {
                let point = |share, q| reorder_point_for_service(q, target(share), &law).unwrap();
                prop_assert!(point(low + more, q) >= point(low, q) - 1e-9);
                prop_assert!(point(low, 2.0 * q) <= point(low, q) + 1e-9);
            }
            let r = reorder_point_for_service(q, ServiceTarget::Fill(low), &law).unwrap();
            let filled = 1.0 - (law.shortage(r) - law.shortage(r + q)) / q;
            prop_assert!((filled - low).abs() < 1e-6 || r < 0.0);
        }
    }
}
