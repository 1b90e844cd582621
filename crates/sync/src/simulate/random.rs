//! Randomness that repeats: every draw is a function of the seed, of what it is for, and of the place it is for.
//!
//! There is no shared generator, so one item's demand does not change when another item is added.

/// A stream of random numbers. SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
#[derive(Debug, Clone)]
pub(super) struct Stream {
    state: u64,
}

/// What a stream is for; keeps streams of the same place apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Assortment = 1,
    Places = 2,
    Weather = 3,
    Affinity = 4,
    Price = 5,
    Promotion = 6,
    Demand = 7,
    Supply = 8,
    Disturbance = 9,
    Visits = 10,
    Baskets = 11,
    Customers = 12,
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Stream {
    /// The stream of a purpose at a place named by two numbers.
    pub(super) fn new(seed: u64, purpose: Purpose, a: u64, b: u64) -> Self {
        let keyed =
            [purpose as u64, a, b].into_iter().fold(mix(seed), |state, part| mix(state.wrapping_add(GOLDEN) ^ part));
        Self { state: keyed }
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// Uniform in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `count`, which must not be 0.
    pub(super) fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Standard normal (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Gamma with this shape (at least 1) and mean 1 (Marsaglia and Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.unit()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v / shape;
            }
        }
    }

    /// Poisson, by multiplying uniforms (Knuth) in steps of mean 30.
    pub(super) fn poisson(&mut self, mean: f64) -> u32 {
        let (mut count, mut left) = (0, mean.clamp(0.0, 1e6));
        while left > 0.0 {
            let limit = (-left.min(30.0)).exp();
            let mut product = self.unit();
            while product > limit {
                count += 1;
                product *= self.unit();
            }
            left -= 30.0;
        }
        count
    }

    /// Negative binomial: Poisson whose mean varies as a gamma of this shape. Variance = mean + mean^2 / shape.
    pub(super) fn negative_binomial(&mut self, mean: f64, shape: f64) -> u32 {
        if mean <= 0.0 {
            return 0;
        }
        let varied = mean * self.gamma(shape);
        self.poisson(varied)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // First outputs for state 1234567, as published with the reference implementation (S. Vigna, splitmix64.c).
        let mut stream = Stream { state: 1_234_567 };
        assert_eq!([stream.bits(), stream.bits()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn counts_have_the_mean_and_variance_of_their_distribution() {
        for (mean, shape) in [(0.2, 1.5), (3.0, 2.0), (75.0, 6.0)] {
            let mut stream = Stream::new(7, Purpose::Demand, 1, 2);
            let draws: Vec<f64> = (0..40_000).map(|_| f64::from(stream.negative_binomial(mean, shape))).collect();
            let average = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|x| (x - average).powi(2)).sum::<f64>() / draws.len() as f64;
            let expected = mean + mean * mean / shape;
            assert!((average / mean - 1.0).abs() < 0.03, "mean {average}, expected {mean}");
            assert!((variance / expected - 1.0).abs() < 0.08, "variance {variance}, expected {expected}");
        }
    }
}
