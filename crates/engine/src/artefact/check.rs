//! Whether an artefact's parts fit together.

use super::{ArtefactParts, EventModel, Header, MAX_HORIZON, MAX_SERIES, Occurrence, SeriesModel};
use crate::EngineError;
use crate::distribution::Dependence;

/// Lengths, indices, order and numbers.
pub(super) fn check(parts: &ArtefactParts) -> Result<(), EngineError> {
    let header = &parts.header;
    check_header(header)?;
    for event in &header.events {
        let known = |o: &Occurrence| o.location.is_none_or(|index| (index as usize) < parts.locations.len());
        require(
            event.occurrences.iter().all(known),
            || format!("event {:?} names a location", event.name),
            "existing ones",
        )?;
    }
    let (horizon, drivers) = (usize::from(header.horizon), header.drivers.len());
    for table in &parts.locations {
        let fits = table.values.len() == drivers * horizon && table.reference.len() == drivers;
        require(
            fits && finite(&table.values) && finite(&table.reference),
            || format!("location {} has {} driver values", table.location, table.values.len()),
            format!("{drivers} drivers x {horizon} finite values and {drivers} references"),
        )?;
    }
    for group in &parts.groups {
        require(
            group.effects.len() == drivers && finite(&group.effects),
            || format!("group {:?} has {} effects", group.name, group.effects.len()),
            format!("{drivers} finite effects"),
        )?;
    }
    require(
        parts.series.len() <= MAX_SERIES,
        || format!("{} series", parts.series.len()),
        format!("at most {MAX_SERIES}"),
    )?;
    let windows: usize = header.events.iter().map(EventModel::window).sum();
    for (index, series) in parts.series.iter().enumerate() {
        check_series(parts, series, windows)?;
        let sorted = index == 0 || parts.series[index - 1].key < series.key;
        require(sorted, || format!("series {} is out of order", series.key), "keys in ascending order, each once")?;
    }
    Ok(())
}

fn check_header(header: &Header) -> Result<(), EngineError> {
    let horizon = usize::from(header.horizon);
    require(
        (1..=MAX_HORIZON).contains(&horizon),
        || format!("horizon {horizon}"),
        format!("1 to {MAX_HORIZON} periods"),
    )?;
    for driver in &header.drivers {
        let positive = driver.scale.is_finite() && driver.scale > 0.0;
        require(positive, || format!("driver {:?} has scale {}", driver.name, driver.scale), "a positive number")?;
    }
    header.bands.check()?;
    header.total_bands.check()?;
    let Dependence { persistent, fading } = header.dependence;
    require(
        [persistent, fading].iter().all(|share| (0.0..=1.0).contains(share)),
        || format!("errors that depend by {persistent} and {fading}"),
        "two shares in 0..=1",
    )
}

fn check_series(parts: &ArtefactParts, series: &SeriesModel, windows: usize) -> Result<(), EngineError> {
    let horizon = usize::from(parts.header.horizon);
    let name = || format!("series {}", series.key);
    let known = (series.location as usize) < parts.locations.len() && (series.group as usize) < parts.groups.len();
    require(
        known,
        || format!("{} names location {} and group {}", name(), series.location, series.group),
        "existing ones",
    )?;
    require(
        series.season.is_empty() || series.season.len() == horizon,
        || format!("{} has {} seasonal values", name(), series.season.len()),
        format!("none or {horizon}"),
    )?;
    require(
        series.event_effects.is_empty() || series.event_effects.len() == windows,
        || format!("{} has {} event effects", name(), series.event_effects.len()),
        format!("none or {windows}"),
    )?;
    if let Some(parts) = &series.driver_parts {
        require(
            parts.unit.is_finite() && parts.promotion.len() == horizon && parts.other.len() == horizon,
            || format!("{} has {} driver parts", name(), parts.promotion.len()),
            format!("{horizon} of each kind in a finite unit"),
        )?;
    }
    let numbers = finite(&[series.level, series.slope, series.damping, series.error_scale, series.volume]);
    let bounded = numbers && (0.0..=1.0).contains(&series.damping) && series.error_scale >= 0.0 && series.volume >= 0.0;
    require(
        bounded && finite(&series.season) && finite(&series.event_effects),
        || format!("{} has a coefficient out of range", name()),
        "finite numbers, damping in 0..=1, an error scale and a volume of at least 0",
    )
}

fn wrong(what: String, expected: impl Into<String>) -> EngineError {
    EngineError::Inconsistent { what, expected: expected.into() }
}

fn require(holds: bool, what: impl FnOnce() -> String, expected: impl Into<String>) -> Result<(), EngineError> {
    if holds { Ok(()) } else { Err(wrong(what(), expected)) }
}

fn finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}
