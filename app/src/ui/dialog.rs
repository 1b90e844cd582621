//! A modal dialog on the element of that name: focus is held in it, Escape closes it.

use super::icon::{Icon, icon};
use leptos::html;
use leptos::prelude::*;

/// A modal dialog with a title. It opens when `open` turns true and sets it back when it closes. Without JavaScript it
/// stays shut, so nothing may be reachable by it alone.
#[component]
pub fn Dialog(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its id; the heading's id is derived from it.
    #[prop(into)]
    id: String,
    /// Further classes.
    #[prop(into, optional)]
    class: String,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let wanted = open.get();
        if let Some(dialog) = element.get() {
            show(&dialog, wanted);
        }
    });
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    view! {
        <dialog id=id class=class node_ref=element aria-labelledby=labelled_by on:close=move |_| open.set(false)>
            <header class="dialog-header">
                <h2 id=heading>{title}</h2>
                <button type="button" class="button quiet icon-only" on:click=move |_| open.set(false)>
                    {icon(Icon::Close)}<span class="spoken">"Close"</span>
                </button>
            </header>
            {children()}
        </dialog>
    }
    .into_any()
}

/// Opens or closes by the element's own methods, which keep focus and the page behind it as they should be.
fn show(dialog: &wasm_bindgen::JsValue, wanted: bool) {
    use wasm_bindgen::{JsCast, JsValue};
    let is_open = js_sys::Reflect::get(dialog, &JsValue::from_str("open")).is_ok_and(|open| open.is_truthy());
    if is_open == wanted {
        return;
    }
    let method = if wanted { "showModal" } else { "close" };
    if let Ok(function) = js_sys::Reflect::get(dialog, &JsValue::from_str(method))
        && let Ok(function) = function.dyn_into::<js_sys::Function>()
    {
        // Refused only where the dialog has left the document meanwhile: nothing to show then.
        let _ = function.call0(dialog);
    }
}
