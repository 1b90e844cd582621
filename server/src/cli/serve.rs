//! `aisle serve` and `aisle work`: the processes that stay.

use super::{CliError, Output};
use crate::config::Config;
use crate::state::{Aisle, App};
use crate::{demo, http, jobs, monitor};
use aisle_app::ports::NewUser;
use aisle_domain::Role;
use aisle_store::users;
use clap::Args;
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// `aisle serve`
#[derive(Args, Serialize)]
pub(super) struct Serve {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:3000]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    /// Files or folders to import first
    #[arg(long, num_args = 1..)]
    #[serde(skip)]
    import: Vec<PathBuf>,
    /// Currency of money columns in those files that do not say theirs
    #[arg(long)]
    #[serde(skip)]
    currency: Option<String>,
    /// Job workers in this process; 0 leaves the work to `aisle work` [default: 1]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    workers: Option<usize>,
    /// Folder of the built pages' assets [default: site, beside the program]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    site_dir: Option<PathBuf>,
    /// Load the simulated shop when nothing was imported [default: true]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    demo: Option<bool>,
    /// Password of the first administrator [default: made and printed once]
    #[arg(long, env = "AISLE_ADMIN_PASSWORD", hide_env_values = true)]
    #[serde(skip)]
    admin_password: Option<String>,
}

/// `aisle work`
#[derive(Args)]
pub(super) struct Work {
    /// Jobs done at the same time
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

/// How long requests and jobs under way may take to end.
const GRACE: Duration = Duration::from_secs(20);

pub(super) async fn serve(config: Config, command: Serve, output: Output) -> Result<ExitCode, CliError> {
    let workers = config.workers;
    let app = Aisle::open(config, true).await?;
    let listener = tokio::net::TcpListener::bind(app.config.listen).await.map_err(|error| {
        let listen = app.config.listen;
        CliError::Failed(format!(
            "cannot listen on {listen}: {error}; stop what listens there, or choose another with --listen"
        ))
    })?;
    let address = listener.local_addr()?;
    let first = first_administrator(&app, command.admin_password).await?;
    let currency = super::data::parse_currency(command.currency.as_deref())?;
    if !command.import.is_empty() {
        super::data::queue(&app, &command.import, currency, None, output).await?;
    } else if app.config.demo {
        demo::load_where_empty(&app).await?;
    }
    let (stop, stopping) = watch::channel(false);
    let mut working = JoinSet::new();
    for _ in 0..workers {
        working.spawn(jobs::work(app.clone(), stopping.clone()));
    }
    working.spawn(upkeep(app.clone(), stopping.clone()));
    if workers > 0 {
        working.spawn(monitor::keep_watch(app.clone(), stopping.clone()));
    }
    announce(address, first.as_deref(), output);
    let router = http::router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let closing = app.clone();
    let shutdown = async move {
        asked_to_stop().await;
        closing.stopping.store(true, Ordering::Relaxed);
        // A receiver is held by every worker; without workers nobody needs to hear it.
        let _ = stop.send(true);
    };
    let mut hearing = stopping.clone();
    let served = axum::serve(listener, router).with_graceful_shutdown(shutdown);
    tokio::select! {
        outcome = served => outcome?,
        () = async {
            let _ = hearing.wait_for(|stop| *stop).await;
            tokio::time::sleep(GRACE).await;
        } => tracing::warn!("connections were still open and are cut"),
    }
    let ended = tokio::time::timeout(GRACE, async { while working.join_next().await.is_some() {} });
    if ended.await.is_err() {
        tracing::warn!("a job did not stop in time; it goes on where it was when a worker runs again");
    }
    app.store.close().await;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn work(config: Config, command: Work) -> Result<ExitCode, CliError> {
    let app = Aisle::open(config, false).await?;
    let (stop, stopping) = watch::channel(false);
    let mut working = JoinSet::new();
    for _ in 0..command.workers.clamp(1, 64) {
        working.spawn(jobs::work(app.clone(), stopping.clone()));
    }
    working.spawn(monitor::keep_watch(app.clone(), stopping));
    asked_to_stop().await;
    let _ = stop.send(true);
    let ended = tokio::time::timeout(GRACE, async { while working.join_next().await.is_some() {} });
    if ended.await.is_err() {
        tracing::warn!("a job did not stop in time; it goes on where it was when a worker runs again");
    }
    app.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Creates the first administrator where there is no user; answers with the password to print.
async fn first_administrator(app: &App, given: Option<String>) -> Result<Option<String>, CliError> {
    if users::count(&app.store).await? > 0 {
        return Ok(None);
    }
    if let Some(given) = &given {
        crate::password::check(given).map_err(CliError::Usage)?;
    }
    let (login, chosen) = ("admin".to_owned(), given.is_some());
    let new = NewUser { name: "Administrator".to_owned(), login, role: Role::Administrator };
    let (_, password) = app.add_user("serve", new, given).await?;
    Ok((!chosen).then_some(password))
}

fn announce(address: SocketAddr, password: Option<&str>, output: Output) {
    output.line(&format!("Aisle is at http://{address}"));
    if let Some(password) = password {
        output.line(&format!("Sign in as admin with the one-time password {password} (you will choose your own)"));
    }
    tracing::info!(%address, "serving");
}

/// SIGINT or SIGTERM.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM is not heard");
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

/// Small housekeeping: a fresh board before the first visitor needs it, expired sessions and throttles removed.
async fn upkeep(app: App, mut stop: watch::Receiver<bool>) {
    let mut round: u64 = 0;
    while !*stop.borrow() {
        if let Err(problem) = app.board().await {
            tracing::warn!(detail = problem.detail, "no board");
        }
        if round.is_multiple_of(600) {
            let now = crate::clock::now();
            let purged = aisle_store::sessions::purge(&app.store, now).await;
            let thawed = aisle_store::throttle::purge(&app.store, now - crate::clock::DAY).await;
            if let Err(error) = purged.and(thawed) {
                tracing::warn!(%error, "expired sessions were not removed");
            }
        }
        round += 1;
        let _ = tokio::time::timeout(Duration::from_secs(1), stop.changed()).await;
    }
}
