//! `aisle train` and `aisle forecast`.

use super::{CliError, Output, open};
use crate::api::measure;
use crate::config::Config;
use crate::jobs;
use aisle_domain::job::{JobKind, JobState};
use aisle_domain::{ItemId, LocationId, SeriesKey};
use aisle_engine::{Scenario, score, score_totals};
use aisle_store::jobs as kept_jobs;
use clap::Args;
use serde_json::json;
use std::process::ExitCode;

/// `aisle train`
#[derive(Args)]
pub(super) struct Train {
    /// Queue only, and let a running `aisle serve` or `aisle work` do it
    #[arg(long)]
    queue: bool,
}

/// `aisle forecast`
#[derive(Args)]
pub(super) struct Forecast {
    /// Location of the series; the whole shop where neither is named
    #[arg(long, requires = "item")]
    location: Option<String>,
    /// Item of the series
    #[arg(long, requires = "location")]
    item: Option<String>,
    /// revenue or quantity [default: the shop's first]
    #[arg(long)]
    measure: Option<String>,
    /// What-if, as the pages write it in their links: growth=1.05&markdown=0.5&…
    #[arg(long, default_value = "")]
    scenario: String,
}

pub(super) async fn train(config: Config, command: Train, output: Output) -> Result<ExitCode, CliError> {
    let app = open(config).await?;
    let job = app.enqueue("cli", JobKind::Train, json!({}), Some("train")).await?;
    if command.queue {
        output.result(&json!({ "job": job.id }), &format!("training is queued as job {}", job.id));
        return Ok(ExitCode::SUCCESS);
    }
    let meter = output.progress();
    jobs::work_off(&app, &job.id, |progress| meter.show(progress)).await?;
    meter.done();
    let ended = kept_jobs::get(&app.store, &job.id).await?;
    if ended.state != JobState::Succeeded {
        return Err(CliError::Failed(ended.error.unwrap_or_else(|| format!("the job was {}", ended.state.name()))));
    }
    let board = app.board().await?;
    let mut lines =
        vec![format!("{:10} {:24} {:>8} {:>12} {:>8} {:>8}", "measure", "model", "WAPE", "WMAE", "bias", "series")];
    let mut document = Vec::new();
    for (measure, sheet) in &board.sheets {
        for accuracy in sheet.live.iter().flat_map(|live| &live.accuracy) {
            lines.push(format!(
                "{measure:10} {:24} {:>7.1}% {:>12.2} {:>7.1}% {:>8}",
                accuracy.model,
                accuracy.wape * 100.0,
                accuracy.wmae.unwrap_or(0.0),
                accuracy.bias * 100.0,
                accuracy.series
            ));
            document.push(json!({ "measure": measure, "accuracy": accuracy }));
        }
    }
    output.result(&document, &lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn forecast(config: Config, command: Forecast, output: Output) -> Result<ExitCode, CliError> {
    let app = open(config).await?;
    let board = app.board().await?;
    let measure = measure(command.measure.as_deref()).map_err(|problem| CliError::Usage(problem.detail))?;
    let scenario = Scenario::from_query(&command.scenario).map_err(|error| CliError::Usage(error.to_string()))?;
    let sheet = board.sheet(measure).map(|(_, sheet)| sheet);
    let live = sheet.and_then(|sheet| sheet.live.as_ref());
    let live = live.ok_or_else(|| CliError::Failed("nothing was trained yet; run `aisle train`".to_owned()))?;
    let failed = |error: aisle_engine::EngineError| CliError::Failed(error.to_string());
    let (document, periods, mean, low, high) = match (command.location, command.item) {
        (Some(location), Some(item)) => {
            let usage = |error: aisle_domain::id::IdError| CliError::Usage(error.to_string());
            let key = SeriesKey {
                location: LocationId::new(location).map_err(usage)?,
                item: ItemId::new(item).map_err(usage)?,
            };
            let missing = || CliError::Failed(format!("there is no forecast of {key}; see `aisle export sales`"));
            let index = live.artefact.find(&key).ok_or_else(missing)?;
            let found = score(&live.artefact, index, &scenario).map_err(failed)?;
            (serde_json::to_value(&found), found.periods, found.mean, found.interval80.lower, found.interval80.upper)
        }
        _ => {
            let found = score_totals(&live.artefact, None, &scenario).map_err(failed)?;
            (serde_json::to_value(&found), found.periods, found.mean, found.interval80.lower, found.interval80.upper)
        }
    };
    let document = document.map_err(|error| CliError::Failed(error.to_string()))?;
    let mut lines = vec![format!("{:12} {:>16} {:>16} {:>16}", "period to", "forecast", "80% from", "to")];
    for (index, day) in periods.iter().enumerate() {
        lines.push(format!("{:12} {:>16.2} {:>16.2} {:>16.2}", day.to_string(), mean[index], low[index], high[index]));
    }
    output.result(&document, &lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}
