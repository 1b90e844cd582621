//! Where a tree of stock points should keep its safety stock: committed service times, by Graves and Willems' dynamic program.
//!
//! Each point promises to deliver within S periods, is promised delivery within SI by those that supply it, and needs T itself:
//! it must cover SI + T - S periods of demand, bounded by z sd sqrt(periods). Graves and Willems 2000, with the correction
//! of 2003: the tree is walked from its leaves to a root; each point's least cost for its whole branch is kept as a function of
//! the one promise that the branch exchanges with the rest.

use super::bounds::{not_negative, refuse};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Most points of a tree.
const MOST_POINTS: usize = 10_000;
/// Longest replenishment time, in periods.
const LONGEST: u32 = 5_000;

/// A stock point of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StockPoint {
    /// Periods that it needs itself: handling, making, moving.
    pub processing: u32,
    /// Cost of a unit kept here for one period.
    pub holding: f64,
    /// How many standard deviations of demand it must be able to serve (1.645 for 95 %).
    pub bound: f64,
    /// Standard deviation per period of the demand that customers place here; 0 at inner points.
    pub deviation: f64,
    /// Periods within which suppliers from outside deliver, at least.
    pub supplied_within: u32,
    /// Longest time in which customers let it deliver; none for inner points without customers.
    pub promised_within: Option<u32>,
}

/// One point supplies another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supply {
    /// Index of the supplying point.
    pub from: usize,
    /// Index of the supplied point.
    pub to: usize,
}

/// The promises and what their safety stock costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// By point: periods within which it delivers.
    pub outbound: Vec<u32>,
    /// By point: periods within which it is supplied.
    pub inbound: Vec<u32>,
    /// By point: safety stock in units.
    pub safety_stock: Vec<f64>,
    /// Holding cost of all safety stock per period.
    pub cost: f64,
}

/// The cheapest promises. Points are connected by `supplies` into a tree (as many connections as points, less one).
///
/// # Errors
/// [`EngineError::Inventory`] where the connections are no tree, a number is negative or not finite, or times are too long.
pub fn place_safety_stock(points: &[StockPoint], supplies: &[Supply]) -> Result<Placement, EngineError> {
    let tree = Tree::new(points, supplies)?;
    let mut tables: Vec<Table> = vec![Table::default(); points.len()];
    for point in tree.leaves_first() {
        tables[point] = tree.table(point, &tables);
    }
    Ok(tree.read_off(&tables))
}

/// Least cost of a branch by the promise that it exchanges, and the other promise of its point there.
#[derive(Debug, Clone, Default)]
struct Table {
    cost: Vec<f64>,
    other: Vec<u32>,
}

struct Tree<'a> {
    points: &'a [StockPoint],
    suppliers: Vec<Vec<usize>>,
    customers: Vec<Vec<usize>>,
    /// From the root outwards, each point with its parent.
    order: Vec<(usize, Option<usize>)>,
    deviation: Vec<f64>,
    /// Longest time from outside to each point's shelf.
    longest: Vec<u32>,
}

impl<'a> Tree<'a> {
    fn new(points: &'a [StockPoint], supplies: &[Supply]) -> Result<Self, EngineError> {
        let count = points.len();
        if count == 0 || count > MOST_POINTS {
            return Err(refuse("stock points", count, "1 to 10,000"));
        }
        if supplies.len() + 1 != count {
            return Err(refuse("connections", supplies.len(), "one less than stock points: a tree"));
        }
        for point in points {
            not_negative("holding cost", point.holding)?;
            not_negative("service bound", point.bound)?;
            not_negative("deviation of demand", point.deviation)?;
            if point.processing.max(point.supplied_within) > LONGEST {
                return Err(refuse(
                    "time of a stock point",
                    point.processing.max(point.supplied_within),
                    "at most 5,000 periods",
                ));
            }
        }
        let (mut suppliers, mut customers) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for supply in supplies {
            if supply.from >= count || supply.to >= count {
                return Err(refuse("connection", supply.from.max(supply.to), "indices of stock points"));
            }
            suppliers[supply.to].push(supply.from);
            customers[supply.from].push(supply.to);
        }
        let mut order: Vec<(usize, Option<usize>)> = vec![(0, None)];
        let mut seen = vec![false; count];
        seen[0] = true;
        let mut next = 0;
        while let Some((point, _)) = order.get(next).copied() {
            next += 1;
            for neighbour in suppliers[point].iter().chain(&customers[point]) {
                if !seen[*neighbour] {
                    seen[*neighbour] = true;
                    order.push((*neighbour, Some(point)));
                }
            }
        }
        if order.len() != count {
            return Err(refuse(
                "connections",
                format!("{} points reached", order.len()),
                "a tree that reaches all points",
            ));
        }
        let downstream = flow_order(&suppliers, &customers);
        let mut tree =
            Self { points, suppliers, customers, order, deviation: vec![0.0; count], longest: vec![0; count] };
        for point in &downstream {
            let supplied = tree.suppliers[*point].iter().map(|from| tree.longest[*from]).max().unwrap_or(0);
            tree.longest[*point] = points[*point].processing + supplied.max(points[*point].supplied_within);
            if tree.longest[*point] > LONGEST {
                return Err(refuse("replenishment time", tree.longest[*point], "at most 5,000 periods"));
            }
        }
        let mut variance: Vec<f64> = points.iter().map(|point| point.deviation * point.deviation).collect();
        for point in downstream.iter().rev() {
            for from in &tree.suppliers[*point] {
                variance[*from] += variance[*point];
            }
        }
        tree.deviation = variance.into_iter().map(f64::sqrt).collect();
        Ok(tree)
    }

