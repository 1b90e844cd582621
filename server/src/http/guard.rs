//! Who is let in: every route asks the one table of [`crate::http::routes`]; a route that is not in it is refused.

use super::routes;
use super::session::Proof;
use crate::failure::Answer;
use aisle_app::access::Access;
use aisle_app::ports::Visitor;
use aisle_domain::{Problem, ProblemCode};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

/// Lets the request through, or says why not: to browsers as a page, to programs as a problem document.
pub(crate) async fn admit(request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = request.uri().path();
    let access = matched.as_deref().and_then(|pattern| routes::access(request.method(), pattern, path));
    let visitor = request.extensions().get::<Visitor>();
    let proof = request.extensions().get::<Proof>();
    let Some(access) = access else {
        return refuse(&request, Problem::new(ProblemCode::NotFound, "there is nothing at this address"));
    };
    let carried = match (access, proof) {
        (Access::Needs(permission), Some(proof)) => proof.carries(permission),
        _ => true,
    };
    if !access.admits(visitor.map(|visitor| visitor.role)) {
        let (code, detail) = match visitor {
            None => {
                (ProblemCode::Unauthenticated, "sign in, or send an API key as `Authorization: Bearer …`".to_owned())
            }
            Some(visitor) => {
                (ProblemCode::Forbidden, format!("the role {} does not allow this; ask an administrator", visitor.role))
            }
        };
        return refuse(&request, Problem::new(code, detail));
    }
    // A key that could call the pages' functions could make keys with more scopes than it has itself.
    if matches!(proof, Some(Proof::Key(_))) && access != Access::Public && !routes::open_to_keys(path) {
        let detail = "API keys are for /api/v1 and for exports; pages and their functions need a session";
        return refuse(&request, Problem::new(ProblemCode::Forbidden, detail));
    }
    if !carried {
        let detail = "the API key lacks the scope for this; make one with it on the account page";
        return refuse(&request, Problem::new(ProblemCode::Forbidden, detail));
    }
    let first_password = visitor.is_some_and(|visitor| visitor.must_change_password);
    if first_password && access != Access::Public && !routes::open_before_password_change(path) {
        if wants_page(request.method(), request.headers()) {
            return Redirect::to("/account?first=1").into_response();
        }
        return refuse(
            &request,
            Problem::new(ProblemCode::Forbidden, "change your first password before anything else"),
        );
    }
    next.run(request).await
}

/// Refuses requests that change something and come from another site's page.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; programs send neither, but they
/// carry no cookie either. Together with `SameSite=Lax` cookies this needs no tokens in forms.
pub(crate) async fn same_site(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || !crosses_sites(request.headers()) {
        return next.run(request).await;
    }
    let detail = "the request comes from another site's page; open Aisle itself and try again";
    refuse(&request, Problem::new(ProblemCode::Forbidden, detail))
}

fn crosses_sites(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").map(|(_, rest)| rest) != Some(host),
        (Some(_), None) => true,
        (None, _) => headers.contains_key(header::COOKIE) && !headers.contains_key(header::AUTHORIZATION),
    }
}

/// Whether a person in a browser asks for a page.
pub(crate) fn wants_page(method: &Method, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    matches!(*method, Method::GET | Method::HEAD | Method::POST) && accepts.contains("text/html")
}

fn refuse(request: &Request, problem: Problem) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") || path.starts_with("/fn/") || !wants_page(request.method(), request.headers()) {
        return Answer(problem).into_response();
    }
    if problem.code == ProblemCode::Unauthenticated {
        let next = request.uri().path_and_query().map_or("/", |target| target.as_str());
        return Redirect::to(&format!("/sign-in?next={}", escape_query(next))).into_response();
    }
    plain_page(&problem)
}

/// A page without the app around it: for what fails before a page can render.
pub(crate) fn plain_page(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title} · Aisle</title>\
         <link rel=\"stylesheet\" href=\"/pkg/aisle.css\"></head><body class=\"plain\"><main><h1>{title}</h1><p>{detail}</p>\
         <p><a href=\"/\">To the overview</a></p></main></body></html>",
        title = escape_html(problem.code.title()),
        detail = escape_html(&problem.detail),
    );
    (status, Html(body)).into_response()
}

/// Text as it may stand in HTML.
pub(crate) fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text as the value of a query parameter.
pub(crate) fn escape_query(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn other_sites_are_kept_out() {
        assert!(!crosses_sites(&headers(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")])));
        assert!(crosses_sites(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(crosses_sites(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!crosses_sites(&headers(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")])));
        assert!(crosses_sites(&headers(&[("origin", "http://evil.example"), ("host", "127.0.0.1:3000")])));
        assert!(crosses_sites(&headers(&[("origin", "null"), ("host", "127.0.0.1:3000")])));
        assert!(crosses_sites(&headers(&[("cookie", "a=b")])));
        assert!(!crosses_sites(&headers(&[("authorization", "Bearer x")])));
    }

    #[test]
    fn queries_and_pages_are_escaped() {
        assert_eq!(escape_query("/series?text=a b&c"), "/series%3Ftext%3Da%20b%26c");
        assert_eq!(escape_html("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }
}
