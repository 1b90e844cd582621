//! From errors of rolling origins to the weight of each model for each series.

use crate::candidates::{FALLBACK, Forecasts, KINDS, REFERENCE, is_seasonless, prior};
use crate::fallback::is_dead;
use crate::weights::{self, Ratios, Record, Shrinkage, Weights};
use crate::{Calendar, Panel};

/// What a model's relative error is multiplied by that knows no season of the year, where others do: a backtest of quiet
/// quarters says nothing of the next holidays. Chosen by the evaluations of weekly and daily sales in the examples.
const SEASONLESS_FACTOR: f64 = 1.3;

/// Errors of every model from every origin, by series, and what they say of groups.
#[derive(Debug)]
pub(crate) struct Weighing<'a> {
    panel: &'a Panel,
    calendar: &'a Calendar,
    /// Group and member of each series.
    places: &'a [(usize, usize)],
    by: Shrinkage,
    /// By origin and series.
    records: Vec<Vec<Record>>,
    /// Relative errors by group: of all origins, then of all but the first, and so on.
    groups: Vec<Vec<Ratios>>,
}

impl<'a> Weighing<'a> {
    /// `rounds`: forecasts by group and origin.
    pub(crate) fn new(
        panel: &'a Panel,
        calendar: &'a Calendar,
        origins: &[usize],
        rounds: &[Vec<Forecasts>],
        places: &'a [(usize, usize)],
        by: Shrinkage,
    ) -> Self {
        let of_origin = |(origin, seen): (usize, &usize)| {
            let record = |(series, place): (usize, &(usize, usize))| {
                record(&panel.parts().series[series].values[*seen..], &rounds[place.0][origin], place.1)
            };
            places.iter().enumerate().map(record).collect()
        };
        let records: Vec<Vec<Record>> = origins.iter().enumerate().map(of_origin).collect();
        let mut weighing = Self { panel, calendar, places, by, records, groups: Vec::new() };
        let left_out = std::iter::once(None).chain((0..origins.len()).map(Some));
        weighing.groups = left_out.map(|origin| weighing.ratios_of_groups(rounds.len(), origin)).collect();
        weighing
    }

    /// Weights of a series; `applies` says by model whether it has a forecast from the end of history. `left_out` is an
    /// origin whose errors do not count; where it is the only one, it does.
    pub(crate) fn weights(&self, series: usize, applies: &[bool; KINDS.len()], left_out: Option<usize>) -> Weights {
        if is_dead(&self.panel.parts().series[series].values, self.calendar.year()) {
            return std::array::from_fn(|model| f64::from(u8::from(model == FALLBACK)));
        }
        let left_out = left_out.filter(|_| self.records.len() > 1);
        let mut record = Record::default();
        self.counted(left_out).for_each(|records| record.add(&records[series]));
        let above = &self.groups[left_out.map_or(0, |origin| origin + 1)][self.places[series].0];
        let mut ratios = weights::shrunk(&record, above, self.by.own_points);
        if applies[REFERENCE] {
            let seasonless = ratios.iter_mut().zip(KINDS).filter(|(_, kind)| is_seasonless(*kind));
            seasonless.for_each(|(ratio, _)| *ratio *= SEASONLESS_FACTOR);
        }
        let is_rich = (0..KINDS.len()).any(|model| model != FALLBACK && applies[model]);
        let competes = |model: usize| applies[model] && (model != FALLBACK || !is_rich || record.points[model] > 0.0);
        weights::weigh(&ratios, competes, &self.by)
    }

    fn counted(&self, left_out: Option<usize>) -> impl Iterator<Item = &Vec<Record>> {
        let counts = move |(origin, _): &(usize, &Vec<Record>)| Some(*origin) != left_out;
        self.records.iter().enumerate().filter(counts).map(|(_, records)| records)
    }

    fn ratios_of_groups(&self, count: usize, left_out: Option<usize>) -> Vec<Ratios> {
        let mut groups = vec![Record::default(); count];
        let mut all = Record::default();
        for records in self.counted(left_out.filter(|_| self.records.len() > 1)) {
            for (record, place) in records.iter().zip(self.places) {
                groups[place.0].add(record);
                all.add(record);
            }
        }
        let all = weights::shrunk(&all, &KINDS.map(prior), weights::PANEL_POINTS);
        groups.iter().map(|record| weights::shrunk(record, &all, weights::GROUP_POINTS)).collect()
    }
}

/// Errors of every model from one origin, beside the reference's on the same points.
fn record(actuals: &[f64], forecasts: &Forecasts, member: usize) -> Record {
    let mut record = Record::default();
    let Some(reference) = forecasts[REFERENCE].of(member).or(forecasts[FALLBACK].of(member)) else {
        return record;
    };
    for (model, paths) in forecasts.iter().enumerate() {
        let Some(path) = paths.of(member) else { continue };
        for ((actual, value), usual) in actuals.iter().zip(path).zip(reference).filter(|((a, _), _)| a.is_finite()) {
            record.own[model] += (actual - f64::from(*value)).abs();
            record.reference[model] += (actual - f64::from(*usual)).abs();
            record.points[model] += 1.0;
        }
    }
    record
}
