//! The standard normal distribution, from `libm` alone.

use std::f64::consts::SQRT_2;

/// The probability that a standard normal value does not exceed `score`.
pub fn probability(score: f64) -> f64 {
    0.5 * libm::erfc(-score / SQRT_2)
}

/// The score not exceeded with this probability; infinite at 0 and 1, not a number outside.
///
/// Acklam's rational approximation (relative error 1.15e-9) with one step of Halley's method, which takes it to rounding.
pub fn quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 || probability == 1.0 {
        return if probability == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |p: f64| {
        let q = libm::sqrt(-2.0 * libm::log(p));
        polynomial(&TAIL_ABOVE, q) / polynomial(&TAIL_BELOW, q)
    };
    let x = if probability < LOW {
        tail(probability)
    } else if probability > 1.0 - LOW {
        -tail(1.0 - probability)
    } else {
        let q = probability - 0.5;
        q * polynomial(&ABOVE, q * q) / polynomial(&BELOW, q * q)
    };
    let error = self::probability(x) - probability;
    let step = error * libm::sqrt(2.0 * std::f64::consts::PI) * libm::exp(x * x / 2.0);
    x - step / (1.0 + x * step / 2.0)
}

const LOW: f64 = 0.024_25;
const ABOVE: [f64; 6] = [
    -3.969_683_028_665_376e1,
    2.209_460_984_245_205e2,
    -2.759_285_104_469_687e2,
    1.383_577_518_672_69e2,
    -3.066_479_806_614_716e1,
    2.506_628_277_459_239,
];
const BELOW: [f64; 6] = [
    -5.447_609_879_822_406e1,
    1.615_858_368_580_409e2,
    -1.556_989_798_598_866e2,
    6.680_131_188_771_972e1,
    -1.328_068_155_288_572e1,
    1.0,
];
const TAIL_ABOVE: [f64; 6] = [
    -7.784_894_002_430_293e-3,
    -3.223_964_580_411_365e-1,
    -2.400_758_277_161_838,
    -2.549_732_539_343_734,
    4.374_664_141_464_968,
    2.938_163_982_698_783,
];
const TAIL_BELOW: [f64; 5] =
    [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `scipy.stats.norm.ppf`.
    #[test]
    fn quantiles_are_those_of_scipy() {
        for (p, score) in [
            (1e-9, -5.997_807_015_007_686),
            (0.001, -3.090_232_306_167_813_5),
            (0.3, -0.524_400_512_708_041),
            (0.975, 1.959_963_984_540_054),
            (0.999_99, 4.264_890_793_922_602),
        ] {
            assert!((quantile(p) - score).abs() < 1e-9, "{p}: {}", quantile(p));
            assert!((probability(score) - p).abs() < 1e-12);
        }
        assert_eq!((quantile(0.0), quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(quantile(-0.1).is_nan() && quantile(f64::NAN).is_nan());
    }
}
