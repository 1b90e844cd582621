//! An ensemble of regression trees: compact on the wire, checked when it is loaded, scored in a fixed order.
//!
//! Trees are written in preorder, so that no bytes can describe a cycle or a node that belongs to two parents; what can
//! still be wrong (a tree cut short, a feature out of range, a number that is none) is refused by [`Ensemble::new`].

use super::quadrature::Quadrature;
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Deepest tree, in splits from root to leaf.
pub const MAX_DEPTH: usize = 64;
/// Most features of a row.
pub const MAX_FEATURES: usize = 16_384;
/// Categories are whole numbers from 0 up to this one, exclusive; others count as missing.
pub const MAX_CATEGORIES: usize = 1 << 16;

/// Walks that go in step.
const LANES: usize = 8;

/// From a raw score to the unit that was trained for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The score itself: squared, absolute and quantile error.
    #[default]
    Identity,
    /// `exp(score)`: Poisson and Tweedie.
    Exp,
}

impl Link {
    /// Applies the link; scores above 700, which no training gives, count as 700.
    pub fn apply(self, raw: f64) -> f64 {
        match self {
            Self::Identity => raw,
            Self::Exp => libm::exp(raw.min(700.0)),
        }
    }
}

/// An ensemble as it travels: flat arrays, trees one after the other, each in preorder (node, left, right).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EnsembleParts {
    /// Length of a row.
    pub features: u16,
    /// From raw scores to values.
    pub link: Link,
    /// What every raw score starts from.
    pub base: f64,
    /// Per node: 0 for a leaf; else 1 + (feature * 4 + categorical * 2 + whether missing values go left).
    pub nodes: Vec<u32>,
    /// Per leaf its value, per numeric split its threshold (left: at most the threshold), in the order of the nodes.
    pub values: Vec<f32>,
    /// Training rows per leaf, in the order of the nodes: what a feature that is not known is averaged by.
    pub covers: Vec<u32>,
    /// Words of the sets of categories that go left, set after set; category c is bit c % 32 of word c / 32.
    pub set_words: Vec<u32>,
    /// Number of words per categorical split, in the order of the nodes.
    pub set_lengths: Vec<u16>,
}

/// A tree as training grows it, before it is written into [`EnsembleParts`].
#[derive(Debug, Clone, PartialEq)]
pub enum TreeNode {
    /// Adds its value to the score.
    Leaf {
        /// The value.
        value: f32,
        /// Training rows in it.
        cover: u32,
    },
    /// Left where the feature is at most the threshold.
    Numeric {
        /// Index into the row.
        feature: u16,
        /// The threshold.
        threshold: f32,
        /// Whether a missing value (NaN) goes left.
        missing_left: bool,
        /// Index of the left child in the tree.
        left: usize,
        /// Index of the right child in the tree.
        right: usize,
    },
    /// Left where the category is in the set. Missing and unknown categories go right unless `missing_left`.
    Categorical {
        /// Index into the row.
        feature: u16,
        /// Words of the set.
        set: Vec<u32>,
        /// Whether a missing value goes left.
        missing_left: bool,
        /// Index of the left child in the tree.
        left: usize,
        /// Index of the right child in the tree.
        right: usize,
    },
}

impl EnsembleParts {
    /// Writes a tree behind the others; the first node is its root. What a tree cannot be (a child out of range, nodes
    /// reached twice) is written as far as it goes and refused by [`Ensemble::new`].
    pub fn push(&mut self, tree: &[TreeNode]) {
        let mut waiting = vec![0];
        let mut written = 0;
        while let Some(node) = waiting.pop().and_then(|index| tree.get(index)).filter(|_| written < tree.len()) {
            written += 1;
            let split = |feature: u16, kind: u32, missing_left: bool| {
                1 + (u32::from(feature) << 2 | kind << 1 | u32::from(missing_left))
            };
            match node {
                TreeNode::Leaf { value, cover } => {
                    self.nodes.push(0);
                    self.values.push(*value);
                    self.covers.push(*cover);
                }
                TreeNode::Numeric { feature, threshold, missing_left, left, right } => {
                    self.nodes.push(split(*feature, 0, *missing_left));
                    self.values.push(*threshold);
                    waiting.extend([*right, *left]);
                }
                TreeNode::Categorical { feature, set, missing_left, left, right } => {
                    self.nodes.push(split(*feature, 1, *missing_left));
                    self.set_lengths.push(set.len().min(usize::from(u16::MAX)) as u16);
                    self.set_words.extend(set);
                    waiting.extend([*right, *left]);
                }
            }
        }
    }
}

