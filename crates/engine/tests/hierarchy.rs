//! Reconciled forecasts add up, keep what adds up already, and are the least squares solution of a dense reference.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_engine::hierarchy::{Attribute, Bounds, Hierarchy, Method, Shares, reconcile};
use proptest::prelude::*;

/// Levels over random labels: total, single attributes, pairs; nested and crossed.
fn hierarchy(labels: &[[u8; 3]]) -> Hierarchy {
    let names = ["a", "b", "c"];
    let attribute = |at: usize| Attribute {
        name: names[at].to_owned(),
        labels: labels.iter().map(|row| row[at].to_string()).collect(),
    };
    let levels = [vec![], vec!["a"], vec!["b"], vec!["a", "b"], vec!["c"], vec!["a", "c"]];
    let levels = levels.map(|names| names.into_iter().map(str::to_owned).collect());
    Hierarchy::new(labels.len(), &[attribute(0), attribute(1), attribute(2)], &levels).unwrap()
}

/// Rows of the summing matrix.
fn rows(hierarchy: &Hierarchy) -> Vec<Vec<f64>> {
    let row = |node| {
        let mut row = vec![0.0; hierarchy.series()];
        hierarchy.members(node).into_iter().for_each(|series| row[series] = 1.0);
        row
    };
    (0..hierarchy.nodes()).map(row).collect()
}

/// The normal equations of weighted least squares, dense.
fn normal(hierarchy: &Hierarchy, base: &[f64], precision: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<f64>) {
    let (s, n) = (rows(hierarchy), hierarchy.series());
    let (mut matrix, mut right) = (vec![vec![0.0; n]; n], vec![0.0; n]);
    for (p, from) in precision.iter().zip(&s) {
        for ((weight, to), value) in p.iter().zip(&s).zip(base) {
            for i in 0..n {
                right[i] += from[i] * weight * value;
                for j in 0..n {
                    matrix[i][j] += from[i] * weight * to[j];
                }
            }
        }
    }
    (matrix, right)
}

