//! One unit's sales (a series, or a sum of many) explained by level, season and the days around events.
//!
//! ln(expected sales) = level that bends slowly + weekday + a few yearly waves + effect x share of each event part.
//! Windows are found on ln(sales) by the Bayesian information criterion: parts join from the event outwards while they pay.
//! Effects are then fitted with a logarithmic link and a variance between Poisson's and proportional (power 1.5), so that
//! zeros are allowed. How far expectations without an event are off is measured by placebo: the same dates shifted to
//! where nothing happened, left out in every year at once, as the event's own days are.

use crate::Calendar;
use crate::event_parts::{Part, candidates, shares};
use crate::least_squares::{Factor, Moments, solve_dense};
use aisle_engine::Occurrence;
use std::ops::Range;

/// Yearly waves that are tried.
const WAVES: [usize; 6] = [0, 1, 2, 3, 4, 6];
/// What an event's column costs against a column of the season, in the information criterion.
const CHARGE: f64 = 1.0;
/// Rows that a column needs.
const ROWS_PER_COLUMN: usize = 2;
/// Placebos that make a measurement.
const FEWEST_PLACEBOS: f64 = 5.0;
/// Rounds of reweighting.
const ROUNDS: usize = 12;

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
    columns: Vec<Vec<f64>>,
    /// Columns of level and weekday, always used.
    base: usize,
    /// Where each event's columns begin: on, before…, after….
    events: Vec<usize>,
    history: usize,
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

    fn row(&self, used: &[usize], period: usize) -> Vec<f64> {
        used.iter().map(|column| self.columns[*column][period]).collect()
    }

    /// Whether a column says anything in history.
    fn speaks(&self, column: usize) -> bool {
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
    fn used(&self, windows: &Windows, always: Option<usize>, calendar: &Calendar) -> Vec<usize> {
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

/// A unit with its effects.
pub(crate) struct EventFit<'a> {
    calendar: &'a Calendar,
    design: &'a Design,
    values: &'a [f64],
    windows: &'a Windows,
    used: Vec<usize>,
    coefficients: Vec<f64>,
    /// Expected sales by period, history and future, with all events.
    expected: Vec<f64>,
    factor: Factor,
    scale: f64,
}

impl<'a> EventFit<'a> {
    /// Fits a unit's effects; `always` is an event that is measured whether it pays or not. `None` without sales.
    pub(crate) fn new(
        calendar: &'a Calendar,
        design: &'a Design,
        values: &'a [f64],
        windows: &'a Windows,
        always: Option<usize>,
    ) -> Option<Self> {
        let mut used = design.used(windows, always, calendar);
        let present = values.iter().filter(|v| v.is_finite()).count();
        let scale = values.iter().filter(|v| v.is_finite()).map(|v| v.max(0.0)).sum::<f64>() / present.max(1) as f64;
        if present < 8 || scale <= 0.0 {
            return None;
        }
        if used.len() * ROWS_PER_COLUMN > present {
            // Too little for a season: the level alone, and the event that is asked for.
            used = vec![0];
            used.extend(always.map(|event| design.events[event]).filter(|column| design.speaks(*column)));
        }
        let mut fit = Self {
            calendar,
            design,
            values,
            windows,
            coefficients: vec![0.0; used.len()],
            expected: vec![1.0; calendar.ends.len()],
            factor: Moments::new(0).factor(&[], |_| 0.0),
            used,
            scale,
        };
        fit.reweight();
        Some(fit)
    }

    fn reweight(&mut self) {
        let everything: Vec<usize> = (0..self.used.len()).collect();
        let base = self.design.base;
        let used = self.used.clone();
        // A little ridge keeps effects finite where nothing was sold on an event.
        let ridge = move |column: usize| if used[column] >= base { 0.02 } else { 1e-6 };
        for round in 0..ROUNDS {
            let mut moments = Moments::new(self.used.len());
            for (period, value) in self.values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                let row = self.design.row(&self.used, period);
                let (y, mu) = (value.max(0.0) / self.scale, self.expected[period]);
                // The first round starts from the values themselves, smoothed towards the mean.
                let mu = if round == 0 { 0.75 * y + 0.25 } else { mu };
                moments.add(&row, mu.ln() + ((y - mu) / mu).clamp(-1.0, 3.0), mu.sqrt());
            }
            let (factor, coefficients) = moments.solve(&everything, &ridge);
            let change = coefficients.iter().zip(&self.coefficients).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            self.coefficients = coefficients;
            self.factor = factor;
            for period in 0..self.expected.len() {
                self.expected[period] = self.log(period, |_| true).exp();
            }
            if round > 0 && change < 1e-6 {
                break;
            }
        }
    }

    /// ln(expected share of the mean) with the columns that are wanted.
    fn log(&self, period: usize, wanted: impl Fn(usize) -> bool) -> f64 {
        let terms = self.used.iter().zip(&self.coefficients).filter(|(column, _)| wanted(**column));
        terms.map(|(column, beta)| beta * self.design.columns[*column][period]).sum::<f64>().clamp(-8.0, 8.0)
    }

    fn own(&self, event: usize) -> Range<usize> {
        let from = self.design.events[event];
        from..self.design.events.get(event + 1).copied().unwrap_or(self.design.columns.len())
    }

    /// Expected sales of a period without one event, the others in place.
    pub(crate) fn without(&self, event: usize, period: usize) -> f64 {
        let own = self.own(event);
        self.scale * self.log(period, |column| !own.contains(&column)).exp()
    }

    /// Expected sales of a period over those without any event.
    pub(crate) fn event_factor(&self, period: usize) -> f64 {
        let events = self.design.events.first().copied().unwrap_or(usize::MAX);
        self.log(period, |column| column >= events).exp()
    }

    /// Expected sales of a period with all events.
    pub(crate) fn with_events(&self, period: usize) -> f64 {
        self.scale * self.expected[period]
    }

    /// Days before and after an event that its window takes.
    pub(crate) fn reach_days(&self, event: usize) -> (i32, i32) {
        let (reach, parts) = (self.windows.reach[event], candidates(self.calendar.granularity));
        let far = |parts: &[(i32, i32)], count: usize| count.checked_sub(1).map_or(0, |last| parts[last].1);
        (far(parts.before, reach.before), far(parts.after, reach.after))
    }

    /// By how much expectations without the event miss, as shares. `own` are the periods of the event's own windows.
    /// Placebos stay clear of other events where there is room: leaving their days out would leave their effects open.
    pub(crate) fn placebo(&self, windows: &[Range<usize>], own: &dyn Fn(usize) -> bool) -> Miss {
        let events = self.design.events.first().copied().unwrap_or(usize::MAX);
        let columns: Vec<usize> = self.used.iter().copied().filter(|column| *column >= events).collect();
        let busy = |t: usize| columns.iter().any(|column| self.design.columns[*column][t] != 0.0);
        let clear = self.shifted(windows, &|t| own(t) || busy(t));
        let found = if clear.placebos >= FEWEST_PLACEBOS { clear } else { self.shifted(windows, own) };
        if found.placebos >= FEWEST_PLACEBOS { found } else { self.residual_miss(windows) }
    }

    /// Placebos: the windows shifted by up to half a year, those kept that lie in history and touch nothing `taken`.
    fn shifted(&self, windows: &[Range<usize>], taken: &dyn Fn(usize) -> bool) -> Miss {
        let history = self.design.history;
        let reach = (self.calendar.year() / 2).min(60) as isize;
        let (mut single, mut singles, mut mean, mut means) = (0.0, 0.0, 0.0, 0.0);
        for shift in (-reach..=reach).filter(|shift| *shift != 0) {
            let moved = |window: &Range<usize>| {
                let (from, to) = (window.start.checked_add_signed(shift)?, window.end.checked_add_signed(shift)?);
                let clear = to <= history && (from..to).all(|t| !taken(t) && self.values[t].is_finite());
                (clear && from < to).then_some(from..to)
            };
            let blocks: Vec<Range<usize>> = windows.iter().filter_map(moved).collect();
            if blocks.is_empty() || blocks.len() * 2 < windows.len() {
                continue;
            }
            let Some(errors) = self.left_out(&blocks) else { continue };
            let (mut missed, mut expected) = (0.0, 0.0);
            for (error, block) in errors.iter().zip(&blocks) {
                let size: f64 = block.clone().map(|t| self.expected[t]).sum();
                single += (error / size) * (error / size);
                singles += 1.0;
                missed += error;
                expected += size;
            }
            // Fewer blocks than occurrences average less.
            let share = missed / expected;
            mean += share * share * blocks.len() as f64 / windows.len() as f64;
            means += 1.0;
        }
        Miss {
            single: (single / f64::max(singles, 1.0)).sqrt(),
            mean: (mean / f64::max(means, 1.0)).sqrt(),
            placebos: means,
        }
    }

    /// Where there is no room for placebos: as if residuals were independent.
    fn residual_miss(&self, windows: &[Range<usize>]) -> Miss {
        let known = self.values.iter().zip(&self.expected).filter(|(v, _)| v.is_finite());
        let (sum, count) = known.fold((0.0, 0.0), |(sum, n), (v, mu)| {
            let share = (v.max(0.0) / self.scale - mu) / mu;
            (sum + share * share, n + 1.0)
        });
        let freedom = f64::max(count - self.used.len() as f64, 1.0);
        let length = windows.first().map_or(1, |window| window.len().max(1)) as f64;
        let single = (sum / freedom).sqrt() * (1.0 + 1.0 / length).sqrt() / length.sqrt() * 1.5;
        Miss { single, mean: single / (windows.len().max(1) as f64).sqrt(), placebos: 0.0 }
    }

    /// Sum of (actual - expected) over each block, had all of them been left out of the fit.
    fn left_out(&self, blocks: &[Range<usize>]) -> Option<Vec<f64>> {
        let periods: Vec<usize> = blocks.iter().flat_map(Clone::clone).collect();
        let n = periods.len();
        if n > 200 {
            return None;
        }
        let halves: Vec<Vec<f64>> =
            periods.iter().map(|t| self.factor.forward(&self.design.row(&self.used, *t))).collect();
        let mut matrix = vec![0.0; n * n];
        for (i, a) in halves.iter().enumerate() {
            for (j, b) in halves.iter().enumerate() {
                let hat: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                matrix[i * n + j] = f64::from(i == j) - hat * self.expected[periods[j]].sqrt();
            }
        }
        let residual = |t: &usize| (self.values[*t].max(0.0) / self.scale - self.expected[*t]) / self.expected[*t];
        let errors = solve_dense(matrix, periods.iter().map(residual).collect())?;
        let mut sums = Vec::with_capacity(blocks.len());
        let mut at = 0;
        for block in blocks {
            let part = &errors[at..at + block.len()];
            sums.push(block.clone().zip(part).map(|(t, error)| error.clamp(-5.0, 5.0) * self.expected[t]).sum());
            at += block.len();
        }
        Some(sums)
    }
}

/// By how much expectations miss, as shares of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Miss {
    /// Standard deviation for one occurrence.
    pub(crate) single: f64,
    /// Of the mean over all occurrences.
    pub(crate) mean: f64,
    /// How many placebos say so.
    pub(crate) placebos: f64,
}
