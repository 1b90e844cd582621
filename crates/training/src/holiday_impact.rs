//! The impact of a holiday as a result of its own: how much more (or less) was sold on and around it, of everything, of a
//! department, at a location, of an item; every past occurrence side by side; what to expect of the next one.
//!
//! Each unit's expectation without the event comes from its own sales on all other days (`event_fit`); uplift is
//! what was sold beyond it over the event's window. The interval of the typical uplift adds two spreads: how far such
//! expectations miss where nothing happened (placebo windows), and how much occurrences differ beyond that. A unit's own
//! measurement is reported as it is; the forecast of the next occurrence leans on the unit above as far as units of its
//! level resemble each other. An event without a past takes what others of its kind did to the same unit.

use crate::event_fit::{EventFit, Miss};
use crate::event_parts::{Part, shares, window};
use crate::event_windows::{Design, Windows, find_windows};
use crate::uplift::{Measured, around, borrow, lean_on_each_other, times, typical};
use crate::{Calendar, Panel};
use aisle_domain::HolidayKind;
use aisle_engine::Occurrence;
use aisle_engine::impact::{
    HolidayImpact, ImpactBasis, ImpactPeriod, ImpactUnit, NextPeriod, OccurrenceImpact, UnitImpact,
};
use std::collections::{BTreeMap, BTreeSet};

/// What to measure.
#[derive(Debug, Clone)]
pub struct ImpactRequest {
    /// The kinds of events by name; local where not named.
    pub kinds: BTreeMap<String, HolidayKind>,
    /// The events to measure; every one of the panel where empty.
    pub events: BTreeSet<String>,
    /// The levels to measure on.
    pub levels: ImpactLevels,
    /// Of each level below the total, only so many units: those that sold most.
    pub largest: usize,
    /// Periods past history in which a next occurrence is looked for, 1 to 1096.
    pub horizon: usize,
}

/// Levels of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ImpactLevels {
    pub total: bool,
    pub groups: bool,
    pub locations: bool,
    pub items: bool,
    pub series: bool,
}

impl ImpactLevels {
    /// The total, groups and locations.
    pub const OVERVIEW: Self = Self { total: true, groups: true, locations: true, items: false, series: false };
    /// Every level.
    pub const ALL: Self = Self { total: true, groups: true, locations: true, items: true, series: true };
}

impl Default for ImpactRequest {
    /// Every event on the total, groups and locations, looking a year and a bit ahead (400 days, 57 weeks, 13 months).
    fn default() -> Self {
        Self {
            kinds: BTreeMap::new(),
            events: BTreeSet::new(),
            levels: ImpactLevels::OVERVIEW,
            largest: usize::MAX,
            horizon: 0,
        }
    }
}

/// Measures events on the panel's history; by event in the order of their names.
pub fn holiday_impact(panel: &Panel, request: &ImpactRequest) -> Vec<HolidayImpact> {
    let year_and_more = match panel.parts().granularity {
        aisle_domain::Granularity::Day => 400,
        aisle_domain::Granularity::Week { .. } => 57,
        aisle_domain::Granularity::Month => 13,
    };
    let horizon = if request.horizon == 0 { year_and_more } else { request.horizon.min(1_096) };
    let calendar = Calendar::new(panel, horizon);
    let study = Study::new(panel, &calendar, request);
    let mut measured: Vec<Vec<Measured>> = calendar.events.iter().map(|_| Vec::new()).collect();
    for unit in study.units() {
        for (event, found) in study.measure(&unit).into_iter().enumerate() {
            measured[event].extend(found);
        }
    }
    let wanted = |name: &str| request.events.is_empty() || request.events.contains(name);
    let mut impacts = Vec::new();
    for (event, units) in measured.into_iter().enumerate() {
        let model = &calendar.events[event];
        if !wanted(&model.name) || units.is_empty() {
            continue;
        }
        impacts.push(HolidayImpact {
            event: model.name.clone(),
            kind: study.kinds[event],
            shared_with: study.shared_with(event),
            units: lean_on_each_other(study.groups.len(), units),
        });
    }
    impacts
}

