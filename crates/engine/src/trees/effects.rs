//! What events and drivers add to a forecast of the global model: Shapley values of groups of features.
//!
//! The groups are events, promotions and other drivers; each is either as known or as usual (no event near, drivers at
//! their reference), which with three groups takes eight scores of a row at most. A group's part is its contribution averaged
//! over all orders in which the groups may join (Shapley 1953; against one reference: Sundararajan and Najmi 2020), so that
//! the parts add up to the forecast less what it would be if all were as usual. That is what components mean by promotion
//! and holiday, and costs a hundredth of path-dependent values of all features ([`TreeModel::contributions`]).

use super::model::{FeatureSource, Part, TreeModel, TreePlan, TreeSeries, value_of};
use crate::artefact::Driver;
use serde::{Deserialize, Serialize};

/// Parts of the forecast of a step, in the unit of the series' values; single precision, because they explain a number and do
/// not make it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// Of events.
    pub holiday: f32,
    /// Of promotions and markdowns.
    pub promotion: f32,
    /// Of the other drivers.
    pub other: f32,
}

const PARTS: [Part; 3] = [Part::Holiday, Part::Promotion, Part::Other];

impl TreeModel {
    /// The parts of every step of a series' forecast.
    pub fn effects(&self, plan: &TreePlan, series: &TreeSeries, drivers: &[Driver]) -> Vec<Effects> {
        let group = |source: &FeatureSource| PARTS.iter().position(|part| *part == source.part(drivers));
        let groups: Vec<Option<usize>> = self.features.iter().map(group).collect();
        let usual = |source: &FeatureSource| if matches!(source, FeatureSource::Event(_)) { f32::NAN } else { 0.0 };
        let mut row = vec![f32::NAN; self.features.len()];
        let mut joined = row.clone();
        let mut found = Vec::with_capacity(plan.horizon);
        for step in 0..plan.horizon {
            let Some(ensemble) = self.ensemble(step) else { continue };
            self.fill(plan, series, step, &mut row);
            let mut active = 0;
            for ((value, source), group) in row.iter().zip(&self.features).zip(&groups) {
                let differs = !(value.is_nan() || *value == 0.0 && !matches!(source, FeatureSource::Event(_)));
                active |= group.filter(|_| differs).map_or(0, |group| 1 << group);
            }
            let mut scores = [0.0; 1 << PARTS.len()];
            for (members, score) in scores.iter_mut().enumerate().filter(|(members, _)| members & !active == 0) {
                for (feature, place) in joined.iter_mut().enumerate() {
                    let joins = groups[feature].is_none_or(|group| members >> group & 1 == 1);
                    *place = if joins { row[feature] } else { usual(&self.features[feature]) };
                }
                *score = value_of(ensemble, series, step, &joined) * f64::from(series.scale) * plan.growth;
            }
            let [holiday, promotion, other] = std::array::from_fn(|group| shapley(&scores, active, group) as f32);
            found.push(Effects { holiday, promotion, other });
        }
        found
    }
}

/// The mean over all orders of what a group adds to those that joined before it.
fn shapley(scores: &[f64; 1 << PARTS.len()], active: usize, group: usize) -> f64 {
    if active >> group & 1 == 0 {
        return 0.0;
    }
    let players = active.count_ones();
    let mut sum = 0.0;
    for members in (0..scores.len()).filter(|members| members & !active == 0 && members >> group & 1 == 0) {
        let orders = factorial(members.count_ones()) * factorial(players - members.count_ones() - 1);
        sum += orders * (scores[members | 1 << group] - scores[members]);
    }
    sum / factorial(players)
}

fn factorial(of: u32) -> f64 {
    (1..=of).map(f64::from).product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_add_up_and_groups_that_add_nothing_get_nothing(
            values in proptest::array::uniform8(-1e3..1e3f64), active in 0usize..8
        ) {
            let sum: f64 = (0..3).map(|group| shapley(&values, active, group)).sum();
            prop_assert!((sum - (values[active] - values[0])).abs() < 1e-9);
            // Scores that do not depend on the first group.
            let same: [f64; 8] = std::array::from_fn(|members| values[members & !1]);
            prop_assert_eq!(shapley(&same, active, 0), 0.0);
        }
    }
}
