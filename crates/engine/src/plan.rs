//! A scenario worked out against an artefact once, so that scoring a series is multiplications only.

use crate::artefact::{Artefact, Driver, DriverKind, SeriesModel, Transform};
use crate::{EngineError, EventChange, Scenario};
use aisle_domain::{Day, Granularity};
use std::ops::Range;

/// Bound on the combined driver effect on ln(sales): a factor between 0.14 and 7.4. Beyond it, a linear effect says
/// nothing that was ever observed.
const MAX_EFFECT: f64 = 2.0;

/// The additive components of one step, in the order in which they are summed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) base: f64,
    pub(crate) trend: f64,
    pub(crate) season: f64,
    pub(crate) holiday: f64,
    pub(crate) promotion: f64,
    pub(crate) other: f64,
    pub(crate) growth: f64,
    /// Factor of the scenario on the width of intervals.
    pub(crate) width: f64,
    /// Whether an event happens in the period.
    pub(crate) event: bool,
}

impl Step {
    /// The forecast: the components in their order.
    pub(crate) fn mean(&self) -> f64 {
        self.base + self.trend + self.season + self.holiday + self.promotion + self.other + self.growth
    }
}

/// An event effect that reaches a step: `holiday[step] += weight * event_effects[effect]`.
#[derive(Debug, Clone, Copy)]
struct Tap {
    step: usize,
    effect: usize,
    weight: f64,
    location: Option<u32>,
}

/// What the parts of a series' forecast add up to over a span of steps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tally {
    pub(crate) base: f64,
    pub(crate) trend: f64,
    pub(crate) season: f64,
    /// In the order of the artefact's events.
    pub(crate) events: Vec<f64>,
    /// In the order of the artefact's drivers.
    pub(crate) drivers: Vec<f64>,
    /// What promotions, and what other drivers, add that is not told apart by driver.
    pub(crate) together: (f64, f64),
    pub(crate) growth: f64,
}

/// A scenario against an artefact. Reused between scenarios: buffers are kept.
#[derive(Debug, Default, Clone)]
pub(crate) struct Plan {
    horizon: usize,
    growth: f64,
    taps: Vec<Tap>,
    /// Steps in which an event happens, and where.
    held: Vec<(usize, Option<u32>)>,
    promotions: Vec<usize>,
    others: Vec<usize>,
    /// Per location, step and driver: transformed scenario value minus transformed baseline value.
    against_baseline: Vec<f64>,
    /// The same, minus the transformed reference.
    against_reference: Vec<f64>,
    /// Per location, whether the scenario changes any driver there.
    changed: Vec<bool>,
    holiday: Vec<f64>,
    holds: Vec<bool>,
}

impl Plan {
    /// Works the scenario out.
    pub(crate) fn prepare(&mut self, artefact: &Artefact, scenario: &Scenario) -> Result<(), EngineError> {
        scenario.check()?;
        let header = artefact.header();
        self.horizon = usize::from(header.horizon);
        self.growth = scenario.growth;
        self.plan_events(artefact, scenario);
        self.promotions.clear();
        self.others.clear();
        for (index, driver) in header.drivers.iter().enumerate() {
            match driver.kind {
                DriverKind::Promotion => self.promotions.push(index),
                DriverKind::Other => self.others.push(index),
            }
        }
        self.plan_drivers(artefact, scenario);
        self.holiday.resize(self.horizon, 0.0);
        self.holds.resize(self.horizon, false);
        Ok(())
    }

    fn plan_events(&mut self, artefact: &Artefact, scenario: &Scenario) {
        let header = artefact.header();
        self.taps.clear();
        self.held.clear();
        let mut effects_from = 0;
        for event in &header.events {
            let days = match scenario.events.get(&event.name) {
                Some(EventChange::Cancelled) => None,
                Some(EventChange::Shift(days)) => Some(f64::from(*days)),
                None => Some(0.0),
            };
            for occurrence in event.occurrences.iter().filter(|_| days.is_some()) {
                let step_of = |day: Day| {
                    header.granularity.steps_between(header.trained_through, header.granularity.end_of(day)) - 1
                };
                let shift = days.unwrap_or(0.0) as i32;
                let (from, to) = (step_of(occurrence.first.plus(shift)), step_of(occurrence.last.plus(shift)));
                let held = from.max(0)..=to.min(self.horizon as i32 - 1);
                self.held.extend(held.map(|step| (step as usize, occurrence.location)));
                let position = step_of(occurrence.first);
                let moved = f64::from(position) + days.unwrap_or(0.0) / days_per_period(header.granularity);
                for step in 0..self.horizon {
                    // Between two whole periods the window's values are blended by distance, which keeps their sum.
                    let place = step as f64 - moved + f64::from(event.before);
                    let below = libm::floor(place);
                    let beyond = place - below;
                    for (slot, weight) in [(below, 1.0 - beyond), (below + 1.0, beyond)] {
                        if slot >= 0.0 && slot < event.window() as f64 && weight > 0.0 {
                            let effect = effects_from + slot as usize;
                            self.taps.push(Tap { step, effect, weight, location: occurrence.location });
                        }
                    }
                }
            }
            effects_from += event.window();
        }
    }

