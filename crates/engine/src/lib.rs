//! Scoring from artefacts: forecasts and what-if, the same bits natively and in WASM.
