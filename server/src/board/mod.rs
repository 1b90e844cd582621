//! The shop's numbers at hand: panels, master data and live forecasts in memory, rebuilt when the data moves.
//!
//! A page never scans the lake. A [`Board`] is immutable; the keeper swaps it for a newer one when the version of the
//! facts, the live artefacts or the master data changed, which it checks at most once a second.

mod breakdown;
mod build;
pub(crate) mod figures;
pub(crate) mod levels;
pub(crate) mod overridden;
mod overview;
mod why;

pub(crate) use breakdown::breakdown;
pub(crate) use build::{items, locations, panel, unit};
pub(crate) use overridden::{Catalogue, Overridden};
pub(crate) use overview::{Expected, curve};
pub(crate) use why::{sentence, why};

use crate::failure;
use crate::jobs::train::Backtests;
use crate::state::Aisle;
use aisle_app::ports::{Accuracy, Overview, OverviewQuery, SeriesRow, ShopView};
use aisle_domain::import::FileReport;
use aisle_domain::{CalendarEvent, Day, Item, ItemId, Location, LocationId, Measure, Problem, ProblemCode, SeriesKey};
use aisle_engine::Artefact;
use aisle_engine::monitoring::WatchedInput;
use aisle_lake::Panel;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Everything of one measure.
pub(crate) struct Sheet {
    /// Sums by series and period: complete periods only.
    pub(crate) panel: Arc<Panel>,
    /// Minor units (ten-thousandths) in a major unit.
    pub(crate) unit: f64,
    /// The live artefact, where one was trained on this measure.
    pub(crate) live: Option<Live>,
    /// The planners' overrides of this measure in force, and what they make of its forecasts.
    pub(crate) overridden: Overridden,
    /// The grid's rows, in the order of the panel's keys.
    pub(crate) rows: Vec<SeriesRow>,
}

/// The live artefact of a measure.
pub(crate) struct Live {
    /// Its bytes decoded.
    pub(crate) artefact: Artefact,
    /// Its entry in the registry.
    pub(crate) registered: aisle_store::artefacts::Artefact,
    /// Backtest of single series.
    pub(crate) backtests: Backtests,
    /// Backtest of its models, best first.
    pub(crate) accuracy: Vec<Accuracy>,
}

/// The shop at one version of its data.
pub(crate) struct Board {
    pub(crate) stamp: Stamp,
    pub(crate) shop: ShopView,
    pub(crate) items: HashMap<ItemId, Item>,
    pub(crate) locations: BTreeMap<LocationId, Location>,
    pub(crate) events: Vec<CalendarEvent>,
    /// Last complete period, where there is one.
    pub(crate) last_period: Option<Day>,
    pub(crate) sheets: BTreeMap<&'static str, Sheet>,
    /// Imports that brought sales: id, files.
    pub(crate) sources: Vec<(String, Vec<FileReport>)>,
    /// How the inputs of each measure's live model compare with those before training; filled by who asks first.
    pub(crate) inputs: tokio::sync::OnceCell<BTreeMap<&'static str, Vec<WatchedInput>>>,
    overviews: Mutex<HashMap<OverviewKey, Arc<Overview>>>,
}

type OverviewKey = (Option<&'static str>, Option<String>, Option<String>, Option<u32>);

/// What a board was built from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Stamp {
    pub(crate) data_version: String,
    pub(crate) artefacts: Vec<String>,
    pub(crate) catalogue: i64,
    pub(crate) settings: i64,
    /// Overrides in force.
    pub(crate) overrides: Vec<String>,
}

impl Board {
    /// The sheet of a measure; the shop's first where none is named.
    pub(crate) fn sheet(&self, measure: Option<Measure>) -> Option<(Measure, &Sheet)> {
        let measure = measure.or_else(|| self.shop.measures.first().copied())?;
        self.sheets.get(measure.name()).map(|sheet| (measure, sheet))
    }

