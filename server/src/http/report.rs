//! The weekly report: a page without a script, for the signed in and for the bearers of a signed link.

use super::exports::values;
use super::guard;
use crate::clock;
use crate::desks::sales;
use crate::failure;
use crate::state::App;
use aisle_app::ports::{OverviewQuery, Reports};
use aisle_domain::{Problem, ProblemCode};
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

/// GET /reports/weekly?measure=&location=&category=&history=
pub(crate) async fn weekly(State(app): State<App>, RawQuery(query): RawQuery, request: Request) -> Response {
    match overview_query(query.as_deref().unwrap_or_default()) {
        Ok(query) => render(&app, query, request).await,
        Err(problem) => guard::plain_page(&problem),
    }
}

/// GET /reports/shared?…&until=&signature=
pub(crate) async fn shared(State(app): State<App>, RawQuery(query): RawQuery, request: Request) -> Response {
    let text = query.unwrap_or_default();
    let query = match overview_query(&text) {
        Ok(query) => query,
        Err(problem) => return guard::plain_page(&problem),
    };
    let until = values(&text, "until").next().and_then(|until| until.parse().ok()).unwrap_or(0);
    let signature = values(&text, "signature").next().unwrap_or_default();
    if !sales::link_holds(&app.signing_key, &query, until, &signature, clock::now()) {
        let detail = "this link has expired or was changed; ask whoever sent it for a new one";
        return guard::plain_page(&Problem::new(ProblemCode::Forbidden, detail));
    }
    render(&app, query, request).await
}

async fn render(app: &App, query: OverviewQuery, request: Request) -> Response {
    let report = match app.weekly(query).await {
        Ok(report) => report,
        Err(problem) => return guard::plain_page(&problem),
    };
    let title = format!("{} · weekly report", report.overview.shop.name);
    let (parts, _) = request.into_parts();
    let page = aisle_app::pages::report::report_document(title, report, app.clone(), Some(parts)).await;
    let mut response = Html(page).into_response();
    let policy = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
                  form-action 'none'; frame-ancestors 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// The overview that a query string asks for.
pub(crate) fn overview_query(text: &str) -> Result<OverviewQuery, Problem> {
    let one = |name: &str| values(text, name).next().filter(|value| !value.is_empty());
    let history = one("history").map(|periods| {
        periods.parse().map_err(|_| failure::invalid("history", format!("{periods:?} is not a number of periods")))
    });
    Ok(OverviewQuery {
        measure: super::exports::measure(text)?,
        location: one("location"),
        category: one("category"),
        history: history.transpose()?,
    })
}
