//! The Web Worker's side of the what-if over all series: scoring that would take longer than a frame.
//!
//! `frontend/js/worker.js` loads the page's own WASM module in a worker, hands it the artefact once and a scenario for
//! every move of a slider. Nothing here touches the page.

use aisle_engine::{Artefact, Scenario, TotalScorer};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static BENCH: RefCell<Option<(Artefact, TotalScorer)>> = const { RefCell::new(None) };
}

/// Takes the artefact to score with.
///
/// # Errors
/// A sentence where the bytes are not an artefact.
#[wasm_bindgen]
pub fn worker_load(bytes: &[u8]) -> Result<(), JsValue> {
    let artefact = Artefact::from_bytes(bytes).map_err(|error| JsValue::from_str(&error.to_string()))?;
    BENCH.with_borrow_mut(|bench| *bench = Some((artefact, TotalScorer::new())));
    Ok(())
}

/// The sum over all series, per period, under the scenario of a query string.
///
/// # Errors
/// A sentence where nothing was loaded or the scenario cannot be scored.
#[wasm_bindgen]
pub fn worker_totals(scenario: &str) -> Result<Vec<f64>, JsValue> {
    BENCH.with_borrow_mut(|bench| {
        let (artefact, scorer) = bench.as_mut().ok_or_else(|| JsValue::from_str("load an artefact first"))?;
        let scenario = Scenario::from_query(scenario).map_err(|error| JsValue::from_str(&error.to_string()))?;
        let totals = scorer.totals(artefact, None, &scenario).map_err(|error| JsValue::from_str(&error.to_string()))?;
        Ok(totals.mean.clone())
    })
}
