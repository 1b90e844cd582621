//! Season by loess decomposition, exponential smoothing of the rest.

use crate::ets::{Smoothed, smooth};
use crate::model::{Fitted, History, Model};
use crate::stl::{Loess, decompose};
use aisle_engine::ModelKind;

/// STL and ETS, each series by itself.
#[derive(Debug, Clone, Copy)]
pub struct StlEts;

impl Model for StlEts {
    fn kind(&self) -> ModelKind {
        ModelKind::StlEts
    }

    fn fit<'a>(&self, history: &History<'a>) -> Option<Box<dyn Fitted + 'a>> {
        let year = history.calendar.year();
        let week_of_days = if year == 364 { vec![7] } else { Vec::new() };
        let periods = match history.origin >= year + year / 6 {
            true => [week_of_days, vec![year]].concat(),
            false => week_of_days,
        };
        let longest = *periods.last()?;
        if history.origin < 2 * longest.min(14) {
            return None;
        }
        // The window that STL gives its trend: the next odd number above 1.5 periods, over 1 - 1.5 / seasonal window.
        let window = (1.5 * longest as f64 / (1.0 - 1.5 / 11.0)) as usize | 1;
        let trend = Loess::new(history.origin, window);
        let fitted = (0..history.values.len()).map(|member| Member::fit(history, member, &periods, &trend)).collect();
        Some(Box::new(FittedStl { history: *history, members: fitted }))
    }
}

struct FittedStl<'a> {
    history: History<'a>,
    members: Vec<Option<Member>>,
}

struct Member {
    seasons: Vec<(usize, Vec<f64>)>,
    smoothed: Smoothed,
    non_negative: bool,
}

impl Member {
    fn fit(history: &History<'_>, member: usize, periods: &[usize], trend: &Loess) -> Option<Self> {
        let seen = history.seen(member);
        let present = seen.iter().filter(|v| v.is_finite()).count();
        let longest = periods.last().copied().unwrap_or(1);
        if present * 10 < seen.len() * 8 || present < longest.min(seen.len()) {
            return None;
        }
        let parts = decompose(&without_gaps(seen), periods, trend);
        let smoothed = smooth(&parts.adjusted)?;
        let non_negative = seen.iter().all(|v| v.is_nan() || *v >= 0.0);
        Some(Self { seasons: parts.seasons, smoothed, non_negative })
    }
}

impl Fitted for FittedStl<'_> {
    fn forecast(&self, member: usize, horizon: usize) -> Option<Vec<f64>> {
        let fitted = self.members[member].as_ref()?;
        let mut forecast = Vec::with_capacity(horizon);
        for step in 0..horizon {
            let period = self.history.origin + step;
            let mut value = fitted.smoothed.ahead(step + 1);
            for (length, phases) in &fitted.seasons {
                value += match *length {
                    7 => phases[period % 7],
                    // Around events the season is read at the date that they had a year ago.
                    _ => {
                        let ago = self.history.calendar.year_ago(period).iter();
                        ago.map(|(index, weight)| weight * phases[index % length]).sum()
                    }
                };
            }
            forecast.push(if fitted.non_negative { value.max(0.0) } else { value });
        }
        Some(forecast)
    }

    fn state(&self, member: usize) -> Option<Smoothed> {
        self.members[member].as_ref().map(|fitted| fitted.smoothed)
    }
}

/// Absent values by the line between their neighbours, at the ends by the nearest.
pub(crate) fn without_gaps(values: &[f64]) -> Vec<f64> {
    let mut filled = values.to_vec();
    let known: Vec<usize> = (0..values.len()).filter(|index| values[*index].is_finite()).collect();
    let (Some(first), Some(last)) = (known.first().copied(), known.last().copied()) else {
        return vec![0.0; values.len()];
    };
    filled[..first].fill(values[first]);
    filled[last..].fill(values[last]);
    for pair in known.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        for (at, gap) in filled.iter_mut().enumerate().take(to).skip(from + 1) {
            let share = (at - from) as f64 / (to - from) as f64;
            *gap = values[from] + share * (values[to] - values[from]);
        }
    }
    filled
}
