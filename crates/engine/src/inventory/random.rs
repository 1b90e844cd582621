//! Pseudo-random numbers from a seed: the same everywhere.

use super::normal;

/// xoshiro256++ (Blackman and Vigna 2019), seeded by SplitMix64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random([u64; 4]);

impl Random {
    /// A generator; each seed starts an unrelated sequence.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Above 0 and below 1, evenly.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64)
    }

    /// A standard normal variable, by inversion.
    pub fn normal(&mut self) -> f64 {
        normal::quantile(self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of the authors' C code after seeding by SplitMix64 from 0 (their splitmix64.c gives the state).
    #[test]
    fn the_authors_sequence_and_even_numbers() {
        let mut random = Random::new(0);
        assert_eq!(random.0[0], 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.0[1], 0x6e78_9e6a_a1b9_65f4);
        let count = 100_000;
        let sample: Vec<f64> = (0..count).map(|_| random.uniform()).collect();
        let mean = sample.iter().sum::<f64>() / f64::from(count);
        assert!((mean - 0.5).abs() < 0.003 && sample.iter().all(|u| *u > 0.0 && *u < 1.0));
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..count {
            let z = random.normal();
            sum += z;
            squares += z * z;
        }
        assert!((sum / f64::from(count)).abs() < 0.01 && (squares / f64::from(count) - 1.0).abs() < 0.02);
        assert_ne!(Random::new(1), Random::new(2));
    }
}