/// A node as scoring walks it. The right child lies behind the left one, so that a comparison's result is all that the
/// way needs: no branch that could be guessed wrongly. A leaf holds its value for a threshold and leads to itself, so that
/// several walks can go on in step until the last has arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) threshold: f32,
    pub(super) feature: u16,
    pub(super) missing_left: bool,
    pub(super) kind: Kind,
    /// The left child; a leaf itself.
    pub(super) child: u32,
    /// 1, or 0 in a leaf: what is added to go right.
    pub(super) right: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Leaf,
    Numeric,
    Categorical,
}

/// Trees that are known to be whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "EnsembleParts", into = "EnsembleParts")]
pub struct Ensemble {
    parts: EnsembleParts,
    pub(super) nodes: Vec<Node>,
    /// Per tree, its first node.
    pub(super) roots: Vec<u32>,
    /// Start and length of the set of a categorical split, by node; 0, 0 for others. Empty where none is categorical.
    sets: Vec<(u32, u32)>,
    /// Per split, the share of its training rows that went left.
    pub(super) left_shares: Vec<f64>,
    /// `base` and the mean of every tree over its training rows.
    pub(super) expectation: f64,
    pub(super) depth: usize,
    pub(super) quadrature: Quadrature,
}

impl PartialEq for Ensemble {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl From<Ensemble> for EnsembleParts {
    fn from(ensemble: Ensemble) -> Self {
        ensemble.parts
    }
}

impl TryFrom<EnsembleParts> for Ensemble {
    type Error = EngineError;
    fn try_from(parts: EnsembleParts) -> Result<Self, EngineError> {
        Self::new(parts)
    }
}

impl Ensemble {
    /// Checks the parts and lays them out for scoring.
    ///
    /// # Errors
    /// [`EngineError::Inconsistent`] where a tree is cut short or deeper than [`MAX_DEPTH`], a feature or set is out of
    /// range, or a number is not finite.
    pub fn new(parts: EnsembleParts) -> Result<Self, EngineError> {
        let features = usize::from(parts.features);
        require(features <= MAX_FEATURES, || (format!("{features} features"), format!("at most {MAX_FEATURES}")))?;
        require(parts.base.is_finite(), || (format!("a base of {}", parts.base), "a finite number".to_owned()))?;
        if let Some(value) = parts.values.iter().find(|value| !value.is_finite()) {
            return Err(wrong(format!("a leaf or threshold of {value}"), "finite numbers".to_owned()));
        }
        let mut reader = Reader { parts: &parts, node: 0, value: 0, leaf: 0, set: 0, word: 0 };
        let mut laid = Layout::default();
        while reader.node < parts.nodes.len() {
            let root = reader.tree(&mut laid)?;
            laid.roots.push(root);
        }
        let left_over = parts.values.len() - reader.value
            + (parts.covers.len() - reader.leaf)
            + (parts.set_lengths.len() - reader.set)
            + (parts.set_words.len() - reader.word);
        require(left_over == 0, || (format!("{left_over} numbers belong to no node"), "none".to_owned()))?;
        let sets = if parts.set_lengths.is_empty() { Vec::new() } else { laid.sets };
        Ok(Self {
            nodes: laid.nodes,
            roots: laid.roots,
            sets,
            left_shares: laid.left_shares,
            expectation: parts.base + laid.expectation,
            depth: laid.depth,
            quadrature: Quadrature::exact_for(laid.depth),
            parts,
        })
    }

    /// The parts.
    pub fn parts(&self) -> &EnsembleParts {
        &self.parts
    }

    /// Length of a row.
    pub fn features(&self) -> usize {
        usize::from(self.parts.features)
    }

    /// Number of trees.
    pub fn trees(&self) -> usize {
        self.roots.len()
    }

    /// From raw scores to values.
    pub fn link(&self) -> Link {
        self.parts.link
    }

    /// The raw score of a row: the base and one leaf per tree, added in the order of the trees. What the row lacks at its
    /// end is missing.
    pub fn score(&self, row: &[f32]) -> f64 {
        let mut sum = self.parts.base;
        let (packs, rest) = self.roots.as_chunks::<LANES>();
        for pack in packs {
            for leaf in self.walk(*pack, [row; LANES]) {
                sum += leaf;
            }
        }
        for root in rest {
            let [leaf] = self.walk([*root], [row]);
            sum += leaf;
        }
        sum
    }

