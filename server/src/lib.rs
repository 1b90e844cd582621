//! The `aisle` program: configuration, wiring, REST, sessions, job workers, command line.
//!
//! Rooms: [`config`] says how it runs, [`state`] holds what it runs on, `http` serves pages and guards them, `api` is the
//! REST face, `desks` answer the pages' ports, `board` keeps the shop's numbers at hand, `calendar` joins the calendar's sources, `jobs` does the long work, `registry` decides which fitted model is live, `cli`
//! is the command line.

#![recursion_limit = "512"]

mod api;
mod board;
mod calendar;
mod cli;
mod clock;
mod config;
mod demo;
mod desks;
mod failure;
mod http;
mod jobs;
mod monitor;
mod overrides;
mod password;
mod registry;
mod shop;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use cli::run;
