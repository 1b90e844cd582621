//! What leaves as a file: the grid as CSV, artefacts for the browser.

use super::guard;
use crate::desks::series;
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::SeriesQuery;
use aisle_domain::{Measure, Problem, SeriesKey};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// GET /series.csv?<the grid's query>
pub(crate) async fn series_csv(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let query = SeriesQuery::from_query(query.as_deref().unwrap_or_default());
    match series::csv(&app, &query).await {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"series.csv\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, text).into_response()
        }
        Err(problem) => refuse(problem),
    }
}

/// GET /artefacts/view?measure=&key=location/item&key=…
pub(crate) async fn artefact_view(State(app): State<App>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let mut keys = Vec::new();
    for value in values(&query, "key") {
        match SeriesKey::parse(&value) {
            Some(key) => keys.push(key),
            None => {
                return refuse(failure::invalid("key", format!("{value:?} is not a series; expected location/item")));
            }
        }
    }
    if keys.is_empty() || keys.len() > 1_000 {
        return refuse(failure::invalid("key", "name 1 to 1,000 series as key=location/item"));
    }
    artefact(&app, &headers, &query, &keys).await
}

/// GET /artefacts/live?measure=
pub(crate) async fn artefact_live(State(app): State<App>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    artefact(&app, &headers, &query.unwrap_or_default(), &[]).await
}

async fn artefact(app: &App, headers: &HeaderMap, query: &str, keys: &[SeriesKey]) -> Response {
    let measure = match measure(query) {
        Ok(measure) => measure,
        Err(problem) => return refuse(problem),
    };
    match series::artefact(app, keys, measure).await {
        Ok(bytes) => {
            let tag = format!("\"{}\"", hex::encode(&<sha2::Sha256 as sha2::Digest>::digest(&bytes)[..16]));
            if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == tag.as_bytes()) {
                return StatusCode::NOT_MODIFIED.into_response();
            }
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            if let Ok(tag) = HeaderValue::from_str(&tag) {
                headers.insert(header::ETAG, tag);
            }
            response
        }
        Err(problem) => refuse(problem),
    }
}

/// The measure that a query names, where it names one.
pub(crate) fn measure(query: &str) -> Result<Option<Measure>, Problem> {
    crate::api::measure(values(query, "measure").next().as_deref().filter(|word| !word.is_empty()))
}

/// Values of a parameter, decoded, in order.
pub(crate) fn values<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    aisle_app::ports::query_string::pairs(query).filter(move |(key, _)| key == name).map(|(_, value)| value)
}

fn refuse(problem: Problem) -> Response {
    if problem.code == aisle_domain::ProblemCode::Internal {
        guard::plain_page(&problem)
    } else {
        Answer(problem).into_response()
    }
}