    /// The score of a row under the link.
    pub fn predict(&self, row: &[f32]) -> f64 {
        self.parts.link.apply(self.score(row))
    }

    /// Raw scores of rows that lie one after the other, the same bits as [`score`](Self::score) of each. `out` has one
    /// place per row; rows without a place, or places without a row, are passed over.
    pub fn score_rows(&self, rows: &[f32], out: &mut [f64]) {
        /// Rows whose values stay in the first cache while all trees pass over them.
        const BLOCK: usize = 64;
        let features = self.features().max(1);
        out.fill(self.parts.base);
        for (block, sums) in rows.chunks(features * BLOCK).zip(out.chunks_mut(BLOCK)) {
            let count = (block.len() / features).min(sums.len());
            let row = |index: usize| &block[index * features..(index + 1) * features];
            for root in &self.roots {
                let mut at = 0;
                while at + LANES <= count {
                    let leaves = self.walk([*root; LANES], core::array::from_fn(|lane| row(at + lane)));
                    sums[at..at + LANES].iter_mut().zip(leaves).for_each(|(sum, leaf)| *sum += leaf);
                    at += LANES;
                }
                for (index, sum) in sums.iter_mut().enumerate().take(count).skip(at) {
                    let [leaf] = self.walk([*root], [row(index)]);
                    *sum += leaf;
                }
            }
        }
    }

    /// The leaves that rows reach from nodes, all walks in step: none waits for another's memory, and none guesses.
    #[inline]
    fn walk<const N: usize>(&self, from: [u32; N], rows: [&[f32]; N]) -> [f64; N] {
        let mut at = from;
        let mut reached = [0.0; N];
        loop {
            let mut moved = 0;
            for lane in 0..N {
                // Indices were checked on load.
                let Some(node) = self.nodes.get(at[lane] as usize) else { return reached };
                let value = rows[lane].get(usize::from(node.feature)).copied().unwrap_or(f32::NAN);
                // Said of the right side: of the left one, compilers make a branch in WASM, and a walk takes three times as long.
                let mut right = (value > node.threshold) | (value.is_nan() & !node.missing_left);
                if node.kind == Kind::Categorical {
                    right = !self.in_set(at[lane], value).unwrap_or(node.missing_left);
                }
                let next = node.child.wrapping_add(u32::from(u8::from(right) & node.right));
                moved |= next ^ at[lane];
                at[lane] = next;
                reached[lane] = f64::from(node.threshold);
            }
            if moved == 0 {
                return reached;
            }
        }
    }

    /// Whether a row goes left at a node.
    pub(super) fn goes_left(&self, index: u32, row: &[f32]) -> bool {
        let Some(node) = self.nodes.get(index as usize) else { return false };
        let value = row.get(usize::from(node.feature)).copied().unwrap_or(f32::NAN);
        match node.kind {
            Kind::Categorical => self.in_set(index, value).unwrap_or(node.missing_left),
            Kind::Numeric | Kind::Leaf => (value <= node.threshold) | (value.is_nan() & node.missing_left),
        }
    }

    /// Whether a category goes left at a split; `None` where the value is none.
    fn in_set(&self, node: u32, value: f32) -> Option<bool> {
        if !(value >= 0.0 && value < MAX_CATEGORIES as f32) {
            return None;
        }
        let category = value as u32;
        let (from, length) = self.sets.get(node as usize).copied()?;
        if category / 32 >= length {
            return Some(false);
        }
        let word = self.parts.set_words.get((from + category / 32) as usize)?;
        Some(word >> (category % 32) & 1 == 1)
    }
}

#[derive(Default)]
struct Layout {
    nodes: Vec<Node>,
    roots: Vec<u32>,
    sets: Vec<(u32, u32)>,
    left_shares: Vec<f64>,
    expectation: f64,
    depth: usize,
}

/// Places in the flat arrays.
struct Reader<'a> {
    parts: &'a EnsembleParts,
    node: usize,
    value: usize,
    leaf: usize,
    set: usize,
    word: usize,
}

/// A split whose children are being read: its place, and rows and mean of the left one when that is done.
struct Open {
    place: usize,
    left: Option<(f64, f64)>,
}

