//! Several hierarchies over the same series at once, and forecasts that add up in all of them.
//!
//! A level groups the series by one or more of their attributes: by region; by department and store; by nothing, which is
//! the total. Every series has exactly one node at every level, so a level is a partition, and levels may nest (region
//! over store) or cross (category by region). [`Hierarchy::sum`] adds series up; [`reconcile`] makes forecasts of all
//! nodes agree: bottom-up, top-down, or by least squares (MinT: Wickramasuriya, Athanasopoulos and Hyndman 2019).
//!
//! Nodes are numbered level after level in the order given, the series themselves last. Values are node-major:
//! `values[node * steps + step]`, in the measure's major unit.

mod covariance;
mod least_squares;
mod method;
mod non_negative;
mod summing;

pub use method::{Bounds, Method, Shares, reconcile};

use crate::EngineError;
use crate::artefact::MAX_SERIES;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use summing::Summing;

/// Most levels above the series.
pub const MAX_LEVELS: usize = 64;

/// One property of all series: `region` with the region of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name: `region`.
    pub name: String,
    /// One label per series.
    pub labels: Vec<String>,
}

/// A partition of the series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The attributes that it groups by; none means the total.
    pub attributes: Vec<String>,
    /// Labels of its nodes, one per attribute, in ascending order.
    pub nodes: Vec<Vec<String>>,
    /// The node of each series.
    pub of_series: Vec<u32>,
}

/// Series and the levels above them.
#[derive(Debug, Clone)]
pub struct Hierarchy {
    series: usize,
    levels: Vec<Level>,
    /// Number of the first node of each level, then of the first series.
    offsets: Vec<usize>,
    summing: Summing,
}

impl Hierarchy {
    /// Groups `series` series by each of `levels`, a list of attributes' names each. A level of the total is an empty list.
    ///
    /// # Errors
    /// [`EngineError::Hierarchy`]: no series, too many, a wrong number of labels, an attribute that is not there or there
    /// twice, a level that is there twice, more than [`MAX_LEVELS`].
    pub fn new(series: usize, attributes: &[Attribute], levels: &[Vec<String>]) -> Result<Self, EngineError> {
        require(series > 0 && series <= MAX_SERIES, || (format!("{series} series"), format!("1 to {MAX_SERIES}")))?;
        require(levels.len() <= MAX_LEVELS, || (format!("{} levels", levels.len()), format!("at most {MAX_LEVELS}")))?;
        for (index, attribute) in attributes.iter().enumerate() {
            let count = attribute.labels.len();
            require(count == series, || (format!("{count} labels of {:?}", attribute.name), format!("{series}")))?;
            let first = attributes.iter().position(|other| other.name == attribute.name);
            require(first == Some(index), || {
                (format!("{:?} twice", attribute.name), "each attribute once".to_owned())
            })?;
        }
        let mut built: Vec<Level> = Vec::with_capacity(levels.len());
        for names in levels {
            let sorted = |names: &[String]| {
                let mut names = names.to_vec();
                names.sort();
                names
            };
            let again = built.iter().any(|level| sorted(&level.attributes) == sorted(names));
            require(!again, || (format!("level {names:?} twice"), "each level once".to_owned()))?;
            built.push(level(series, attributes, names)?);
        }
        let mut offsets = vec![0];
        for level in &built {
            offsets.push(offsets[offsets.len() - 1] + level.nodes.len());
        }
        let all: Vec<usize> = (0..built.len()).collect();
        let summing = Summing::new(&built, &all);
        Ok(Self { series, levels: built, offsets, summing })
    }

    /// Number of series.
    pub fn series(&self) -> usize {
        self.series
    }

    /// The levels above the series, in the order given.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Number of nodes: those of all levels, and the series.
    pub fn nodes(&self) -> usize {
        self.aggregates() + self.series
    }

    /// Number of nodes above the series, which is also the number of the first series' node.
    pub fn aggregates(&self) -> usize {
        self.offsets[self.levels.len()]
    }

    /// Number of a level's first node; of the first series where there is no such level.
    pub fn first_node(&self, level: usize) -> usize {
        self.offsets[level.min(self.levels.len())]
    }

