//! Facts about boosted trees on made-up rows.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_training::boosting::{BoostingParameters, FeatureKind, Objective, Rows, train};
use proptest::prelude::*;

const OBJECTIVES: [Objective; 5] = [
    Objective::Squared,
    Objective::Absolute,
    Objective::Poisson,
    Objective::Tweedie { power: 1.4 },
    Objective::Quantile { level: 0.9 },
];

/// Numbers that look random, from -1 to 1.
fn noise(seed: usize) -> f32 {
    let mut z = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z >> 40) as f32 / (1 << 23) as f32 - 1.0
}

struct Set {
    features: usize,
    values: Vec<f32>,
    target: Vec<f32>,
}

impl Set {
    fn new(rows: usize, features: usize, value: impl Fn(usize, usize) -> f32, target: impl Fn(&[f32]) -> f32) -> Self {
        let values: Vec<f32> = (0..rows * features).map(|at| value(at / features, at % features)).collect();
        let target = values.chunks(features).map(target).collect();
        Self { features, values, target }
    }

    fn rows(&self) -> Rows<'_> {
        Rows { features: self.features, values: &self.values, target: &self.target, weight: None }
    }
}

/// Five features, one with gaps, one of categories; a target of at least 0.
fn made(rows: usize) -> Set {
    let value = |row: usize, feature: usize| match feature {
        3 if row.is_multiple_of(4) => f32::NAN,
        4 => (noise(row * 5 + 4) * 15.0 + 15.0).floor(),
        _ => noise(row * 5 + feature),
    };
    let target = |row: &[f32]| {
        let gap = if row[3].is_nan() { 2.0 } else { row[3] };
        let category = if [3.0, 8.0, 21.0, 22.0].contains(&row[4]) { 3.0 } else { 0.0 };
        (2.0 * row[0] + (3.0 * row[1]).sin() + gap + category + 0.3 * noise((row[2] * 1e6) as usize)).max(0.0)
    };
    Set::new(rows, 5, value, target)
}

fn kinds(count: usize, categorical: Option<usize>) -> Vec<FeatureKind> {
    (0..count)
        .map(|feature| if Some(feature) == categorical { FeatureKind::Categorical } else { FeatureKind::Numeric })
        .collect()
}

fn scores(set: &Set, p: BoostingParameters, categorical: Option<usize>) -> Vec<f64> {
    let trained = train(&set.rows(), &kinds(set.features, categorical), &p.check().unwrap(), None).unwrap();
    set.values.chunks(set.features).map(|row| trained.ensemble.score(row)).collect()
}

#[test]
fn training_loss_falls_from_round_to_round() {
    let set = made(3_000);
    for objective in OBJECTIVES {
        let mut before = f64::INFINITY;
        for rounds in [1, 2, 5, 10, 20, 40] {
            let p = BoostingParameters { objective, rounds, ..BoostingParameters::default() };
            let loss = objective.loss(&scores(&set, p, Some(4)), &set.target, None);
            assert!(loss < before, "{objective:?}, {rounds} rounds: {loss} after {before}");
            before = loss;
        }
    }
}

#[test]
fn what_was_made_is_learnt() {
    let (set, fresh) = (made(6_000), made(9_000));
    let p = BoostingParameters { rounds: 200, ..BoostingParameters::default() };
    let trained = train(&set.rows(), &kinds(5, Some(4)), &p.check().unwrap(), None).unwrap().ensemble;
    let (mut wrong, mut spread) = (0.0, 0.0);
    let mean = fresh.target.iter().sum::<f32>() / fresh.target.len() as f32;
    for (row, y) in fresh.values.chunks(5).zip(&fresh.target).skip(6_000) {
        wrong += (trained.score(row) - f64::from(*y)).powi(2);
        spread += f64::from(y - mean).powi(2);
    }
    assert!(wrong < 0.04 * spread, "{} of the variance is left", wrong / spread);
}

#[test]
fn a_step_in_one_feature_is_found() {
    let set =
        Set::new(1_000, 3, |row, feature| noise(row * 3 + feature), |row| if row[1] > 0.25 { 10.0 } else { -4.0 });
    let p = BoostingParameters { rounds: 1, learning_rate: 1.0, leaves: 2, ..BoostingParameters::default() };
    let found = scores(&set, p, None);
    // One bin of four rows may lie across the step.
    let wrong = found.iter().zip(&set.target).filter(|(score, y)| (*score - f64::from(**y)).abs() > 0.2).count();
    assert!(wrong <= 5, "{wrong} of 1000 rows lie on the wrong side");
}

