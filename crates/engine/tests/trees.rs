//! Facts about ensembles: what is refused, what is scored, and contributions against Shapley's own definition.

use aisle_engine::trees::{Ensemble, EnsembleParts, Link, TreeNode};
use proptest::prelude::*;

const FEATURES: usize = 5;

/// A tree from choices: each splits a leaf of the tree so far.
fn grown(choices: &[(u8, u8, i8, bool, u16)]) -> Vec<TreeNode> {
    let leaf =
        |seed: usize| TreeNode::Leaf { value: (seed * 37 % 101) as f32 / 7.0 - 6.0, cover: 1 + seed as u32 % 23 };
    let mut tree = vec![leaf(3)];
    for (which, feature, threshold, missing_left, set) in choices {
        let leaves: Vec<usize> =
            (0..tree.len()).filter(|index| matches!(tree[*index], TreeNode::Leaf { .. })).collect();
        let at = leaves[usize::from(*which) % leaves.len()];
        let (left, right) = (tree.len(), tree.len() + 1);
        let (feature, missing_left) = (u16::from(*feature) % FEATURES as u16, *missing_left);
        tree.push(leaf(left * 13));
        tree.push(leaf(right * 29));
        tree[at] = if feature == 4 {
            TreeNode::Categorical { feature, set: vec![u32::from(*set), 1], missing_left, left, right }
        } else {
            TreeNode::Numeric { feature, threshold: f32::from(*threshold), missing_left, left, right }
        };
    }
    tree
}

fn trees() -> impl Strategy<Value = Vec<Vec<TreeNode>>> {
    let choice = (any::<u8>(), any::<u8>(), -4i8..4, any::<bool>(), any::<u16>());
    let tree = proptest::collection::vec(choice, 0..12).prop_map(|choices| grown(&choices));
    proptest::collection::vec(tree, 0..5)
}

fn rows() -> impl Strategy<Value = Vec<f32>> {
    let value = prop_oneof![8 => -5.0f32..5.0, 1 => Just(f32::NAN), 1 => Just(40.0f32), 1 => Just(f32::INFINITY)];
    proptest::collection::vec(value, FEATURES)
}

fn parts(trees: &[Vec<TreeNode>]) -> EnsembleParts {
    let mut parts = EnsembleParts { features: FEATURES as u16, base: 0.75, ..EnsembleParts::default() };
    trees.iter().for_each(|tree| parts.push(tree));
    parts
}

/// Rows and mean of a node where only the features of `known` (bits) are known.
fn expected(tree: &[TreeNode], at: usize, row: &[f32], known: u32) -> (f64, f64) {
    let (feature, goes_left, left, right) = match &tree[at] {
        TreeNode::Leaf { value, cover } => return (f64::from(*cover), f64::from(*value)),
        TreeNode::Numeric { feature, threshold, missing_left, left, right } => {
            let value = row[usize::from(*feature)];
            (*feature, if value.is_nan() { *missing_left } else { value <= *threshold }, *left, *right)
        }
        TreeNode::Categorical { feature, set, missing_left, left, right } => {
            let value = row[usize::from(*feature)];
            let known = (0.0..65_536.0).contains(&value);
            let word = set.get(value as usize / 32).copied().unwrap_or(0);
            (*feature, if known { word >> (value as u32 % 32) & 1 == 1 } else { *missing_left }, *left, *right)
        }
    };
    let ((left_rows, left_mean), (right_rows, right_mean)) =
        (expected(tree, left, row, known), expected(tree, right, row, known));
    let rows = left_rows + right_rows;
    let mean = match known >> feature & 1 {
        0 => (left_rows * left_mean + right_rows * right_mean) / rows,
        _ if goes_left => left_mean,
        _ => right_mean,
    };
    (rows, mean)
}

fn shapley(trees: &[Vec<TreeNode>], row: &[f32], feature: u32) -> f64 {
    let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
    let count = FEATURES as u32;
    let value = |known: u32| trees.iter().map(|tree| expected(tree, 0, row, known).1).sum::<f64>();
    let without = (0..1u32 << count).filter(|known| known >> feature & 1 == 0);
    without
        .map(|known| {
            let size = known.count_ones();
            let weight = factorial(size) * factorial(count - 1 - size) / factorial(count);
            weight * (value(known | 1 << feature) - value(known))
        })
        .sum()
}

