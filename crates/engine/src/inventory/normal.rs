//! The standard normal distribution: density, probability, quantile and loss.

const ROOT_TWO_PI: f64 = 2.506_628_274_631_000_2;

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
        2_509.080_928_730_122_7,
        33_430.575_583_588_13,
        67_265.770_927_008_7,
        45_921.953_931_549_87,
        13_731.693_765_509_46,
        1_971.590_950_306_551_3,
        133.141_667_891_784_38,
        3.387_132_872_796_366_5,
    ],
    [
        5_226.495_278_852_854,
        28_729.085_735_721_943,
        39_307.895_800_092_71,
        21_213.794_301_586_597,
        5_394.196_021_424_751,
        687.187_007_492_057_9,
        42.313_330_701_600_91,
        1.0,
    ],
];
const MIDDLE: Coefficients = [
    [
        0.000_774_545_014_278_341_4,
        0.022_723_844_989_269_184,
        0.241_780_725_177_450_6,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        0.000_547_593_808_499_534_5,
        0.015_198_666_563_616_457,
        0.148_103_976_427_480_08,
        0.689_767_334_985_1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
];
const FAR: Coefficients = [
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        0.001_242_660_947_388_078_4,
        0.026_532_189_526_576_124,
        0.296_560_571_828_504_87,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_7e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        0.000_786_869_131_145_613_3,
        0.014_875_361_290_850_615,
        0.136_929_880_922_735_8,
        0.599_832_206_555_888,
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
