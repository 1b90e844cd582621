//! What holidays did, measured beside a training and kept for its page.

use super::JobError;
use crate::clock;
use crate::state::App;
use aisle_domain::{HolidayKind, Measure};
use aisle_engine::impact::{HolidayImpact, ImpactUnit, UnitImpact};
use aisle_store::holiday_impacts::{self, NewImpact};
use aisle_training::{ImpactLevels, ImpactRequest, Panel, holiday_impact};
use std::collections::{BTreeMap, BTreeSet};

/// Units of each level that are measured, those that sell most first: a page's worth of search, and a bounded time.
const UNITS: usize = 400;

/// Every event of the panel measured on the total, groups, locations and (where they are not the groups themselves) items.
pub(super) fn measured(panel: &Panel, kinds: BTreeMap<String, HolidayKind>) -> Vec<NewImpact> {
    let series = &panel.parts().series;
    let items: BTreeSet<&str> = series.iter().map(|series| series.key.item.as_str()).collect();
    let groups: BTreeSet<&str> = series.iter().map(|series| series.group.as_str()).collect();
    let levels = ImpactLevels { items: items != groups, ..ImpactLevels::OVERVIEW };
    let request = ImpactRequest { kinds, levels, largest: UNITS, ..ImpactRequest::default() };
    holiday_impact(panel, &request).into_iter().filter_map(kept).collect()
}

/// `None` where nothing can be said of the whole.
fn kept(mut impact: HolidayImpact) -> Option<NewImpact> {
    impact.units.retain(is_finite);
    let total = impact.units.iter().find(|unit| unit.unit == ImpactUnit::Total)?;
    let total = HolidayImpact { units: vec![total.clone()], ..impact.clone() };
    let (total, units) = (serde_json::to_string(&total).ok()?, serde_json::to_string(&impact).ok()?);
    Some(NewImpact { event: impact.event, total, units })
}

/// Whether every number of a unit is one: of a unit that sold nothing around an event there is nothing to say.
fn is_finite(unit: &UnitImpact) -> bool {
    let estimates = [unit.relative, unit.absolute].into_iter().chain(unit.occurrences.iter().map(|one| one.relative));
    let next = unit.next.iter();
    estimates
        .chain(next.clone().map(|next| next.uplift))
        .all(|estimate| [estimate.value, estimate.low, estimate.high].iter().all(|value| value.is_finite()))
        && next.clone().all(|next| next.expected.is_finite())
        && next.flat_map(|next| &next.periods).all(|period| period.expected.is_finite() && period.uplift.is_finite())
        && unit.occurrences.iter().all(|one| {
            [one.actual, one.expected, one.uplift].iter().all(|value| value.is_finite())
                && one
                    .periods
                    .iter()
                    .all(|period| period.expected.is_finite() && period.actual.is_none_or(f64::is_finite))
        })
}

/// Keeps them in place of those of the training before.
pub(super) async fn keep(
    app: &App,
    measure: Measure,
    data_version: &str,
    impacts: &[NewImpact],
) -> Result<(), JobError> {
    Ok(holiday_impacts::replace(&app.store, measure.name(), data_version, impacts, clock::now()).await?)
}
