//! GET /api: the OpenAPI document as a page for people, without a script.

use super::openapi::specification;
use crate::http::guard::escape_html;
use axum::response::Html;
use std::fmt::Write;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{RefOr, Required};

/// The page.
pub(crate) async fn page() -> Html<String> {
    let document = specification();
    let mut body = String::new();
    let mut contents = String::new();
    for (path, item) in &document.paths.paths {
        let operations = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                describe(&mut contents, &mut body, method, path, operation);
            }
        }
    }
    let description = document.info.description.unwrap_or_default();
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>API · Aisle</title>\
         <link rel=\"stylesheet\" href=\"/pkg/aisle.css\"></head><body class=\"reference\"><main class=\"reference-page\">\
         <p><a href=\"/\">Aisle</a></p><h1>REST API</h1><p>{}</p><p>Make a key on the <a href=\"/account\">account page</a> and send it as \
         <code>Authorization: Bearer aisle_…</code>. The machine-readable document is \
         <a href=\"/api/v1/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p><nav aria-label=\"Operations\"><ul>{contents}</ul></nav>{body}\
         </main></body></html>",
        escape_html(&description)
    ))
}

fn describe(contents: &mut String, body: &mut String, method: &str, path: &str, operation: &Operation) {
    let anchor = format!("{}{}", method.to_lowercase(), path.replace(['/', '{', '}'], "-"));
    let summary = operation.summary.clone().or_else(|| operation.description.clone()).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = write!(
        contents,
        "<li><a href=\"#{anchor}\"><code>{method} {}</code></a> {}</li>",
        escape_html(path),
        escape_html(&summary)
    );
    let _ = write!(
        body,
        "<section id=\"{anchor}\"><h2><code>{method} {}</code></h2><p>{}</p>",
        escape_html(path),
        escape_html(&summary)
    );
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if !parameters.is_empty() {
        body.push_str("<table><caption>Parameters</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Required</th><th scope=\"col\">Meaning</th></tr></thead><tbody>");
        for parameter in parameters {
            let required = if parameter.required == Required::True { "yes" } else { "no" };
            let meaning = parameter.description.as_deref().unwrap_or_default();
            let _ = write!(
                body,
                "<tr><td><code>{}</code></td><td>{required}</td><td>{}</td></tr>",
                escape_html(&parameter.name),
                escape_html(meaning)
            );
        }
        body.push_str("</tbody></table>");
    }
    let answers: Vec<String> = operation
        .responses
        .responses
        .iter()
        .map(|(status, response)| {
            let words = match response {
                RefOr::T(response) => response.description.as_str(),
                RefOr::Ref(_) => "",
            };
            if words.is_empty() {
                format!("<code>{status}</code>")
            } else {
                format!("<code>{status}</code> {}", escape_html(words))
            }
        })
        .collect();
    let _ = write!(body, "<p>Answers: {}.</p></section>", answers.join(" · "));
}