/// Gaussian elimination with pivoting.
fn dense_solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for at in 0..n {
        let pivot = (at..n).max_by(|a, b| matrix[*a][at].abs().total_cmp(&matrix[*b][at].abs())).unwrap();
        matrix.swap(at, pivot);
        right.swap(at, pivot);
        for row in at + 1..n {
            let factor = matrix[row][at] / matrix[at][at];
            let (above, below) = matrix.split_at_mut(row);
            below[0].iter_mut().zip(&above[at]).skip(at).for_each(|(value, pivot)| *value -= factor * pivot);
            right[row] -= factor * right[at];
        }
    }
    for at in (0..n).rev() {
        let known: f64 = (at + 1..n).map(|column| matrix[at][column] * right[column]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    right
}

fn diagonal(weights: impl Iterator<Item = f64>) -> Vec<Vec<f64>> {
    let weights: Vec<f64> = weights.collect();
    let row = |at: usize| (0..weights.len()).map(|other| if other == at { weights[at] } else { 0.0 }).collect();
    (0..weights.len()).map(row).collect()
}

fn close(a: f64, b: f64, size: f64) -> bool {
    (a - b).abs() <= 1e-9 * size.max(1.0)
}

fn coherent(hierarchy: &Hierarchy, values: &[f64], steps: usize) -> bool {
    let sums = hierarchy.sum(&values[hierarchy.aggregates() * steps..], steps).unwrap();
    let size = values.iter().fold(0.0, |size, value| f64::max(size, value.abs()));
    values.iter().zip(&sums).all(|(value, sum)| close(*value, *sum, size))
}

fn labels() -> impl Strategy<Value = Vec<[u8; 3]>> {
    proptest::collection::vec([0..3u8, 0..4u8, 0..9u8], 1..14)
}

/// Numbers for every node, from a seed: enough for any hierarchy here.
fn numbers(seed: u64, count: usize, low: f64, high: f64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * ((state >> 11) as f64 / (1u64 << 53) as f64)
    };
    (0..count).map(|_| next()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn weighted_least_squares_equal_the_dense_solution(labels in labels(), seed in any::<u64>(), spread in 0.0..6.0f64) {
        let hierarchy = hierarchy(&labels);
        let (nodes, steps) = (hierarchy.nodes(), 11);
        let base = numbers(seed, nodes * steps, -50.0, 200.0);
        let variances: Vec<f64> = numbers(seed ^ 1, nodes, -spread, spread).into_iter().map(f64::exp).collect();
        let found = reconcile(&hierarchy, &base, steps, &Method::WlsVariance(&variances), Bounds::Free).unwrap();
        prop_assert!(coherent(&hierarchy, &found, steps));
        let precision = diagonal(variances.iter().map(|v| 1.0 / v));
        for step in [0, 7, 8, 10] {
            let of_step: Vec<f64> = base.iter().skip(step).step_by(steps).copied().collect();
            let (matrix, right) = normal(&hierarchy, &of_step, &precision);
            let expected = dense_solve(matrix, right);
            for (series, value) in expected.iter().enumerate() {
                let found = found[(hierarchy.aggregates() + series) * steps + step];
                prop_assert!(close(found, *value, 1e3), "series {series} step {step}: {found} against {value}");
            }
        }
    }

    #[test]
    fn bounded_least_squares_satisfy_the_conditions_of_the_minimum(labels in labels(), seed in any::<u64>()) {
        let hierarchy = hierarchy(&labels);
        let (nodes, steps, n) = (hierarchy.nodes(), 3, hierarchy.series());
        let base = numbers(seed, nodes * steps, -60.0, 60.0);
        let found = reconcile(&hierarchy, &base, steps, &Method::WlsStructure, Bounds::NonNegative).unwrap();
        prop_assert!(coherent(&hierarchy, &found, steps));
        prop_assert!(found.iter().all(|value| *value >= 0.0));
        let precision = diagonal(hierarchy.sizes().into_iter().map(|size| 1.0 / size as f64));
        for step in 0..steps {
            let of_step: Vec<f64> = base.iter().skip(step).step_by(steps).copied().collect();
            let (matrix, right) = normal(&hierarchy, &of_step, &precision);
            let b: Vec<f64> = (0..n).map(|series| found[(hierarchy.aggregates() + series) * steps + step]).collect();
            for i in 0..n {
                let slope = matrix[i].iter().zip(&b).map(|(m, b)| m * b).sum::<f64>() - right[i];
                prop_assert!(if b[i] > 1e-7 { slope.abs() < 1e-6 } else { slope > -1e-6 }, "{i}: {} with slope {slope}", b[i]);
            }
        }
    }

    #[test]
    fn shrunk_covariance_equals_the_dense_solution(labels in labels(), seed in any::<u64>(), columns in 2..21usize) {
        let hierarchy = hierarchy(&labels);
        let nodes = hierarchy.nodes();
        let base = numbers(seed, nodes, 0.0, 100.0);
        let common = numbers(seed ^ 2, columns, -5.0, 5.0);
        let mut errors = numbers(seed ^ 3, nodes * columns, -9.0, 9.0);
        errors.iter_mut().enumerate().for_each(|(at, error)| *error += common[at % columns]);
        let found = reconcile(&hierarchy, &base, 1, &Method::Shrunk { errors: &errors, columns }, Bounds::Free).unwrap();
        prop_assert!(coherent(&hierarchy, &found, 1));
        // Schäfer and Strimmer's intensity over all pairs, as the R package hts computes it.
        let (n, row) = (columns as f64, |node: usize| &errors[node * columns..(node + 1) * columns]);
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let scaled: Vec<Vec<f64>> = (0..nodes)
            .map(|node| row(node).iter().map(|e| e / (inner(row(node), row(node)) / n).sqrt()).collect())
            .collect();
        let (mut spread, mut size) = (0.0, 0.0);
        for i in 0..nodes {
            for j in (0..nodes).filter(|j| *j != i) {
                let products: f64 = scaled[i].iter().zip(&scaled[j]).map(|(a, b)| a * a * b * b).sum();
                let sum = inner(&scaled[i], &scaled[j]);
                spread += (products - sum * sum / n) / (n * (n - 1.0));
                size += (sum / n) * (sum / n);
            }
        }
        let intensity = if size > 0.0 { (spread / size).clamp(0.01, 1.0) } else { 1.0 };
        let covariance: Vec<Vec<f64>> = (0..nodes)
            .map(|i| (0..nodes).map(|j| inner(row(i), row(j)) / n * if i == j { 1.0 } else { 1.0 - intensity }).collect())
            .collect();
        let inverse: Vec<Vec<f64>> = (0..nodes)
            .map(|at| dense_solve(covariance.clone(), (0..nodes).map(|other| f64::from(u8::from(other == at))).collect()))
            .collect();
        let (matrix, right) = normal(&hierarchy, &base, &inverse);
        // A node whose errors are all but nothing makes the dense way lose digits: as many as its variance is below the largest.
        let variances: Vec<f64> = (0..nodes).map(|at| covariance[at][at]).collect();
        let worst = variances.iter().fold(0.0, |most: f64, v| most.max(*v)) / variances.iter().fold(f64::INFINITY, |least, v| least.min(*v));
        let tolerance = 1e-6_f64.max(1e-13 * worst);
        for (series, value) in dense_solve(matrix, right).iter().enumerate() {
            let found = found[hierarchy.aggregates() + series];
            prop_assert!((found - value).abs() < tolerance, "series {series}: {found} against {value}, intensity {intensity}");
        }
    }

    #[test]
    fn what_adds_up_already_is_left_as_it_is(labels in labels(), seed in any::<u64>()) {
        let hierarchy = hierarchy(&labels);
        let (nodes, steps) = (hierarchy.nodes(), 9);
        let sums = hierarchy.sum(&numbers(seed, hierarchy.series() * steps, 0.0, 500.0), steps).unwrap();
        let variances = numbers(seed ^ 5, nodes, 0.01, 9.0);
        let errors = numbers(seed ^ 6, nodes * 7, -3.0, 3.0);
        for method in [
            Method::BottomUp,
            Method::TopDown { from: 0, shares: Shares::Forecast },
            Method::Ols,
            Method::WlsStructure,
            Method::WlsVariance(&variances),
            Method::Shrunk { errors: &errors, columns: 7 },
        ] {
            for bounds in [Bounds::Free, Bounds::NonNegative] {
                let found = reconcile(&hierarchy, &sums, steps, &method, bounds).unwrap();
                for (value, sum) in found.iter().zip(&sums) {
                    prop_assert!(close(*value, *sum, 5e3), "{value} against {sum}");
                }
            }
        }
    }

    #[test]
    fn top_down_keeps_the_level_that_it_starts_from(labels in labels(), seed in any::<u64>(), from in 0..6usize) {
        let hierarchy = hierarchy(&labels);
        let steps = 2;
        let base = numbers(seed, hierarchy.nodes() * steps, 0.0, 100.0);
        let weights: Vec<f64> = numbers(seed ^ 9, hierarchy.series(), -1.0, 1.0).into_iter().map(|w| w.max(0.0)).collect();
        for shares in [Shares::Average(&weights), Shares::Forecast] {
            let found = reconcile(&hierarchy, &base, steps, &Method::TopDown { from, shares }, Bounds::NonNegative).unwrap();
            prop_assert!(coherent(&hierarchy, &found, steps));
            let kept = hierarchy.first_node(from) * steps..hierarchy.first_node(from + 1) * steps;
            prop_assert!(kept.into_iter().all(|at| close(found[at], base[at], 1e4)));
        }
    }

    #[test]
    fn a_node_without_a_forecast_has_no_say(labels in labels(), seed in any::<u64>()) {
        let hierarchy = hierarchy(&labels);
        let mut base = numbers(seed, hierarchy.nodes(), 0.0, 100.0);
        base[..hierarchy.aggregates()].fill(f64::NAN);
        let errors = numbers(seed ^ 4, hierarchy.nodes() * 5, -3.0, 3.0);
        for method in [Method::Ols, Method::WlsStructure, Method::Shrunk { errors: &errors, columns: 5 }] {
            let found = reconcile(&hierarchy, &base, 1, &method, Bounds::NonNegative).unwrap();
            for series in hierarchy.aggregates()..hierarchy.nodes() {
                prop_assert!(close(found[series], base[series], 1e3));
            }
        }
    }

    #[test]
    fn nothing_panics_whatever_the_numbers(labels in labels(), seed in any::<u64>(), extreme in any::<f64>()) {
        let hierarchy = hierarchy(&labels);
        let mut base = numbers(seed, hierarchy.nodes() * 2, -1e300, 1e300);
        let at = seed as usize % base.len();
        base[at] = extreme;
        let variances = numbers(seed, hierarchy.nodes(), 0.0, 1e-300);
        for method in [Method::Ols, Method::WlsVariance(&variances), Method::Shrunk { errors: &base, columns: 2 }] {
            let _ = reconcile(&hierarchy, &base, 2, &method, Bounds::NonNegative);
        }
        let errors = vec![0.0; hierarchy.nodes() * 2];
        let _ = reconcile(&hierarchy, &base, 2, &Method::Shrunk { errors: &errors, columns: 2 }, Bounds::NonNegative);
    }
}

/// Two crossing levels with more nodes than are factored densely: at the minimum no series can move to fit better.
#[test]
fn large_crossed_levels_are_solved_to_the_minimum() {
    let (series, steps) = (500, 2);
    let labels = |seed: u64, count: f64| Attribute {
        name: seed.to_string(),
        labels: numbers(seed, series, 0.0, count).into_iter().map(|x| (x as u32).to_string()).collect(),
    };
    let attributes = [labels(1, 400.0), labels(2, 350.0), labels(3, 30.0)];
    let levels = [vec![], vec!["1"], vec!["2"], vec!["3"], vec!["2", "3"]];
    let levels = levels.map(|names| names.into_iter().map(str::to_owned).collect());
    let hierarchy = Hierarchy::new(series, &attributes, &levels).unwrap();
    let base = numbers(4, hierarchy.nodes() * steps, -20.0, 100.0);
    let variances: Vec<f64> = numbers(5, hierarchy.nodes(), -3.0, 3.0).into_iter().map(f64::exp).collect();
    let slopes = |found: &[f64], step: usize| -> Vec<f64> {
        let pull = |node: usize| (found[node * steps + step] - base[node * steps + step]) / variances[node];
        let slope = |series: usize| {
            let levels = hierarchy.levels().iter().enumerate();
            let above = levels.map(|(at, level)| pull(hierarchy.first_node(at) + level.of_series[series] as usize));
            above.sum::<f64>() + pull(hierarchy.aggregates() + series)
        };
        (0..series).map(slope).collect()
    };
    let method = Method::WlsVariance(&variances);
    let free = reconcile(&hierarchy, &base, steps, &method, Bounds::Free).unwrap();
    let bounded = reconcile(&hierarchy, &base, steps, &method, Bounds::NonNegative).unwrap();
    for step in 0..steps {
        assert!(slopes(&free, step).iter().all(|slope| slope.abs() < 1e-6));
        for (series, slope) in slopes(&bounded, step).iter().enumerate() {
            let value = bounded[(hierarchy.aggregates() + series) * steps + step];
            assert!(value >= 0.0 && if value > 1e-6 { slope.abs() < 1e-5 } else { *slope > -1e-5 }, "{value} {slope}");
        }
    }
}

#[test]
fn nodes_are_found_by_their_labels() {
    let hierarchy = hierarchy(&[[0, 1, 2], [0, 2, 2], [1, 1, 3]]);
    let pair = hierarchy.find_level(&["b", "a"]).unwrap();
    assert_eq!(hierarchy.members(hierarchy.find(pair, &["0", "2"]).unwrap()), [1]);
    let c = hierarchy.find_level(&["c"]).unwrap();
    assert_eq!(hierarchy.members(hierarchy.find(c, &["2"]).unwrap()), [0, 1]);
    assert_eq!(hierarchy.find(c, &["9"]), None);
    assert_eq!(hierarchy.members(hierarchy.nodes() - 1), [2]);
    assert_eq!(hierarchy.members(hierarchy.nodes()), [] as [usize; 0]);
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let attribute = |count: usize| Attribute { name: "a".to_owned(), labels: vec!["x".to_owned(); count] };
    let by = |name: &str| vec![name.to_owned()];
    assert!(Hierarchy::new(0, &[], &[]).is_err());
    assert!(Hierarchy::new(2, &[attribute(3)], &[]).is_err());
    assert!(Hierarchy::new(2, &[attribute(2), attribute(2)], &[]).is_err());
    assert!(Hierarchy::new(2, &[attribute(2)], &[by("b")]).is_err());
    assert!(Hierarchy::new(2, &[attribute(2)], &[by("a"), by("a")]).is_err());
    let good = Hierarchy::new(2, &[attribute(2)], &[by("a")]).unwrap();
    let refused = |base: &[f64], method| reconcile(&good, base, 1, &method, Bounds::Free).is_err();
    assert!(refused(&[1.0, 1.0], Method::Ols));
    assert!(refused(&[1.0, f64::NAN, 1.0], Method::Ols));
    assert!(refused(&[1.0, 1.0, 1.0], Method::WlsVariance(&[1.0, -1.0, 1.0])));
    assert!(refused(&[1.0, 1.0, 1.0], Method::TopDown { from: 1, shares: Shares::Forecast }));
    assert!(!refused(&[1.0, 1.0, 1.0], Method::Ols));
}
