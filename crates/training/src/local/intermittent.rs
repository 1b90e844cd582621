//! Demand that comes seldom: Croston and its corrections, TSB, aggregation over time, weighed per series by the errors
//! that each would have made.
//!
//! Every method is a small state that takes in one value after another and always says a rate per period. So one pass over
//! a series gives its forecasts from every past origin, and what is chosen was judged on periods that it had not seen.

use super::demand_class::DemandPattern;

/// A way to say the rate of a demand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum IntermittentMethod {
    /// Simple smoothing of all values, zeros among them.
    Smoothing {
        /// Weight of the newest value.
        alpha: f64,
    },
    /// Size over interval, each smoothed when there is demand (Croston 1972).
    Croston {
        /// Weight of the newest size and interval.
        alpha: f64,
    },
    /// Croston's rate times `1 - alpha / 2`, without its bias (Syntetos and Boylan 2005).
    Sba {
        /// Weight of the newest size and interval.
        alpha: f64,
    },
    /// Size times probability, which falls while there is no demand (Teunter, Syntetos and Babai 2011).
    Tsb {
        /// Weight of the newest size.
        size: f64,
        /// Weight of the newest yes or no.
        probability: f64,
    },
    /// Simple smoothing of sums over so many periods (Nikolopoulos et al. 2011).
    Adida {
        /// Periods in a sum.
        periods: usize,
        /// Weight of the newest sum.
        alpha: f64,
    },
    /// The mean of such over 1, 2, … so many periods (Petropoulos and Kourentzes 2015).
    Imapa {
        /// Periods in the longest sum.
        periods: usize,
        /// Weight of the newest sum.
        alpha: f64,
    },
}

impl IntermittentMethod {
    /// Its name in the literature.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smoothing { .. } => "smoothing",
            Self::Croston { .. } => "croston",
            Self::Sba { .. } => "sba",
            Self::Tsb { .. } => "tsb",
            Self::Adida { .. } => "adida",
            Self::Imapa { .. } => "imapa",
        }
    }
}

/// A method with what it has seen so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    method: IntermittentMethod,
    /// Smoothed size, or value.
    size: Option<f64>,
    /// Smoothed interval, or probability.
    interval: f64,
    /// Periods since the last demand, that one not counted.
    since: usize,
    sums: Vec<Sum>,
}

/// Sums over so many periods, smoothed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sum {
    periods: usize,
    open: f64,
    filled: usize,
    smoothed: Option<f64>,
}

/// Longest sum of aggregating methods.
const LONGEST_SUM: usize = 60;

impl Rate {
    /// A method before any value. Values of one series must all be given: the ends of sums lie at multiples of their
    /// length after `offset` periods.
    fn new(method: IntermittentMethod, length: usize) -> Self {
        let sum = |periods: usize| Sum {
            periods,
            open: 0.0,
            // The first sum is shorter, so that the last one ends with the series.
            filled: (periods - length % periods) % periods,
            smoothed: None,
        };
        let sums = match method {
            IntermittentMethod::Adida { periods, .. } => vec![sum(periods.clamp(1, LONGEST_SUM))],
            IntermittentMethod::Imapa { periods, .. } => (1..=periods.clamp(1, LONGEST_SUM)).map(sum).collect(),
            _ => Vec::new(),
        };
        Self { method, size: None, interval: 0.0, since: 0, sums }
    }

    /// A method that has seen a series, oldest value first; absent values count as what was expected.
    pub fn after(method: IntermittentMethod, values: &[f64]) -> Self {
        let mut rate = Self::new(method, values.len());
        values.iter().for_each(|value| rate.advance(*value));
        rate
    }

    /// Demand per period from now on.
    pub fn per_period(&self) -> f64 {
        match self.method {
            IntermittentMethod::Smoothing { .. } => self.size.unwrap_or(0.0),
            IntermittentMethod::Croston { .. } => self.size.map_or(0.0, |size| size / self.interval),
            IntermittentMethod::Sba { alpha } => {
                self.size.map_or(0.0, |size| (1.0 - alpha / 2.0) * size / self.interval)
            }
            IntermittentMethod::Tsb { .. } => self.size.unwrap_or(0.0) * self.interval,
            IntermittentMethod::Adida { .. } | IntermittentMethod::Imapa { .. } => {
                let mut rates = 0.0;
                for sum in &self.sums {
                    // Before a first whole sum, what there is.
                    let open = if sum.filled > 0 { sum.open / sum.filled as f64 } else { 0.0 };
                    rates += sum.smoothed.map_or(open, |smoothed| smoothed / sum.periods as f64);
                }
                rates / self.sums.len() as f64
            }
        }
    }

