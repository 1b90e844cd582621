//! One order for one period, and its repeated form, the base-stock level.

use super::bounds::{finite, not_negative, positive, refuse};
use super::distribution::Distribution;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// A level of stock and what it is expected to cost per period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Units to have at the period's beginning (or, repeated, the position to order up to).
    pub level: f64,
    /// Expected cost of units left over and units short.
    pub cost: f64,
}

/// The level with the least expected cost of `overage` per unit left over and `underage` per unit short:
/// the smallest x with P(D <= x) >= underage / (underage + overage). For a lattice this is one of its values.
///
/// With the demand over lead time plus review period it is the optimal base-stock level of a product whose unmet demand
/// waits (Arrow, Harris and Marschak 1951; Snyder and Shen, *Fundamentals of Supply Chain Theory*, 4.3).
///
/// # Errors
/// [`EngineError::Inventory`] where a cost is not positive.
pub fn newsvendor(overage: f64, underage: f64, demand: &Distribution) -> Result<Level, EngineError> {
    let (overage, underage) = (positive("overage cost", overage)?, positive("underage cost", underage)?);
    let level = demand.quantile(underage / (underage + overage));
    Ok(Level { level, cost: period_cost(level, overage, underage, demand) })
}

/// The expected cost of this level: `overage` E[(x - D)+] + `underage` E[(D - x)+].
///
/// # Errors
/// [`EngineError::Inventory`] where a cost is negative or the level not finite.
pub fn newsvendor_cost(level: f64, overage: f64, underage: f64, demand: &Distribution) -> Result<f64, EngineError> {
    let (overage, underage) = (not_negative("overage cost", overage)?, not_negative("underage cost", underage)?);
    Ok(period_cost(finite("level", level)?, overage, underage, demand))
}

/// Prices of a seasonal purchase, per unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SeasonalPrices {
    /// What a unit sells for.
    pub revenue: f64,
    /// What it costs.
    pub purchase: f64,
    /// What a unit left over brings.
    pub salvage: f64,
    /// What keeping a unit left over costs, besides.
    pub holding: f64,
    /// What a disappointed customer costs, besides the lost margin.
    pub goodwill: f64,
}

/// The quantity to buy once for a season, with the expected profit in place of a cost: underage is the margin plus
/// goodwill, overage what is lost on a unit left over.
///
/// # Errors
/// [`EngineError::Inventory`] where a unit left over loses nothing, or a unit sold earns nothing.
pub fn seasonal_purchase(prices: &SeasonalPrices, demand: &Distribution) -> Result<Level, EngineError> {
    let underage = prices.revenue - prices.purchase + prices.goodwill;
    let overage = prices.purchase - prices.salvage + prices.holding;
    let best = newsvendor(
        positive("loss on a unit left over", overage)?,
        positive("earning on a unit sold", underage)?,
        demand,
    )?;
    let profit = (prices.revenue - prices.purchase) * demand.mean() - best.cost;
    Ok(Level { level: best.level, cost: profit })
}

/// The base-stock level that meets a service target, and what it costs: the demand is that over lead time plus review
/// period; see [`super::periodic`] for targets that look at the cycle.
///
/// # Errors
/// [`EngineError::Inventory`] where the probability is not between 0 and 1 or a cost is negative.
pub fn base_stock_for_service(
    probability: f64,
    holding: f64,
    shortage: f64,
    demand: &Distribution,
) -> Result<Level, EngineError> {
    if !(probability > 0.0 && probability < 1.0) {
        return Err(refuse("cycle service", probability, "a share above 0 and below 1"));
    }
    let level = demand.quantile(probability);
    Ok(Level { level, cost: newsvendor_cost(level, holding, shortage, demand)? })
}

pub(super) fn period_cost(level: f64, overage: f64, underage: f64, demand: &Distribution) -> f64 {
    overage * demand.surplus(level) + underage * demand.shortage(level)
}

#[cfg(test)]
mod tests {
    use super::super::distribution::Law;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_other_level_is_cheaper(
            mean in 1.0..60.0f64, spread in 0.2..1.2f64, underage in 0.1..20.0f64, other in 0.0..3.0f64, kind in 0..3u8,
        ) {
            let law = match kind {
                0 => Law::Normal { mean, deviation: spread * mean },
                1 => Law::Gamma { mean, deviation: spread * mean },
                _ => Law::NegativeBinomial { mean, deviation: (mean * (1.0 + spread * mean)).sqrt() },
            };
            let demand = law.check().unwrap();
            let best = newsvendor(1.0, underage, &demand).unwrap();
            let cost = newsvendor_cost(other * mean, 1.0, underage, &demand).unwrap();
            prop_assert!(best.cost <= cost * (1.0 + 1e-9) + 1e-9);
        }

        #[test]
        fn dearer_shortage_means_more_stock(mean in 0.5..100.0f64, cheap in 0.1..10.0f64, more in 0.0..50.0f64) {
            let demand = Law::Poisson { mean }.check().unwrap();
            let low = newsvendor(1.0, cheap, &demand).unwrap();
            let high = newsvendor(1.0, cheap + more, &demand).unwrap();
            prop_assert!(high.level >= low.level && high.cost >= low.cost - 1e-9);
        }
    }
}
