//! The global trees in the competition: grown once per origin on the whole panel, asked series by series.

use crate::candidates::Paths;
use crate::global_trees::{GlobalTrees, GrownTrees, TreeHistory};
use crate::{Calendar, Panel, Trees, ValidFitParameters};
use aisle_engine::trees::Effects;

/// Fewest series and present values from which `auto` grows trees: fewer say little that their own models do not.
const FEWEST: (usize, usize) = (20, 2_000);

/// All series as trees take them.
pub(crate) struct TreePanel<'a> {
    calendar: &'a Calendar,
    values: Vec<&'a [f64]>,
    locations: Vec<usize>,
    groups: Vec<usize>,
}

/// Trees seen from an origin.
pub(crate) struct TreesAt {
    grown: GrownTrees,
    origin: usize,
    horizon: usize,
}

impl<'a> TreePanel<'a> {
    /// `None` where trees are not to compete. `places`: group and member of each series.
    pub(crate) fn new(
        panel: &'a Panel,
        calendar: &'a Calendar,
        places: &[(usize, usize)],
        p: &ValidFitParameters,
    ) -> Option<Self> {
        let series = &panel.parts().series;
        let present = || series.iter().flat_map(|series| &series.values).filter(|value| value.is_finite());
        let wanted = match p.trees {
            Trees::On => true,
            Trees::Off => false,
            Trees::Auto => series.len() >= FEWEST.0 && present().take(FEWEST.1).count() == FEWEST.1,
        };
        let location = |location| calendar.locations.binary_search(location).unwrap_or(0);
        wanted.then(|| Self {
            calendar,
            values: series.iter().map(|series| series.values.as_slice()).collect(),
            locations: series.iter().map(|series| location(&series.key.location)).collect(),
            groups: places.iter().map(|place| place.0).collect(),
        })
    }

    /// Grows trees on what an origin has seen; `None` where that is too little.
    pub(crate) fn grow(&self, origin: usize, horizon: usize, p: &ValidFitParameters) -> Option<TreesAt> {
        let trees = GlobalTrees { rows: p.tree_rows, ..GlobalTrees::default() };
        Some(TreesAt { grown: trees.grow(&self.history(origin, horizon))?, origin, horizon })
    }

    /// Trees that were grown earlier, seen from a later origin.
    pub(crate) fn later(&self, trees: &TreesAt, origin: usize, horizon: usize) -> Option<TreesAt> {
        Some(TreesAt { grown: trees.grown.seen_from(&self.history(origin, horizon))?, origin, horizon })
    }

    /// Forecasts of some series.
    pub(crate) fn paths(&self, trees: &TreesAt, series: &[usize]) -> Paths {
        let history = self.history(trees.origin, trees.horizon);
        Paths::new(trees.horizon, series.iter().map(|series| trees.grown.forecast(&history, *series)))
    }

    /// What events and drivers add to the forecast of a series.
    pub(crate) fn effects(&self, trees: &TreesAt, series: usize) -> Option<Vec<Effects>> {
        trees.grown.effects(&self.history(trees.origin, trees.horizon), series)
    }

    fn history(&self, origin: usize, horizon: usize) -> TreeHistory<'_> {
        TreeHistory {
            calendar: self.calendar,
            values: &self.values,
            locations: &self.locations,
            groups: &self.groups,
            origin,
            horizon,
        }
    }
}
