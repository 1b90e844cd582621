//! Why the live forecast of a series is what it is, with last year's sales beside it.

use super::{Board, Sheet};
use aisle_app::ui::Unit;
use aisle_domain::{Day, SeriesKey};
use aisle_engine::why::{Why, Wording, explain, year_before};
use aisle_engine::{EngineError, Scenario};
use std::ops::Range;

/// Explains a span of steps of a series' live forecast; `None` where it has none.
pub(crate) fn why(
    sheet: &Sheet,
    key: &SeriesKey,
    scenario: &Scenario,
    span: Range<usize>,
) -> Result<Option<Why>, EngineError> {
    let Some((live, position)) = sheet.live.as_ref().zip(Board::position(sheet, key)) else { return Ok(None) };
    let Some(index) = live.artefact.find(key) else { return Ok(None) };
    let periods = live.artefact.periods();
    let span = span.start.min(periods.len())..span.end.min(periods.len());
    let values = &sheet.panel.values[position];
    // Before its first sale a series has no last year; a period without a row since then sold nothing.
    let first = values.iter().position(Option::is_some).unwrap_or(values.len());
    let sold = |end: Day| {
        let at = sheet.panel.ends.binary_search(&end).ok().filter(|at| *at >= first)?;
        Some(values[at].unwrap_or(0) as f64 / sheet.unit)
    };
    let before = year_before(live.artefact.header().granularity, &periods[span.clone()], sold);
    explain(&live.artefact, index, scenario, span, before).map(Some)
}

/// The same as a sentence.
pub(crate) fn sentence(why: &Why, unit: Unit) -> String {
    let (amount, share) = (|value: f64| unit.phrase(value), |share: f64| aisle_app::ui::format::share(share, 1));
    why.sentence(&Wording { amount: &amount, share: &share })
}
