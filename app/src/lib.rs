//! Pages, islands and server functions.
//!
//! Pages are rendered by the server alone (`ssr`); what reacts in the browser (`hydrate`) is an island: a component of
//! [`islands`] that the server renders too, and the browser takes over where it stands. Pages ask the traits of [`ports`];
//! nothing here knows SQL, the lake or HTTP.

#![recursion_limit = "512"]

pub mod access;
pub mod addresses;
pub mod failure;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod ports;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod ui;
pub mod visit;
#[cfg(feature = "hydrate")]
pub mod worker;

pub use failure::Failure;
#[cfg(feature = "ssr")]
pub use shell::{App, page, report_page};
