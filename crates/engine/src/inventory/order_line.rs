//! An order line as open arithmetic: from demand, lead time, stock and target to a quantity, every step named, any of them
//! replaceable, the rest recomputed.
//!
//! ```text
//! protection period = lead time + review period
//! demand, spread    = mean and standard deviation of demand over it (lead time random, demand from the forecast)
//! safety stock      = level that the service target needs - demand
//! reorder point     = demand + safety stock            (up to whole units where only such are sold)
//! order-up-to       = reorder point + lot
//! position          = on hand + on order - committed
//! need              = order-up-to - position, where the position is below the reorder point; else nothing
//! quantity          = need, at least the minimum, up to whole packs, at most the maximum in whole packs
//! ```

use super::bounds::{finite, not_negative, refuse};
use super::demand_curve::CumulativeDemand;
use super::lead_time::LeadTimes;
use super::lead_time_demand::SpanDemand;
use super::service::ServiceTarget;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// What is known about one item at one location from one supplier. Units are the item's; times are forecast periods; money is
/// in the currency's minor unit, as expected values and so with fractions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineInputs {
    /// Units there now.
    pub on_hand: f64,
    /// Units ordered and not yet received.
    pub on_order: f64,
    /// Units promised to customers: reservations and backorders.
    pub committed: f64,
    /// How long the supplier takes.
    pub lead_time: LeadTimes,
    /// Periods until the next order can be placed.
    pub review_period: f64,
    /// What is promised.
    pub target: ServiceTarget,
    /// Units ordered beyond the reorder point each time: an economic order quantity, or nothing.
    pub lot: f64,
    /// Whether only whole units are sold.
    pub whole_units: bool,
    /// Quantities are multiples of this; 0 where any quantity will do.
    pub pack: f64,
    /// Smallest quantity that the supplier accepts; 0 where any.
    pub minimum: f64,
    /// Largest quantity, where limited.
    pub maximum: Option<f64>,
    /// Price of a unit bought.
    pub unit_cost: f64,
    /// Margin lost on a unit that is not there when wanted.
    pub unit_margin: f64,
    /// Cost of keeping a unit for one period.
    pub holding: f64,
}

/// What moves all lines at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sliders {
    /// Demand, mean and spread, is multiplied by this.
    pub demand: f64,
    /// Lead times are multiplied by this.
    pub lead_time: f64,
    /// In place of each line's review period.
    pub review_period: Option<f64>,
    /// In place of each line's target.
    pub target: Option<ServiceTarget>,
}

impl Default for Sliders {
    fn default() -> Self {
        Self { demand: 1.0, lead_time: 1.0, review_period: None, target: None }
    }
}

/// Steps of one line's arithmetic that a user has set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Overrides {
    /// Mean lead time.
    pub lead_time: Option<f64>,
    /// Standard deviation of the lead time.
    pub lead_time_spread: Option<f64>,
    /// Review period.
    pub review_period: Option<f64>,
    /// Demand over the protection period.
    pub demand: Option<f64>,
    /// Its standard deviation.
    pub spread: Option<f64>,
    /// Safety stock; may be negative.
    pub safety_stock: Option<f64>,
    /// Reorder point.
    pub reorder_point: Option<f64>,
    /// Lot.
    pub lot: Option<f64>,
    /// Order-up-to level.
    pub order_up_to: Option<f64>,
    /// On hand, as counted just now.
    pub on_hand: Option<f64>,
    /// On order.
    pub on_order: Option<f64>,
    /// Committed.
    pub committed: Option<f64>,
    /// Need.
    pub need: Option<f64>,
    /// Quantity: taken as it is, packs or not.
    pub quantity: Option<f64>,
}

/// A step: what the arithmetic says, given all steps before it, and what counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What the arithmetic says.
    pub computed: f64,
    /// What counts: the user's value, where there is one.
    pub value: f64,
}

