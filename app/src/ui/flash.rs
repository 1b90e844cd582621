//! What a form did, carried over the redirect that follows it.
//!
//! A form's function answers with a redirect, so what it did would be lost. The server leaves the sentence in a cookie of a
//! minute that scripts cannot read; the next page shows it once and takes the cookie back. What went wrong comes by the
//! address instead (`__err`), as Leptos' server functions have it.

use super::ErrorState;
use crate::Failure;
use crate::islands::copy::CopyButton;
use crate::ports::query_string::{decode, encode};
use crate::visit::cookie;
use axum::http::{HeaderValue, header};
use leptos::prelude::*;
use leptos::server_fn::error::ServerFnUrlError;

/// Parts the sentence from what is to be copied; neither contains it.
const PARTING: char = '\u{1f}';

/// What the last form did, if anything.
#[component]
pub fn Flash(
    /// The page's query string.
    search: String,
) -> impl IntoView {
    let failed = crate::ports::query_string::value(&search, "__err").map(|coded| {
        let Failure(problem) = ServerFnUrlError::<Failure>::decode_err(&coded);
        view! { <ErrorState problem/> }
    });
    let done = take().map(|(sentence, to_copy)| {
        let to_copy = to_copy.map(|text| {
            let shown = match text.starts_with('/') {
                true => view! { <a href=text.clone()>{text.clone()}</a> }.into_any(),
                false => text.clone().into_any(),
            };
            view! { <p class="to-copy"><code class="secret">{shown}</code>" "<CopyButton text/></p> }
        });
        view! { <div class="message good" role="status"><p>{sentence}</p>{to_copy}</div> }
    });
    (failed, done)
}

/// Leaves a sentence for the next page.
pub fn leave(sentence: &str) {
    put(sentence);
}

/// Leaves a sentence with something to be copied: a password, a key, the path of a link.
pub fn leave_to_copy(sentence: &str, text: &str) {
    put(&format!("{sentence}{PARTING}{text}"));
}

/// Only for browsers, which are led to a page: a program has the answer itself.
fn put(message: &str) {
    let (Some(parts), Some(response)) =
        (use_context::<axum::http::request::Parts>(), use_context::<leptos_axum::ResponseOptions>())
    else {
        return;
    };
    let accepts = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return;
    }
    let cookie = format!("flash={}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict", encode(message));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// The message from the request's cookie; the response takes the cookie back.
fn take() -> Option<(String, Option<String>)> {
    let message = decode(&cookie("flash")?);
    use_context::<leptos_axum::ResponseOptions>()?.append_header(
        header::SET_COOKIE,
        HeaderValue::from_static("flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"),
    );
    Some(match message.split_once(PARTING) {
        Some((sentence, text)) => (sentence.to_owned(), Some(text.to_owned())),
        None => (message, None),
    })
}
