//! The ways to make forecasts of all nodes agree.

use super::covariance::{MOST_COLUMNS, Shrunk};
use super::least_squares::LeastSquares;
use super::summing::{Lanes, blocks, pack, parents, unpack};
use super::{Hierarchy, non_negative, require};
use crate::EngineError;

/// How forecasts of all nodes are made to agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method<'a> {
    /// The series' own forecasts, added up.
    BottomUp,
    /// The forecasts of one level (the total; or one further down, which is also called middle-out), split among the
    /// series below.
    TopDown {
        /// The level whose forecasts are kept.
        from: usize,
        /// How they are split.
        shares: Shares<'a>,
    },
    /// MinT with equal variances of all nodes' errors: ordinary least squares.
    Ols,
    /// MinT with variances proportional to the number of series under a node.
    WlsStructure,
    /// MinT with these variances of the nodes' errors, one per node, such as the mean squared errors of a backtest.
    WlsVariance(&'a [f64]),
    /// MinT with the covariance of past errors, shrunk towards its diagonal.
    Shrunk {
        /// Node-major, `columns` each; the same column is the same time (origin and step) for all nodes. One that is not
        /// a number counts as no error.
        errors: &'a [f64],
        /// Number of past errors per node, 2 to 1,024. Time and memory grow with it.
        columns: usize,
    },
}

/// What a node's forecast is split by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shares<'a> {
    /// These weights, one per series, such as their sums over the last year.
    Average(&'a [f64]),
    /// The nodes' own forecasts, level by level down the nesting levels with the most nodes (Athanasopoulos, Ahmed and
    /// Hyndman 2009).
    Forecast,
}

/// Which series may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds<'a> {
    /// All.
    Free,
    /// None.
    NonNegative,
    /// Those with `false` here, one per series.
    PerSeries(&'a [bool]),
}

/// Smallest variance of a node, relative to the mean of its level: a node that was never wrong is not certain.
const LEAST_VARIANCE: f64 = 1e-6;

/// Forecasts of all nodes that add up, from base forecasts that need not (node-major, `steps` each).
///
/// A node above the series may be without a forecast (not a number in any step): it has no say. With least squares,
/// forecasts that add up already are left as they are, whatever the variances, and expectations are preserved. Where
/// series are bounded, the result is the nearest one that respects the bounds, in the variances' metric; for
/// [`Method::Shrunk`] in that of the diagonal. All other methods cut the series off at zero.
///
/// # Errors
/// [`EngineError::Hierarchy`]: a wrong number of values, variances, weights or bounds; a series without a forecast; a level
/// that is not there; a negative variance or weight.
pub fn reconcile(
    hierarchy: &Hierarchy,
    base: &[f64],
    steps: usize,
    method: &Method<'_>,
    bounds: Bounds<'_>,
) -> Result<Vec<f64>, EngineError> {
    hierarchy.require_length(base.len(), hierarchy.nodes(), steps)?;
    let bounded = bounded(hierarchy, bounds)?;
    let above = hierarchy.aggregates();
    if let Some(at) = base[above * steps..].iter().position(|value| !value.is_finite()) {
        let found = format!("{} as the forecast of series {}", base[above * steps + at], at / steps);
        return Err(EngineError::Hierarchy { found, expected: "a number for every series".to_owned() });
    }
    let mut values = base.to_vec();
    let mut silent = vec![false; above];
    for (row, silent) in values.chunks_exact_mut(steps).zip(&mut silent) {
        *silent = row.iter().any(|value| !value.is_finite());
        if *silent {
            row.fill(0.0);
        }
    }
    match method {
        Method::BottomUp => {}
        Method::TopDown { from, shares } => top_down(hierarchy, &mut values, steps, *from, shares, &silent)?,
        Method::Ols => independent(hierarchy, &mut values, steps, vec![1.0; hierarchy.nodes()], &silent, &bounded),
        Method::WlsStructure => {
            let sizes = hierarchy.sizes().into_iter().map(|size| size as f64).collect();
            independent(hierarchy, &mut values, steps, sizes, &silent, &bounded);
        }
        Method::WlsVariance(variances) => {
            let good = variances.len() == hierarchy.nodes() && variances.iter().all(|v| v.is_finite() && *v >= 0.0);
            require(good, || (format!("{} variances", variances.len()), format!("{} from 0 up", hierarchy.nodes())))?;
            independent(hierarchy, &mut values, steps, floored(hierarchy, variances), &silent, &bounded);
        }
        Method::Shrunk { errors, columns } => {
            require(
                (2..=MOST_COLUMNS).contains(columns) && Some(errors.len()) == hierarchy.nodes().checked_mul(*columns),
                || {
                    (
                        format!("{} errors in {columns} columns", errors.len()),
                        "nodes times 2 to 1024 columns".to_owned(),
                    )
                },
            )?;
            shrunk(hierarchy, &mut values, steps, errors, *columns, &silent, &bounded);
        }
    }
    for (row, bounded) in values[above * steps..].chunks_exact_mut(steps).zip(&bounded) {
        if *bounded {
            row.iter_mut().for_each(|value| *value = value.max(0.0));
        }
    }
    hierarchy.sum_in_place(&mut values, steps);
    Ok(values)
}

