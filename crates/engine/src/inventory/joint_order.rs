//! Which lines to order together under a budget, a truck and suppliers' minimums: ranked by money at stake per unit of money spent.
//!
//! A line's options are quantities that can be ordered, each with its cost and its reward: margin saved by units that would
//! else be short, plus what price breaks save, less the cost of keeping what would be left. Rewards have falling returns, so
//! going up the options' concave hull, steepest step of any line first, is the optimum of the divisible problem; the last
//! step that does not fit is taken in part. What is lost against the true optimum is at most one such step.

use super::bounds::{finite, not_negative, refuse};
use super::demand_curve::CumulativeDemand;
use super::order_line::{LineInputs, Overrides, Sliders, arithmetic};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Largest cost of an option, in minor units: a million lines of it still add up exactly.
const MOST_COST: i64 = 1_000_000_000_000;
/// Most lines.
const MOST_LINES: usize = 1_000_000;

/// A quantity that a line could order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LineOption {
    /// Units.
    pub quantity: f64,
    /// Price of all of them, in minor units.
    pub cost: i64,
    /// Room that they take, in the truck's unit.
    pub volume: f64,
    /// Money that they are expected to earn or save, in minor units.
    pub reward: f64,
}

/// A line with its options, from the smallest quantity up; ordering nothing is always possible and not listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointLine {
    /// Index of the supplier.
    pub supplier: usize,
    /// What could be ordered.
    pub options: Vec<LineOption>,
}

/// What a supplier asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierTerms {
    /// Smallest value of an order, in minor units.
    pub minimum: i64,
    /// Cost of ordering from it at all, in minor units.
    pub order_cost: i64,
}

/// What all lines share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Money that can be spent, in minor units.
    pub budget: Option<i64>,
    /// Room in the truck.
    pub volume: Option<f64>,
}

/// A step up one line's options, in the order in which steps were taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Index of the line.
    pub line: usize,
    /// Units added.
    pub quantity: f64,
    /// Reward per unit of money spent (where nothing limits money but the truck: still per unit of money).
    pub stock_reward: f64,
}

/// What to order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JointOrder {
    /// By line: index of the chosen option, or nothing.
    pub chosen: Vec<Option<usize>>,
    /// What all cost, in minor units: exact.
    pub cost: i64,
    /// Room that all take.
    pub volume: f64,
    /// Expected reward, suppliers' order costs taken off.
    pub reward: f64,
    /// The ranking.
    pub steps: Vec<Step>,
}

/// A price that holds for the whole order from a quantity on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PriceTier {
    /// Smallest quantity.
    pub from: f64,
    /// Price of a unit, in minor units.
    pub unit_price: i64,
}

/// The options of a line: quantities from the smallest that can be ordered, in packs, to twice what its arithmetic needs, at most
/// `most` of them (evenly thinned) and the first pack of each price tier. Without tiers, the unit cost of the inputs counts.
/// A cost with a fraction of a minor unit is rounded up: a budget is never overdrawn.
///
/// # Errors
/// [`EngineError::Inventory`] where inputs, sliders or tiers are out of range, or an option costs over 10^12 minor units.
pub fn line_options(
    inputs: &LineInputs,
    demand: &CumulativeDemand,
    sliders: &Sliders,
    tiers: &[PriceTier],
    unit_volume: f64,
    most: usize,
) -> Result<Vec<LineOption>, EngineError> {
    inputs.check()?;
    sliders.check()?;
    not_negative("volume of a unit", unit_volume)?;
    for tier in tiers {
        not_negative("price tier", tier.from)?;
        not_negative("unit price", tier.unit_price as f64)?;
    }
    let (line, span) = arithmetic(inputs, demand, sliders, &Overrides::default());
    let smallest = inputs.orderable(f64::MIN_POSITIVE);
    let unit = if inputs.pack > 0.0 { inputs.pack } else { f64::from(u8::from(inputs.whole_units)) };
    let enough = inputs.orderable((line.order_up_to.value - line.position).max(0.0) * 2.0).max(smallest);
    let base = tiers.iter().filter(|tier| tier.from <= smallest).map(|tier| tier.unit_price as f64).next_back();
    let base = base.unwrap_or(inputs.unit_cost);
    let most = most.clamp(2, 1_000);
    let gap = (enough - smallest) / (most - 1) as f64;
    let gap = if unit > 0.0 { libm::ceil(gap / unit - 1e-9).max(1.0) * unit } else { gap };
    let mut quantities: Vec<f64> =
        (0..most).map(|index| smallest + index as f64 * gap).take_while(|q| *q <= enough * (1.0 + 1e-9)).collect();
    quantities.extend(tiers.iter().map(|tier| inputs.orderable(tier.from)).filter(|q| *q <= enough));
    quantities.retain(|quantity| *quantity > 0.0);
    quantities.sort_by(f64::total_cmp);
    quantities.dedup();
    let short = span.shortage(line.position);
    let kept = |level: f64| level - span.mean() + span.shortage(level);
    quantities
        .into_iter()
        .map(|quantity| {
            let price =
                tiers.iter().filter(|tier| tier.from <= quantity).map(|tier| tier.unit_price as f64).next_back();
            let price = price.unwrap_or(base);
            let cost = libm::ceil(price * quantity - 1e-6);
            if cost.is_nan() || cost > MOST_COST as f64 {
                return Err(refuse("cost of an option", cost, "at most 10^12 minor units"));
            }
            let level = line.position + quantity;
            let saved = (short - span.shortage(level)) * inputs.unit_margin;
            let keeping = (kept(level) - kept(line.position)) * inputs.holding * line.protection_period;
            let reward = saved - keeping + (base - price) * quantity;
            Ok(LineOption { quantity, cost: cost as i64, volume: quantity * unit_volume, reward })
        })
        .collect()
}

