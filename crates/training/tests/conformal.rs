//! Calibrated intervals hold on periods not seen, whatever the sizes of series, and nothing breaks them.
use aisle_engine::distribution::{QuantileBands, Spread};
use aisle_training::{Calibration, ConformalParameters, Observation, calibrate};

const HORIZON: u16 = 8;

/// A linear congruential recurrence (multiplier and increment of Knuth's MMIX), uniform on 0 to 1.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Skewed, heavy-tailed, of mean absolute value about 1.
    fn error(&mut self) -> f64 {
        let size = -(1.0 - self.uniform()).ln();
        if self.uniform() < 0.4 { 1.6 * size } else { -0.6 * size }
    }
}

/// Series whose errors grow with the square root of volume, with the horizon, and with a peak's height.
struct Shop {
    volumes: Vec<f64>,
    own: Vec<f64>,
    peak: u32,
}

impl Shop {
    fn new(series: usize) -> Self {
        let mut random = Random(5);
        let volumes: Vec<f64> = (0..series).map(|_| (8.0 * random.uniform()).exp()).collect();
        let own = volumes.iter().map(|volume| volume.sqrt() * (0.5 + random.uniform())).collect();
        Self { volumes, own, peak: 10 }
    }

    /// Forecasts from each origin. Every tenth period is a peak of twice the volume, off by a third of its height.
    fn observe(&self, origins: std::ops::Range<u32>, last: u32, random: &mut Random) -> Vec<Observation> {
        let mut found = Vec::new();
        for origin in origins {
            for (series, (volume, own)) in self.volumes.iter().zip(&self.own).enumerate() {
                for step in (0..HORIZON).take_while(|step| origin + u32::from(*step) < last) {
                    let peak = (origin + u32::from(step)).is_multiple_of(self.peak);
                    let forecast = if peak { 3.0 * volume } else { *volume };
                    let width = own.hypot((forecast - volume) / 3.0) * (1.0 + 0.1 * f64::from(step));
                    let actual = forecast + width * random.error();
                    found.push(Observation { series: series as u32, origin, step, forecast, actual, event: false });
                }
            }
        }
        found
    }
}

fn coverage<'a>(
    found: &Calibration,
    shop: &Shop,
    seen: impl Iterator<Item = &'a Observation>,
    ends: (usize, usize),
) -> f64 {
    let (mut inside, mut count) = (0.0, 0.0);
    for o in seen {
        let (scale, volume) = (found.scales[o.series as usize], shop.volumes[o.series as usize]);
        let spread = Spread { scale, volume, factor: 1.0, event: o.event, non_negative: false };
        let quantiles = found.bands.quantiles(usize::from(o.step), o.forecast, &spread);
        inside += f64::from(u8::from(quantiles[ends.0] <= o.actual && o.actual <= quantiles[ends.1]));
        count += 1.0;
    }
    inside / count
}

#[test]
fn coverage_on_unseen_origins_is_within_two_points_of_nominal() {
    let shop = Shop::new(400);
    let mut random = Random(11);
    let past = shop.observe(0..14, 22, &mut random);
    let future = shop.observe(22..36, u32::MAX, &mut random);
    let found = calibrate(past, &shop.volumes, &ConformalParameters::default());
    found.bands.check().unwrap();
    for (ends, nominal) in [((5, 7), 0.5), ((3, 9), 0.8), ((2, 10), 0.9), ((1, 11), 0.95), ((0, 12), 0.99)] {
        let all = coverage(&found, &shop, future.iter(), ends);
        assert!((all - nominal).abs() < 0.02, "{nominal}: {all}");
    }
    for class in 0..4 {
        let of_class = future.iter().filter(|o| found.bands.class_of(shop.volumes[o.series as usize]) == class);
        let covered = coverage(&found, &shop, of_class, (3, 9));
        assert!((covered - 0.8).abs() < 0.03, "class {class}: {covered}");
    }
    let below = future.iter().filter(|o| o.actual < o.forecast).count() as f64 / future.len() as f64;
    assert!(below > 0.55, "errors are skewed: {below} below");
    // On its own past, each fold judged by the others.
    assert!((found.coverage[0].covered[1] - 0.8).abs() < 0.02, "{:?}", found.coverage[0]);
}

