//! The live forecasts with the planners' overrides in them.
//!
//! The model's own numbers stay as they are in the artefact; what is kept here is the path of each series that an override
//! changes. Sums are the model's sums plus the differences of those series, so they agree at every level.

use super::Sheet;
use aisle_domain::overrides::{ForecastOverride, Scope};
use aisle_domain::{Day, Item, ItemId, Location, LocationId, OverrideId, SeriesKey};
use aisle_engine::hierarchy::{Attribute, Hierarchy};
use aisle_engine::overrides::{Override, apply, carried};
use aisle_engine::{Artefact, EngineError, Interval, Scenario, Totals, score, score_totals};
use std::collections::{BTreeMap, HashMap};

/// Master data by which series are found in a scope.
#[derive(Clone, Copy)]
pub(crate) struct Catalogue<'a> {
    pub(crate) items: &'a HashMap<ItemId, Item>,
    pub(crate) locations: &'a BTreeMap<LocationId, Location>,
}

impl<'a> Catalogue<'a> {
    /// What a series has as an attribute of a scope; empty where nothing is known.
    pub(crate) fn label(&self, key: &'a SeriesKey, attribute: &str) -> &'a str {
        match attribute {
            "location" => key.location.as_str(),
            "item" => key.item.as_str(),
            "region" => self.locations.get(&key.location).and_then(Location::region).unwrap_or_default(),
            _ => self.items.get(&key.item).and_then(|item| item.category.as_deref()).unwrap_or_default(),
        }
    }

    /// Whether the series is in the scope.
    pub(crate) fn fits(&self, scope: &Scope, key: &'a SeriesKey) -> bool {
        scope.labels().iter().all(|(attribute, label)| self.label(key, attribute) == *label)
    }
}

/// The overrides of a measure that are in force, and what they make of its forecasts.
#[derive(Default)]
pub(crate) struct Overridden {
    /// Oldest first.
    pub(crate) overrides: Vec<ForecastOverride>,
    /// By position in the artefact: the path of each series that is changed.
    paths: BTreeMap<usize, Vec<f64>>,
}

impl Overridden {
    /// Applies overrides to all series of an artefact; those whose part of the shop is not there are passed over.
    pub(crate) fn new(
        artefact: &Artefact,
        catalogue: Catalogue<'_>,
        overrides: Vec<ForecastOverride>,
    ) -> Result<Self, EngineError> {
        let parts = Parts::of(artefact, catalogue, &overrides, Vec::new())?;
        let Some(parts) = parts else { return Ok(Self { overrides, paths: BTreeMap::new() }) };
        let steps = parts.ends.len();
        let found = parts.with(&overrides)?;
        let paths = parts.members.iter().zip(found.chunks_exact(steps).zip(parts.model.chunks_exact(steps)));
        let paths = paths.filter(|(_, (path, model))| path != model).map(|(at, (path, _))| (*at, path.to_vec()));
        Ok(Self { paths: paths.collect(), overrides })
    }

    /// The path of a series, by its position in the artefact, where it is changed.
    pub(crate) fn path(&self, series: usize) -> Option<&[f64]> {
        self.paths.get(&series).map(Vec::as_slice)
    }

    /// Overrides of the series that fit, with a period among these.
    pub(crate) fn concerning<'a>(
        &'a self,
        fits: impl Fn(&Scope) -> bool + 'a,
        periods: &'a [Day],
    ) -> impl Iterator<Item = &'a ForecastOverride> {
        self.overrides.iter().filter(move |one| {
            let (first, last) = one.asked.periods;
            periods.iter().any(|end| first <= *end && *end <= last) && fits(&one.asked.scope)
        })
    }
}

/// What an override at a part of the shop would change: the sums of its series by period, without and with it.
pub(crate) struct Difference {
    pub(crate) series: u64,
    pub(crate) days: Vec<Day>,
    pub(crate) before: Vec<f64>,
    pub(crate) after: Vec<f64>,
}

/// What one more override would change beside those in force.
pub(crate) fn difference(
    artefact: &Artefact,
    catalogue: Catalogue<'_>,
    in_force: &[ForecastOverride],
    one_more: &ForecastOverride,
) -> Result<Difference, EngineError> {
    let mut all = in_force.to_vec();
    all.push(one_more.clone());
    let none = Difference { series: 0, days: Vec::new(), before: Vec::new(), after: Vec::new() };
    let Some(parts) = Parts::of(artefact, catalogue, &all, vec![&one_more.asked.scope])? else { return Ok(none) };
    let (before, after) = (parts.with(in_force)?, parts.with(&all)?);
    let own: Vec<usize> = (0..parts.members.len())
        .filter(|at| catalogue.fits(&one_more.asked.scope, &artefact.series()[parts.members[*at]].key))
        .collect();
    let (first, last) = one_more.asked.periods;
    let steps: Vec<usize> =
        (0..parts.ends.len()).filter(|step| first <= parts.ends[*step] && parts.ends[*step] <= last).collect();
    let sums = |values: &[f64]| -> Vec<f64> {
        let sum = |step: &usize| own.iter().map(|at| values[at * parts.ends.len() + step]).sum();
        steps.iter().map(sum).collect()
    };
    Ok(Difference {
        series: own.len() as u64,
        days: steps.iter().map(|step| parts.ends[*step]).collect(),
        before: sums(&before),
        after: sums(&after),
    })
}

