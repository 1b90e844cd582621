//! Sample paths: whole futures, so that demand over a lead time can be added up step by step.
//!
//! The scores are drawn once from a seed and serve every series: the same luck for all, so that two policies, two slider
//! positions or two items differ by what is different about them. At every step the scores are spread evenly over all
//! probabilities (Latin hypercube by ranks: Stein 1987), which makes each step's quantiles exact to one path.

use super::{Dependence, Distribution, Place, normal};
use crate::artefact::MAX_HORIZON;

/// Most paths.
pub const MAX_PATHS: usize = 10_000;

/// Places among the quantiles by path and step.
#[derive(Debug, Clone, PartialEq)]
pub struct PathScores {
    paths: usize,
    steps: usize,
    /// Path-major.
    places: Vec<Place>,
}

impl PathScores {
    /// Draws `paths` (1 to 10,000) paths of `steps` (1 to the longest horizon); numbers outside are moved to the nearest.
    pub fn new(seed: u64, paths: usize, steps: usize, dependence: Dependence) -> Self {
        let (paths, steps) = (paths.clamp(1, MAX_PATHS), steps.clamp(1, MAX_HORIZON));
        let share = |value: f32| if value.is_finite() { f64::from(value).clamp(0.0, 1.0) } else { 0.0 };
        let (persistent, fading) = (share(dependence.persistent), share(dependence.fading));
        let (lasting, passing) = (libm::sqrt(persistent), libm::sqrt(1.0 - persistent));
        let fresh = libm::sqrt(1.0 - fading * fading);
        let mut random = SplitMix(seed);
        let mut scores = Vec::with_capacity(paths * steps);
        for _ in 0..paths {
            let level = random.normal();
            let mut rest = random.normal();
            for step in 0..steps {
                if step > 0 {
                    rest = fading * rest + fresh * random.normal();
                }
                scores.push(lasting * level + passing * rest);
            }
        }
        // By rank: the lowest of n scores becomes the probability 1/2n, the next 3/2n and so on.
        let by_rank: Vec<Place> = (0..paths).map(|rank| Place::of((rank as f64 + 0.5) / paths as f64)).collect();
        let mut places = vec![by_rank[0]; paths * steps];
        let mut order: Vec<usize> = (0..paths).collect();
        for step in 0..steps {
            order.sort_by(|a, b| scores[a * steps + step].total_cmp(&scores[b * steps + step]).then(a.cmp(b)));
            order.iter().zip(&by_rank).for_each(|(path, place)| places[path * steps + step] = *place);
        }
        Self { paths, steps, places }
    }

    /// Number of paths.
    pub fn paths(&self) -> usize {
        self.paths
    }

    /// Number of steps of each.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Writes the paths of a distribution, path-major, over as many steps as both have; returns that number.
    pub fn draw(&self, distribution: &Distribution, into: &mut Vec<f64>) -> usize {
        into.clear();
        let steps = self.steps.min(distribution.steps.len());
        for path in self.places.chunks_exact(self.steps) {
            let values = path.iter().zip(&distribution.steps).map(|(place, quantiles)| place.value(quantiles));
            into.extend(values.map(|value| distribution.bounded(value)));
        }
        steps
    }

    /// Demand over `count` steps from the 0-based step `from` on: the sums of the paths, sorted. Steps that the distribution
    /// or the scores do not have count as none.
    pub fn demand(&self, distribution: &Distribution, from: usize, count: usize) -> Samples {
        let to = from.saturating_add(count).min(self.steps).min(distribution.steps.len());
        let from = from.min(to);
        let sum = |path: &[Place]| {
            let steps = path[from..to].iter().zip(&distribution.steps[from..to]);
            steps.fold(0.0, |sum, (place, quantiles)| sum + distribution.bounded(place.value(quantiles)))
        };
        Samples::new(self.places.chunks_exact(self.steps).map(sum).collect())
    }
}

/// Equally likely values, sorted.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    sorted: Vec<f64>,
}

impl Samples {
    /// Sorts the values; what is not a number is left out.
    pub fn new(mut values: Vec<f64>) -> Self {
        values.retain(|value| !value.is_nan());
        values.sort_by(f64::total_cmp);
        Self { sorted: values }
    }

