//! Addresses of pages, each written in one place.

use crate::ports::query_string::{encode, join};
use crate::ports::{OverrideDraft, SeriesQuery};
use aisle_domain::{ImportId, JobId, Measure, SeriesKey};

/// The grid of all series, as a view of it.
pub fn series_grid(query: &SeriesQuery) -> String {
    let query = query.to_query();
    if query.is_empty() { "/series".to_owned() } else { format!("/series?{query}") }
}

/// One series; by the shop's first measure where none is named.
pub fn series(key: &SeriesKey, measure: Option<Measure>) -> String {
    let query = measure.map(|measure| format!("?measure={}", measure.name())).unwrap_or_default();
    format!("/series/{}/{}{query}", encode(key.location.as_str()), encode(key.item.as_str()))
}

/// One job.
pub fn job(id: &JobId) -> String {
    format!("/jobs/{}", encode(id.as_str()))
}

/// One import.
pub fn import(id: &ImportId) -> String {
    format!("/data/imports/{}", encode(id.as_str()))
}

/// The overrides, with effects in a measure.
pub fn overrides(measure: Option<Measure>) -> String {
    measure.map_or_else(|| "/overrides".to_owned(), |measure| format!("/overrides?measure={}", measure.name()))
}

/// The form of a new override, filled in as far as is known.
pub fn new_override(draft: &OverrideDraft) -> String {
    let fields = [
        ("measure", &draft.measure),
        ("location", &draft.location),
        ("region", &draft.region),
        ("item", &draft.item),
        ("category", &draft.category),
        ("first", &draft.first),
        ("last", &draft.last),
    ];
    let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
    format!("/overrides?{}#new", join(given.map(|(name, value)| (name, value.as_str()))))
}

/// One calendar file.
pub fn calendar_file(id: &str) -> String {
    format!("/calendar/files/{}", encode(id))
}

/// What one event did; by the shop's first measure where none is named.
pub fn impact(event: &str, measure: Option<Measure>) -> String {
    let query = measure.map(|measure| format!("?measure={}", measure.name())).unwrap_or_default();
    format!("/impact/{}{query}", encode(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_with_odd_names_has_an_address() {
        let key = SeriesKey::parse("Web shop/50%25 off%2F2").unwrap();
        assert_eq!(series(&key, None), "/series/Web%20shop/50%25%20off%2F2");
        assert_eq!(series(&key, Some(Measure::Quantity)), "/series/Web%20shop/50%25%20off%2F2?measure=quantity");
        assert_eq!(series_grid(&SeriesQuery::default()), "/series");
    }
}
