//! `aisle simulate`: a shop whose truth is known.

use super::{CliError, Output};
use aisle_domain::{Currency, Day};
use aisle_sync::simulate::{Detail, Spec, simulate as write};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// `aisle simulate`
#[derive(Args)]
pub(super) struct Simulate {
    /// Folder to write to; made where it is not there
    folder: PathBuf,
    /// Every draw depends on it: the same seed gives the same bytes
    #[arg(long)]
    seed: Option<u64>,
    /// Items, 1 to 100,000
    #[arg(long)]
    items: Option<u32>,
    /// Locations, 1 to 500
    #[arg(long)]
    locations: Option<u32>,
    /// Days, 7 to 7,305
    #[arg(long)]
    days: Option<u32>,
    /// First day, as YYYY-MM-DD
    #[arg(long)]
    first_day: Option<String>,
    /// Currency of prices
    #[arg(long)]
    currency: Option<String>,
    /// Daily sums, or every line of every order
    #[arg(long, value_enum)]
    detail: Option<DetailWord>,
    /// Things that go wrong on purpose in a year
    #[arg(long)]
    anomalies: Option<u32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum DetailWord {
    Daily,
    Orders,
}

pub(super) fn simulate(command: &Simulate, output: Output) -> Result<ExitCode, CliError> {
    let usual = Spec::default();
    let first_day =
        command.first_day.as_deref().map(Day::parse).transpose().map_err(|error| CliError::Usage(error.to_string()))?;
    let currency = command
        .currency
        .as_deref()
        .map(Currency::new)
        .transpose()
        .map_err(|error| CliError::Usage(error.to_string()))?;
    let spec = Spec {
        seed: command.seed.unwrap_or(usual.seed),
        items: command.items.unwrap_or(usual.items),
        locations: command.locations.unwrap_or(usual.locations),
        days: command.days.unwrap_or(usual.days),
        first_day: first_day.unwrap_or(usual.first_day),
        currency: currency.unwrap_or(usual.currency),
        detail: match command.detail {
            None => usual.detail,
            Some(DetailWord::Daily) => Detail::Daily,
            Some(DetailWord::Orders) => Detail::Orders,
        },
        anomalies_per_year: command.anomalies.unwrap_or(usual.anomalies_per_year),
    };
    spec.check().map_err(|error| CliError::Usage(error.to_string()))?;
    let report = write(&spec, &command.folder).map_err(|error| CliError::Failed(error.to_string()))?;
    let lines: Vec<String> =
        report.files.iter().map(|file| format!("{:>12} rows  {}", file.rows, file.path.display())).collect();
    let text = format!(
        "{}\n{} to {}; import it with `aisle import {}`",
        lines.join("\n"),
        report.first_day,
        report.last_day,
        command.folder.display()
    );
    output.result(&serde_json::json!({ "first_day": report.first_day, "last_day": report.last_day, "units": report.units,
        "revenue_minor": report.revenue_minor, "lost_units": report.lost_units,
        "files": report.files.iter().map(|file| serde_json::json!({ "path": file.path, "rows": file.rows })).collect::<Vec<_>>() }), &text);
    Ok(ExitCode::SUCCESS)
}
