//! What is left when history is too short, empty or dead for anything else: the recent level, or nothing.

use crate::model::{Fitted, History, Model, recent_mean};
use aisle_engine::ModelKind;

/// The mean of the last present values; zero where nothing was sold for half a year.
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

struct Level<'a> {
    history: History<'a>,
}

impl Fitted for Level<'_> {
    fn forecast(&self, member: usize, horizon: usize) -> Option<Vec<f64>> {
        let seen = self.history.seen(member);
        let half_year = self.history.calendar.year() / 2;
        let dead = seen.len() > half_year && seen[seen.len() - half_year..].iter().all(|v| !v.is_finite() || *v == 0.0);
        let level = if dead { 0.0 } else { recent_mean(seen, LEVEL_PERIODS).unwrap_or(0.0) };
        Some(vec![level; horizon])
    }
}