/// The arithmetic of a line, in order, and what to expect of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Expected lead time, in periods.
    pub lead_time: Figure,
    /// Its standard deviation.
    pub lead_time_spread: Figure,
    /// Review period.
    pub review_period: Figure,
    /// Expected lead time plus review period: what stock and orders must last for.
    pub protection_period: f64,
    /// Expected demand over it, in units.
    pub demand: Figure,
    /// Its standard deviation.
    pub spread: Figure,
    /// Units kept against it.
    pub safety_stock: Figure,
    /// Safety stock as a number of standard deviations; 0 without spread.
    pub safety_factor: f64,
    /// Order when the position is below this.
    pub reorder_point: Figure,
    /// Units ordered beyond it.
    pub lot: Figure,
    /// Order up to this.
    pub order_up_to: Figure,
    /// Units there.
    pub on_hand: Figure,
    /// Units on their way.
    pub on_order: Figure,
    /// Units promised.
    pub committed: Figure,
    /// On hand and on order, less committed.
    pub position: f64,
    /// Units wanted.
    pub need: Figure,
    /// Units to order.
    pub quantity: Figure,
    /// What they cost, in minor units.
    pub cost: f64,
    /// With them: the probability that all demand of the protection period is met.
    pub cycle_service: f64,
    /// With them: the share of that demand that is met.
    pub fill_rate: f64,
    /// With them: units of it that are not met.
    pub expected_short: f64,
    /// The margin on these, in minor units.
    pub margin_at_stake: f64,
    /// Units expected to be left at its end.
    pub expected_left: f64,
    /// What keeping them costs per period, in minor units.
    pub holding_cost: f64,
}

/// Computes a line.
///
/// # Errors
/// [`EngineError::Inventory`] where an input, slider or override is not finite or out of its range.
pub fn order_line(
    inputs: &LineInputs,
    demand: &CumulativeDemand,
    sliders: &Sliders,
    overrides: &Overrides,
) -> Result<OrderLine, EngineError> {
    inputs.check()?;
    sliders.check()?;
    overrides.check()?;
    Ok(arithmetic(inputs, demand, sliders, overrides).0)
}

/// Computes many lines with the same sliders: `inputs[i]` with `demand[i]`.
///
/// # Errors
/// As [`order_line`]; also where the lengths differ.
pub fn order_lines(
    inputs: &[LineInputs],
    demand: &[CumulativeDemand],
    sliders: &Sliders,
) -> Result<Vec<OrderLine>, EngineError> {
    sliders.check()?;
    if inputs.len() != demand.len() {
        return Err(refuse("demand", format!("{} lines", demand.len()), "as many as inputs"));
    }
    let none = Overrides::default();
    let line = |(inputs, demand): (&LineInputs, &CumulativeDemand)| {
        inputs.check()?;
        Ok(arithmetic(inputs, demand, sliders, &none).0)
    };
    inputs.iter().zip(demand).map(line).collect()
}

