//! What history fixes of a row: the series' recent past, the same time in earlier years, a reference.

use super::{TreeHistory, travelling};
use crate::boosting::Objective;
use crate::seasonal_naive::blended;
use aisle_domain::Granularity;
use aisle_engine::trees::{Link, TreeSeries};

/// Name of the feature that holds the series' location.
pub(super) const LOCATION: &str = "location";
/// Name of the feature that holds the series' group.
pub(super) const GROUP: &str = "group";

/// Lengths that fit a granularity, in periods.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(super) year: usize,
    /// Periods of a week; 0 where periods are no days.
    pub(super) week: usize,
    pub(super) lags: usize,
    pub(super) windows: [usize; 3],
}

impl Shape {
    pub(super) fn new(granularity: Granularity) -> Self {
        match granularity {
            Granularity::Day => Self { year: 364, week: 7, lags: 7, windows: [7, 28, 91] },
            Granularity::Week { .. } => Self { year: 52, week: 0, lags: 4, windows: [4, 13, 26] },
            Granularity::Month => Self { year: 12, week: 0, lags: 3, windows: [2, 3, 6] },
        }
    }

    /// Blocks of steps (0-based, end exclusive) that trees are trained for.
    pub(super) fn blocks(&self, horizon: usize) -> Vec<(usize, usize)> {
        let ends: &[usize] = match self.year {
            364 => &[7, 28, 91],
            52 => &[13],
            _ => &[3],
        };
        let mut blocks = Vec::new();
        let mut from = 0;
        for end in ends.iter().copied().filter(|end| *end < horizon).chain([horizon]) {
            blocks.push((from, end));
            from = end;
        }
        blocks
    }
}

/// Sums from the start up to each period, so that any mean takes one subtraction.
pub(super) struct Sums {
    values: Vec<f64>,
    squares: Vec<f64>,
    sizes: Vec<f64>,
    present: Vec<f64>,
    zeros: Vec<f64>,
}

impl Sums {
    pub(super) fn new(values: &[f64]) -> Self {
        let running = |f: fn(f64) -> f64| {
            let mut sum = 0.0;
            let mut sums = Vec::with_capacity(values.len() + 1);
            sums.push(0.0);
            for value in values {
                sum += if value.is_finite() { f(*value) } else { 0.0 };
                sums.push(sum);
            }
            sums
        };
        Self {
            values: running(|v| v),
            squares: running(|v| v * v),
            sizes: running(f64::abs),
            present: running(|_| 1.0),
            zeros: running(|v| f64::from(u8::from(v == 0.0))),
        }
    }

    fn over(sums: &[f64], from: usize, to: usize) -> f64 {
        sums[to] - sums[from]
    }

    /// Mean over `from..to`; `None` where nothing is present.
    fn mean(&self, from: usize, to: usize) -> Option<f64> {
        if from >= to || to >= self.values.len() {
            return None;
        }
        let present = Self::over(&self.present, from, to);
        (present > 0.0).then(|| Self::over(&self.values, from, to) / present)
    }
}

/// Sums of all groups, made once. Those of a series are made when it is looked at: of all series together they would be
/// five times their values.
pub(crate) struct Features {
    pub(super) shape: Shape,
    groups: Vec<Sums>,
}

/// What is fixed for a series at an origin.
pub(super) struct Fixed {
    pub(super) scale: f64,
    pub(super) values: Vec<f32>,
    growth: f64,
    recent: f64,
}

/// Fewest present values of a series.
const FEWEST_VALUES: f64 = 4.0;

impl Features {
    pub(super) fn new(history: &TreeHistory<'_>, shape: Shape) -> Self {
        let count = history.groups.iter().max().map_or(0, |most| most + 1);
        let mut totals = vec![vec![f64::NAN; history.origin]; count];
        for (values, group) in history.values.iter().zip(history.groups) {
            for (total, value) in totals[*group].iter_mut().zip(*values).filter(|(_, value)| value.is_finite()) {
                *total = if total.is_nan() { *value } else { *total + value };
            }
        }
        let groups = totals.iter().map(|total| Sums::new(total)).collect();
        Self { shape, groups }
    }

