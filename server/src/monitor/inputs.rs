//! Whether what comes in beside sales (weather, prices of fuel, markdowns) still looks as it did before training.

use crate::board::{Board, Sheet};
use crate::failure;
use crate::state::Aisle;
use aisle_app::ports::Answer;
use aisle_domain::{Day, Measure};
use aisle_engine::monitoring::WatchedInput;
use aisle_lake::{FeatureFilter, FeaturePoint};
use std::collections::BTreeMap;

/// Days in a year that keeps its weekdays.
const YEAR: i32 = 364;
/// Days around the same days of earlier years that count as the same season.
const SEASON: i32 = 28;
/// Values below which the whole year before training stands in for the season.
const ENOUGH: usize = 40;

/// The inputs of a measure's live model, by name; none where no period has come since training. Read from the facts once
/// for each board.
pub(crate) async fn inputs<'a>(aisle: &Aisle, board: &'a Board, measure: Measure) -> Answer<&'a [WatchedInput]> {
    let Some((_, sheet)) = board.sheet(Some(measure)) else { return Ok(&[]) };
    let found = board.inputs.get_or_try_init(|| async {
        let features = aisle.lake.features_panel(&FeatureFilter::default()).await.map_err(failure::lake)?;
        let shared: Vec<(String, Vec<FeaturePoint>)> =
            features.into_iter().filter(|one| one.item.is_none()).map(|one| (one.name, one.points)).collect();
        let by_measure = board.sheets.iter().map(|(name, sheet)| (*name, compared(sheet, &shared)));
        Ok::<_, aisle_domain::Problem>(by_measure.collect::<BTreeMap<_, _>>())
    });
    let found = found.await?;
    let _ = sheet;
    Ok(found.get(measure.name()).map(Vec::as_slice).unwrap_or_default())
}

fn compared(sheet: &Sheet, features: &[(String, Vec<FeaturePoint>)]) -> Vec<WatchedInput> {
    let Some(live) = &sheet.live else { return Vec::new() };
    let through = live.artefact.header().trained_through;
    let Some(last) = sheet.panel.ends.last().copied().filter(|last| *last > through) else { return Vec::new() };
    let mut values: BTreeMap<&str, Values> = BTreeMap::new();
    for (name, points) in features {
        let found = values.entry(name).or_default();
        for point in points {
            found.take(point, through, last);
        }
    }
    let named = values.into_iter().filter(|(_, values)| !values.since.is_empty());
    named.map(|(name, values)| WatchedInput::of(name.to_owned(), values.expected(), &values.since)).collect()
}

#[derive(Default)]
struct Values {
    season: Vec<f64>,
    year: Vec<f64>,
    since: Vec<f64>,
}

impl Values {
    fn take(&mut self, point: &FeaturePoint, through: Day, last: Day) {
        if point.day > last {
            return;
        }
        if point.day > through {
            self.since.push(point.value);
            return;
        }
        if point.day > through.plus(-YEAR) {
            self.year.push(point.value);
        }
        let (first, length) = (through.plus(1).plus(-SEASON), last.since(through) + 2 * SEASON);
        if length >= YEAR
            || first.since(point.day).rem_euclid(YEAR) > YEAR - length
            || first.since(point.day) % YEAR == 0
        {
            self.season.push(point.value);
        }
    }

    fn expected(&self) -> &[f64] {
        if self.season.len() >= ENOUGH { &self.season } else { &self.year }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_season_of_earlier_years_is_what_is_expected() {
        let day = |text: &str| Day::parse(text).unwrap();
        let (through, last) = (day("2023-06-30"), day("2023-07-31"));
        let mut values = Values::default();
        let mut taken = Vec::new();
        for back in 0..1_100 {
            let on = last.plus(5 - back);
            let before = values.season.len();
            values.take(&FeaturePoint { day: on, span_days: 1, value: 1.0 }, through, last);
            if values.season.len() > before {
                taken.push(on);
            }
        }
        assert_eq!((values.since.len(), values.year.len()), (31, 364));
        let within = |first: &str, end: &str| taken.iter().filter(|on| **on >= day(first) && **on <= day(end)).count();
        // 31 days and four weeks to either side, each year; of this year only the four weeks before.
        assert_eq!(within("2022-05-01", "2022-10-31"), 31 + 2 * 28);
        assert_eq!(within("2021-05-01", "2021-10-31"), 31 + 2 * 28);
        assert_eq!(within("2022-11-01", "2023-05-31"), 0);
        assert_eq!(within("2023-06-01", "2023-06-30"), 28);
    }
}
