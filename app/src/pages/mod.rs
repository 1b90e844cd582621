//! One file a page, with the server functions that its forms post to. Pages are rendered by the server only.

pub mod account;
pub mod accuracy;
pub mod audit;
pub mod calendar;
pub mod curves;
pub mod data;
pub mod help;
pub mod impact;
pub mod job;
pub mod jobs;
pub mod levels;
pub mod measure_filter;
pub mod overrides;
pub mod overview;
pub mod report;
pub mod series;
pub mod series_detail;
pub mod settings;
pub mod sign_in;
pub mod users;

use crate::Failure;
use crate::access;
use crate::ports::{SalesDesk, ShopView};
use crate::ui::{EmptyState, PageHeader};
use leptos::prelude::*;

pub use account::AccountPage;
pub use accuracy::AccuracyPage;
pub use audit::AuditPage;
pub use calendar::{CalendarFilePage, CalendarPage};
pub use data::{DataPage, DeadLettersPage, ImportPage, TablePage, TablesPage};
pub use help::HelpPage;
pub use impact::{ImpactPage, ImpactsPage};
pub use job::JobPage;
pub use jobs::JobsPage;
pub use levels::LevelsPage;
pub use overrides::OverridesPage;
pub use overview::OverviewPage;
pub use report::WeeklyReportPage;
pub use series::SeriesPage;
pub use series_detail::SeriesDetailPage;
pub use settings::SettingsPage;
pub use sign_in::SignInPage;
pub use users::UsersPage;

/// What data there is, for filters and headings.
async fn shop() -> Result<ShopView, Failure> {
    access::port::<dyn SalesDesk>()?.shop().await.map_err(access::failed)
}

/// What is shown where no page is; the response says 404.
#[component]
pub fn NotFound() -> impl IntoView {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <PageHeader title="There is no such page"/>
        <EmptyState title="The address leads nowhere">
            <p>"It may be misspelt, or what it showed is gone. "<a href="/">"To the overview"</a></p>
        </EmptyState>
    }
}
