//! `aisle backtest`

use super::{CliError, Output, open};
use crate::api::measure;
use crate::config::Config;
use crate::jobs;
use crate::jobs::backtest::Asked;
use aisle_domain::Problem;
use aisle_domain::job::{JobKind, JobState};
use aisle_store::{evaluations, jobs as kept_jobs};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::process::ExitCode;

/// `aisle backtest`
#[derive(Args)]
pub(super) struct Backtest {
    /// Last days that each fit may see, YYYY-MM-DD,… [default: the latest four that leave whole horizons]
    #[arg(long, value_delimiter = ',')]
    origins: Vec<String>,
    /// Periods to forecast from each [default: a quarter of a year]
    #[arg(long)]
    horizon: Option<usize>,
    /// What the models are ordered by
    #[arg(long, value_enum, default_value_t = Metric::Wape)]
    metric: Metric,
    /// revenue or quantity [default: each that the shop has]
    #[arg(long)]
    measure: Option<String>,
    /// Weight in WMAE of periods that hold an event of the calendar [default: 5]
    #[arg(long)]
    event_weight: Option<f64>,
}

/// An error measure.
#[derive(Clone, Copy, ValueEnum)]
enum Metric {
    Wape,
    Wmae,
    Mase,
    Rmsse,
    Wrmsse,
    Bias,
    Pinball,
    Coverage80,
    Coverage95,
}

/// Columns of the table: heading, field of the report, whether it is a share.
const COLUMNS: [(&str, &str, bool); 10] = [
    ("WAPE", "wape", true),
    ("WMAE", "wmae", false),
    ("MASE", "mase", false),
    ("RMSSE", "rmsse", false),
    ("WRMSSE", "wrmsse", false),
    ("bias", "bias", true),
    ("pinball", "pinball", true),
    ("in 80%", "coverage80", true),
    ("in 95%", "coverage95", true),
    ("added", "value_added", true),
];

impl Metric {
    fn field(self) -> &'static str {
        match self {
            Self::Wape => "wape",
            Self::Wmae => "wmae",
            Self::Mase => "mase",
            Self::Rmsse => "rmsse",
            Self::Wrmsse => "wrmsse",
            Self::Bias => "bias",
            Self::Pinball => "pinball",
            Self::Coverage80 => "coverage80",
            Self::Coverage95 => "coverage95",
        }
    }

    /// How far from perfect, for ordering.
    fn distance(self, value: f64) -> f64 {
        match self {
            Self::Bias => value.abs(),
            Self::Coverage80 => (value - 0.8).abs(),
            Self::Coverage95 => (value - 0.95).abs(),
            _ => value,
        }
    }
}

pub(super) async fn backtest(config: Config, command: Backtest, output: Output) -> Result<ExitCode, CliError> {
    let asked = asked(&command)?;
    let app = open(config).await?;
    let params = serde_json::to_value(&asked).map_err(|error| CliError::Failed(error.to_string()))?;
    let job = app.enqueue("cli", JobKind::Backtest, params, None).await?;
    let meter = output.progress();
    jobs::work_off(&app, &job.id, |progress| meter.show(progress)).await?;
    meter.done();
    let ended = kept_jobs::get(&app.store, &job.id).await?;
    if ended.state != JobState::Succeeded {
        return Err(CliError::Failed(ended.error.unwrap_or_else(|| format!("the job was {}", ended.state.name()))));
    }
    let found = evaluations::of_job(&app.store, &job.id).await?;
    let document: Vec<Value> = found
        .iter()
        .map(|one| json!({ "id": one.id, "measure": one.measure, "data_version": one.data_version, "evaluation": one.report }))
        .collect();
    let text: Vec<String> = found.iter().map(|one| table(&one.measure, &one.report, command.metric)).collect();
    output.result(&document, &text.join("\n\n"));
    Ok(ExitCode::SUCCESS)
}

fn asked(command: &Backtest) -> Result<Asked, CliError> {
    let usage = |problem: Problem| CliError::Usage(problem.detail);
    let measure = measure(command.measure.as_deref()).map_err(usage)?;
    let days = command.origins.iter().map(|day| day.trim());
    let asked = Asked::checked(measure, days, command.horizon, command.event_weight);
    asked.map_err(|problem| {
        let flag = problem.field.as_deref().unwrap_or_default().replace('_', "-");
        CliError::Usage(format!("--{flag}: {}", problem.detail))
    })
}

/// Models over all points in the order of the metric, then what the chosen forecasts did by level and slice.
fn table(measure: &str, report: &Value, metric: Metric) -> String {
    let empty = Vec::new();
    let scores = report["scores"].as_array().unwrap_or(&empty);
    let origins: Vec<&str> = report["origins"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut lines = vec![format!(
        "{measure}: {} series, {} periods from {}",
        report["series"],
        report["horizon"],
        origins.join(", ")
    )];
    let heads: Vec<String> = COLUMNS.iter().map(|(head, ..)| format!("{head:>12}")).collect();
    let mut models: Vec<&Value> =
        scores.iter().filter(|score| score["level"] == "series" && score["slice"] == "all").collect();
    let rank = |score: &Value| score[metric.field()].as_f64().map_or(f64::INFINITY, |value| metric.distance(value));
    models.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    lines.push(format!("\n{:24} {:>9}{}", "model", "points", heads.concat()));
    lines.extend(models.iter().map(|score| line(score["model"].as_str().unwrap_or(""), score)));
    lines.push(format!("\n{:24} {:>9}{}", "chosen, by", "points", heads.concat()));
    let chosen = scores.iter().filter(|score| score["model"] == "chosen");
    lines.extend(chosen.map(|score| line(&slice(score), score)));
    lines.join("\n")
}

fn slice(score: &Value) -> String {
    let of = &score["of"];
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match score["slice"].as_str().unwrap_or("") {
        "all" => format!("level {}", word(&score["level"])),
        "origin" => format!("origin {}", word(of)),
        "steps" => format!("steps {} to {}", of[0], of[1]),
        "volume" => format!("volume class {}", word(of)),
        other => other.to_owned(),
    }
}

fn line(name: &str, score: &Value) -> String {
    let cells: Vec<String> = COLUMNS
        .iter()
        .map(|(_, field, share)| match score[*field].as_f64() {
            None => format!("{:>12}", "–"),
            Some(value) if *share => format!("{:>11.1}%", value * 100.0),
            Some(value) if value.abs() >= 1_000.0 => format!("{value:>12.1}"),
            Some(value) => format!("{value:>12.3}"),
        })
        .collect();
    format!("{name:24} {:>9}{}", score["points"].to_string(), cells.concat())
}
