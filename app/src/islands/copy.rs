//! Copies a text.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

/// A button that copies the text beside it; a text that begins with `/` is a path of this site and copied as a whole link.
/// There only with JavaScript.
#[island]
pub(crate) fn CopyButton(
    /// What is copied.
    text: String,
) -> impl IntoView {
    let live = RwSignal::new(false);
    let said = RwSignal::new("");
    Effect::new(move |_| live.set(true));
    let on_copy = move |_| {
        let origin =
            if text.starts_with('/') { window().location().origin().unwrap_or_default() } else { String::new() };
        let whole = format!("{origin}{text}");
        spawn_local(async move {
            said.try_set(if copy(&whole).await { "Copied." } else { "Select it and copy it by hand." });
        });
    };
    view! {
        <button type="button" class="button" hidden=move || !live.get() on:click=on_copy>"Copy"</button>
        <span role="status">{move || said.get()}</span>
    }
    .into_any()
}

/// Copies the page's address; false where the browser does not let us.
pub(crate) async fn copy_address() -> bool {
    match window().location().href() {
        Ok(address) => copy(&address).await,
        Err(_) => false,
    }
}

async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Undefined outside of secure contexts.
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}
