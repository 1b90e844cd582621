//! One file a page, its server functions beside it.

use leptos::prelude::*;

/// What is shown where no page is.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <main><h1>"There is no such page"</h1><p><a href="/">"To the overview"</a></p></main> }
}