    fn leaves_first(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.iter().rev().map(|(point, _)| *point)
    }

    fn safety_stock(&self, point: usize, inbound: u32, outbound: u32) -> f64 {
        let covered = inbound + self.points[point].processing - outbound;
        self.points[point].bound * self.deviation[point] * f64::from(covered).sqrt()
    }

    fn parent(&self, point: usize) -> Option<usize> {
        self.order.iter().find(|(at, _)| *at == point).and_then(|(_, parent)| *parent)
    }

    /// Its own cost and that of its branches, by its two promises. Branches that supply it may promise less than `inbound`,
    /// those that it supplies may count on more than `outbound`.
    fn table(&self, point: usize, tables: &[Table]) -> Table {
        let parent = self.parent(point);
        let spec = &self.points[point];
        let shortest = spec.supplied_within;
        let largest_inbound = self.longest[point] - spec.processing;
        // Least branch cost by inbound promise (suppliers: promises up to it) and by outbound (customers: from it on).
        let mut by_inbound = vec![0.0; largest_inbound as usize + 1];
        for from in self.suppliers[point].iter().filter(|from| Some(**from) != parent) {
            let mut least = f64::INFINITY;
            for (inbound, sum) in by_inbound.iter_mut().enumerate() {
                least = least.min(tables[*from].cost.get(inbound).copied().unwrap_or(f64::INFINITY));
                *sum += least;
            }
        }
        let mut by_outbound = vec![0.0; self.longest[point] as usize + 1];
        for to in self.customers[point].iter().filter(|to| Some(**to) != parent) {
            let mut least = f64::INFINITY;
            let costs = &tables[*to].cost;
            for outbound in (0..by_outbound.len().max(costs.len())).rev() {
                least = least.min(costs.get(outbound).copied().unwrap_or(f64::INFINITY));
                if let Some(sum) = by_outbound.get_mut(outbound) {
                    *sum += least;
                }
            }
        }
        let cost = |inbound: u32, outbound: u32| {
            by_inbound[inbound as usize]
                + by_outbound[outbound as usize]
                + spec.holding * self.safety_stock(point, inbound, outbound)
        };
        let latest = |inbound: u32| (inbound + spec.processing).min(spec.promised_within.unwrap_or(u32::MAX));
        let supplies_parent = parent.is_some_and(|parent| self.customers[point].contains(&parent));
        let mut table = Table::default();
        if supplies_parent {
            for outbound in 0..=self.longest[point].min(spec.promised_within.unwrap_or(u32::MAX)) {
                let from = outbound.saturating_sub(spec.processing).max(shortest).min(largest_inbound);
                let options = (from..=largest_inbound).filter(|inbound| outbound <= latest(*inbound));
                table.push(least(options.map(|inbound| (cost(inbound, outbound), inbound))));
            }
        } else {
            for inbound in 0..=largest_inbound {
                // A promise shorter than what outside suppliers keep is of no use here.
                let effective = inbound.max(shortest);
                table.push(least((0..=latest(effective)).map(|outbound| (cost(effective, outbound), outbound))));
            }
        }
        table
    }

