//! MinT with the full covariance of the nodes' errors, shrunk towards its diagonal (Schäfer and Strimmer 2005).
//!
//! `W = diagonal + F F'` where `F` has one column per past error vector, so that everything is a solve with the diagonal
//! (see [`LeastSquares`]) and a small dense matrix over the columns. No matrix over the nodes is formed.

use super::Hierarchy;
use super::least_squares::{Cholesky, LeastSquares, minus, plus, times};
use super::summing::{LANES, Lanes, ZERO, blocks, pack};

/// Most columns of past errors.
pub(super) const MOST_COLUMNS: usize = 1_024;
/// Least intensity of shrinkage: with less, errors that few columns span would count as certain.
const LEAST_INTENSITY: f64 = 0.01;

/// The intensity of shrinkage towards uncorrelated errors, 0 to 1, of node-major errors with `columns` each.
///
/// Sums over all pairs of nodes come from the columns' inner products, which takes nodes x columns^2 operations instead
/// of nodes^2 x columns.
pub(super) fn intensity(errors: &[f64], columns: usize, variances: &[f64]) -> f64 {
    let n = columns as f64;
    let mut inner = vec![0.0; columns * columns];
    let (mut squares, mut fourths, mut nodes) = (vec![0.0; columns], 0.0, 0.0);
    let mut row = vec![0.0; columns];
    for (errors, variance) in errors.chunks_exact(columns).zip(variances) {
        let size = errors.iter().map(|e| e * e).sum::<f64>();
        if size <= 0.0 || !variance.is_finite() {
            continue;
        }
        let scale = (size / n).sqrt();
        row.iter_mut().zip(errors).for_each(|(value, error)| *value = error / scale);
        nodes += 1.0;
        for (s, value) in row.iter().enumerate() {
            squares[s] += value * value;
            fourths += value * value * value * value;
            let products = &mut inner[s * columns..=s * columns + s];
            products.iter_mut().zip(&row).for_each(|(sum, other)| *sum += value * other);
        }
    }
    let mut crossed = 0.0;
    for s in 0..columns {
        let before: f64 = inner[s * columns..s * columns + s].iter().map(|sum| sum * sum).sum();
        let own = inner[s * columns + s];
        crossed += 2.0 * before + own * own;
    }
    // Variances and squares of the correlations, off the diagonal.
    let spread = squares.iter().map(|s| s * s).sum::<f64>() - fourths - (crossed - nodes * n * n) / n;
    let size = crossed / (n * n) - nodes;
    if columns < 2 || size <= 0.0 {
        return 1.0;
    }
    (spread / (n * (n - 1.0)) / size).clamp(LEAST_INTENSITY, 1.0)
}

/// MinT for a given intensity of shrinkage.
#[derive(Debug)]
pub(super) struct Shrunk<'a> {
    problem: LeastSquares<'a>,
    /// Number of error columns in blocks of lanes.
    blocks: usize,
    /// The series' errors, scaled, per block of columns.
    series_errors: Vec<Vec<Lanes>>,
    /// How far the columns' errors of the nodes above differ from the sums of the series', per block; and that after the
    /// diagonal solve.
    incoherence: Vec<Vec<Lanes>>,
    solved: Vec<Vec<Lanes>>,
    inner: Cholesky,
}

