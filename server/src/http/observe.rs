//! Every request leaves a log line and a figure.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Counts and times the request, gives it an id (the proxy's, where it sent one), logs it.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let fits = |value: &&HeaderValue| value.len() <= 100;
    let given = request.headers().get(&REQUEST_ID).filter(fits).cloned();
    let id = given.or_else(|| HeaderValue::from_str(&uuid::Uuid::now_v7().simple().to_string()).ok());
    let mut response = next.run(request).await;
    // The pattern, not the path: a label must not grow with the data.
    let matched = response.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = matched.unwrap_or_else(|| route_of(&path));
    let seconds = began.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
    metrics::counter!("aisle_http_requests_total", &labels).increment(1);
    metrics::histogram!("aisle_http_request_seconds", &labels[..2]).record(seconds);
    let shown = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::debug!(id = shown, %method, path, status, ms = seconds * 1_000.0, "request");
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The first part of a path, as a label of bounded variety: `/series/…`.
fn route_of(path: &str) -> String {
    const KNOWN: [&str; 14] = [
        "series",
        "data",
        "jobs",
        "users",
        "settings",
        "audit",
        "account",
        "help",
        "sign-in",
        "fn",
        "api",
        "pkg",
        "reports",
        "artefacts",
    ];
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    match first {
        "" => "/".to_owned(),
        "fn" => path.chars().take(60).filter(|c| c.is_ascii_alphanumeric() || "/_".contains(*c)).collect(),
        known if KNOWN.contains(&known) => format!("/{known}"),
        _ => "other".to_owned(),
    }
}