/// Names of the units of a level that sold most, at most so many.
fn largest<'a, K: Ord>(panel: &'a Panel, most: usize, name: impl Fn(&'a crate::PanelSeries) -> K) -> BTreeSet<K> {
    let mut sold: BTreeMap<K, f64> = BTreeMap::new();
    for series in &panel.parts().series {
        *sold.entry(name(series)).or_default() += series.values.iter().filter(|value| value.is_finite()).sum::<f64>();
    }
    let mut sold: Vec<(K, f64)> = sold.into_iter().collect();
    if sold.len() > most {
        sold.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        sold.truncate(most);
    }
    sold.into_iter().map(|(name, _)| name).collect()
}

/// How far what is expected of the next occurrence without the event may lie from the last one's times a year's growth.
const FARTHEST: f64 = 1.5;

/// Brings the periods of a next occurrence near what their sum should be. The fit describes the past; carried a year on, the
/// trend of a unit that sells in one season only leads anywhere.
fn plausible(periods: &mut [NextPeriod], usual: f64) {
    let sum: f64 = periods.iter().map(|period| period.expected).sum();
    if usual.is_nan() || usual <= 0.0 || periods.is_empty() || (sum >= usual / FARTHEST && sum <= usual * FARTHEST) {
        return;
    }
    if sum > 0.0 && sum.is_finite() {
        let factor = sum.clamp(usual / FARTHEST, usual * FARTHEST) / sum;
        periods
            .iter_mut()
            .for_each(|period| (period.expected, period.uplift) = (period.expected * factor, period.uplift * factor));
    } else {
        let even = usual / periods.len() as f64;
        periods.iter_mut().for_each(|period| (period.expected, period.uplift) = (even, 0.0));
    }
}

/// One unit's sales.
struct Unit {
    name: ImpactUnit,
    /// Whose windows it takes: a group's index, or the total's.
    windows: usize,
    /// Level in the order of the output, for units that resemble each other.
    level: usize,
    values: Vec<f64>,
    /// Share of the unit's sales by location.
    by_location: Vec<f64>,
}

struct Study<'a> {
    panel: &'a Panel,
    calendar: &'a Calendar,
    levels: ImpactLevels,
    largest: usize,
    kinds: Vec<HolidayKind>,
    groups: Vec<&'a str>,
    /// Windows of each group, and last those of the total.
    windows: Vec<Windows>,
}

impl<'a> Study<'a> {
    fn new(panel: &'a Panel, calendar: &'a Calendar, request: &ImpactRequest) -> Self {
        let named = |name: &str| request.kinds.get(name).copied().unwrap_or(HolidayKind::Local);
        let names = largest(panel, request.largest, |series| series.group.as_str());
        let mut study = Self {
            panel,
            calendar,
            levels: request.levels,
            largest: request.largest,
            kinds: calendar.events.iter().map(|event| named(&event.name)).collect(),
            groups: names.into_iter().collect(),
            windows: Vec::new(),
        };
        let all = study.groups.len();
        let mut windows = Vec::with_capacity(all + 1);
        for group in &study.groups {
            let unit = study.unit(ImpactUnit::Group((*group).to_owned()), 0, 1, |series| series.group == *group);
            windows.push(study.find(&unit));
        }
        let total = study.unit(ImpactUnit::Total, all, 0, |_| true);
        windows.push(study.find(&total));
        study.windows = windows;
        study
    }

    fn find(&self, unit: &Unit) -> Windows {
        find_windows(self.calendar, &self.design(unit), &unit.values)
    }

    fn design(&self, unit: &Unit) -> Design {
        let weight = |occurrence: &Occurrence| {
            occurrence.location.map_or(1.0, |place| unit.by_location.get(place as usize).copied().unwrap_or(0.0))
        };
        Design::new(self.calendar, weight)
    }

