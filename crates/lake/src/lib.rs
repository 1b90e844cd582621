//! Facts: Delta tables on object storage, queried by DataFusion.
//!
//! One folder (later: one prefix of an object store) holds a Delta table for each of [`aisle_domain::facts::TABLES`],
//! partitioned by `period`. [`Lake::append`] is the one way in: a commit carries an application id and a sequence number,
//! so that a commit tried twice lands once. Everything else reads: typed results outside, DataFusion inside.
//!
//! Open and loaded tables are kept and brought up to date before each question, so an answer sees the newest commit,
//! whichever process made it.

mod answers;
mod append;
mod columns;
mod error;
mod export;
mod features;
mod filter;
mod layout;
mod panel;
mod rows;
mod span;
mod stock;
mod tables;
mod totals;
mod upkeep;

pub use append::{Appended, Appending, Commit, Committed};
pub use error::LakeError;
pub use export::{ExportFormat, ExportSource};
pub use features::{FeatureFilter, FeaturePoint, FeatureSeries, PriceRow, PromotionRow};
pub use filter::{SaleFilter, SaleKind};
pub use layout::schema;
pub use panel::{Panel, PanelQuery};
pub use rows::{SaleCursor, SaleRow};
pub use span::Span;
pub use stock::{Delivery, EmptyDays, LastLevel};
pub use tables::{HistoryEntry, TableInfo};
pub use totals::{KindSum, PeriodTotal};
pub use upkeep::Compacted;

use aisle_domain::Granularity;
use aisle_domain::facts::{self, Table};
use answers::Answers;
use datafusion::prelude::{DataFrame, SessionContext};
use std::sync::Arc;
use tables::OpenTable;

/// The fact tables below one root. Cheap to clone; clones share the loaded tables and the cache.
#[derive(Clone)]
pub struct Lake {
    inner: Arc<Inner>,
}

struct Inner {
    root: String,
    tables: Vec<OpenTable>,
    session: SessionContext,
    panels: Answers<PanelQuery, Panel>,
    totals: Answers<(Granularity, SaleFilter), Vec<PeriodTotal>>,
    span: Answers<(), Option<Span>>,
}

/// Values of panels to keep: 16 bytes each.
const MOST_PANEL_VALUES: usize = 12_000_000;
/// Periods of totals to keep.
const MOST_TOTALS: usize = 200_000;

impl std::fmt::Debug for Lake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lake").field("root", &self.inner.root).finish_non_exhaustive()
    }
}

impl Lake {
    /// Opens the tables below `root`: a folder, or a URL such as `file:///srv/aisle/lake`. A folder that is not there is
    /// made; a table that is not there is made by its first append and reads as empty until then.
    ///
    /// # Errors
    /// [`LakeError::Root`] where the folder cannot be made or is a file, [`LakeError::NotATable`] and [`LakeError::Layout`]
    /// where something else lies where a table belongs, [`LakeError::Delta`] where a table's log cannot be read.
    pub async fn open(root: &str) -> Result<Self, LakeError> {
        let root = tables::prepare_root(root)?;
        let tables: Vec<OpenTable> = facts::TABLES.into_iter().map(|layout| OpenTable::new(&root, layout)).collect();
        let session = deltalake::delta_datafusion::create_session().into_inner();
        let (panels, totals) = (Answers::weighing(MOST_PANEL_VALUES), Answers::weighing(MOST_TOTALS));
        let inner = Inner { root, tables, session, panels, totals, span: Answers::weighing(1) };
        let lake = Self { inner: Arc::new(inner) };
        for table in &lake.inner.tables {
            table.current().await?;
        }
        Ok(lake)
    }

    /// Where the tables lie.
    pub fn root(&self) -> &str {
        &self.inner.root
    }

    fn table(&self, layout: &Table) -> Result<&OpenTable, LakeError> {
        self.inner
            .tables
            .iter()
            .find(|table| table.layout.name == layout.name)
            .ok_or_else(|| LakeError::UnknownTable { name: layout.name.to_owned() })
    }

    /// The newest state of a table as a frame to query; without rows where the table is not there yet.
    async fn frame(&self, layout: &Table) -> Result<DataFrame, LakeError> {
        let table = self.table(layout)?;
        match table.current().await? {
            Some(delta) => {
                let session = self.inner.session.state();
                delta
                    .update_datafusion_session(&session)
                    .map_err(|source| table.error("prepare a query of", source))?;
                let provider = delta.table_provider().await?;
                Ok(self.inner.session.read_table(provider)?)
            }
            None => {
                let empty = arrow::record_batch::RecordBatch::new_empty(layout::schema(table.layout));
                Ok(self.inner.session.read_batch(empty)?)
            }
        }
    }
}
