//! Desks: the server's answers to the pages' ports, one file a port.

pub(crate) mod accounts;
pub(crate) mod calendar;
pub(crate) mod data;
pub(crate) mod drafts;
pub(crate) mod grid;
pub(crate) mod impact;
pub(crate) mod jobs;
pub(crate) mod models;
pub(crate) mod monitoring;
pub(crate) mod overrides;
pub(crate) mod sales;
pub(crate) mod series;

use crate::state::{Aisle, App};
use aisle_app::ports::{
    Accounts, CalendarDesk, DataDesk, Drawer, ImpactDesk, JobDesk, ModelDesk, MonitoringDesk, OverrideDesk, Reports,
    SalesDesk, SeriesDesk,
};
use leptos::prelude::provide_context;
use std::sync::Arc;

/// Gives pages and server functions their ports.
pub(crate) fn context(app: &App) -> impl Fn() + Clone + Send + Sync + 'static {
    let app = app.clone();
    move || {
        provide_context::<Arc<dyn Accounts>>(app.clone());
        provide_context::<Arc<dyn CalendarDesk>>(app.clone());
        provide_context::<Arc<dyn ImpactDesk>>(app.clone());
        provide_context::<Arc<dyn DataDesk>>(data::desk(&app));
        provide_context::<Arc<dyn JobDesk>>(app.clone());
        provide_context::<Arc<dyn ModelDesk>>(app.clone());
        provide_context::<Arc<dyn MonitoringDesk>>(app.clone());
        provide_context::<Arc<dyn OverrideDesk>>(app.clone());
        provide_context::<Arc<dyn SalesDesk>>(app.clone());
        provide_context::<Arc<dyn SeriesDesk>>(app.clone());
        provide_context::<Arc<dyn Reports>>(app.clone());
        provide_context::<Arc<dyn Drawer>>(app.clone());
    }
}

impl Drawer for Aisle {
    fn svg(&self, option_json: &str, width: u32, height: u32) -> Option<Arc<str>> {
        let drawing = self.drawing.as_ref()?;
        let drawn = unhurried(|| futures::executor::block_on(drawing.svg(option_json, width, height)));
        drawn.inspect_err(|error| tracing::warn!(%error, "a chart could not be drawn: its table is shown")).ok()
    }
}

/// Waits without holding up other requests: the runtime moves them to another thread, where it has several.
fn unhurried<T>(wait: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    let several = Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    if several { tokio::task::block_in_place(wait) } else { wait() }
}
