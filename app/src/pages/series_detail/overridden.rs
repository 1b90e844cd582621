//! The forecast of a series by period, as the model has it and as planners changed it.

use crate::addresses;
use crate::pages::overrides::change_text;
use crate::ports::{OverrideDraft, OverrideView, SalesCurve, SeriesDetail};
use crate::ui::{Table, Unit, format};
use crate::visit::may;
use aisle_domain::{Day, Permission};
use leptos::prelude::*;

/// Overrides that change the series, period by period, and the way to a further one; nothing where there is neither.
pub(super) fn overridden(detail: &SeriesDetail, unit: Unit) -> Option<AnyView> {
    let further = may(Permission::OverrideForecasts) && !detail.curve.forecast_days.is_empty();
    if detail.overrides.is_empty() && !further {
        return None;
    }
    let draft = OverrideDraft {
        measure: detail.measure.name().to_owned(),
        location: detail.row.key.location.to_string(),
        item: detail.row.key.item.to_string(),
        ..OverrideDraft::default()
    };
    let link = further
        .then(|| view! { <p><a class="button" href=addresses::new_override(&draft)>"Override this forecast"</a></p> });
    let said = match detail.overrides.is_empty() {
        true => view! { <p class="hint">"The forecast is the model's: nobody has overridden it."</p> }.into_any(),
        false => said(detail, unit),
    };
    Some(view! { <section class="card"><h2>"Overrides"</h2>{said}{link}</section> }.into_any())
}

fn said(detail: &SeriesDetail, unit: Unit) -> AnyView {
    let list = detail.overrides.iter().map(|one| {
        let change = change_text(one.change, one.amount, one.measure.map(|_| unit));
        let (first, last) = one.periods;
        let text = format!(
            "{}: {} ({}, {change}, {} to {})",
            one.author,
            one.reason,
            one.about,
            format::day(first),
            format::day(last)
        );
        view! { <li>{text}</li> }
    });
    let list = list.collect_view();
    let rows = changed(&detail.curve)
        .map(|(day, model, with)| {
            let relative = (model != 0.0).then(|| (with - model) / model.abs());
            view! {
                <tr>
                    <th scope="row">{aisle_charts::period(detail.shop.granularity, day)}</th>
                    <td class="number">{unit.text(model)}</td>
                    <td class="number">{unit.text(with)}</td>
                    <td class="number">{relative.map_or_else(|| "–".to_owned(), format::change)}</td>
                    <td class="wrap">{because(&detail.overrides, day)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns =
        vec![("Period", ""), ("Model", "number"), ("With overrides", "number"), ("Change", "number"), ("Because", "")];
    view! {
        <ul>{list}</ul>
        <Table caption="The forecast without and with overrides" columns>{rows}</Table>
        <p><a href="/overrides?state=active">"All overrides in force"</a></p>
    }
    .into_any()
}

/// Periods that overrides change: last day, the model's number, the number with them.
fn changed(curve: &SalesCurve) -> impl Iterator<Item = (Day, f64, f64)> {
    let model = curve.model.iter().flatten();
    let all = curve.forecast_days.iter().zip(model.zip(&curve.mean)).map(|(day, (model, with))| (*day, *model, *with));
    all.filter(|(_, model, with)| model != with)
}

/// Who says so of a period, and why: `Anna: a new shop opens`.
fn because(overrides: &[OverrideView], day: Day) -> String {
    let concerned = overrides.iter().filter(|one| one.periods.0 <= day && day <= one.periods.1);
    concerned.map(|one| format!("{}: {}", one.author, one.reason)).collect::<Vec<_>>().join("; ")
}
