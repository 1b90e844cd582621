//! What an action did, carried over the redirect that follows a form sent without JavaScript.
//!
//! With JavaScript the page shows the action's answer itself ([`super::outcome`]); without, the browser is sent back to the
//! page that the form stands on, and the answer would be lost. So the server leaves the sentence in a cookie of a minute
//! that scripts cannot read; the next page shows it once and takes the cookie back.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The sentence left by the last action, if any; gone after the next navigation.
#[component]
pub fn Flash() -> impl IntoView {
    let message = SharedValue::new(take).into_inner();
    let path = use_location().pathname;
    let shown_on = path.get_untracked();
    message.map(|message| {
        view! { <p class="message good" role="status" hidden=move || path.get() != shown_on>{message}</p> }
    })
}

/// Leaves a sentence for the next page, where the form was sent without JavaScript; does nothing otherwise.
#[cfg(feature = "ssr")]
pub fn leave(message: &str) {
    use axum::http::{HeaderValue, header};
    let (Some(parts), Some(response)) =
        (use_context::<axum::http::request::Parts>(), use_context::<leptos_axum::ResponseOptions>())
    else {
        return;
    };
    let accepts = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return;
    }
    let cookie = format!("flash={}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict", super::format::url_part(message));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// The sentence from the request's cookie; the response takes the cookie back.
#[cfg(feature = "ssr")]
fn take() -> Option<String> {
    use axum::http::{HeaderValue, header};
    let message = unescape(&crate::visit::cookie("flash")?);
    use_context::<leptos_axum::ResponseOptions>()?.append_header(
        header::SET_COOKIE,
        HeaderValue::from_static("flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"),
    );
    Some(message)
}

/// Only the server reads the cookie.
#[cfg(not(feature = "ssr"))]
fn take() -> Option<String> {
    None
}

/// Reverses [`super::format::url_part`]; what is not coded rightly stays as it is.
#[cfg(any(feature = "ssr", test))]
fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let coded = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match coded.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_its_cookie() {
        for message in ["plain", "50 % off; more, \"quoted\"", "Zürich – ok", "100%"] {
            assert_eq!(unescape(&super::super::format::url_part(message)), message);
        }
        assert_eq!(unescape("100%"), "100%");
        assert_eq!(unescape("%zz"), "%zz");
    }
}
