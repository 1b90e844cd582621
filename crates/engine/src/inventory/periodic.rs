//! (R, S): every R periods, order up to S.

use super::bounds::{not_negative, positive, share};
use super::distribution::{Distribution, Law, positive_mean};
use super::economic_order::economic_order;
use super::newsvendor::newsvendor;
use super::reorder_quantity::{Costs, falls_to};
use super::service::ServiceTarget;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// The smallest order-up-to level that meets the target. `over_lead_time` is the demand over the lead time,
/// `over_protection` that over lead time plus review period.
///
/// - Cycle service: P(demand over the protection period <= S).
/// - Fill rate: 1 - (n_(L+R)(S) - n_L(S)) / (d R), with n the expected shortage over either span and d R the demand of a
///   cycle. Silver, Pyke and Thomas, *Inventory and Production Management in Supply Chains*, 7.9.
///
/// # Errors
/// [`EngineError::Inventory`] where the target is not a share or the demand of a cycle is not positive.
pub fn order_up_to_for_service(
    target: ServiceTarget,
    over_lead_time: &Distribution,
    over_protection: &Distribution,
) -> Result<f64, EngineError> {
    match target {
        ServiceTarget::Cycle(probability) => Ok(over_protection.quantile(share("cycle service", probability)?)),
        ServiceTarget::Fill(rate) => {
            let cycle = positive("demand of a review period", over_protection.mean() - over_lead_time.mean())?;
            let short = (1.0 - share("fill rate", rate)?) * cycle;
            let reach = 40.0 * over_protection.deviation() + cycle;
            let mean = positive_mean(over_protection)?;
            Ok(falls_to(short, mean - reach, mean + reach, |level| {
                over_protection.shortage(level) - over_lead_time.shortage(level)
            }))
        }
    }
}

/// A review period with its order-up-to level and their expected cost per period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReviewPeriod {
    /// Periods between reviews.
    pub review: u32,
    /// Order up to this at each, in units.
    pub order_up_to: f64,
    /// Expected cost per period: holding and waiting at each period's end, orders once a review.
    pub cost: f64,
}

/// The best level for this review period: an order covers periods L + 1 to L + R, whose ends are weighed alike. Exact for
/// independent demand with backorders.
///
/// # Errors
/// [`EngineError::Inventory`] where a cost or the review period is not positive, or the law does not divide (see [`Law::over`]).
pub fn best_level_for_review(
    review: u32,
    lead_time: f64,
    costs: &Costs,
    law: &Law,
) -> Result<ReviewPeriod, EngineError> {
    costs.check()?;
    let lead_time = not_negative("lead time", lead_time)?;
    let count = positive("review period", f64::from(review))?;
    let ends: Vec<Distribution> =
        (1..=review).map(|period| law.over(lead_time + f64::from(period))).collect::<Result<_, _>>()?;
    let mean_share = |level: f64| ends.iter().map(|end| end.probability(level)).sum::<f64>() / count;
    let wanted = costs.shortage / (costs.shortage + costs.holding);
    let (low, high) = (&ends[0], &ends[ends.len() - 1]);
    let level = if review == 1 {
        newsvendor(costs.holding, costs.shortage, low)?.level
    } else {
        let from = low.quantile(wanted).min(high.quantile(wanted)) - 1e-6;
        // A lattice's quantile lies on its values; bisection stops a hair beside one.
        let found = falls_to(-wanted, from, low.quantile(wanted).max(high.quantile(wanted)) + 1e-6, |x| -mean_share(x));
        low.lattice().map_or(found, |lattice| libm::round(found / lattice.step()) * lattice.step())
    };
    let weighed = |end: &Distribution| super::newsvendor::period_cost(level, costs.holding, costs.shortage, end);
    let cost = (costs.order + ends.iter().map(weighed).sum::<f64>()) / count;
    Ok(ReviewPeriod { review, order_up_to: level, cost })
}

/// The best review period of at most `longest` periods, with its level.
///
/// # Errors
/// As [`best_level_for_review`].
pub fn best_review_period(longest: u32, lead_time: f64, costs: &Costs, law: &Law) -> Result<ReviewPeriod, EngineError> {
    let mut best = best_level_for_review(1, lead_time, costs, law)?;
    for review in 2..=longest.min(1_000) {
        let tried = best_level_for_review(review, lead_time, costs, law)?;
        if tried.cost < best.cost {
            best = tried;
        } else if f64::from(review) > 4.0 * economic_cycle(costs, law)? {
            break;
        }
    }
    Ok(best)
}

/// Periods that an economic order lasts: beyond some multiple of it, no review period is better.
fn economic_cycle(costs: &Costs, law: &Law) -> Result<f64, EngineError> {
    let rate = positive_mean(&law.check()?)?;
    let cycle = economic_order(costs.order, costs.holding, rate)?.quantity / rate;
    Ok(cycle * ((costs.holding + costs.shortage) / costs.shortage).sqrt() + 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn neither_another_level_nor_another_period_is_cheaper(
            mean in 1.0..30.0f64, cv in 0.1..0.9f64, lead in 0.0..4.0f64, shortage in 1.0..30.0f64, order in 0.5..200.0f64,
            review in 1..20u32, factor in 0.7..1.4f64,
        ) {
            let law = Law::Gamma { mean, deviation: cv * mean };
            let costs = Costs { holding: 1.0, shortage, order };
            let best = best_review_period(30, lead, &costs, &law).unwrap();
            let other = best_level_for_review(review, lead, &costs, &law).unwrap();
            prop_assert!(best.cost <= other.cost * (1.0 + 1e-9));
            let level = other.order_up_to * factor;
            let ends = (1..=review).map(|n| law.over(lead + f64::from(n)).unwrap());
            let cost = (order + ends.map(|end| end.surplus(level) + shortage * end.shortage(level)).sum::<f64>()) / f64::from(review);
            prop_assert!(other.cost <= cost * (1.0 + 1e-7), "{other:?} against {cost} at {level}");
        }

        #[test]
        fn longer_protection_and_more_service_need_more(
            mean in 1.0..50.0f64, cv in 0.2..1.0f64, lead in 1.0..6.0f64, longer in 0.1..4.0f64, low in 0.6..0.97f64,
        ) {
            let law = Law::Gamma { mean, deviation: cv * mean };
            for target in [ServiceTarget::Cycle, ServiceTarget::Fill] {
                let level = |share, lead: f64| {
                    order_up_to_for_service(target(share), &law.over(lead).unwrap(), &law.over(lead + 1.0).unwrap()).unwrap()
                };
                prop_assert!(level(low + 0.02, lead) > level(low, lead));
                prop_assert!(level(low, lead + longer) > level(low, lead));
            }
        }
    }
}
