//! From a panel to an artefact: compete, choose, calibrate, write down.

use crate::backtest::{Backtest, model_name};
use crate::candidates::KINDS;
use crate::competition::{Competition, Ending, Keep};
use crate::decomposition::{location, series_model};
use crate::observations::{calibration, volume};
use crate::report::{FitOutcome, FitReport, Progress};
use crate::{Calibration, Panel, TrainingError, ValidFitParameters};
use aisle_engine::{AccuracySummary, Artefact, ArtefactParts, GroupEffects, Header};
use std::collections::BTreeMap;

/// Fits every series of the panel.
///
/// `progress` is called after each group, from any of the threads; the first third of the time passes before. `cancelled` is
/// asked before each group and round.
///
/// # Errors
/// [`TrainingError::Cancelled`] when asked to stop; [`TrainingError::Artefact`] where the numbers make no artefact.
pub fn fit(
    panel: &Panel,
    parameters: &ValidFitParameters,
    progress: &(dyn Fn(Progress) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<FitOutcome, TrainingError> {
    conclude(&Competition::hold(panel, parameters, Keep::Weighted, progress, cancelled)?, panel, parameters)
}

/// Intervals, the artefact and the report.
pub(crate) fn conclude(
    competition: &Competition,
    panel: &Panel,
    parameters: &ValidFitParameters,
) -> Result<FitOutcome, TrainingError> {
    let backtest = Backtest {
        panel,
        calendar: &competition.calendar,
        origins: &competition.origins,
        rounds: &competition.rounds,
        endings: &competition.endings,
        places: &competition.places,
    };
    let calibration = calibration(&backtest);
    let report = report(&backtest, &calibration, parameters);
    let artefact = artefact(&backtest, competition, calibration, &report, parameters)?;
    Ok(FitOutcome { artefact, report })
}

fn report(backtest: &Backtest<'_>, calibration: &Calibration, parameters: &ValidFitParameters) -> FitReport {
    let all = calibration.coverage.iter().find(|coverage| coverage.part == "all");
    let coverage80 = all.filter(|_| backtest.origins.len() > 1).map(|all| all.covered[1]);
    let candidates = (0..KINDS.len()).map(Some).map(|model| (model_name(model), backtest.accuracy(model, None)));
    let all = candidates.chain([(model_name(None), backtest.accuracy(None, coverage80))]);
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
    competition: &Competition,
    calibration: Calibration,
    report: &FitReport,
    parameters: &ValidFitParameters,
) -> Result<Artefact, TrainingError> {
    let (panel, calendar) = (backtest.panel.parts(), backtest.calendar);
    let accuracy = AccuracySummary {
        origins: report.origins.clone(),
        horizon: parameters.backtest_horizon as u16,
        models: report.models.clone(),
        coverage: calibration.coverage,
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
        bands: calibration.bands,
        total_bands: calibration.total_bands,
        dependence: calibration.dependence,
        accuracy,
    };
    let locations = (0..calendar.locations.len()).map(|place| location(calendar, place)).collect();
    let effects = |ending: &Ending| -> Vec<f32> {
        let found = ending.regression.as_ref().map(|regression| regression.driver_effects());
        found.map_or(vec![0.0; calendar.drivers.len()], |effects| effects.iter().map(|e| *e as f32).collect())
    };
    let tables: Vec<GroupEffects> = competition
        .groups
        .iter()
        .zip(backtest.endings)
        .map(|(group, ending)| GroupEffects { name: group.name.clone(), effects: effects(ending) })
        .collect();
    let mut parts = ArtefactParts { header, locations, groups: tables, series: Vec::new(), parent: None };
    for series in 0..backtest.places.len() {
        let mut model = series_model(backtest, &parts, series);
        model.error_scale = calibration.scales[series] as f32;
        model.volume = volume(&panel.series[series].values, calendar.year()) as f32;
        model.backtest_wape = report.series[series].wape.map(|wape| wape as f32);
        parts.series.push(model);
    }
    Ok(Artefact::new(parts)?)
}
