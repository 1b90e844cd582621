//! Generalised least squares with independent node errors: the series' values `b` that minimise
//! `sum over nodes of (base - sum of b)^2 / variance`, solved without a dense matrix over the series.
//!
//! The normal matrix is `H = D + sum over levels of A' P A` with diagonal `D` and `P`. Of the levels, the longest chain in
//! which each nests in the next is inverted exactly, node by node, by the formula of Sherman and Morrison. The other levels
//! (`R`) come in by their multipliers `m`: `(W + R T R') m = R T r`, with `T` the chain's inverse, by conjugate gradients.
//! Their preconditioner is a dense Cholesky factor over the levels with few nodes, which in practice is all of them, so
//! that one or two iterations reach rounding; M5's 12,350 nodes are a chain of 12,196 and a dense matrix of 154.

use super::summing::{LANES, Lanes, Summing, ZERO, parents};
use super::{Hierarchy, Level};

/// Most nodes outside the chain that are factored densely.
const MOST_DENSE: usize = 300;
/// Iterations after which the multipliers are taken as they are.
const MOST_ITERATIONS: usize = 300;
/// Squared relative size of the residual at which they are done.
const TOLERANCE: f64 = 1e-22;

/// The problem for given variances, ready for any number of right sides.
#[derive(Debug)]
pub(super) struct LeastSquares<'a> {
    hierarchy: &'a Hierarchy,
    /// Error variance of each series.
    variances: Vec<f64>,
    /// One over the error variance of each node above; 0 where a node has no say.
    precisions: Vec<f64>,
    /// From the finest level of the chain to the coarsest.
    chain: Vec<Link>,
    /// The other levels, those in the dense factor first.
    rest: Summing,
    /// Of the nodes of `rest`: as `precisions`.
    rest_precisions: Vec<f64>,
    /// Of the nodes of `rest`: what stands in for the diagonal of their matrix outside the dense factor.
    diagonal: Vec<f64>,
    dense: Cholesky,
}

/// A level of the chain.
#[derive(Debug)]
struct Link {
    precisions: Vec<f64>,
    /// From the nodes of the link before, or from the series, to this one's.
    map: Vec<u32>,
}

/// The series that are free in each lane, with what the chain's inverse needs of them.
#[derive(Debug)]
pub(super) struct Free {
    /// The series' variances; 0 in lanes where they are held at zero.
    pub(super) variances: Vec<Lanes>,
    /// Per link and node: sum of free variances, and 1 / (1 + precision x sum).
    links: Vec<Vec<(Lanes, Lanes)>>,
}

impl<'a> LeastSquares<'a> {
    /// `variances` per node, positive; infinite where a node above the series has no say.
    pub(super) fn new(hierarchy: &'a Hierarchy, variances: &[f64]) -> Self {
        let above = hierarchy.aggregates();
        let precisions: Vec<f64> =
            variances[..above].iter().map(|v| if v.is_finite() { 1.0 / v } else { 0.0 }).collect();
        let of_level = |level: usize| &precisions[hierarchy.first_node(level)..hierarchy.first_node(level + 1)];
        let levels = hierarchy.levels();
        let heard: Vec<usize> = (0..levels.len()).filter(|l| of_level(*l).iter().any(|p| *p > 0.0)).collect();
        let chosen = longest_chain(levels, &heard);
        let mut chain: Vec<Link> = Vec::with_capacity(chosen.len());
        for (place, level) in chosen.iter().enumerate() {
            let finer = place.checked_sub(1).and_then(|before| parents(&levels[chosen[before]], &levels[*level]));
            let map = finer.unwrap_or_else(|| levels[*level].of_series.clone());
            chain.push(Link { precisions: of_level(*level).to_vec(), map });
        }
        let mut others: Vec<usize> = heard.into_iter().filter(|level| !chosen.contains(level)).collect();
        others.sort_by_key(|level| (levels[*level].nodes.len(), *level));
        let (mut dense_levels, mut dense_nodes) = (0, 0);
        for level in &others {
            dense_nodes += levels[*level].nodes.len();
            if dense_nodes > MOST_DENSE {
                break;
            }
            dense_levels += 1;
        }
        let mut problem = Self {
            hierarchy,
            variances: variances[above..].to_vec(),
            rest_precisions: others.iter().flat_map(|level| of_level(*level)).copied().collect(),
            precisions,
            chain,
            rest: Summing::new(levels, &others),
            diagonal: Vec::new(),
            dense: Cholesky::default(),
        };
        problem.precondition(&Summing::new(levels, &others[..dense_levels]));
        problem
    }