    fn plan_drivers(&mut self, artefact: &Artefact, scenario: &Scenario) {
        let drivers = &artefact.header().drivers;
        let size = artefact.locations().len() * self.horizon * drivers.len();
        self.against_baseline.clear();
        self.against_baseline.resize(size, 0.0);
        self.against_reference.clear();
        self.against_reference.resize(size, 0.0);
        self.changed.clear();
        for (place, location) in artefact.locations().iter().enumerate() {
            let mut changed = false;
            for (index, driver) in drivers.iter().enumerate() {
                let reference = transformed(driver, f64::from(location.reference[index]));
                for step in 0..self.horizon {
                    let value = f64::from(location.values[index * self.horizon + step]);
                    let baseline = transformed(driver, value);
                    let assumed = transformed(driver, assumed(driver, scenario, value));
                    let at = (place * self.horizon + step) * drivers.len() + index;
                    self.against_baseline[at] = assumed - baseline;
                    self.against_reference[at] = assumed - reference;
                    changed |= assumed != baseline;
                }
            }
            self.changed.push(changed);
        }
    }

    /// Calls `each(step, components)` for every step of the horizon.
    pub(crate) fn walk(&mut self, artefact: &Artefact, model: &SeriesModel, mut each: impl FnMut(usize, &Step)) {
        self.holiday.fill(0.0);
        self.holds.fill(false);
        for (step, place) in &self.held {
            self.holds[*step] |= place.is_none_or(|location| location == model.location);
        }
        if !model.event_effects.is_empty() {
            for tap in &self.taps {
                if tap.location.is_none_or(|location| location == model.location) {
                    self.holiday[tap.step] += tap.weight * f64::from(model.event_effects[tap.effect]);
                }
            }
        }
        let effects = &artefact.groups()[model.group as usize].effects;
        let changed = self.changed[model.location as usize];
        let rows = model.location as usize * self.horizon * effects.len();
        let (base, slope, damping) = (f64::from(model.level), f64::from(model.slope), f64::from(model.damping));
        let (mut power, mut damped) = (1.0, 0.0);
        for step in 0..self.horizon {
            power *= damping;
            damped += power;
            let trend = slope * damped;
            let season = model.season.get(step).map_or(0.0, |value| f64::from(*value));
            let before_events = base + trend + season;
            let event = self.holds[step];
            let (mut promotion, mut other) = model.driver_parts.as_ref().map_or((0.0, 0.0), |parts| parts.at(step));
            let without_events = before_events + (promotion + other);
            let mut holiday = self.holiday[step];
            if model.non_negative && without_events + holiday < 0.0 {
                holiday = -without_events;
            }
            let structural = without_events + holiday;
            let row = rows + step * effects.len();
            let effect = |deltas: &[f64], which: &[usize]| {
                let mut sum = 0.0;
                for driver in which {
                    sum += f64::from(effects[*driver]) * deltas[row + *driver];
                }
                sum
            };
            let mut width = self.growth;
            if changed {
                let (ours, world) =
                    (effect(&self.against_baseline, &self.promotions), effect(&self.against_baseline, &self.others));
                width *= libm::exp(bounded(ours + world));
            }
            if model.uses_drivers || changed {
                let deltas = if model.uses_drivers { &self.against_reference } else { &self.against_baseline };
                let ours = structural * libm::expm1(bounded(effect(deltas, &self.promotions)));
                let world = (structural + ours) * libm::expm1(bounded(effect(deltas, &self.others)));
                promotion += ours;
                other += world;
            }
            let growth = (before_events + holiday + promotion + other) * (self.growth - 1.0);
            each(step, &Step { base, trend, season, holiday, promotion, other, growth, width, event });
        }
    }
}

