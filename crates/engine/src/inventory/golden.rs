//! Order arithmetic to hexadecimal bits, so that server, node and browser can be compared; and the built-in lines that speed is
//! measured on.

use super::demand_curve::{CumulativeDemand, DemandForecast};
use super::distribution::Law;
use super::joint_order::{JointLine, Limits, SupplierTerms, joint_order, line_options};
use super::lead_time::LeadTime;
use super::order_line::{LineInputs, OrderLine, Overrides, Sliders, order_line};
use super::policy_simulation::{Policy, SimulatedItem, draw_paths, play};
use super::reorder_quantity::{Costs, LeadTimeDemand, best_reorder_quantity};
use super::serial::{Stage, echelon_levels};
use super::service::ServiceTarget;
use super::stock_projection::project;
use crate::EngineError;
use std::fmt::Write as _;

/// Built-in lines with their forecasts of 13 periods: a third fast, a third erratic, a third slow movers in whole units; lead
/// times from observations, of 1 to 8 different values. Made by integer arithmetic.
pub fn lines(count: usize) -> (Vec<LineInputs>, Vec<DemandForecast>) {
    let mut numbers = Numbers(20_111_128);
    (0..count).map(|index| line(&mut numbers, index)).unzip()
}

fn line(numbers: &mut Numbers, index: usize) -> (LineInputs, DemandForecast) {
    let mean = if index % 3 == 2 { 0.1 + numbers.below(30) / 10.0 } else { 5.0 + numbers.below(200) };
    let periods: Vec<Law> = (0..13)
        .map(|_| {
            let mean = mean * (0.75 + numbers.below(50) / 100.0);
            match index % 3 {
                0 => Law::Normal { mean, deviation: 0.25 * mean },
                1 => Law::Gamma { mean, deviation: 0.75 * mean },
                _ => Law::NegativeBinomial { mean, deviation: (mean * 1.5).sqrt() },
            }
        })
        .collect();
    let base = 1.0 + numbers.below(4);
    let observed = (0..1 + index % 8).map(|_| base + numbers.below(9) / 4.0).collect();
    let target = if numbers.below(2) < 1.0 { ServiceTarget::Cycle(0.95) } else { ServiceTarget::Fill(0.98) };
    let lead_time = LeadTime::Observed { periods: observed };
    let inputs = LineInputs {
        on_hand: libm::floor(mean * numbers.below(8)),
        on_order: libm::floor(mean * numbers.below(3)),
        committed: numbers.below(4),
        // Observed times of this size are never refused; a fixed one stands in for the type's sake.
        lead_time: lead_time.times().unwrap_or_else(|_| super::lead_time::LeadTimes::certain(base)),
        review_period: 1.0,
        target,
        lot: if index.is_multiple_of(2) { libm::floor(2.0 * mean) } else { 0.0 },
        whole_units: index % 3 == 2,
        pack: numbers.below(7),
        minimum: numbers.below(10),
        maximum: None,
        unit_cost: 50.0 + numbers.below(5_000),
        unit_margin: 30.0 + numbers.below(2_000),
        holding: 1.0 + numbers.below(20),
    };
    (inputs, DemandForecast::Laws { periods, correlation: 0.1 })
}

/// Lines, a projection, a joint order, a simulation and policies: one line of text for each, its numbers' bits as 16
/// hexadecimal digits; a line that starts with `error` where something could not be calculated.
pub fn run() -> String {
    let mut text = String::new();
    if let Err(error) = write(&mut text) {
        let _ = writeln!(text, "error inventory {error}");
    }
    text
}

fn write(text: &mut String) -> Result<(), EngineError> {
    let (inputs, forecasts) = lines(12);
    let demand = forecasts.iter().map(CumulativeDemand::new).collect::<Result<Vec<_>, _>>()?;
    let sliders = [
        Sliders::default(),
        Sliders { lead_time: 1.3, demand: 0.9, ..Sliders::default() },
        Sliders { review_period: Some(2.5), target: Some(ServiceTarget::Fill(0.97)), ..Sliders::default() },
    ];
    let mut joint = Vec::new();
    for (index, (inputs, demand)) in inputs.iter().zip(&demand).enumerate() {
        for (number, sliders) in sliders.iter().enumerate() {
            let line = order_line(inputs, demand, sliders, &Overrides::default())?;
            put(text, &format!("order-line {index} {number}"), &figures(&line));
        }
        let set = Overrides { lead_time_spread: Some(1.5), safety_stock: Some(12.0), ..Overrides::default() };
        let projected = project(inputs, demand, &sliders[0], &set, None, 6)?;
        put(text, &format!("projection {index} mean"), &projected.mean);
        put(text, &format!("projection {index} lower"), &projected.lower);
        put(text, &format!("projection {index} short"), &projected.short);
        let options = line_options(inputs, demand, &sliders[0], &[], 0.25, 8)?;
        joint.push(JointLine { supplier: index % 2, options });
    }
    let terms = [SupplierTerms { minimum: 200_000, order_cost: 5_000 }, SupplierTerms::default()];
    let order = joint_order(&joint, &terms, &Limits { budget: Some(4_000_000), volume: Some(400.0) })?;
    put(text, "joint-order", &[order.cost as f64, order.volume, order.reward]);

    let laws = vec![Law::Gamma { mean: 20.0, deviation: 9.0 }; 40];
    let paths = draw_paths(&laws, 0.3, 2, 7)?;
    let item = SimulatedItem {
        on_hand: 50.0,
        pack: 6.0,
        minimum: 0.0,
        backorders: false,
        holding: 1.0,
        shortage: 4.0,
        order: 5.0,
        warm_up: 0,
    };
    let policy = Policy::MinMax { review: 1, reorder_point: 60.0, order_up_to: 100.0 };
    let played = play(&policy, &item, &paths[0], &inputs[7].lead_time, 3)?;
    put(text, "played", &[played.fill_rate(), played.cost_per_period(), played.mean_stock()]);

    let over = Law::Normal { mean: 108.0, deviation: 43.0 }.check()?;
    let costs = Costs { holding: 0.225, shortage: 7.5, order: 8.0 };
    let best = best_reorder_quantity(&costs, LeadTimeDemand { rate: 1300.0, over_lead_time: &over })?;
    put(text, "reorder-quantity", &[best.reorder_point, best.quantity, best.cost]);
    let stages = [Stage { echelon_holding: 3.0, lead_time: 1.0 }, Stage { echelon_holding: 2.0, lead_time: 2.0 }];
    let chain = echelon_levels(&stages, 37.12, &Law::Poisson { mean: 5.0 }, None)?;
    put(text, "chain", &[chain.levels[0], chain.levels[1], chain.cost]);
    Ok(())
}

fn figures(line: &OrderLine) -> [f64; 10] {
    [
        line.lead_time.value,
        line.demand.value,
        line.spread.value,
        line.safety_stock.value,
        line.order_up_to.value,
        line.quantity.value,
        line.cycle_service,
        line.fill_rate,
        line.expected_short,
        line.cost,
    ]
}

fn put(text: &mut String, label: &str, values: &[f64]) {
    let _ = write!(text, "{label}");
    for value in values {
        let _ = write!(text, " {:016x}", value.to_bits());
    }
    text.push('\n');
}

/// A linear congruential recurrence (multiplier and increment of Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    /// A whole number below `limit`.
    fn below(&mut self, limit: u32) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(((self.0 >> 32) as u32) % limit)
    }
}
