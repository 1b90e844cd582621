//! Normal equations: sums of products of columns, solved for any part of the columns.

/// A symmetric matrix of products of columns, and their products with the target.
#[derive(Debug, Clone)]
pub(crate) struct Moments {
    columns: usize,
    gram: Vec<f64>,
    cross: Vec<f64>,
    /// Sum of squares of the target.
    target: f64,
    rows: f64,
}

impl Moments {
    pub(crate) fn new(columns: usize) -> Self {
        Self { columns, gram: vec![0.0; columns * columns], cross: vec![0.0; columns], target: 0.0, rows: 0.0 }
    }

    /// Adds a row with its target and weight.
    pub(crate) fn add(&mut self, row: &[f64], target: f64, weight: f64) {
        for (i, x) in row.iter().enumerate().filter(|(_, x)| **x != 0.0) {
            let weighted = weight * x;
            self.cross[i] += weighted * target;
            let line = &mut self.gram[i * self.columns..i * self.columns + i + 1];
            line.iter_mut().zip(row).for_each(|(sum, other)| *sum += weighted * other);
        }
        self.target += weight * target * target;
        self.rows += weight;
    }

    /// The Cholesky factor of the products of some columns, `ridge` times the rows' weight added per column.
    pub(crate) fn factor(&self, used: &[usize], ridge: impl Fn(usize) -> f64) -> Factor {
        let k = used.len();
        let mut lower = vec![0.0; k * k];
        for (a, i) in used.iter().enumerate() {
            for (b, j) in used.iter().enumerate().take(a + 1) {
                let (high, low) = if i > j { (*i, *j) } else { (*j, *i) };
                let mut sum = self.gram[high * self.columns + low];
                if a == b {
                    sum += ridge(*i) + 1e-9 * sum + 1e-12;
                }
                for c in 0..b {
                    sum -= lower[a * k + c] * lower[b * k + c];
                }
                lower[a * k + b] = if a == b { sum.max(1e-12).sqrt() } else { sum / lower[b * k + b] };
            }
        }
        Factor { k, lower }
    }

    /// Coefficients of some columns.
    pub(crate) fn solve(&self, used: &[usize], ridge: impl Fn(usize) -> f64) -> (Factor, Vec<f64>) {
        let factor = self.factor(used, ridge);
        let cross: Vec<f64> = used.iter().map(|i| self.cross[*i]).collect();
        let coefficients = factor.solve(&cross);
        (factor, coefficients)
    }

    /// Bayesian information criterion of a regression on some columns; smaller is better.
    pub(crate) fn information(&self, used: &[usize], charge: f64) -> f64 {
        let factor = self.factor(used, |_| 0.0);
        let cross: Vec<f64> = used.iter().map(|i| self.cross[*i]).collect();
        // The explained sum of squares is the squared length of the half-solved right side.
        let half = factor.forward(&cross);
        let rest = (self.target - half.iter().map(|v| v * v).sum::<f64>()).max(1e-9 * self.target.max(1e-300));
        self.rows * (rest / self.rows.max(1.0)).ln() + charge * used.len() as f64 * self.rows.max(2.0).ln()
    }
}

/// A lower triangle.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    k: usize,
    lower: Vec<f64>,
}

impl Factor {
    pub(crate) fn forward(&self, right: &[f64]) -> Vec<f64> {
        let mut solved = right.to_vec();
        for a in 0..self.k {
            let mut sum = solved[a];
            for (c, value) in solved.iter().enumerate().take(a) {
                sum -= self.lower[a * self.k + c] * value;
            }
            solved[a] = sum / self.lower[a * self.k + a];
        }
        solved
    }

    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solved = self.forward(right);
        for a in (0..self.k).rev() {
            let mut sum = solved[a];
            for (c, value) in solved.iter().enumerate().skip(a + 1) {
                sum -= self.lower[c * self.k + a] * value;
            }
            solved[a] = sum / self.lower[a * self.k + a];
        }
        solved
    }
}

/// Solves a small dense system by elimination with pivots; `None` where it is singular.
pub(crate) fn solve_dense(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| matrix[a * n + column].abs().total_cmp(&matrix[b * n + column].abs()))?;
        if matrix[pivot * n + column].abs() < 1e-9 {
            return None;
        }
        if pivot != column {
            (0..n).for_each(|j| matrix.swap(pivot * n + j, column * n + j));
            right.swap(pivot, column);
        }
        for row in column + 1..n {
            let share = matrix[row * n + column] / matrix[column * n + column];
            if share != 0.0 {
                (column..n).for_each(|j| matrix[row * n + j] -= share * matrix[column * n + j]);
                right[row] -= share * right[column];
            }
        }
    }
    for row in (0..n).rev() {
        let sum: f64 = (row + 1..n).map(|j| matrix[row * n + j] * right[j]).sum();
        right[row] = (right[row] - sum) / matrix[row * n + row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_line_is_found_and_useless_columns_cost() {
        let mut moments = Moments::new(3);
        for t in 0..50 {
            let x = f64::from(t);
            let wiggle = f64::from((t * 7) % 11) - 5.0;
            moments.add(&[1.0, x, wiggle], 3.0 + 2.0 * x + 0.01 * f64::from((t * 5) % 7 - 3), 1.0);
        }
        let (_, line) = moments.solve(&[0, 1], |_| 0.0);
        assert!((line[0] - 3.0).abs() < 0.02 && (line[1] - 2.0).abs() < 1e-3, "{line:?}");
        assert!(moments.information(&[0, 1], 1.0) < moments.information(&[0, 1, 2], 1.0));
        assert!(moments.information(&[0, 1], 1.0) < moments.information(&[0], 1.0));
    }

    #[test]
    fn a_dense_system_is_solved_or_refused() {
        let solved = solve_dense(vec![0.0, 2.0, 1.0, 1.0], vec![4.0, 5.0]).unwrap();
        assert!((solved[0] - 3.0).abs() < 1e-12 && (solved[1] - 2.0).abs() < 1e-12);
        assert_eq!(solve_dense(vec![1.0, 2.0, 2.0, 4.0], vec![1.0, 2.0]), None);
    }
}