/// The series that any of some overrides concerns, with what the model says of them.
struct Parts {
    /// Positions in the artefact.
    members: Vec<usize>,
    hierarchy: Hierarchy,
    /// Series-major.
    model: Vec<f64>,
    non_negative: Vec<bool>,
    ends: Vec<Day>,
}

impl Parts {
    /// `None` where no series is concerned.
    fn of(
        artefact: &Artefact,
        catalogue: Catalogue<'_>,
        overrides: &[ForecastOverride],
        further: Vec<&Scope>,
    ) -> Result<Option<Self>, EngineError> {
        let scopes: Vec<&Scope> = overrides.iter().map(|one| &one.asked.scope).chain(further).collect();
        let series = artefact.series();
        let concerned = |at: &usize| scopes.iter().any(|scope| catalogue.fits(scope, &series[*at].key));
        let members: Vec<usize> = (0..series.len()).filter(concerned).collect();
        if members.is_empty() {
            return Ok(None);
        }
        let mut levels: Vec<Vec<String>> =
            scopes.iter().map(|scope| scope.labels().iter().map(|(name, _)| (*name).to_owned()).collect()).collect();
        levels.sort();
        levels.dedup();
        let attributes = ["location", "region", "item", "category"].map(|name| Attribute {
            name: name.to_owned(),
            labels: members.iter().map(|at| catalogue.label(&series[*at].key, name).to_owned()).collect(),
        });
        let hierarchy = Hierarchy::new(members.len(), &attributes, &levels)?;
        let ends = artefact.periods();
        let mut model = Vec::with_capacity(members.len() * ends.len());
        for at in &members {
            model.extend(score(artefact, *at, &Scenario::default())?.mean);
        }
        let non_negative = members.iter().map(|at| series[*at].non_negative).collect();
        Ok(Some(Self { members, hierarchy, model, non_negative, ends }))
    }

    /// The members' forecasts with some overrides, series-major.
    fn with(&self, overrides: &[ForecastOverride]) -> Result<Vec<f64>, EngineError> {
        let given: Vec<Override> = overrides
            .iter()
            .zip(1..)
            .map(|(one, id)| Override {
                id,
                node: one.asked.scope.labels().into_iter().map(|(n, l)| (n.to_owned(), l.to_owned())).collect(),
                series: None,
                change: one.asked.change,
                amount: one.asked.amount,
                periods: one.asked.periods,
                reason: String::new(),
                author: one.author.clone(),
                created: one.created_at,
                // Only those in force come here.
                expires: None,
            })
            .collect();
        let today = self.ends[0];
        Ok(apply(&self.hierarchy, &self.model, &self.ends, &self.non_negative, &given, today)?.series)
    }
}

/// The forecast of a sum of series: the model's, and with the overrides.
pub(crate) struct Expectation {
    /// Mean and intervals with the overrides; components are the model's.
    pub(crate) totals: Totals,
    /// What the model says by itself, where overrides change it.
    pub(crate) model: Option<Vec<f64>>,
}

/// The forecast of the sum of some series (positions in the artefact; all of them where `None`) under a scenario. What a
/// scenario does to the model's forecast of a series, it does to the overridden one in proportion. `None`: not trained.
///
/// # Errors
/// As [`score_totals`].
pub(crate) fn expectation(
    sheet: &Sheet,
    series: Option<&[usize]>,
    scenario: &Scenario,
) -> Result<Option<Expectation>, EngineError> {
    let Some(live) = &sheet.live else { return Ok(None) };
    let mut totals = score_totals(&live.artefact, series, scenario)?;
    let mut change = vec![0.0; totals.mean.len()];
    let mut changed = false;
    let mut add = |at: usize, path: &[f64]| -> Result<(), EngineError> {
        let baseline = score(&live.artefact, at, &Scenario::default())?.mean;
        let under = if scenario.is_baseline() { baseline.clone() } else { score(&live.artefact, at, scenario)?.mean };
        let moved = carried(&baseline, path, &under);
        change.iter_mut().zip(moved.iter().zip(&under)).for_each(|(sum, (moved, under))| *sum += moved - under);
        changed = true;
        Ok(())
    };
    match series {
        None => sheet.overridden.paths.iter().try_for_each(|(at, path)| add(*at, path))?,
        Some(series) => {
            for at in series {
                if let Some(path) = sheet.overridden.path(*at) {
                    add(*at, path)?;
                }
            }
        }
    }
    if !changed {
        return Ok(Some(Expectation { totals, model: None }));
    }
    let model = totals.mean.clone();
    totals.mean.iter_mut().zip(&change).for_each(|(mean, change)| *mean += change);
    for interval in [&mut totals.interval80, &mut totals.interval95] {
        *interval = moved(interval, &model, &totals.mean);
    }
    Ok(Some(Expectation { totals, model: Some(model) }))
}

/// The interval of a model's forecast, as wide relative to the overridden one.
pub(crate) fn moved(interval: &Interval, model: &[f64], overridden: &[f64]) -> Interval {
    Interval { lower: carried(model, overridden, &interval.lower), upper: carried(model, overridden, &interval.upper) }
}

/// Identifiers of overrides, as documents name them.
pub(crate) fn identifiers<'a>(overrides: impl Iterator<Item = &'a ForecastOverride>) -> Vec<String> {
    overrides.map(|one| OverrideId::as_str(&one.id).to_owned()).collect()
}
