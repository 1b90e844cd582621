//! ECharts inside QuickJS: a chart option to SVG, on threads of its own.
//!
//! Each thread holds one JavaScript context with the chart bundle in it, made when the first chart is asked for. A context
//! has a memory limit and a time limit; one that breaks either is thrown away and made anew, and the caller gets an error
//! and shows the chart's table instead. Drawings are kept by the hash of what was asked, within a number of bytes.

mod cache;
mod context;
mod drawing;
mod dress;
mod error;

pub use drawing::{Drawing, Limits};
pub use error::DrawingError;
