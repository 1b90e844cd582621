//! Elastic net on the calendar, events and drivers, pooled over a group's members.
//!
//! ln(sales) less each member's mean is regressed (linfa) on yearly Fourier terms, weekdays (for days), event windows,
//! drivers and a slope; all columns less their member's mean, then scaled to unit variance. The elastic net's objective
//! depends on the data through X'X and X'y only, so linfa is given the Cholesky factor of X'X and the target that goes
//! with it: as many rows as columns instead of members x periods, and the same minimum.
//!
//! The coefficients of drivers and events are also the effects that what-if scenarios apply, whichever model forecasts.

use crate::calendar::Calendar;
use crate::model::{Fitted, History, Model};
use aisle_engine::ModelKind;
use linfa::prelude::Fit;
use linfa_elasticnet::ElasticNet as Linfa;
use ndarray::{Array1, Array2};

/// The elastic net with its hyperparameters.
#[derive(Debug, Clone, Copy)]
pub struct ElasticNet {
    /// Overall penalty on standardised columns.
    pub penalty: f64,
    /// Share of the absolute penalty.
    pub l1_ratio: f64,
}

/// What a group's regression found.
#[derive(Debug, Clone)]
pub struct Regression {
    coefficients: Vec<f64>,
    /// Per member: mean of ln(sales), and means of the columns; `None` without positive sales.
    members: Vec<Option<MemberMeans>>,
    floor_share: f64,
    layout: Layout,
}

#[derive(Debug, Clone)]
struct MemberMeans {
    log: f64,
    columns: Vec<f64>,
    floor: f64,
    recent: f64,
    /// Per event slot: sum of residuals and their number.
    slots: Vec<(f64, f64)>,
}

#[derive(Debug, Clone, Copy)]
struct Layout {
    harmonics: usize,
    weekdays: usize,
    slots: usize,
    drivers: usize,
}

impl Layout {
    fn columns(self) -> usize {
        2 * self.harmonics + self.weekdays + self.slots + self.drivers + 1
    }
    fn slots_from(self) -> usize {
        2 * self.harmonics + self.weekdays
    }
    fn drivers_from(self) -> usize {
        self.slots_from() + self.slots
    }
}

/// Fewest rows per column for which a regression is worth having.
const ROWS_PER_COLUMN: usize = 3;
/// Sales below this share of a member's mean count as this share: a logarithm would make too much of them.
const FLOOR_SHARE: f64 = 0.05;
/// Share of the residual mean of the last weeks that is carried into the forecast.
const CARRIED: f64 = 0.9;

impl ElasticNet {
    /// Regresses a group's history; `None` where there is too little of it.
    pub fn regress(&self, history: &History<'_>) -> Option<Regression> {
        let calendar = history.calendar;
        let year = calendar.year();
        let layout = Layout {
            harmonics: if history.origin < year { 0 } else { if year == 12 { 3 } else { 6 } },
            weekdays: if year == 364 { 6 } else { 0 },
            slots: calendar.slots,
            drivers: calendar.drivers.len(),
        };
        let mut moments = Moments::new(layout.columns());
        let mut members: Vec<Option<MemberMeans>> = Vec::with_capacity(history.values.len());
        for member in 0..history.values.len() {
            members.push(moments.add_member(history, member, layout));
        }
        if moments.rows < (ROWS_PER_COLUMN * layout.columns()) as f64 {
            return None;
        }
        let coefficients = moments.solve(self.penalty, self.l1_ratio)?;
        let mut regression = Regression { coefficients, members, floor_share: FLOOR_SHARE, layout };
        regression.take_residuals(history);
        Some(regression)
    }
}

impl Regression {
    /// Change of ln(sales) per unit of each transformed driver.
    pub fn driver_effects(&self) -> &[f64] {
        &self.coefficients[self.layout.drivers_from()..self.layout.drivers_from() + self.layout.drivers]
    }

