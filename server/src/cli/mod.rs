//! The command line.

mod accounts;
mod backtest;
mod data;
mod doctor;
mod output;
mod serve;
mod simulate;
mod train;

use crate::config::Config;
use crate::state::{Aisle, App};
use clap::{Args, Parser, Subcommand};
use output::Output;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Aisle: a shop's data in sync, forecast, explained.
#[derive(Parser)]
#[command(name = "aisle", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  aisle serve                                    dashboard on http://127.0.0.1:3000, a simulated shop where nothing was imported
  aisle serve --import sales.csv                 the same on your own files
  aisle import shop/ --currency USD              every importable file of a folder, as one shop
  aisle train                                    fit forecasts on what was imported
  aisle forecast --location 1 --item 72 --json   the forecast of one series
  aisle backtest --origins 2011-07-29,2011-10-28 --horizon 13 --metric wmae   how good they would have been
  aisle user add ann --role planner              a user with a first password
  aisle doctor                                   what is wrong with this environment, and what to do

Exit codes: 0 done; 1 failed; 2 the command line or configuration is wrong; 3 done, but rows were rejected.";

/// Flags that every command takes. Each is also an environment variable (AISLE_DATA_DIR, …) and a field of aisle.toml.
#[derive(Args, Serialize, Clone, Default)]
struct Common {
    /// Configuration file [default: aisle.toml, where there is one]
    #[arg(long, global = true)]
    #[serde(skip)]
    config: Option<PathBuf>,
    /// Folder of everything that is kept [default: data]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    data_dir: Option<PathBuf>,
    /// Database of the state: sqlite:PATH or postgres://… [default: SQLite in the data folder]
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    database_url: Option<String>,
    /// Log filter, such as info or aisle_server=debug
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    /// Print results as JSON, one document, and progress not at all
    #[arg(long, global = true)]
    #[serde(skip)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve dashboard, reports and API, and do the jobs
    Serve(serve::Serve),
    /// Do jobs only: any number of these may run beside `aisle serve`
    Work(serve::Work),
    /// Import files, or every importable file of a folder
    Import(data::Import),
    /// Fit forecasts on what was imported
    Train(train::Train),
    /// Print forecasts
    Forecast(train::Forecast),
    /// Fit from origins in the past and compare with what came
    Backtest(backtest::Backtest),
    /// Write a simulated shop whose truth is known
    Simulate(simulate::Simulate),
    /// Write a fact table, or the answer to a query, as a file
    Export(data::Export),
    /// Users: add, list, reset a password
    #[command(subcommand)]
    User(accounts::User),
    /// Check the environment and say what is wrong
    Doctor(doctor::Doctor),
    /// Print the effective configuration, without secrets
    Config,
}

/// Why a command ended without having done its work.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// The command line or configuration is wrong: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// It failed: exit code 1.
    #[error("{0}")]
    Failed(String),
}

impl From<aisle_domain::Problem> for CliError {
    fn from(problem: aisle_domain::Problem) -> Self {
        let field = problem.field.map(|field| format!(" ({field})")).unwrap_or_default();
        Self::Failed(format!("{}{field}", problem.detail))
    }
}

impl From<aisle_store::StoreError> for CliError {
    fn from(error: aisle_store::StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<aisle_lake::LakeError> for CliError {
    fn from(error: aisle_lake::LakeError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<crate::state::OpenError> for CliError {
    fn from(error: crate::state::OpenError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.common.json);
    let outcome = match cli.command {
        Command::Serve(command) => {
            configured(&cli.common, &command).and_then(|config| block(serve::serve(config, command, output)))
        }
        command => configured(&cli.common, &NoFlags {}).and_then(|config| dispatch(command, config, output)),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            output.error(&error.to_string());
            ExitCode::from(if matches!(error, CliError::Usage(_)) { 2 } else { 1 })
        }
    }
}

#[derive(Serialize)]
struct NoFlags {}

fn dispatch(command: Command, config: Config, output: Output) -> Result<ExitCode, CliError> {
    match command {
        Command::Serve(_) => Err(CliError::Usage("serve is dispatched on its own".to_owned())),
        Command::Work(command) => block(serve::work(config, command)),
        Command::Import(command) => block(data::import(config, command, output)),
        Command::Train(command) => block(train::train(config, command, output)),
        Command::Forecast(command) => block(train::forecast(config, command, output)),
        Command::Backtest(command) => block(backtest::backtest(config, command, output)),
        Command::Simulate(command) => simulate::simulate(&command, output),
        Command::Export(command) => block(data::export(config, command, output)),
        Command::User(command) => block(accounts::user(config, command, output)),
        Command::Doctor(command) => block(doctor::doctor(config, command, output)),
        Command::Config => {
            output.pairs(&config.shown());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn configured(common: &Common, flags: &impl Serialize) -> Result<Config, CliError> {
    let mut all = serde_json::to_value(common).unwrap_or_default();
    let own = serde_json::to_value(flags).unwrap_or_default();
    if let (Some(all), Some(own)) = (all.as_object_mut(), own.as_object()) {
        all.extend(own.clone());
    }
    let config = Config::load(common.config.as_deref(), all).map_err(|error| CliError::Usage(error.to_string()))?;
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .map_err(|error| CliError::Usage(format!("log filter {:?}: {error}", config.log)))?;
    let logging = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if config.log_json { logging.json().try_init() } else { logging.with_target(false).try_init() };
    if let Err(error) = started {
        tracing::debug!(%error, "logging was set up before");
    }
    Ok(config)
}

fn block<F: Future<Output = Result<ExitCode, CliError>>>(work: F) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(work);
    // Blocking threads (a chart under way, a file being read) must not hold up the exit.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    outcome
}

/// Opens state and facts for a command that draws nothing.
async fn open(config: Config) -> Result<App, CliError> {
    Ok(Aisle::open(config, false).await?)
}
