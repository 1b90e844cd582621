//! Ports: what the pages need from the world, as traits. The server implements them; pages get them by context.
//!
//! Nothing here knows SQL, the lake or HTTP. Every method answers with a [`Problem`] that may be shown to the user as it is.

pub mod accounts;
pub mod calendar;
pub mod data;
pub mod impact;
pub mod jobs;
pub mod levels;
pub mod models;
pub mod monitoring;
pub mod overrides;
pub mod overview;
pub mod series;
pub mod series_query;

use aisle_domain::Problem;

pub use aisle_domain::query_string;

pub use accounts::{Accounts, KeyView, NewKey, NewUser, SessionView, SettingsView, UserView, Visitor};
pub use calendar::CalendarDesk;
pub use data::{DataDesk, DeadLetterQuery, DeadLetterView, ImportView, MappingAnswer, TableVersion, TableView};
pub use impact::ImpactDesk;
pub use jobs::JobDesk;
pub use models::ModelDesk;
pub use monitoring::MonitoringDesk;
pub use overrides::{OverrideDesk, OverrideDraft, OverrideView};
pub use overview::{
    Accuracy, Amount, Change, Mover, Overview, OverviewQuery, Reports, SalesCurve, SalesDesk, ShopView, Tile,
    WeeklyReport,
};
pub use series::{
    GroupRow, PastForecast, SearchHit, SeriesColumn, SeriesDesk, SeriesDetail, SeriesQuery, SeriesRow, SeriesWindow,
};

/// What a port answers.
pub type Answer<T> = Result<T, Problem>;

/// One page of a list in keyset order.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Pass it as `after` for the next page; `None` at the end.
    pub next: Option<String>,
}

/// Draws charts for pages that are read without JavaScript, and for the first paint of all others.
pub trait Drawer: Send + Sync {
    /// An inline SVG of the chart option at a width and height in CSS pixels; `None` where it could not be drawn (the
    /// page then shows the chart's table).
    ///
    /// Answers from memory where the same was drawn before; else it holds up its thread for some tens of milliseconds.
    /// (Leptos resolves no future that stands inside of another one's view, so a chart cannot be awaited where it stands.)
    fn svg(&self, option_json: &str, width: u32, height: u32) -> Option<std::sync::Arc<str>>;
}
