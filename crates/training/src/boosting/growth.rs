//! One tree: the leaf of largest gain is split next.

use super::ValidBoostingParameters;
use super::binning::{Binned, Bins};
use super::histogram::{Accumulator, Cell, Units};
use super::split::{Candidate, Rule, Search};
use aisle_engine::trees::TreeNode;

/// A leaf while the tree grows: a range of the rows' order.
struct Leaf {
    from: usize,
    to: usize,
    total: Cell,
    depth: usize,
    best: Option<Candidate>,
    /// Index of its histogram, while it may still be split.
    cells: Option<usize>,
    node: usize,
}

/// A node of a grown tree.
enum Node {
    Leaf(usize),
    Split { feature: usize, rule: Rule, left: usize, right: usize },
}

/// A tree whose leaves are ranges of `order`.
pub(super) struct Grown {
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
}

/// Grows trees; keeps its buffers between them.
pub(super) struct Grower<'a> {
    binned: &'a Binned,
    p: &'a ValidBoostingParameters,
    accumulator: Accumulator,
    histograms: Vec<Vec<Cell>>,
    /// The rows that the tree sees, leaf after leaf, ascending within each.
    pub(super) order: Vec<u32>,
    right: Vec<u32>,
}

impl<'a> Grower<'a> {
    pub(super) fn new(binned: &'a Binned, p: &'a ValidBoostingParameters) -> Self {
        let accumulator = Accumulator::new();
        Self { binned, p, accumulator, histograms: Vec::new(), order: Vec::new(), right: Vec::new() }
    }

    /// Grows a tree on the rows in `order`.
    pub(super) fn grow(&mut self, packed: &[u64], units: Units, used: &[bool]) -> Grown {
        let rows = self.order.len();
        let mut free: Vec<usize> = (0..self.histograms.len()).rev().collect();
        let cells = self.take(&mut free);
        let total = self.accumulator.sum(self.binned, used, &self.order, packed, &mut self.histograms[cells]);
        let mut root = Leaf { from: 0, to: rows, total, depth: 0, best: None, cells: Some(cells), node: 0 };
        self.search(&mut root, units, used);
        let mut grown = Grown { nodes: vec![Node::Leaf(0)], leaves: vec![root] };
        while grown.leaves.len() < self.p.leaves {
            let mut next: Option<(usize, Candidate)> = None;
            for (index, leaf) in grown.leaves.iter().enumerate() {
                if let Some(best) = leaf.best.filter(|best| next.is_none_or(|(_, other)| best.gain > other.gain)) {
                    next = Some((index, best));
                }
            }
            let Some((index, split)) = next else { break };
            self.split(&mut grown, index, split, &mut free, packed, units, used);
        }
        grown
    }

    fn take(&mut self, free: &mut Vec<usize>) -> usize {
        free.pop().unwrap_or_else(|| {
            self.histograms.push(vec![Cell::default(); self.binned.offsets[self.binned.bins.len()]]);
            self.histograms.len() - 1
        })
    }

