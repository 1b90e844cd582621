//! Accuracy metrics, as the product defines them. Slices are compared pairwise up to the shorter; pairs in which either
//! number is not a number are left out (an absent period is not a zero). `None` where the metric has no value.

/// Sum of absolute errors over the sum of absolute values.
pub fn wape(actual: &[f64], forecast: &[f64]) -> Option<f64> {
    let (mut errors, mut size) = (0.0, 0.0);
    for (y, f) in pairs(actual, forecast) {
        errors += (y - f).abs();
        size += y.abs();
    }
    ratio(errors, size)
}

/// Weighted mean absolute error, in the unit of the values: sum of w|e| over sum of w.
pub fn wmae(actual: &[f64], forecast: &[f64], weights: &[f64]) -> Option<f64> {
    let (mut errors, mut weight) = (0.0, 0.0);
    for ((y, f), w) in actual.iter().zip(forecast).zip(weights) {
        if y.is_finite() && f.is_finite() {
            errors += w * (y - f).abs();
            weight += w;
        }
    }
    ratio(errors, weight)
}

/// Mean absolute error over the in-sample mean absolute error of the seasonal naive with this many periods.
/// Hyndman and Koehler 2006, "Another look at measures of forecast accuracy".
pub fn mase(history: &[f64], period: usize, actual: &[f64], forecast: &[f64]) -> Option<f64> {
    let naive = naive_mean(history, period, f64::abs)?;
    ratio(mean(pairs(actual, forecast).map(|(y, f)| (y - f).abs()))?, naive)
}

/// Root of: mean squared error over the in-sample mean squared error of the one-step naive. As in the M5 competition.
pub fn rmsse(history: &[f64], actual: &[f64], forecast: &[f64]) -> Option<f64> {
    let naive = naive_mean(history, 1, |e| e * e)?;
    ratio(mean(pairs(actual, forecast).map(|(y, f)| (y - f) * (y - f)))?, naive).map(f64::sqrt)
}

/// Sum of forecast minus actual over sum of actual: positive means too high.
pub fn bias(actual: &[f64], forecast: &[f64]) -> Option<f64> {
    let (mut errors, mut size) = (0.0, 0.0);
    for (y, f) in pairs(actual, forecast) {
        errors += f - y;
        size += y;
    }
    ratio(errors, size)
}

/// Mean pinball loss of a forecast of the quantile `level` (0 to 1), in the unit of the values.
pub fn pinball(actual: &[f64], quantile: &[f64], level: f64) -> Option<f64> {
    mean(pairs(actual, quantile).map(|(y, q)| if y >= q { level * (y - q) } else { (1.0 - level) * (q - y) }))
}

/// Share of values within their bounds, inclusive.
pub fn coverage(actual: &[f64], lower: &[f64], upper: &[f64]) -> Option<f64> {
    let inside =
        actual.iter().zip(lower).zip(upper).filter(|((y, l), u)| y.is_finite() && l.is_finite() && u.is_finite());
    mean(inside.map(|((y, l), u)| if l <= y && y <= u { 1.0 } else { 0.0 }))
}

fn pairs<'a>(actual: &'a [f64], forecast: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
    actual.iter().copied().zip(forecast.iter().copied()).filter(|(y, f)| y.is_finite() && f.is_finite())
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0u32);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

fn naive_mean(history: &[f64], period: usize, loss: impl Fn(f64) -> f64) -> Option<f64> {
    if period == 0 {
        return None;
    }
    mean(pairs(history.get(period..)?, history).map(|(y, before)| loss(y - before)))
}

fn ratio(above: f64, below: f64) -> Option<f64> {
    (below != 0.0).then(|| above / below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ACTUAL: [f64; 4] = [10.0, 20.0, f64::NAN, 30.0];
    const FORECAST: [f64; 4] = [12.0, 16.0, 5.0, 33.0];

    /// By hand: errors 2, -4, (absent), 3 on values 10, 20, 30.
    #[test]
    fn golden_values_by_hand() {
        assert_eq!(wape(&ACTUAL, &FORECAST), Some(9.0 / 60.0));
        assert_eq!(wmae(&ACTUAL, &FORECAST, &[1.0, 5.0, 1.0, 1.0]), Some((2.0 + 20.0 + 3.0) / 7.0));
        assert_eq!(bias(&ACTUAL, &FORECAST), Some(1.0 / 60.0));
        // History 1, 3, 2, 6: two-step differences 1 and 3 (mean 2); one-step squares 4, 1, 16 (mean 7).
        let history = [1.0, 3.0, 2.0, 6.0];
        assert_eq!(mase(&history, 2, &ACTUAL, &FORECAST), Some(3.0 / 2.0));
        assert_eq!(rmsse(&history, &ACTUAL, &FORECAST), Some((29.0f64 / 3.0 / 7.0).sqrt()));
        // Quantile .9 at 12, 16, 33: losses .1*2, .9*4, .1*3.
        assert!((pinball(&ACTUAL, &FORECAST, 0.9).unwrap() - (0.2 + 3.6 + 0.3) / 3.0).abs() < 1e-12);
        assert_eq!(coverage(&ACTUAL, &[9.0, 21.0, 0.0, 30.0], &[11.0, 25.0, 9.0, 31.0]), Some(2.0 / 3.0));
    }

    #[test]
    fn nothing_to_compare_has_no_value() {
        assert_eq!(wape(&[], &[]), None);
        assert_eq!(wape(&[0.0], &[1.0]), None);
        assert_eq!(mase(&[1.0], 52, &[1.0], &[1.0]), None);
        assert_eq!(mase(&[1.0, 2.0], 0, &[1.0], &[1.0]), None);
        assert_eq!(coverage(&[f64::NAN], &[0.0], &[1.0]), None);
    }

    proptest! {
        #[test]
        fn a_perfect_forecast_has_no_error_and_units_do_not_matter(values in proptest::collection::vec(0.1..1e6f64, 1..40)) {
            prop_assert_eq!(wape(&values, &values), Some(0.0));
            prop_assert_eq!(bias(&values, &values), Some(0.0));
            let forecast: Vec<f64> = values.iter().rev().copied().collect();
            let halved = |all: &[f64]| all.iter().map(|v| v / 2.0).collect::<Vec<_>>();
            let (one, other) = (wape(&values, &forecast).unwrap(), wape(&halved(&values), &halved(&forecast)).unwrap());
            prop_assert!((one - other).abs() <= 1e-12 * one.max(1.0));
            let median = pinball(&values, &forecast, 0.5).unwrap() * 2.0;
            prop_assert!((wape(&values, &forecast).unwrap() * values.iter().sum::<f64>() / values.len() as f64 - median).abs() <= 1e-9 * median.max(1.0));
        }
    }
}
