//! From a panel to an artefact: compete, choose, calibrate, write down.
//!
//! Groups are fitted by a few threads that take the next group in order; results are put back in place by index and all
//! further sums run in one thread in a fixed order, so the artefact does not depend on the number of threads.

use crate::backtest::{Backtest, model_name, origins};
use crate::candidates::{FALLBACK, Group, GroupFit, KINDS, fit_group};
use crate::intervals::{Intervals, intervals};
use crate::model::recent_mean;
use crate::report::{FitOutcome, FitReport, Progress};
use crate::weights::Shrinkage;
use crate::{Calendar, Panel, TrainingError, ValidFitParameters};
use aisle_engine::{
    AccuracySummary, Artefact, ArtefactParts, GroupEffects, Header, LocationDrivers, ModelKind, SeriesModel,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fits every series of the panel.
///
/// `progress` is called after each group, from any of the threads. `cancelled` is asked before each group.
///
/// # Errors
/// [`TrainingError::Cancelled`] when asked to stop; [`TrainingError::Artefact`] where the numbers make no artefact.
pub fn fit(
    panel: &Panel,
    parameters: &ValidFitParameters,
    progress: &(dyn Fn(Progress) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<FitOutcome, TrainingError> {
    let competition = Competition::hold(panel, parameters, progress, cancelled)?;
    competition.conclude(panel, parameters)
}

/// Every model fitted on every group, from every origin of the backtest and from the end of history.
pub(crate) struct Competition {
    calendar: Calendar,
    groups: Vec<Group>,
    origins: Vec<usize>,
    fits: Vec<GroupFit>,
    /// Group and member of each series.
    places: Vec<(usize, usize)>,
}

impl Competition {
    pub(crate) fn hold(
        panel: &Panel,
        parameters: &ValidFitParameters,
        progress: &(dyn Fn(Progress) + Sync),
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Self, TrainingError> {
        let calendar = Calendar::new(panel, parameters.horizon);
        let groups = groups_of(panel);
        let origins = origins(&calendar, parameters);
        let fits = fit_groups(panel, &calendar, &groups, &origins, parameters, progress, cancelled)?;
        let mut places = vec![(0, 0); panel.parts().series.len()];
        for (index, group) in groups.iter().enumerate() {
            for (member, series) in group.members.iter().enumerate() {
                places[*series] = (index, member);
            }
        }
        Ok(Self { calendar, groups, origins, fits, places })
    }

    /// Weights, intervals, the artefact and the report.
    pub(crate) fn conclude(&self, panel: &Panel, parameters: &ValidFitParameters) -> Result<FitOutcome, TrainingError> {
        let shrinkage = Shrinkage { own_points: parameters.own_points, power: parameters.weight_power };
        let backtest = Backtest::new(panel, &self.calendar, &self.origins, &self.fits, &self.places, &shrinkage);
        let intervals = intervals(&backtest);
        let report = report(&backtest, &intervals, parameters);
        let artefact = artefact(&backtest, &self.groups, &intervals, &report, parameters)?;
        Ok(FitOutcome { artefact, report })
    }

    /// What one model of [`KINDS`] forecasts from the end of history; the fallback where it does not apply.
    pub(crate) fn forecast(&self, series: usize, model: usize) -> Option<&[f64]> {
        let (group, member) = self.places[series];
        let last = &self.fits[group].last;
        last[model][member].as_ref().or(last[FALLBACK][member].as_ref()).map(Vec::as_slice)
    }
}

fn groups_of(panel: &Panel) -> Vec<Group> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, series) in panel.parts().series.iter().enumerate() {
        by_name.entry(&series.group).or_default().push(index);
    }
    by_name.into_iter().map(|(name, members)| Group { name: name.to_owned(), members }).collect()
}

fn fit_groups(
    panel: &Panel,
    calendar: &Calendar,
    groups: &[Group],
    origins: &[usize],
    parameters: &ValidFitParameters,
    progress: &(dyn Fn(Progress) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<GroupFit>, TrainingError> {
    let series = &panel.parts().series;
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let fits: Mutex<Vec<Option<GroupFit>>> = Mutex::new(groups.iter().map(|_| None).collect());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(group) = groups.get(index) else { return };
            if cancelled() {
                return;
            }
            let values: Vec<&[f64]> = group.members.iter().map(|member| series[*member].values.as_slice()).collect();
            let place = |member: &usize| calendar.locations.binary_search(&series[*member].key.location).unwrap_or(0);
            let locations: Vec<usize> = group.members.iter().map(place).collect();
            let fit = fit_group(calendar, &values, &locations, origins, parameters);
            if let Ok(mut fits) = fits.lock() {
                fits[index] = Some(fit);
            }
            let count = group.members.len();
            progress(Progress { done: done.fetch_add(count, Ordering::Relaxed) + count, total: series.len() });
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..parameters.threads {
            scope.spawn(work);
        }
        work();
    });
    // A group without a result was left out because of a cancellation.
    let fits = fits.into_inner().map_err(|_| TrainingError::Cancelled)?;
    fits.into_iter().collect::<Option<Vec<_>>>().ok_or(TrainingError::Cancelled)
}

fn report(backtest: &Backtest<'_>, intervals: &Intervals, parameters: &ValidFitParameters) -> FitReport {
    let candidates = (0..KINDS.len()).map(Some).map(|model| (model_name(model), backtest.accuracy(model, None)));
    let all = candidates.chain([(model_name(None), backtest.accuracy(None, intervals.coverage80))]);
    let mut chosen: BTreeMap<String, usize> = BTreeMap::new();
    for series in 0..backtest.places.len() {
        *chosen.entry(backtest.named(series).name().to_owned()).or_default() += 1;
    }
    FitReport {
        origins: backtest.origins.iter().map(|origin| backtest.calendar.ends[origin - 1]).collect(),
        horizon: parameters.backtest_horizon,
        models: if backtest.origins.is_empty() { BTreeMap::new() } else { all.collect() },
        chosen,
        levels: if backtest.origins.is_empty() { Vec::new() } else { backtest.levels() },
        series: (0..backtest.places.len()).map(|series| backtest.series_report(series)).collect(),
    }
}

fn artefact(
    backtest: &Backtest<'_>,
    groups: &[Group],
    intervals: &Intervals,
    report: &FitReport,
    parameters: &ValidFitParameters,
) -> Result<Artefact, TrainingError> {
    let (panel, calendar) = (backtest.panel.parts(), backtest.calendar);
    let accuracy = AccuracySummary {
        origins: report.origins.clone(),
        horizon: parameters.backtest_horizon as u16,
        models: report.models.clone(),
    };
    let header = Header {
        data_version: panel.data_version.clone(),
        measure: panel.measure,
        granularity: panel.granularity,
        currency: panel.currency,
        trained_through: calendar.ends[calendar.history - 1],
        horizon: parameters.horizon as u16,
        parameters: parameters.record(),
        drivers: calendar.drivers.clone(),
        events: calendar.events.clone(),
        bands: intervals.bands.clone(),
        total_bands: intervals.total_bands.clone(),
        accuracy,
    };
    let locations = (0..calendar.locations.len()).map(|place| location(calendar, place)).collect();
    let effects = |fit: &GroupFit| -> Vec<f32> {
        let found = fit.regression.as_ref().map(|regression| regression.driver_effects());
        found.map_or(vec![0.0; calendar.drivers.len()], |effects| effects.iter().map(|e| *e as f32).collect())
    };
    let tables: Vec<GroupEffects> = groups
        .iter()
        .zip(backtest.fits)
        .map(|(group, fit)| GroupEffects { name: group.name.clone(), effects: effects(fit) })
        .collect();
    let mut parts = ArtefactParts { header, locations, groups: tables, series: Vec::new(), parent: None };
    for series in 0..backtest.places.len() {
        let model = series_model(backtest, &parts, series, intervals.scales[series] as f32, report.series[series].wape);
        parts.series.push(model);
    }
    Ok(Artefact::new(parts)?)
}

fn location(calendar: &Calendar, place: usize) -> LocationDrivers {
    let last_year = calendar.history.saturating_sub(calendar.year())..calendar.history;
    let mean = |values: &Vec<f64>| values[last_year.clone()].iter().sum::<f64>() / last_year.len() as f64;
    LocationDrivers {
        location: calendar.locations[place].clone(),
        values: calendar.raw[place].iter().flat_map(|values| &values[calendar.history..]).map(|v| *v as f32).collect(),
        reference: calendar.raw[place].iter().map(|values| mean(values) as f32).collect(),
    }
}

/// Takes the chosen model's forecast apart into what scoring stores. What the level, slope, events and (where the model
/// used them) drivers do not explain is the season, so that the baseline scores to the forecast itself, up to the
/// rounding of `f32`.
fn series_model(
    backtest: &Backtest<'_>,
    parts: &ArtefactParts,
    series: usize,
    error_scale: f32,
    wape: Option<f64>,
) -> SeriesModel {
    let (group, member) = backtest.places[series];
    let (fit, calendar) = (&backtest.fits[group], backtest.calendar);
    let (key, values) = (&backtest.panel.parts().series[series].key, &backtest.panel.parts().series[series].values);
    let kind = backtest.named(series);
    let place = calendar.locations.binary_search(&key.location).unwrap_or(0);
    let non_negative = values.iter().all(|value| value.is_nan() || *value >= 0.0);
    let horizon = usize::from(parts.header.horizon);
    let path = backtest.last(series).unwrap_or_else(|| vec![0.0; horizon]);
    let path: Vec<f64> = path.into_iter().map(|value| if non_negative { value.max(0.0) } else { value }).collect();
    let state = (kind != ModelKind::Fallback).then(|| fit.states[member]).flatten();
    let typical = path.iter().sum::<f64>() / path.len() as f64;
    let mut model = SeriesModel {
        key: key.clone(),
        location: place as u32,
        group: group as u32,
        model: kind,
        non_negative,
        uses_drivers: kind == ModelKind::ElasticNet,
        level: state.map_or(recent_mean(values, calendar.year()).unwrap_or(0.0), |smoothed| smoothed.level) as f32,
        slope: state.map_or(0.0, |smoothed| smoothed.slope) as f32,
        damping: state.map_or(1.0, |smoothed| smoothed.damping) as f32,
        season: Vec::new(),
        event_effects: Vec::new(),
        error_scale,
        backtest_wape: wape.map(|wape| wape as f32),
    };
    if kind == ModelKind::Fallback {
        model.level = typical as f32;
        return model;
    }
    if let Some(regression) = &fit.regression {
        let effect = |slot| typical * (regression.event_effect(member, slot).clamp(-2.0, 2.0).exp() - 1.0);
        model.event_effects = (0..calendar.slots).map(|slot| effect(slot) as f32).collect();
    }
    let (mut power, mut damped) = (1.0, 0.0);
    for (step, value) in path.iter().enumerate() {
        power *= f64::from(model.damping);
        damped += power;
        let structural = value / driver_factor(parts, &model, step);
        let slots = calendar.slots_at(calendar.history + step, place);
        let holiday: f64 = slots.filter_map(|slot| model.event_effects.get(slot)).map(|e| f64::from(*e)).sum();
        let explained = f64::from(model.level) + f64::from(model.slope) * damped + holiday;
        model.season.push((structural - explained) as f32);
    }
    model
}

/// What scoring multiplies the baseline by at a step where the model used the drivers.
fn driver_factor(parts: &ArtefactParts, model: &SeriesModel, step: usize) -> f64 {
    if !model.uses_drivers {
        return 1.0;
    }
    let (table, horizon) = (&parts.locations[model.location as usize], usize::from(parts.header.horizon));
    let (mut ours, mut world) = (0.0, 0.0);
    for (index, driver) in parts.header.drivers.iter().enumerate() {
        let z = |value: f32| driver.transform.apply(f64::from(value), f64::from(driver.scale));
        let effect = f64::from(parts.groups[model.group as usize].effects[index]);
        let change = effect * (z(table.values[index * horizon + step]) - z(table.reference[index]));
        match driver.kind {
            aisle_engine::DriverKind::Promotion => ours += change,
            aisle_engine::DriverKind::Other => world += change,
        }
    }
    f64::exp(ours.clamp(-2.0, 2.0)) * f64::exp(world.clamp(-2.0, 2.0))
}