#[test]
fn categories_without_order_are_split_in_one_step() {
    let set = Set::new(
        4_000,
        1,
        |row, _| (row * 7 % 40) as f32,
        |row| if [1.0, 5.0, 6.0, 17.0, 30.0, 39.0].contains(&row[0]) { 5.0 } else { 1.0 },
    );
    let p =
        BoostingParameters { rounds: 1, learning_rate: 1.0, leaves: 2, category_smoothing: 0.0, ..Default::default() };
    let found = scores(&set, p, Some(0));
    assert!(found.iter().zip(&set.target).all(|(score, y)| (score - f64::from(*y)).abs() < 1e-3));
}

#[test]
fn missing_values_go_where_they_belong() {
    for side in [-8.0, 8.0] {
        let value = |row: usize, _| if row.is_multiple_of(3) { f32::NAN } else { noise(row) };
        let target = |row: &[f32]| if row[0].is_nan() { side } else { 8.0 * row[0].signum() };
        let set = Set::new(3_000, 1, value, target);
        let p = BoostingParameters { rounds: 1, learning_rate: 1.0, leaves: 2, ..Default::default() };
        let found = scores(&set, p, None);
        let near = found.iter().zip(&set.target).filter(|(score, y)| (*score - f64::from(**y)).abs() < 0.3).count();
        assert!(near > 2_970, "{near} of 3000 with missing values at {side}");
    }
}

#[test]
fn a_constant_target_is_its_own_forecast() {
    let set = Set::new(500, 2, |row, feature| noise(row * 2 + feature), |_| 7.0);
    for objective in OBJECTIVES {
        let p = BoostingParameters { objective, rounds: 20, ..BoostingParameters::default() };
        let trained = train(&set.rows(), &kinds(2, None), &p.check().unwrap(), None).unwrap().ensemble;
        assert!((trained.predict(&[0.1, 0.2]) - 7.0).abs() < 1e-4, "{objective:?}: {}", trained.predict(&[0.1, 0.2]));
    }
}

#[test]
fn a_quantile_leaves_its_share_below() {
    let set =
        Set::new(20_000, 2, |row, feature| noise(row * 2 + feature), |row| row[0] * noise((row[1] * 1e7) as usize));
    for level in [0.1, 0.5, 0.9] {
        let p = BoostingParameters { objective: Objective::Quantile { level }, rounds: 60, ..Default::default() };
        let found = scores(&set, p, None);
        let below = found.iter().zip(&set.target).filter(|(score, y)| f64::from(**y) < **score).count();
        let share = below as f64 / 20_000.0;
        assert!((share - level).abs() < 0.02, "{share} lie below the {level} quantile");
    }
}

#[test]
fn training_ends_where_the_validation_part_is_best() {
    let (set, fresh) = (made(800), made(1_600));
    let validation = Rows { values: &fresh.values[4_000..], target: &fresh.target[800..], ..fresh.rows() };
    let p = BoostingParameters { rounds: 2_000, learning_rate: 0.3, patience: 10, ..BoostingParameters::default() };
    let trained = train(&set.rows(), &kinds(5, Some(4)), &p.clone().check().unwrap(), Some(&validation)).unwrap();
    let best = trained.validation_loss.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(trained.validation_loss.len() < 2_000);
    assert_eq!(trained.validation_loss[trained.ensemble.trees() - 1], best);
    let score = |row: &[f32]| trained.ensemble.score(row);
    let scored: Vec<f64> = validation.values.chunks(5).map(score).collect();
    assert!((p.objective.loss(&scored, validation.target, None) - best).abs() < 1e-12);
}

#[test]
fn weights_count_as_repeated_rows() {
    let set = made(600);
    let weight: Vec<f32> = (0..600).map(|row| (row % 3) as f32).collect();
    let repeated: Vec<usize> = (0..600).flat_map(|row| vec![row; row % 3]).collect();
    let values: Vec<f32> = repeated.iter().flat_map(|row| set.values[row * 5..row * 5 + 5].to_vec()).collect();
    let target: Vec<f32> = repeated.iter().map(|row| set.target[*row]).collect();
    let p = BoostingParameters { rounds: 10, min_rows: 1, min_hessian: 5.0, leaves: 8, bins: 16, ..Default::default() };
    let p = p.check().unwrap();
    let kinds = kinds(5, None);
    let weighted = train(&Rows { weight: Some(&weight), ..set.rows() }, &kinds, &p, None).unwrap().ensemble;
    let again = train(&Rows { features: 5, values: &values, target: &target, weight: None }, &kinds, &p, None).unwrap();
    // Bins are placed by rows, not weights, so that splits may differ a little.
    let loss = |scores: Vec<f64>| Objective::Squared.loss(&scores, &set.target, Some(&weight));
    let all = |ensemble: &aisle_engine::trees::Ensemble| set.values.chunks(5).map(|row| ensemble.score(row)).collect();
    let (a, b) = (loss(all(&weighted)), loss(all(&again.ensemble)));
    assert!((a / b - 1.0).abs() < 0.1, "{a} and {b}");
}

