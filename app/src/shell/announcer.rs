//! After a navigation within the browser: focus moves to the page's heading and its title is announced, as a full load does.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// How long the new page is given to put up its heading.
const SETTLE: Duration = Duration::from_millis(80);

/// A live region with the title of the page that was navigated to. Silent on the first page.
#[component]
pub fn RouteAnnouncer() -> impl IntoView {
    let path = use_location().pathname;
    let announced = RwSignal::new(String::new());
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            set_timeout(move || announced.set(focus_heading()), SETTLE);
        }
        now
    });
    view! { <p class="spoken" aria-live="assertive" role="status">{move || announced.get()}</p> }
}

/// Focuses the page's `h1` and answers with its text.
fn focus_heading() -> String {
    use wasm_bindgen::JsCast;
    let heading = document()
        .query_selector("main h1")
        .ok()
        .flatten()
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    heading.map_or_else(String::new, |heading| {
        // An element that cannot take focus is read out all the same.
        let _ = heading.focus();
        heading.text_content().unwrap_or_default()
    })
}