/// Chooses an option for each line. Only steps that earn something are taken, except to reach a supplier's minimum; a supplier
/// whose order would not earn its cost, or cannot reach the minimum, is left out and its money freed for the others.
///
/// # Errors
/// [`EngineError::Inventory`] where a number is out of range, options do not rise in quantity, or a supplier does not exist.
pub fn joint_order(
    lines: &[JointLine],
    suppliers: &[SupplierTerms],
    limits: &Limits,
) -> Result<JointOrder, EngineError> {
    check(lines, suppliers, limits)?;
    let mut open = vec![true; suppliers.len()];
    loop {
        let mut choice = Choice::new(lines, suppliers.len(), limits);
        choice.fill(&open, None);
        let mut closed = false;
        for (index, terms) in suppliers.iter().enumerate() {
            if choice.cost_of(index) > 0 && choice.cost_of(index) < terms.minimum {
                choice.fill(&open, Some((index, terms.minimum)));
            }
            let (cost, reward) = (choice.cost_of(index), choice.reward_of(index));
            let ordered = choice.orders(index);
            if open[index] && ordered && (cost < terms.minimum || reward <= terms.order_cost as f64) {
                open[index] = false;
                closed = true;
            }
        }
        if !closed {
            let fixed: f64 =
                (0..suppliers.len()).filter(|s| choice.orders(*s)).map(|s| suppliers[s].order_cost as f64).sum();
            let reward = choice.reward() - fixed;
            return Ok(JointOrder {
                cost: choice.cost,
                volume: choice.volume,
                reward,
                steps: choice.steps,
                chosen: choice.chosen,
            });
        }
    }
}

struct Choice<'a> {
    lines: &'a [JointLine],
    limits: &'a Limits,
    chosen: Vec<Option<usize>>,
    cost: i64,
    /// By supplier.
    costs: Vec<i64>,
    volume: f64,
    steps: Vec<Step>,
}

const NOTHING: LineOption = LineOption { quantity: 0.0, cost: 0, volume: 0.0, reward: 0.0 };

impl<'a> Choice<'a> {
    fn new(lines: &'a [JointLine], suppliers: usize, limits: &'a Limits) -> Self {
        let (chosen, costs) = (vec![None; lines.len()], vec![0; suppliers]);
        Self { lines, limits, chosen, cost: 0, costs, volume: 0.0, steps: Vec::new() }
    }

