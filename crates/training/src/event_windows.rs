//! What may explain a unit's sales (a series, or a sum of many), and which of it does: level, season, the days around
//! events.
//!
//! ln(expected sales) = level that bends slowly + weekday + a few yearly waves + effect x share of each event part.
//! Windows are found on ln(sales) by the Bayesian information criterion: parts join from the event outwards while they pay.

use crate::Calendar;
use crate::event_parts::{Part, candidates, shares};
use crate::least_squares::Moments;
use aisle_engine::Occurrence;

/// Yearly waves that are tried.
const WAVES: [usize; 6] = [0, 1, 2, 3, 4, 6];
/// What an event's column costs against a column of the season, in the information criterion.
const CHARGE: f64 = 1.5;
/// Rows that a column needs.
pub(crate) const ROWS_PER_COLUMN: usize = 2;
/// How far an event reaches: parts before and after it that count, by index into the candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reach {
    pub(crate) before: usize,
    pub(crate) after: usize,
    /// Whether the event pays at all.
    pub(crate) counts: bool,
}

/// What was found on a unit and is used for its parts: how many waves, how far each event reaches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Windows {
    pub(crate) waves: usize,
    pub(crate) reach: Vec<Reach>,
}

/// Columns over all periods, history and future.
pub(crate) struct Design {
    pub(crate) columns: Vec<Vec<f64>>,
    /// Columns of level and weekday, always used.
    pub(crate) base: usize,
    /// Where each event's columns begin: on, before…, after….
    pub(crate) events: Vec<usize>,
    pub(crate) history: usize,
}

impl Design {
    /// Lays out everything that may be used. `weight` says how much of the unit an occurrence concerns.
    pub(crate) fn new(calendar: &Calendar, weight: impl Fn(&Occurrence) -> f64) -> Self {
        let (total, history, year) = (calendar.ends.len(), calendar.history, calendar.year());
        let mut columns = vec![vec![1.0; total]];
        // The level bends every half year, and stays where it is after history.
        let half = (year / 2).max(2);
        let seen = |t: usize| t.min(history.saturating_sub(1)) as f64;
        let bends = (history / half).saturating_sub(1);
        columns.push((0..total).map(|t| seen(t) / year as f64).collect());
        for bend in 1..=bends {
            let at = (bend * history) as f64 / (bends + 1) as f64;
            columns.push((0..total).map(|t| (seen(t) - at).max(0.0) / year as f64).collect());
        }
        if year == 364 {
            for weekday in 0..6 {
                columns.push(calendar.ends.iter().map(|end| f64::from(end.weekday() as usize == weekday)).collect());
            }
        }
        let base = columns.len();
        for wave in 1..=WAVES[WAVES.len() - 1] {
            let turn = |t: usize| {
                let (middle, _) = middle(calendar, t);
                std::f64::consts::TAU * middle / 365.25 * wave as f64
            };
            columns.push((0..total).map(|t| turn(t).sin()).collect());
            columns.push((0..total).map(|t| turn(t).cos()).collect());
        }
        let parts = candidates(calendar.granularity);
        let mut events = Vec::with_capacity(calendar.events.len());
        for event in &calendar.events {
            events.push(columns.len());
            let before = parts.before.iter().map(|(near, far)| Part::Before(*near, *far));
            let after = parts.after.iter().map(|(near, far)| Part::After(*near, *far));
            for part in std::iter::once(Part::On).chain(before).chain(after) {
                columns.push(shares(calendar, &event.occurrences, part, &weight));
            }
        }
        // Effects are read at a column's largest value in history, so that one charge suits all.
        for column in columns.iter_mut().skip(base) {
            let largest = column[..history].iter().fold(0.0f64, |a, v| a.max(v.abs()));
            if largest > 0.0 {
                column.iter_mut().for_each(|v| *v /= largest);
            }
        }
        Self { columns, base, events, history }
    }

    pub(crate) fn row(&self, used: &[usize], period: usize) -> Vec<f64> {
        used.iter().map(|column| self.columns[*column][period]).collect()
    }

    /// Whether a column says anything in history.
    pub(crate) fn speaks(&self, column: usize) -> bool {
        self.columns[column][..self.history].iter().any(|v| *v != 0.0)
    }

    /// The event's column of the event itself, then those of its reach.
    fn event_columns(&self, event: usize, reach: Reach, calendar: &Calendar) -> Vec<usize> {
        let on = self.events[event];
        let befores = candidates(calendar.granularity).before.len();
        let before = (0..reach.before).map(|part| on + 1 + part);
        let after = (0..reach.after).map(|part| on + 1 + befores + part);
        std::iter::once(on).chain(before).chain(after).filter(|column| self.speaks(*column)).collect()
    }

