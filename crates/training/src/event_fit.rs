//! One unit's sales (a series, or a sum of many) explained by level, season and the days around events.
//!
//! Effects of the columns that [`crate::event_windows`] chose are fitted with a logarithmic link and a variance between
//! Poisson's and proportional (power 1.5), so that zeros are allowed. How far expectations without an event are off is
//! measured by placebo: the same dates shifted to where nothing happened, left out in every year at once, as the event's
//! own days are.

use crate::Calendar;
use crate::event_parts::candidates;
use crate::event_windows::{Design, ROWS_PER_COLUMN, Windows};
use crate::least_squares::{Factor, Moments, solve_dense};
use std::ops::Range;

/// Placebos that make a measurement.
const FEWEST_PLACEBOS: f64 = 5.0;
/// Rounds of reweighting.
const ROUNDS: usize = 12;

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
        // Neighbouring days tell nearly the same.
        let stride = if self.calendar.year() == 364 { 3 } else { 1 };
        for shift in (-reach..=reach).step_by(stride).filter(|shift| *shift != 0) {
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