fn bounded(hierarchy: &Hierarchy, bounds: Bounds<'_>) -> Result<Vec<bool>, EngineError> {
    match bounds {
        Bounds::Free => Ok(vec![false; hierarchy.series()]),
        Bounds::NonNegative => Ok(vec![true; hierarchy.series()]),
        Bounds::PerSeries(each) => {
            let expected = hierarchy.series();
            require(each.len() == expected, || (format!("{} bounds", each.len()), format!("{expected}")))?;
            Ok(each.to_vec())
        }
    }
}

/// Overwrites the series' values by least squares with independent errors.
fn independent(
    hierarchy: &Hierarchy,
    values: &mut [f64],
    steps: usize,
    mut variances: Vec<f64>,
    silent: &[bool],
    bounded: &[bool],
) {
    hush(&mut variances, silent);
    let problem = LeastSquares::new(hierarchy, &variances);
    let above = hierarchy.aggregates();
    for block in blocks(steps) {
        let nodes = pack(values, steps, &block);
        let right = problem.right_side(&nodes[..above], &nodes[above..]);
        let series = non_negative::solve(&problem, &right, bounded);
        unpack(&series, &mut values[above * steps..], steps, &block);
    }
}

/// Overwrites the series' values by least squares with correlated errors.
fn shrunk(
    hierarchy: &Hierarchy,
    values: &mut [f64],
    steps: usize,
    errors: &[f64],
    columns: usize,
    silent: &[bool],
    bounded: &[bool],
) {
    let mut errors: Vec<f64> = errors.iter().map(|e| if e.is_finite() { *e } else { 0.0 }).collect();
    for (row, _) in errors.chunks_exact_mut(columns).zip(silent).filter(|(_, silent)| **silent) {
        row.fill(0.0);
    }
    let mean_square = |row: &[f64]| row.iter().map(|e| e * e).sum::<f64>() / columns as f64;
    let squares: Vec<f64> = errors.chunks_exact(columns).map(mean_square).collect();
    let mut variances = floored(hierarchy, &squares);
    hush(&mut variances, silent);
    let mint = Shrunk::new(hierarchy, &errors, columns, &variances);
    let above = hierarchy.aggregates();
    for block in blocks(steps) {
        let nodes = pack(values, steps, &block);
        // A node without a say must not seem to contradict the sum: its multiplier is zero whatever it says.
        let mut series = mint.fit(&nodes[..above], &nodes[above..]);
        let negative = |(lanes, bounded): (&Lanes, &bool)| *bounded && lanes.iter().any(|value| *value < 0.0);
        if series.iter().zip(bounded).any(negative) {
            let mut sums = vec![super::summing::ZERO; above];
            hierarchy.summing().up(&series, &mut sums);
            let right = mint.problem().right_side(&sums, &series);
            series = non_negative::solve(mint.problem(), &right, bounded);
        }
        unpack(&series, &mut values[above * steps..], steps, &block);
    }
}

fn hush(variances: &mut [f64], silent: &[bool]) {
    variances.iter_mut().zip(silent).filter(|(_, silent)| **silent).for_each(|(variance, _)| *variance = f64::INFINITY);
}