    pub(super) fn hierarchy(&self) -> &'a Hierarchy {
        self.hierarchy
    }

    pub(super) fn precisions(&self) -> &[f64] {
        &self.precisions
    }

    pub(super) fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// The right side of the normal equations from the base forecasts of the nodes above and of the series.
    pub(super) fn right_side(&self, above: &[Lanes], series: &[Lanes]) -> Vec<Lanes> {
        let mut weighted: Vec<Lanes> = above.iter().zip(&self.precisions).map(|(value, p)| times(value, *p)).collect();
        let mut right: Vec<Lanes> =
            series.iter().zip(&self.variances).map(|(value, v)| times(value, 1.0 / v)).collect();
        self.hierarchy.summing().down(&mut weighted, &mut right);
        right
    }

    /// Every series free.
    pub(super) fn all_free(&self) -> Free {
        self.free(self.variances.iter().map(|variance| [*variance; LANES]).collect())
    }

    /// Those series free in a lane whose variance there is not zero.
    pub(super) fn free(&self, variances: Vec<Lanes>) -> Free {
        let mut links: Vec<Vec<(Lanes, Lanes)>> = Vec::with_capacity(self.chain.len());
        for (place, link) in self.chain.iter().enumerate() {
            let mut nodes = vec![(ZERO, ZERO); link.precisions.len()];
            match place.checked_sub(1) {
                None => link.map.iter().zip(&variances).for_each(|(node, v)| plus(&mut nodes[*node as usize].0, v)),
                Some(before) => {
                    for (node, (sum, inverse)) in link.map.iter().zip(&links[before]) {
                        plus(&mut nodes[*node as usize].0, &product(sum, inverse));
                    }
                }
            }
            for ((sum, inverse), precision) in nodes.iter_mut().zip(&link.precisions) {
                *inverse = sum.map(|sum| 1.0 / (1.0 + precision * sum));
            }
            links.push(nodes);
        }
        Free { variances, links }
    }

    /// Solves for one right side. Gives per series and lane the potential: times its variance it is the value of a series
    /// that is free; of one held at zero, a positive potential says that the minimum lies above zero. `multipliers`, one
    /// per node outside the chain, are where to start and are left where the solution was found.
    pub(super) fn solve(&self, right: &[Lanes], free: &Free, multipliers: &mut Vec<Lanes>) -> Vec<Lanes> {
        multipliers.resize(self.rest.nodes, ZERO);
        let mut work = Work { series: vec![ZERO; right.len()], nodes: vec![ZERO; self.rest.nodes] };
        if self.rest.nodes > 0 {
            self.find_multipliers(right, free, multipliers, &mut work);
        }
        self.without_rest(right, multipliers, &mut work);
        self.chain_potential(free, &mut work.series);
        work.series
    }

    /// Conjugate gradients for the multipliers of the nodes outside the chain, each lane by itself.
    fn find_multipliers(&self, right: &[Lanes], free: &Free, multipliers: &mut [Lanes], work: &mut Work) {
        // The residual R T (r - R' m) - W m, and the size of R T r that it is measured against.
        work.series.copy_from_slice(right);
        let target = self.rest_of_chain(free, work);
        let goal = dot(&target, &self.preconditioned(&target));
        self.without_rest(right, multipliers, work);
        let mut residual = self.rest_of_chain(free, work);
        for ((residual, m), precision) in residual.iter_mut().zip(multipliers.iter()).zip(&self.rest_precisions) {
            *residual = if *precision > 0.0 { minus(residual, &times(m, 1.0 / precision)) } else { ZERO };
        }
        let mut scaled = self.preconditioned(&residual);
        let mut direction = scaled.clone();
        let mut size = dot(&residual, &scaled);
        for _ in 0..MOST_ITERATIONS {
            let open: [bool; LANES] = std::array::from_fn(|lane| size[lane] > TOLERANCE * goal[lane]);
            if !open.contains(&true) {
                return;
            }
            let moved = self.rest_matrix(&direction, free, work);
            let curvature = dot(&direction, &moved);
            let step = share(&size, &curvature, &open);
            for (((m, r), d), h) in multipliers.iter_mut().zip(&mut residual).zip(&direction).zip(&moved) {
                plus(m, &product(&step, d));
                *r = minus(r, &product(&step, h));
            }
            scaled = self.preconditioned(&residual);
            let next = dot(&residual, &scaled);
            let keep = share(&next, &size, &open);
            direction.iter_mut().zip(&scaled).for_each(|(d, z)| {
                *d = product(&keep, d);
                plus(d, z);
            });
            size = next;
        }
    }

    /// `(W + R T R') direction`; the identity for nodes without a say.
    fn rest_matrix(&self, direction: &[Lanes], free: &Free, work: &mut Work) -> Vec<Lanes> {
        work.nodes.copy_from_slice(direction);
        work.series.fill(ZERO);
        self.rest.down(&mut work.nodes, &mut work.series);
        let mut moved = self.rest_of_chain(free, work);
        for ((moved, d), precision) in moved.iter_mut().zip(direction).zip(&self.rest_precisions) {
            if *precision > 0.0 {
                plus(moved, &times(d, 1.0 / precision));
            } else {
                *moved = *d;
            }
        }
        moved
    }

    /// `R T` of what `work.series` holds; zero for nodes without a say.
    fn rest_of_chain(&self, free: &Free, work: &mut Work) -> Vec<Lanes> {
        self.chain_potential(free, &mut work.series);
        work.series.iter_mut().zip(&free.variances).for_each(|(value, variance)| *value = product(value, variance));
        let mut sums = vec![ZERO; self.rest.nodes];
        self.rest.up(&work.series, &mut sums);
        for (sum, precision) in sums.iter_mut().zip(&self.rest_precisions) {
            if *precision == 0.0 {
                *sum = ZERO;
            }
        }
        sums
    }

    /// `right - R' multipliers` into `work.series`.
    fn without_rest(&self, right: &[Lanes], multipliers: &[Lanes], work: &mut Work) {
        work.nodes.iter_mut().zip(multipliers).for_each(|(node, m)| *node = m.map(|m| -m));
        work.series.copy_from_slice(right);
        self.rest.down(&mut work.nodes, &mut work.series);
    }

    /// From a right side to the chain's solution, short of the factor of the series' variance.
    fn chain_potential(&self, free: &Free, series: &mut [Lanes]) {
        let mut sums: Vec<Vec<Lanes>> = Vec::with_capacity(self.chain.len());
        for (place, link) in self.chain.iter().enumerate() {
            let mut nodes = vec![ZERO; link.precisions.len()];
            match place.checked_sub(1) {
                None => {
                    for ((node, right), variance) in link.map.iter().zip(series.iter()).zip(&free.variances) {
                        plus(&mut nodes[*node as usize], &product(right, variance));
                    }
                }
                Some(before) => {
                    for ((node, sum), (_, inverse)) in link.map.iter().zip(&sums[before]).zip(&free.links[before]) {
                        plus(&mut nodes[*node as usize], &product(sum, inverse));
                    }
                }
            }
            sums.push(nodes);
        }
        // Downwards each node's sum gives way to what it and all above it take from the potential of its series.
        for place in (0..self.chain.len()).rev() {
            let (below, above) = sums.split_at_mut(place + 1);
            let taken = &mut below[place];
            let link = &self.chain[place];
            for (node, (value, (_, inverse))) in taken.iter_mut().zip(&free.links[place]).enumerate() {
                let from_above = above.first().map_or(ZERO, |up| up[self.chain[place + 1].map[node] as usize]);
                for lane in 0..LANES {
                    value[lane] = (from_above[lane] + link.precisions[node] * value[lane]) * inverse[lane];
                }
            }
        }
        if let (Some(link), Some(taken)) = (self.chain.first(), sums.first()) {
            for (value, node) in series.iter_mut().zip(&link.map) {
                *value = minus(value, &taken[*node as usize]);
            }
        }
    }

    /// Builds the dense factor over the first levels of the rest, and the diagonal for the others.
    fn precondition(&mut self, dense: &Summing) {
        let free = self.all_free();
        let count = dense.nodes;
        let mut matrix = vec![0.0; count * count];
        for from in (0..count).step_by(LANES) {
            let mut nodes = vec![ZERO; count];
            for lane in 0..LANES.min(count - from) {
                nodes[from + lane][lane] = 1.0;
            }
            let mut series = vec![ZERO; self.variances.len()];
            dense.down(&mut nodes, &mut series);
            self.chain_potential(&free, &mut series);
            series.iter_mut().zip(&free.variances).for_each(|(value, variance)| *value = product(value, variance));
            dense.up(&series, &mut nodes);
            for (row, sums) in nodes.iter().enumerate() {
                for lane in 0..LANES.min(count - from) {
                    matrix[row * count + from + lane] = sums[lane];
                }
            }
        }
        for node in 0..count {
            match self.rest_precisions[node] {
                0.0 => {
                    for other in 0..count {
                        matrix[node * count + other] = 0.0;
                        matrix[other * count + node] = 0.0;
                    }
                    matrix[node * count + node] = 1.0;
                }
                precision => matrix[node * count + node] += 1.0 / precision,
            }
        }
        let mut sums = vec![ZERO; self.rest.nodes];
        self.rest.up(&free.variances, &mut sums);
        let diagonal = |(sum, p): (&Lanes, &f64)| if *p > 0.0 { sum[0] + 1.0 / p } else { 1.0 };
        self.diagonal = sums.iter().zip(&self.rest_precisions).map(diagonal).collect();
        self.dense = Cholesky::new(matrix, count);
    }

    fn preconditioned(&self, residual: &[Lanes]) -> Vec<Lanes> {
        let mut scaled = residual.to_vec();
        let (dense, others) = scaled.split_at_mut(self.dense.size);
        self.dense.solve(dense);
        others.iter_mut().zip(&self.diagonal[self.dense.size..]).for_each(|(value, d)| *value = times(value, 1.0 / d));
        scaled
    }
}

