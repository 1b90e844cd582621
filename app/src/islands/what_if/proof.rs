//! Where a number comes from, and whether it comes out the same here: lineage and verification.

use super::bench::Bench;
use super::{Origin, verify_series};
use crate::ui::{Badge, Tone};
use aisle_engine::{Scenario, Verification, verify};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What a comparison found.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    /// Not compared yet.
    Nothing,
    /// Under way.
    Busy,
    /// Both sides' hashes.
    Both { here: Verification, there: Verification },
    /// It could not be compared.
    Failed(String),
}

/// Lineage, the server's hashes, and the button that computes them again in the browser.
#[component]
pub fn Proof(
    /// The panel's bench: the scenario is verified as it stands.
    bench: Bench,
    /// Where the numbers come from.
    origin: Origin,
) -> impl IntoView {
    let Origin { verification, lineage } = origin;
    let found = RwSignal::new(Found::Nothing);
    // Another scenario is another number: what was found no longer speaks of what is shown.
    Effect::new(move |_| {
        bench.scenario.track();
        found.set(Found::Nothing);
    });
    let on_verify = move |_| {
        found.set(Found::Busy);
        spawn_local(async move {
            let both = compare(bench).await;
            found.try_set(both.map_or_else(Found::Failed, |(here, there)| Found::Both { here, there }));
        });
    };
    let trained = verification.is_some();
    let lineage = lineage
        .into_iter()
        .map(|(label, value)| view! { <div><dt>{label}</dt><dd><span class="lineage">{value}</span></dd></div> })
        .collect_view();
    let hashes = verification.map(|hashes| view! { <HashTable here=None there=hashes/> });
    let result = move || match found.get() {
        Found::Nothing => ().into_any(),
        Found::Busy => view! { <p>"Computing here and on the server…"</p> }.into_any(),
        Found::Failed(text) => view! { <p class="message bad">{text}</p> }.into_any(),
        Found::Both { here, there } => {
            let verdict = if here == there {
                view! { <Badge text="Match" tone=Tone::Good/>" The browser computed the same bits from the same model and input." }.into_any()
            } else {
                view! { <Badge text="Mismatch" tone=Tone::Bad/>" The browser and the server differ in what is marked below." }.into_any()
            };
            view! { <p class="verdict">{verdict}</p><HashTable here=Some(here) there=there/> }.into_any()
        }
    };
    view! {
        <section class="card" aria-labelledby="lineage">
            <h2 id="lineage">"Where the numbers come from"</h2>
            <dl class="facts">{lineage}</dl>
            <h3>"Proof"</h3>
            <p>"SHA-256 of the model, of everything that the forecast depends on, and of the bits of the forecast."</p>
            <div hidden=move || !matches!(found.get(), Found::Nothing | Found::Busy)>{hashes}</div>
            <div aria-live="polite">{result}</div>
            <button type="button" class="button" hidden=move || !(trained && bench.live.get()) on:click=on_verify
                disabled=move || found.get() == Found::Busy>"Verify in this browser"</button>
        </section>
    }
    .into_any()
}

/// The hashes of one side, or of both side by side.
#[component]
fn HashTable(here: Option<Verification>, there: Verification) -> impl IntoView {
    let hashes = |v: &Verification| {
        [("Model", v.model_hash.clone()), ("Input", v.input_hash.clone()), ("Result", v.result_hash.clone())]
    };
    let compared = here.is_some();
    let mut own = here.iter().flat_map(&hashes).map(|(_, hash)| hash);
    let rows = hashes(&there)
        .into_iter()
        .map(|(name, hash)| {
            let mine = own.next().map(|mine| {
                let word = if mine == hash { "same" } else { "differs" };
                view! { <td><code>{mine}</code></td><td class=word>{word}</td> }
            });
            view! { <tr><th scope="row">{name}</th><td><code>{hash}</code></td>{mine}</tr> }
        })
        .collect_view();
    let heads = compared.then(|| view! { <th scope="col">"This browser"</th><th scope="col">"Compared"</th> });
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label="Hashes">
            <table class="hashes">
                <thead><tr><th scope="col">"Hash of"</th><th scope="col">"Server"</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Computes here and asks the server.
async fn compare(bench: Bench) -> Result<(Verification, Verification), String> {
    bench.fetch().await?;
    let key = bench.key();
    let gone = || "this series was trained again meanwhile; reload the page".to_owned();
    let scenario = bench.scenario.try_get_untracked().unwrap_or_default();
    let artefact = bench.artefact.try_get_untracked().flatten().ok_or_else(gone)?;
    let index = artefact.find(&key).ok_or_else(gone)?;
    let here = verify(&artefact, index, &scenario).map_err(|error| error.to_string())?;
    let query = Scenario::to_query(&scenario);
    let there = verify_series(key, bench.measure(), query).await.map_err(|failure| failure.to_string())?;
    Ok((here, there))
}
