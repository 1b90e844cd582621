//! The theta method as a state space model: standard and optimised, static and dynamic (Assimakopoulos and
//! Nikolopoulos 2000; Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler 2016).
//!
//! One-step errors are linear in the starting level and in `1 - 1/theta`, so both are solved for in closed form and only
//! the weight of the level is searched for.

use super::ets::Seasons;
use super::series::without_gaps;

/// The theta method for a season of a given length; 0 or 1 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theta {
    /// Length of the season in periods.
    pub season: usize,
    /// The only line to fit; the best by the criterion where it is not given.
    pub line: Option<ThetaLine>,
}

/// Where the long-run line comes from and how much of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThetaLine {
    /// Regression on all values, theta 2: the standard method.
    Standard,
    /// Regression on all values, theta by least squares.
    Optimised,
    /// Regression renewed with every value, theta 2.
    Dynamic,
    /// Regression renewed with every value, theta by least squares.
    DynamicOptimised,
}

impl ThetaLine {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Optimised, Self::Dynamic, Self::DynamicOptimised];

    fn dynamic(self) -> bool {
        matches!(self, Self::Dynamic | Self::DynamicOptimised)
    }

    fn optimised(self) -> bool {
        matches!(self, Self::Optimised | Self::DynamicOptimised)
    }
}

/// Season taken out before the method and put back after it.
#[derive(Debug, Clone, PartialEq)]
enum Season {
    None,
    Added(Vec<f64>),
    Times(Vec<f64>),
}

/// The method with its weights and its state after the last value seen.
#[derive(Debug, Clone, PartialEq)]
pub struct ThetaFit {
    /// Which line was used.
    pub line: ThetaLine,
    /// Weight of the newest value in the level.
    pub alpha: f64,
    /// `1 - 1/theta`: 0 for simple smoothing, 1/2 for the standard method, towards 1 for the whole drift.
    pub weight: f64,
    /// Level of the deseasonalised values.
    pub level: f64,
    /// Mean squared one-step error, from the fourth value on.
    pub mse: f64,
    trend: Line,
    seen: usize,
    season: Season,
}

/// Intercept and slope of the regression on 1, 2, … and what is needed to renew it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    mean: f64,
    intercept: f64,
    slope: f64,
}

/// Errors of the first values are not counted: the line starts from nothing.
const BURN_IN: usize = 3;
/// Bounds of the search for alpha.
const ALPHA: (f64, f64) = (0.02, 0.99);
/// One-sided 90 % point of the normal distribution doubled: when a season is worth taking out.
const SEASONAL: f64 = 1.6449;

impl Theta {
    /// Fits a series, oldest value first, not a number where a value is missing. `None` for fewer than four values.
    pub fn fit(&self, values: &[f64]) -> Option<ThetaFit> {
        let offset = values.iter().position(|value| value.is_finite())?;
        let gapless = without_gaps(&values[offset..]);
        if gapless.len() <= BURN_IN {
            return None;
        }
        let scale = gapless.iter().map(|v| v.abs() / gapless.len() as f64).sum::<f64>();
        if scale < 1e-280 || gapless.iter().all(|value| *value == gapless[0]) {
            return Some(ThetaFit::constant(gapless[0], gapless.len()));
        }
        let scaled: Vec<f64> = gapless.iter().map(|value| value / scale).collect();
        let season = season(&scaled, self.season);
        let adjusted: Vec<f64> = scaled.iter().enumerate().map(|(t, value)| season.out_of(*value, t)).collect();
        let lines = ThetaLine::ALL.into_iter().filter(|line| self.line.is_none_or(|only| only == *line));
        let mut best: Option<(f64, ThetaFit)> = None;
        for line in lines {
            let search = Search::new(&adjusted, line);
            let (alpha, solved) = search.best();
            if !solved.squares.is_finite() {
                continue;
            }
            let n = (adjusted.len() - BURN_IN) as f64;
            // Theta and, where it looks ahead over all values, the line's slope count as parameters.
            let parameters = 3.0 + f64::from(u8::from(line.optimised())) + f64::from(u8::from(!line.dynamic()));
            let criterion = n * (solved.squares / n).max(1e-20).ln() + 2.0 * parameters;
            if best.as_ref().is_none_or(|(least, _)| criterion < *least) {
                let fit = ThetaFit {
                    line,
                    alpha,
                    weight: solved.weight,
                    level: search.level(alpha, solved.start) * scale,
                    mse: solved.squares / n * scale * scale,
                    trend: search.last_line().times(scale),
                    seen: adjusted.len(),
                    season: season.times(scale),
                };
                best = Some((criterion, fit));
            }
        }
        best.map(|(_, fit)| fit).filter(|fit| fit.level.is_finite() && fit.weight.is_finite())
    }
}