struct Work {
    series: Vec<Lanes>,
    nodes: Vec<Lanes>,
}

/// The levels of the nesting chain with the most nodes, finest first.
fn longest_chain(levels: &[Level], wanted: &[usize]) -> Vec<usize> {
    let mut order = wanted.to_vec();
    order.sort_by_key(|level| (levels[*level].nodes.len(), *level));
    // Per level, the most nodes in a chain that ends with it, and the level before it.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(order.len());
    for (place, level) in order.iter().enumerate() {
        let coarser = (0..place).filter(|other| parents(&levels[*level], &levels[order[*other]]).is_some());
        let before = coarser.max_by_key(|other| (best[*other].0, *other));
        best.push((levels[*level].nodes.len() + before.map_or(0, |other| best[other].0), before));
    }
    let mut at = (0..order.len()).max_by_key(|place| (best[*place].0, *place));
    let mut chain = Vec::new();
    while let Some(place) = at {
        chain.push(order[place]);
        at = best[place].1;
    }
    chain
}

/// The lower triangle `L` of `L L'`, row after row.
#[derive(Debug, Default)]
pub(super) struct Cholesky {
    pub(super) size: usize,
    rows: Vec<f64>,
}

impl Cholesky {
    /// Factors a symmetric positive definite matrix. A pivot lost to rounding counts as one of its column's size, which
    /// leaves a factor that is still good as a preconditioner.
    pub(super) fn new(mut rows: Vec<f64>, size: usize) -> Self {
        for i in 0..size {
            let original = rows[i * size + i];
            for j in 0..=i {
                let (upper, lower) = rows.split_at(i * size);
                let of_i = &lower[..=i];
                let of_j = if j == i { of_i } else { &upper[j * size..=j * size + j] };
                let mut sum = of_i[j];
                for k in 0..j {
                    sum -= of_i[k] * of_j[k];
                }
                rows[i * size + j] = if j < i {
                    sum / of_j[j]
                } else if sum > 1e-14 * original {
                    sum.sqrt()
                } else {
                    original.max(f64::MIN_POSITIVE).sqrt()
                };
            }
        }
        Self { size, rows }
    }