    /// Change of ln(sales) in each event slot for one member: the group's, plus the member's own mean deviation from it,
    /// shrunk as if two further occurrences had shown none.
    pub fn event_effect(&self, member: usize, slot: usize) -> f64 {
        let pooled = self.coefficients[self.layout.slots_from() + slot];
        let (sum, count) = self.members[member].as_ref().map_or((0.0, 0.0), |means| means.slots[slot]);
        pooled + sum / (count + 2.0)
    }

    fn expected_log(&self, means: &MemberMeans, row: &[f64]) -> f64 {
        let deviations = row.iter().zip(&means.columns).zip(&self.coefficients);
        means.log + deviations.map(|((x, mean), beta)| beta * (x - mean)).sum::<f64>()
    }

    /// Each member's recent residual mean and its residuals in event slots.
    fn take_residuals(&mut self, history: &History<'_>) {
        let mut row = vec![0.0; self.layout.columns()];
        for member in 0..self.members.len() {
            let Some(means) = self.members[member].clone() else { continue };
            let (seen, location) = (history.seen(member), history.locations[member]);
            let mut slots = vec![(0.0, 0.0); self.layout.slots];
            let mut residuals = Vec::new();
            for (period, value) in seen.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                fill_row(&mut row, history.calendar, period, location, self.layout);
                let residual = value.max(means.floor).ln() - self.expected_log(&means, &row);
                residuals.push(residual);
                for slot in history.calendar.slots_at(period, location) {
                    slots[slot].0 += residual;
                    slots[slot].1 += 1.0;
                }
            }
            let last = &residuals[residuals.len().saturating_sub(8)..];
            let recent = CARRIED * last.iter().sum::<f64>() / last.len().max(1) as f64;
            self.members[member] = Some(MemberMeans { slots, recent, ..means });
        }
    }
}

impl Model for ElasticNet {
    fn kind(&self) -> ModelKind {
        ModelKind::ElasticNet
    }

    fn fit<'a>(&self, history: &History<'a>) -> Option<Box<dyn Fitted + 'a>> {
        self.regress(history).map(|regression| regression.fitted(history))
    }
}

impl Regression {
    /// The regression as a model that forecasts.
    pub fn fitted<'a>(self, history: &History<'a>) -> Box<dyn Fitted + 'a> {
        Box::new(FittedRegression { history: *history, regression: self })
    }
}

struct FittedRegression<'a> {
    history: History<'a>,
    regression: Regression,
}

impl Fitted for FittedRegression<'_> {
    fn forecast(&self, member: usize, horizon: usize) -> Option<Vec<f64>> {
        let regression = &self.regression;
        let means = regression.members[member].as_ref()?;
        if means.floor <= 0.0 || regression.floor_share <= 0.0 {
            return None;
        }
        let mut row = vec![0.0; regression.layout.columns()];
        let mut forecast = Vec::with_capacity(horizon);
        for period in self.history.origin..self.history.origin + horizon {
            fill_row(&mut row, self.history.calendar, period, self.history.locations[member], regression.layout);
            // Never further from the member's mean than a factor of 50: an extrapolated slope must not explode.
            let log = (regression.expected_log(means, &row) + means.recent).clamp(means.log - 3.9, means.log + 3.9);
            forecast.push(log.exp());
        }
        Some(forecast)
    }
}

fn fill_row(row: &mut [f64], calendar: &Calendar, period: usize, location: usize, layout: Layout) {
    row.fill(0.0);
    let end = calendar.ends[period];
    let angle = std::f64::consts::TAU * f64::from(end.day_of_year()) / 365.25;
    for harmonic in 0..layout.harmonics {
        let turn = angle * (harmonic + 1) as f64;
        row[2 * harmonic] = turn.sin();
        row[2 * harmonic + 1] = turn.cos();
    }
    let weekday = end.weekday() as usize;
    if weekday < layout.weekdays {
        row[2 * layout.harmonics + weekday] = 1.0;
    }
    for slot in calendar.slots_at(period, location) {
        row[layout.slots_from() + slot] = 1.0;
    }
    for driver in 0..layout.drivers {
        row[layout.drivers_from() + driver] = calendar.transformed[location][driver][period];
    }
    row[layout.columns() - 1] = period as f64 / calendar.year() as f64;
}

