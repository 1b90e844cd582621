//! A forecast taken apart into what an artefact stores: level, slope, season, event effects.

use crate::Calendar;
use crate::backtest::Backtest;
use crate::candidates::TREES;
use crate::model::recent_mean;
use aisle_engine::trees::Effects;
use aisle_engine::{ArtefactParts, DriverParts, LocationDrivers, ModelKind, SeriesModel};

/// What is known of a location over the horizon.
pub(crate) fn location(calendar: &Calendar, place: usize) -> LocationDrivers {
    let last_year = calendar.history.saturating_sub(calendar.year())..calendar.history;
    let mean = |values: &Vec<f64>| values[last_year.clone()].iter().sum::<f64>() / last_year.len() as f64;
    LocationDrivers {
        location: calendar.locations[place].clone(),
        values: calendar.raw[place].iter().flat_map(|values| &values[calendar.history..]).map(|v| *v as f32).collect(),
        reference: calendar.raw[place].iter().map(|values| mean(values) as f32).collect(),
    }
}

/// Takes the chosen model's forecast apart into what scoring stores. What the level, slope, events and (where the model
/// used them) drivers do not explain is the season, so that the baseline scores to the forecast itself, up to the
/// rounding of `f32`. How its errors spread is left open.
pub(crate) fn series_model(backtest: &Backtest<'_>, parts: &ArtefactParts, series: usize) -> SeriesModel {
    let (group, member) = backtest.places[series];
    let (ending, calendar) = (&backtest.endings[group], backtest.calendar);
    let (key, values) = (&backtest.panel.parts().series[series].key, &backtest.panel.parts().series[series].values);
    let kind = backtest.named(series);
    let place = calendar.locations.binary_search(&key.location).unwrap_or(0);
    let non_negative = values.iter().all(|value| value.is_nan() || *value >= 0.0);
    let horizon = usize::from(parts.header.horizon);
    let path =
        ending.last.of(member).map_or_else(|| vec![0.0; horizon], |path| path.iter().map(|v| f64::from(*v)).collect());
    let path: Vec<f64> = path.into_iter().map(|value| if non_negative { value.max(0.0) } else { value }).collect();
    let state = (kind != ModelKind::Fallback).then(|| ending.states[member]).flatten();
    let typical = path.iter().sum::<f64>() / path.len() as f64;
    let mut model = SeriesModel {
        key: key.clone(),
        location: place as u32,
        group: group as u32,
        model: kind,
        non_negative,
        uses_drivers: kind == ModelKind::ElasticNet,
        level: state.map_or(recent_mean(values, calendar.year()).unwrap_or(0.0), |smoothed| smoothed.level) as f32,
        slope: state.map_or(0.0, |smoothed| smoothed.slope) as f32,
        damping: state.map_or(1.0, |smoothed| smoothed.damping) as f32,
        season: Vec::new(),
        event_effects: Vec::new(),
        driver_parts: None,
        error_scale: 0.0,
        volume: 0.0,
        backtest_wape: None,
    };
    if kind == ModelKind::Fallback {
        model.level = typical as f32;
        return model;
    }
    let effects = ending.effects[member].as_deref().unwrap_or_default();
    let regressed = |slot| {
        let regression = ending.regression.as_ref()?;
        Some(typical * (regression.event_effect(member, slot).clamp(-2.0, 2.0).exp() - 1.0))
    };
    if ending.regression.is_some() || effects.iter().any(|step| step.holiday != 0.0) {
        let own: Vec<f64> = (0..calendar.slots).map(|slot| regressed(slot).unwrap_or(0.0)).collect();
        let effects = with_trees(own, calendar, place, effects, backtest.weights(series)[TREES]);
        model.event_effects = effects.into_iter().map(|effect| effect as f32).collect();
    }
    if !model.uses_drivers {
        let part = |of: fn(&Effects) -> f32| effects.iter().map(|step| f64::from(of(step))).collect::<Vec<f64>>();
        model.driver_parts = DriverParts::new(&part(|step| step.promotion), &part(|step| step.other));
    }
    let (mut power, mut damped) = (1.0, 0.0);
    for (step, value) in path.iter().enumerate() {
        power *= f64::from(model.damping);
        damped += power;
        let structural = value / driver_factor(parts, &model, step);
        let slots = calendar.slots_at(calendar.history + step, place);
        let holiday: f64 = slots.filter_map(|slot| model.event_effects.get(slot)).map(|e| f64::from(*e)).sum();
        let (promotion, other) = model.driver_parts.as_ref().map_or((0.0, 0.0), |parts| parts.at(step));
        let explained = f64::from(model.level) + f64::from(model.slope) * damped + holiday + promotion + other;
        model.season.push((structural - explained) as f32);
    }
    model
}

/// Event effects by slot, where trees with a weight have a part in them: the rest of the weight is the regression's. What the
/// trees see of an event outside its slots stays in the season. `effects` are weighted already.
fn with_trees(mut own: Vec<f64>, calendar: &Calendar, place: usize, effects: &[Effects], weight: f64) -> Vec<f64> {
    if effects.is_empty() {
        return own;
    }
    let mut sums = vec![(0.0, 0.0); calendar.slots];
    for (step, effect) in effects.iter().enumerate() {
        let count = calendar.slots_at(calendar.history + step, place).count() as f64;
        for slot in calendar.slots_at(calendar.history + step, place) {
            sums[slot].0 += f64::from(effect.holiday) / count;
            sums[slot].1 += 1.0;
        }
    }
    for (own, (sum, count)) in own.iter_mut().zip(sums).filter(|(_, (_, count))| *count > 0.0) {
        *own = (1.0 - weight) * *own + sum / count;
    }
    own
}

/// What scoring multiplies the baseline by at a step where the model used the drivers.
fn driver_factor(parts: &ArtefactParts, model: &SeriesModel, step: usize) -> f64 {
    if !model.uses_drivers {
        return 1.0;
    }
    let (table, horizon) = (&parts.locations[model.location as usize], usize::from(parts.header.horizon));
    let (mut ours, mut world) = (0.0, 0.0);
    for (index, driver) in parts.header.drivers.iter().enumerate() {
        let z = |value: f32| driver.transform.apply(f64::from(value), f64::from(driver.scale));
        let effect = f64::from(parts.groups[model.group as usize].effects[index]);
        let change = effect * (z(table.values[index * horizon + step]) - z(table.reference[index]));
        match driver.kind {
            aisle_engine::DriverKind::Promotion => ours += change,
            aisle_engine::DriverKind::Other => world += change,
        }
    }
    f64::exp(ours.clamp(-2.0, 2.0)) * f64::exp(world.clamp(-2.0, 2.0))
}
