//! The grid: filter, sort, group, window, all in memory.

use crate::board::{Board, Sheet, figures};
use aisle_app::ports::{GroupRow, SeriesColumn, SeriesQuery, SeriesRow, SeriesWindow};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A window of the rows, or groups, that the query finds.
pub(crate) fn window(board: &Board, query: &SeriesQuery, offset: u64, limit: u32) -> SeriesWindow {
    let data_version = board.shop.data_version.clone();
    let Some((_, sheet)) = board.sheet(query.measure) else {
        return SeriesWindow { total: 0, series: 0, offset: 0, rows: Vec::new(), groups: Vec::new(), data_version };
    };
    let found = sorted(sheet, query);
    let series = found.len() as u64;
    let (from, count) = (usize::try_from(offset).unwrap_or(usize::MAX), limit as usize);
    if let Some(by) = query.group {
        let groups = groups(sheet, &found, by, query);
        let total = groups.len() as u64;
        let groups = groups.into_iter().skip(from).take(count).collect();
        return SeriesWindow { total, series, offset, rows: Vec::new(), groups, data_version };
    }
    let rows = found.iter().skip(from).take(count).map(|index| sheet.rows[*index].clone()).collect();
    SeriesWindow { total: series, series, offset, rows, groups: Vec::new(), data_version }
}

/// Positions of the rows that the query finds, in its order.
pub(crate) fn sorted(sheet: &Sheet, query: &SeriesQuery) -> Vec<usize> {
    let words: Vec<String> =
        query.text.as_deref().unwrap_or_default().to_lowercase().split_whitespace().map(str::to_owned).collect();
    let fits = |row: &SeriesRow| {
        query.location.as_ref().is_none_or(|location| row.key.location.as_str() == location)
            && query.category.as_ref().is_none_or(|category| row.category.as_ref() == Some(category))
            && query.model.as_ref().is_none_or(|model| row.model.as_ref() == Some(model))
            && (words.is_empty() || {
                let parts = [
                    row.item.as_str(),
                    row.key.item.as_str(),
                    row.category.as_deref().unwrap_or(""),
                    row.location.as_str(),
                ];
                let text = parts.join(" ").to_lowercase();
                words.iter().all(|word| text.contains(word.as_str()))
            })
    };
    let mut found: Vec<usize> = (0..sheet.rows.len()).filter(|index| fits(&sheet.rows[*index])).collect();
    let column = query.sort.unwrap_or(SeriesColumn::Recent);
    let ascending = ascending(query, column);
    found.sort_by(|a, b| {
        let (a, b) = (&sheet.rows[*a], &sheet.rows[*b]);
        compare(column, a, b, ascending).then_with(|| a.key.cmp(&b.key))
    });
    found
}

fn is_text(column: SeriesColumn) -> bool {
    matches!(column, SeriesColumn::Item | SeriesColumn::Category | SeriesColumn::Location | SeriesColumn::Model)
}

fn ascending(query: &SeriesQuery, column: SeriesColumn) -> bool {
    query.ascending.unwrap_or(is_text(column))
}

/// Rows without a value come last, whichever way is asked.
fn compare(column: SeriesColumn, a: &SeriesRow, b: &SeriesRow, ascending: bool) -> Ordering {
    let numbers = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => directed(a.total_cmp(&b), ascending),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    let texts = |a: Option<&String>, b: Option<&String>| match (a, b) {
        (Some(a), Some(b)) => directed(natural(a, b), ascending),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    match column {
        SeriesColumn::Item => texts(Some(&a.item), Some(&b.item)),
        SeriesColumn::Category => texts(a.category.as_ref(), b.category.as_ref()),
        SeriesColumn::Location => texts(Some(&a.location), Some(&b.location)),
        SeriesColumn::Model => texts(a.model.as_ref(), b.model.as_ref()),
        SeriesColumn::Last => numbers(a.last, b.last),
        SeriesColumn::Recent | SeriesColumn::Trend => numbers(Some(a.recent), Some(b.recent)),
        SeriesColumn::Change => numbers(a.change, b.change),
        SeriesColumn::Forecast => numbers(a.forecast, b.forecast),
        SeriesColumn::Wape => numbers(a.wape, b.wape),
    }
}

fn directed(order: Ordering, ascending: bool) -> Ordering {
    if ascending { order } else { order.reverse() }
}

/// Texts by letters, numbers within them by value: store 9 before store 10.
fn natural(a: &str, b: &str) -> Ordering {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.to_lowercase().cmp(&b.to_lowercase()),
    }
}

#[derive(Default)]
struct Sums {
    series: u64,
    last: f64,
    recent: f64,
    comparable: f64,
    before: f64,
    forecast: Option<f64>,
    error: f64,
    weight: f64,
}

fn groups(sheet: &Sheet, found: &[usize], by: SeriesColumn, query: &SeriesQuery) -> Vec<GroupRow> {
    let mut sums: BTreeMap<(String, String), Sums> = BTreeMap::new();
    for index in found {
        let row = &sheet.rows[*index];
        let group = sums.entry(name(row, by)).or_default();
        group.series += 1;
        group.last += row.last.unwrap_or(0.0);
        group.recent += row.recent;
        let values = &sheet.panel.values[*index];
        if let Some(before) =
            figures::window(values, sheet.panel.granularity.year_back(), sheet.panel.granularity.recent())
        {
            group.comparable += row.recent;
            group.before += before as f64 / sheet.unit;
        }
        if let Some(forecast) = row.forecast {
            group.forecast = Some(group.forecast.unwrap_or(0.0) + forecast);
        }
        if let Some(wape) = row.wape {
            group.error += wape * row.recent.abs();
            group.weight += row.recent.abs();
        }
    }
    let mut rows: Vec<GroupRow> = sums
        .into_iter()
        .map(|((label, value), sum)| GroupRow {
            label,
            value,
            series: sum.series,
            last: sum.last,
            recent: sum.recent,
            change: figures::relative(sum.comparable, sum.before),
            forecast: sum.forecast,
            wape: (sum.weight > 0.0).then(|| sum.error / sum.weight),
        })
        .collect();
    let column = query.sort.unwrap_or(SeriesColumn::Recent);
    let ascending = ascending(query, column);
    let number = |row: &GroupRow| match column {
        SeriesColumn::Last => Some(row.last),
        SeriesColumn::Change => row.change,
        SeriesColumn::Forecast => row.forecast,
        SeriesColumn::Wape => row.wape,
        _ => Some(row.recent),
    };
    rows.sort_by(|a, b| {
        if is_text(column) {
            return directed(natural(&a.label, &b.label), ascending);
        }
        match (number(a), number(b)) {
            (Some(x), Some(y)) => directed(x.total_cmp(&y), ascending).then_with(|| natural(&a.label, &b.label)),
            (x, y) => y.is_some().cmp(&x.is_some()),
        }
    });
    rows
}

/// A group's label, and the value to filter by.
fn name(row: &SeriesRow, by: SeriesColumn) -> (String, String) {
    let none = || ("none".to_owned(), String::new());
    match by {
        SeriesColumn::Location => (row.location.clone(), row.key.location.to_string()),
        SeriesColumn::Item => (row.item.clone(), row.key.item.to_string()),
        SeriesColumn::Model => row.model.clone().map_or_else(none, |model| (model.clone(), model)),
        _ => row.category.clone().map_or_else(none, |category| (category.clone(), category)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn store_nine_comes_before_store_ten() {
        assert_eq!(natural("9", "10"), Ordering::Less);
        assert_eq!(natural("b", "A"), Ordering::Greater);
    }
}
