//! The last period by location and by category, for the report.

use super::figures::{relative, window};
use super::overview::{amount, choose, forecast, totals};
use super::{Board, Sheet};
use aisle_app::ports::{Amount, OverviewQuery};
use std::collections::BTreeMap;

/// Name, sales of the last period, change on the one before, change on last year, forecast of the next period against
/// the last one.
pub(crate) type Line = (String, Amount, Option<f64>, Option<f64>, Option<f64>);

/// Lines by location and by category, greatest first.
pub(crate) fn breakdown(board: &Board, query: &OverviewQuery) -> (Vec<Line>, Vec<Line>) {
    let Some((measure, sheet)) = board.sheet(query.measure) else { return (Vec::new(), Vec::new()) };
    let chosen = choose(sheet, query);
    let by = |name: &dyn Fn(usize) -> String| -> Vec<Line> {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in &chosen {
            groups.entry(name(*index)).or_default().push(*index);
        }
        let mut lines: Vec<(i64, Line)> = groups
            .into_iter()
            .map(|(name, members)| {
                let (value, changes) = figures(board, sheet, &members);
                (value, (name, amount(measure, board.shop.currency, value), changes.0, changes.1, changes.2))
            })
            .collect();
        lines.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.0.cmp(&b.1.0)));
        lines.into_iter().map(|(_, line)| line).collect()
    };
    let category = |index: usize| sheet.rows[index].category.clone();
    let categories = if chosen.iter().any(|index| category(*index).is_some()) {
        by(&|index| category(index).unwrap_or_else(|| "without category".to_owned()))
    } else {
        Vec::new()
    };
    (by(&|index| sheet.rows[index].location.clone()), categories)
}

type Changes = (Option<f64>, Option<f64>, Option<f64>);

fn figures(board: &Board, sheet: &Sheet, members: &[usize]) -> (i64, Changes) {
    let sums = totals(sheet, members);
    let year = board.shop.granularity.year_back();
    let last = window(&sums, 0, 1);
    let against =
        |back: usize| last.zip(window(&sums, back, 1)).and_then(|(new, old)| relative(new as f64, old as f64));
    let next = forecast(sheet, members).and_then(|expected| expected.totals.mean.first().copied());
    let ahead = next.zip(last).and_then(|(next, last)| relative(next, last as f64 / sheet.unit));
    (last.unwrap_or(0), (against(1), against(year), ahead))
}
