//! What is left when history is too short, empty or dead for anything else: the recent level, or nothing.

use crate::model::{Fitted, History, Model, recent_mean};
use aisle_engine::ModelKind;

/// The mean of the last present values; zero where nothing was sold for a year.
#[derive(Debug, Clone, Copy)]
pub struct Fallback;

const LEVEL_PERIODS: usize = 8;

impl Model for Fallback {
    fn kind(&self) -> ModelKind {
        ModelKind::Fallback
    }

    fn fit<'a>(&self, history: &History<'a>) -> Option<Box<dyn Fitted + 'a>> {
        Some(Box::new(Level { history: *history }))
    }
}

/// Whether nothing was sold for a year, or in the last half of a year where history is shorter. (What sells at
/// Christmas only is not dead in July.)
pub(crate) fn is_dead(seen: &[f64], year: usize) -> bool {
    let without = if seen.len() > year { year } else { year / 2 };
    seen.len() > without && seen[seen.len() - without..].iter().all(|v| !v.is_finite() || *v == 0.0)
}

struct Level<'a> {
    history: History<'a>,
}

impl Fitted for Level<'_> {
    fn forecast(&self, member: usize, horizon: usize) -> Option<Vec<f64>> {
        let seen = self.history.seen(member);
        let level = if is_dead(seen, self.history.calendar.year()) {
            0.0
        } else {
            recent_mean(seen, LEVEL_PERIODS).unwrap_or(0.0)
        };
        Some(vec![level; horizon])
    }
}
