//! Field, select, checkbox, text area, button: a label for each, hints and errors tied to it.

use leptos::prelude::*;

/// A labelled input.
#[component]
pub fn Field(
    /// The label.
    #[prop(into)]
    label: String,
    /// Its name in the form; also its id.
    #[prop(into)]
    name: String,
    /// `text`, `password`, `number`, `search`, `date`…
    #[prop(into, default = "text".to_owned())]
    kind: String,
    /// What it holds at first.
    #[prop(into, optional)]
    value: String,
    /// A sentence below it.
    #[prop(into, optional)]
    hint: String,
    /// What is wrong with it.
    #[prop(into, optional)]
    error: String,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// The browser's hint for filling in.
    #[prop(into, optional)]
    autocomplete: String,
    /// Shown while empty.
    #[prop(into, optional)]
    placeholder: String,
    /// Distinguishes its id where the name occurs more than once on a page.
    #[prop(into, optional)]
    id: String,
    /// Least value (numbers, dates) or empty.
    #[prop(into, optional)]
    min: String,
    /// Greatest value (numbers, dates) or empty.
    #[prop(into, optional)]
    max: String,
) -> impl IntoView {
    let id = if id.is_empty() { format!("field-{name}") } else { id };
    let (described, notes) = notes(&id, hint, &error);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id name=name type=kind value=value required=required
                autocomplete=some(autocomplete) placeholder=some(placeholder) min=some(min) max=some(max)
                aria-describedby=described aria-invalid=(!error.is_empty()).then_some("true")
            />
            {notes}
        </div>
    }
    .into_any()
}

/// A labelled choice among few.
#[component]
pub fn Select(
    /// The label.
    #[prop(into)]
    label: String,
    /// Its name in the form; also its id.
    #[prop(into)]
    name: String,
    /// Choices as (value, text).
    options: Vec<(String, String)>,
    /// The value chosen at first.
    #[prop(into, optional)]
    selected: String,
    /// A sentence below it.
    #[prop(into, optional)]
    hint: String,
    /// Distinguishes its id where the name occurs more than once on a page.
    #[prop(into, optional)]
    id: String,
    /// Sends the form when another choice is made (in the browser; the form needs its button for those without JavaScript).
    #[prop(optional)]
    submits: bool,
) -> impl IntoView {
    let id = if id.is_empty() { format!("field-{name}") } else { id };
    let (described, notes) = notes(&id, hint, "");
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let chosen = value == selected;
            view! { <option value=value selected=chosen>{text}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name aria-describedby=described
                on:change=move |event| if submits { submit_form_of(&event) }>{options}</select>
            {notes}
        </div>
    }
    .into_any()
}

/// A labelled yes or no. Not ticked, the form does not send it.
#[component]
pub fn Checkbox(
    /// The label.
    #[prop(into)]
    label: String,
    /// Its name in the form; also its id.
    #[prop(into)]
    name: String,
    /// What is sent where ticked.
    #[prop(into, default = "true".to_owned())]
    value: String,
    /// Whether it is ticked at first.
    #[prop(optional)]
    checked: bool,
    /// Distinguishes its id where the name occurs more than once on a page.
    #[prop(into, optional)]
    id: String,
) -> impl IntoView {
    let id = if id.is_empty() { format!("field-{name}") } else { id };
    view! {
        <div class="field checkbox">
            <input id=id.clone() name=name type="checkbox" value=value checked=checked/>
            <label for=id>{label}</label>
        </div>
    }
    .into_any()
}

/// A labelled text of several lines.
#[component]
pub fn TextArea(
    /// The label.
    #[prop(into)]
    label: String,
    /// Its name in the form; also its id.
    #[prop(into)]
    name: String,
    /// What it holds at first.
    #[prop(into, optional)]
    value: String,
    /// A sentence below it.
    #[prop(into, optional)]
    hint: String,
    /// Rows shown.
    #[prop(default = 6)]
    rows: u32,
) -> impl IntoView {
    let id = format!("field-{name}");
    let (described, notes) = notes(&id, hint, "");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea id=id name=name rows=rows.to_string() aria-describedby=described spellcheck="false">{value}</textarea>
            {notes}
        </div>
    }
    .into_any()
}

/// A button that sends its form.
#[component]
pub fn Button(
    /// Its text.
    #[prop(into)]
    text: String,
    /// `primary`, `danger`, `quiet` or empty.
    #[prop(into, optional)]
    class: String,
    /// True while the action runs: the button waits.
    #[prop(into, optional)]
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <button type="submit" class=format!("button {class}") aria-busy=move || pending.get().then_some("true")
            disabled=move || pending.get()>{text}</button>
    }
    .into_any()
}

/// `None` where empty: the attribute is then left out.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Hint and error below a control, and the ids that describe it.
fn notes(id: &str, hint: String, error: &str) -> (Option<String>, impl IntoView + use<>) {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described: Vec<&str> = [(&hint_id, hint.is_empty()), (&error_id, error.is_empty())]
        .into_iter()
        .filter(|(_, empty)| !empty)
        .map(|(id, _)| id.as_str())
        .collect();
    let described = some(described.join(" "));
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> });
    let error = (!error.is_empty()).then(|| view! { <p class="field-error" id=error_id>{error.to_owned()}</p> });
    (described, (hint, error))
}

/// Sends the form that the control stands in, through its validation and submit handlers.
fn submit_form_of(event: &leptos::ev::Event) {
    use wasm_bindgen::JsCast;
    let form = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|control| control.closest("form").ok().flatten())
        .and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok());
    if let Some(form) = form {
        // An invalid form stays: the browser says what is missing.
        let _ = form.request_submit();
    }
}
