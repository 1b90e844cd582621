//! What an artefact promises: bytes that survive the trip, damage that is told, subsets that score alike.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{Granularity, Weekday};
use aisle_engine::{
    Artefact, EngineError, EventChange, Scenario, TotalScorer, distribution, golden, score, score_totals, verify,
};
use proptest::prelude::*;

fn weekly() -> Artefact {
    golden::artefact(Granularity::Week { ends: Weekday::Friday }, 13).unwrap()
}

#[test]
fn bytes_survive_the_trip() {
    for granularity in [Granularity::Day, Granularity::Week { ends: Weekday::Sunday }, Granularity::Month] {
        let artefact = golden::artefact(granularity, 7).unwrap();
        let bytes = artefact.to_bytes().unwrap();
        let back = Artefact::from_bytes(&bytes).unwrap();
        assert_eq!(back, artefact);
        assert_eq!(back.hash(), artefact.hash());
        assert_eq!(back.to_bytes().unwrap(), bytes);
    }
}

#[test]
fn another_format_version_is_told_apart_from_damage() {
    let mut bytes = weekly().to_bytes().unwrap();
    bytes[8] = 77;
    assert_eq!(Artefact::from_bytes(&bytes), Err(EngineError::FormatVersion { found: 77, expected: 3 }));
    assert!(matches!(Artefact::from_bytes(b"nonsense"), Err(EngineError::NotAnArtefact { .. })));
}

#[test]
fn parts_that_contradict_each_other_are_refused() {
    let spoil = |spoil: fn(&mut aisle_engine::ArtefactParts)| {
        let mut parts = weekly().parts().clone();
        spoil(&mut parts);
        Artefact::new(parts)
    };
    assert!(spoil(|parts| parts.series[0].location = 9).is_err());
    assert!(spoil(|parts| parts.series[0].level = f32::NAN).is_err());
    assert!(spoil(|parts| parts.series.swap(0, 1)).is_err());
    assert!(spoil(|parts| parts.series[0].season.truncate(3)).is_err());
    assert!(spoil(|parts| parts.header.horizon = 0).is_err());
    assert!(spoil(|parts| parts.header.bands.through.clear()).is_err());
    assert!(spoil(|parts| parts.header.total_bands.multiples.reverse()).is_err());
    assert!(spoil(|parts| parts.header.dependence.fading = 1.1).is_err());
    assert!(spoil(|parts| parts.series[0].volume = -1.0).is_err());
    assert!(spoil(|parts| parts.groups[0].effects.clear()).is_err());
}

#[test]
fn a_subset_scores_and_verifies_as_the_whole() {
    let whole = weekly();
    let part = whole.subset(&[3, 1, 3]).unwrap();
    assert_eq!(part.series().len(), 2);
    assert_eq!(part.root_hash(), whole.hash());
    assert_ne!(part.hash(), whole.hash());
    assert_eq!(part.subset(&[0]).unwrap().root_hash(), whole.hash());
    for scenario in golden::scenarios() {
        for (here, there) in [(0, 1), (1, 3)] {
            assert_eq!(score(&part, here, &scenario), score(&whole, there, &scenario));
            assert_eq!(verify(&part, here, &scenario), verify(&whole, there, &scenario));
        }
    }
    assert!(matches!(whole.subset(&[4]), Err(EngineError::NoSuchSeries { index: 4, count: 4 })));
}

#[test]
fn verification_tells_inputs_apart() {
    let artefact = weekly();
    let scenarios = golden::scenarios();
    let mut inputs: Vec<_> = scenarios.iter().map(|s| verify(&artefact, 1, s).unwrap().input_hash).collect();
    inputs.extend((2..4).map(|series| verify(&artefact, series, &scenarios[0]).unwrap().input_hash));
    let distinct: std::collections::BTreeSet<_> = inputs.iter().collect();
    assert_eq!(distinct.len(), inputs.len());
}

#[test]
fn components_add_up_to_the_mean_exactly() {
    let artefact = weekly();
    for scenario in golden::scenarios() {
        let mut means = [0.0; 13];
        for series in 0..4 {
            let forecast = score(&artefact, series, &scenario).unwrap();
            for step in 0..13 {
                let sum = forecast
                    .components
                    .named()
                    .iter()
                    .skip(1)
                    .fold(forecast.components.base[step], |sum, (_, v)| sum + v[step]);
                assert_eq!(sum.to_bits(), forecast.mean[step].to_bits());
                means[step] += forecast.mean[step];
                let (lower, upper) = (&forecast.interval95.lower, &forecast.interval95.upper);
                assert!(
                    lower[step] <= forecast.interval80.lower[step] && forecast.interval80.upper[step] <= upper[step]
                );
            }
        }
        let totals = score_totals(&artefact, None, &scenario).unwrap();
        assert!(totals.mean.iter().zip(means).all(|(total, sum)| (total - sum).abs() <= 1e-9 * sum.abs().max(1.0)));
    }
}