    /// Solves in place.
    pub(super) fn solve(&self, values: &mut [Lanes]) {
        for i in 0..self.size {
            let row = &self.rows[i * self.size..];
            let mut sum = values[i];
            for j in 0..i {
                sum = minus(&sum, &times(&values[j], row[j]));
            }
            values[i] = times(&sum, 1.0 / row[i]);
        }
        for i in (0..self.size).rev() {
            let row = &self.rows[i * self.size..];
            let value = times(&values[i], 1.0 / row[i]);
            values[i] = value;
            for j in 0..i {
                values[j] = minus(&values[j], &times(&value, row[j]));
            }
        }
    }
}

fn share(above: &Lanes, below: &Lanes, open: &[bool; LANES]) -> Lanes {
    std::array::from_fn(|lane| if open[lane] && below[lane] > 0.0 { above[lane] / below[lane] } else { 0.0 })
}

fn dot(a: &[Lanes], b: &[Lanes]) -> Lanes {
    let mut sum = ZERO;
    a.iter().zip(b).for_each(|(a, b)| plus(&mut sum, &product(a, b)));
    sum
}

pub(super) fn plus(sum: &mut Lanes, value: &Lanes) {
    super::summing::add(sum, value);
}

pub(super) fn minus(a: &Lanes, b: &Lanes) -> Lanes {
    std::array::from_fn(|lane| a[lane] - b[lane])
}

pub(super) fn product(a: &Lanes, b: &Lanes) -> Lanes {
    std::array::from_fn(|lane| a[lane] * b[lane])
}

pub(super) fn times(a: &Lanes, factor: f64) -> Lanes {
    a.map(|value| value * factor)
}