    fn season(&self, waves: usize) -> impl Iterator<Item = usize> {
        0..self.base + 2 * waves
    }

    /// All columns of a model; of events only those that count, and `always`.
    pub(crate) fn used(&self, windows: &Windows, always: Option<usize>, calendar: &Calendar) -> Vec<usize> {
        let mut used: Vec<usize> = self.season(windows.waves).collect();
        for (event, reach) in windows.reach.iter().enumerate() {
            if reach.counts || always == Some(event) {
                used.extend(self.event_columns(event, *reach, calendar));
            }
        }
        used
    }
}

/// Day of the year of a period's middle, and the period's days.
fn middle(calendar: &Calendar, period: usize) -> (f64, f64) {
    let end = calendar.ends[period];
    let start = aisle_domain::Period { granularity: calendar.granularity, end }.start();
    let days = f64::from(end.since(start) + 1);
    (f64::from(end.day_of_year()) - (days - 1.0) / 2.0, days)
}

/// Finds windows and waves on a unit's history.
pub(crate) fn find_windows(calendar: &Calendar, design: &Design, values: &[f64]) -> Windows {
    let mut windows = Windows { waves: 0, reach: vec![Reach::default(); calendar.events.len()] };
    let present: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    let mean = present.iter().map(|v| v.max(0.0)).sum::<f64>() / present.len().max(1) as f64;
    if present.len() < 8 || mean <= 0.0 {
        return windows;
    }
    let mut moments = Moments::new(design.columns.len());
    let all: Vec<usize> = (0..design.columns.len()).collect();
    for (period, value) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        moments.add(&design.row(&all, period), (value.max(0.05 * mean) / mean).ln(), 1.0);
    }
    let most = present.len() / ROWS_PER_COLUMN;
    let judge = |windows: &Windows| {
        let used = design.used(windows, None, calendar);
        if used.len() > most { f64::INFINITY } else { moments.information(&used, CHARGE) }
    };
    let seasonal = present.len() * 4 >= calendar.year() * 5;
    windows.waves = if seasonal { 3 } else { 0 };
    let mut best = judge(&windows);
    for _ in 0..2 {
        // The event that explains most joins first; then each is asked again, with the others in place.
        while let Some((event, reach, information)) = best_event(calendar, design, &windows, &judge, best) {
            windows.reach[event] = reach;
            best = information;
        }
        for event in 0..windows.reach.len() {
            (windows.reach[event], best) = best_reach(calendar, design, &windows, event, &judge);
        }
        for waves in WAVES.into_iter().filter(|_| seasonal) {
            let other = Windows { waves, ..windows.clone() };
            let information = judge(&other);
            if information < best - 1e-9 {
                (windows, best) = (other, information);
            }
        }
    }
    windows
}

/// The event that does not count yet and would explain most.
fn best_event(
    calendar: &Calendar,
    design: &Design,
    windows: &Windows,
    judge: &impl Fn(&Windows) -> f64,
    best: f64,
) -> Option<(usize, Reach, f64)> {
    let outside = (0..windows.reach.len()).filter(|event| !windows.reach[*event].counts);
    let tried = outside.map(|event| {
        let (reach, information) = best_reach(calendar, design, windows, event, judge);
        (event, reach, information)
    });
    tried
        .filter(|(_, reach, information)| reach.counts && *information < best - 1e-6)
        .min_by(|a, b| a.2.total_cmp(&b.2))
}

/// How far an event reaches best, the others staying as they are.
fn best_reach(
    calendar: &Calendar,
    design: &Design,
    windows: &Windows,
    event: usize,
    judge: &impl Fn(&Windows) -> f64,
) -> (Reach, f64) {
    let with = |reach: Reach| {
        let mut other = windows.clone();
        other.reach[event] = reach;
        judge(&other)
    };
    let mut best = (Reach::default(), with(Reach::default()));
    if !design.speaks(design.events[event]) {
        return best;
    }
    let parts = candidates(calendar.granularity);
    let better = |best: (Reach, f64), reach: Reach| {
        let information = with(reach);
        if information < best.1 - 1e-6 { (reach, information) } else { best }
    };
    for before in 0..=parts.before.len() {
        best = better(best, Reach { before, after: 0, counts: true });
    }
    let before = best.0.before;
    for after in 1..=parts.after.len() {
        best = better(best, Reach { before, after, counts: true });
    }
    best
}
