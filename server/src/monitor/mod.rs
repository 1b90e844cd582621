//! Watches the live forecasts and decides when to train again.
//!
//! One process of an installation looks (a lease says which): when data has come, on a timer, and when the schedule says
//! so. Each look ends in a decision per measure, which is written down with its figures and reason, also where nothing is
//! done. A training that follows makes a challenger; whether that becomes live is decided where models are registered
//! ([`crate::registry`]), and written down as well.

mod inputs;
mod log;
mod parts;
mod rounds;

pub(crate) use inputs::inputs;
pub(crate) use log::{BY, Entry};
pub(crate) use parts::watched;
pub(crate) use rounds::{keep_watch, next_run};

use crate::clock;
use crate::state::Aisle;
use aisle_engine::retraining::Policy;
use aisle_store::{Store, StoreError, settings};

const POLICY: &str = "monitoring";

/// The policy kept, or the default.
pub(crate) async fn policy(store: &Store) -> Result<Policy, StoreError> {
    settings::get(store, POLICY, Policy::default()).await
}

impl Aisle {
    /// Keeps a policy.
    pub(crate) async fn keep_policy(&self, policy: &Policy) -> Result<(), StoreError> {
        settings::set(&self.store, POLICY, policy, clock::now()).await?;
        rounds::reschedule(&self.store, clock::now()).await
    }
}
