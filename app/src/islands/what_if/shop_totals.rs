//! The scenario over all series of the shop: scored here, or in a Web Worker where that takes longer than a frame.

use super::bench::{Bench, fetch_bytes, now};
use super::panel::sums_table;
use crate::ui::{Unit, format};
use aisle_engine::{Artefact, Scenario, TotalScorer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// A frame at 60 Hz, in milliseconds: scoring that takes longer goes to the worker.
const FRAME: f64 = 16.0;

/// What the totals are scored with, once the artefact is here.
enum Scorer {
    /// In place: small enough.
    Here(Box<(Artefact, TotalScorer)>),
    /// In the worker, and whether it is at work.
    Worker { worker: web_sys::Worker, busy: bool, again: bool },
}

/// Sums of all series, without and with the scenario.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sums {
    baseline: f64,
    scenario: f64,
    millis: f64,
    in_worker: bool,
}

/// The switch 'All series' and the sums that it shows. There only with JavaScript.
#[component]
pub fn ShopTotals(
    /// The panel's bench.
    bench: Bench,
    /// Unit of the sums.
    unit: Unit,
) -> impl IntoView {
    let on = RwSignal::new(false);
    let sums = RwSignal::new(None::<Sums>);
    let trouble = RwSignal::new(None::<String>);
    let scorer = StoredValue::new(None::<SendWrapper<Scorer>>);
    let baseline = StoredValue::new(None::<f64>);
    let shared = Shared { bench, sums, trouble, scorer, baseline };
    Effect::new(move |_| {
        bench.scenario.track();
        if on.get() {
            shared.ask();
        }
    });
    let on_change = move |_| {
        on.update(|on| *on = !*on);
        if on.get_untracked() && scorer.with_value(Option::is_none) {
            spawn_local(async move {
                if let Err(text) = shared.begin().await {
                    trouble.try_set(Some(text));
                    on.try_set(false);
                }
            });
        }
    };
    on_cleanup(move || {
        scorer.update_value(|scorer| {
            if let Some(Scorer::Worker { worker, .. }) = scorer.as_deref() {
                worker.terminate();
            }
        });
    });
    let result = move || {
        let sums = sums.get().filter(|_| on.get())?;
        let place = if sums.in_worker { "in a background thread of the browser" } else { "here in the browser" };
        Some(view! {
            {sums_table("All series", sums.baseline, sums.scenario, unit)}
            <p class="hint">{format!("Every series of the shop recomputed in {} ms, {place}.", format::number(sums.millis, 1))}</p>
        })
    };
    view! {
        <div class="all-series" hidden=move || !bench.live.get()>
            <label class="check"><input type="checkbox" on:change=on_change prop:checked=move || on.get()/>"All series of the shop"</label>
            <div aria-live="polite">{result}</div>
            {move || trouble.get().map(|text| view! { <p class="message bad">{text}</p> })}
        </div>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct Shared {
    bench: Bench,
    sums: RwSignal<Option<Sums>>,
    trouble: RwSignal<Option<String>>,
    /// Wrapped, since a page on the server is made on one thread and dropped on another; there it stays `None`.
    scorer: StoredValue<Option<SendWrapper<Scorer>>>,
    baseline: StoredValue<Option<f64>>,
}

impl Shared {
    /// Fetches the artefact, scores the baseline, and decides by the time it took where to score from now on.
    async fn begin(self) -> Result<(), String> {
        let buffer = fetch_bytes(&self.bench.live_address()).await?;
        let artefact =
            Artefact::from_bytes(&js_sys::Uint8Array::new(&buffer).to_vec()).map_err(|error| error.to_string())?;
        let mut scorer = TotalScorer::new();
        let began = now();
        let totals = scorer.totals(&artefact, None, &Scenario::default()).map_err(|error| error.to_string())?;
        let sum: f64 = totals.mean.iter().sum();
        let slow = now() - began > FRAME;
        let chosen = match slow.then(|| self.worker(&buffer)).flatten() {
            Some(worker) => Scorer::Worker { worker, busy: true, again: true },
            None => Scorer::Here(Box::new((artefact, scorer))),
        };
        self.baseline.try_set_value(Some(sum));
        self.scorer.try_set_value(Some(SendWrapper::new(chosen)));
        self.ask();
        Ok(())
    }

    /// Asks for the sums of the present scenario.
    fn ask(self) {
        let Some(query) = self.bench.scenario.try_with_untracked(Scenario::to_query) else { return };
        let here = self.scorer.try_update_value(|scorer| match scorer.as_deref_mut() {
            None => None,
            Some(Scorer::Here(bench)) => {
                let (artefact, scorer) = bench.as_mut();
                let began = now();
                let scenario = self.bench.scenario.get_untracked();
                let sum = scorer.totals(artefact, None, &scenario).map(|totals| totals.mean.iter().sum::<f64>());
                sum.ok().map(|sum| (sum, now() - began))
            }
            Some(Scorer::Worker { busy, again, .. }) if *busy => {
                *again = true;
                None
            }
            Some(Scorer::Worker { worker, busy, .. }) => {
                *busy = worker.post_message(&JsValue::from_str(&query)).is_ok();
                None
            }
        });
        if let Some(Some((sum, millis))) = here {
            self.show(sum, millis, false);
        }
    }

    fn show(self, scenario: f64, millis: f64, in_worker: bool) {
        if let Some(Some(baseline)) = self.baseline.try_get_value() {
            self.sums.try_set(Some(Sums { baseline, scenario, millis, in_worker }));
        }
    }

    /// Starts the worker and gives it the artefact; `None` where the browser refuses.
    fn worker(self, buffer: &js_sys::ArrayBuffer) -> Option<web_sys::Worker> {
        let options = web_sys::WorkerOptions::new();
        options.set_type(web_sys::WorkerType::Module);
        let worker = web_sys::Worker::new_with_options("/pkg/worker.js", &options).ok()?;
        let answer = Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            self.answered(&event.data())
        });
        worker.set_onmessage(Some(answer.as_ref().unchecked_ref()));
        // It lives as long as the worker, which ends with the page.
        answer.forget();
        let failed = Closure::<dyn FnMut(web_sys::Event)>::new(move |_: web_sys::Event| {
            self.trouble.try_set(Some("the background thread failed; switch 'All series' off and on again".to_owned()));
            self.scorer.try_set_value(None);
        });
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        failed.forget();
        let transfer = js_sys::Array::of1(buffer);
        worker.post_message_with_transfer(buffer, &transfer).ok()?;
        Some(worker)
    }

    /// An answer of the worker: ready, the sum of a scenario with its milliseconds, or what went wrong.
    fn answered(self, data: &JsValue) {
        let field = |name: &str| js_sys::Reflect::get(data, &name.into()).ok();
        if let Some(text) = field("error").and_then(|value| value.as_string()) {
            self.trouble.try_set(Some(text));
        }
        if let (Some(sum), Some(millis)) =
            (field("sum").and_then(|v| v.as_f64()), field("millis").and_then(|v| v.as_f64()))
        {
            self.show(sum, millis, true);
        }
        let again = self.scorer.try_update_value(|scorer| match scorer.as_deref_mut() {
            Some(Scorer::Worker { busy, again, .. }) => {
                *busy = false;
                std::mem::take(again)
            }
            _ => false,
        });
        if again == Some(true) {
            self.ask();
        }
    }
}