    /// The level that groups by exactly these attributes, in any order.
    pub fn find_level(&self, attributes: &[&str]) -> Option<usize> {
        let same = |level: &Level| {
            level.attributes.len() == attributes.len()
                && attributes.iter().all(|name| level.attributes.iter().any(|other| other == name))
        };
        self.levels.iter().position(same)
    }

    /// The node with these labels, one per attribute of the level, in the level's order.
    pub fn find(&self, level: usize, labels: &[&str]) -> Option<usize> {
        let nodes = &self.levels.get(level)?.nodes;
        let at = nodes.binary_search_by(|node| node.iter().map(String::as_str).cmp(labels.iter().copied())).ok()?;
        Some(self.offsets[level] + at)
    }

    /// The series under a node, ascending; a series' own node has itself, a number out of range none.
    pub fn members(&self, node: usize) -> Vec<usize> {
        if node >= self.aggregates() {
            return (node < self.nodes()).then(|| node - self.aggregates()).into_iter().collect();
        }
        let Some(level) = (0..self.levels.len()).find(|level| node < self.offsets[level + 1]) else {
            return Vec::new();
        };
        let wanted = (node - self.offsets[level]) as u32;
        let of_series = self.levels[level].of_series.iter().enumerate();
        of_series.filter(|(_, at)| **at == wanted).map(|(series, _)| series).collect()
    }

    /// Number of series under each node.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.aggregates()];
        for (level, offset) in self.levels.iter().zip(&self.offsets) {
            level.of_series.iter().for_each(|node| sizes[offset + *node as usize] += 1);
        }
        sizes.resize(self.nodes(), 1);
        sizes
    }

    /// Values of all nodes from those of the series (series-major, `steps` each).
    ///
    /// # Errors
    /// [`EngineError::Hierarchy`] where the number of values is not series times steps.
    pub fn sum(&self, series: &[f64], steps: usize) -> Result<Vec<f64>, EngineError> {
        self.require_length(series.len(), self.series, steps)?;
        let mut values = vec![0.0; self.aggregates() * steps];
        values.extend_from_slice(series);
        self.sum_in_place(&mut values, steps);
        Ok(values)
    }

    /// Overwrites the values of all levels with the sums of the series'.
    pub(crate) fn sum_in_place(&self, values: &mut [f64], steps: usize) {
        let above = self.aggregates();
        for block in summing::blocks(steps) {
            let series = summing::pack(&values[above * steps..], steps, &block);
            let mut nodes = vec![summing::ZERO; above];
            self.summing.up(&series, &mut nodes);
            summing::unpack(&nodes, values, steps, &block);
        }
    }

    fn summing(&self) -> &Summing {
        &self.summing
    }

    pub(crate) fn require_length(&self, found: usize, nodes: usize, steps: usize) -> Result<(), EngineError> {
        let most = crate::artefact::MAX_HORIZON;
        require((1..=most).contains(&steps), || (format!("{steps} steps"), format!("1 to {most}")))?;
        require(Some(found) == nodes.checked_mul(steps), || {
            (format!("{found} values"), format!("{nodes} nodes times {steps} steps"))
        })
    }
}

/// The error of this module, from what was found and what was expected.
pub(crate) fn require(holds: bool, words: impl FnOnce() -> (String, String)) -> Result<(), EngineError> {
    if holds {
        return Ok(());
    }
    let (found, expected) = words();
    Err(EngineError::Hierarchy { found, expected })
}

fn level(series: usize, attributes: &[Attribute], names: &[String]) -> Result<Level, EngineError> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let found = attributes.iter().find(|attribute| attribute.name == *name);
        columns.push(found.ok_or_else(|| EngineError::Hierarchy {
            found: format!("a level of attribute {name:?}"),
            expected: "attributes that the series have".to_owned(),
        })?);
    }
    let labels_of = |series: usize| -> Vec<&str> { columns.iter().map(|c| c.labels[series].as_str()).collect() };
    let mut numbers: BTreeMap<Vec<&str>, u32> = (0..series).map(|index| (labels_of(index), 0)).collect();
    for (number, at) in numbers.values_mut().enumerate() {
        *at = number as u32;
    }
    let of_series = (0..series).map(|index| numbers[&labels_of(index)]).collect();
    let nodes = numbers.into_keys().map(|labels| labels.into_iter().map(str::to_owned).collect()).collect();
    Ok(Level { attributes: names.to_vec(), nodes, of_series })
}