    /// The sum of the series that belong.
    fn unit(
        &self,
        name: ImpactUnit,
        windows: usize,
        level: usize,
        belongs: impl Fn(&crate::PanelSeries) -> bool,
    ) -> Unit {
        let mut values = vec![f64::NAN; self.panel.periods()];
        let mut by_location = vec![0.0; self.calendar.locations.len()];
        for series in self.panel.parts().series.iter().filter(|series| belongs(series)) {
            let place = self.calendar.locations.binary_search(&series.key.location).unwrap_or(0);
            for (sum, value) in values.iter_mut().zip(&series.values).filter(|(_, value)| value.is_finite()) {
                *sum = if sum.is_finite() { *sum + value } else { *value };
                by_location[place] += value.max(0.0);
            }
        }
        let all: f64 = by_location.iter().sum();
        if all > 0.0 {
            by_location.iter_mut().for_each(|share| *share /= all);
        }
        Unit { name, windows, level, values, by_location }
    }

    /// Every unit asked for: the total, groups, locations, items, series.
    fn units(&self) -> Vec<Unit> {
        let series = &self.panel.parts().series;
        let all = self.groups.len();
        let mut units = Vec::new();
        if self.levels.total {
            units.push(self.unit(ImpactUnit::Total, all, 0, |_| true));
        }
        if self.levels.groups {
            for (index, group) in self.groups.iter().enumerate() {
                units
                    .push(self.unit(ImpactUnit::Group((*group).to_owned()), index, 1, |series| series.group == *group));
            }
        }
        if self.levels.locations {
            for location in largest(self.panel, self.largest, |series| &series.key.location) {
                let name = ImpactUnit::Location(location.to_string());
                units.push(self.unit(name, all, 2, |series| series.key.location == *location));
            }
        }
        let group_of = |group: &str| self.groups.binary_search(&group).unwrap_or(all);
        if self.levels.items {
            let items: BTreeMap<&aisle_domain::ItemId, &str> =
                series.iter().map(|series| (&series.key.item, series.group.as_str())).collect();
            let kept = largest(self.panel, self.largest, |series| &series.key.item);
            for (item, group) in items.into_iter().filter(|(item, _)| kept.contains(item)) {
                let name = ImpactUnit::Item(item.to_string());
                units.push(self.unit(name, group_of(group), 3, |series| series.key.item == *item));
            }
        }
        if self.levels.series {
            let kept = largest(self.panel, self.largest, |series| &series.key);
            for one in series.iter().filter(|series| kept.contains(&series.key)) {
                let name = ImpactUnit::Series(one.key.clone());
                units.push(self.unit(name, group_of(&one.group), 4, |series| series.key == one.key));
            }
        }
        units
    }

    /// Measures every event on a unit.
    fn measure(&self, unit: &Unit) -> Vec<Option<Measured>> {
        let design = self.design(unit);
        let windows = &self.windows[unit.windows];
        let common = EventFit::new(self.calendar, &design, &unit.values, windows, None);
        let mut measured = Vec::with_capacity(self.kinds.len());
        for event in 0..self.kinds.len() {
            let concerns = self.occurrences(event, unit).next().is_some();
            let own = if concerns && !windows.reach[event].counts {
                EventFit::new(self.calendar, &design, &unit.values, windows, Some(event))
            } else {
                None
            };
            let fit = own.as_ref().or(common.as_ref()).filter(|_| concerns);
            measured.push(fit.map(|fit| self.measure_event(unit, event, fit)));
        }
        borrow(&self.kinds, &mut measured);
        measured
    }

