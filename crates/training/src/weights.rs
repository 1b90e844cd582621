//! How much each model counts for each series: by its errors from rolling origins, steadied level by level.
//!
//! A model's relative error is the sum of its absolute errors over that of a reference (seasonal naive; the fallback where
//! that does not apply) on the points that both forecast, so that a model is not blamed for origins from which it could
//! not forecast. A few dozen points of one series say little: its ratio is shrunk towards its group's, the group's towards
//! the panel's, the panel's towards a prior, each as if so many further points had shown the level above. Weights fall with a
//! power of the ratio, and models far behind the best are left out (Timmermann 2006, "Forecast combinations": estimated
//! weights shrunk towards equal ones beat both the best model and free weights).

use crate::candidates::KINDS;

/// Sums of absolute errors of every model and of the reference on the same points, and how many points there were.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Record {
    pub(crate) own: [f64; KINDS.len()],
    pub(crate) reference: [f64; KINDS.len()],
    pub(crate) points: [f64; KINDS.len()],
}

impl Record {
    pub(crate) fn add(&mut self, other: &Self) {
        for model in 0..KINDS.len() {
            self.own[model] += other.own[model];
            self.reference[model] += other.reference[model];
            self.points[model] += other.points[model];
        }
    }
}

/// Weight of each model of [`KINDS`]; they sum to one, or are all zero where no model applies.
pub(crate) type Weights = [f64; KINDS.len()];
/// Relative error of each model.
pub(crate) type Ratios = [f64; KINDS.len()];

/// How much further points count than the level's own, and how steeply weights fall.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shrinkage {
    /// Points of the group's record that a series' own are weighed against.
    pub(crate) own_points: f64,
    /// Power of the relative error.
    pub(crate) power: f64,
}

/// Points of the panel's record that a group's own are weighed against.
pub(crate) const GROUP_POINTS: f64 = 100.0;
/// Points of the prior that the panel's own are weighed against.
pub(crate) const PANEL_POINTS: f64 = 100.0;
/// Models whose ratio is this many times the best one's are left out.
const WORST: f64 = 2.0;

/// The ratios of one level, shrunk towards those of the level above.
pub(crate) fn shrunk(record: &Record, above: &Ratios, points: f64) -> Ratios {
    let mut ratios = *above;
    for (model, ratio) in ratios.iter_mut().enumerate() {
        let (own, reference, count) = (record.own[model], record.reference[model], record.points[model]);
        if reference > 0.0 && count > 0.0 {
            let more = points * reference / count;
            *ratio = (own + *ratio * more) / (reference + more);
        }
    }
    ratios
}

/// Weights by ratios among the models that apply.
pub(crate) fn weigh(ratios: &Ratios, applies: impl Fn(usize) -> bool, by: &Shrinkage) -> Weights {
    let mut weights = [0.0; KINDS.len()];
    let best = (0..KINDS.len()).filter(|m| applies(*m)).map(|m| ratios[m]).fold(f64::INFINITY, f64::min);
    for model in (0..KINDS.len()).filter(|model| applies(*model)) {
        let behind = if best > 0.0 { ratios[model] / best } else { 1.0 };
        if behind <= WORST {
            weights[model] = behind.powf(-by.power);
        }
    }
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= sum);
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVEN: Ratios = [1.0; KINDS.len()];
    const BY: Shrinkage = Shrinkage { own_points: 60.0, power: 4.0 };

    #[test]
    fn a_record_moves_the_ratio_by_its_number_of_points() {
        let mut record = Record::default();
        assert_eq!(shrunk(&record, &EVEN, 60.0), EVEN);
        (record.own[2], record.reference[2], record.points[2]) = (50.0, 100.0, 60.0);
        assert!((shrunk(&record, &EVEN, 60.0)[2] - 0.75).abs() < 1e-12);
        (record.own[2], record.reference[2], record.points[2]) = (5e5, 1e6, 6e5);
        assert!((shrunk(&record, &EVEN, 60.0)[2] - 0.5).abs() < 1e-3);
    }

    #[test]
    fn models_that_do_not_apply_or_lie_far_behind_have_no_weight() {
        let mut ratios = EVEN;
        ratios[3] = 0.5;
        ratios[4] = 0.51;
        let weights = weigh(&ratios, |model| model != 4, &BY);
        assert_eq!(weights[4], 0.0);
        assert!(weights[3] > 0.6);
        ratios[1] = 1.1;
        assert_eq!(weigh(&ratios, |_| true, &BY)[1], 0.0);
        assert_eq!(weigh(&ratios, |_| false, &BY), [0.0; KINDS.len()]);
    }

    proptest! {
        #[test]
        fn weights_sum_to_one_and_the_better_has_the_more(ratios in proptest::array::uniform12(0.0..3.0f64)) {
            let weights = weigh(&ratios, |_| true, &BY);
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            for (a, b) in (0..KINDS.len()).flat_map(|a| (0..KINDS.len()).map(move |b| (a, b))) {
                prop_assert!(ratios[a] < ratios[b] || weights[a] <= weights[b]);
            }
        }
    }
}