#[test]
fn peaks_are_covered_because_width_grows_with_them() {
    let shop = Shop::new(400);
    let mut random = Random(12);
    let past = shop.observe(0..14, 22, &mut random);
    let found = calibrate(past, &shop.volumes, &ConformalParameters::default());
    assert!(found.bands.peak_share > 0.05);
    let future = shop.observe(26..34, u32::MAX, &mut random);
    let peaks = || future.iter().filter(|o| (o.origin + u32::from(o.step)).is_multiple_of(shop.peak));
    let covered = coverage(&found, &shop, peaks(), (3, 9));
    let mut flat = found.clone();
    flat.bands.peak_share = 0.0;
    let without = coverage(&flat, &shop, peaks(), (3, 9));
    assert!((covered - 0.8).abs() < 0.08 && without < covered - 0.1, "{covered}, without a peak share {without}");
}

#[test]
fn periods_with_an_event_get_the_width_that_they_had() {
    let shop = Shop { peak: u32::MAX, ..Shop::new(300) };
    let mut past = shop.observe(1..40, 44, &mut Random(3));
    for o in &mut past {
        o.event = (o.origin + u32::from(o.step)).is_multiple_of(4);
        if o.event {
            o.actual = o.forecast + 2.0 * (o.actual - o.forecast);
        }
    }
    let width = calibrate(past, &shop.volumes, &ConformalParameters::default()).bands.event_width;
    assert!((1.6..2.1).contains(&width), "{width}");
}

#[test]
fn dependence_between_steps_is_found() {
    let shop = Shop { peak: u32::MAX, ..Shop::new(200) };
    let mut random = Random(8);
    for (lasting, fading) in [(0.0, 0.0), (0.5, 0.0), (0.0, 0.6)] {
        let mut past = shop.observe(1..9, 20, &mut random);
        let (mut level, mut rest) = (0.0, 0.0);
        for o in &mut past {
            if o.step == 0 {
                (level, rest) = (random.error(), random.error());
            } else {
                rest = fading * rest + f64::sqrt(1.0 - fading * fading) * random.error();
            }
            o.actual = o.forecast
                + shop.own[o.series as usize] * (f64::sqrt(lasting) * level + f64::sqrt(1.0 - lasting) * rest);
        }
        let found = calibrate(past, &shop.volumes, &ConformalParameters::default()).dependence;
        assert!((f64::from(found.persistent) - lasting).abs() < 0.12, "{lasting} {fading}: {found:?}");
        assert!((f64::from(found.fading) - fading).abs() < 0.12, "{lasting} {fading}: {found:?}");
    }
}

#[test]
fn the_order_of_observations_does_not_matter() {
    let shop = Shop::new(60);
    let mut past = shop.observe(0..10, 18, &mut Random(4));
    let one = calibrate(past.clone(), &shop.volumes, &ConformalParameters::default());
    past.reverse();
    past.rotate_left(777);
    assert_eq!(one, calibrate(past, &shop.volumes, &ConformalParameters::default()));
}

#[test]
fn without_a_past_the_bands_are_normal() {
    let found = calibrate(Vec::new(), &[10.0, 40.0], &ConformalParameters { through: Vec::new(), classes: 0 });
    assert_eq!(found.bands.multiples, QuantileBands::normal().multiples);
    assert_eq!(found.scales, [2.5, 10.0]);
    assert_eq!((found.coverage.len(), found.bands.class_bounds.len()), (0, 0));
}

#[test]
fn absurd_numbers_give_bands_that_are_right() {
    let numbers = [0.0, -1.0, 1e300, -1e300, f64::NAN, f64::INFINITY, 5e-324, 7.0];
    let mut random = Random(9);
    let mut pick = || numbers[(random.uniform() * 8.0) as usize];
    for count in [1, 3, 500, 3_000] {
        let past: Vec<Observation> = (0..count)
            .map(|n| Observation {
                series: n % 7,
                origin: if n == 2 { u32::MAX } else { n / 7 % 5 },
                step: (n % 11) as u16,
                forecast: pick(),
                actual: pick(),
                event: n % 3 == 0,
            })
            .collect();
        let volumes = [1.0, 0.0, f64::NAN, -4.0, 1e300];
        let found = calibrate(past, &volumes, &ConformalParameters::default());
        found.bands.check().unwrap();
        found.total_bands.check().unwrap();
        assert!(found.scales.iter().all(|scale| *scale > 0.0));
    }
    let constant = [3.0; 40].map(|value| Observation {
        series: 0,
        origin: 1,
        step: 0,
        forecast: value,
        actual: value,
        event: false,
    });
    calibrate(constant.to_vec(), &[3.0], &ConformalParameters::default()).bands.check().unwrap();
}
