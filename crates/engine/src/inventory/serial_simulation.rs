//! A serial chain under local base-stock levels, period by period: what [`super::serial`] calculates, counted.

use super::bounds::{finite, positive, refuse};
use super::distribution::Law;
use super::random::Random;
use super::serial::Stage;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// What the chain did, per period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SerialOutcome {
    /// Cost of stock at stages and on its way between them, and of customers who wait.
    pub cost: f64,
    /// Share of demanded units met at once.
    pub fill_rate: f64,
    /// By stage: mean stock.
    pub stock: Vec<f64>,
}

/// Plays the chain. A period: demand arrives and is ordered from each stage upwards at once; what was shipped a lead time ago
/// arrives; each stage, from the top, ships what it owes as far as it has it. The top is supplied without limit.
///
/// `local_levels` are by stage (see [`super::serial::local_levels`]), from the one that serves customers upwards.
///
/// # Errors
/// [`EngineError::Inventory`] where a number is out of range, lead times are no whole numbers, or lengths differ.
pub fn play_serial(
    stages: &[Stage],
    shortage: f64,
    demand: &Law,
    local_levels: &[f64],
    periods: u32,
    warm_up: u32,
    seed: u64,
) -> Result<SerialOutcome, EngineError> {
    if stages.is_empty() || stages.len() != local_levels.len() {
        return Err(refuse("local levels", local_levels.len(), "one for each stage, at least one"));
    }
    positive("shortage cost", shortage)?;
    let law = demand.check()?;
    let mut points = Vec::with_capacity(stages.len());
    for (stage, level) in stages.iter().zip(local_levels) {
        positive("echelon holding cost", stage.echelon_holding)?;
        if stage.lead_time != libm::floor(stage.lead_time) || !(0.0..=10_000.0).contains(&stage.lead_time) {
            return Err(refuse("lead time", stage.lead_time, "a whole number of at most 10,000 periods"));
        }
        points.push(Point {
            holding: 0.0,
            on_hand: finite("base-stock level", *level)?.max(0.0),
            owed: (-level).max(0.0),
            coming: vec![0.0; stage.lead_time as usize],
            slot: 0,
            in_transit: 0.0,
            sum: 0.0,
        });
    }
    // Local holding cost: what the unit has gathered on its way down.
    let mut holding = 0.0;
    for (point, stage) in points.iter_mut().zip(stages).rev() {
        holding += stage.echelon_holding;
        point.holding = holding;
    }
    let mut random = Random::new(seed);
    let (mut cost, mut wanted, mut met) = (0.0, 0.0, 0.0);
    for period in 0..u64::from(warm_up) + u64::from(periods) {
        let counted = period >= u64::from(warm_up);
        let units = law.quantile(random.uniform()).max(0.0);
        let mut shipped = units;
        let mut of_period = 0.0;
        let mut held_above = 0.0;
        for (index, point) in points.iter_mut().enumerate().rev() {
            let arrived = point.receive(shipped);
            // Units on their way to here cost what they did where they left.
            of_period += held_above * point.in_transit;
            held_above = point.holding;
            point.on_hand += arrived;
            let at_once = (point.on_hand - point.owed).clamp(0.0, units);
            point.owed += units;
            shipped = point.on_hand.min(point.owed);
            point.on_hand -= shipped;
            point.owed -= shipped;
            of_period += point.holding * point.on_hand;
            if counted {
                point.sum += point.on_hand;
                if index == 0 {
                    wanted += units;
                    met += at_once;
                }
            }
        }
        if counted {
            cost += of_period + shortage * points[0].owed;
        }
    }
    let count = f64::from(periods.max(1));
    Ok(SerialOutcome {
        cost: cost / count,
        fill_rate: if wanted > 0.0 { met / wanted } else { 1.0 },
        stock: points.iter().map(|point| point.sum / count).collect(),
    })
}

struct Point {
    holding: f64,
    on_hand: f64,
    owed: f64,
    /// Shipments on their way here, by the period in which they arrive.
    coming: Vec<f64>,
    slot: usize,
    in_transit: f64,
    sum: f64,
}

impl Point {
    /// Takes in what the stage above ships now, and gives what arrives now.
    fn receive(&mut self, shipped: f64) -> f64 {
        if self.coming.is_empty() {
            return shipped;
        }
        let arrived = std::mem::replace(&mut self.coming[self.slot], shipped);
        self.slot = if self.slot + 1 == self.coming.len() { 0 } else { self.slot + 1 };
        self.in_transit += shipped - arrived;
        arrived
    }
}

#[cfg(test)]
mod tests {
    use super::super::serial::{echelon_levels, local_levels};
    use super::*;

    /// Example 6.1 of Snyder and Shen: 47.65 per period, within what chance allows over 200,000 periods.
    #[test]
    fn the_chain_costs_what_was_calculated() {
        let stages = [(3.0, 1.0), (2.0, 1.0), (2.0, 2.0)]
            .map(|(echelon_holding, lead_time)| Stage { echelon_holding, lead_time });
        let law = Law::Normal { mean: 5.0, deviation: 1.0 };
        let best = echelon_levels(&stages, 37.12, &law, None).unwrap();
        let local = local_levels(&best.levels);
        let played = play_serial(&stages, 37.12, &law, &local, 200_000, 100, 1).unwrap();
        assert!((played.cost - best.cost).abs() < 0.005 * best.cost, "{} against {}", played.cost, best.cost);
        assert!(played.fill_rate > 0.9 && played.fill_rate < 1.0);
        let less: Vec<f64> = local.iter().map(|level| level - 0.5).collect();
        assert!(play_serial(&stages, 37.12, &law, &less, 200_000, 100, 1).unwrap().cost > played.cost);
        assert!(play_serial(&stages, 37.12, &law, &[1.0], 1, 0, 1).is_err());
    }
}
