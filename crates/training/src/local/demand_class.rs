//! How a demand comes: smooth, erratic, intermittent or lumpy (Syntetos, Boylan and Croston 2005).

/// The class of a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DemandClass {
    /// Often and in like amounts.
    Smooth,
    /// Seldom, in like amounts.
    Intermittent,
    /// Often, in very different amounts.
    Erratic,
    /// Seldom and in very different amounts.
    Lumpy,
}

/// What a demand is classed by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DemandPattern {
    /// Average demand interval: periods per period with demand, at least 1.
    pub adi: f64,
    /// Squared coefficient of variation of the amounts in periods with demand.
    pub cv2: f64,
    /// Periods since the last one with demand; 0 where the last had some.
    pub since: usize,
    /// Periods with demand.
    pub times: usize,
}

/// From this average interval on demand is seldom.
pub const ADI_LIMIT: f64 = 1.32;
/// From this squared coefficient of variation on amounts are very different.
pub const CV2_LIMIT: f64 = 0.49;

impl DemandPattern {
    /// Of values oldest first, not a number where absent; counted from the first demand on. Absent periods do not count,
    /// values at or below 0 are no demand. `None` where there never was any.
    pub fn of(values: &[f64]) -> Option<Self> {
        let first = values.iter().position(|value| *value > 0.0)?;
        let (mut periods, mut times, mut since, mut mean, mut squares) = (0usize, 0usize, 0usize, 0.0, 0.0);
        for value in values[first..].iter().filter(|value| value.is_finite()) {
            periods += 1;
            since += 1;
            if *value > 0.0 {
                times += 1;
                since = 0;
                // Welford's recursion, which huge amounts do not overflow before their variance does.
                let before = value - mean;
                mean += before / times as f64;
                squares += before * (value - mean);
            }
        }
        let spread = (squares / times as f64).sqrt() / mean;
        let cv2 = if spread.is_finite() { spread * spread } else { f64::MAX };
        Some(Self { adi: (periods - since) as f64 / times as f64, cv2, since, times })
    }

    /// Its class.
    pub fn class(&self) -> DemandClass {
        match (self.adi >= ADI_LIMIT, self.cv2 >= CV2_LIMIT) {
            (false, false) => DemandClass::Smooth,
            (true, false) => DemandClass::Intermittent,
            (false, true) => DemandClass::Erratic,
            (true, true) => DemandClass::Lumpy,
        }
    }

    /// Whether demand has ended: no demand for so long that its own rate would bring such a pause once in a thousand
    /// times, and for `least` periods at least.
    pub fn dead(&self, least: usize) -> bool {
        let idle = 1.0 - 1.0 / self.adi.max(1.000_001);
        let pause = idle.ln() * self.since as f64;
        self.since >= least.max(1) && pause < (1e-3f64).ln()
    }
}

impl DemandClass {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::Intermittent => "intermittent",
            Self::Erratic => "erratic",
            Self::Lumpy => "lumpy",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], class: DemandClass) {
        assert_eq!(DemandPattern::of(values).unwrap().class(), class, "{values:?}");
    }

    #[test]
    fn the_four_classes() {
        check(&[5.0, 6.0, 5.0, 4.0, 5.0, 6.0], DemandClass::Smooth);
        check(&[5.0, 0.0, 0.0, 5.0, 0.0, 6.0, 0.0, 5.0], DemandClass::Intermittent);
        check(&[1.0, 20.0, 2.0, 1.0, 30.0, 1.0], DemandClass::Erratic);
        check(&[1.0, 0.0, 0.0, 30.0, 0.0, 0.0, 1.0, 0.0, 2.0], DemandClass::Lumpy);
        assert_eq!(DemandPattern::of(&[0.0, f64::NAN, -3.0]), None);
    }

    /// By hand: demand at places 1, 4, 6 of 0..=6 counted from 1: 6 periods, 3 times; amounts 2, 4, 6: mean 4, variance 8/3.
    #[test]
    fn golden_values_by_hand() {
        let pattern = DemandPattern::of(&[0.0, 2.0, 0.0, 0.0, 4.0, 0.0, 6.0, 0.0]).unwrap();
        assert_eq!(pattern.adi, 2.0);
        assert!((pattern.cv2 - (8.0 / 3.0) / 16.0).abs() < 1e-12);
        assert_eq!((pattern.since, pattern.times), (1, 3));
    }

    #[test]
    fn a_daily_seller_is_dead_after_its_shortest_wait_and_a_rare_one_much_later() {
        let mut daily = vec![3.0; 100];
        daily.extend([0.0; 27]);
        assert!(!DemandPattern::of(&daily).unwrap().dead(28));
        daily.push(0.0);
        assert!(DemandPattern::of(&daily).unwrap().dead(28));
        let rare: Vec<f64> = (0..200).map(|t| if t % 20 == 0 && t < 160 { 1.0 } else { 0.0 }).collect();
        assert!(!DemandPattern::of(&rare).unwrap().dead(28));
    }
}
