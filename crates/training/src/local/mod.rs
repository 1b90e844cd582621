//! Models of one series by itself, and how they stand behind the interface of all models.
//!
//! | module | subject |
//! |---|---|
//! | [`ets`] | exponential smoothing: error, trend, season; maximum likelihood, criterion, average |
//! | [`theta`] | the theta method, standard and optimised, static and dynamic |
//! | [`mstl`] | several seasons taken out by loess, robust to outliers |
//! | [`mstl_ets`] ([`arma`]) | those seasons, exponential smoothing of the rest, its errors |
//! | [`demand_class`], [`intermittent`] | demand that comes seldom |
//! | [`members`] | the interface: seasons by granularity, bounds |
//!
//! All of them take values oldest first, not a number where one is missing; none panics, whatever the values; each can
//! take in new values without a fit (`advance`).

pub mod arma;
pub mod demand_class;
mod descent;
pub mod ets;
pub mod intermittent;
mod loess;
pub mod members;
pub mod mstl;
pub mod mstl_ets;
mod series;
pub mod theta;

pub use members::LocalModel;
