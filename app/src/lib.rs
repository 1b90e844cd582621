//! Pages, components and server functions: compiled for the server (`ssr`) and for the browser (`hydrate`).
//!
//! Pages ask the traits of [`ports`] by way of the server functions beside them; nothing here knows SQL, the lake or HTTP.

#![recursion_limit = "512"]

pub mod access;
pub mod failure;
pub mod pages;
pub mod ports;
pub mod shell;
pub mod ui;
pub mod visit;
#[cfg(feature = "hydrate")]
pub mod worker;

pub use failure::Failure;
pub use shell::{App, page, report_page};