    /// Names of what [`fixed`](Self::fixed) gives.
    pub(super) fn fixed_names(&self) -> Vec<String> {
        let mut names: Vec<String> = (1..=self.shape.lags).map(|lag| format!("value {lag} periods ago")).collect();
        names.extend(self.shape.windows.map(|window| format!("mean of the last {window} periods")));
        names.extend(
            [
                "spread",
                "share of zeros",
                "growth over a year",
                "growth of the group",
                "size",
                "age",
                "time since the last sale",
                LOCATION,
                GROUP,
            ]
            .map(str::to_owned),
        );
        names
    }

    /// Names of what [`path`](Self::path) gives.
    pub(super) fn path_names(&self) -> Vec<String> {
        let mut names: Vec<&str> = vec![
            "reference",
            "same period last year",
            "around it last year",
            "same period two years ago",
            "the group in the same period last year",
        ];
        if self.shape.week > 0 {
            names.extend(["same weekday last week", "same weekday over four weeks", "same weekday over eight weeks"]);
        }
        names.into_iter().map(str::to_owned).collect()
    }

    /// What is fixed of a series at an origin; `None` where it has too little history, or sold nothing for a year.
    pub(super) fn fixed(
        &self,
        history: &TreeHistory<'_>,
        (series, sums): (usize, &Sums),
        origin: usize,
    ) -> Option<Fixed> {
        let shape = self.shape;
        let year_ago = origin.saturating_sub(shape.year);
        let present = Sums::over(&sums.present, year_ago, origin);
        let scale = Sums::over(&sums.sizes, year_ago, origin) / present.max(1.0);
        if present < FEWEST_VALUES || !(scale > 1e-9 && scale < 1e30) {
            return None;
        }
        let values = history.values[series];
        let mut fixed = Vec::with_capacity(24);
        let share = |value: Option<f64>| value.map_or(f32::NAN, |value| (value / scale) as f32);
        for lag in 1..=shape.lags {
            fixed.push(share(origin.checked_sub(lag).map(|at| values[at]).filter(|v| v.is_finite())));
        }
        let from = |window: usize| origin.saturating_sub(window);
        for window in shape.windows {
            fixed.push(share(sums.mean(from(window), origin)));
        }
        let middle = from(shape.windows[1]);
        let seen = Sums::over(&sums.present, middle, origin);
        if seen > 1.0 {
            let mean = Sums::over(&sums.values, middle, origin) / seen;
            let variance = Sums::over(&sums.squares, middle, origin) / seen - mean * mean;
            fixed.push(share(Some(variance.max(0.0).sqrt())));
            fixed.push((Sums::over(&sums.zeros, middle, origin) / seen) as f32);
        } else {
            fixed.extend([f32::NAN; 2]);
        }
        let pooled = self.growth(&self.groups[history.groups[series]], origin).map(|growth| growth.clamp(0.7, 1.4));
        let own = self.growth(sums, origin);
        fixed.push(own.map_or(f32::NAN, |growth| growth.clamp(0.2, 5.0) as f32));
        fixed.push(pooled.map_or(f32::NAN, |growth| growth as f32));
        fixed.push(scale.ln() as f32);
        let first = sums.present.partition_point(|present| *present == 0.0);
        fixed.push((origin + 1 - first.min(origin)).min(2 * shape.year) as f32);
        let sold = |at: &usize| values[*at].is_finite() && values[*at] != 0.0;
        let since = (year_ago..origin).rev().find(sold).map_or(shape.year, |at| origin - at);
        fixed.push(since as f32);
        fixed.push(history.locations[series] as f32);
        fixed.push(history.groups[series] as f32);
        let growth = match (own, pooled) {
            (Some(own), Some(pooled)) => (0.5 * own + 0.5 * pooled).clamp(0.5, 2.0),
            (_, pooled) => pooled.unwrap_or(1.0),
        };
        let recent = sums.mean(middle, origin).or(sums.mean(year_ago, origin)).unwrap_or(0.0);
        Some(Fixed { scale, values: fixed, growth, recent })
    }

