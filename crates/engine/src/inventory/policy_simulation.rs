//! What a policy would have done: one item's stock replayed, period by period, over history or over simulated futures.
//!
//! A period: what is due arrives; demand is met from stock, the rest waits or is lost; at a review the policy orders. An order
//! placed at the end of period t with lead time L is there at the beginning of period t + 1 + L: orders at every
//! review must last L + R periods, as in the order line's arithmetic.

use super::bounds::{finite, not_negative, refuse};
use super::distribution::{Distribution, Law};
use super::lead_time::LeadTimes;
use super::random::Random;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Most periods of a path.
const MOST_PERIODS: usize = 10_000_000;

/// When to order and how much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Policy {
    /// (s, Q): at or below s, as many times Q as bring the position above s.
    ReorderQuantity {
        /// s, in units.
        reorder_point: f64,
        /// Q, in units.
        quantity: f64,
    },
    /// (R, s, S): every R periods, at or below s, up to S. With R of 1, (s, S).
    MinMax {
        /// Periods between reviews.
        review: u32,
        /// s, in units.
        reorder_point: f64,
        /// S, in units.
        order_up_to: f64,
    },
    /// (R, S): every R periods, up to S. With R of 1, a base-stock policy.
    OrderUpTo {
        /// Periods between reviews.
        review: u32,
        /// S, in units.
        order_up_to: f64,
    },
    /// Levels that follow a forecast: every R periods, where the position is below this period's reorder point, up to
    /// this period's level.
    Following {
        /// Periods between reviews.
        review: u32,
        /// By period, in units; the last repeats.
        reorder_points: Vec<f64>,
        /// By period, in units; the last repeats.
        order_up_to: Vec<f64>,
    },
}

/// The item that is simulated. Costs are in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulatedItem {
    /// Units there at the beginning.
    pub on_hand: f64,
    /// Orders are multiples of this; 0 for any quantity.
    pub pack: f64,
    /// Smallest order.
    pub minimum: f64,
    /// Whether unmet demand waits, or is lost.
    pub backorders: bool,
    /// Of a unit in stock at a period's end.
    pub holding: f64,
    /// Of a unit lost; where demand waits, of a unit waiting at a period's end.
    pub shortage: f64,
    /// Of an order.
    pub order: f64,
    /// Periods at the beginning that are played and not counted.
    pub warm_up: u32,
}

/// What happened, summed over the counted periods (of one path, or of several).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct PolicyOutcome {
    /// Periods counted.
    pub periods: f64,
    /// Units demanded.
    pub demand: f64,
    /// Units met from stock at once.
    pub met: f64,
    /// Units lost.
    pub lost: f64,
    /// Periods in which something was demanded that was not there.
    pub periods_short: f64,
    /// Replenishment cycles (from one arrival to the next) that ended.
    pub cycles: f64,
    /// Those in which nothing was short.
    pub cycles_without_shortage: f64,
    /// Sum of the stock at the ends of periods.
    pub stock: f64,
    /// Sum of the units waiting at the ends of periods.
    pub waiting: f64,
    /// Orders placed.
    pub orders: f64,
    /// Units ordered.
    pub ordered: f64,
    /// Cost of keeping stock.
    pub holding_cost: f64,
    /// Cost of shortage.
    pub shortage_cost: f64,
    /// Cost of orders.
    pub order_cost: f64,
}

impl PolicyOutcome {
    /// Share of demanded units that were met at once; 1 without demand.
    pub fn fill_rate(&self) -> f64 {
        if self.demand > 0.0 { self.met / self.demand } else { 1.0 }
    }

    /// Share of cycles without shortage; of periods, where no cycle ended.
    pub fn cycle_service(&self) -> f64 {
        if self.cycles > 0.0 {
            self.cycles_without_shortage / self.cycles
        } else {
            1.0 - self.per_period(self.periods_short)
        }
    }

    /// Mean stock at a period's end.
    pub fn mean_stock(&self) -> f64 {
        self.per_period(self.stock)
    }

    /// All costs per period.
    pub fn cost_per_period(&self) -> f64 {
        self.per_period(self.holding_cost + self.shortage_cost + self.order_cost)
    }

    fn per_period(&self, sum: f64) -> f64 {
        if self.periods > 0.0 { sum / self.periods } else { 0.0 }
    }

    /// Adds another path's or item's.
    pub fn add(&mut self, other: &Self) {
        self.periods += other.periods;
        self.demand += other.demand;
        self.met += other.met;
        self.lost += other.lost;
        self.periods_short += other.periods_short;
        self.cycles += other.cycles;
        self.cycles_without_shortage += other.cycles_without_shortage;
        self.stock += other.stock;
        self.waiting += other.waiting;
        self.orders += other.orders;
        self.ordered += other.ordered;
        self.holding_cost += other.holding_cost;
        self.shortage_cost += other.shortage_cost;
        self.order_cost += other.order_cost;
    }
}

