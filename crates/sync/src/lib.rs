//! How facts arrive: files, simulation and replay.
//!
//! The way of a file: [`inspect`] guesses how it is written and what its columns mean and asks what the data does not
//! settle; the confirmed [`Mapping`](aisle_domain::import::Mapping) goes to [`Reader::open`], which yields [`Chunk`]s of
//! facts laid out as [`aisle_domain::facts`] says, in the same order with the same boundaries every time; [`dedupe`] drops
//! what is there already; [`Tally`] counts what became of the rows; [`reread`] replays one mended record.
//!
//! All of it blocks and holds a bounded part of the file in memory; callers give it a thread of its own.

mod blocks;
pub mod chunk;
mod codes;
mod convert;
mod currency;
mod dates;
mod dialect;
mod distinct;
mod encoding;
pub mod error;
mod fact_columns;
mod fields;
mod fingerprint;
mod guess;
mod histogram;
mod holidays;
pub mod inspect;
pub mod mapping;
mod master;
mod meaning;
mod numbers;
mod packing;
mod parquet_rows;
mod profile;
pub mod reader;
mod readings;
mod records;
pub mod seen;
pub mod simulate;
mod source;
mod stock_rows;
pub mod tally;

pub use chunk::{Chunk, Rounding, StateRows};
pub use error::SyncError;
pub use inspect::{Defaults, inspect};
pub use reader::{ImportContext, Reader, reread};
pub use seen::{Seen, dedupe};
pub use tally::Tally;
