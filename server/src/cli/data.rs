//! `aisle import` and `aisle export`.

use super::{CliError, Output, open};
use crate::clock;
use crate::config::Config;
use crate::demo::{as_it_lies, importable};
use crate::desks::drafts;
use crate::http::upload::Arrived;
use crate::jobs;
use crate::shop;
use crate::state::App;
use aisle_app::ports::MappingAnswer;
use aisle_domain::import::{ImportReport, Mapping, Preview};
use aisle_domain::job::{JobState, JobView};
use aisle_domain::{Currency, ImportId};
use aisle_lake::{ExportFormat, ExportSource};
use aisle_store::imports::ImportState;
use aisle_store::{dead_letters, imports, jobs as kept_jobs};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `aisle import`
#[derive(Args)]
pub(super) struct Import {
    /// Files (CSV in any dialect, Parquet; plain, .gz, .zst, .zip), or folders of them; together they are one import
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Mapping of columns, as `aisle import --show` prints it; for one file, or for every file of its shape
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Currency of money columns that do not say theirs, such as USD
    #[arg(long)]
    currency: Option<String>,
    /// Only show what would be read: dialect, meanings, questions, as TOML (or JSON with --json)
    #[arg(long)]
    show: bool,
    /// Queue only, and let a running `aisle serve` or `aisle work` do it
    #[arg(long)]
    queue: bool,
}

/// `aisle export`
#[derive(Args)]
pub(super) struct Export {
    /// A fact table: sales, features, prices or promotions
    #[arg(required_unless_present = "sql")]
    table: Option<String>,
    /// A query over these tables instead
    #[arg(long, conflicts_with = "table")]
    sql: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Where to write it [default: standard output]
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Parquet,
}

/// Rows were rejected.
const SOME_REJECTED: u8 = 3;

pub(super) fn parse_currency(code: Option<&str>) -> Result<Option<Currency>, CliError> {
    code.map(|code| Currency::new(code).map_err(|error| CliError::Usage(error.to_string()))).transpose()
}

pub(super) async fn import(config: Config, command: Import, output: Output) -> Result<ExitCode, CliError> {
    let app = open(config).await?;
    let currency = parse_currency(command.currency.as_deref())?;
    if command.show {
        return show(&app, &command.paths, currency, output).await;
    }
    let mapping = command.mapping.as_deref().map(read_mapping).transpose()?;
    let (id, job) = queue(&app, &command.paths, currency, mapping, output).await?;
    if command.queue {
        output.result(&json!({ "import": id, "job": job.id }), &format!("import {id} is queued as job {}", job.id));
        return Ok(ExitCode::SUCCESS);
    }
    let meter = output.progress();
    jobs::work_off(&app, &job.id, |progress| meter.show(progress)).await?;
    meter.done();
    let ended = kept_jobs::get(&app.store, &job.id).await?;
    if ended.state != JobState::Succeeded {
        let why = ended.error.unwrap_or_else(|| format!("the job was {}", ended.state.name()));
        return Err(CliError::Failed(why));
    }
    let report =
        imports::get(&app.store, &id).await?.report.unwrap_or(ImportReport { import: id.clone(), files: Vec::new() });
    output.result(&report, &as_text(&report));
    let letters = dead_letters::counts(&app.store, Some(&id)).await?;
    if letters.open > 0 {
        output.line(&format!(
            "{} rows are in the dead letters; see the data page, or `aisle export`'s source file lines above",
            letters.open
        ));
        return Ok(ExitCode::from(SOME_REJECTED));
    }
    Ok(ExitCode::SUCCESS)
}

/// Drafts and queues an import of files where they lie.
pub(super) async fn queue(
    app: &App,
    paths: &[PathBuf],
    currency: Option<Currency>,
    mapping: Option<Mapping>,
    output: Output,
) -> Result<(ImportId, JobView), CliError> {
    remember_currency(app, currency).await?;
    let mut arrived = Vec::new();
    for path in files(paths)? {
        arrived.push(as_it_lies(&path).await?);
    }
    if let Some(resumed) = resume(app, &arrived, currency, mapping.as_ref(), output).await? {
        return Ok(resumed);
    }
    let id = drafts::create(app, "cli", arrived).await?;
    let mut previews = drafts::previews(app, &id).await?;
    if let Some(mapping) = mapping {
        let shape = drafts::shape(&mapping);
        let fits = |preview: &&Preview| previews.len() == 1 || drafts::shape(&preview.mapping) == shape;
        let answers: Vec<MappingAnswer> = previews
            .iter()
            .filter(fits)
            .map(|preview| MappingAnswer { file: preview.file.clone(), mapping: mapping.clone() })
            .collect();
        previews = drafts::check(app, &id, answers).await?;
    }
    let questions: Vec<String> = previews
        .iter()
        .flat_map(|preview| {
            preview.questions.iter().map(move |question| {
                let column = question.column.as_ref().map(|column| format!(", column {column}")).unwrap_or_default();
                format!(
                    "{}{column}: {} [{}: {}]",
                    preview.file,
                    question.text,
                    question.field,
                    question.options.join(" | ")
                )
            })
        })
        .collect();
    if !questions.is_empty() {
        drafts::discard(app, "cli", &id).await?;
        let text = format!(
            "the files leave open what they mean; answer with --currency, or with --mapping FILE (`aisle import --show` prints one to edit):\n  {}",
            questions.join("\n  ")
        );
        return Err(CliError::Usage(text));
    }
    for preview in &previews {
        output.line(&format!(
            "{}: {} ({} columns)",
            preview.file,
            preview.mapping.entity.name(),
            preview.profiles.len()
        ));
    }
    let job = drafts::start(app, "cli", &id, Vec::new()).await?;
    Ok((id, job))
}

