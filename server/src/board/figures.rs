//! Figures of single series and of sums: the grid's rows, windows of recent periods, relative changes.

use super::{Catalogue, Live, Overridden};
use aisle_app::ports::SeriesRow;
use aisle_engine::{Scenario, score};
use aisle_lake::Panel;

/// The grid's rows, in the order of the panel's keys.
pub(super) fn rows(
    panel: &Panel,
    unit: f64,
    live: Option<&Live>,
    overridden: &Overridden,
    Catalogue { items, locations }: Catalogue<'_>,
) -> Vec<SeriesRow> {
    let (year, quarter) = (panel.granularity.year_back(), panel.granularity.recent());
    let shown = panel.granularity.sparkline();
    let baseline = Scenario::default();
    panel
        .keys
        .iter()
        .zip(&panel.values)
        .map(|(key, values)| {
            let item = items.get(&key.item);
            let scored = live.and_then(|live| {
                let index = live.artefact.find(key)?;
                let mean = score(&live.artefact, index, &baseline).ok()?.mean;
                let model: f64 = mean.iter().take(quarter).sum();
                let overridden: Option<f64> = overridden.path(index).map(|path| path.iter().take(quarter).sum());
                Some((&live.artefact.series()[index], model, overridden))
            });
            let series = scored.map(|(series, _, _)| series);
            let total = |from: usize, count: usize| window(values, from, count).map(|sum| sum as f64 / unit);
            let recent = total(0, quarter);
            let before = total(year, quarter);
            SeriesRow {
                key: key.clone(),
                item: item.map_or_else(|| key.item.to_string(), |item| item.name.clone()),
                category: item.and_then(|item| item.category.clone()),
                location: locations.get(&key.location).map_or_else(|| key.location.to_string(), |l| l.name.clone()),
                last: values.last().copied().flatten().map(|value| value as f64 / unit),
                recent: recent.unwrap_or(0.0),
                change: recent.zip(before).and_then(|(new, old)| relative(new, old)),
                forecast: scored.map(|(_, model, overridden)| overridden.unwrap_or(model)),
                model_forecast: scored.and_then(|(_, model, overridden)| overridden.map(|_| model)),
                wape: series.and_then(|series| series.backtest_wape.map(f64::from)),
                model: series.map(|series| series.model.name().to_owned()),
                trend: values.iter().rev().take(shown).rev().map(|v| (v.unwrap_or(0) as f64 / unit) as f32).collect(),
            }
        })
        .collect()
}

/// Sum of `count` periods that end `back` periods before the last one; `None` where the data does not reach so far back
/// or has nothing there.
pub(crate) fn window(values: &[Option<i64>], back: usize, count: usize) -> Option<i64> {
    let end = values.len().checked_sub(back)?;
    let start = end.checked_sub(count)?;
    let known = &values[start..end];
    known.iter().any(Option::is_some).then(|| known.iter().flatten().sum())
}

/// (new - old) / |old|; `None` where old is 0.
pub(crate) fn relative(new: f64, old: f64) -> Option<f64> {
    (old != 0.0).then(|| (new - old) / old.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_end_where_they_should() {
        let values = [Some(1), Some(2), None, Some(8)];
        assert_eq!(window(&values, 0, 2), Some(8));
        assert_eq!(window(&values, 2, 2), Some(3));
        assert_eq!(window(&values, 3, 2), None);
        assert_eq!(window(&values, 1, 1), None);
        assert_eq!(relative(3.0, -2.0), Some(2.5));
        assert_eq!(relative(3.0, 0.0), None);
    }
}