/// Plays a policy against a path of demand (one value a period; negative ones and gaps count as nothing). Lead times are drawn
/// from `lead_time` by the seed and rounded to whole periods; equal seeds draw equal lead times for the n-th order.
///
/// # Errors
/// [`EngineError::Inventory`] where a number is out of range, a review period is 0, or the path has over ten million periods.
pub fn play(
    policy: &Policy,
    item: &SimulatedItem,
    demand: &[f64],
    lead_time: &LeadTimes,
    seed: u64,
) -> Result<PolicyOutcome, EngineError> {
    policy.check()?;
    item.check()?;
    if demand.len() > MOST_PERIODS {
        return Err(refuse("periods", demand.len(), "at most ten million"));
    }
    Ok(run(policy, item, demand, lead_time, seed))
}

/// A policy's outcome over many paths, with a 95 % interval for the mean of paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// All paths together.
    pub total: PolicyOutcome,
    /// Cost per period: mean over paths, and half the width of its interval.
    pub cost: (f64, f64),
    /// Fill rate: mean over paths, and half the width of its interval.
    pub fill_rate: (f64, f64),
    /// Cost per period less that of the first policy on the same path: mean, and half the width of its interval.
    pub cost_against_first: (f64, f64),
}

/// Plays each policy on the same paths with the same lead times, so that differences are the policies'.
///
/// # Errors
/// As [`play`].
pub fn compare(
    policies: &[Policy],
    item: &SimulatedItem,
    paths: &[Vec<f64>],
    lead_time: &LeadTimes,
    seed: u64,
) -> Result<Vec<Comparison>, EngineError> {
    let mut first: Vec<f64> = Vec::new();
    let mut compared = Vec::with_capacity(policies.len());
    for policy in policies {
        let mut total = PolicyOutcome::default();
        let (mut costs, mut fills) = (Vec::with_capacity(paths.len()), Vec::with_capacity(paths.len()));
        for (path, index) in paths.iter().zip(0u64..) {
            let outcome = play(policy, item, path, lead_time, seed.wrapping_add(index))?;
            total.add(&outcome);
            costs.push(outcome.cost_per_period());
            fills.push(outcome.fill_rate());
        }
        if compared.is_empty() {
            first.clone_from(&costs);
        }
        let against: Vec<f64> = costs.iter().zip(&first).map(|(cost, first)| cost - first).collect();
        compared.push(Comparison {
            total,
            cost: interval(&costs),
            fill_rate: interval(&fills),
            cost_against_first: interval(&against),
        });
    }
    Ok(compared)
}

/// Draws paths of demand: one value per law and path. Errors of a path's periods are correlated by `correlation` (a normal copula).
///
/// # Errors
/// [`EngineError::Inventory`] where a law is wrong, the correlation is not within 0 to 1, or over a hundred million values are asked for.
pub fn draw_paths(periods: &[Law], correlation: f64, count: usize, seed: u64) -> Result<Vec<Vec<f64>>, EngineError> {
    if not_negative("correlation", correlation)? > 1.0 {
        return Err(refuse("correlation", correlation, "0 to 1"));
    }
    if periods.len().saturating_mul(count) > 100_000_000 {
        return Err(refuse("values of paths", periods.len().saturating_mul(count), "at most a hundred million"));
    }
    let laws = periods.iter().map(Law::check).collect::<Result<Vec<Distribution>, _>>()?;
    let mut random = Random::new(seed);
    let (shared, own) = (correlation.sqrt(), (1.0 - correlation).sqrt());
    let path = |_| {
        let level = if correlation > 0.0 { shared * random.normal() } else { 0.0 };
        let value = |law: &Distribution| {
            let chance = if correlation > 0.0 {
                super::normal::probability(level + own * random.normal())
            } else {
                random.uniform()
            };
            law.quantile(chance).max(0.0)
        };
        laws.iter().map(value).collect()
    };
    Ok((0..count).map(path).collect())
}

