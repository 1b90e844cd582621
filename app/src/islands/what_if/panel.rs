//! The what-if panel: every lever a control of a form that works by itself; in the browser each move is scored at once.

use super::bench::{Bench, Timing};
use super::levers::{DriverLever, EventLever, Levers, Outcome, SHIFTS};
use super::shop_totals::ShopTotals;
use crate::islands::copy::copy_address;
use crate::ui::{ErrorState, Unit, format};
use aisle_domain::{Problem, ProblemCode};
use aisle_engine::{DriverChange, EventChange, Scenario};
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The panel of one series.
#[component]
pub fn Panel(
    /// The levers.
    levers: Levers,
    /// Artefact, scenario and outcome.
    bench: Bench,
    /// Unit of the sums.
    unit: Unit,
    /// What was wrong with the scenario of the address.
    refused: Option<String>,
    /// Whether planners' overrides change the forecast.
    overridden: bool,
) -> impl IntoView {
    let scenario = bench.scenario;
    let step_days = levers.step_days;
    let growth = factor("growth", "Growth of all sales", 0.5, 1.5, bench, |s| s.growth, |s, value| s.growth = value);
    let markdown = levers.promotions.then(|| {
        factor("markdown", "Depth of markdowns", 0.0, 3.0, bench, |s| s.markdown, |s, value| s.markdown = value)
    });
    let events = levers.events.into_iter().map(|event| event_lever(event, step_days, bench)).collect_view();
    let drivers = levers.drivers.into_iter().map(|driver| driver_lever(driver, bench)).collect_view();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        bench.keep_in_address();
    };
    let said = RwSignal::new("");
    let on_copy = move |_| {
        bench.keep_in_address();
        spawn_local(async move {
            said.try_set(if copy_address().await { "Link copied." } else { "Copy it from the address bar." });
        });
    };
    let on_reset = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        scenario.set(Scenario::default());
        bench.keep_in_address();
    };
    let measure = bench.measure().map(|measure| view! { <input type="hidden" name="measure" value=measure.name()/> });
    let refused = refused.map(|text| view! { <ErrorState problem=Problem::new(ProblemCode::Invalid, text)/> });
    let here = bench.path();
    view! {
        <section class="card what-if" aria-labelledby="what-if">
            <h2 id="what-if">"What if…"</h2>
            {refused}
            <form method="get" action=here.clone() on:submit=on_submit>
                {measure}
                <div class="levers">{growth}{markdown}{events}{drivers}</div>
                <div class="buttons">
                    <button type="submit" class="button primary" hidden=move || bench.live.get()>"Compute"</button>
                    <button type="button" class="button" hidden=move || !bench.live.get() on:click=on_copy>"Copy link to this scenario"</button>
                    <a class="button quiet" href=here.clone() on:click=on_reset>"Reset"</a>
                    <span role="status">{move || said.get()}</span>
                </div>
            </form>
            {move || bench.trouble.get().map(|text| view! { <ErrorState problem=Problem::new(ProblemCode::Unavailable, text)/> })}
            {overridden.then(|| view! {
                <p class="hint">"These sums are the model's, without overrides. The chart shows the forecast with them, moved in proportion."</p>
            })}
            <Sums bench=bench unit=unit/>
            <ShopTotals bench=bench unit=unit/>
        </section>
    }
    .into_any()
}

/// Sums over the forecast without and with the scenario.
#[component]
fn Sums(bench: Bench, unit: Unit) -> impl IntoView {
    let sums = move || {
        bench
            .outcome
            .get()
            .map(|Outcome { baseline, scenario, .. }| sums_table("This series", baseline, scenario, unit))
    };
    let timing = move || match bench.timing.get() {
        Some(Timing { millis, steps }) => {
            format!("{steps} periods recomputed in {} ms, here in the browser.", format::number(millis, 2))
        }
        None => String::new(),
    };
    view! { <div aria-live="polite">{sums}</div><p class="hint">{timing}</p> }
}

/// Baseline, scenario, difference and percent as a row of figures.
pub(super) fn sums_table(what: &'static str, baseline: f64, scenario: f64, unit: Unit) -> impl IntoView {
    let difference = scenario - baseline;
    let relative = (baseline != 0.0).then(|| difference / baseline.abs());
    let sign = if difference > 0.0 { "+" } else { "" };
    view! {
        <table class="sums">
            <caption class="spoken">{what}": sum of the forecast"</caption>
            <thead><tr>
                <th scope="col">{what}</th><th scope="col" class="number">"Baseline"</th><th scope="col" class="number">"Scenario"</th>
                <th scope="col" class="number">"Difference"</th><th scope="col" class="number">"Change"</th>
            </tr></thead>
            <tbody><tr>
                <th scope="row">"Sum of the forecast"</th><td class="number">{unit.text(baseline)}</td>
                <td class="number">{unit.text(scenario)}</td><td class="number">{format!("{sign}{}", unit.text(difference))}</td>
                <td class="number">{relative.map_or_else(|| "–".to_owned(), format::change)}</td>
            </tr></tbody>
        </table>
    }
}

/// A slider over a factor, 1 being the baseline.
fn factor(
    name: &'static str,
    label: &'static str,
    min: f64,
    max: f64,
    bench: Bench,
    read: fn(&Scenario) -> f64,
    write: fn(&mut Scenario, f64),
) -> AnyView {
    let value = move || bench.scenario.with(read);
    let first = bench.scenario.with_untracked(read);
    let spoken = move || format::change(value() - 1.0);
    slider(
        Slider { name: name.to_owned(), label: label.to_owned(), min, max, step: 0.01, first, note: None },
        value,
        spoken,
        move |number| {
            bench.scenario.update(|scenario| write(scenario, number));
        },
        bench,
    )
}

