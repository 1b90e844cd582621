//! The lake from outside, on folders of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod appends;
mod questions;
mod shop;
mod stock;
