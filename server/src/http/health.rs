//! Signs of life for balancers, and figures for Prometheus.

use crate::clock::{self, SECOND};
use crate::state::App;
use aisle_store::jobs;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::atomic::Ordering;

/// GET /healthz: the process runs.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// GET /readyz: the state answers and the program is not shutting down.
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    if app.stopping.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match app.store.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// GET /metrics: the Prometheus text format.
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    if let Ok(queue) = jobs::statistics(&app.store).await {
        let counts = [
            ("queued", queue.queued),
            ("running", queue.running),
            ("succeeded", queue.succeeded),
            ("failed", queue.failed),
            ("cancelled", queue.cancelled),
        ];
        for (state, count) in counts {
            metrics::gauge!("aisle_jobs", "state" => state).set(count as f64);
        }
        let waiting = queue.oldest_ready_at.map_or(0, |at| (clock::now() - at).max(0));
        metrics::gauge!("aisle_jobs_oldest_wait_seconds").set(waiting as f64 / SECOND as f64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render()).into_response()
}