/// X'X and X'y of the rows less their member's means.
struct Moments {
    columns: usize,
    rows: f64,
    gram: Vec<f64>,
    cross: Vec<f64>,
}

impl Moments {
    fn new(columns: usize) -> Self {
        Self { columns, rows: 0.0, gram: vec![0.0; columns * columns], cross: vec![0.0; columns] }
    }

    fn add_member(&mut self, history: &History<'_>, member: usize, layout: Layout) -> Option<MemberMeans> {
        let (seen, location) = (history.seen(member), history.locations[member]);
        let positive = seen.iter().filter(|v| **v > 0.0);
        let (sum, count) = positive.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
        if count < 3.0 {
            return None;
        }
        let floor = FLOOR_SHARE * sum / count;
        let mut rows: Vec<(f64, Vec<f64>)> = Vec::with_capacity(seen.len());
        for (period, value) in seen.iter().enumerate().filter(|(_, v)| v.is_finite()) {
            let mut row = vec![0.0; self.columns];
            fill_row(&mut row, history.calendar, period, location, layout);
            rows.push((value.max(floor).ln(), row));
        }
        let n = rows.len() as f64;
        let log = rows.iter().map(|(y, _)| y).sum::<f64>() / n;
        let mut columns = vec![0.0; self.columns];
        for (_, row) in &rows {
            columns.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / n);
        }
        for (y, row) in &mut rows {
            row.iter_mut().zip(&columns).for_each(|(x, mean)| *x -= mean);
            for (i, x) in row.iter().enumerate().filter(|(_, x)| **x != 0.0) {
                self.cross[i] += x * (*y - log);
                let line = &mut self.gram[i * self.columns..i * self.columns + i + 1];
                line.iter_mut().zip(row.iter()).for_each(|(g, other)| *g += x * other);
            }
        }
        self.rows += n;
        Some(MemberMeans { log, columns, floor, recent: 0.0, slots: vec![(0.0, 0.0); layout.slots] })
    }

    /// Coefficients in the columns' own units.
    fn solve(&self, penalty: f64, l1_ratio: f64) -> Option<Vec<f64>> {
        let p = self.columns;
        let deviation: Vec<f64> = (0..p).map(|i| (self.gram[i * p + i] / self.rows).sqrt()).collect();
        let used: Vec<usize> = (0..p).filter(|i| deviation[*i] > 1e-9).collect();
        let k = used.len();
        let mut factor = Array2::<f64>::zeros((k, k));
        let mut target = Array1::<f64>::zeros(k);
        for (a, i) in used.iter().enumerate() {
            for (b, j) in used.iter().enumerate().take(a + 1) {
                let ridge = if a == b { 1e-6 } else { 0.0 };
                let mut sum = self.gram[i * p + j] / (self.rows * deviation[*i] * deviation[*j]) + ridge;
                for c in 0..b {
                    sum -= factor[(a, c)] * factor[(b, c)];
                }
                factor[(a, b)] = if a == b { sum.max(1e-9).sqrt() } else { sum / factor[(b, b)] };
            }
            let mut sum = self.cross[*i] / (self.rows * deviation[*i]);
            for c in 0..a {
                sum -= factor[(a, c)] * target[c];
            }
            target[a] = sum / factor[(a, a)];
        }
        // linfa divides the squares by its number of rows, which is k here; the moments are divided already.
        let rows = (k as f64).sqrt();
        let data = linfa::Dataset::new(factor.t().mapv(|x| x * rows), target.mapv(|y| y * rows));
        let net = Linfa::params()
            .penalty(penalty)
            .l1_ratio(l1_ratio)
            .with_intercept(false)
            .tolerance(1e-5)
            .max_iterations(2_000);
        let solved = net.fit(&data).ok()?;
        let mut coefficients = vec![0.0; p];
        for (a, i) in used.iter().enumerate() {
            coefficients[*i] = solved.hyperplane()[a] / deviation[*i];
        }
        coefficients.iter().all(|beta| beta.is_finite()).then_some(coefficients)
    }
}
