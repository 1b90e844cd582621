//! HTTP: the router, its layers, the pages, the files.

pub(crate) mod guard;
pub(crate) mod routes;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod upload;

mod calendar;
mod exports;
mod functions;
mod health;
mod observe;
mod report;

use crate::api;
use crate::desks;
use crate::failure::Answer;
use crate::state::App;
use aisle_domain::{Problem, ProblemCode};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leptos::prelude::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// Longest body of a request that is not an upload.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// What pages may load, where they do not say more narrowly themselves (with a nonce).
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; \
     frame-ancestors 'none'";

/// Everything that the server answers.
pub(crate) fn router(app: &App) -> Router {
    let options = leptos_options(app);
    let guarded = own_routes(app)
        .merge(api::router().with_state(app.clone()))
        .merge(pages(app, &options))
        .route_layer(from_fn(guard::admit));
    let timeout = Duration::from_secs(app.config.request_timeout_s.max(1));
    let quick = guarded.layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout));
    // Uploads take as long as they take; their size is bounded instead.
    let uploads = Router::new()
        .route("/data/upload", post(upload::upload))
        .merge(api::uploads())
        .route_layer(from_fn(guard::admit))
        .layer(DefaultBodyLimit::disable())
        .with_state(app.clone());
    quick.merge(uploads).fallback_service(files(app)).layer(
        ServiceBuilder::new()
            .layer(from_fn(observe::observe))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(headers())
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(from_fn_with_state(app.clone(), session::recognise))
            .layer(from_fn(guard::same_site)),
    )
}

fn own_routes(app: &App) -> Router {
    Router::new()
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/preferences", post(sign_in::preferences))
        .route("/calendar/upload", post(calendar::upload))
        .route("/series.csv", get(exports::series_csv))
        .route("/impact.csv", get(calendar::impact_csv))
        .route("/artefacts/view", get(exports::artefact_view))
        .route("/artefacts/live", get(exports::artefact_live))
        .route("/reports/weekly", get(report::weekly))
        .route("/reports/shared", get(report::shared))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(app.clone())
}

/// How leptos finds its files.
pub(crate) fn leptos_options(app: &App) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("aisle")
        .site_root(Arc::<str>::from(app.config.site_dir.display().to_string()))
        .site_pkg_dir("pkg")
        .build()
}

fn pages(app: &App, options: &LeptosOptions) -> Router {
    let routes = generate_route_list(aisle_app::App);
    let context = desks::context(app);
    let functions = context.clone();
    let shell_options = options.clone();
    let handle = move |request: Request| {
        let functions = functions.clone();
        async move { leptos_axum::handle_server_fns_with_context(functions, request).await }
    };
    Router::<LeptosOptions>::new()
        .leptos_routes_with_context(options, routes, context, move || aisle_app::page(shell_options.clone()))
        .route("/fn/{*fn_name}", post(handle))
        .layer(from_fn(functions::answer))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(options.clone())
}

fn files(app: &App) -> Router {
    let directory = ServeDir::new(&app.config.site_dir)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .fallback(get(nowhere));
    // Files are named by content nowhere yet, so browsers ask each time; an unchanged file answers 304.
    let revalidate = HeaderValue::from_static("public, max-age=0, must-revalidate");
    Router::new()
        .fallback_service(directory)
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, revalidate))
}

async fn nowhere(request: Request) -> Response {
    let problem = Problem::new(ProblemCode::NotFound, format!("there is nothing at {}", request.uri().path()));
    let for_people =
        !request.uri().path().starts_with("/api/") && guard::wants_page(request.method(), request.headers());
    if for_people { guard::plain_page(&problem) } else { Answer(problem).into_response() }
}

type HeaderLayer = SetResponseHeaderLayer<HeaderValue>;

fn headers() -> (HeaderLayer, HeaderLayer, HeaderLayer, HeaderLayer, HeaderLayer, HeaderLayer) {
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    (
        set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        set(header::X_FRAME_OPTIONS, "DENY"),
        // Forms without JavaScript come back to the page that they were sent from.
        set(header::REFERRER_POLICY, "same-origin"),
        set(HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=()"),
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    )
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    tracing::error!(id, "a handler panicked");
    let detail = format!("something failed on our side; an administrator finds it in the log under {id}");
    Answer(Problem::new(ProblemCode::Internal, detail).with_id(id)).into_response()
}
