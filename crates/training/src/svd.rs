//! The common movements of a group: its members' series by their first singular vectors, the rest taken for noise.
//!
//! Stores that sell the same goods rise and fall together. A matrix of members by periods, each member divided by its
//! size, is close to one of low rank; what the small singular values hold is mostly noise of single members. How many are
//! kept is decided by the singular values themselves: those above Gavish and Donoho's optimal hard threshold for unknown
//! noise (2014, IEEE Transactions on Information Theory 60(8), equation 11 with their cubic approximation of omega).

use linfa_linalg::eigh::{EigSort, Eigh};
use ndarray::{Array2, Axis, Slice};

/// Fewest members with a common movement worth the name.
const FEWEST_MEMBERS: usize = 6;
/// Fewest singular vectors kept.
const FEWEST_KEPT: usize = 2;

/// Each row by the common movements; rows must be gapless, finite and equally long. `None` where there are too few.
///
/// # Panics
/// Never: rows of unequal length give `None`.
pub fn denoise(rows: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let (members, periods) = (rows.len(), rows.first()?.len());
    if members < FEWEST_MEMBERS || periods < FEWEST_MEMBERS || rows.iter().any(|row| row.len() != periods) {
        return None;
    }
    let size = |row: &Vec<f64>| (row.iter().map(|v| v * v).sum::<f64>() / periods as f64).sqrt();
    let sizes: Vec<f64> = rows.iter().map(|row| size(row).max(f64::MIN_POSITIVE)).collect();
    let scaled = Array2::from_shape_fn((members, periods), |(m, t)| rows[m][t] / sizes[m]);
    // The smaller Gram matrix has the squares of the singular values and one side's vectors.
    let wide = members <= periods;
    let gram = if wide { scaled.dot(&scaled.t()) } else { scaled.t().dot(&scaled) };
    let (values, vectors) = gram.eigh().ok()?.sort_eig_desc();
    let singular: Vec<f64> = values.iter().map(|value| value.max(0.0).sqrt()).collect();
    let kept = kept(&singular, members.min(periods) as f64 / members.max(periods) as f64);
    let basis = vectors.slice_axis(Axis(1), Slice::from(..kept));
    let smooth = match wide {
        true => basis.dot(&basis.t().dot(&scaled)),
        false => scaled.dot(&basis).dot(&basis.t()),
    };
    let row = |m: usize| smooth.row(m).iter().map(|v| v * sizes[m]).collect::<Vec<f64>>();
    let rows: Vec<Vec<f64>> = (0..members).map(row).collect();
    rows.iter().flatten().all(|v| v.is_finite()).then_some(rows)
}

/// How many singular values (sorted, largest first) lie above the threshold; `beta` is the ratio of the sides, at most 1.
fn kept(singular: &[f64], beta: f64) -> usize {
    let median = singular[singular.len() / 2];
    let omega = 0.56 * beta.powi(3) - 0.95 * beta.powi(2) + 1.82 * beta + 1.43;
    singular.iter().take_while(|value| **value > omega * median).count().clamp(FEWEST_KEPT, singular.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise in -0.5..0.5 without a random source: the last step of SplitMix64 (Steele et al. 2014).
    fn noise(n: usize) -> f64 {
        let mut z = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }

    #[test]
    fn noise_of_single_members_is_taken_out_and_the_common_movement_stays() {
        let common = |t: usize| 100.0 + 40.0 * (t as f64 / 8.0).sin();
        let truth: Vec<Vec<f64>> = (0..20).map(|m| (0..60).map(|t| (m + 1) as f64 * common(t)).collect()).collect();
        let seen: Vec<Vec<f64>> = truth
            .iter()
            .enumerate()
            .map(|(m, row)| row.iter().enumerate().map(|(t, v)| v * (1.0 + 0.3 * noise(m * 61 + t * 7 + 1))).collect())
            .collect();
        let clean = denoise(&seen).unwrap();
        let distance = |rows: &[Vec<f64>]| -> f64 {
            rows.iter().zip(&truth).map(|(a, b)| a.iter().zip(b).map(|(x, y)| ((x - y) / y).abs()).sum::<f64>()).sum()
        };
        assert!(distance(&clean) < 0.6 * distance(&seen), "{} of {}", distance(&clean), distance(&seen));
    }

    #[test]
    fn few_or_unequal_rows_are_left_alone() {
        assert_eq!(denoise(&[]), None);
        assert_eq!(denoise(&vec![vec![1.0; 30]; 3]), None);
        let mut rows = vec![vec![1.0; 30]; 8];
        rows[3].pop();
        assert_eq!(denoise(&rows), None);
    }

    #[test]
    fn members_without_sales_stay_at_zero() {
        let mut rows: Vec<Vec<f64>> = (0..8).map(|m| (0..30).map(|t| (m * t) as f64).collect()).collect();
        rows[0] = vec![0.0; 30];
        let clean = denoise(&rows).unwrap();
        assert!(clean[0].iter().all(|v| v.abs() < 1e-200));
    }
}
