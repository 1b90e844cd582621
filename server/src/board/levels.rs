//! Parts of the shop by level: which series each has, and what it sold and is expected to sell.

use super::figures::{relative, window};
use super::overridden::Expectation;
use super::overview::{forecast, totals};
use super::{Board, Sheet};
use aisle_app::ports::levels::{Level, LevelRow};
use std::collections::BTreeMap;

/// A part of the shop.
pub(crate) struct Node {
    /// Its identifier at the level; empty for the whole shop and for series that have none.
    pub(crate) label: String,
    /// Its name.
    pub(crate) name: String,
    /// Positions of its series in the sheet.
    pub(crate) members: Vec<usize>,
}

/// The parts of the shop at a level, by label: every series is in exactly one.
pub(crate) fn nodes(board: &Board, sheet: &Sheet, level: Level) -> Vec<Node> {
    if level == Level::Total {
        let members = (0..sheet.rows.len()).collect();
        return vec![Node { label: String::new(), name: "The whole shop".to_owned(), members }];
    }
    let catalogue = board.catalogue();
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        members.entry(catalogue.label(&row.key, level.name())).or_default().push(at);
    }
    let name = |label: &str, first: &usize| match level {
        Level::Item => sheet.rows[*first].item.clone(),
        Level::Location => sheet.rows[*first].location.clone(),
        _ if label.is_empty() => format!("without {}", level.name()),
        _ => label.to_owned(),
    };
    let node = |(label, members): (&str, Vec<usize>)| Node {
        name: members.first().map_or_else(String::new, |first| name(label, first)),
        label: label.to_owned(),
        members,
    };
    members.into_iter().map(node).collect()
}

/// Levels at which the shop has more than series without a name: a shop without regions has no level of regions.
pub(crate) fn levels(board: &Board, sheet: &Sheet) -> Vec<Level> {
    let catalogue = board.catalogue();
    let named = |level: &Level| {
        *level == Level::Total || sheet.rows.iter().any(|row| !catalogue.label(&row.key, level.name()).is_empty())
    };
    Level::ALL.into_iter().filter(named).collect()
}

/// The forecast of a part.
pub(crate) fn expected(sheet: &Sheet, node: &Node) -> Option<Expectation> {
    forecast(sheet, &node.members)
}

/// Recent sales, for the order of a list.
pub(crate) fn recent(sheet: &Sheet, node: &Node) -> f64 {
    node.members.iter().map(|at| sheet.rows[*at].recent).sum()
}

/// The figures of a part.
pub(crate) fn row(sheet: &Sheet, node: &Node) -> LevelRow {
    let sums = totals(sheet, &node.members);
    let (periods, year) = (sheet.panel.granularity.recent(), sheet.panel.granularity.year_back());
    let (now, before) = (window(&sums, 0, periods), window(&sums, year, periods));
    let expected = expected(sheet, node);
    let quarter = |path: &[f64]| path.iter().take(periods).sum::<f64>();
    let next = expected.as_ref().and_then(|expected| {
        let of = &expected.totals;
        Some((*of.mean.first()?, *of.interval80.lower.first()?, *of.interval80.upper.first()?))
    });
    LevelRow {
        label: node.label.clone(),
        name: node.name.clone(),
        series: node.members.len() as u64,
        recent: now.unwrap_or(0) as f64 / sheet.unit,
        change: now.zip(before).and_then(|(now, before)| relative(now as f64, before as f64)),
        forecast: expected.as_ref().map(|expected| quarter(&expected.totals.mean)),
        model: expected.as_ref().and_then(|expected| expected.model.as_deref().map(quarter)),
        next,
    }
}
