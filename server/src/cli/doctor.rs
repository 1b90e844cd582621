//! `aisle doctor`: what is wrong with this environment, and what to do.

use super::{CliError, Output};
use crate::config::Config;
use aisle_lake::Lake;
use aisle_store::Store;
use clap::Args;
use serde::Serialize;
use std::process::ExitCode;

/// `aisle doctor`
#[derive(Args)]
pub(super) struct Doctor {}

#[derive(Serialize)]
struct Finding {
    what: &'static str,
    fine: bool,
    detail: String,
}

pub(super) async fn doctor(config: Config, _: Doctor, output: Output) -> Result<ExitCode, CliError> {
    let findings = vec![folder(&config), state(&config).await, facts(&config).await, site(&config), port(&config)];
    let fine = findings.iter().all(|finding| finding.fine);
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            format!("{} {:10} {}", if finding.fine { "ok   " } else { "WRONG" }, finding.what, finding.detail)
        })
        .collect();
    output.result(&findings, &lines.join("\n"));
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn found(what: &'static str, outcome: Result<String, String>) -> Finding {
    Finding { what, fine: outcome.is_ok(), detail: outcome.unwrap_or_else(|wrong| wrong) }
}

fn folder(config: &Config) -> Finding {
    let path = &config.data_dir;
    let probe = path.join(".doctor");
    let writable = std::fs::create_dir_all(path)
        .and_then(|()| std::fs::write(&probe, b"probe"))
        .and_then(|()| std::fs::remove_file(&probe));
    found(
        "data",
        match writable {
            Ok(()) => Ok(format!("{} can be written", path.display())),
            Err(error) => Err(format!(
                "{} cannot be written: {error}; choose another with --data-dir, or mend its owner",
                path.display()
            )),
        },
    )
}

async fn state(config: &Config) -> Finding {
    let url = config.database();
    let shown = crate::config::masked(&url);
    let outcome = match Store::connect(&url).await {
        Ok(store) => store.ping().await.map(|()| format!("{shown} answers and has this version's tables")),
        Err(error) => Err(error),
    };
    found("state", outcome.map_err(|error| format!("{shown}: {error}")))
}

async fn facts(config: &Config) -> Finding {
    let outcome = match Lake::open(&config.lake_root()).await {
        Ok(lake) => lake.tables().await,
        Err(error) => Err(error),
    };
    let words = outcome.map(|tables| {
        let rows: u64 = tables.iter().map(|table| table.rows).sum();
        format!("{} can be read: {rows} rows", config.lake_root())
    });
    found("facts", words.map_err(|error| error.to_string()))
}

fn site(config: &Config) -> Finding {
    let missing: Vec<&str> = ["pkg/aisle.js", "pkg/aisle.wasm", "pkg/aisle.css", "pkg/charts.js"]
        .into_iter()
        .filter(|file| !config.site_dir.join(file).exists())
        .collect();
    let shown = config.site_dir.display();
    found(
        "pages",
        if missing.is_empty() {
            Ok(format!("{shown} has the pages' assets"))
        } else {
            Err(format!("{shown} lacks {}; run `cargo xtask build`, or point --site-dir at them", missing.join(", ")))
        },
    )
}

fn port(config: &Config) -> Finding {
    let outcome = std::net::TcpListener::bind(config.listen);
    found(
        "address",
        match outcome {
            Ok(_) => Ok(format!("{} is free", config.listen)),
            Err(error) => {
                Err(format!("{} cannot be taken: {error}; stop what listens there, or set listen", config.listen))
            }
        },
    )
}
