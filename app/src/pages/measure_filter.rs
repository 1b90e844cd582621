//! The choice between the shop's measures on pages that show one at a time.

use crate::islands::submit::SubmitOnChange;
use crate::ui::{Button, Select, format};
use aisle_domain::Measure;
use leptos::prelude::*;

/// A form that asks the page at `action` for another measure; nothing where the shop has only one.
#[component]
pub fn MeasureFilter(
    /// The page's address.
    action: &'static str,
    /// What the shop counts.
    measures: Vec<Measure>,
    /// The measure shown.
    measure: Measure,
) -> impl IntoView {
    (measures.len() > 1).then(|| {
        let options = measures.iter().map(|m| (m.name().to_owned(), format::capital(m.name()))).collect();
        view! {
            <form method="get" action=action class="filters" aria-label="Filter" autocomplete="off">
                <Select label="Measure" name="measure" options selected=measure.name()/>
                <Button text="Apply"/>
                <SubmitOnChange/>
            </form>
        }
    })
}