#[test]
fn rows_and_parameters_that_cannot_be_are_refused() {
    let p = BoostingParameters::default().check().unwrap();
    let refused = |values: &[f32], target: &[f32], p| {
        train(&Rows { features: 1, values, target, weight: None }, &kinds(1, None), p, None).is_err()
    };
    assert!(refused(&[], &[], &p));
    assert!(refused(&[1.0], &[1.0, 2.0], &p));
    assert!(refused(&[1.0, 2.0], &[1.0, f32::NAN], &p));
    let poisson = BoostingParameters { objective: Objective::Poisson, ..BoostingParameters::default() };
    assert!(refused(&[1.0], &[-1.0], &poisson.check().unwrap()));
    let bad = |spoil: fn(&mut BoostingParameters)| {
        let mut p = BoostingParameters::default();
        spoil(&mut p);
        p.check().is_err()
    };
    assert!(bad(|p| p.learning_rate = 0.0));
    assert!(bad(|p| p.learning_rate = f64::NAN));
    assert!(bad(|p| p.bins = 256));
    assert!(bad(|p| p.leaves = 1));
    assert!(bad(|p| p.min_hessian = 0.0));
    assert!(bad(|p| p.objective = Objective::Tweedie { power: 2.0 }));
    assert!(bad(|p| p.objective = Objective::Quantile { level: 1.0 }));
}

#[test]
fn a_sample_of_rows_and_features_is_the_same_every_time() {
    let set = made(2_000);
    let p = |seed| BoostingParameters { rounds: 20, row_share: 0.6, feature_share: 0.6, seed, ..Default::default() };
    let bits = |scores: Vec<f64>| scores.into_iter().map(f64::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(scores(&set, p(1), Some(4))), bits(scores(&set, p(1), Some(4))));
    assert_ne!(bits(scores(&set, p(1), Some(4))), bits(scores(&set, p(2), Some(4))));
}

fn wild() -> impl Strategy<Value = (usize, Vec<f32>, Vec<f32>)> {
    let value = || {
        prop_oneof![
            4 => -5.0f32..5.0,
            1 => Just(f32::NAN),
            1 => Just(0.0f32),
            1 => prop_oneof![Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(f32::MAX), Just(1e-40f32), Just(70_000.0f32)]
        ]
    };
    let target = || prop_oneof![4 => 0.0f32..5.0, 1 => Just(0.0f32), 1 => Just(1e30f32)];
    (1usize..4, 1usize..60).prop_flat_map(move |(features, rows)| {
        (Just(features), proptest::collection::vec(value(), features * rows), proptest::collection::vec(target(), rows))
    })
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter((features, values, target) in wild(), turn in 0usize..60) {
        for objective in OBJECTIVES {
            let p = BoostingParameters { objective, rounds: 5, min_rows: 2, leaves: 6, ..Default::default() };
            let p = p.check().unwrap();
            let train = |values: &[f32], target: &[f32]| {
                train(&Rows { features, values, target, weight: None }, &kinds(features, Some(0)), &p, None).unwrap().ensemble
            };
            let straight = train(&values, &target);
            let (mut turned_values, mut turned_target) = (values.clone(), target.clone());
            let by = turn % target.len();
            turned_values.rotate_left(by * features);
            turned_target.rotate_left(by);
            let turned = train(&turned_values, &turned_target);
            prop_assert_eq!(straight.parts(), turned.parts());
        }
    }

    #[test]
    fn any_rows_give_finite_scores((features, values, target) in wild(), seed in any::<u64>()) {
        for objective in OBJECTIVES {
            let p = BoostingParameters { objective, rounds: 6, min_rows: 1, row_share: 0.7, feature_share: 0.7, seed, ..Default::default() };
            let rows = Rows { features, values: &values, target: &target, weight: None };
            let trained = train(&rows, &kinds(features, Some(0)), &p.check().unwrap(), None).unwrap().ensemble;
            for row in values.chunks(features) {
                prop_assert!(trained.score(row).is_finite());
            }
        }
    }
}