/// The line and the demand that it rests on.
pub(super) fn arithmetic(
    inputs: &LineInputs,
    demand: &CumulativeDemand,
    sliders: &Sliders,
    overrides: &Overrides,
) -> (OrderLine, SpanDemand) {
    let mut line = OrderLine::default();
    let times = lead_times(inputs, sliders, overrides, &mut line);
    line.review_period = figure(sliders.review_period.unwrap_or(inputs.review_period), overrides.review_period);
    line.protection_period = line.lead_time.value + line.review_period.value;

    let mut span = SpanDemand::new(demand, &times, line.review_period.value);
    line.demand = figure(span.mean() * sliders.demand, overrides.demand);
    // Demand that is set brings its spread along, in proportion.
    let proportion = if span.mean() > 0.0 { line.demand.value / span.mean() } else { sliders.demand };
    line.spread = figure(span.deviation() * proportion.max(0.0), overrides.spread);
    span = span.moved(line.demand.value, line.spread.value);

    line.lot = figure(inputs.lot, overrides.lot);
    let cycle = line.lot.value.max(line.demand.value * share_of(line.review_period.value, line.protection_period));
    let target = sliders.target.unwrap_or(inputs.target);
    let level = level_for(target, &span, line.lot.value, cycle);
    line.safety_stock = figure(level - line.demand.value, overrides.safety_stock);
    line.safety_factor = if line.spread.value > 0.0 { line.safety_stock.value / line.spread.value } else { 0.0 };
    let exact = (line.demand.value + line.safety_stock.value).max(0.0);
    let point = if inputs.whole_units { whole_level(exact, target) } else { exact };
    line.reorder_point = figure(point, overrides.reorder_point);
    line.order_up_to = figure(line.reorder_point.value + line.lot.value, overrides.order_up_to);

    line.on_hand = figure(inputs.on_hand, overrides.on_hand);
    line.on_order = figure(inputs.on_order, overrides.on_order);
    line.committed = figure(inputs.committed, overrides.committed);
    line.position = line.on_hand.value + line.on_order.value - line.committed.value;
    let below = line.position < line.reorder_point.value;
    let need = if below { (line.order_up_to.value - line.position).max(0.0) } else { 0.0 };
    line.need = figure(need, overrides.need);
    line.quantity = figure(inputs.orderable(line.need.value), overrides.quantity);
    consequences(&mut line, inputs, &span);
    (line, span)
}

impl LineInputs {
    /// The smallest quantity of at least `need` that can be ordered: the minimum, whole packs, and at most the largest whole
    /// pack under the maximum. Nothing where nothing is needed, or where the maximum allows no pack or less than the minimum.
    pub fn orderable(&self, need: f64) -> f64 {
        if need.is_nan() || need <= 0.0 {
            return 0.0;
        }
        let unit = if self.pack > 0.0 { self.pack } else { f64::from(u8::from(self.whole_units)) };
        let most = self.maximum.unwrap_or(super::bounds::LARGEST);
        let wanted = need.max(self.minimum);
        if unit == 0.0 {
            return if most < self.minimum { 0.0 } else { wanted.min(most) };
        }
        let packs = libm::ceil(wanted / unit - 1e-9).min(libm::floor(most / unit + 1e-9));
        let quantity = packs * unit;
        if quantity < self.minimum - 1e-9 * unit { 0.0 } else { quantity }
    }

    pub(super) fn check(&self) -> Result<(), EngineError> {
        finite("stock on hand", self.on_hand)?;
        not_negative("stock on order", self.on_order)?;
        not_negative("committed stock", self.committed)?;
        not_negative("review period", self.review_period)?;
        self.target.check()?;
        not_negative("lot", self.lot)?;
        not_negative("pack", self.pack)?;
        not_negative("minimum order", self.minimum)?;
        if let Some(maximum) = self.maximum {
            not_negative("maximum order", maximum)?;
        }
        not_negative("unit cost", self.unit_cost)?;
        not_negative("unit margin", self.unit_margin)?;
        not_negative("holding cost", self.holding)?;
        Ok(())
    }
}

impl Sliders {
    pub(super) fn check(&self) -> Result<(), EngineError> {
        not_negative("demand factor", self.demand)?;
        not_negative("lead time factor", self.lead_time)?;
        if let Some(review) = self.review_period {
            not_negative("review period", review)?;
        }
        self.target.map_or(Ok(0.0), ServiceTarget::check).map(|_| ())
    }
}

impl Overrides {
    pub(super) fn check(&self) -> Result<(), EngineError> {
        let least_zero = [
            ("lead time", self.lead_time),
            ("lead time spread", self.lead_time_spread),
            ("review period", self.review_period),
            ("demand", self.demand),
            ("spread", self.spread),
            ("reorder point", self.reorder_point),
            ("lot", self.lot),
            ("order-up-to level", self.order_up_to),
            ("stock on order", self.on_order),
            ("committed stock", self.committed),
            ("need", self.need),
            ("quantity", self.quantity),
        ];
        for (field, value) in least_zero {
            not_negative(field, value.unwrap_or(0.0))?;
        }
        finite("safety stock", self.safety_stock.unwrap_or(0.0))?;
        finite("stock on hand", self.on_hand.unwrap_or(0.0))?;
        if self.lead_time.unwrap_or(0.0) > super::lead_time::LONGEST {
            return Err(refuse("lead time", self.lead_time.unwrap_or(0.0), "at most 5,000 periods"));
        }
        Ok(())
    }
}

