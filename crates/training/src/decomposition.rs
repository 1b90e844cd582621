//! A forecast taken apart into what an artefact stores: level, slope, season, event effects.

use crate::Calendar;
use crate::backtest::Backtest;
use crate::model::recent_mean;
use aisle_engine::{ArtefactParts, LocationDrivers, ModelKind, SeriesModel};

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
        error_scale: 0.0,
        volume: 0.0,
        backtest_wape: None,
    };
    if kind == ModelKind::Fallback {
        model.level = typical as f32;
        return model;
    }
    if let Some(regression) = &ending.regression {
        let effect = |slot| typical * (regression.event_effect(member, slot).clamp(-2.0, 2.0).exp() - 1.0);
        model.event_effects = (0..calendar.slots).map(|slot| effect(slot) as f32).collect();
    }
    let (mut power, mut damped) = (1.0, 0.0);
    for (step, value) in path.iter().enumerate() {
        power *= f64::from(model.damping);
        damped += power;
        let structural = value / driver_factor(parts, &model, step);
        let slots = calendar.slots_at(calendar.history + step, place);
        let holiday: f64 = slots.filter_map(|slot| model.event_effects.get(slot)).map(|e| f64::from(*e)).sum();
        let explained = f64::from(model.level) + f64::from(model.slope) * damped + holiday;
        model.season.push((structural - explained) as f32);
    }
    model
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