/// Goes on with an import of the same files that was begun and broke off: a second one would count its rejections again.
/// Where the command says something else of the files than was settled then, it is another import.
async fn resume(
    app: &App,
    arrived: &[Arrived],
    currency: Option<Currency>,
    mapping: Option<&Mapping>,
    output: Output,
) -> Result<Option<(ImportId, JobView)>, CliError> {
    let hashes: Vec<Vec<u8>> = arrived.iter().map(|file| file.sha256.clone()).collect();
    let Some(id) = imports::find_unfinished(&app.store, &hashes).await? else { return Ok(None) };
    let files = imports::files(&app.store, &id).await?;
    let settled = |kept: &Mapping| {
        let other = |mapping: &Mapping| files.len() > 1 && drafts::shape(mapping) != drafts::shape(kept);
        mapping.is_none_or(|mapping| mapping == kept || other(mapping))
            && (currency.is_none() || kept.currency.is_none() || kept.currency == currency)
    };
    if !files.iter().all(|file| file.mapping.as_ref().is_some_and(settled)) {
        return Ok(None);
    }
    for file in arrived {
        imports::set_path(&app.store, &id, &file.sha256, &file.path.display().to_string(), clock::now()).await?;
    }
    let state = imports::get(&app.store, &id).await?.state;
    if matches!(state, ImportState::Failed | ImportState::Cancelled) {
        imports::set_state(&app.store, &id, ImportState::Queued, None, clock::now()).await?;
    }
    output.line(&format!("the import {id} of these files was begun and not finished; it goes on where it broke off"));
    let job = drafts::enqueue(app, "cli", &id).await?;
    Ok(Some((id, job)))
}

async fn remember_currency(app: &App, currency: Option<Currency>) -> Result<(), CliError> {
    let mut kept = shop::settings(&app.store).await?;
    if currency.is_some() && kept.currency != currency {
        kept.currency = currency;
        shop::keep(&app.store, &kept, clock::now()).await?;
    }
    Ok(())
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut all = Vec::new();
    for path in paths {
        let unreadable = |error: std::io::Error| CliError::Failed(format!("{}: {error}", path.display()));
        if std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            all.extend(importable(path).map_err(unreadable)?);
        } else {
            all.push(path.clone());
        }
    }
    if all.is_empty() {
        return Err(CliError::Usage(
            "no file to import: expected .csv, .tsv, .txt or .parquet, plain or as .gz, .zst or .zip".to_owned(),
        ));
    }
    Ok(all)
}

fn read_mapping(path: &Path) -> Result<Mapping, CliError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| CliError::Usage(format!("{}: {error}", path.display())))?;
    aisle_sync::mapping::from_toml(&text).map_err(|error| CliError::Usage(format!("{}: {error}", path.display())))
}

async fn show(app: &App, paths: &[PathBuf], currency: Option<Currency>, output: Output) -> Result<ExitCode, CliError> {
    remember_currency(app, currency).await?;
    let (mut previews, mut text) = (Vec::new(), String::new());
    for path in files(paths)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for preview in drafts::look(app, &path, &name, Vec::new()).await? {
            let toml =
                aisle_sync::mapping::to_toml(&preview.mapping).map_err(|error| CliError::Failed(error.to_string()))?;
            text.push_str(&format!("# {} ({} bytes)\n", preview.file, preview.bytes));
            for question in &preview.questions {
                text.push_str(&format!(
                    "# question: {} [{}: {}]\n",
                    question.text,
                    question.field,
                    question.options.join(" | ")
                ));
            }
            text.push_str(&toml);
            text.push('\n');
            previews.push(preview);
        }
    }
    output.result(&previews, &text);
    Ok(ExitCode::SUCCESS)
}

fn as_text(report: &ImportReport) -> String {
    let mut lines =
        vec![format!("{:32} {:>12} {:>12} {:>10} {:>9}  {}", "file", "read", "taken", "duplicate", "rejected", "days")];
    for file in &report.files {
        let days = file.days.map(|(first, last)| format!("{first} to {last}")).unwrap_or_default();
        lines.push(format!(
            "{:32} {:>12} {:>12} {:>10} {:>9}  {days}",
            file.file, file.read, file.taken, file.duplicate, file.rejected
        ));
        for sum in &file.sums {
            lines.push(format!(
                "  {:30} {:>12} rows, sum {}",
                format!("{} ({})", sum.measure, sum.kind),
                sum.rows,
                sum.sum
            ));
        }
    }
    lines.join("\n")
}

pub(super) async fn export(config: Config, command: Export, output: Output) -> Result<ExitCode, CliError> {
    let app = open(config).await?;
    let source = match (command.sql, command.table) {
        (Some(query), _) => ExportSource::Sql(query),
        (None, Some(table)) => ExportSource::Table(table),
        (None, None) => return Err(CliError::Usage("name a table, or a query with --sql".to_owned())),
    };
    let format = match command.format {
        Format::Csv => ExportFormat::Csv,
        Format::Parquet => ExportFormat::Parquet,
    };
    match command.output {
        Some(path) => {
            let file = std::fs::File::create(&path)
                .map_err(|error| CliError::Failed(format!("{}: {error}", path.display())))?;
            let rows = app.lake.export(&source, format, std::io::BufWriter::new(file)).await?;
            output
                .result(&json!({ "rows": rows, "file": path }), &format!("{rows} rows written to {}", path.display()));
        }
        None => {
            app.lake.export(&source, format, std::io::BufWriter::new(std::io::stdout())).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
