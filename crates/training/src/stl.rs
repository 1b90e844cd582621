//! Season and trend by local regression, in the manner of STL (Cleveland et al. 1990), one season after another (MSTL).

/// A series taken apart: `trend + seasons + rest`.
#[derive(Debug, Clone)]
pub struct Decomposition {
    /// Values without their seasons.
    pub adjusted: Vec<f64>,
    /// Per season, the effect at each phase `t mod period`.
    pub seasons: Vec<(usize, Vec<f64>)>,
}

/// The smoother of a given length and window, computed once and used for many series.
#[derive(Debug, Clone)]
pub struct Loess {
    rows: Vec<(usize, Vec<f64>)>,
}

impl Loess {
    /// Local linear regression with tricube weights over the `window` nearest of `length` points.
    pub fn new(length: usize, window: usize) -> Self {
        let window = window.clamp(2, length.max(2));
        let mut rows = Vec::with_capacity(length);
        for at in 0..length {
            let from = at.saturating_sub(window / 2).min(length.saturating_sub(window));
            let to = (from + window).min(length);
            let reach = (at - from).max(to - 1 - at).max(1) as f64 * 1.001;
            let weight = |j: usize| {
                let u = (j as f64 - at as f64).abs() / reach;
                let cube = 1.0 - u * u * u;
                cube * cube * cube
            };
            let (mut s0, mut s1, mut s2) = (0.0, 0.0, 0.0);
            for j in from..to {
                let (w, x) = (weight(j), j as f64 - at as f64);
                s0 += w;
                s1 += w * x;
                s2 += w * x * x;
            }
            let det = s0 * s2 - s1 * s1;
            let value = |j: usize| {
                let (w, x) = (weight(j), j as f64 - at as f64);
                if det > 1e-9 { w * (s2 - s1 * x) / det } else { w / s0 }
            };
            rows.push((from, (from..to).map(value).collect()));
        }
        Self { rows }
    }

    /// The smoothed values.
    pub fn smooth(&self, values: &[f64]) -> Vec<f64> {
        let dot = |(from, weights): &(usize, Vec<f64>)| weights.iter().zip(&values[*from..]).map(|(w, v)| w * v).sum();
        self.rows.iter().map(dot).collect()
    }
}

/// Takes a gapless series apart. Each season is the mean of its phases after the trend and the other seasons are taken
/// out, centred on zero; three rounds.
pub fn decompose(values: &[f64], periods: &[usize], trend: &Loess) -> Decomposition {
    let mut seasons: Vec<(usize, Vec<f64>)> = periods.iter().map(|period| (*period, vec![0.0; *period])).collect();
    for _ in 0..3 {
        let smooth = trend.smooth(&without(values, &seasons, None));
        for index in 0..seasons.len() {
            let others = without(values, &seasons, Some(index));
            let period = seasons[index].0;
            let (mut sums, mut counts) = (vec![0.0; period], vec![0.0; period]);
            for (t, value) in others.iter().enumerate() {
                sums[t % period] += value - smooth[t];
                counts[t % period] += 1.0;
            }
            let mut means: Vec<f64> =
                sums.iter().zip(&counts).map(|(s, n)| if *n > 0.0 { s / n } else { 0.0 }).collect();
            let centre = means.iter().sum::<f64>() / period as f64;
            means.iter_mut().for_each(|mean| *mean -= centre);
            seasons[index].1 = means;
        }
    }
    Decomposition { adjusted: without(values, &seasons, None), seasons }
}

/// Values less all seasons but one.
fn without(values: &[f64], seasons: &[(usize, Vec<f64>)], kept: Option<usize>) -> Vec<f64> {
    let mut rest = values.to_vec();
    for (index, (period, phases)) in seasons.iter().enumerate() {
        if Some(index) != kept {
            rest.iter_mut().enumerate().for_each(|(t, value)| *value -= phases[t % period]);
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loess_keeps_a_line() {
        let line: Vec<f64> = (0..40).map(|t| 3.0 + 0.5 * f64::from(t)).collect();
        let smooth = Loess::new(40, 11).smooth(&line);
        assert!(smooth.iter().zip(&line).all(|(s, y)| (s - y).abs() < 1e-9));
    }

    #[test]
    fn a_known_season_and_line_come_apart() {
        let pattern = [5.0, -1.0, -3.0, -1.0];
        let values: Vec<f64> = (0..40).map(|t| 100.0 + f64::from(t) + pattern[t as usize % 4]).collect();
        let parts = decompose(&values, &[4], &Loess::new(40, 13));
        for (phase, effect) in parts.seasons[0].1.iter().enumerate() {
            assert!((effect - pattern[phase]).abs() < 0.2, "{phase}: {effect}");
        }
        assert!((parts.adjusted[20] - 120.0).abs() < 0.3);
    }
}
