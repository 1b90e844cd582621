//! Asks before a form is sent.

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The button of a form that does what cannot be undone. In the browser it asks first, in a dialog whose button then sends
/// the form; without JavaScript it sends the form.
#[island]
pub(crate) fn ConfirmButton(
    /// What it does: `Revoke`.
    #[prop(into)]
    text: String,
    /// Class of the button: `danger`, `primary`.
    #[prop(into)]
    class: String,
    /// What is asked: `Revoke the key nightly export?`
    #[prop(into)]
    question: String,
    /// What follows from it, in a sentence.
    #[prop(into)]
    consequence: String,
    /// Only where the checkbox of this name is ticked now and was not before.
    #[prop(optional, into)]
    if_ticked: Option<String>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let on_click = move |event: MouseEvent| {
        let button = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let form = button.and_then(|button| button.closest("form").ok().flatten());
        let form = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok());
        // What the form lacks is said first.
        if !form.is_some_and(|form| form.check_validity() && asks(&form, if_ticked.as_deref())) {
            return;
        }
        if let Some(dialog) = dialog.get_untracked()
            && dialog.show_modal().is_ok()
        {
            event.prevent_default();
        }
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let (class, confirms, name) = (format!("button {class}"), text.clone(), question.clone());
    view! {
        <button type="submit" class=class.clone() on:click=on_click>{text}</button>
        <dialog class="confirm" node_ref=dialog aria-label=name>
            <p class="question">{question}</p>
            <p>{consequence}</p>
            <div class="buttons">
                <button type="button" class="button" on:click=close autofocus=true>"Cancel"</button>
                <button type="submit" class=class>{confirms}</button>
            </div>
        </dialog>
    }
    .into_any()
}

fn asks(form: &web_sys::HtmlFormElement, if_ticked: Option<&str>) -> bool {
    let Some(if_ticked) = if_ticked else { return true };
    let found = form.query_selector(&format!("input[name={if_ticked}]")).ok().flatten();
    let tick = found.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
    tick.is_some_and(|tick| tick.checked() && !tick.default_checked())
}
