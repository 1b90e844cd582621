//! Hashes of model, input and result, so that a number shown can be computed again elsewhere and compared.

use crate::artefact::{Artefact, Driver, SeriesModel};
use crate::{EngineError, Scenario, SeriesForecast, score};
use aisle_domain::Day;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// What was scored and what came out. Equal in two places means: same model, same input, same bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Hash of the artefact that training wrote, in hexadecimal; a subset names its parent's.
    pub model_hash: String,
    /// Hash of all numbers that the forecast depends on: series, drivers, events, bands and scenario. In hexadecimal.
    pub input_hash: String,
    /// Hash of the bits of the forecast: mean, intervals, components. In hexadecimal.
    pub result_hash: String,
}

/// Scores one series and hashes what went in and what came out. The same on the whole artefact and on a subset.
///
/// # Errors
/// As [`score()`](crate::score()).
pub fn verify(artefact: &Artefact, series: usize, scenario: &Scenario) -> Result<Verification, EngineError> {
    let forecast = score(artefact, series, scenario)?;
    Ok(Verification {
        model_hash: artefact.root_hash(),
        input_hash: hex(&input_hash(artefact, series, scenario)?),
        result_hash: hex(&result_hash(&forecast)),
    })
}

/// Hash of everything that the forecast of a series under a scenario depends on, with shared tables resolved, so that a
/// subset (whose indices differ) gives the same.
///
/// # Errors
/// [`EngineError::NoSuchSeries`].
pub fn input_hash(artefact: &Artefact, series: usize, scenario: &Scenario) -> Result<Digest, EngineError> {
    let count = artefact.series().len();
    let model = artefact.series().get(series).ok_or(EngineError::NoSuchSeries { index: series, count })?;
    let header = artefact.header();
    let resolved = SeriesModel { location: 0, group: 0, ..model.clone() };
    let mut events: Vec<EventHere<'_>> = Vec::with_capacity(header.events.len());
    for event in &header.events {
        let here = event.occurrences.iter().filter(|o| o.location.is_none_or(|place| place == model.location));
        events.push((&event.name, event.before, event.after, here.map(|o| (o.first, o.last)).collect()));
    }
    let drivers: &[Driver] = &header.drivers;
    let calendar = (header.measure, header.granularity.per_year(), header.trained_through, header.horizon);
    let shared = (&artefact.locations()[model.location as usize], &artefact.groups()[model.group as usize]);
    let input = (calendar, &header.bands, drivers, events, shared, resolved, scenario);
    let bytes =
        postcard::to_allocvec(&input).map_err(|error| EngineError::Undecodable { reason: error.to_string() })?;
    Ok(Sha256::digest(&bytes).into())
}

/// Name, periods before and after, days on which it happens at the series' location.
type EventHere<'a> = (&'a str, u8, u8, Vec<(Day, Day)>);

/// Hash of the bits of a forecast.
pub fn result_hash(forecast: &SeriesForecast) -> Digest {
    let mut hasher = Sha256::new();
    let bounds = [&forecast.interval80, &forecast.interval95];
    let columns = [&forecast.mean].into_iter().chain(bounds.into_iter().flat_map(|i| [&i.lower, &i.upper]));
    for column in columns.map(Vec::as_slice).chain(forecast.components.named().map(|(_, values)| values)) {
        for value in column {
            hasher.update(value.to_bits().to_le_bytes());
        }
    }
    hasher.finalize().into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}