    /// The values, ascending.
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// The value not exceeded with this probability (0 to 1), between the two nearest ranks. `None` without values.
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        let last = self.sorted.len().checked_sub(1)?;
        let place = (probability.clamp(0.0, 1.0) * self.sorted.len() as f64 - 0.5).clamp(0.0, last as f64);
        let below = place.floor();
        let (low, high) = (self.sorted[below as usize], self.sorted[(below as usize + 1).min(last)]);
        Some(low + (place - below) * (high - low))
    }

    /// Their mean. `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (!self.sorted.is_empty()).then(|| self.sorted.iter().sum::<f64>() / self.sorted.len() as f64)
    }

    /// What is expected to be missing with this much at hand: E[(value - stock)+]. `None` without values.
    pub fn expected_shortage(&self, stock: f64) -> Option<f64> {
        let missing = self.sorted.iter().rev().take_while(|value| **value > stock).map(|value| value - stock);
        (!self.sorted.is_empty()).then(|| missing.sum::<f64>() / self.sorted.len() as f64)
    }
}

/// Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn normal(&mut self) -> f64 {
        normal::quantile(((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::{QuantileBands, Spread};

    fn normal_steps(steps: usize) -> Distribution {
        let spread = Spread { scale: 10.0, volume: 100.0, factor: 1.0, ..Spread::default() };
        Distribution::new(&QuantileBands::normal(), &vec![100.0; steps], &[spread])
    }

    /// The standard deviation of a step is 10 sqrt(pi / 2); of a sum it follows from the correlations.
    #[test]
    fn sums_spread_as_the_correlations_say() {
        let steps = 7;
        for (persistent, fading) in [(0.0, 0.0), (0.4, 0.0), (0.0, 0.7), (0.3, 0.5), (1.0, 0.0)] {
            let scores = PathScores::new(7, 10_000, steps, Dependence { persistent, fading });
            let demand = scores.demand(&normal_steps(steps), 0, steps);
            let (c, f) = (f64::from(persistent), f64::from(fading));
            let mut variance = 0.0;
            for a in 0..steps as i32 {
                for b in 0..steps as i32 {
                    variance += c + (1.0 - c) * if a == b { 1.0 } else { f.powi((a - b).abs()) };
                }
            }
            let expected = 700.0 + 1.2816 * 12.533 * variance.sqrt();
            let found = demand.quantile(0.9).unwrap();
            assert!((found - expected).abs() < 0.04 * (expected - 700.0), "{persistent} {fading}: {found}, {expected}");
            assert!((demand.mean().unwrap() - 700.0).abs() < 0.2);
        }
    }

    #[test]
    fn every_step_has_the_quantiles_of_its_distribution() {
        let scores = PathScores::new(1, 400, 3, Dependence { persistent: 0.2, fading: 0.6 });
        let (distribution, mut paths) = (normal_steps(3), Vec::new());
        assert_eq!(scores.draw(&distribution, &mut paths), 3);
        for step in 0..3 {
            let values = Samples::new(paths.iter().skip(step).step_by(3).copied().collect());
            for probability in [0.0125, 0.25, 0.5, 0.9, 0.9875] {
                let (found, expected) =
                    (values.quantile(probability).unwrap(), distribution.quantile(step, probability));
                assert!((found - expected).abs() < 0.3, "{probability}: {found}, {expected}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_paths_and_another_gives_others() {
        let draw = |seed| PathScores::new(seed, 50, 4, Dependence::default());
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn shortage_is_what_lies_above_the_stock() {
        let samples = Samples::new(vec![3.0, f64::NAN, 1.0, 2.0, 6.0]);
        assert_eq!(samples.expected_shortage(2.5), Some((0.5 + 3.5) / 4.0));
        assert_eq!(samples.quantile(0.5), Some(2.5));
        assert_eq!(Samples::new(Vec::new()).quantile(0.5), None);
    }

    #[test]
    fn steps_that_are_not_there_count_as_none() {
        let scores = PathScores::new(1, 10, 4, Dependence { persistent: f32::NAN, fading: 9.0 });
        assert_eq!(scores.demand(&normal_steps(2), 5, usize::MAX).mean(), Some(0.0));
        assert_eq!(scores.demand(&Distribution::default(), 0, 3).mean(), Some(0.0));
    }
}