/// The season where the autocorrelation at its length stands out, as in the M3 and M4 competitions.
fn season(values: &[f64], length: usize) -> Season {
    if length < 4 || values.len() < 2 * length {
        return Season::None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let product = |lag: usize| -> f64 { values.iter().zip(&values[lag..]).map(|(a, b)| (a - mean) * (b - mean)).sum() };
    let variance = product(0);
    let before: f64 = (1..length).map(|lag| product(lag) / variance).map(|r| r * r).sum();
    let limit = SEASONAL * ((1.0 + 2.0 * before) / n).sqrt();
    if (product(length) / variance).abs() <= limit {
        return Season::None;
    }
    let positive = values.iter().all(|value| *value > 0.0);
    let found = Seasons::find(values, length, positive);
    match found.multiplicative.filter(|factors| factors.iter().all(|factor| *factor >= 0.1)) {
        Some(factors) => Season::Times(factors),
        None => Season::Added(found.additive),
    }
}

impl Season {
    fn out_of(&self, value: f64, t: usize) -> f64 {
        match self {
            Self::None => value,
            Self::Added(effects) => value - effects[t % effects.len()],
            Self::Times(factors) => value / factors[t % factors.len()],
        }
    }

    fn back_into(&self, value: f64, t: usize) -> f64 {
        match self {
            Self::None => value,
            Self::Added(effects) => value + effects[t % effects.len()],
            Self::Times(factors) => value * factors[t % factors.len()],
        }
    }

    fn times(&self, scale: f64) -> Self {
        match self {
            Self::Added(effects) => Self::Added(effects.iter().map(|effect| effect * scale).collect()),
            other => other.clone(),
        }
    }
}

impl Line {
    /// Through the first value, level.
    fn first(value: f64) -> Self {
        Self { mean: value, intercept: value, slope: 0.0 }
    }

    /// The regression with one more value, `seen` of them so far.
    fn renewed(self, value: f64, seen: usize) -> Self {
        let n = (seen + 1) as f64;
        let mean = self.mean + (value - self.mean) / n;
        let slope = ((n - 2.0) * self.slope + 6.0 * (value - self.mean) / n) / (n + 1.0);
        Self { mean, intercept: mean - slope * (n + 1.0) / 2.0, slope }
    }

    fn times(self, scale: f64) -> Self {
        Self { mean: self.mean * scale, intercept: self.intercept * scale, slope: self.slope * scale }
    }

    /// What the line adds to the level after `seen` values, before it is weighted; `power` is `(1 - alpha)^seen`.
    fn drift(self, alpha: f64, power: f64) -> f64 {
        power * self.intercept + (1.0 - (1.0 - alpha) * power) / alpha * self.slope
    }
}

/// The search for alpha on one series.
struct Search<'a> {
    values: &'a [f64],
    line: ThetaLine,
    /// The regression after each value; the same everywhere where it is not renewed.
    lines: Vec<Line>,
}

/// The least squares for one alpha.
#[derive(Debug, Clone, Copy)]
struct Solved {
    start: f64,
    weight: f64,
    squares: f64,
}

impl<'a> Search<'a> {
    fn new(values: &'a [f64], line: ThetaLine) -> Self {
        let mut lines = Vec::with_capacity(values.len());
        let mut current = Line::first(values[0]);
        lines.push(current);
        for (seen, value) in values.iter().enumerate().skip(1) {
            current = current.renewed(*value, seen);
            lines.push(current);
        }
        if !line.dynamic() {
            lines.fill(current);
        }
        Self { values, line, lines }
    }

    fn last_line(&self) -> Line {
        self.lines[self.lines.len() - 1]
    }

