//! Scoring from artefacts: forecasts and what-if, the same bits natively and in WASM.
//!
//! `training` fits an [`Artefact`]: per series a handful of numbers (level, damped slope, a season path over the horizon,
//! holiday effects) and, shared between series, driver effects per group and driver values per location. This crate turns
//! it into forecasts: [`score()`] for one series with intervals and components, [`score_totals`] for the sum of many. Both
//! take a [`Scenario`] (growth, holidays moved or cancelled, markdown depth, drivers changed); the default one is the
//! baseline. Scoring is a pure function: no I/O, clock, random source, locale or thread; sums run in a fixed order and
//! `exp`/`log1p` come from `libm`, so that server, node and browser give the same bits. [`verify`]
//! hashes model, input and result so that two places can be compared, and [`golden::run`] does so for built-in models.
//!
//! | module | subject |
//! |---|---|
//! | [`artefact`] | the artefact: its parts, its validation |
//! | [`format`](mod@format) | its bytes: magic, version, postcard body, SHA-256; subsets |
//! | [`scenario`] | what-if: changes against the baseline, their query-string form |
//! | [`score`](mod@score) | the forecast of one series |
//! | [`totals`] | the forecast of the sum of many, on a reusable scratch buffer |
//! | [`verification`] | hashes of model, input and result |
//! | [`distribution`](mod@distribution) | quantiles per step, sample paths, scores of both |
//! | [`hierarchy`] | several hierarchies at once, forecasts that add up in all of them |
//! | [`overrides`] | planners' changes at any node, and what they were worth |
//! | [`accuracy`] | WAPE, WMAE, MASE, RMSSE, bias, pinball, coverage |
//! | [`monitoring`] | whether a live forecast still holds |
//! | [`retraining`] | whether to train again, and why |
//! | [`inventory`] | what to order: demand over the lead time, order policies, the order line, joint orders, simulation |
//! | [`trees`] | boosted trees: stored, scored, explained |
//! | [`why`] | a forecast's parts by name over a span, and as a sentence |
//! | [`golden`] | built-in models scored to hexadecimal bits, for comparison across platforms |

pub mod accuracy;
pub mod artefact;
pub mod distribution;
pub mod error;
pub mod format;
pub mod golden;
pub mod hierarchy;
pub mod impact;
pub mod inventory;
pub mod monitoring;
pub mod overrides;
mod plan;
pub mod retraining;
pub mod scenario;
pub mod score;
pub mod totals;
pub mod trees;
pub mod verification;
pub mod why;

pub use artefact::{
    AccuracySummary, Artefact, ArtefactParts, Coverage, Driver, DriverKind, DriverParts, EventModel, GroupEffects,
    Header, LocationDrivers, ModelAccuracy, ModelKind, Occurrence, SeriesModel, Transform,
};
pub use error::EngineError;
pub use scenario::{DriverChange, EventChange, Scenario};
pub use score::{Components, Interval, SeriesForecast, distribution, score};
pub use totals::{TotalScorer, Totals, score_totals};
pub use verification::{Digest, Verification, input_hash, result_hash, verify};