fn lead_times(inputs: &LineInputs, sliders: &Sliders, overrides: &Overrides, line: &mut OrderLine) -> LeadTimes {
    let slid = sliders.lead_time != 1.0;
    let times = if slid { inputs.lead_time.stretched(sliders.lead_time, 0.0) } else { inputs.lead_time.clone() };
    line.lead_time = figure(times.mean(), overrides.lead_time);
    line.lead_time_spread = figure(times.deviation(), overrides.lead_time_spread);
    if overrides.lead_time.is_none() && overrides.lead_time_spread.is_none() {
        return times;
    }
    times.moved(line.lead_time.value, line.lead_time_spread.value)
}

/// Up to a whole unit. Curves spread each whole unit over half a unit on either side: the probability that k units last is read
/// at k + 1/2, while expected shortages are nearly those of whole units.
fn whole_level(level: f64, target: ServiceTarget) -> f64 {
    let spread = if matches!(target, ServiceTarget::Cycle(_)) { 0.5 } else { 0.0 };
    libm::ceil(level - spread - 1e-6).max(0.0)
}

/// The level that meets the target. Cycle service: the quantile. Fill rate: units short over the protection period, less those
/// that a lot more would still be short, are at most the share allowed of a cycle's demand (Silver, Pyke and Thomas, 7.9).
fn level_for(target: ServiceTarget, span: &SpanDemand, lot: f64, cycle: f64) -> f64 {
    match target {
        ServiceTarget::Cycle(probability) => span.quantile(probability),
        ServiceTarget::Fill(rate) => {
            let allowed = (1.0 - rate) * cycle;
            if span.deviation() == 0.0 || cycle <= 0.0 {
                return span.mean();
            }
            // Newton's steps on the logarithm, which is nearly straight where the shortage is small.
            let far = span.mean() + 6.0 * span.deviation();
            let (mut low, mut high) =
                (span.mean() - 12.0 * span.deviation() - cycle, span.mean() + 12.0 * span.deviation());
            let mut x = span.mean() + 0.5 * span.deviation();
            for _ in 0..60 {
                let (mut short, mut chance) = span.shortage_and_probability(x);
                if lot > 0.0 && x + lot < far {
                    let (later, through) = span.shortage_and_probability(x + lot);
                    short -= later;
                    chance += 1.0 - through;
                }
                if short > allowed {
                    low = x
                } else {
                    high = x
                }
                let next = x + short / (1.0 - chance) * libm::log(short / allowed);
                let next = if next > low && next < high { next } else { 0.5 * (low + high) };
                if (next - x).abs() <= 1e-4 * span.deviation() {
                    return next;
                }
                x = next;
            }
            high
        }
    }
}

fn consequences(line: &mut OrderLine, inputs: &LineInputs, span: &SpanDemand) {
    let level = line.position + line.quantity.value;
    let at = if inputs.whole_units { level + 0.5 } else { level };
    line.cost = line.quantity.value * inputs.unit_cost;
    line.cycle_service = span.probability(at);
    let short = span.shortage(level);
    line.expected_short = short.min((line.demand.value - line.position.min(0.0)).max(0.0));
    line.fill_rate =
        if line.demand.value > 0.0 { (1.0 - line.expected_short / line.demand.value).clamp(0.0, 1.0) } else { 1.0 };
    line.margin_at_stake = line.expected_short * inputs.unit_margin;
    line.expected_left = (level - line.demand.value + short).max(0.0);
    line.holding_cost = line.expected_left * inputs.holding;
}

fn figure(computed: f64, set: Option<f64>) -> Figure {
    Figure { computed, value: set.unwrap_or(computed) }
}

fn share_of(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
