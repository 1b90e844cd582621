//! An event's impact by department, location and item.

use super::{shares, signed};
use crate::ports::impact::{EventImpactView, ImpactLevel, ImpactQuery};
use crate::ports::query_string::{encode, join};
use crate::ui::{Button, Card, EmptyState, Field, Table, Tabs, Unit, format};
use aisle_engine::impact::{ImpactBasis, UnitImpact};
use leptos::prelude::*;

fn level_text(level: ImpactLevel) -> &'static str {
    match level {
        ImpactLevel::Groups => "Departments and groups",
        ImpactLevel::Locations => "Locations",
        ImpactLevel::Items => "Items",
    }
}

fn address(view: &EventImpactView, level: ImpactLevel, search: &str, unit: &str) -> String {
    let parts = [("measure", view.measure.name()), ("level", level.name()), ("q", search), ("unit", unit)];
    let query = join(parts.into_iter().filter(|(_, value)| !value.is_empty()));
    format!("/impact/{}?{query}", encode(&view.impact.event))
}

/// The units of the level asked for, with a search, each leading to itself in full.
pub(super) fn units_card(view: &EventImpactView, query: &ImpactQuery, unit: Unit) -> AnyView {
    let links = ImpactLevel::ALL.map(|level| (level_text(level).to_owned(), address(view, level, "", ""))).to_vec();
    let back = (!query.unit.is_empty()).then(|| {
        view! { <p><a href=address(view, query.level, &query.search, "")>"Show all sales again"</a></p> }
    });
    let here = format!("/impact/{}", encode(&view.impact.event));
    let rows = view
        .impact
        .units
        .iter()
        .zip(&view.names)
        .map(|(of, (id, name))| unit_row(of, name.clone(), address(view, query.level, &query.search, id), unit))
        .collect_view();
    let table = if view.names.is_empty() {
        let title = if query.search.is_empty() { "Nothing was measured at this level" } else { "Nothing matches" };
        view! { <EmptyState title/> }.into_any()
    } else {
        let columns = vec![
            ("Of", ""),
            ("Uplift", "number"),
            ("80 % interval", "number"),
            ("Each time", "number"),
            ("Next", ""),
            ("Expected uplift", "number"),
        ];
        view! { <Table caption="Impact by unit, the largest first" columns>{rows}</Table> }.into_any()
    };
    let current = address(view, query.level, "", "");
    let (measure, level, search) = (view.measure.name(), query.level.name(), query.search.clone());
    let cut = (view.found > view.names.len())
        .then(|| view! { <p class="hint">{format!("The first {} of {}; search for others.", view.names.len(), view.found)}</p> });
    view! {
        <Card title="Where it is felt">
            <Tabs label="Level" links current/>
            <form method="get" action=here class="filters" aria-label="Search" autocomplete="off">
                <input type="hidden" name="measure" value=measure/>
                <input type="hidden" name="level" value=level/>
                <Field label="Name" name="q" kind="search" value=search/>
                <Button text="Search"/>
            </form>
            {back}
            {table}
            {cut}
        </Card>
    }
    .into_any()
}

fn unit_row(of: &UnitImpact, name: String, href: String, unit: Unit) -> AnyView {
    let known = of.basis != ImpactBasis::Unknown;
    let or_dash = |text: String| if known { text } else { "–".to_owned() };
    let (next, expected) = of.next.as_ref().map_or_else(
        || ("–".to_owned(), "–".to_owned()),
        |next| (format::day(next.first), or_dash(signed(unit, next.uplift.value))),
    );
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a></th>
            <td class="number">{or_dash(format::change(of.relative.value))}</td>
            <td class="number">{or_dash(shares(of.relative))}</td>
            <td class="number">{or_dash(signed(unit, of.absolute.value))}</td>
            <td>{next}</td>
            <td class="number">{expected}</td>
        </tr>
    }
    .into_any()
}
