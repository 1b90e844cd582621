//! Three ways to set levels week by week: from the forecast's distribution, by the normal formula, once and for all.

use super::shop::Failure;
use aisle_engine::distribution::{Distribution, PathScores};
use aisle_engine::inventory::demand_curve::{CumulativeDemand, DemandForecast};
use aisle_engine::inventory::economic_order::economic_order;
use aisle_engine::inventory::lead_time::LeadTimes;
use aisle_engine::inventory::order_line::{LineInputs, Overrides, Sliders, order_line};
use aisle_engine::inventory::service::ServiceTarget;

/// Days between reviews.
pub(crate) const REVIEW_DAYS: usize = 7;

/// Levels of one series, week by week: a reorder point, and up to where.
pub(crate) type Levels = Vec<(f64, f64)>;

/// What all policies know of a series.
pub(crate) struct Terms {
    /// Lead time in weeks.
    pub(crate) lead: LeadTimes,
    /// Its mean and standard deviation, in weeks.
    pub(crate) lead_moments: (f64, f64),
    /// Units in a pack.
    pub(crate) pack: f64,
    /// Cost of a unit, and of keeping it for a week.
    pub(crate) cost: f64,
    pub(crate) holding: f64,
    /// Economic order quantity by last year's sales.
    pub(crate) lot: f64,
}

/// Harris's quantity; nothing where nothing sells.
pub(crate) fn lot(order_cost: f64, holding: f64, weekly: f64) -> f64 {
    economic_order(order_cost, holding, weekly).map_or(0.0, |order| order.quantity)
}

/// Demand curves from each week of a quarter on.
pub(crate) fn curves(
    distribution: &Distribution,
    scores: &PathScores,
    weeks: usize,
    ahead: usize,
) -> Result<Vec<CumulativeDemand>, Failure> {
    let mut drawn = Vec::new();
    let steps = scores.draw(distribution, &mut drawn);
    let from = |week: usize| {
        let to = (week + ahead).min(steps);
        let paths = drawn.chunks_exact(steps).map(|path| path[week..to].to_vec()).collect();
        Ok(CumulativeDemand::new(&DemandForecast::Paths { paths })?)
    };
    (0..weeks).map(from).collect()
}

/// Aisle's own: the order line's reorder point and level for a fill rate.
pub(crate) fn by_forecast(curves: &[CumulativeDemand], terms: &Terms, fill_rate: f64) -> Result<Levels, Failure> {
    let inputs = LineInputs {
        on_hand: 0.0,
        on_order: 0.0,
        committed: 0.0,
        lead_time: terms.lead.clone(),
        review_period: 1.0,
        target: ServiceTarget::Fill(fill_rate),
        lot: terms.lot,
        whole_units: true,
        pack: terms.pack,
        minimum: 0.0,
        maximum: None,
        unit_cost: terms.cost,
        unit_margin: 0.0,
        holding: terms.holding,
    };
    let level = |curve: &CumulativeDemand| {
        let line = order_line(&inputs, curve, &Sliders::default(), &Overrides::default())?;
        Ok((line.reorder_point.value, line.order_up_to.value))
    };
    curves.iter().map(level).collect()
}

/// Weeks that the normal formula looks back.
const SEEN: usize = 13;

/// d (L + R) + z sqrt((L + R) sd_d^2 + d^2 sd_L^2) by the mean and standard deviation of the last quarter's weeks.
pub(crate) fn by_normal_formula(weekly: &[f64], from: usize, weeks: usize, terms: &Terms, factor: f64) -> Levels {
    let (lead, lead_deviation) = terms.lead_moments;
    let level = |week: usize| {
        let (mean, deviation) = moments(&weekly[week.saturating_sub(SEEN)..week]);
        let span = lead + 1.0;
        let spread = (span * deviation * deviation + mean * mean * lead_deviation * lead_deviation).sqrt();
        let point = (mean * span + factor * spread).ceil();
        (point, point + terms.lot)
    };
    (from..from + weeks).map(level).collect()
}

/// A minimum of so many times the last year's mean demand over lead time and review, and a maximum; never changed.
pub(crate) fn fixed(weekly: &[f64], from: usize, weeks: usize, terms: &Terms, factor: f64) -> Levels {
    let (mean, _) = moments(&weekly[from.saturating_sub(52)..from]);
    let point = (factor * mean * (terms.lead_moments.0 + 1.0)).ceil();
    vec![(point, point + terms.lot); weeks]
}

/// Mean and standard deviation of what is known.
pub(crate) fn moments(values: &[f64]) -> (f64, f64) {
    let known = || values.iter().filter(|value| value.is_finite());
    let count = known().count() as f64;
    if count == 0.0 {
        return (0.0, 0.0);
    }
    let mean = known().sum::<f64>() / count;
    let squares: f64 = known().map(|value| (value - mean) * (value - mean)).sum();
    (mean, if count > 1.0 { (squares / (count - 1.0)).sqrt() } else { 0.0 })
}