proptest! {
    #[test]
    fn contributions_are_shapley_values_and_add_up(trees in trees(), row in rows()) {
        let ensemble = Ensemble::new(parts(&trees)).unwrap();
        let mut out = [f64::NAN; FEATURES];
        let mean = ensemble.contributions(&row, &mut out);
        let score = ensemble.score(&row);
        let means: f64 = trees.iter().map(|tree| expected(tree, 0, &row, 0).1).sum();
        prop_assert!((mean - 0.75 - means).abs() < 1e-9);
        prop_assert!((mean + out.iter().sum::<f64>() - score).abs() < 1e-9, "{mean} and {out:?} make no {score}");
        for (feature, contribution) in out.iter().enumerate() {
            let exact = shapley(&trees, &row, feature as u32);
            prop_assert!((contribution - exact).abs() < 1e-9, "feature {feature}: {contribution}, not {exact}");
        }
    }

    #[test]
    fn a_score_is_the_sum_of_the_leaves_reached(trees in trees(), row in rows()) {
        let ensemble = Ensemble::new(parts(&trees)).unwrap();
        let reached: f64 = trees.iter().map(|tree| expected(tree, 0, &row, u32::MAX).1).fold(0.75, |sum, leaf| sum + leaf);
        prop_assert_eq!(ensemble.score(&row).to_bits(), reached.to_bits());
    }

    #[test]
    fn many_rows_score_as_each(trees in trees(), rows in proptest::collection::vec(rows(), 0..140)) {
        let ensemble = Ensemble::new(parts(&trees)).unwrap();
        let flat: Vec<f32> = rows.iter().flatten().copied().collect();
        let mut out = vec![0.0; rows.len()];
        ensemble.score_rows(&flat, &mut out);
        for (row, score) in rows.iter().zip(&out) {
            prop_assert_eq!(ensemble.score(row).to_bits(), score.to_bits());
        }
    }

    #[test]
    fn bytes_survive_and_damage_is_refused_or_harmless(trees in trees(), row in rows(), at in any::<usize>(), to in any::<u8>()) {
        let ensemble = Ensemble::new(parts(&trees)).unwrap();
        let mut bytes = postcard::to_allocvec(&ensemble).unwrap();
        prop_assert_eq!(&postcard::from_bytes::<Ensemble>(&bytes).unwrap(), &ensemble);
        let place = at % bytes.len();
        bytes[place] = to;
        if let Ok(other) = postcard::from_bytes::<Ensemble>(&bytes) {
            prop_assert!(other.score(&row).is_finite());
            let mut out = vec![0.0; other.features()];
            let mean = other.contributions(&row, &mut out);
            prop_assert!((mean + out.iter().sum::<f64>() - other.score(&row)).is_finite());
        }
    }

    #[test]
    fn any_parts_are_read_or_refused(
        nodes in proptest::collection::vec(0u32..24, 0..60),
        values in proptest::collection::vec(-9.0f32..9.0, 0..60),
        covers in proptest::collection::vec(0u32..9, 0..40),
        set_words in proptest::collection::vec(any::<u32>(), 0..6),
        set_lengths in proptest::collection::vec(0u16..4, 0..6),
        row in rows(),
    ) {
        let parts = EnsembleParts { features: 5, link: Link::Exp, base: 0.0, nodes, values, covers, set_words, set_lengths };
        if let Ok(ensemble) = Ensemble::new(parts) {
            prop_assert!(ensemble.predict(&row) >= 0.0);
            ensemble.contributions(&row, &mut [0.0; FEATURES]);
        }
    }
}

#[test]
fn a_tree_deeper_than_the_limit_is_refused() {
    let chain = |levels: usize| {
        let leaf = TreeNode::Leaf { value: 1.0, cover: 1 };
        let mut tree = Vec::new();
        for level in 0..levels {
            let (left, right) = (2 * level + 2, 2 * level + 1);
            tree.extend([
                TreeNode::Numeric { feature: 0, threshold: level as f32, missing_left: false, left, right },
                leaf.clone(),
            ]);
        }
        tree.push(leaf);
        Ensemble::new(parts(&[tree]))
    };
    assert!(chain(64).is_ok());
    assert!(chain(65).is_err());
}

#[test]
fn numbers_that_are_none_are_refused() {
    let whole = parts(&[grown(&[(0, 1, 2, true, 0), (1, 4, 0, false, 9)])]);
    assert!(Ensemble::new(whole.clone()).is_ok());
    let spoiled = |spoil: fn(&mut EnsembleParts)| {
        let mut parts = whole.clone();
        spoil(&mut parts);
        Ensemble::new(parts).is_err()
    };
    assert!(spoiled(|parts| parts.values[0] = f32::NAN));
    assert!(spoiled(|parts| parts.base = f64::INFINITY));
    assert!(spoiled(|parts| parts.covers[1] = 0));
    assert!(spoiled(|parts| parts.features = 1));
    assert!(spoiled(|parts| parts.nodes.truncate(2)));
    assert!(spoiled(|parts| parts.values.push(1.0)));
    assert!(spoiled(|parts| parts.set_lengths[0] = 9));
}
