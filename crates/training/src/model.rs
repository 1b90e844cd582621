//! The interface that every model stands behind, and what it is shown.

use crate::calendar::Calendar;
use aisle_engine::ModelKind;

/// A model before it has seen data. A model sees one group at a time, so that it may pool over its members.
pub trait Model: Sync {
    /// Which model it is.
    fn kind(&self) -> ModelKind;

    /// Fits the group's history. `None` where the history does not suffice for any member.
    fn fit<'a>(&self, history: &History<'a>) -> Option<Box<dyn Fitted + 'a>>;
}

/// A model that has seen a group's history up to an origin.
pub trait Fitted {
    /// Forecasts the periods after the origin for one member, in the unit of its values; `None` where this member's
    /// history does not suffice. Finite where there is one.
    fn forecast(&self, member: usize, horizon: usize) -> Option<Vec<f64>>;

    /// Level and damped slope at the origin, where the model keeps them apart from the season.
    fn state(&self, _member: usize) -> Option<crate::ets::Smoothed> {
        None
    }

    /// Takes in one member's values that came after what it has seen, oldest first, without a refit: forecasts then start
    /// after them. Whether it could; where not, nothing has changed and the model wants to be fitted again.
    fn advance(&mut self, _member: usize, _values: &[f64]) -> bool {
        false
    }
}

/// What a model may see: the group's values before the origin, drivers and calendar without end.
#[derive(Debug, Clone, Copy)]
pub struct History<'a> {
    /// Calendar, events and driver values of the whole panel.
    pub calendar: &'a Calendar,
    /// Values per member, at least `origin` long; not a number where absent.
    pub values: &'a [&'a [f64]],
    /// Location per member, an index into the calendar's locations.
    pub locations: &'a [usize],
    /// Number of periods that may be seen.
    pub origin: usize,
}

impl<'a> History<'a> {
    /// One member's values before the origin.
    pub fn seen(&self, member: usize) -> &'a [f64] {
        &self.values[member][..self.origin]
    }
}

/// Mean of the present values among the last `count` present ones; `None` where there is none.
pub(crate) fn recent_mean(values: &[f64], count: usize) -> Option<f64> {
    let recent = values.iter().rev().filter(|v| v.is_finite()).take(count);
    let (sum, n) = recent.fold((0.0, 0u32), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}
