//! How good past forecasts of a series were, and which models were tried.

use crate::ports::{Accuracy, PastForecast};
use crate::ui::{EmptyState, Table, Unit, format};
use leptos::prelude::*;

/// One row for each origin that was forecast from.
#[component]
pub fn PastTable(
    /// The forecasts.
    past: Vec<PastForecast>,
    /// Unit of the sums.
    unit: Unit,
) -> impl IntoView {
    if past.is_empty() {
        return view! { <EmptyState title="No forecast of this series has been tested yet"/> }.into_any();
    }
    let rows = past
        .into_iter()
        .map(|forecast| {
            let pairs = || forecast.forecast.iter().zip(&forecast.actual).filter_map(|(f, y)| y.map(|y| (*f, y)));
            let (expected, came) = pairs().fold((0.0, 0.0), |(f, y), pair| (f + pair.0, y + pair.1));
            let bias = if came == 0.0 { "–".to_owned() } else { format::change((expected - came) / came.abs()) };
            view! {
                <tr>
                    <th scope="row">{format::day(forecast.origin)}</th>
                    <td class="number">{forecast.days.len()}</td>
                    <td class="number">{unit.text(expected)}</td>
                    <td class="number">{unit.text(came)}</td>
                    <td class="number">{bias}</td>
                    <td class="number">{format::share(forecast.wape, 1)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        ("Made after", ""),
        ("Periods", "number"),
        ("Expected", "number"),
        ("Came", "number"),
        ("Bias", "number"),
        ("Error (WAPE)", "number"),
    ];
    view! { <Table caption="Forecasts made at earlier dates, with what came" columns=columns>{rows}</Table> }.into_any()
}

/// The models that were tried on the series, best first.
#[component]
pub fn ModelsTable(
    /// Their errors.
    models: Vec<Accuracy>,
    /// The one in use.
    chosen: Option<String>,
) -> impl IntoView {
    if models.is_empty() {
        return view! { <EmptyState title="No models have been compared on this series yet"/> }.into_any();
    }
    let rows = models
        .into_iter()
        .map(|model| {
            let mark = (Some(&model.model) == chosen.as_ref()).then_some(" (in use)");
            view! {
                <tr>
                    <th scope="row">{format::words(&model.model)}{mark}</th>
                    <td class="number">{format::share(model.wape, 1)}</td>
                    <td class="number">{format::change(model.bias)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![("Model", ""), ("Error (WAPE)", "number"), ("Bias", "number")];
    view! { <Table caption="Models tried on this series" columns=columns>{rows}</Table> }.into_any()
}
