//! The bench of a what-if: the artefact of the series in view, the scenario, what came out; scored once a frame at most.

use super::levers::Outcome;
use crate::addresses;
use crate::ports::query_string::{encode, join};
use aisle_domain::{Measure, SeriesKey};
use aisle_engine::{Artefact, Scenario};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// How long the last scoring took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Milliseconds.
    pub millis: f64,
    /// Periods scored.
    pub steps: usize,
}

/// What the parts of the panel share.
#[derive(Clone, Copy)]
pub struct Bench {
    /// Whether scripts run: after hydration.
    pub live: RwSignal<bool>,
    /// What is assumed.
    pub scenario: RwSignal<Scenario>,
    /// What comes out; `None`: not trained.
    pub outcome: RwSignal<Option<Outcome>>,
    /// How long it took here.
    pub timing: RwSignal<Option<Timing>>,
    /// Why it cannot be computed here.
    pub trouble: RwSignal<Option<String>>,
    /// The artefact, once it is here.
    pub artefact: RwSignal<Option<Arc<Artefact>>>,
    waiting: StoredValue<bool>,
    subject: StoredValue<(SeriesKey, Option<Measure>)>,
}

impl Bench {
    /// A bench with what the server computed.
    pub fn new(key: SeriesKey, measure: Option<Measure>, scenario: Scenario, outcome: Option<Outcome>) -> Self {
        let bench = Self {
            live: RwSignal::new(false),
            scenario: RwSignal::new(scenario),
            outcome: RwSignal::new(outcome),
            timing: RwSignal::new(None),
            trouble: RwSignal::new(None),
            artefact: RwSignal::new(None),
            waiting: StoredValue::new(false),
            subject: StoredValue::new((key, measure)),
        };
        Effect::new(move |_| bench.live.set(true));
        // Whatever changes the scenario, the numbers follow.
        Effect::new(move |before: Option<()>| {
            bench.scenario.track();
            if before.is_some() {
                bench.ask();
            }
        });
        bench
    }

    /// The series.
    pub fn key(self) -> SeriesKey {
        self.subject.with_value(|(key, _)| key.clone())
    }

    /// The measure that the address names.
    pub fn measure(self) -> Option<Measure> {
        self.subject.with_value(|(_, measure)| *measure)
    }

    /// The page's address without a scenario.
    pub fn path(self) -> String {
        self.subject.with_value(|(key, measure)| addresses::series(key, *measure))
    }

    /// Where the artefact of the series is.
    pub fn artefact_address(self) -> String {
        let (key, measure) = self.subject.get_value();
        let measure = measure.map(|measure| ("measure", measure.name()));
        let key = key.to_string();
        format!("/artefacts/view?{}", join(measure.into_iter().chain([("key", key.as_str())])))
    }

    /// Asks for the numbers of the present scenario: computed before the next frame, once, however often it is asked.
    pub fn ask(self) {
        if self.waiting.try_get_value() != Some(false) {
            return;
        }
        self.waiting.set_value(true);
        if self.artefact.with_untracked(Option::is_some) {
            request_animation_frame(move || self.compute());
        } else {
            spawn_local(async move {
                match self.fetch().await {
                    Ok(()) => self.compute(),
                    Err(text) => {
                        self.trouble.try_set(Some(text));
                        self.waiting.try_set_value(false);
                    }
                }
            });
        }
    }

    /// Fetches the artefact unless it is here.
    ///
    /// # Errors
    /// A sentence for the user.
    pub async fn fetch(self) -> Result<(), String> {
        if self.artefact.try_with_untracked(Option::is_some) == Some(false) {
            let bytes = fetch_bytes(&self.artefact_address()).await?;
            let artefact =
                Artefact::from_bytes(&js_sys::Uint8Array::new(&bytes).to_vec()).map_err(|e| e.to_string())?;
            self.artefact.try_set(Some(Arc::new(artefact)));
        }
        Ok(())
    }

    fn compute(self) {
        self.waiting.try_set_value(false);
        let Some(Some(artefact)) = self.artefact.try_get_untracked() else { return };
        let Some(index) = artefact.find(&self.key()) else {
            self.trouble.try_set(Some("this series was trained again meanwhile; reload the page".to_owned()));
            return;
        };
        let began = now();
        let outcome = self.scenario.with_untracked(|scenario| Outcome::of(&artefact, index, scenario));
        let millis = now() - began;
        match outcome {
            Ok(outcome) => {
                self.timing.try_set(Some(Timing { millis, steps: outcome.forecast.mean.len() }));
                self.trouble.try_set(None);
                self.outcome.try_set(Some(outcome));
            }
            Err(error) => {
                self.trouble.try_set(Some(error.to_string()));
            }
        }
    }

    /// Puts the scenario into the address, without a new entry in the history and without a round to the server.
    pub fn keep_in_address(self) {
        let query = self.scenario.with_untracked(Scenario::to_query);
        let path = self.path();
        let mark = if path.contains('?') { '&' } else { '?' };
        let address = if query.is_empty() { path } else { format!("{path}{mark}{query}") };
        if let Ok(history) = window().history() {
            let state = history.state().unwrap_or(JsValue::NULL);
            // Refused only when asked too often: the address then lags behind, the page does not.
            let _ = history.replace_state_with_url(&state, "", Some(&address));
        }
    }

    /// Where the artefact of all series is.
    pub fn live_address(self) -> String {
        match self.measure() {
            Some(measure) => format!("/artefacts/live?measure={}", encode(measure.name())),
            None => "/artefacts/live".to_owned(),
        }
    }
}

/// Milliseconds since the page began; 0 where the browser does not say.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// The bytes at an address of ours.
///
/// # Errors
/// A sentence for the user.
pub async fn fetch_bytes(address: &str) -> Result<js_sys::ArrayBuffer, String> {
    let lost = |_: JsValue| "the model could not be fetched; check the connection and move the slider again".to_owned();
    let response = JsFuture::from(window().fetch_with_str(address)).await.map_err(lost)?;
    let response: web_sys::Response = response.dyn_into().map_err(lost)?;
    if !response.ok() {
        return Err(format!("the model could not be fetched (status {}); reload the page", response.status()));
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(lost)?).await.map_err(lost)?;
    buffer.dyn_into().map_err(lost)
}
