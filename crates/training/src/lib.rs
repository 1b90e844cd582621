//! Fits artefacts and backtests them.
//!
//! A [`Panel`] (series by period, drivers by location, events) goes in, an [`Artefact`](aisle_engine::Artefact) and a
//! [`FitReport`] come out of [`fit()`]. On the way: every [`Model`] is fitted on every group of series from every origin of a
//! rolling backtest and from the end of history; per series their forecasts are weighted by backtest errors steadied by its
//! group's; errors from overlapping origins give the intervals; the result is written down as level, slope, season, event
//! effects and driver effects, which the engine scores. A new model is one type that implements [`Model`] and one line in
//! [`candidates`]: weights, intervals, report and artefact follow. [`evaluate`] judges all of this from origins in the past.
//!
//! Drivers are taken as the panel gives them, also after an origin: a backtest is honest about sales, while weather or
//! fuel prices of the period forecast are assumed known (they enter the elastic net and what is averaged with it).
//!
//! | module | subject |
//! |---|---|
//! | [`panel`] | the input, checked |
//! | [`parameters`] | hyperparameters, unchecked and checked |
//! | [`calendar`] | periods, event windows, filled and transformed drivers |
//! | [`model`] | the interface of models |
//! | [`fallback`], [`seasonal_naive`], [`stl_ets`] ([`stl`], [`ets`]), [`elastic_net`] | the models |
//! | [`local`] | models of one series by itself: exponential smoothing, theta, several seasons, intermittent demand |
//! | [`boosting`] | gradient-boosted trees |
//! | [`global_trees`] | one model for all series: boosted trees |
//! | `neighbours` | what young series borrow from their relatives |
//! | [`candidates`] | which of them compete |
//! | [`backtest`] | errors of past forecasts |
//! | [`conformal`] | widths and quantiles of forecast errors that hold on periods not seen |
//! | [`closures`] | days on which a location is shut, before and after the fit |
//! | [`holiday_impact`](mod@holiday_impact) | what events do to sales, past and next |
//! | [`reconciliation`] | forecasts of several levels made to agree |
//! | [`fit`](mod@fit), [`report`] | the whole way, and what it tells |

mod alignment;
pub mod backtest;
pub mod boosting;
pub mod calendar;
pub mod candidates;
pub mod closures;
mod competition;
pub mod conformal;
mod decomposition;
pub mod elastic_net;
pub mod error;
pub mod ets;
pub mod evaluation;
mod event_fit;
mod event_parts;
mod event_windows;
pub mod fallback;
pub mod fit;
pub mod global_trees;
pub mod holiday_impact;
mod least_squares;
pub mod local;
pub mod model;
mod neighbours;
mod observations;
pub mod panel;
mod panel_trees;
pub mod parameters;
pub mod reconciliation;
pub mod report;
pub mod seasonal_naive;
pub mod stl;
pub mod stl_ets;
pub mod svd;
mod uplift;
mod weighing;
mod weights;

pub use calendar::Calendar;
pub use conformal::{Calibration, ConformalParameters, Coverage, Observation, calibrate};
pub use elastic_net::ElasticNet;
pub use error::TrainingError;
pub use evaluation::{Evaluation, EvaluationPlan, evaluate};
pub use fallback::Fallback;
pub use fit::fit;
pub use holiday_impact::{ImpactLevels, ImpactRequest, holiday_impact};
pub use local::LocalModel;
pub use model::{Fitted, History, Model};
pub use panel::{Panel, PanelDriver, PanelLocation, PanelParts, PanelSeries};
pub use parameters::{FitParameters, Trees, ValidFitParameters};
pub use reconciliation::{BaseForecasts, Reconciliation, base_forecasts};
pub use report::{FitOutcome, FitReport, LevelAccuracy, PastForecast, Progress, SeriesReport};
pub use seasonal_naive::SeasonalNaive;
pub use stl_ets::StlEts;
