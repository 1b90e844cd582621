//! The WASM entry: makes the islands of a page react.

#![recursion_limit = "512"]

// Linked for what it exports: one function an island, which the page's script calls by name.
use aisle_app as _;

/// Called by the page's script once the module is loaded; the script then hands each island its place.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
