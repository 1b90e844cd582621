//! The WASM entry: hydrates the page that the server sent.

#![recursion_limit = "512"]

/// Called by the page's script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(aisle_app::App);
}