    /// Golden section on the logarithm's scale, started from the best of a few.
    fn best(&self) -> (f64, Solved) {
        const TRIED: [f64; 7] = [ALPHA.0, 0.06, 0.15, 0.3, 0.5, 0.75, ALPHA.1];
        let tried = TRIED.map(|alpha| self.solve(alpha));
        let squares = |place: usize| tried[place].squares;
        let least = (0..TRIED.len()).min_by(|a, b| squares(*a).total_cmp(&squares(*b))).unwrap_or(0);
        let (mut low, mut high) = (TRIED[least.saturating_sub(1)], TRIED[(least + 1).min(TRIED.len() - 1)]);
        let golden = 0.618_033_988_749_894_8;
        let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
        let (mut at_left, mut at_right) = (self.solve(left), self.solve(right));
        let mut best = (TRIED[least], tried[least]);
        for _ in 0..10 {
            for (alpha, solved) in [(left, at_left), (right, at_right)] {
                if solved.squares < best.1.squares {
                    best = (alpha, solved);
                }
            }
            if at_left.squares < at_right.squares {
                (high, right, at_right) = (right, left, at_left);
                left = high - golden * (high - low);
                at_left = self.solve(left);
            } else {
                (low, left, at_left) = (left, right, at_right);
                right = low + golden * (high - low);
                at_right = self.solve(right);
            }
        }
        best
    }

    /// Least squares of `value - base = start * power + weight * drift`.
    fn solve(&self, alpha: f64) -> Solved {
        let (mut power, mut base) = (1.0 - alpha, alpha * self.values[0]);
        let (mut pp, mut pd, mut dd, mut pr, mut dr, mut rr) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for seen in 1..self.values.len() {
            let value = self.values[seen];
            if seen >= BURN_IN {
                let (rest, drift) = (value - base, self.lines[seen - 1].drift(alpha, power));
                pp += power * power;
                pd += power * drift;
                dd += drift * drift;
                pr += power * rest;
                dr += drift * rest;
                rr += rest * rest;
            }
            base += alpha * (value - base);
            power *= 1.0 - alpha;
        }
        // A little weight on the first value for a start that the others do not see.
        let ridge = 1e-6;
        let (pp, pr, rr) = (pp + ridge, pr + ridge * self.values[0], rr + ridge * self.values[0] * self.values[0]);
        let weight = if self.line.optimised() {
            let determinant = pp * dd - pd * pd;
            if determinant > 1e-12 * pp * dd { ((pp * dr - pd * pr) / determinant).clamp(0.0, 1.0) } else { 0.5 }
        } else {
            0.5
        };
        let start = (pr - weight * pd) / pp;
        let squares = rr + start * start * pp + weight * weight * dd - 2.0 * start * pr - 2.0 * weight * dr
            + 2.0 * start * weight * pd;
        Solved { start, weight, squares: squares.max(0.0) }
    }

    fn level(&self, alpha: f64, start: f64) -> f64 {
        self.values.iter().fold(start, |level, value| level + alpha * (value - level))
    }
}

impl ThetaFit {
    fn constant(value: f64, seen: usize) -> Self {
        Self {
            line: ThetaLine::Standard,
            alpha: 0.5,
            weight: 0.0,
            level: value,
            mse: 0.0,
            trend: Line::first(value),
            seen,
            season: Season::None,
        }
    }

    /// Theta; infinite where the whole drift is used.
    pub fn theta(&self) -> f64 {
        1.0 / (1.0 - self.weight)
    }

    /// Forecasts of the next periods, in the values' unit.
    pub fn forecast(&self, horizon: usize) -> Vec<f64> {
        let (mut level, mut line) = (self.level, self.trend);
        let mut forecast = Vec::with_capacity(horizon);
        for seen in self.seen..self.seen + horizon {
            let value = level + self.weight * line.drift(self.alpha, (1.0 - self.alpha).powi(exponent(seen)));
            level += self.alpha * (value - level);
            if self.line.dynamic() {
                line = line.renewed(value, seen);
            }
            forecast.push(self.season.back_into(value, seen));
        }
        forecast
    }

    /// Takes in the next value; one that is missing is taken to be what was expected. Weights and season stay.
    pub fn advance(&mut self, value: f64) {
        let value = if value.is_finite() { value } else { self.forecast(1)[0] };
        let adjusted = self.season.out_of(value, self.seen);
        self.level += self.alpha * (adjusted - self.level);
        self.trend = self.trend.renewed(adjusted, self.seen);
        self.seen += 1;
    }
}

/// The powers of a weight vanish long before this.
fn exponent(seen: usize) -> i32 {
    i32::try_from(seen).unwrap_or(i32::MAX)
}