    /// Takes in the next value. An absent one changes nothing but sums, which take what was expected.
    pub fn advance(&mut self, value: f64) {
        let expected = self.per_period();
        let known = value.is_finite();
        let value = if known { value } else { expected };
        match self.method {
            IntermittentMethod::Smoothing { alpha } => {
                self.size = Some(self.size.map_or(value, |size| size + alpha * (value - size)));
            }
            IntermittentMethod::Croston { alpha } | IntermittentMethod::Sba { alpha } if known => {
                self.since += 1;
                if value > 0.0 {
                    let since = self.since as f64;
                    self.interval = self.size.map_or(since, |_| self.interval + alpha * (since - self.interval));
                    self.size = Some(self.size.map_or(value, |size| size + alpha * (value - size)));
                    self.since = 0;
                }
            }
            IntermittentMethod::Tsb { size, probability } if known => {
                let happened = f64::from(u8::from(value > 0.0));
                self.interval =
                    if self.since == 0 { happened } else { self.interval + probability * (happened - self.interval) };
                // Counts the values seen.
                self.since += 1;
                if value > 0.0 {
                    self.size = Some(self.size.map_or(value, |before| before + size * (value - before)));
                }
            }
            IntermittentMethod::Adida { alpha, .. } | IntermittentMethod::Imapa { alpha, .. } => {
                for sum in &mut self.sums {
                    sum.open += value;
                    sum.filled += 1;
                    if sum.filled == sum.periods {
                        let before = sum.smoothed;
                        sum.smoothed = Some(before.map_or(sum.open, |before| before + alpha * (sum.open - before)));
                        (sum.open, sum.filled) = (0.0, 0);
                    }
                }
            }
            _ => {}
        }
    }
}

/// What is known of the periods of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intermittent {
    /// Length of the season in periods, whose phases may have more or less demand; 0 or 1 for none.
    pub season: usize,
    /// Fewest periods without demand after which a series counts as dead.
    pub dead_after: usize,
}

/// A series with the method chosen for it.
#[derive(Debug, Clone, PartialEq)]
pub struct IntermittentFit {
    /// How demand came; `None` where there never was any.
    pub pattern: Option<DemandPattern>,
    /// Demand per period as methods see it, with weights that sum to 1, the best method first; empty for a series that is
    /// dead or never lived, whose forecast is zero.
    pub rates: Vec<(f64, Rate)>,
    /// Share of demand by phase, 1 on average.
    pub profile: Vec<f64>,
    dead_after: usize,
    next: usize,
}

/// Demands that a phase's share is steadied with.
const PRIOR_TIMES: f64 = 8.0;
/// Share of a series that methods may warm up on before they are judged.
const WARM_UP: f64 = 0.3;
/// Fewest values that say something about a method.
const FEWEST_JUDGED: usize = 12;
/// For series too short to judge by, or woken.
const SAFE: IntermittentMethod = IntermittentMethod::Tsb { size: 0.1, probability: 0.05 };
/// Methods of less weight than this beside the best are left out.
const LEAST: f64 = 0.05;

impl Intermittent {
    /// Fits a series, oldest value first, not a number where absent. Values below 0 (returns) count as no demand.
    pub fn fit(&self, values: &[f64]) -> IntermittentFit {
        let pattern = DemandPattern::of(values);
        let first = values.iter().position(|value| *value > 0.0).unwrap_or(values.len());
        let demand: Vec<f64> = values[first..].iter().map(|value| value.max(0.0)).collect();
        let rates = match pattern {
            Some(pattern) if !pattern.dead(self.dead_after) => self.weigh(&demand, pattern),
            _ => Vec::new(),
        };
        let mut profile = profile(&demand, self.season);
        // Phases count from the first value given.
        let length = profile.len();
        profile.rotate_right(first % length);
        IntermittentFit { pattern, rates, profile, dead_after: self.dead_after, next: values.len() }
    }

