//! The pages' server functions: leptos calls them; here is what it leaves out. A body that cannot be read is the caller's
//! fault (400) and not ours, and a form without JavaScript goes back to a page that says so.

use super::{BODY_LIMIT, guard};
use crate::failure::Answer;
use aisle_app::ui::refused::COOKIE;
use aisle_domain::{Problem, ProblemCode, query_string};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Stands for the page that a form was sent from, where the browser does not say: leptos writes the error into a whole
/// address only. It is taken off again before the answer leaves.
const NOWHERE: &str = "http://aisle.invalid";
/// Longest error that a function answers with.
const ERROR_LIMIT: usize = 64 * 1024;

/// Around every server function; what is none passes as it is.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/fn/") {
        return next.run(request).await;
    }
    let form = guard::wants_page(request.method(), request.headers());
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        let detail = format!("the request is longer than {BODY_LIMIT} bytes; send less");
        return Answer(Problem::new(ProblemCode::TooLarge, detail)).into_response();
    };
    if form && !parts.headers.contains_key(header::REFERER) {
        parts.headers.insert(header::REFERER, HeaderValue::from_static("http://aisle.invalid/"));
    }
    let typed = form.then(|| refused(parts.uri.path(), &parts.headers, &body)).flatten();
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if form { homeward(response, typed) } else { blamed(response).await }
}

/// Longest cookie of what was typed: browsers keep 4,096 bytes.
const TYPED_LIMIT: usize = 3_800;

/// The cookie that gives a refused form its fields back (`aisle_app::ui::refused`), where it is short enough for one.
fn refused(path: &str, headers: &HeaderMap, body: &[u8]) -> Option<HeaderValue> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    // Nothing of a form that takes passwords.
    if !kind.starts_with("application/x-www-form-urlencoded") || path.contains("password") {
        return None;
    }
    let fields: Vec<(String, String)> = query_string::pairs(std::str::from_utf8(body).ok()?).collect();
    let fields = query_string::join(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let cookie = format!("{COOKIE}={path}?{fields}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
    (cookie.len() <= TYPED_LIMIT).then(|| HeaderValue::try_from(cookie).ok()).flatten()
}

/// Leads back into this site.
fn homeward(mut response: Response, typed: Option<HeaderValue>) -> Response {
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let is_refused = location.is_some_and(|location| location.contains("__err="));
    let inside = location.and_then(|location| location.strip_prefix(NOWHERE)).map(str::to_owned);
    if let Some(Ok(inside)) = inside.map(HeaderValue::try_from) {
        response.headers_mut().insert(header::LOCATION, inside);
    }
    if let Some(typed) = typed.filter(|_| is_refused) {
        response.headers_mut().append(header::SET_COOKIE, typed);
    }
    response
}

/// Leptos answers 500 where arguments cannot be read; the error that the app makes of it says better.
async fn blamed(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, ERROR_LIMIT).await.unwrap_or_default();
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) if problem.code == ProblemCode::BadRequest => Answer(problem).into_response(),
        _ => Response::from_parts(parts, Body::from(body)),
    }
}