    /// The last months over the same months a year before; `None` where either is missing or not above 0.
    fn growth(&self, sums: &Sums, origin: usize) -> Option<f64> {
        let (window, year) = (self.shape.windows[1], self.shape.year);
        let before = origin.checked_sub(year + window)?;
        let (then, now) = (sums.mean(before, before + window)?, sums.mean(origin - window, origin)?);
        (then > 0.0 && now > 0.0).then(|| now / then)
    }

    /// Where a period lay a whole number of years before, last before the origin; `None` before all history.
    fn last_year(&self, origin: usize, period: usize) -> Option<usize> {
        let years = (period - origin) / self.shape.year + 1;
        period.checked_sub(years * self.shape.year)
    }

    /// What is fixed of a series for one period after the origin, in units of the scale, the reference first.
    pub(super) fn path(
        &self,
        history: &TreeHistory<'_>,
        (series, sums): (usize, &Sums),
        origin: usize,
        period: usize,
        fixed: &Fixed,
        out: &mut Vec<f32>,
    ) {
        let (shape, values) = (self.shape, &history.values[series][..origin]);
        let share = |value: Option<f64>| value.map_or(f32::NAN, |value| (value / fixed.scale) as f32);
        let at = self.last_year(origin, period);
        let shift = history.calendar.date_shift(period);
        let last_year = at.and_then(|at| blended(values, at, shift));
        let weekday = |weeks: usize| {
            let steps = (period - origin) / 7 + 1;
            let (mut sum, mut count) = (0.0, 0.0);
            for week in 0..weeks {
                if let Some(value) =
                    period.checked_sub(7 * (steps + week)).map(|at| values[at]).filter(|v| v.is_finite())
                {
                    sum += value;
                    count += 1.0;
                }
            }
            (count > 0.0).then(|| sum / count)
        };
        let reference = match shape.week {
            0 => last_year.map_or(fixed.recent, |value| value * fixed.growth),
            _ => weekday(8).unwrap_or(fixed.recent),
        };
        out.push(share(Some(reference)));
        out.push(share(last_year));
        let reach = if shape.week > 0 { 7 } else { shape.year / 26 };
        out.push(share(at.and_then(|at| sums.mean(at.saturating_sub(reach), (at + reach + 1).min(origin)))));
        out.push(share(at.and_then(|at| at.checked_sub(shape.year)).map(|at| values[at]).filter(|v| v.is_finite())));
        let group = &self.groups[history.groups[series]];
        let usual = group.mean(origin.saturating_sub(shape.year), origin).filter(|mean| *mean > 0.0);
        let around = at.and_then(|at| match shape.week {
            0 => group.mean(at, at + 1),
            _ => group.mean(at.saturating_sub(3), (at + 4).min(origin)),
        });
        out.push(around.zip(usual).map_or(f32::NAN, |(then, usual)| (then / usual) as f32));
        if shape.week > 0 {
            out.extend([1, 4, 8].map(|weeks| share(weekday(weeks))));
        }
    }

    /// The rows of a series from the last origin, as they travel.
    pub(super) fn series(&self, history: &TreeHistory<'_>, series: usize, objective: Objective) -> Option<TreeSeries> {
        let origin = history.origin;
        let sums = Sums::new(&history.values[series][..origin]);
        let fixed = self.fixed(history, (series, &sums), origin)?;
        let horizon = history.horizon.min(history.calendar.ends.len().saturating_sub(origin));
        let columns = self.path_names().len();
        let mut paths = vec![0.0; columns * horizon];
        let mut path = Vec::with_capacity(columns);
        for step in 0..horizon {
            path.clear();
            self.path(history, (series, &sums), origin, origin + step, &fixed, &mut path);
            path.iter().enumerate().for_each(|(column, value)| paths[column * horizon + step] = *value);
        }
        let reference = if objective.link() == Link::Identity { &paths[..horizon] } else { &[] };
        let non_negative = history.values[series][..origin].iter().all(|value| value.is_nan() || *value >= 0.0);
        Some(travelling(history.locations[series], fixed.scale, non_negative, &fixed.values, &paths, reference))
    }
}
