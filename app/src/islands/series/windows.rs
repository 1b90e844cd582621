//! The rows of the grid that are known so far: windows of one version of the data, never mixed with another's.

use crate::ports::{GroupRow, SeriesRow, SeriesWindow};
use std::collections::{BTreeMap, BTreeSet};

/// Rows asked for at once.
pub const WINDOW: u64 = 100;
/// Windows kept; the ones furthest from view are forgotten first.
const KEPT: usize = 40;

/// A row of the grid: one series, or a group of them.
#[derive(Debug, Clone, PartialEq)]
pub enum GridRow {
    /// One series.
    Series(SeriesRow),
    /// A group, its numbers summed.
    Group(GroupRow),
}

/// What is known of the grid's rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Windows {
    /// Rows that match in all.
    pub total: u64,
    /// Series that match in all.
    pub series: u64,
    /// Version of the data that every row here was read at.
    pub data_version: String,
    /// Counts up whenever rows are forgotten because the data changed.
    pub generation: u32,
    rows: BTreeMap<u64, GridRow>,
    asked: BTreeSet<u64>,
}

impl Windows {
    /// Begins with the window that came with the page.
    pub fn new(first: SeriesWindow) -> Self {
        let mut windows = Self {
            total: first.total,
            series: first.series,
            data_version: first.data_version.clone(),
            generation: 0,
            rows: BTreeMap::new(),
            asked: BTreeSet::new(),
        };
        windows.fill(first);
        windows
    }

    /// The row at a position, where it is known.
    pub fn row(&self, position: u64) -> Option<&GridRow> {
        self.rows.get(&position)
    }

    /// Takes a window in. One of another version of the data makes all earlier rows void.
    pub fn take(&mut self, window: SeriesWindow) {
        if window.data_version != self.data_version {
            self.rows.clear();
            self.asked.clear();
            self.generation += 1;
            self.data_version.clone_from(&window.data_version);
        }
        self.total = window.total;
        self.series = window.series;
        self.fill(window);
    }

    /// Offsets of the windows that these positions need and nobody has asked for yet; counts them as asked for.
    pub fn ask(&mut self, from: u64, to: u64) -> Vec<u64> {
        let last = to.min(self.total);
        let mut offsets = Vec::new();
        let mut offset = from / WINDOW * WINDOW;
        while offset < last {
            let end = (offset + WINDOW).min(self.total);
            let missing = (offset.max(from)..end.min(last)).any(|position| !self.rows.contains_key(&position));
            if missing && self.asked.insert(offset) {
                offsets.push(offset);
            }
            offset += WINDOW;
        }
        self.forget_far_from(from);
        offsets
    }

    /// A window that was asked for did not come: it may be asked for again.
    pub fn give_up(&mut self, offset: u64) {
        self.asked.remove(&offset);
    }

    fn fill(&mut self, window: SeriesWindow) {
        self.asked.remove(&window.offset);
        let rows = window.rows.into_iter().map(GridRow::Series).chain(window.groups.into_iter().map(GridRow::Group));
        for (position, row) in (window.offset..).zip(rows) {
            self.rows.insert(position, row);
        }
    }

    fn forget_far_from(&mut self, position: u64) {
        let reach = WINDOW * KEPT as u64 / 2;
        if self.rows.len() as u64 > WINDOW * KEPT as u64 {
            self.rows.retain(|at, _| at.abs_diff(position) <= reach);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(offset: u64, rows: u64, total: u64, version: &str) -> SeriesWindow {
        let group = |at: u64| GroupRow {
            label: at.to_string(),
            value: at.to_string(),
            series: 1,
            last: 0.0,
            recent: 0.0,
            change: None,
            forecast: None,
            wape: None,
        };
        let groups = (offset..offset + rows).map(group).collect();
        SeriesWindow { total, series: total, offset, rows: Vec::new(), groups, data_version: version.to_owned() }
    }

    #[test]
    fn each_window_is_asked_for_once() {
        let mut windows = Windows::new(window(0, 100, 3331, "v1"));
        assert_eq!(windows.ask(0, 50), Vec::<u64>::new());
        assert_eq!(windows.ask(80, 130), vec![100]);
        assert_eq!(windows.ask(90, 140), Vec::<u64>::new());
        windows.give_up(100);
        assert_eq!(windows.ask(90, 210), vec![100, 200]);
        windows.take(window(100, 100, 3331, "v1"));
        assert!(windows.row(150).is_some() && windows.row(200).is_none());
        assert_eq!(windows.ask(3320, 9999), vec![3300]);
    }

    #[test]
    fn rows_of_two_versions_are_never_mixed() {
        let mut windows = Windows::new(window(0, 100, 3331, "v1"));
        windows.take(window(100, 100, 3340, "v2"));
        assert_eq!((windows.row(5).is_some(), windows.row(105).is_some()), (false, true));
        assert_eq!((windows.total, windows.generation), (3340, 1));
        assert_eq!(windows.ask(0, 50), vec![0]);
    }

    #[test]
    fn memory_stays_bounded() {
        let mut windows = Windows::new(window(0, 100, 1_000_000, "v1"));
        for offset in (0..20_000).step_by(100) {
            windows.ask(offset, offset + 50);
            windows.take(window(offset, 100, 1_000_000, "v1"));
        }
        assert!(windows.rows.len() as u64 <= WINDOW * (KEPT as u64 + 1));
    }
}