fn driver_lever(driver: DriverLever, bench: Bench) -> AnyView {
    let DriverLever { name, mean, reach, step, has_effect } = driver;
    let read = {
        let name = name.clone();
        move |scenario: &Scenario| scenario.drivers.get(&name).map_or(0.0, |change| change.add)
    };
    let first = bench.scenario.with_untracked(&read);
    let value = move || bench.scenario.with(&read);
    let decimals = if step < 0.1 { 2 } else { usize::from(step < 1.0) };
    let spoken = {
        let value = value.clone();
        move || {
            let sign = if value() > 0.0 { "+" } else { "" };
            format!("{sign}{} on {}", format::number(value(), decimals), format::number(mean, decimals))
        }
    };
    let label = name.replace('_', " ");
    let note = (!has_effect).then_some("No effect was found in the past.");
    let slot = Slider { name: format!("delta.{name}"), label, min: -reach, max: reach, step, first, note };
    slider(
        slot,
        value,
        spoken,
        move |number| {
            bench.scenario.update(|scenario| {
                let times = scenario.drivers.get(&name).map_or(1.0, |change| change.times);
                let change = DriverChange { times, add: number };
                if change == DriverChange::default() {
                    scenario.drivers.remove(&name);
                } else {
                    scenario.drivers.insert(name.clone(), change);
                }
            });
        },
        bench,
    )
}

/// What a slider is made of.
struct Slider {
    name: String,
    label: String,
    min: f64,
    max: f64,
    step: f64,
    first: f64,
    note: Option<&'static str>,
}

fn slider(
    slider: Slider,
    value: impl Fn() -> f64 + Clone + Send + Sync + 'static,
    spoken: impl Fn() -> String + Clone + Send + Sync + 'static,
    moved: impl Fn(f64) + 'static,
    bench: Bench,
) -> AnyView {
    let Slider { name, label, min, max, step, first, note } = slider;
    let id = lever_id(&name);
    let on_input = move |event: Event| {
        if let Ok(number) = event_target_value(&event).parse::<f64>() {
            moved(number);
            bench.ask();
        }
    };
    let text = spoken.clone();
    view! {
        <div class="lever">
            <label for=id.clone()>{label}</label>
            <output for=id.clone()>{text}</output>
            <input id=id name=name type="range" min=min.to_string() max=max.to_string() step=step.to_string()
                value=first.to_string() prop:value=move || value().to_string() aria-valuetext=spoken
                on:input=on_input on:change=move |_| bench.keep_in_address()/>
            {note.map(|note| view! { <span class="hint">{note}</span> })}
        </div>
    }
    .into_any()
}

fn event_lever(event: EventLever, step_days: i16, bench: Bench) -> AnyView {
    let EventLever { name, days, has_effect } = event;
    let id = lever_id(&name);
    let days: Vec<String> = days.into_iter().map(format::day).collect();
    let read = {
        let name = name.clone();
        move |scenario: &Scenario| match scenario.events.get(&name) {
            None => "0".to_owned(),
            Some(EventChange::Cancelled) => "cancelled".to_owned(),
            Some(EventChange::Shift(days)) => days.to_string(),
        }
    };
    let first = bench.scenario.with_untracked(&read);
    let mut choices: Vec<(String, String)> =
        SHIFTS.iter().map(|steps| ((steps * step_days).to_string(), shift_text(*steps, step_days))).collect();
    choices.push(("cancelled".to_owned(), "Cancelled".to_owned()));
    if choices.iter().all(|(value, _)| *value != first) {
        choices.push((first.clone(), format!("{first} days")));
    }
    let options = choices
        .into_iter()
        .map(|(value, text)| {
            let chosen = value == first;
            view! { <option value=value selected=chosen>{text}</option> }
        })
        .collect_view();
    let changed = {
        let name = name.clone();
        move |event: Event| {
            let change = match event_target_value(&event).as_str() {
                "cancelled" => Some(EventChange::Cancelled),
                days => days.parse().ok().filter(|days| *days != 0).map(EventChange::Shift),
            };
            bench.scenario.update(|scenario| match change {
                Some(change) => {
                    scenario.events.insert(name.clone(), change);
                }
                None => {
                    scenario.events.remove(&name);
                }
            });
            bench.ask();
            bench.keep_in_address();
        }
    };
    let note = (!has_effect).then(|| view! { <span class="hint">"No effect was found in the past."</span> });
    view! {
        <div class="lever">
            <label for=id.clone()>{name.clone()}</label>
            <span class="lever-days">{days.join(", ")}</span>
            <select id=id name=format!("event.{name}") prop:value=move || bench.scenario.with(&read) on:change=changed>{options}</select>
            {note}
        </div>
    }
    .into_any()
}

/// An id without blanks for a lever of any name.
fn lever_id(name: &str) -> String {
    let plain: String = name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    format!("lever-{plain}")
}

/// `2 weeks earlier`, `As planned`.
fn shift_text(steps: i16, step_days: i16) -> String {
    let unit = match step_days {
        1 => "day",
        7 => "week",
        _ => "month",
    };
    let size = format::counted(u64::from(steps.unsigned_abs()), unit);
    match steps {
        0 => "As planned".to_owned(),
        ..0 => format!("{size} earlier"),
        _ => format!("{size} later"),
    }
}
