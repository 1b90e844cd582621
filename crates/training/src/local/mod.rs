//! Models of one series by itself.
//!
//! All of them take values oldest first, not a number where one is missing; none panics, whatever the values; each can
//! take in new values without a fit (`advance`).

pub mod arma;
pub mod demand_class;
mod descent;
pub mod ets;
pub mod intermittent;
mod loess;
pub mod mstl;
pub mod mstl_ets;
mod series;
pub mod theta;
