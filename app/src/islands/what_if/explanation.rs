//! Why the forecast is what it is: a sentence for the next period and for those after it, with all parts beside it.

use super::Subject;
use super::bench::Bench;
use crate::ui::{Unit, format};
use aisle_domain::Day;
use aisle_engine::why::{Part, Why, Wording, year_before};
use leptos::prelude::*;

/// The explanation of the present scenario.
#[component]
pub(super) fn Explanation(
    /// The series.
    subject: StoredValue<Subject>,
    /// Scenario and outcome.
    bench: Bench,
) -> impl IntoView {
    let told = move || {
        let spans = bench.outcome.with(|outcome| outcome.as_ref().map(|outcome| outcome.why.clone()));
        let spans = spans.unwrap_or_default();
        subject.with_value(|subject| {
            spans.into_iter().map(|why| show(with_last_year(why, subject), subject.unit)).collect_view()
        })
    };
    view! { <section class="card" aria-labelledby="why"><h2 id="why">"Why"</h2><div class="columns">{told}</div></section> }
        .into_any()
}

fn with_last_year(mut why: Why, subject: &Subject) -> Why {
    let curve = &subject.curve;
    let sold = |end: Day| {
        let at = curve.history_days.binary_search(&end).ok()?;
        Some(curve.history[at].unwrap_or(0.0))
    };
    let granularity = why.granularity;
    let periods: Vec<Day> =
        (0..why.steps.1 - why.steps.0).map(|step| granularity.step(why.ends.0, step as i32)).collect();
    why.year_before = year_before(granularity, &periods, sold);
    why
}

fn show(why: Why, unit: Unit) -> AnyView {
    let (amount, share) = (|value: f64| unit.phrase(value), |share: f64| format::share(share, 1));
    let sentence = why.sentence(&Wording { amount: &amount, share: &share });
    let caption = format!("Parts of {}", why.span());
    let label = caption.clone();
    let mut amounts = why.rounded(unit.decimals as u32);
    let total = amounts.pop().unwrap_or(why.total);
    let row = |(part, amount): (&Part, f64)| {
        let share = part.share.map_or_else(String::new, format::change);
        view! {
            <tr>
                <th scope="row">{format::capital(part.influence.label())}</th>
                <td class="number">{unit.text(amount)}</td>
                <td class="number">{share}</td>
            </tr>
        }
    };
    let rows = why.parts.iter().zip(amounts).map(row).collect_view();
    view! {
        <div>
            <p class="why">{sentence}</p>
            <div class="table-frame" tabindex="0" role="region" aria-label=label>
                <table>
                    <caption class="spoken">{caption}</caption>
                    <thead>
                        <tr><th scope="col">"Part"</th><th scope="col" class="number">"Amount"</th><th scope="col" class="number">"Of the level"</th></tr>
                    </thead>
                    <tbody>
                        {rows}
                        <tr><th scope="row">"Forecast"</th><td class="number">{unit.text(total)}</td><td></td></tr>
                    </tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}
