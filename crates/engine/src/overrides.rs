//! A planner's changes to a forecast: at any node of a hierarchy, with a reason, until they expire; and what they were worth.
//!
//! A change at a node is split among its series by their forecasts, so that the result adds up at every node. Several are
//! applied in one order, whoever wrote them first: the nodes with the most series first and the most specific last, so
//! that what is said of one store and item stands over what is said of all; among equally specific ones the older first,
//! then by their numbers. A change at a wider node can therefore end elsewhere than it was set; [`Applied`] says where.

use crate::EngineError;
use crate::hierarchy::{Hierarchy, require};
pub use aisle_domain::overrides::{Amount, Change};
use aisle_domain::{Day, UserId};
use serde::{Deserialize, Serialize};

/// What a planner does to the forecast of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// Its number, unique.
    pub id: u64,
    /// The attributes of the node's level and their labels there, as pairs: `[("region", "North")]`. None is the total.
    pub node: Vec<(String, String)>,
    /// The series itself, by its index, where it concerns one series and not a node above; `node` is not read then.
    pub series: Option<u32>,
    /// What is done.
    pub change: Change,
    /// Whether amounts are per period or for all periods together.
    pub amount: Amount,
    /// First and last day concerned: periods whose last day lies between, inclusive.
    pub periods: (Day, Day),
    /// Why.
    pub reason: String,
    /// Who.
    pub author: UserId,
    /// When it was made, microseconds since 1970 UTC.
    pub created: i64,
    /// Last day on which it is applied; for ever where `None`.
    pub expires: Option<Day>,
}

/// A forecast with the overrides in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Overridden {
    /// Series-major values, as the forecast was given.
    pub series: Vec<f64>,
    /// The overrides that took part, in the order in which they were applied.
    pub applied: Vec<Applied>,
}

/// What an override did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// Number of the override.
    pub id: u64,
    /// The node's number in the hierarchy.
    pub node: usize,
    /// The steps concerned, 0-based.
    pub steps: Vec<usize>,
    /// The node's values at those steps before it and right after it.
    pub before: Vec<f64>,
    /// See `before`.
    pub after: Vec<f64>,
    /// The node's values once all overrides were applied.
    pub finally: Vec<f64>,
}

/// The forecast of all series with the overrides that hold `today`.
///
/// `forecast` is series-major with one value per period of `ends`, the periods' last days. Where `non_negative` says so
/// (one per series; missing ones count as true), a series does not fall below zero: what cannot be taken from it is taken
/// from no other. An override whose node, change or periods do not exist here is passed over, not refused, since products
/// and stores come and go.
///
/// # Errors
/// [`EngineError::Hierarchy`] where the number of values does not fit.
pub fn apply(
    hierarchy: &Hierarchy,
    forecast: &[f64],
    ends: &[Day],
    non_negative: &[bool],
    overrides: &[Override],
    today: Day,
) -> Result<Overridden, EngineError> {
    let steps = ends.len();
    hierarchy.require_length(forecast.len(), hierarchy.series(), steps)?;
    let mut order: Vec<(Override, usize, Vec<usize>)> = Vec::with_capacity(overrides.len());
    for given in overrides.iter().filter(|given| given.expires.is_none_or(|last| today <= last)) {
        if let (Some(node), true) = (node_of(hierarchy, given), valid(given.change)) {
            order.push((given.clone(), node, hierarchy.members(node)));
        }
    }
    order.sort_by_key(|(given, _, members)| (std::cmp::Reverse(members.len()), given.created, given.id));
    let mut series = forecast.to_vec();
    let mut applied = Vec::with_capacity(order.len());
    for (given, node, members) in &order {
        let concerned = |step: &usize| given.periods.0 <= ends[*step] && ends[*step] <= given.periods.1;
        let concerned: Vec<usize> = (0..steps).filter(concerned).collect();
        if concerned.is_empty() {
            continue;
        }
        let before: Vec<f64> = concerned.iter().map(|step| sum(&series, steps, members, *step)).collect();
        for (step, target) in concerned.iter().zip(targets(given, &before)) {
            let free = |member: &usize| !non_negative.get(*member).copied().unwrap_or(true);
            split(&mut series, steps, members, *step, target, &free);
        }
        let after = concerned.iter().map(|step| sum(&series, steps, members, *step)).collect();
        applied.push(Applied { id: given.id, node: *node, steps: concerned, before, after, finally: Vec::new() });
    }
    let members_of = |id: u64, node: usize| {
        order.iter().find(|(given, at, _)| given.id == id && *at == node).map_or(&[][..], |(_, _, members)| members)
    };
    for done in &mut applied {
        let members = members_of(done.id, done.node);
        done.finally = done.steps.iter().map(|step| sum(&series, steps, members, *step)).collect();
    }
    Ok(Overridden { series, applied })
}

