//! The filters above the grid: a form that works by itself, and at once where there is JavaScript.

use super::Choices;
use super::cells::column_label;
use crate::ports::{SeriesColumn, SeriesQuery};
use crate::ui::format;
use crate::ui::icon::{Icon, icon};
use aisle_domain::Measure;
use aisle_engine::ModelKind;
use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// Typing rests for so long before the text filters.
const REST: Duration = Duration::from_millis(250);

/// The filters, showing the view of the address.
#[component]
pub fn Filters(
    /// What is shown.
    query: RwSignal<SeriesQuery>,
    /// What there is to choose from.
    choices: Choices,
    /// Shows another view; whether in place of the present one in the history.
    apply: Callback<(SeriesQuery, bool)>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let shown = query.get_untracked();
    let typed = RwSignal::new(shown.text.clone().unwrap_or_default());
    let sent = StoredValue::new(typed.get_untracked());
    // A link that brings another text is shown; the echo of one's own typing is not, for it may be behind.
    Effect::new(move |_| {
        let text = query.with(|query| query.text.clone()).unwrap_or_default();
        if sent.get_value() != text {
            sent.set_value(text.clone());
            typed.set(text);
        }
    });
    let ask = move |replace: bool| {
        let Some(query) = form.get_untracked().as_ref().and_then(read) else { return };
        sent.set_value(query.text.clone().unwrap_or_default());
        apply.run((query, replace));
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        ask(false);
    };
    let on_type = move |event: Event| {
        let text = event_target_value(&event);
        typed.set(text.clone());
        set_timeout(
            move || {
                if typed.try_get_untracked().is_some_and(|now| now == text && sent.get_value() != text) {
                    ask(true);
                }
            },
            REST,
        );
    };
    let chosen = move |_: Event| ask(false);

    let locations = choices.locations.iter().map(|(id, name)| (id.clone(), name.clone())).collect();
    let categories = choices.categories.iter().map(|name| (name.clone(), name.clone())).collect();
    let models = ModelKind::ALL.iter().map(|model| (model.name().to_owned(), format::words(model.name()))).collect();
    let measures: Vec<_> =
        choices.measures.iter().map(|measure| (measure.name().to_owned(), format::capital(measure.name()))).collect();
    let groups = SeriesColumn::ALL.into_iter().filter(|column| column.groups());
    let groups = groups.map(|column| (column.name().to_owned(), column_label(column).to_owned())).collect();
    let measure = (measures.len() > 1).then(|| {
        let current = Memo::new(move |_| query.with(|q| q.measure.map(Measure::name).unwrap_or_default().to_owned()));
        view! { <Choice name="measure" label="Measure" none="" options=measures current=current on_choice=chosen/> }
    });
    let part = move |read: fn(&SeriesQuery) -> Option<&str>| {
        Memo::new(move |_| query.with(|query| read(query).unwrap_or_default().to_owned()))
    };
    let csv = choices.export.then(|| {
        let href = move || format!("/series.csv?{}", query.with(SeriesQuery::to_query));
        view! { <a class="button quiet" href=href download="series.csv">{icon(Icon::Download)}"CSV"</a> }
    });
    view! {
        <form class="filters" method="get" action="/series" role="search" aria-label="Series" autocomplete="off" node_ref=form on:submit=on_submit>
            <div class="field">
                <label for="filter-q">"Find"</label>
                <input id="filter-q" name="q" type="search" placeholder="Item, category or location" autocomplete="off"
                    value=shown.text.clone() prop:value=move || typed.get() on:input=on_type/>
            </div>
            <Choice name="location" label="Location" none="All" options=locations current=part(|q| q.location.as_deref()) on_choice=chosen/>
            <Choice name="category" label="Category" none="All" options=categories current=part(|q| q.category.as_deref()) on_choice=chosen/>
            <Choice name="model" label="Model" none="All" options=models current=part(|q| q.model.as_deref()) on_choice=chosen/>
            {measure}
            <Choice name="group" label="Group by" none="Nothing" options=groups current=part(|q| q.group.map(SeriesColumn::name)) on_choice=chosen/>
            {columns_choice(query, chosen)}
            <input type="hidden" name="sort" value=shown.sort.map(SeriesColumn::name) prop:value=move || query.with(|q| q.sort.map(SeriesColumn::name).unwrap_or_default())/>
            <input type="hidden" name="order" value=order(&shown) prop:value=move || query.with(order)/>
            <div class="buttons">
                <button type="submit" class="button primary">"Apply"</button>
                <a class="button quiet" href="/series">"Reset"</a>
                {csv}
            </div>
        </form>
    }
    .into_any()
}

/// A labelled choice that follows the address.
#[component]
fn Choice<F: Fn(Event) + 'static>(
    name: &'static str,
    label: &'static str,
    /// Text of the choice of nothing; no such choice where empty.
    none: &'static str,
    options: Vec<(String, String)>,
    current: Memo<String>,
    on_choice: F,
) -> impl IntoView {
    let selected = current.get_untracked();
    let nothing = (!none.is_empty()).then(|| view! { <option value="">{none}</option> });
    let first = options.first().map(|(value, _)| value.clone()).filter(|_| none.is_empty()).unwrap_or_default();
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let chosen = value == selected;
            view! { <option value=value selected=chosen>{text}</option> }
        })
        .collect_view();
    let id = format!("filter-{name}");
    let value = move || Some(current.get()).filter(|value| !value.is_empty()).unwrap_or_else(|| first.clone());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name prop:value=value on:change=on_choice>{nothing}{options}</select>
        </div>
    }
}

fn columns_choice(query: RwSignal<SeriesQuery>, chosen: impl Fn(Event) + Copy + 'static) -> impl IntoView {
    let boxes = SeriesColumn::ALL
        .into_iter()
        .filter(|column| *column != SeriesColumn::Item)
        .map(|column| {
            let shown = move |query: &SeriesQuery| query.columns.is_empty() || query.columns.contains(&column);
            view! {
                <label class="check">
                    <input type="checkbox" name="column" value=column.name() checked=query.with_untracked(shown)
                        prop:checked=move || query.with(shown) on:change=chosen/>
                    {column_label(column)}
                </label>
            }
        })
        .collect_view();
    view! {
        <details class="columns-choice">
            <summary class="button quiet">"Columns"</summary>
            <fieldset>
                <legend class="spoken">"Columns shown"</legend>
                <input type="hidden" name="column" value="item"/>
                {boxes}
            </fieldset>
        </details>
    }
}

fn order(query: &SeriesQuery) -> &'static str {
    match query.ascending {
        Some(true) => "asc",
        Some(false) => "desc",
        None => "",
    }
}

/// The view that the form asks for; every column chosen is the same as none.
fn read(form: &web_sys::HtmlFormElement) -> Option<SeriesQuery> {
    let data = web_sys::FormData::new_with_form(form).ok()?;
    let fields = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    let mut query = SeriesQuery::from_query(&String::from(fields.to_string()));
    if query.columns.len() == SeriesColumn::ALL.len() {
        query.columns.clear();
    }
    // Ids are texts from the data; a blank one is no filter.
    query.text = query.text.map(|text| text.trim().to_owned());
    Some(query)
}
