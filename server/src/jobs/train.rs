//! Fits an artefact for each measure of the shop, registers it and lets it challenge the live one; measures what holidays did.

use super::{JobError, Watch, impact, panel};
use crate::clock;
use crate::registry::{Challenger, Summary};
use crate::shop;
use crate::state::App;
use aisle_domain::{Day, Granularity, Measure};
use aisle_store::artefacts::{self, NewArtefact};
use aisle_store::jobs::Claimed;
use aisle_training::closures::shut;
use aisle_training::{FitOutcome, FitParameters, FitReport, TrainingError, fit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name of the data's version among an artefact's inputs.
const DATA: &str = "data_version";
/// Name of the calendar's version among an artefact's inputs.
const CALENDAR: &str = "calendar";
/// Why a challenger speaks although its backtest is worse: whoever changed the calendar knows more than the backtest, which
/// has not seen next month's closed days.
const NEWER_CALENDAR: &str = "it reckons with the calendar as it is now, which the live one does not know";

/// The calendar's version among an artefact's inputs; empty where it was fitted on the data's events alone.
pub(crate) fn calendar_of(inputs: &[(String, String)]) -> &str {
    inputs.iter().find(|(name, _)| name == CALENDAR).map_or("", |(_, version)| version.as_str())
}

/// Backtest of single series, as kept beside the artefact.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Backtests {
    /// Last days that the forecasts had seen.
    pub(crate) origins: Vec<Day>,
    /// By `location/item`.
    pub(crate) series: BTreeMap<String, SeriesBacktest>,
}

/// Backtest of one series.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SeriesBacktest {
    /// Forecasts by origin, from the period after it on.
    pub(crate) forecasts: Vec<Vec<f32>>,
    /// Model, WAPE, bias.
    pub(crate) models: Vec<(String, f64, f64)>,
}

impl Backtests {
    /// Reads them from an artefact's metrics; none where there are none.
    pub(crate) fn read(metrics: &serde_json::Value) -> Self {
        let kept = metrics.get("backtests").cloned().unwrap_or_default();
        serde_json::from_value(kept).unwrap_or_default()
    }

    fn of(report: &FitReport, granularity: Granularity) -> Self {
        let mut series = BTreeMap::new();
        for found in &report.series {
            let mut forecasts = vec![Vec::new(); report.origins.len()];
            for past in &found.past {
                let Some(at) = report.origins.iter().position(|origin| *origin == past.origin) else { continue };
                let step = granularity.steps_between(past.origin, past.period);
                let Some(index) = usize::try_from(step - 1).ok().filter(|index| *index < report.horizon) else {
                    continue;
                };
                let forecast: &mut Vec<f32> = &mut forecasts[at];
                if forecast.len() <= index {
                    forecast.resize(index + 1, 0.0);
                }
                forecast[index] = past.forecast as f32;
            }
            let models = found.models.iter().map(|(model, wape, bias)| (model.name().to_owned(), *wape, *bias));
            series.insert(found.key.to_string(), SeriesBacktest { forecasts, models: models.collect() });
        }
        Self { origins: report.origins.clone(), series }
    }
}

/// How a shop that is planned in such periods is fitted: its backtest looks as far as planners do.
pub(super) fn parameters(granularity: Granularity) -> FitParameters {
    let origins = if granularity == Granularity::Month { 4 } else { 2 };
    FitParameters { origins, backtest_horizon: granularity.recent(), ..FitParameters::default() }
}

/// Trains every measure that the shop has sales in.
pub(crate) async fn run(app: &App, job: &Claimed, watch: &Watch) -> Result<String, JobError> {
    let kept = shop::settings(&app.store).await?;
    let data_version = app.lake.data_version().await?;
    let mut made = Vec::new();
    for measure in [Measure::Revenue, Measure::Quantity] {
        watch.check()?;
        watch.say(0, None, format!("reading {}", measure.name()));
        let Some(prepared) = panel::panel(app, measure, &data_version).await? else { continue };
        let panel::Prepared { panel, calendar } = prepared;
        let granularity = panel.parts().granularity;
        let parameters = FitParameters { horizon: kept.horizon_of(granularity), ..parameters(granularity) };
        let parameters = parameters.check().map_err(|error| JobError::Hopeless(error.to_string()))?;
        let record = serde_json::to_value(parameters.record()).map_err(|error| JobError::Failed(error.to_string()))?;
        let (telling, asking) = (watch.clone(), watch.clone());
        let fitted = tokio::task::spawn_blocking(move || {
            let progress = |progress: aisle_training::Progress| {
                telling.say(progress.done as u64, Some(progress.total as u64), format!("fitting {}", measure.name()));
            };
            let mut outcome = fit(&panel, &parameters, &progress, &|| asking.stopped())?;
            outcome.artefact = shut(outcome.artefact, &calendar.closures)?;
            telling.say(0, None, format!("measuring holidays on {}", measure.name()));
            let impacts = impact::measured(&panel, calendar.kinds);
            Ok((outcome, impacts, calendar.version))
        });
        let fitted = fitted.await.map_err(|error| JobError::Failed(format!("the training broke off: {error}")))?;
        let (outcome, impacts, calendar) = fitted.map_err(|error| match error {
            TrainingError::Cancelled => JobError::Stopped,
            other => JobError::Hopeless(other.to_string()),
        })?;
        let inputs = [(DATA.to_owned(), data_version.clone()), (CALENDAR.to_owned(), calendar)];
        made.push(register(app, job, measure, granularity, &inputs, &record, outcome).await?);
        impact::keep(app, measure, &data_version, &impacts).await?;
    }
    if made.is_empty() {
        return Err(JobError::Hopeless("there are no sales to train on; import some first".to_owned()));
    }
    Ok(made.join(", "))
}

async fn register(
    app: &App,
    job: &Claimed,
    measure: Measure,
    granularity: Granularity,
    inputs: &[(String, String); 2],
    params: &serde_json::Value,
    outcome: FitOutcome,
) -> Result<String, JobError> {
    let bytes = outcome.artefact.to_bytes().map_err(|error| JobError::Hopeless(error.to_string()))?;
    let report = &outcome.report;
    let metrics = serde_json::json!({
        "models": report.models,
        "chosen": report.chosen,
        "levels": report.levels,
        "backtests": Backtests::of(report, granularity),
    });
    let summary = Summary::of(report);
    let new = NewArtefact {
        hash: &outcome.artefact.hash(),
        kind: shop::artefact_kind(measure),
        data_version: &inputs[0].1,
        params,
        metrics: &metrics,
        summary: &serde_json::to_value(summary).map_err(|error| JobError::Failed(error.to_string()))?,
        job_id: Some(&job.id),
        inputs,
    };
    let registered = artefacts::register(&app.store, &new, &bytes, clock::now()).await?;
    let challenger = Challenger {
        measure,
        granularity,
        id: &registered.id,
        summary: &summary,
        report,
        data_version: &inputs[0].1,
        job: &job.id,
        by: &job.created_by,
    };
    let decided = app.challenge(&challenger).await?;
    let live = artefacts::live(&app.store, shop::artefact_kind(measure)).await?;
    if let Some(live) = live.filter(|live| live.id != registered.id) {
        let known = artefacts::inputs(&app.store, &live.id).await?;
        if calendar_of(&known) != calendar_of(inputs) {
            app.promote(&registered.id, &job.created_by, NEWER_CALENDAR).await?;
            return Ok(format!("{} {} (promoted: {NEWER_CALENDAR}; {decided})", measure.name(), registered.id));
        }
    }
    Ok(format!("{} {} ({decided})", measure.name(), registered.id))
}