    /// Methods that suit the class after all values, weighted by the likelihood of their squared one-step errors after the
    /// warm-up. (Errors of sums over weeks told methods apart worse: there are few of them.)
    fn weigh(&self, demand: &[f64], pattern: DemandPattern) -> Vec<(f64, Rate)> {
        let from = (demand.len() as f64 * WARM_UP) as usize;
        let judging = demand[from..].iter().filter(|value| value.is_finite()).count();
        let mut judged: Vec<(f64, Rate)> = Vec::new();
        for method in candidates(pattern) {
            let mut rate = Rate::new(method, demand.len());
            let mut squares = 0.0;
            for (seen, value) in demand.iter().enumerate() {
                let error = rate.per_period() - value;
                if seen >= from && error.is_finite() {
                    squares += error * error;
                }
                rate.advance(*value);
            }
            if squares.is_finite() {
                judged.push((squares, rate));
            }
        }
        judged.sort_by(|a, b| a.0.total_cmp(&b.0));
        let best = judged.first().map_or(0.0, |(squares, _)| *squares);
        if judging < FEWEST_JUDGED || best <= 0.0 {
            return vec![(1.0, Rate::after(SAFE, demand))];
        }
        for (weight, _) in &mut judged {
            *weight = if *weight <= best { 1.0 } else { (best / *weight).powf(0.5 * judging as f64) };
        }
        judged.retain(|(weight, _)| *weight >= LEAST);
        let total: f64 = judged.iter().map(|(weight, _)| weight).sum();
        judged.iter_mut().for_each(|(weight, _)| *weight /= total);
        judged
    }
}

/// Methods that suit a class: sizes and intervals apart only where there are intervals.
fn candidates(pattern: DemandPattern) -> Vec<IntermittentMethod> {
    use IntermittentMethod::{Adida, Croston, Imapa, Sba, Smoothing, Tsb};
    let mut methods: Vec<_> = [0.02, 0.05, 0.1, 0.2].map(|alpha| Smoothing { alpha }).to_vec();
    if pattern.adi >= super::demand_class::ADI_LIMIT {
        methods.extend([0.03, 0.1, 0.2].map(|alpha| Croston { alpha }));
        methods.extend([0.03, 0.1, 0.2].map(|alpha| Sba { alpha }));
        methods.extend(
            [(0.05, 0.02), (0.05, 0.05), (0.1, 0.1), (0.2, 0.2)].map(|(size, probability)| Tsb { size, probability }),
        );
        let periods = (pattern.adi.round() as usize).clamp(1, LONGEST_SUM);
        methods.extend([0.1, 0.3].map(|alpha| Adida { periods, alpha }));
        methods.push(Imapa { periods: periods.min(14), alpha: 0.15 });
    }
    methods
}

/// Share of the times with demand by phase, steadied towards 1; 0 for a phase that never had any though it was due often.
fn profile(demand: &[f64], season: usize) -> Vec<f64> {
    if season < 2 || demand.len() < 2 * season {
        return vec![1.0];
    }
    let (mut times, mut periods) = (vec![0.0; season], vec![0.0; season]);
    for (t, value) in demand.iter().enumerate().filter(|(_, value)| value.is_finite()) {
        periods[t % season] += 1.0;
        times[t % season] += f64::from(u8::from(*value > 0.0));
    }
    let (all, total): (f64, f64) = (periods.iter().sum(), times.iter().sum());
    let share = |(times, periods): (&f64, &f64)| {
        let due = total * periods / all;
        if *times == 0.0 && due >= PRIOR_TIMES { 0.0 } else { (times + PRIOR_TIMES) / (due + PRIOR_TIMES) }
    };
    let shares: Vec<f64> = times.iter().zip(&periods).map(share).collect();
    let mean = shares.iter().sum::<f64>() / season as f64;
    shares.iter().map(|share| share / mean).collect()
}

impl IntermittentFit {
    /// Whether it forecasts zero.
    pub fn dead(&self) -> bool {
        self.rates.is_empty()
    }

    /// The method with the largest weight.
    pub fn method(&self) -> Option<IntermittentMethod> {
        self.rates.first().map(|(_, rate)| rate.method)
    }

    /// Expected demand of the next periods, in the values' unit.
    pub fn forecast(&self, horizon: usize) -> Vec<f64> {
        let rate: f64 = self.rates.iter().map(|(weight, rate)| weight * rate.per_period()).sum();
        (0..horizon).map(|step| rate * self.profile[(self.next + step) % self.profile.len()]).collect()
    }

    /// Takes in the next value. A series dies when its pause becomes too long, and wakes with its next demand.
    pub fn advance(&mut self, value: f64) {
        self.next += 1;
        if !value.is_finite() {
            return;
        }
        match &mut self.pattern {
            Some(pattern) => pattern.since = if value > 0.0 { 0 } else { pattern.since + 1 },
            None if value > 0.0 => self.pattern = DemandPattern::of(&[value]),
            None => return,
        }
        if self.rates.is_empty() && value > 0.0 {
            // Woken: what was known is long ago.
            self.rates.push((1.0, Rate::new(SAFE, 0)));
        }
        self.rates.iter_mut().for_each(|(_, rate)| rate.advance(value.max(0.0)));
        if self.pattern.is_some_and(|pattern| pattern.dead(self.dead_after)) {
            self.rates.clear();
        }
    }
}
