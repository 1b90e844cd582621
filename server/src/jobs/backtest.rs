//! Evaluates the way of fitting: from origins in the past, on the sales before them alone, beside what came.

use super::{JobError, Watch, panel};
use crate::clock;
use crate::failure;
use crate::state::App;
use aisle_domain::{Day, Granularity, Measure, Problem};
use aisle_store::evaluations::{self, NewEvaluation};
use aisle_store::jobs::Claimed;
use aisle_training::backtest::EVENT_WEIGHT;
use aisle_training::evaluation::latest_origins;
use aisle_training::{Evaluation, EvaluationPlan, Panel, TrainingError, evaluate};
use serde::{Deserialize, Serialize};

/// What was asked for; what is left out has a default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asked {
    /// The measure; every one that the shop has sales in where none is named.
    pub(crate) measure: Option<Measure>,
    /// Last days of what each fit may see; the latest [`ORIGINS`] that leave whole horizons where none is named.
    pub(crate) origins: Vec<Day>,
    /// Periods forecast from each; a quarter of a year where none is named.
    pub(crate) horizon: Option<usize>,
    /// Weight in WMAE of periods that hold an event.
    pub(crate) event_weight: Option<f64>,
}

impl Asked {
    /// What was asked for in words; days as YYYY-MM-DD.
    pub(crate) fn checked<'a>(
        measure: Option<Measure>,
        days: impl Iterator<Item = &'a str>,
        horizon: Option<usize>,
        event_weight: Option<f64>,
    ) -> Result<Self, Problem> {
        let read = |text: &str| Day::parse(text).map_err(|error| failure::invalid("origins", error.to_string()));
        let origins = days.map(read).collect::<Result<Vec<_>, _>>()?;
        if origins.len() > MAX_ORIGINS {
            let detail = format!("{} are too many; at most {MAX_ORIGINS}", origins.len());
            return Err(failure::invalid("origins", detail));
        }
        if let Some(horizon) = horizon.filter(|horizon| !(1..=MAX_HORIZON).contains(horizon)) {
            let detail = format!("{horizon} is out of range; expected 1 to {MAX_HORIZON} periods");
            return Err(failure::invalid("horizon", detail));
        }
        if let Some(weight) = event_weight.filter(|weight| !(0.0..=MAX_WEIGHT).contains(weight)) {
            let detail = format!("{weight} is out of range; expected 0 to {MAX_WEIGHT}");
            return Err(failure::invalid("event_weight", detail));
        }
        Ok(Self { measure, origins, horizon, event_weight })
    }
}

/// Origins where none is named.
const ORIGINS: usize = 4;
/// Furthest horizon.
const MAX_HORIZON: usize = 366;
/// Most origins in one go.
const MAX_ORIGINS: usize = 24;
/// Highest weight of an event.
const MAX_WEIGHT: f64 = 1_000.0;

/// Evaluates every measure asked for, and keeps what was found.
pub(crate) async fn run(app: &App, job: &Claimed, watch: &Watch) -> Result<String, JobError> {
    let asked: Asked =
        serde_json::from_value(job.params.clone()).map_err(|error| JobError::Hopeless(error.to_string()))?;
    let data_version = app.lake.data_version().await?;
    let mut made = Vec::new();
    for measure in [Measure::Revenue, Measure::Quantity] {
        if asked.measure.is_some_and(|only| only != measure) {
            continue;
        }
        watch.check()?;
        watch.say(0, None, format!("reading {}", measure.name()));
        let Some(panel::Prepared { panel, .. }) = panel::panel(app, measure, &data_version).await? else { continue };
        let plan = plan(&asked, &panel)?;
        let found = evaluated(panel, plan.clone(), measure, watch).await?;
        let shown = serde_json::json!({
            "origins": found.origins.iter().map(Day::to_string).collect::<Vec<_>>(), "horizon": plan.horizon, "event_weight": plan.event_weight,
        });
        let report = serde_json::to_value(&found).map_err(|error| JobError::Failed(error.to_string()))?;
        let new = NewEvaluation {
            measure: measure.name(),
            data_version: &data_version,
            plan: &shown,
            report: &report,
            job_id: &job.id,
            created_by: &job.created_by,
        };
        made.push(evaluations::keep(&app.store, &new, clock::now()).await?);
    }
    if made.is_empty() {
        return Err(JobError::Hopeless("there are no sales to evaluate on; import some first".to_owned()));
    }
    Ok(made.join(", "))
}

fn plan(asked: &Asked, panel: &Panel) -> Result<EvaluationPlan, JobError> {
    let quarter = match panel.parts().granularity {
        Granularity::Day => 91,
        Granularity::Week { .. } => 13,
        Granularity::Month => 3,
    };
    let horizon = asked.horizon.unwrap_or(quarter);
    let origins =
        if asked.origins.is_empty() { latest_origins(panel, horizon, ORIGINS) } else { asked.origins.clone() };
    if origins.is_empty() {
        let (periods, most) = (panel.periods(), panel.periods().saturating_sub(4));
        return Err(JobError::Hopeless(format!(
            "{periods} periods of sales leave no origin with {horizon} periods after it; ask for a horizon of at most {most}"
        )));
    }
    Ok(EvaluationPlan { origins, horizon, event_weight: asked.event_weight.unwrap_or(EVENT_WEIGHT) })
}

async fn evaluated(
    panel: Panel,
    plan: EvaluationPlan,
    measure: Measure,
    watch: &Watch,
) -> Result<Evaluation, JobError> {
    let parameters = super::train::parameters(panel.parts().granularity)
        .check()
        .map_err(|error| JobError::Hopeless(error.to_string()))?;
    let (telling, asking) = (watch.clone(), watch.clone());
    let work = tokio::task::spawn_blocking(move || {
        let progress = |progress: aisle_training::Progress| {
            let note = format!("evaluating {}", measure.name());
            telling.say(progress.done as u64, Some(progress.total as u64), note);
        };
        evaluate(&panel, &parameters, &plan, &progress, &|| asking.stopped())
    });
    let found = work.await.map_err(|error| JobError::Failed(format!("the evaluation broke off: {error}")))?;
    found.map_err(|error| match error {
        TrainingError::Cancelled => JobError::Stopped,
        other => JobError::Hopeless(other.to_string()),
    })
}
