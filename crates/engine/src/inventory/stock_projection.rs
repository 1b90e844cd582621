//! What becomes of the stock: its expected course with an interval, service and cash, period by period, with and without the order.

use super::bounds::{not_negative, refuse};
use super::demand_curve::CumulativeDemand;
use super::order_line::{LineInputs, OrderLine, Overrides, Sliders, arithmetic};
use super::quantile_curve::Curve;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Most periods projected.
const MOST_PERIODS: u32 = 1_100;

/// Units that will arrive from orders placed before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Periods from now; available from that period's beginning.
    pub after: f64,
    /// Units.
    pub units: f64,
}

/// Stock and money by period, one value for the end of each. Unmet demand is counted as waiting, so that stock may be negative.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockProjection {
    /// The line's arithmetic.
    pub line: OrderLine,
    /// Expected stock, in units.
    pub mean: Vec<f64>,
    /// Stock is above this in 90 of 100 cases.
    pub lower: Vec<f64>,
    /// Stock is below this in 90 of 100 cases.
    pub upper: Vec<f64>,
    /// The same expected stock without the order.
    pub mean_without: Vec<f64>,
    /// Probability that nothing is short so far ahead, period by period.
    pub in_stock: Vec<f64>,
    /// Units expected to be short at each period's end.
    pub short: Vec<f64>,
    /// Units expected to be sold late or not at all for want of stock, over all periods: the largest shortage expected.
    pub expected_lost: f64,
    /// The same without the order.
    pub expected_lost_without: f64,
    /// Money paid for the order less the margin it saves, in minor units: negative where the order pays.
    pub cash: Vec<f64>,
}

/// Projects a line over `periods`. Where receipts are not given one by one, units on order are assumed to arrive after the expected
/// lead time; the new order arrives after the (random) lead time.
///
/// # Errors
/// [`EngineError::Inventory`] as [`super::order_line::order_line`], or where there are no periods, over 1,100, or a receipt is negative.
pub fn project(
    inputs: &LineInputs,
    demand: &CumulativeDemand,
    sliders: &Sliders,
    overrides: &Overrides,
    receipts: Option<&[Receipt]>,
    periods: u32,
) -> Result<StockProjection, EngineError> {
    if periods == 0 || periods > MOST_PERIODS {
        return Err(refuse("periods", periods, "1 to 1,100"));
    }
    for receipt in receipts.unwrap_or_default() {
        not_negative("time of a receipt", receipt.after)?;
        not_negative("units of a receipt", receipt.units)?;
    }
    let line = super::order_line::order_line(inputs, demand, sliders, overrides)?;
    let (_, span) = arithmetic(inputs, demand, sliders, overrides);
    let times = if overrides.lead_time.is_none() && overrides.lead_time_spread.is_none() {
        inputs.lead_time.stretched(sliders.lead_time, 0.0)
    } else {
        inputs.lead_time.moved(line.lead_time.value, line.lead_time_spread.value)
    };
    let own = [Receipt { after: line.lead_time.value, units: line.on_order.value }];
    let receipts = receipts.unwrap_or(&own);
    // What a user set for the protection period holds for the curves before it, in proportion.
    let base = super::lead_time_demand::SpanDemand::new(demand, &times, line.review_period.value);
    let proportion = |set: f64, own: f64| if own > 0.0 { set / own } else { 1.0 };
    let factor = proportion(span.mean(), base.mean());
    let spread = proportion(span.deviation(), base.deviation());

    let count = periods as usize;
    let empty = || Vec::with_capacity(count);
    let mut projection = StockProjection {
        line,
        mean: empty(),
        lower: empty(),
        upper: empty(),
        mean_without: empty(),
        in_stock: empty(),
        short: empty(),
        expected_lost: 0.0,
        expected_lost_without: 0.0,
        cash: empty(),
    };
    for period in 1..=periods {
        let until = f64::from(period);
        let curve = demand.until(until).moved(factor, spread);
        let received: f64 = receipts.iter().filter(|r| r.after < until).map(|r| r.units).sum();
        let before = line.on_hand.value - line.committed.value + received;
        // Weights of having the order by then, or not.
        let arrived: f64 = times
            .times()
            .iter()
            .zip(times.weights())
            .filter(|(time, _)| **time < until)
            .map(|(_, weight)| weight)
            .sum();
        let levels = [(1.0 - arrived, before), (arrived, before + line.quantity.value)];
        projection.mean_without.push(before - curve.mean);
        projection.mean.push(before + arrived * line.quantity.value - curve.mean);
        projection.lower.push(stock_quantile(&curve, &levels, 0.1));
        projection.upper.push(stock_quantile(&curve, &levels, 0.9));
        let chance = |(weight, level): &(f64, f64)| weight * curve.probability(*level).0;
        projection.in_stock.push(levels.iter().map(chance).sum());
        let short: f64 = levels.iter().map(|(weight, level)| weight * curve.shortage(*level)).sum();
        projection.short.push(short);
        projection.expected_lost = projection.expected_lost.max(short);
        projection.expected_lost_without = projection.expected_lost_without.max(curve.shortage(before));
        let saved = projection.expected_lost_without - projection.expected_lost;
        projection.cash.push(line.cost - saved * inputs.unit_margin);
    }
    Ok(projection)
}

/// The stock that is not reached with probability p: level - demand, over both levels, by bisection.
fn stock_quantile(curve: &Curve, levels: &[(f64, f64); 2], p: f64) -> f64 {
    let below = |stock: f64| -> f64 {
        levels.iter().map(|(weight, level)| weight * (1.0 - curve.probability(level - stock).0)).sum()
    };
    let (mut low, mut high) = (levels[0].1 - curve.value(6.0), levels[1].1 - curve.value(-6.0));
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high || high - low < 1e-9 * (1.0 + high.abs()) {
            break;
        }
        if below(middle) < p { low = middle } else { high = middle }
    }
    high
}

impl Curve {
    /// Mean multiplied by `factor`, distances from it by `spread`.
    fn moved(mut self, factor: f64, spread: f64) -> Self {
        self.mean *= factor;
        self.deviation *= spread;
        for knot in &mut self.knots {
            *knot *= spread;
        }
        self
    }
}
