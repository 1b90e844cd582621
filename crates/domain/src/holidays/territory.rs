//! Whose holidays a shop or a location keeps: a country, or one of its regions.

use super::{Country, Holiday, countries, country};
use crate::Day;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A country whose holidays are known, or one of its regions; written `DE` or `DE-BY` (ISO 3166).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Territory {
    country: &'static str,
    region: Option<&'static str>,
}

/// Why a text names no territory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TerritoryError {
    /// No such country.
    #[error("{found:?} is no country whose holidays are known; expected one of {}, or a region such as DE-BY", codes())]
    Country {
        /// What was read.
        found: String,
    },
    /// The country is known, the region is not.
    #[error("{found:?} is no region of {country} with holidays of its own; expected {expected}")]
    Region {
        /// What was read.
        found: String,
        /// The country's name.
        country: &'static str,
        /// What it has.
        expected: String,
    },
}

fn codes() -> String {
    countries().iter().map(|country| country.code).collect::<Vec<_>>().join(", ")
}

impl Territory {
    /// Reads `DE`, `de-by`, or a country's name in English.
    ///
    /// # Errors
    /// [`TerritoryError`] saying what is known.
    pub fn parse(text: &str) -> Result<Self, TerritoryError> {
        let text = text.trim();
        let (head, region) =
            text.split_once('-').map_or((text, None), |(head, region)| (head.trim(), Some(region.trim())));
        let named = countries().iter().find(|country| country.name.eq_ignore_ascii_case(text));
        let found = named.or_else(|| country(head));
        let Some(found) = found else { return Err(TerritoryError::Country { found: text.to_owned() }) };
        let Some(region) = region.filter(|_| named.is_none()) else {
            return Ok(Self { country: found.code, region: None });
        };
        match found.regions.iter().find(|known| known.eq_ignore_ascii_case(region)) {
            Some(known) => Ok(Self { country: found.code, region: Some(known) }),
            None => Err(TerritoryError::Region {
                found: text.to_owned(),
                country: found.name,
                expected: if found.regions.is_empty() {
                    format!("{} alone", found.code)
                } else {
                    format!("one of {}", found.regions.join(", "))
                },
            }),
        }
    }

    /// The same country with a region, where it has one of that code; else the whole country.
    #[must_use]
    pub fn with_region(self, region: &str) -> Self {
        let regions = country(self.country).map_or(&[][..], |country| country.regions);
        let region = regions.iter().find(|known| known.eq_ignore_ascii_case(region.trim())).copied();
        Self { region, ..self }
    }

    /// Every country, each followed by its regions.
    pub fn all() -> Vec<Self> {
        let of = |country: &'static Country| {
            let regions = country.regions.iter().map(|region| Some(*region));
            std::iter::once(None).chain(regions).map(|region| Self { country: country.code, region })
        };
        countries().iter().flat_map(of).collect()
    }

    /// `Germany`, or `Germany (BY)`.
    pub fn name(&self) -> String {
        let name = country(self.country).map_or(self.country, |country| country.name);
        self.region.map_or_else(|| name.to_owned(), |region| format!("{name} ({region})"))
    }

    /// Its holidays from `first` to `last`, by first day.
    pub fn holidays(&self, first: Day, last: Day) -> Vec<Holiday> {
        country(self.country).map(|country| country.holidays(self.region, first, last)).unwrap_or_default()
    }
}

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.region {
            None => f.write_str(self.country),
            Some(region) => write!(f, "{}-{region}", self.country),
        }
    }
}

impl TryFrom<String> for Territory {
    type Error = TerritoryError;
    fn try_from(text: String) -> Result<Self, TerritoryError> {
        Self::parse(&text)
    }
}

impl From<Territory> for String {
    fn from(territory: Territory) -> String {
        territory.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_territory_survives_the_round_trip() {
        for territory in Territory::all() {
            assert_eq!(Territory::parse(&territory.to_string()), Ok(territory.clone()));
            assert_eq!(Territory::parse(&territory.to_string().to_lowercase()), Ok(territory));
        }
        assert_eq!(Territory::parse("germany").map(|found| found.to_string()), Ok("DE".to_owned()));
        assert_eq!(Territory::parse(" de-by ").map(|found| found.name()), Ok("Germany (BY)".to_owned()));
    }

    #[test]
    fn what_is_not_known_is_refused_with_what_is() {
        let error = Territory::parse("XX").unwrap_err().to_string();
        assert!(error.contains("\"XX\"") && error.contains("US"), "{error}");
        let error = Territory::parse("DE-ZZ").unwrap_err().to_string();
        assert!(error.contains("Germany") && error.contains("BY"), "{error}");
        assert!(Territory::parse("").is_err());
    }
}