/// Values under other circumstances with the same overrides: `under` is to `model` as the result is to `overridden`.
///
/// For a scenario beside the baseline, or the bound of an interval beside its mean. Where the model expects nothing, or an
/// override less than nothing, there is no such proportion, and the difference is carried over instead.
pub fn carried(model: &[f64], overridden: &[f64], under: &[f64]) -> Vec<f64> {
    let one = |((model, overridden), under): ((&f64, &f64), &f64)| {
        if model == overridden {
            *under
        } else if *model > 0.0 && *overridden >= 0.0 {
            under * (overridden / model)
        } else {
            under + (overridden - model)
        }
    };
    model.iter().zip(overridden).zip(under).map(one).collect()
}

/// What an override was worth once sales are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueAdded {
    /// Number of the override.
    pub id: u64,
    /// Sum of the node's absolute errors over the steps concerned, with all overrides.
    pub error_with: f64,
    /// The same with all overrides but this one.
    pub error_without: f64,
    /// Periods compared.
    pub periods: usize,
}

impl ValueAdded {
    /// The error that the override took away; negative where it did harm.
    pub fn value(&self) -> f64 {
        self.error_without - self.error_with
    }
}

/// What each override was worth at its own node: the error with it against the error without it, all others unchanged.
///
/// `actual` is series-major like the forecast; a period in which a series of the node is unknown (not a number) is left
/// out. `made` is the day for which the overrides are taken as they held then.
///
/// # Errors
/// As [`apply`].
pub fn value_added(
    hierarchy: &Hierarchy,
    forecast: &[f64],
    actual: &[f64],
    ends: &[Day],
    non_negative: &[bool],
    overrides: &[Override],
    made: Day,
) -> Result<Vec<ValueAdded>, EngineError> {
    require(actual.len() == forecast.len(), || {
        (format!("{} actual values", actual.len()), format!("{}", forecast.len()))
    })?;
    let steps = ends.len();
    let with = apply(hierarchy, forecast, ends, non_negative, overrides, made)?;
    let mut found = Vec::with_capacity(with.applied.len());
    for done in &with.applied {
        let others: Vec<Override> = overrides.iter().filter(|given| given.id != done.id).cloned().collect();
        let without = apply(hierarchy, forecast, ends, non_negative, &others, made)?;
        let members = hierarchy.members(done.node);
        let mut value = ValueAdded { id: done.id, error_with: 0.0, error_without: 0.0, periods: 0 };
        for step in &done.steps {
            let came = sum(actual, steps, &members, *step);
            if came.is_finite() {
                value.error_with += (sum(&with.series, steps, &members, *step) - came).abs();
                value.error_without += (sum(&without.series, steps, &members, *step) - came).abs();
                value.periods += 1;
            }
        }
        found.push(value);
    }
    Ok(found)
}

fn node_of(hierarchy: &Hierarchy, given: &Override) -> Option<usize> {
    if let Some(series) = given.series {
        return ((series as usize) < hierarchy.series()).then(|| hierarchy.aggregates() + series as usize);
    }
    let names: Vec<&str> = given.node.iter().map(|(name, _)| name.as_str()).collect();
    let level = hierarchy.find_level(&names)?;
    let label = |name: &String| given.node.iter().find(|(other, _)| other == name).map(|(_, label)| label.as_str());
    let labels = hierarchy.levels()[level].attributes.iter().map(label).collect::<Option<Vec<&str>>>()?;
    hierarchy.find(level, &labels)
}

fn valid(change: Change) -> bool {
    match change {
        Change::Set(value) | Change::Add(value) => value.is_finite(),
        Change::Percent(percent) => percent.is_finite() && percent >= -100.0,
    }
}

fn sum(values: &[f64], steps: usize, members: &[usize], step: usize) -> f64 {
    members.iter().fold(0.0, |sum, member| sum + values[member * steps + step])
}

/// What the node's values shall become at the steps concerned.
fn targets(given: &Override, before: &[f64]) -> Vec<f64> {
    let sizes: f64 = before.iter().map(|value| value.abs()).sum();
    let share = |value: f64| if sizes > 0.0 { value.abs() / sizes } else { 1.0 / before.len() as f64 };
    let total: f64 = before.iter().sum();
    let target = |value: f64| match (given.change, given.amount) {
        (Change::Set(amount), Amount::PerPeriod) => amount,
        (Change::Set(amount), Amount::Together) => value + (amount - total) * share(value),
        (Change::Add(amount), Amount::PerPeriod) => value + amount,
        (Change::Add(amount), Amount::Together) => value + amount * share(value),
        (Change::Percent(percent), _) => value * (1.0 + percent / 100.0),
    };
    before.iter().map(|value| target(*value)).collect()
}

/// Moves the members' sum at a step to the target: each by the share of its forecast's size, or equally where all are zero.
fn split(series: &mut [f64], steps: usize, members: &[usize], step: usize, target: f64, free: &dyn Fn(&usize) -> bool) {
    let missing = target - sum(series, steps, members, step);
    let sizes = members.iter().fold(0.0, |sizes, member| sizes + series[member * steps + step].abs());
    for member in members {
        let value = &mut series[member * steps + step];
        let share = if sizes > 0.0 { value.abs() / sizes } else { 1.0 / members.len() as f64 };
        let moved = *value + missing * share;
        *value = if free(member) { moved } else { moved.max(0.0) };
    }
}
