//! Built-in models scored to hexadecimal bits: run natively, in node and in a browser, the text must be the same.

use crate::artefact::{
    AccuracySummary, Artefact, ArtefactParts, Driver, DriverKind, DriverParts, EventModel, GroupEffects, Header,
    LocationDrivers, ModelKind, Occurrence, SeriesModel, Transform,
};
use crate::distribution::{Dependence, LEVELS, QuantileBands};
use crate::{DriverChange, EngineError, EventChange, Scenario, TotalScorer, distribution, score, verify};
use aisle_domain::{Currency, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Scores every series of the built-in artefact under every built-in scenario. One line per vector: granularity,
/// scenario number, series, part, then the values' bits as 16 hexadecimal digits each; a line that starts with `error`
/// where something could not be built. The order arithmetic's lines follow (see [`crate::inventory::golden`]).
pub fn run() -> String {
    let mut text = String::new();
    let weeks = Granularity::Week { ends: Weekday::Friday };
    for (name, granularity, horizon) in
        [("week", weeks, 13), ("day", Granularity::Day, 20), ("month", Granularity::Month, 6)]
    {
        if let Err(error) = artefact(granularity, horizon).and_then(|artefact| lines(&mut text, name, &artefact)) {
            let _ = writeln!(text, "error {name} {error}");
        }
    }
    text.push_str(&crate::inventory::golden::run());
    text
}

/// The built-in artefact: four series, two locations, two drivers, two events. Its numbers come from an integer
/// recurrence, so that no platform's mathematics takes part in making it.
///
/// # Errors
/// [`EngineError`] where the horizon is out of range.
pub fn artefact(granularity: Granularity, horizon: u16) -> Result<Artefact, EngineError> {
    let mut numbers = Numbers(20_111_128);
    let trained_through = granularity.end_of(Day::from_epoch_days(15_289));
    let event = |name: &str, days: i32, location| EventModel {
        name: name.to_owned(),
        before: 2,
        after: 1,
        occurrences: vec![Occurrence {
            first: trained_through.plus(days),
            last: trained_through.plus(days + 1),
            location,
        }],
    };
    let driver = |name: &str, kind, transform, scale| Driver { name: name.to_owned(), kind, transform, scale };
    let row = |wide: f32| LEVELS.map(|level| wide * (level as f32 - 0.45) * 3.0);
    let bands = QuantileBands {
        class_bounds: vec![9_000.0],
        through: vec![4, u16::MAX],
        multiples: [row(1.0), row(1.4), row(0.8), row(1.1)].concat(),
        peak_share: 0.25,
        event_width: 1.3,
    };
    let total_bands =
        QuantileBands { class_bounds: Vec::new(), through: vec![u16::MAX], multiples: row(0.3).to_vec(), ..bands };
    let header = Header {
        data_version: "golden".to_owned(),
        measure: Measure::Revenue,
        granularity,
        currency: Some(Currency::USD),
        trained_through,
        horizon,
        parameters: BTreeMap::new(),
        drivers: vec![
            driver("Markdown", DriverKind::Promotion, Transform::Log1p, 1_000.0),
            driver("Fuel", DriverKind::Other, Transform::Linear, 0.5),
        ],
        events: vec![event("Thanksgiving", 9, None), event("Fair", 16, Some(1))],
        bands,
        total_bands,
        dependence: Dependence { persistent: 0.3, fading: 0.5 },
        accuracy: AccuracySummary::default(),
    };
    let steps = usize::from(horizon);
    let location = |numbers: &mut Numbers, name: &str| -> Result<LocationDrivers, EngineError> {
        let mut values = numbers.take(steps, 0.0, 9_000.0);
        values.extend(numbers.take(steps, 3.0, 1.0));
        Ok(LocationDrivers { location: location_id(name)?, values, reference: vec![2_500.0, 3.4] })
    };
    let locations = vec![location(&mut numbers, "1")?, location(&mut numbers, "2")?];
    let group = |name: &str, effects: [f32; 2]| GroupEffects { name: name.to_owned(), effects: effects.to_vec() };
    let mut series = Vec::new();
    for (index, (place, item, model)) in [
        ("1", "a", ModelKind::StlEts),
        ("1", "b", ModelKind::ElasticNet),
        ("2", "a", ModelKind::Fallback),
        ("2", "b", ModelKind::Combination),
    ]
    .into_iter()
    .enumerate()
    {
        let fallback = model == ModelKind::Fallback;
        series.push(SeriesModel {
            key: SeriesKey { location: location_id(place)?, item: item_id(item)? },
            location: (index / 2) as u32,
            group: (index % 2) as u32,
            model,
            non_negative: index != 2,
            uses_drivers: model == ModelKind::ElasticNet,
            level: numbers.next(500.0, 20_000.0),
            slope: numbers.next(-20.0, 40.0),
            damping: numbers.next(0.8, 0.2),
            season: if fallback { Vec::new() } else { numbers.take(steps, -3_000.0, 6_000.0) },
            event_effects: if fallback { Vec::new() } else { numbers.take(8, -9_000.0, 18_000.0) },
            driver_parts: (model == ModelKind::Combination).then(|| DriverParts {
                unit: numbers.next(10.0, 20.0),
                promotion: (0..horizon).map(|step| (step * 5 % 90) as i8).collect(),
                other: (0..horizon).map(|step| 20 - (step * 3 % 60) as i8).collect(),
            }),
            error_scale: numbers.next(50.0, 900.0),
            volume: numbers.next(500.0, 20_000.0),
            backtest_wape: None,
        });
    }
    let groups = vec![group("a", [0.06, -0.11]), group("b", [0.02, 0.3])];
    Artefact::new(ArtefactParts { header, locations, groups, series, parent: None })
}

/// The built-in scenarios: the baseline, each lever alone, all together.
pub fn scenarios() -> Vec<Scenario> {
    let base = Scenario::default();
    let fuel = BTreeMap::from([("Fuel".to_owned(), DriverChange { times: 1.1, add: 0.25 })]);
    let moved = BTreeMap::from([
        ("Thanksgiving".to_owned(), EventChange::Shift(-5)),
        ("Fair".to_owned(), EventChange::Cancelled),
    ]);
    vec![
        base.clone(),
        Scenario { growth: 1.07, ..base.clone() },
        Scenario { markdown: 0.4, ..base.clone() },
        Scenario { drivers: fuel.clone(), ..base.clone() },
        Scenario { events: moved.clone(), ..base },
        Scenario { growth: 0.9, markdown: 2.5, events: moved, drivers: fuel },
    ]
}

fn lines(text: &mut String, name: &str, artefact: &Artefact) -> Result<(), EngineError> {
    let (paths, mut scorer, mut drawn) = (artefact.path_scores(7, 3), TotalScorer::new(), Vec::new());
    for (number, scenario) in scenarios().iter().enumerate() {
        for (index, series) in artefact.series().iter().enumerate() {
            let forecast = score(artefact, index, scenario)?;
            let label = format!("{name} {number} {}", series.key);
            line(text, &label, "mean", &forecast.mean);
            line(text, &label, "lower80", &forecast.interval80.lower);
            line(text, &label, "upper95", &forecast.interval95.upper);
            paths.draw(&distribution(artefact, index, scenario)?, &mut drawn);
            line(text, &label, "paths", &drawn);
            for (part, values) in forecast.components.named() {
                line(text, &label, part, values);
            }
            let _ = writeln!(text, "{label} verification {}", verify(artefact, index, scenario)?.result_hash);
        }
        let totals = scorer.totals(artefact, None, scenario)?;
        line(text, &format!("{name} {number} total"), "mean", &totals.mean);
        line(text, &format!("{name} {number} total"), "lower95", &totals.interval95.lower);
        let of_sum = scorer.distribution(artefact);
        let rare: Vec<f64> = (0..of_sum.steps.len()).map(|step| of_sum.quantile(step, 0.999)).collect();
        line(text, &format!("{name} {number} total"), "quantile 0.999", &rare);
    }
    Ok(())
}

fn line(text: &mut String, label: &str, part: &str, values: &[f64]) {
    let _ = write!(text, "{label} {part}");
    for value in values {
        let _ = write!(text, " {:016x}", value.to_bits());
    }
    text.push('\n');
}

fn location_id(text: &str) -> Result<LocationId, EngineError> {
    LocationId::new(text).map_err(|error| EngineError::Undecodable { reason: error.to_string() })
}

fn item_id(text: &str) -> Result<ItemId, EngineError> {
    ItemId::new(text).map_err(|error| EngineError::Undecodable { reason: error.to_string() })
}

/// A linear congruential recurrence (multiplier and increment of Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, from: f32, width: f32) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from + width * ((self.0 >> 48) as f32 / 65_536.0)
    }

    fn take(&mut self, count: usize, from: f32, width: f32) -> Vec<f32> {
        (0..count).map(|_| self.next(from, width)).collect()
    }
}