impl<'a> Shrunk<'a> {
    /// `variances` as for [`LeastSquares::new`]: the full error variances of the nodes.
    pub(super) fn new(hierarchy: &'a Hierarchy, errors: &[f64], columns: usize, variances: &[f64]) -> Self {
        let intensity = intensity(errors, columns, variances);
        let diagonal: Vec<f64> = variances.iter().map(|variance| variance * intensity).collect();
        let problem = LeastSquares::new(hierarchy, &diagonal);
        let scale = ((1.0 - intensity) / columns as f64).sqrt();
        let above = hierarchy.aggregates();
        let (mut series_errors, mut incoherence, mut solved) = (Vec::new(), Vec::new(), Vec::new());
        for block in blocks(columns) {
            let of_nodes: Vec<Lanes> = pack(errors, columns, &block).iter().map(|lanes| times(lanes, scale)).collect();
            let (nodes, series) = of_nodes.split_at(above);
            let apart = apart(hierarchy, nodes, series);
            solved.push(diagonal_solve(&problem, &apart));
            incoherence.push(apart);
            series_errors.push(series.to_vec());
        }
        let blocks = solved.len();
        let size = blocks * LANES;
        let mut matrix = vec![0.0; size * size];
        for (i, of_i) in incoherence.iter().enumerate() {
            for (j, of_j) in solved.iter().enumerate() {
                let mut products = [ZERO; LANES];
                for (a, b) in of_i.iter().zip(of_j) {
                    (0..LANES).for_each(|lane| plus(&mut products[lane], &times(b, a[lane])));
                }
                for (lane, row) in products.iter().enumerate() {
                    matrix[(i * LANES + lane) * size + j * LANES..][..LANES].copy_from_slice(row);
                }
            }
        }
        (0..size).for_each(|at| matrix[at * size + at] += 1.0);
        Self { problem, blocks, series_errors, incoherence, solved, inner: Cholesky::new(matrix, size) }
    }

    pub(super) fn problem(&self) -> &LeastSquares<'a> {
        &self.problem
    }

    /// The values of the series that fit the base forecasts of all nodes best.
    pub(super) fn fit(&self, above: &[Lanes], series: &[Lanes]) -> Vec<Lanes> {
        let hierarchy = self.problem.hierarchy();
        let mut z = diagonal_solve(&self.problem, &apart(hierarchy, above, series));
        let mut parts: Vec<Lanes> = Vec::with_capacity(self.blocks * LANES);
        self.incoherence.iter().for_each(|block| parts.extend(across(block, &z)));
        self.inner.solve(&mut parts);
        for (block, parts) in self.solved.iter().zip(parts.chunks_exact(LANES)) {
            for (z, row) in z.iter_mut().zip(block) {
                (0..LANES).for_each(|column| *z = minus(z, &times(&parts[column], row[column])));
            }
        }
        let mut fitted = series.to_vec();
        for (block, errors) in self.incoherence.iter().zip(&self.series_errors) {
            let parts = across(block, &z);
            for (value, row) in fitted.iter_mut().zip(errors) {
                (0..LANES).for_each(|column| *value = minus(value, &times(&parts[column], row[column])));
            }
        }
        let mut moved = vec![ZERO; series.len()];
        hierarchy.summing().down(&mut z, &mut moved);
        for ((value, moved), variance) in fitted.iter_mut().zip(&moved).zip(self.problem.variances()) {
            plus(value, &times(moved, *variance));
        }
        fitted
    }
}

/// Values of the nodes above less the sums of the series.
fn apart(hierarchy: &Hierarchy, above: &[Lanes], series: &[Lanes]) -> Vec<Lanes> {
    let mut sums = vec![ZERO; above.len()];
    hierarchy.summing().up(series, &mut sums);
    above.iter().zip(&sums).map(|(value, sum)| minus(value, sum)).collect()
}

/// `(variance of the nodes above + A variance of the series A')^-1 values`; zero for nodes without a say.
fn diagonal_solve(problem: &LeastSquares<'_>, values: &[Lanes]) -> Vec<Lanes> {
    let none = vec![ZERO; problem.variances().len()];
    let right = problem.right_side(values, &none);
    let potentials = problem.solve(&right, &problem.all_free(), &mut Vec::new());
    let series: Vec<Lanes> = potentials.iter().zip(problem.variances()).map(|(p, v)| times(p, *v)).collect();
    let left = apart(problem.hierarchy(), values, &series);
    left.iter().zip(problem.precisions()).map(|(value, precision)| times(value, *precision)).collect()
}

/// Per column of the block, its inner product with each lane.
fn across(block: &[Lanes], values: &[Lanes]) -> [Lanes; LANES] {
    let mut products = [ZERO; LANES];
    for (row, value) in block.iter().zip(values) {
        (0..LANES).for_each(|column| plus(&mut products[column], &times(value, row[column])));
    }
    products
}