impl Reader<'_> {
    /// Reads one tree: the index of its root.
    fn tree(&mut self, laid: &mut Layout) -> Result<u32, EngineError> {
        let mut open: Vec<Open> = Vec::new();
        let first = laid.room(1);
        let mut place = first;
        loop {
            let node = self.next(laid, place)?;
            // A split waits for its children; a leaf is done.
            let mut done = None;
            if node.kind == Kind::Leaf {
                done = Some((f64::from(self.parts.covers[self.leaf - 1]), f64::from(node.threshold)));
            } else {
                open.push(Open { place, left: None });
                laid.depth = laid.depth.max(open.len());
                require(open.len() <= MAX_DEPTH, || {
                    (format!("a tree of more than {MAX_DEPTH} levels"), format!("at most {MAX_DEPTH}"))
                })?;
            }
            // Rows and mean of what is done go to the split above, which may be done by that.
            while let Some((rows, mean)) = done {
                let Some(above) = open.last_mut() else {
                    laid.expectation += mean;
                    return Ok(first as u32);
                };
                match above.left {
                    None => {
                        above.left = Some((rows, mean));
                        done = None;
                    }
                    Some((left_rows, left_mean)) => {
                        // Bounded away from 0 and 1 for covers that no training writes.
                        let share = (left_rows / (left_rows + rows)).clamp(1e-12, 1.0 - 1e-12);
                        laid.left_shares[above.place] = share;
                        done = Some((left_rows + rows, share * left_mean + (1.0 - share) * mean));
                        open.pop();
                    }
                }
            }
            if let Some(above) = open.last() {
                place = laid.nodes[above.place].child as usize + usize::from(above.left.is_some());
            }
        }
    }

    /// Reads one node into its place, and makes room for its children.
    fn next(&mut self, laid: &mut Layout, place: usize) -> Result<Node, EngineError> {
        let cut = || wrong("a tree is cut short".to_owned(), "both children of every split".to_owned());
        let written = *self.parts.nodes.get(self.node).ok_or_else(cut)?;
        self.node += 1;
        let mut node = Node { child: place as u32, ..NO_NODE };
        if let Some(kind) = written.checked_sub(1) {
            let feature = kind >> 2;
            require(feature < u32::from(self.parts.features), || {
                (format!("a split by feature {feature}"), format!("one of {}", self.parts.features))
            })?;
            node.feature = feature as u16;
            node.missing_left = kind & 1 == 1;
            node.kind = if kind >> 1 & 1 == 1 { Kind::Categorical } else { Kind::Numeric };
            node.right = 1;
            node.child = u32::try_from(laid.room(2)).map_err(|_| cut())?;
        } else {
            let cover = *self.parts.covers.get(self.leaf).ok_or_else(cut)?;
            require(cover > 0, || ("a leaf without training rows".to_owned(), "at least one".to_owned()))?;
            self.leaf += 1;
        }
        if node.kind == Kind::Categorical {
            let length = *self.parts.set_lengths.get(self.set).ok_or_else(cut)?;
            laid.sets[place] = (self.word as u32, u32::from(length));
            self.set += 1;
            self.word += usize::from(length);
            require(self.word <= self.parts.set_words.len(), || {
                ("a set of categories is cut short".to_owned(), "all its words".to_owned())
            })?;
        } else {
            node.threshold = *self.parts.values.get(self.value).ok_or_else(cut)?;
            self.value += 1;
        }
        laid.nodes[place] = node;
        Ok(node)
    }
}

const NO_NODE: Node = Node { threshold: 0.0, feature: 0, missing_left: false, kind: Kind::Leaf, child: 0, right: 0 };

impl Layout {
    /// Places for so many nodes; the first of them.
    fn room(&mut self, count: usize) -> usize {
        let first = self.nodes.len();
        self.nodes.resize(first + count, NO_NODE);
        self.sets.resize(first + count, (0, 0));
        self.left_shares.resize(first + count, 0.5);
        first
    }
}

fn wrong(what: String, expected: String) -> EngineError {
    EngineError::Inconsistent { what: format!("trees: {what}"), expected }
}

fn require(holds: bool, message: impl FnOnce() -> (String, String)) -> Result<(), EngineError> {
    if holds {
        return Ok(());
    }
    let (what, expected) = message();
    Err(wrong(what, expected))
}
