//! The form of a new override, and what it would change.

use super::MakeOverride;
use crate::ports::overrides::{OverrideDraft, OverridesView};
use crate::ui::{Button, Field, PostForm, Select, Table, Unit, format};
use aisle_domain::overrides::Effect;
use aisle_domain::{Currency, Day, Granularity};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Periods that a new override is about where nothing else is said.
const USUAL: i32 = 4;

/// The form with what the draft says. Its first button asks the page again, its second makes the override.
pub(super) fn draft_form(view: &OverridesView, draft: OverrideDraft, (from, to): (Day, Day)) -> AnyView {
    let all = |text: &str| (String::new(), text.to_owned());
    let named = |text: &str, names: &[String]| -> Vec<(String, String)> {
        std::iter::once(all(text)).chain(names.iter().map(|name| (name.clone(), name.clone()))).collect()
    };
    let mut measures: Vec<(String, String)> =
        view.shop.measures.iter().map(|m| (m.name().to_owned(), format::capital(m.name()))).collect();
    if measures.len() > 1 {
        measures.push(all("All (by percent only)"));
    }
    let locations: Vec<_> = std::iter::once(all("All locations")).chain(view.shop.locations.iter().cloned()).collect();
    let (regions, categories) = (named("All regions", &view.regions), named("All categories", &view.shop.categories));
    let (several_regions, several_categories) = (regions.len() > 1, categories.len() > 1);
    let changes = [("percent", "Change by percent"), ("set", "Set to"), ("add", "Add")];
    let amounts = [("per_period", "Each period"), ("together", "All periods together")];
    let words = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect()
    };
    let usual = |text: String, else_: &str| if text.is_empty() { else_.to_owned() } else { text };
    let last = view.shop.granularity.step(from, USUAL - 1).min(to);
    // A draft that names no measure but a value was said to be about all of them.
    let measure =
        if draft.measure.is_empty() && draft.value.is_empty() { view.measure.name().to_owned() } else { draft.measure };
    let request = view.request.clone();
    let reach = format!("Forecast periods end from {} to {}.", format::day(from), format::day(to));
    view! {
        <PostForm to=MakeOverride::PATH id="new" class="form-column">
            <input type="hidden" name="request" value=request/>
            <div class="form-row">
                <Select label="Location" name="location" options=locations selected=draft.location/>
                {several_regions.then(|| view! { <Select label="Region" name="region" options=regions selected=draft.region/> })}
                {several_categories.then(|| view! { <Select label="Category" name="category" options=categories selected=draft.category/> })}
                <Field label="Item" name="item" value=draft.item autocomplete="off" placeholder="All items" hint="Name or identifier; empty: all."/>
            </div>
            <div class="form-row">
                <Select label="Measure" name="measure" options=measures selected=measure/>
                <Select label="Change" name="change" options=words(&changes) selected=usual(draft.change, "percent")/>
                <Field label="By how much" name="value" value=draft.value required=true autocomplete="off" hint="Such as 20, −12.5 or 1500."/>
                <Select label="Counted for" name="amount" options=words(&amounts) selected=usual(draft.amount, "per_period") hint="Percent are the same either way."/>
            </div>
            <div class="form-row">
                <Field label="First day" name="first" kind="date" value=usual(draft.first, &from.to_string()) required=true hint=reach/>
                <Field label="Last day" name="last" kind="date" value=usual(draft.last, &last.to_string()) required=true hint="Periods that end on it or before are concerned."/>
                <Field label="In force until" name="expires" kind="date" value=draft.expires hint="Empty: until it is withdrawn."/>
            </div>
            <Field label="Reason" name="reason" value=draft.reason required=true autocomplete="off" hint="Shown beside the forecast, and kept."/>
            <div class="buttons">
                <button type="submit" class="button" formmethod="get" formaction="/overrides#effect" formnovalidate=true>"Show the effect"</button>
                <Button text="Override" class="primary"/>
            </div>
        </PostForm>
    }
    .into_any()
}

/// Sums before and after, and by period.
pub(super) fn effect_tables(effects: Vec<Effect>, currency: Option<Currency>, granularity: Granularity) -> AnyView {
    let rows = effects
        .iter()
        .map(|effect| {
            let unit = Unit::of(effect.measure, currency);
            let (before, after): (f64, f64) = (effect.before.iter().sum(), effect.after.iter().sum());
            let relative = (before != 0.0).then(|| (after - before) / before.abs());
            view! {
                <tr>
                    <th scope="row">{format::capital(effect.measure.name())}</th>
                    <td class="number">{format::count(effect.series.min(i64::MAX as u64) as i64)}</td>
                    <td class="number">{effect.days.len()}</td>
                    <td class="number">{unit.text(before)}</td>
                    <td class="number">{unit.text(after)}</td>
                    <td class="number">{relative.map_or_else(|| "–".to_owned(), format::change)}</td>
                </tr>
            }
        })
        .collect_view();
    let periods = effects
        .into_iter()
        .map(|effect| {
            let unit = Unit::of(effect.measure, currency);
            let sums = effect.before.iter().zip(&effect.after);
            let lines = effect.days.iter().zip(sums).map(|(day, (before, after))| {
                let (period, before, after) =
                    (aisle_charts::period(granularity, *day), unit.text(*before), unit.text(*after));
                view! { <tr><th scope="row">{period}</th><td class="number">{before}</td><td class="number">{after}</td></tr> }
            });
            let lines = lines.collect_view();
            let caption = format!("{} by period", format::capital(effect.measure.name()));
            let columns = vec![("Period", ""), ("Before", "number"), ("After", "number")];
            view! { <Table caption show_caption=true columns>{lines}</Table> }
        })
        .collect_view();
    let columns = vec![
        ("Measure", ""),
        ("Series", "number"),
        ("Periods", "number"),
        ("Before", "number"),
        ("After", "number"),
        ("Change", "number"),
    ];
    view! {
        <h3>"Effect, before it is made"</h3>
        <Table caption="What the override would change" columns>{rows}</Table>
        <details><summary>"By period"</summary>{periods}</details>
    }
    .into_any()
}
