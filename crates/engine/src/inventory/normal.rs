//! The standard normal distribution: density, probability, quantile and loss.

const ROOT_TWO_PI: f64 = 2.506_628_274_631_000_7;

/// Density at `z`.
pub fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / ROOT_TWO_PI
}

/// P(Z <= z).
pub fn probability(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// E[(Z - z)+], the standard loss function.
pub fn loss(z: f64) -> f64 {
    (density(z) - z * probability(-z)).max(0.0)
}

/// E[((Z - z)+)^2] / 2, the second loss function.
pub fn second_loss(z: f64) -> f64 {
    (0.5 * ((z * z + 1.0) * probability(-z) - z * density(z))).max(0.0)
}

/// The z with P(Z <= z) = p; minus and plus infinity at 0 and 1, and not a number outside. Wichura 1988, algorithm
/// AS 241 (PPND16): about 16 digits.
pub fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let r = libm::sqrt(-libm::log(tail));
    let z = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
    if q < 0.0 { -z } else { z }
}

/// Numerator's and denominator's coefficients, highest power first.
type Coefficients = [[f64; 8]; 2];

fn ratio(r: f64, [above, below]: &Coefficients) -> f64 {
    let horner = |coefficients: &[f64; 8]| coefficients.iter().fold(0.0, |sum, c| sum * r + c);
    horner(above) / horner(below)
}

const CENTRE: Coefficients = [
    [
        2.509_080_928_730_122_7e3,
        3.343_057_558_358_812_8e4,
        6.726_577_092_700_870_1e4,
        4.592_195_393_154_987e4,
        1.373_169_376_550_946_1e4,
        1.971_590_950_306_551_4e3,
        1.331_416_678_917_843_8e2,
        3.387_132_872_796_366_6,
    ],
    [
        5.226_495_278_852_854_6e3,
        2.872_908_573_572_194_3e4,
        3.930_789_580_009_271e4,
        2.121_379_430_158_659_6e4,
        5.394_196_021_424_751e3,
        6.871_870_074_920_579e2,
        4.231_333_070_160_091e1,
        1.0,
    ],
];
const MIDDLE: Coefficients = [
    [
        7.745_450_142_783_414e-4,
        2.272_384_498_926_918_5e-2,
        2.417_807_251_774_506e-1,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_6,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        5.475_938_084_995_345e-4,
        1.519_866_656_361_645_7e-2,
        1.481_039_764_274_800_8e-1,
        6.897_673_349_851e-1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
];
const FAR: Coefficients = [
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        1.242_660_947_388_078_4e-3,
        2.653_218_952_657_612_4e-2,
        2.965_605_718_285_048_7e-1,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103_7,
    ],
    [
        2.044_263_103_389_939_8e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        7.868_691_311_456_133e-4,
        1.487_536_129_085_061_5e-2,
        1.369_298_809_227_358e-1,
        5.998_322_065_558_88e-1,
        1.0,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// stockpyl 1.0.2, `standard_normal_loss(1.3)` and `standard_normal_second_loss(1.3)`; quantiles of R's qnorm.
    #[test]
    fn known_values() {
        assert!((loss(1.3) - 0.045_527_962_086_513_97).abs() < 1e-15);
        assert!((second_loss(1.3) - 0.018_807_066_936_571_11).abs() < 1e-15);
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((quantile(1e-10) + 6.361_340_902_404_056).abs() < 1e-13);
        assert!((quantile(0.05) + 1.644_853_626_951_472_2).abs() < 1e-14);
        assert!(quantile(1.5).is_nan() && quantile(0.0) == f64::NEG_INFINITY && quantile(1.0) == f64::INFINITY);
    }

    proptest! {
        #[test]
        fn quantile_and_probability_undo_each_other(z in -6.0..6.0f64) {
            let back = quantile(probability(z));
            prop_assert!((back - z).abs() < 1e-7, "{z} came back as {back}");
        }
    }
}
