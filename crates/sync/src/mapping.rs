//! Mappings as files: TOML beside the data, found again by the shape of the next file.

use crate::SyncError;
use aisle_domain::import::Mapping;

/// Writes a mapping as TOML.
///
/// # Errors
/// [`SyncError::MappingFile`] where a value cannot be written.
pub fn to_toml(mapping: &Mapping) -> Result<String, SyncError> {
    toml::to_string_pretty(mapping).map_err(|error| SyncError::MappingFile { reason: error.to_string() })
}

/// Reads a mapping from TOML and checks it.
///
/// # Errors
/// [`SyncError::MappingFile`] with line and column where it is not TOML of that shape.
pub fn from_toml(text: &str) -> Result<Mapping, SyncError> {
    toml::from_str(text).map_err(|error| SyncError::MappingFile { reason: error.to_string() })
}
