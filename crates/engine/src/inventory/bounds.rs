//! What a number must be before it is calculated with: the one place where inventory's inputs are refused.

use crate::EngineError;

/// Largest magnitude that is calculated with; beyond it, sums would lose whole units.
pub(super) const LARGEST: f64 = 1e15;

pub(super) fn finite(field: &'static str, value: f64) -> Result<f64, EngineError> {
    held(field, value, value.abs() <= LARGEST, "a finite number")
}

pub(super) fn not_negative(field: &'static str, value: f64) -> Result<f64, EngineError> {
    held(field, value, (0.0..=LARGEST).contains(&value), "a finite number of at least 0")
}

pub(super) fn positive(field: &'static str, value: f64) -> Result<f64, EngineError> {
    held(field, value, value > 0.0 && value <= LARGEST, "a finite number above 0")
}

/// Strictly between 0 and 1.
pub(super) fn share(field: &'static str, value: f64) -> Result<f64, EngineError> {
    held(field, value, value > 0.0 && value < 1.0, "a share above 0 and below 1")
}

pub(super) fn refuse(field: &'static str, found: impl ToString, expected: &'static str) -> EngineError {
    EngineError::Inventory { field, found: found.to_string(), expected }
}

fn held(field: &'static str, value: f64, holds: bool, expected: &'static str) -> Result<f64, EngineError> {
    if holds { Ok(value) } else { Err(refuse(field, value, expected)) }
}