    fn option(&self, line: usize, chosen: Option<usize>) -> &'a LineOption {
        chosen.map_or(&NOTHING, |index| &self.lines[line].options[index])
    }

    /// Use of what is limited: shares of budget and truck; of money alone where nothing is.
    fn usage(&self, from: &LineOption, to: &LineOption) -> f64 {
        let money = (to.cost - from.cost) as f64;
        let budget = self.limits.budget.map(|budget| money / budget.max(1) as f64);
        let truck = self.limits.volume.map(|volume| (to.volume - from.volume) / volume.max(1e-9));
        match (budget, truck) {
            (None, None) => money,
            (budget, truck) => budget.unwrap_or(0.0) + truck.unwrap_or(0.0),
        }
    }

    fn fits(&self, from: &LineOption, to: &LineOption) -> bool {
        self.limits.budget.is_none_or(|budget| self.cost - from.cost + to.cost <= budget)
            && self.limits.volume.is_none_or(|volume| self.volume - from.volume + to.volume <= volume * (1.0 + 1e-12))
    }

    /// Takes steps in order of reward per use. For a supplier with a minimum, only its lines, also at a loss, until it is reached.
    fn fill(&mut self, open: &[bool], minimum: Option<(usize, i64)>) {
        let mut steps: Vec<(f64, usize, usize)> = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let wanted = minimum.map_or(open[line.supplier], |(supplier, _)| supplier == line.supplier);
            if wanted {
                self.hull(index, minimum.is_some(), &mut steps);
            }
        }
        steps.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut full = vec![false; self.lines.len()];
        for (_, line, target) in steps {
            if minimum.is_some_and(|(supplier, least)| self.cost_of(supplier) >= least) {
                break;
            }
            if full[line] {
                continue;
            }
            let from = self.option(line, self.chosen[line]);
            let first = self.chosen[line].map_or(0, |index| index + 1);
            let to = &self.lines[line].options[target];
            if self.fits(from, to) {
                self.take(line, target);
                continue;
            }
            // In part: the best that fits on the way.
            full[line] = true;
            let mut best: Option<usize> = None;
            for index in first..target {
                let option = &self.lines[line].options[index];
                let gains = option.reward > self.option(line, best.or(self.chosen[line])).reward || minimum.is_some();
                if gains && self.fits(from, option) {
                    best = Some(index);
                }
            }
            if let Some(index) = best {
                self.take(line, index);
            }
        }
    }

    fn take(&mut self, line: usize, target: usize) {
        let (from, to) = (self.option(line, self.chosen[line]), &self.lines[line].options[target]);
        let money = (to.cost - from.cost) as f64;
        let gained = to.reward - from.reward;
        let stock_reward = if money > 0.0 { gained / money } else { gained };
        self.steps.push(Step { line, quantity: to.quantity - from.quantity, stock_reward });
        self.cost += to.cost - from.cost;
        self.costs[self.lines[line].supplier] += to.cost - from.cost;
        self.volume += to.volume - from.volume;
        self.chosen[line] = Some(target);
    }

    /// The line's steps above what is chosen, along the upper concave hull of reward over use.
    fn hull(&self, line: usize, at_a_loss: bool, steps: &mut Vec<(f64, usize, usize)>) {
        let options = &self.lines[line].options;
        let mut at = self.chosen[line];
        loop {
            let from = self.option(line, at);
            let mut best: Option<(f64, usize)> = None;
            for (index, to) in options.iter().enumerate().skip(at.map_or(0, |index| index + 1)) {
                let (gained, used) = (to.reward - from.reward, self.usage(from, to));
                // A larger quantity for less money or room is worth any step.
                let slope = match used {
                    used if used > 0.0 => gained / used,
                    _ if gained > 0.0 => f64::MAX,
                    _ if gained < 0.0 => f64::MIN,
                    _ => 0.0,
                };
                if best.is_none_or(|(steepest, _)| slope >= steepest) {
                    best = Some((slope, index));
                }
            }
            match best {
                Some((slope, index)) if slope > 0.0 || at_a_loss => {
                    steps.push((slope, line, index));
                    at = Some(index);
                }
                _ => return,
            }
        }
    }

    fn of(&self, supplier: usize) -> impl Iterator<Item = &'a LineOption> + '_ {
        let lines = self.lines.iter().enumerate().filter(move |(_, line)| line.supplier == supplier);
        lines.map(|(index, _)| self.option(index, self.chosen[index]))
    }

    fn cost_of(&self, supplier: usize) -> i64 {
        self.costs[supplier]
    }

    fn reward_of(&self, supplier: usize) -> f64 {
        self.of(supplier).map(|option| option.reward).sum()
    }

    fn orders(&self, supplier: usize) -> bool {
        self.of(supplier).any(|option| option.quantity > 0.0)
    }

    fn reward(&self) -> f64 {
        self.chosen.iter().enumerate().map(|(line, chosen)| self.option(line, *chosen).reward).sum()
    }
}

fn check(lines: &[JointLine], suppliers: &[SupplierTerms], limits: &Limits) -> Result<(), EngineError> {
    if lines.len() > MOST_LINES {
        return Err(refuse("lines", lines.len(), "at most a million"));
    }
    not_negative("budget", limits.budget.unwrap_or(0) as f64)?;
    not_negative("truck", limits.volume.unwrap_or(0.0))?;
    for terms in suppliers {
        not_negative("supplier's minimum", terms.minimum as f64)?;
        not_negative("order cost", terms.order_cost as f64)?;
    }
    for line in lines {
        if line.supplier >= suppliers.len() {
            return Err(refuse("supplier", line.supplier, "the index of one of the suppliers"));
        }
        let mut before = 0.0;
        for option in &line.options {
            if !(option.quantity > before && option.quantity <= super::bounds::LARGEST) {
                return Err(refuse("quantity of an option", option.quantity, "above 0 and rising"));
            }
            before = option.quantity;
            if !(0..=MOST_COST).contains(&option.cost) {
                return Err(refuse("cost of an option", option.cost, "0 to 10^12 minor units"));
            }
            not_negative("volume of an option", option.volume)?;
            finite("reward of an option", option.reward)?;
        }
    }
    Ok(())
}
