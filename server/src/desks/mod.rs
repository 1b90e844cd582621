//! Desks: the server's answers to the pages' ports, one file a port.

pub(crate) mod accounts;
pub(crate) mod data;
pub(crate) mod drafts;
pub(crate) mod grid;
pub(crate) mod jobs;
pub(crate) mod sales;
pub(crate) mod series;

use crate::state::{Aisle, App};
use aisle_app::ports::{Accounts, DataDesk, Drawer, JobDesk, Reports, SalesDesk, SeriesDesk};
use leptos::prelude::provide_context;
use std::sync::Arc;

/// Gives pages and server functions their ports.
pub(crate) fn context(app: &App) -> impl Fn() + Clone + Send + Sync + 'static {
    let app = app.clone();
    move || {
        provide_context::<Arc<dyn Accounts>>(app.clone());
        provide_context::<Arc<dyn DataDesk>>(data::desk(&app));
        provide_context::<Arc<dyn JobDesk>>(app.clone());
        provide_context::<Arc<dyn SalesDesk>>(app.clone());
        provide_context::<Arc<dyn SeriesDesk>>(app.clone());
        provide_context::<Arc<dyn Reports>>(app.clone());
        provide_context::<Arc<dyn Drawer>>(app.clone());
    }
}

#[async_trait::async_trait]
impl Drawer for Aisle {
    async fn svg(&self, option_json: &str, width: u32, height: u32) -> Option<Arc<str>> {
        let drawn = self.drawing.as_ref()?.svg(option_json, width, height).await;
        drawn.inspect_err(|error| tracing::warn!(%error, "a chart could not be drawn: its table is shown")).ok()
    }
}