    /// Occurrences that concern a unit.
    fn occurrences<'b>(&'b self, event: usize, unit: &'b Unit) -> impl Iterator<Item = &'b Occurrence> + 'b {
        let concerns = |o: &&Occurrence| {
            o.location.is_none_or(|place| unit.by_location.get(place as usize).is_some_and(|share| *share > 0.0))
        };
        self.calendar.events[event].occurrences.iter().filter(concerns)
    }

    fn measure_event(&self, unit: &Unit, event: usize, fit: &EventFit<'_>) -> Measured {
        let (calendar, history) = (self.calendar, self.calendar.history);
        let (before, after) = fit.reach_days(event);
        let own_columns = shares(calendar, &calendar.events[event].occurrences, Part::On, |_| 1.0);
        let mut own = vec![false; calendar.ends.len()];
        for (t, share) in own_columns.iter().enumerate() {
            own[t] = *share > 0.0;
        }
        let mut past = Vec::new();
        let mut next = None;
        for occurrence in self.occurrences(event, unit) {
            let window = window(calendar, occurrence, before, after);
            window.clone().for_each(|t| own[t] = true);
            if window.is_empty() {
                continue;
            }
            if window.end <= history {
                if window.clone().all(|t| unit.values[t].is_finite()) {
                    past.push((*occurrence, window));
                }
            } else if next.is_none() && window.start + 1 >= history {
                next = Some((*occurrence, window));
            }
        }
        let blocks: Vec<std::ops::Range<usize>> = past.iter().map(|(_, window)| window.clone()).collect();
        let miss = (!blocks.is_empty()).then(|| fit.placebo(&blocks, &|t| own[t]));
        let occurrences: Vec<OccurrenceImpact> = past
            .iter()
            .map(|(occurrence, window)| self.occurrence(unit, event, fit, occurrence, window, miss))
            .collect();
        let (relative, spread) = typical(&occurrences, miss);
        let expected = occurrences.iter().map(|o| o.expected).sum::<f64>() / occurrences.len().max(1) as f64;
        let profile = next.map(|(occurrence, window)| {
            let period = |t: usize| {
                let expected = fit.without(event, t);
                NextPeriod { end: calendar.ends[t], expected, uplift: fit.with_events(t) - expected }
            };
            let mut periods: Vec<NextPeriod> = window.map(period).collect();
            if let Some(last) = occurrences.iter().max_by_key(|past| past.first) {
                plausible(&mut periods, last.expected * self.yearly_growth(unit));
            }
            (occurrence, periods)
        });
        let impact = UnitImpact {
            unit: unit.name.clone(),
            days_before: before as u16,
            days_after: after as u16,
            relative,
            absolute: times(relative, expected),
            basis: if occurrences.is_empty() { ImpactBasis::Unknown } else { ImpactBasis::Own },
            occurrences,
            next: None,
        };
        Measured { level: unit.level, parent: unit.windows, impact, spread, next: profile }
    }

    /// Sales of the last year over those of the year before, from half to twice; 1 where two years are not known.
    fn yearly_growth(&self, unit: &Unit) -> f64 {
        let (history, year) = (self.calendar.history, self.calendar.year());
        let sum =
            |from: usize| -> f64 { unit.values[from..from + year].iter().filter(|value| value.is_finite()).sum() };
        match history.checked_sub(2 * year) {
            Some(from) if sum(from) > 0.0 => (sum(from + year) / sum(from)).clamp(0.5, 2.0),
            _ => 1.0,
        }
    }

    fn occurrence(
        &self,
        unit: &Unit,
        event: usize,
        fit: &EventFit<'_>,
        occurrence: &Occurrence,
        window: &std::ops::Range<usize>,
        miss: Option<Miss>,
    ) -> OccurrenceImpact {
        let period = |t: usize| ImpactPeriod {
            end: self.calendar.ends[t],
            offset: self.calendar.ends[t].since(occurrence.first),
            actual: Some(unit.values[t]).filter(|value| value.is_finite()),
            expected: fit.without(event, t),
        };
        let periods: Vec<ImpactPeriod> = window.clone().map(period).collect();
        let actual: f64 = periods.iter().filter_map(|period| period.actual).sum();
        let expected: f64 = periods.iter().map(|period| period.expected).sum();
        let relative = actual / expected - 1.0;
        let single = miss.map_or(0.0, |miss| miss.single);
        OccurrenceImpact {
            first: occurrence.first,
            last: occurrence.last,
            actual,
            expected,
            uplift: actual - expected,
            relative: around(relative, single),
            periods,
        }
    }

    /// Other events whose days share their periods with this one's in all of history.
    fn shared_with(&self, event: usize) -> Vec<String> {
        let calendar = self.calendar;
        let column = |event: usize| -> Vec<bool> {
            let all = shares(calendar, &calendar.events[event].occurrences, Part::On, |_| 1.0);
            all[..calendar.history].iter().map(|share| *share > 0.0).collect()
        };
        let own = column(event);
        if !own.contains(&true) {
            return Vec::new();
        }
        let others = (0..calendar.events.len()).filter(|other| *other != event && column(*other) == own);
        others.map(|other| calendar.events[other].name.clone()).collect()
    }
}
