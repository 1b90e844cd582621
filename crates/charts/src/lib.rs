//! Data to a chart option and its text alternative.
//!
//! Each function takes plain data and a [`Palette`] and answers a [`ChartSpec`]: an ECharts option as JSON (made with
//! charming, no functions in it), one or two sentences that say what the chart shows, and the same numbers as a table.
//! Server and browser draw the same option with the same bundle (`frontend/js`), so the picture does not change when a
//! page becomes interactive. Nothing here reads a clock, a locale or a hash order: same data, same bytes.
//!
//! Where the option holds a text that starts with `@` (such as `@full|$|2|`), the bundle puts one of its own number or
//! date formats in its place; [`Unit`] writes those texts.
//!
//! A chart that changes while it is looked at is made once; then only its values are made anew (`…_values`), without the
//! option's types, so that a browser need not carry them.
//!
//! Lists that must be equally long and are not are read up to what each holds; what is missing or not finite is a gap.

mod axes;
mod bars;
mod components;
mod dates;
mod occurrences;
mod palette;
mod past;
mod sales;
mod sparkline;
mod spec;
mod unit;

pub use bars::{Bars, Histogram, Movers, accuracy, histogram, movers, totals_by_category};
pub use components::{Components, components, components_values};
pub use dates::{period, written};
pub use occurrences::{EventOccurrence, EventOccurrences, event_occurrences};
pub use palette::Palette;
pub use past::{PastForecast, PastForecasts, past_forecasts};
pub use sales::{SalesAndForecast, sales_and_forecast, sales_and_forecast_values};
pub use sparkline::sparkline;
pub use spec::{ChartKind, ChartSpec, ChartTable, ChartValues};
pub use unit::Unit;