fn run(policy: &Policy, item: &SimulatedItem, demand: &[f64], lead_time: &LeadTimes, seed: u64) -> PolicyOutcome {
    let longest = lead_time.times().iter().map(|time| libm::round(*time)).fold(0.0, f64::max) as usize;
    let mut due = vec![0.0; longest + 2];
    let (mut random, fixed) = (Random::new(seed), lead_time.times().len() == 1);
    // Stock less what waits; on order apart.
    let (mut net, mut on_order, mut clean) = (item.on_hand, 0.0, true);
    let mut outcome = PolicyOutcome::default();
    let mut slot = 0;
    for (period, wanted) in demand.iter().enumerate() {
        let counted = period >= item.warm_up as usize;
        let arrived = due[slot];
        if arrived > 0.0 {
            due[slot] = 0.0;
            on_order -= arrived;
            net += arrived;
            if counted {
                outcome.cycles += 1.0;
                outcome.cycles_without_shortage += f64::from(u8::from(clean));
            }
            clean = true;
        }
        let wanted = if *wanted > 0.0 { wanted.min(super::bounds::LARGEST) } else { 0.0 };
        let met = wanted.min(net.max(0.0));
        let short = wanted - met;
        net -= if item.backorders { wanted } else { met };
        clean &= short <= 0.0;
        let order = policy.order(period, net + on_order).map_or(0.0, |units| item.orderable(units));
        if order > 0.0 {
            let time = if fixed { longest } else { draw(lead_time, &mut random) };
            let mut at = slot + 1 + time;
            if at >= due.len() {
                at -= due.len();
            }
            due[at] += order;
            on_order += order;
        }
        slot = if slot + 1 == due.len() { 0 } else { slot + 1 };
        if counted {
            let (stock, waiting) = (net.max(0.0), (-net).max(0.0));
            outcome.periods += 1.0;
            outcome.demand += wanted;
            outcome.met += met;
            outcome.periods_short += f64::from(u8::from(short > 0.0));
            outcome.stock += stock;
            outcome.waiting += waiting;
            outcome.lost += if item.backorders { 0.0 } else { short };
            outcome.shortage_cost += item.shortage * if item.backorders { waiting } else { short };
            outcome.holding_cost += item.holding * stock;
            if order > 0.0 {
                outcome.orders += 1.0;
                outcome.ordered += order;
                outcome.order_cost += item.order;
            }
        }
    }
    outcome
}

fn draw(lead_time: &LeadTimes, random: &mut Random) -> usize {
    let mut left = random.uniform();
    let mut last = 0.0;
    for (time, weight) in lead_time.times().iter().zip(lead_time.weights()) {
        last = *time;
        left -= weight;
        if left <= 0.0 {
            break;
        }
    }
    libm::round(last) as usize
}

impl Policy {
    /// Units wanted at the end of a period with this position; nothing between reviews.
    fn order(&self, period: usize, position: f64) -> Option<f64> {
        let due = |review: u32| period % review as usize == review as usize - 1;
        match self {
            Self::ReorderQuantity { reorder_point, quantity } => {
                let below = reorder_point - position;
                (below >= 0.0).then(|| (libm::floor(below / quantity) + 1.0) * quantity)
            }
            Self::MinMax { review, reorder_point, order_up_to } => {
                (due(*review) && position <= *reorder_point).then(|| order_up_to - position)
            }
            Self::OrderUpTo { review, order_up_to } => {
                (due(*review) && position < *order_up_to).then(|| order_up_to - position)
            }
            Self::Following { review, reorder_points, order_up_to } => {
                let at = |levels: &[f64]| levels.get(period).or(levels.last()).copied().unwrap_or(0.0);
                (due(*review) && position < at(reorder_points)).then(|| at(order_up_to) - position)
            }
        }
    }

    fn check(&self) -> Result<(), EngineError> {
        let review_at_least_1 = |review: u32| match review {
            0 => Err(refuse("review period", 0, "at least 1")),
            _ => Ok(()),
        };
        match self {
            Self::ReorderQuantity { reorder_point, quantity } => {
                finite("reorder point", *reorder_point)?;
                super::bounds::positive("order quantity", *quantity).map(|_| ())
            }
            Self::MinMax { review, reorder_point, order_up_to } => {
                finite("reorder point", *reorder_point)?;
                finite("order-up-to level", *order_up_to)?;
                review_at_least_1(*review)
            }
            Self::OrderUpTo { review, order_up_to } => {
                finite("order-up-to level", *order_up_to)?;
                review_at_least_1(*review)
            }
            Self::Following { review, reorder_points, order_up_to } => {
                for level in reorder_points.iter().chain(order_up_to) {
                    finite("level", *level)?;
                }
                review_at_least_1(*review)
            }
        }
    }
}

impl SimulatedItem {
    fn orderable(&self, units: f64) -> f64 {
        if units <= 0.0 {
            return 0.0;
        }
        let wanted = units.max(self.minimum);
        if self.pack > 0.0 { libm::ceil(wanted / self.pack - 1e-9) * self.pack } else { wanted }
    }

    fn check(&self) -> Result<(), EngineError> {
        finite("stock on hand", self.on_hand)?;
        for (field, value) in [
            ("pack", self.pack),
            ("minimum order", self.minimum),
            ("holding cost", self.holding),
            ("shortage cost", self.shortage),
            ("order cost", self.order),
        ] {
            not_negative(field, value)?;
        }
        Ok(())
    }
}

/// Mean and 1.96 standard errors.
fn interval(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, if count > 1.0 { 1.96 * (squares / (count - 1.0) / count).sqrt() } else { 0.0 })
}
