//! The one place that reads the clock.

use aisle_domain::Day;
use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since 1970 UTC.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// The day, UTC.
pub(crate) fn today() -> Day {
    Day::from_epoch_days(i32::try_from(now().div_euclid(DAY)).unwrap_or(i32::MAX))
}

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400 * SECOND;