/// Variances not below a small part of their level's mean; 1 where a whole level has none.
fn floored(hierarchy: &Hierarchy, variances: &[f64]) -> Vec<f64> {
    let mut floored = Vec::with_capacity(variances.len());
    let levels = hierarchy.levels().len();
    for level in 0..=levels {
        let to = if level < levels { hierarchy.first_node(level + 1) } else { hierarchy.nodes() };
        let of_level = &variances[hierarchy.first_node(level)..to];
        let mean = of_level.iter().sum::<f64>() / of_level.len().max(1) as f64;
        let least = if mean > 0.0 { LEAST_VARIANCE * mean } else { 1.0 };
        floored.extend(of_level.iter().map(|variance| variance.max(least)));
    }
    floored
}

/// Overwrites the series' values by shares of a level's.
fn top_down(
    hierarchy: &Hierarchy,
    values: &mut [f64],
    steps: usize,
    from: usize,
    shares: &Shares<'_>,
    silent: &[bool],
) -> Result<(), EngineError> {
    let levels = hierarchy.levels();
    let heard = |level: usize| !silent[hierarchy.first_node(level)..hierarchy.first_node(level + 1)].contains(&true);
    require(from < levels.len() && heard(from), || {
        (format!("level {from} to split"), "one of the levels above the series, with forecasts".to_owned())
    })?;
    let above = hierarchy.aggregates();
    match shares {
        Shares::Average(weights) => {
            let good = weights.len() == hierarchy.series() && weights.iter().all(|w| w.is_finite() && *w >= 0.0);
            require(good, || (format!("{} weights", weights.len()), format!("{} from 0 up", hierarchy.series())))?;
            let parents = &levels[from].of_series;
            for step in 0..steps {
                let of_parent = |node: usize| values[(hierarchy.first_node(from) + node) * steps + step];
                let parts = split(parents, levels[from].nodes.len(), |series| weights[series], of_parent);
                for (series, part) in parts.into_iter().enumerate() {
                    values[(above + series) * steps + step] = part;
                }
            }
        }
        Shares::Forecast => {
            let mut at = from;
            while let Some((below, map)) = next_below(hierarchy, at, &heard) {
                let (first, first_below) = (hierarchy.first_node(at), hierarchy.first_node(below));
                share_out(values, steps, first, levels[at].nodes.len(), first_below, &map);
                at = below;
            }
            share_out(values, steps, hierarchy.first_node(at), levels[at].nodes.len(), above, &levels[at].of_series);
        }
    }
    Ok(())
}

/// The coarsest level with forecasts that nests in this one and has more nodes.
fn next_below(hierarchy: &Hierarchy, at: usize, heard: &dyn Fn(usize) -> bool) -> Option<(usize, Vec<u32>)> {
    let levels = hierarchy.levels();
    let finer = |level: &usize| levels[*level].nodes.len() > levels[at].nodes.len() && heard(*level);
    let mut candidates: Vec<usize> = (0..levels.len()).filter(finer).collect();
    candidates.sort_by_key(|level| (levels[*level].nodes.len(), *level));
    candidates.into_iter().find_map(|level| parents(&levels[level], &levels[at]).map(|map| (level, map)))
}

/// Replaces the values of children by their shares of their parents'.
fn share_out(values: &mut [f64], steps: usize, first: usize, nodes: usize, first_child: usize, map: &[u32]) {
    for step in 0..steps {
        let weight = |child: usize| values[(first_child + child) * steps + step].max(0.0);
        let parts = split(map, nodes, weight, |node| values[(first + node) * steps + step]);
        for (child, part) in parts.into_iter().enumerate() {
            values[(first_child + child) * steps + step] = part;
        }
    }
}

/// Splits each parent's value among its children by weight; equally where they weigh nothing.
fn split(map: &[u32], parents: usize, weight: impl Fn(usize) -> f64, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); parents];
    for (child, parent) in map.iter().enumerate() {
        let sum = &mut sums[*parent as usize];
        *sum = (sum.0 + weight(child), sum.1 + 1.0);
    }
    let part = |(child, parent): (usize, &u32)| {
        let (sum, count) = sums[*parent as usize];
        let share = if sum > 0.0 { weight(child) / sum } else { 1.0 / count };
        value(*parent as usize) * share
    };
    map.iter().enumerate().map(part).collect()
}