    fn search(&self, leaf: &mut Leaf, units: Units, used: &[bool]) {
        let Some(cells) = leaf.cells else { return };
        let search = Search { p: self.p, units, total: leaf.total, rows: leaf.to - leaf.from };
        leaf.best = search.best(&self.binned.bins, used, &self.binned.offsets, &self.histograms[cells]);
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one tree's growth, used nowhere else")]
    fn split(
        &mut self,
        grown: &mut Grown,
        index: usize,
        split: Candidate,
        free: &mut Vec<usize>,
        packed: &[u64],
        units: Units,
        used: &[bool],
    ) {
        let parent = &mut grown.leaves[index];
        parent.best = None;
        let (from, to, depth, node) = (parent.from, parent.to, parent.depth + 1, parent.node);
        let (parent_cells, parent_total) = (parent.cells.take(), parent.total);
        let at = from + self.partition(from, to, &split);
        if at == from || at == to {
            // Hessians of 0 alone can promise rows that are not there.
            free.extend(parent_cells);
            return;
        }
        let new = grown.nodes.len();
        grown.nodes[node] = Node::Split { feature: split.feature, rule: split.rule, left: new, right: new + 1 };
        grown.nodes.push(Node::Leaf(index));
        grown.nodes.push(Node::Leaf(grown.leaves.len()));
        let empty = Leaf { from, to: at, total: Cell::default(), depth, best: None, cells: None, node: new };
        let mut left = empty;
        let mut right = Leaf { from: at, to, total: Cell::default(), depth, best: None, cells: None, node: new + 1 };
        let may_split = |leaf: &Leaf| {
            depth < self.p.depth && leaf.to - leaf.from >= 2 * self.p.min_rows && grown.leaves.len() + 1 < self.p.leaves
        };
        let (left_may, right_may) = (may_split(&left), may_split(&right));
        let left_smaller = left.to - left.from <= right.to - right.from;
        let (small, large) = if left_smaller { (&mut left, &mut right) } else { (&mut right, &mut left) };
        let (small_may, large_may) = if left_smaller { (left_may, right_may) } else { (right_may, left_may) };
        let rows = &self.order[small.from..small.to];
        if let Some(parent_cells) = parent_cells.filter(|_| small_may || large_may) {
            let cells = free.pop().unwrap_or_else(|| {
                self.histograms.push(vec![Cell::default(); self.binned.offsets[self.binned.bins.len()]]);
                self.histograms.len() - 1
            });
            let mut sums = std::mem::take(&mut self.histograms[cells]);
            small.total = self.accumulator.sum(self.binned, used, rows, packed, &mut sums);
            if large_may {
                for (cell, taken) in self.histograms[parent_cells].iter_mut().zip(&sums) {
                    *cell = cell.minus(*taken);
                }
            }
            self.histograms[cells] = sums;
            small.cells = Some(cells);
            large.cells = Some(parent_cells);
        } else {
            small.total = total(rows, packed);
            free.extend(parent_cells);
        }
        large.total = parent_total.minus(small.total);
        for (leaf, may) in [(&mut *small, small_may), (&mut *large, large_may)] {
            if may {
                self.search(leaf, units, used);
            }
            // What cannot be split needs its sums no more.
            if leaf.best.is_none() {
                free.extend(leaf.cells.take());
            }
        }
        grown.leaves[index] = left;
        grown.leaves.push(right);
    }

    /// Puts the rows that go left before the others, both in their order; how many they are.
    fn partition(&mut self, from: usize, to: usize, split: &Candidate) -> usize {
        let table = split.rule.table(&self.binned.bins[split.feature]);
        let from_row = split.feature * self.binned.rows;
        let column = &self.binned.columns[from_row..from_row + self.binned.rows];
        let rows = &mut self.order[from..to];
        self.right.resize(rows.len().max(self.right.len()), 0);
        let others = &mut self.right[..rows.len()];
        let (mut left, mut right) = (0, 0);
        for index in 0..rows.len() {
            let row = rows[index];
            let goes_left = table[usize::from(column[row as usize])];
            rows[left] = row;
            others[right] = row;
            left += usize::from(goes_left);
            right += usize::from(!goes_left);
        }
        rows[left..].copy_from_slice(&self.right[..right]);
        left
    }
}

fn total(rows: &[u32], packed: &[u64]) -> Cell {
    rows.iter().fold(Cell::default(), |sum, row| {
        let value = packed[*row as usize];
        sum.plus(Cell { gradient: i64::from((value >> 32) as u32 as i32), hessian: i64::from(value as u32) })
    })
}

impl Grown {
    pub(super) fn leaf_count(&self) -> usize {
        self.leaves.len()
    }

    /// Rows of a leaf in the grower's order, and the value that its sums ask for.
    pub(super) fn leaf(&self, index: usize, units: Units, l2: f64) -> (std::ops::Range<usize>, f64) {
        let leaf = &self.leaves[index];
        let hessian = leaf.total.hessian as f64 * units.hessian + l2;
        let value = if hessian > 0.0 { -(leaf.total.gradient as f64) * units.gradient / hessian } else { 0.0 };
        (leaf.from..leaf.to, value)
    }

    /// The leaf that a row falls into, by its bins.
    pub(super) fn find(&self, binned: &Binned, tables: &[[bool; 256]], row: usize) -> usize {
        let mut at = 0;
        loop {
            match &self.nodes[at] {
                Node::Leaf(index) => return *index,
                Node::Split { feature, left, right, .. } => {
                    at = if tables[at][usize::from(binned.bin(row, *feature))] { *left } else { *right };
                }
            }
        }
    }

    /// Per node, which bins go left.
    pub(super) fn tables(&self, binned: &Binned) -> Vec<[bool; 256]> {
        let table = |node: &Node| match node {
            Node::Leaf(_) => [false; 256],
            Node::Split { feature, rule, .. } => rule.table(&binned.bins[*feature]),
        };
        self.nodes.iter().map(table).collect()
    }

    /// The tree in terms of values.
    pub(super) fn write(&self, binned: &Binned, values: &[f32]) -> Vec<TreeNode> {
        let node = |node: &Node| match node {
            Node::Leaf(index) => {
                let leaf = &self.leaves[*index];
                TreeNode::Leaf { value: values[*index], cover: (leaf.to - leaf.from).max(1) as u32 }
            }
            Node::Split { feature, rule, left, right } => {
                let (left, right) = (*left, *right);
                let at = *feature as u16;
                match (rule, &binned.bins[*feature]) {
                    (Rule::Numeric { bin, missing_left }, Bins::Numeric { bounds, .. }) => {
                        // All numbers left, missing values right: the last bin has no bound.
                        let threshold = bounds.get(usize::from(*bin)).copied().unwrap_or(f32::MAX);
                        TreeNode::Numeric { feature: at, threshold, missing_left: *missing_left, left, right }
                    }
                    (Rule::Categorical { set }, Bins::Categorical { categories }) => {
                        let mut words = Vec::new();
                        for (index, code) in categories.iter().enumerate() {
                            let bin = index + 1;
                            if set[bin / 64] >> (bin % 64) & 1 == 1 {
                                let word = *code as usize / 32;
                                words.resize(words.len().max(word + 1), 0);
                                words[word] |= 1 << (code % 32);
                            }
                        }
                        TreeNode::Categorical { feature: at, set: words, missing_left: false, left, right }
                    }
                    // A rule is made for the bins of its feature.
                    _ => TreeNode::Leaf { value: 0.0, cover: 1 },
                }
            }
        };
        self.nodes.iter().map(node).collect()
    }
}
