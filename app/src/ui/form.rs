//! Form, field, select, checkbox, button: a label for each, hints tied to it.

use super::refused::{self, ticked, typed};
use leptos::context::Provider;
use leptos::prelude::*;

/// A form that posts to a server function and comes back to the page it stands on (or goes where the function leads).
#[component]
pub fn PostForm(
    /// The function's path: its `PATH`.
    to: &'static str,
    /// Further classes.
    #[prop(into, optional)]
    class: Option<String>,
    /// Its id.
    #[prop(into, optional)]
    id: Option<String>,
    /// The hidden field that tells it from forms like it on the same page: name and value.
    #[prop(optional)]
    alike: Option<(&'static str, String)>,
    /// Its fields.
    children: Children,
) -> impl IntoView {
    let refused = refused::in_form(to, &alike);
    view! { <form method="post" action=to class=class id=id><Provider value=refused>{children()}</Provider></form> }
        .into_any()
}

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
    let (described, note) = note(&id, hint);
    // A password is typed again.
    let value = if kind == "password" { value } else { typed(&name, value) };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id name=name type=kind value=value required=required
                autocomplete=some(autocomplete) placeholder=some(placeholder) min=some(min) max=some(max)
                aria-describedby=described
            />
            {note}
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
) -> impl IntoView {
    let id = if id.is_empty() { format!("field-{name}") } else { id };
    let (described, note) = note(&id, hint);
    let selected = typed(&name, selected);
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
            <select id=id name=name aria-describedby=described>{options}</select>
            {note}
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
    let checked = ticked(&name, &value, checked);
    view! {
        <div class="field checkbox">
            <input id=id.clone() name=name type="checkbox" value=value checked=checked/>
            <label for=id>{label}</label>
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
) -> impl IntoView {
    view! { <button type="submit" class=format!("button {class}")>{text}</button> }.into_any()
}

/// `None` where empty: the attribute is then left out.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The hint below a control, and the id that describes it.
fn note(id: &str, hint: String) -> (Option<String>, Option<AnyView>) {
    if hint.is_empty() {
        return (None, None);
    }
    let hint_id = format!("{id}-hint");
    (Some(hint_id.clone()), Some(view! { <p class="hint" id=hint_id>{hint}</p> }.into_any()))
}