impl Plan {
    /// Sums each part over a span of steps, events and drivers by themselves.
    pub(crate) fn tally(&mut self, artefact: &Artefact, model: &SeriesModel, span: Range<usize>) -> Tally {
        let header = artefact.header();
        let mut tally = Tally {
            base: 0.0,
            trend: 0.0,
            season: 0.0,
            events: vec![0.0; header.events.len()],
            drivers: vec![0.0; header.drivers.len()],
            together: (0.0, 0.0),
            growth: 0.0,
        };
        let mut steps = Vec::with_capacity(span.len());
        self.walk(artefact, model, |step, parts| {
            if span.contains(&step) {
                tally.base += parts.base;
                tally.trend += parts.trend;
                tally.season += parts.season;
                tally.growth += parts.growth;
                steps.push((step, *parts));
            }
        });
        for (step, parts) in steps {
            tally.season += self.tally_events(artefact, model, step, parts.holiday, &mut tally.events);
            let together = model.driver_parts.as_ref().map_or((0.0, 0.0), |parts| parts.at(step));
            tally.together = (tally.together.0 + together.0, tally.together.1 + together.1);
            let single = (parts.promotion - together.0, parts.other - together.1);
            self.tally_drivers(artefact, model, step, single, &mut tally.drivers);
        }
        tally
    }

    /// Shares what events add to a step out between them; where their sum was bounded at no sales, so is each share. What
    /// was added because season and trend alone fall below no sales is no event's, and is answered.
    fn tally_events(
        &self,
        artefact: &Artefact,
        model: &SeriesModel,
        step: usize,
        holiday: f64,
        into: &mut [f64],
    ) -> f64 {
        let here = |tap: &&Tap| tap.step == step && tap.location.is_none_or(|location| location == model.location);
        let added =
            |tap: &Tap| model.event_effects.get(tap.effect).map_or(0.0, |effect| tap.weight * f64::from(*effect));
        let sum: f64 = self.taps.iter().filter(here).map(added).sum();
        let share = if sum == 0.0 { 0.0 } else { holiday / sum };
        if share < 0.0 || sum == 0.0 {
            return holiday;
        }
        for tap in self.taps.iter().filter(here) {
            let mut until = 0;
            let event = artefact.header().events.iter().position(|event| {
                until += event.window();
                tap.effect < until
            });
            if let Some(event) = event {
                into[event] += added(tap) * share;
            }
        }
        0.0
    }

    /// Shares what drivers add to a step (promotions, others) out between them, by their effects.
    fn tally_drivers(
        &self,
        artefact: &Artefact,
        model: &SeriesModel,
        step: usize,
        (promotion, other): (f64, f64),
        into: &mut [f64],
    ) {
        let effects = &artefact.groups()[model.group as usize].effects;
        let row = (model.location as usize * self.horizon + step) * effects.len();
        let deltas = if model.uses_drivers { &self.against_reference } else { &self.against_baseline };
        for (which, amount) in [(&self.promotions, promotion), (&self.others, other)] {
            let effect = |driver: &usize| f64::from(effects[*driver]) * deltas[row + *driver];
            let sum: f64 = which.iter().map(effect).sum();
            if sum != 0.0 {
                for driver in which {
                    into[*driver] += amount * (effect(driver) / sum);
                }
            }
        }
    }
}

fn days_per_period(granularity: Granularity) -> f64 {
    match granularity {
        Granularity::Day => 1.0,
        Granularity::Week { .. } => 7.0,
        Granularity::Month => 30.4375,
    }
}

fn bounded(effect: f64) -> f64 {
    effect.clamp(-MAX_EFFECT, MAX_EFFECT)
}

/// The value of a driver under a scenario.
pub(crate) fn assumed(driver: &Driver, scenario: &Scenario, value: f64) -> f64 {
    let promoted = match driver.kind {
        DriverKind::Promotion => value * scenario.markdown,
        DriverKind::Other => value,
    };
    scenario.drivers.get(&driver.name).map_or(promoted, |change| promoted * change.times + change.add)
}

fn transformed(driver: &Driver, value: f64) -> f64 {
    driver.transform.apply(value, f64::from(driver.scale))
}

impl Transform {
    /// The number that effects multiply, from a value and the driver's scale.
    pub fn apply(self, value: f64, scale: f64) -> f64 {
        match self {
            Self::Linear => value / scale,
            Self::Log1p => libm::log1p(value.max(0.0) / scale),
        }
    }
}
