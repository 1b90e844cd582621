//! Sums over levels, eight steps at a time: from the series upwards, and their transpose downwards.
//!
//! A level whose nodes are unions of another's is fed from that one and not from the series: of M5's eleven levels above
//! the series only two touch all 30,490.

use super::Level;
use std::ops::Range;

/// Steps worked on at once: one cache line per node.
pub(super) const LANES: usize = 8;
/// One value for each of the steps worked on.
pub(super) type Lanes = [f64; LANES];
/// No value.
pub(super) const ZERO: Lanes = [0.0; LANES];

/// How the nodes of some levels follow from the series.
#[derive(Debug, Clone)]
pub(super) struct Summing {
    /// Feeders before those they feed.
    feeds: Vec<Feed>,
    /// Number of nodes; those of the levels one after another, in the order asked for.
    pub(super) nodes: usize,
}

#[derive(Debug, Clone)]
struct Feed {
    /// The level's first node.
    first: usize,
    nodes: usize,
    /// First node of the level that feeds it; the series do where `None`.
    from: Option<usize>,
    /// From the feeder's nodes, or from the series, to this level's nodes.
    map: Vec<u32>,
}

impl Summing {
    pub(super) fn new(levels: &[Level], wanted: &[usize]) -> Self {
        let mut firsts = Vec::with_capacity(wanted.len());
        let mut nodes = 0;
        for level in wanted {
            firsts.push(nodes);
            nodes += levels[*level].nodes.len();
        }
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_by_key(|at| (std::cmp::Reverse(levels[wanted[*at]].nodes.len()), *at));
        let mut feeds: Vec<Feed> = Vec::with_capacity(wanted.len());
        for (done, at) in order.iter().enumerate() {
            let level = &levels[wanted[*at]];
            // The feeder with the fewest nodes comes last in the order.
            let feeder = order[..done]
                .iter()
                .rev()
                .find_map(|other| parents(&levels[wanted[*other]], level).map(|map| (Some(firsts[*other]), map)));
            let (from, map) = feeder.unwrap_or_else(|| (None, level.of_series.clone()));
            feeds.push(Feed { first: firsts[*at], nodes: level.nodes.len(), from, map });
        }
        Self { feeds, nodes }
    }

    /// Overwrites the nodes with the sums of the series.
    pub(super) fn up(&self, series: &[Lanes], nodes: &mut [Lanes]) {
        for feed in &self.feeds {
            nodes[feed.first..feed.first + feed.nodes].fill(ZERO);
            match feed.from {
                None => {
                    let level = &mut nodes[feed.first..feed.first + feed.nodes];
                    series.iter().zip(&feed.map).for_each(|(value, node)| add(&mut level[*node as usize], value));
                }
                Some(from) => {
                    for (child, node) in feed.map.iter().enumerate() {
                        let value = nodes[from + child];
                        add(&mut nodes[feed.first + *node as usize], &value);
                    }
                }
            }
        }
    }

    /// Adds to each series the values of all its nodes. The nodes' values are lost on the way.
    pub(super) fn down(&self, nodes: &mut [Lanes], series: &mut [Lanes]) {
        for feed in self.feeds.iter().rev() {
            match feed.from {
                None => {
                    let level = &nodes[feed.first..feed.first + feed.nodes];
                    series.iter_mut().zip(&feed.map).for_each(|(value, node)| add(value, &level[*node as usize]));
                }
                Some(from) => {
                    for (child, node) in feed.map.iter().enumerate() {
                        let value = nodes[feed.first + *node as usize];
                        add(&mut nodes[from + child], &value);
                    }
                }
            }
        }
    }
}

/// The node of `coarse` that holds each node of `fine`; `None` where one is cut by it.
pub(super) fn parents(fine: &Level, coarse: &Level) -> Option<Vec<u32>> {
    let mut map = vec![u32::MAX; fine.nodes.len()];
    for (child, node) in fine.of_series.iter().zip(&coarse.of_series) {
        let known = &mut map[*child as usize];
        if *known == u32::MAX {
            *known = *node;
        } else if *known != *node {
            return None;
        }
    }
    Some(map)
}

/// The steps in blocks of at most [`LANES`].
pub(super) fn blocks(steps: usize) -> impl Iterator<Item = Range<usize>> {
    (0..steps).step_by(LANES).map(move |from| from..(from + LANES).min(steps))
}

/// The block's steps of node-major values; lanes past the block are zero.
pub(super) fn pack(values: &[f64], steps: usize, block: &Range<usize>) -> Vec<Lanes> {
    let row = |row: &[f64]| {
        let mut lanes = ZERO;
        lanes.iter_mut().zip(&row[block.clone()]).for_each(|(lane, value)| *lane = *value);
        lanes
    };
    values.chunks_exact(steps).map(row).collect()
}

/// Writes the block's steps back, from the first node on.
pub(super) fn unpack(nodes: &[Lanes], values: &mut [f64], steps: usize, block: &Range<usize>) {
    for (lanes, row) in nodes.iter().zip(values.chunks_exact_mut(steps)) {
        row[block.clone()].iter_mut().zip(lanes).for_each(|(value, lane)| *value = *lane);
    }
}

pub(super) fn add(sum: &mut Lanes, value: &Lanes) {
    for lane in 0..LANES {
        sum[lane] += value[lane];
    }
}