    /// Master data by which series are found.
    pub(crate) fn catalogue(&self) -> Catalogue<'_> {
        Catalogue { items: &self.items, locations: &self.locations }
    }

    /// Position of a series in a sheet.
    pub(crate) fn position(sheet: &Sheet, key: &SeriesKey) -> Option<usize> {
        sheet.panel.keys.binary_search(key).ok()
    }

    /// Name of a location, or the identifier where it is unknown.
    pub(crate) fn place_name(&self, id: &str) -> String {
        let place = LocationId::new(id).ok().and_then(|id| self.locations.get(&id));
        place.map_or_else(|| id.to_owned(), |place| place.name.clone())
    }

    /// The overview, from memory where the same was asked before at this version.
    pub(crate) fn overview(&self, query: &OverviewQuery) -> Arc<Overview> {
        let key = (query.measure.map(Measure::name), query.location.clone(), query.category.clone(), query.history);
        if let Some(found) = self.overviews.lock().ok().and_then(|kept| kept.get(&key).cloned()) {
            return found;
        }
        let made = Arc::new(overview::overview(self, query));
        if let Ok(mut kept) = self.overviews.lock() {
            if kept.len() >= 256 {
                kept.clear();
            }
            kept.insert(key, made.clone());
        }
        made
    }
}

/// Keeps the newest board.
#[derive(Default)]
pub(crate) struct BoardKeeper {
    kept: Mutex<Option<Kept>>,
    building: tokio::sync::Mutex<()>,
    /// Counts the changes made by this process. A board that was begun before the last of them does not answer whoever made it.
    changes: AtomicU64,
}

#[derive(Clone)]
struct Kept {
    /// When it was last compared with what it shows.
    checked: Instant,
    /// Changes that it knows of.
    changes: u64,
    board: Arc<Board>,
}

const FRESH_FOR: Duration = Duration::from_secs(1);

impl BoardKeeper {
    fn kept(&self) -> Option<Kept> {
        self.kept.lock().ok().and_then(|kept| kept.clone())
    }

    /// The board kept, where it needs no look at the store.
    fn fresh(&self) -> Option<Arc<Board>> {
        let changes = self.changes.load(Ordering::Acquire);
        let fresh = self.kept().filter(|kept| kept.changes == changes && kept.checked.elapsed() < FRESH_FOR);
        fresh.map(|kept| kept.board)
    }

    fn keep(&self, changes: u64, board: &Arc<Board>) {
        if let Ok(mut kept) = self.kept.lock() {
            *kept = Some(Kept { checked: Instant::now(), changes, board: board.clone() });
        }
    }

    /// The newest board. While one request builds or checks, the others are answered from the one before; but never from one
    /// that does not know of a change that this process has made.
    pub(crate) async fn current(&self, aisle: &Aisle) -> Result<Arc<Board>, Problem> {
        if let Some(board) = self.fresh() {
            return Ok(board);
        }
        let will_do = |kept: &Kept| kept.changes == self.changes.load(Ordering::Acquire);
        let _guard = match (self.building.try_lock(), self.kept().filter(will_do)) {
            (Ok(guard), _) => guard,
            (Err(_), Some(kept)) => return Ok(kept.board),
            (Err(_), None) => self.building.lock().await,
        };
        // Another request may have built it while this one waited.
        if let Some(board) = self.fresh() {
            return Ok(board);
        }
        let changes = self.changes.load(Ordering::Acquire);
        let stamp = build::stamp(aisle).await?;
        if let Some(kept) = self.kept()
            && kept.board.stamp == stamp
        {
            self.keep(changes, &kept.board);
            return Ok(kept.board);
        }
        let started = Instant::now();
        let board = Arc::new(build::board(aisle, stamp).await?);
        tracing::info!(
            series = board.shop.series,
            version = board.shop.data_version,
            ms = started.elapsed().as_millis(),
            "board built"
        );
        self.keep(changes, &board);
        Ok(board)
    }

    /// Called after a change: the next request looks anew, also where another is building just now.
    pub(crate) fn forget_freshness(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }
}

/// The problem told where there is no sheet of the measure that was asked for, or none at all.
pub(crate) fn no_sheet(asked: Option<Measure>) -> Problem {
    match asked {
        Some(_) => {
            failure::invalid("measure", "the shop has no sales in this measure; leave it out to take the one it has")
        }
        None => Problem::new(ProblemCode::NotFound, "there are no sales yet; import some first"),
    }
}
