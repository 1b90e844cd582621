//! What a running program holds: state, facts, numbers at hand, and the way it was configured.

use crate::board::{Board, BoardKeeper};
use crate::clock;
use crate::config::Config;
use crate::password;
use aisle_drawing::Drawing;
use aisle_lake::Lake;
use aisle_store::{Store, settings};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// Shared by every handler, desk and job.
pub(crate) type App = Arc<Aisle>;

/// The running program.
pub(crate) struct Aisle {
    /// How it was configured.
    pub(crate) config: Config,
    /// State.
    pub(crate) store: Store,
    /// Facts.
    pub(crate) lake: Lake,
    /// The shop's numbers at hand.
    pub(crate) board: BoardKeeper,
    /// Draws charts; `None` where the bundle is missing (the pages then show tables).
    pub(crate) drawing: Option<Drawing>,
    /// Signs links to reports.
    pub(crate) signing_key: Vec<u8>,
    /// Renders `/metrics`.
    pub(crate) metrics: PrometheusHandle,
    /// Set when the program shuts down: `/readyz` fails so that balancers look elsewhere.
    pub(crate) stopping: AtomicBool,
}

/// Why the program cannot run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// A folder could not be made.
    #[error("the folder {path} cannot be made: {source}; check its owner and the disk's space")]
    Folder {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The state could not be opened.
    #[error(transparent)]
    Store(#[from] aisle_store::StoreError),
    /// The facts could not be opened.
    #[error(transparent)]
    Lake(#[from] aisle_lake::LakeError),
}

impl Aisle {
    /// Opens state and facts. `draw`: whether charts will be wanted.
    pub(crate) async fn open(config: Config, draw: bool) -> Result<App, OpenError> {
        for folder in [config.data_dir.clone(), config.uploads()] {
            std::fs::create_dir_all(&folder)
                .map_err(|source| OpenError::Folder { path: folder.display().to_string(), source })?;
        }
        let store = Store::connect(&config.database()).await?;
        let lake = Lake::open(&config.lake_root()).await?;
        let proposed = password::random::<32>();
        let signing_key = settings::secret(&store, "report_links", &proposed, clock::now()).await?;
        let drawing = if draw { start_drawing(&config) } else { None };
        Ok(Arc::new(Self {
            board: BoardKeeper::default(),
            metrics: recorder(),
            stopping: AtomicBool::new(false),
            config,
            store,
            lake,
            drawing,
            signing_key,
        }))
    }

    /// The shop's numbers as of the newest data that this process has noticed.
    pub(crate) async fn board(&self) -> Result<Arc<Board>, aisle_domain::Problem> {
        self.board.current(self).await
    }
}

fn start_drawing(config: &Config) -> Option<Drawing> {
    let bundle = config.site_dir.join("pkg/charts.js");
    let source = std::fs::read_to_string(&bundle)
        .inspect_err(|error| tracing::warn!(%error, path = %bundle.display(), "no chart bundle: pages show tables"))
        .ok()?;
    Drawing::start(source, config.drawing_threads.max(1))
        .inspect_err(|error| tracing::warn!(%error, "charts cannot be drawn: pages show tables"))
        .ok()
}

/// The process has one recorder, also where tests open several programs in it.
fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::debug!("another metrics recorder is installed");
            }
            handle
        })
        .clone()
}
