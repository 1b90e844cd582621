//! Sends a form when a choice in it changes.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Stands in a form: when another choice is made in one of its selects, the form is sent. Without JavaScript the form's own
/// button does it. A form that was gone back to shows what the page shows, not what was chosen last.
#[island]
pub(crate) fn SubmitOnChange(
    /// Only where the name of the select ends so.
    #[prop(optional, into)]
    names_ending: Option<String>,
    /// The class of the button that sends it; the form's first button where `None`.
    #[prop(optional, into)]
    by: Option<String>,
) -> impl IntoView {
    let mark = NodeRef::<html::Span>::new();
    Effect::new(move |_| {
        let form = mark.get().and_then(|mark| mark.closest("form").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            follow_back(form.clone());
            watch(form, names_ending.clone().unwrap_or_default(), by.clone());
        }
    });
    view! { <span hidden=true node_ref=mark></span> }.into_any()
}

fn watch(form: web_sys::HtmlFormElement, names_ending: String, by: Option<String>) {
    let watched = form.clone();
    let changed = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        let select = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlSelectElement>().ok());
        let Some(select) = select.filter(|select| select.name().ends_with(&names_ending)) else { return };
        let button = by.as_ref().and_then(|class| form.query_selector(&format!("button.{class}")).ok().flatten());
        // An invalid form stays: the browser says what is missing.
        let _ = match button {
            Some(button) => {
                // The page that answers begins where the choice was made.
                if let Some(address) = button.get_attribute("formaction") {
                    let place = address.split('#').next().unwrap_or_default().to_owned();
                    let _ = button.set_attribute("formaction", &format!("{place}#{}", select.id()));
                }
                form.request_submit_with_submitter(Some(button.unchecked_ref()))
            }
            None => form.request_submit(),
        };
    });
    // Refused only for what is not a function.
    let _ = watched.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    // It lives as long as the page, as the form does.
    changed.forget();
}

/// A page that comes out of the browser's memory holds the choice that led away from it; its numbers are of the one before.
fn follow_back(form: web_sys::HtmlFormElement) {
    let shown = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        if js_sys::Reflect::get(&event, &"persisted".into()).is_ok_and(|persisted| persisted.is_truthy()) {
            form.reset();
        }
    });
    // Refused only for what is not a function.
    let _ = window().add_event_listener_with_callback("pageshow", shown.as_ref().unchecked_ref());
    shown.forget();
}