#[test]
fn intervals_are_quantiles_of_the_distribution_and_hold_the_mean() {
    let (artefact, mut scorer) = (weekly(), TotalScorer::new());
    for scenario in golden::scenarios() {
        let totals = scorer.totals(&artefact, None, &scenario).unwrap().clone();
        let of_sum = (scorer.distribution(&artefact), totals.mean, totals.interval80, totals.interval95);
        let of_series = (0..4).map(|series| {
            let found = score(&artefact, series, &scenario).unwrap();
            let spread = distribution(&artefact, series, &scenario).unwrap();
            (spread, found.mean, found.interval80, found.interval95)
        });
        for (spread, mean, interval80, interval95) in of_series.chain([of_sum]) {
            for (step, mean) in mean.iter().enumerate() {
                for (interval, probability) in [(&interval80, 0.8), (&interval95, 0.95)] {
                    let (low, high) = spread.interval(step, probability);
                    let near = |a: f64, b: f64| (a - b).abs() <= 1e-5 * b.abs().max(1.0);
                    assert!(near(interval.lower[step], low.min(*mean)) && near(interval.upper[step], high.max(*mean)));
                }
            }
        }
    }
}

#[test]
fn a_period_with_an_event_is_wider_at_its_location_alone() {
    let artefact = weekly();
    let width = |series: usize, scenario: &Scenario| {
        let found = distribution(&artefact, series, scenario).unwrap();
        let width = |step: usize| found.quantile(step, 0.9) - found.quantile(step, 0.75);
        (0..13).map(width).collect::<Vec<f64>>()
    };
    let without = Scenario { events: [("Fair".to_owned(), EventChange::Cancelled)].into(), ..Scenario::default() };
    // The fair is at the second location, in the third week.
    assert_eq!(width(0, &Scenario::default()), width(0, &without));
    let (with, without) = (width(2, &Scenario::default()), width(2, &without));
    let wider: Vec<usize> = (0..13).filter(|step| with[*step] > 1.2 * without[*step]).collect();
    assert_eq!(wider, [2]);
}

#[test]
fn sample_paths_over_the_horizon_spread_around_the_mean() {
    let artefact = weekly();
    let (paths, spread) = (artefact.path_scores(1, 2_000), distribution(&artefact, 3, &Scenario::default()).unwrap());
    assert_eq!((paths.paths(), paths.steps()), (2_000, 13));
    let demand = paths.demand(&spread, 4, 1);
    assert!((demand.quantile(0.9).unwrap() / spread.quantile(4, 0.9) - 1.0).abs() < 1e-2);
}

#[test]
fn a_cancelled_event_takes_its_effect_away_and_a_moved_one_keeps_its_sum() {
    let mut parts = weekly().parts().clone();
    // Free to go below zero, so that no bound hides the effect.
    parts.series[0].non_negative = false;
    let artefact = Artefact::new(parts).unwrap();
    let with = |change| Scenario { events: [("Thanksgiving".to_owned(), change)].into(), ..Scenario::default() };
    let holiday = |scenario: &Scenario| score(&artefact, 0, scenario).unwrap().components.holiday;
    assert!(holiday(&with(EventChange::Cancelled)).iter().all(|effect| *effect == 0.0));
    let (here, later) = (holiday(&Scenario::default()), holiday(&with(EventChange::Shift(14))));
    assert_eq!(here[..8], later[2..10]);
    // Part of a window that lay before the first period comes into view when the event moves by less than a period.
    let blended = holiday(&with(EventChange::Shift(17)));
    assert!((blended.iter().sum::<f64>() - later.iter().sum::<f64>()).abs() < 1e-6);
}

#[test]
fn a_scorer_used_again_gives_what_a_new_one_gives() {
    let (artefact, mut scorer) = (weekly(), TotalScorer::new());
    let some = [2, 0];
    for series in [None, Some(&some[..])] {
        for scenario in golden::scenarios() {
            let again = scorer.totals(&artefact, series, &scenario).unwrap().clone();
            assert_eq!(again, score_totals(&artefact, series, &scenario).unwrap());
        }
    }
    let day = golden::artefact(Granularity::Day, 30).unwrap();
    let totals = scorer.totals(&day, Some(&[1]), &Scenario::default()).unwrap();
    let alone = score(&day, 1, &Scenario::default()).unwrap();
    assert_eq!((&totals.mean, &totals.interval80), (&alone.mean, &alone.interval80));
}

proptest! {
    #[test]
    fn garbage_is_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Artefact::from_bytes(&bytes).is_err());
    }

    /// A body with a correct hash but changed bytes gets past the checksum: decoding and checking must hold on their own.
    #[test]
    fn a_spoilt_body_with_a_right_hash_never_panics(at in 0usize..3_000, value in any::<u8>(), cut in 0usize..3_000) {
        use sha2::Digest as _;
        let mut bytes = weekly().to_bytes().unwrap();
        let body = 42 + at % (bytes.len() - 42);
        bytes[body] = value;
        if cut % 3 == 0 {
            bytes.truncate(42 + cut % (bytes.len() - 42));
        }
        let hash = sha2::Sha256::digest(&bytes[42..]);
        bytes[10..42].copy_from_slice(&hash);
        if let Ok(artefact) = Artefact::from_bytes(&bytes) {
            for scenario in golden::scenarios() {
                prop_assert!(score_totals(&artefact, None, &scenario).is_ok());
            }
        }
    }

    #[test]
    fn one_changed_byte_is_noticed(at in 0usize..3_000, flip in 1u8..=255) {
        let mut bytes = weekly().to_bytes().unwrap();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        prop_assert!(Artefact::from_bytes(&bytes).is_err());
    }
}