    fn read_off(&self, tables: &[Table]) -> Placement {
        let count = self.points.len();
        let mut placement =
            Placement { outbound: vec![0; count], inbound: vec![0; count], safety_stock: vec![0.0; count], cost: 0.0 };
        for (point, parent) in &self.order {
            let costs = tables[*point].cost.iter().copied().zip(0u32..);
            let (key, supplies_parent) = match parent {
                None => (least(costs).1, false),
                Some(parent) if self.customers[*point].contains(parent) => {
                    (least(costs.filter(|(_, outbound)| *outbound <= placement.inbound[*parent])).1, true)
                }
                Some(parent) => (least(costs.filter(|(_, inbound)| *inbound >= placement.outbound[*parent])).1, false),
            };
            let other = tables[*point].other[key as usize];
            let (inbound, outbound) = if supplies_parent { (other, key) } else { (key, other) };
            placement.inbound[*point] = inbound.max(self.points[*point].supplied_within);
            placement.outbound[*point] = outbound;
            placement.safety_stock[*point] = self.safety_stock(*point, placement.inbound[*point], outbound);
            placement.cost += self.points[*point].holding * placement.safety_stock[*point];
        }
        placement
    }
}

impl Table {
    fn push(&mut self, (cost, other): (f64, u32)) {
        self.cost.push(cost);
        self.other.push(other);
    }
}

/// The least cost with what it belongs to; of equals, the first.
fn least(options: impl Iterator<Item = (f64, u32)>) -> (f64, u32) {
    let mut best = (f64::INFINITY, 0);
    for option in options {
        if option.0 < best.0 {
            best = option;
        }
    }
    best
}

/// The points so that each comes after those that supply it. A tree has no cycles.
fn flow_order(suppliers: &[Vec<usize>], customers: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = suppliers.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..suppliers.len()).filter(|point| waiting[*point] == 0).collect();
    let mut next = 0;
    while let Some(point) = order.get(next).copied() {
        next += 1;
        for to in &customers[point] {
            waiting[*to] -= 1;
            if waiting[*to] == 0 {
                order.push(*to);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All promises tried, each point supplied within the latest promise of its suppliers.
    fn cheapest(points: &[StockPoint], supplies: &[Supply]) -> f64 {
        let tree = Tree::new(points, supplies).unwrap();
        let flow = flow_order(&tree.suppliers, &tree.customers);
        fn go(tree: &Tree<'_>, flow: &[usize], outbound: &mut [u32], spent: f64) -> f64 {
            let Some((point, rest)) = flow.split_first() else { return spent };
            let spec = &tree.points[*point];
            let inbound =
                tree.suppliers[*point].iter().map(|from| outbound[*from]).max().unwrap_or(0).max(spec.supplied_within);
            let latest = (inbound + spec.processing).min(spec.promised_within.unwrap_or(u32::MAX));
            (0..=latest).fold(f64::INFINITY, |best, promise| {
                outbound[*point] = promise;
                best.min(go(tree, rest, outbound, spent + spec.holding * tree.safety_stock(*point, inbound, promise)))
            })
        }
        go(&tree, &flow, &mut vec![0; points.len()], 0.0)
    }

    proptest! {
        #[test]
        fn no_promises_are_cheaper(
            numbers in proptest::collection::vec((0u32..3, 1u32..9, 0u32..9, 0u32..2, proptest::option::of(0u32..3), any::<u16>(), any::<bool>()), 1..6),
        ) {
            let points: Vec<StockPoint> = numbers.iter().map(|(processing, holding, deviation, supplied, promised, _, _)| StockPoint {
                processing: *processing, holding: f64::from(*holding), bound: 1.0, deviation: f64::from(*deviation),
                supplied_within: *supplied, promised_within: *promised,
            }).collect();
            let supplies: Vec<Supply> = numbers.iter().enumerate().skip(1).map(|(index, (.., pick, down))| {
                let other = usize::from(*pick) % index;
                if *down { Supply { from: other, to: index } } else { Supply { from: index, to: other } }
            }).collect();
            let placed = place_safety_stock(&points, &supplies).unwrap();
            let least = cheapest(&points, &supplies);
            prop_assert!((placed.cost - least).abs() < 1e-9 * (1.0 + least), "{placed:?} against {least}");
            for supply in &supplies {
                prop_assert!(placed.inbound[supply.to] >= placed.outbound[supply.from]);
            }
        }
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let point = StockPoint {
            processing: 1,
            holding: 1.0,
            bound: 1.0,
            deviation: 1.0,
            supplied_within: 0,
            promised_within: None,
        };
        let arc = |from, to| Supply { from, to };
        assert!(place_safety_stock(&[], &[]).is_err());
        assert!(place_safety_stock(&[point; 2], &[]).is_err());
        assert!(place_safety_stock(&[point; 2], &[arc(0, 7)]).is_err());
        assert!(place_safety_stock(&[point; 3], &[arc(0, 1), arc(1, 0)]).is_err());
        assert!(place_safety_stock(&[point; 2], &[arc(1, 1)]).is_err());
    }
}
