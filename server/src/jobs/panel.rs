//! From facts and state to the panel that training takes.
//!
//! Where a location was shut or an item ran out, its history is laid out as if it had not been so; forecasts are cut to open
//! days afterwards.

use super::JobError;
use super::stock_outs::InStock;
use crate::board;
use crate::calendar::ModelCalendar;
use crate::shop;
use crate::state::App;
use aisle_domain::shop_calendar::open_share;
use aisle_domain::{CalendarEvent, Day, Granularity, LocationId, Measure, Period};
use aisle_engine::DriverKind;
use aisle_lake::{FeatureFilter, FeaturePoint, FeatureSeries};
use aisle_training::closures::as_if_open;
use aisle_training::{Panel, PanelDriver, PanelLocation, PanelParts, PanelSeries};
use std::collections::{BTreeMap, BTreeSet};

/// Locations that an item must sell at to be a group of its own; thinner ones share their category's effects.
const OWN_GROUP: usize = 3;

/// What a training takes.
pub(super) struct Prepared {
    /// The panel, with the calendar's events.
    pub(super) panel: Panel,
    /// The calendar that its events are of.
    pub(super) calendar: ModelCalendar,
}

/// The panel of a measure; `None` where the shop has no sales in it.
pub(super) async fn panel(app: &App, measure: Measure, data_version: &str) -> Result<Option<Prepared>, JobError> {
    let Some(span) = app.lake.span().await? else { return Ok(None) };
    let granularity = shop::settings(&app.store).await?.planning.of(span.native);
    let currency = shop::currency(&span.currencies);
    let Some(sums) = board::panel(app, granularity, measure, currency, (span.first, span.last)).await? else {
        return Ok(None);
    };
    let items = board::items(app).await?;
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for key in &sums.keys {
        *places.entry(key.item.as_str()).or_default() += 1;
    }
    let unit = board::unit(measure, currency);
    let calendar = app.model_calendar(span.first, span.last).await?;
    let open = open_shares(&calendar.closures, granularity, &sums.ends, &sums.keys);
    let in_stock = InStock::read(app, granularity).await?;
    tracing::debug!(series = in_stock.len(), "series ran out of stock at times");
    let series = sums.keys.iter().zip(&sums.values).map(|(key, values)| {
        let category = items.get(&key.item).and_then(|item| item.category.clone());
        let thin = places.get(key.item.as_str()).is_none_or(|count| *count < OWN_GROUP);
        let sold = values.iter().map(|value| value.map_or(f64::NAN, |value| value as f64 / unit));
        let known = sold.zip(&sums.ends).map(|(sold, end)| in_stock.demand(key, *end, sold));
        let values = match open.get(&key.location) {
            None => known.collect(),
            Some(open) => known.zip(open).map(|(value, open)| as_if_open(value, *open)).collect(),
        };
        PanelSeries {
            key: key.clone(),
            values,
            group: if thin { category.unwrap_or_else(|| "all".to_owned()) } else { key.item.to_string() },
        }
    });
    let series = series.collect();
    let (drivers, locations) = drivers(app, granularity, &sums.ends, &sums.keys).await?;
    let parts = PanelParts {
        data_version: data_version.to_owned(),
        measure,
        granularity,
        currency: currency.filter(|_| measure == Measure::Revenue),
        ends: sums.ends.clone(),
        series,
        drivers,
        locations,
        events: calendar.events.clone(),
    };
    let panel = Panel::new(parts).map_err(|error| JobError::Hopeless(error.to_string()))?;
    Ok(Some(Prepared { panel, calendar }))
}

/// The share of open days by period, of the locations that were ever shut.
fn open_shares(
    closures: &[CalendarEvent],
    granularity: Granularity,
    ends: &[Day],
    keys: &[aisle_domain::SeriesKey],
) -> BTreeMap<LocationId, Vec<f64>> {
    if closures.is_empty() {
        return BTreeMap::new();
    }
    let locations: BTreeSet<&LocationId> = keys.iter().map(|key| &key.location).collect();
    let shares = |location: &LocationId| -> Vec<f64> {
        ends.iter().map(|end| open_share(closures, location, Period { granularity, end: *end })).collect()
    };
    let all = locations.into_iter().map(|location| (location.clone(), shares(location)));
    all.filter(|(_, open)| open.iter().any(|share| *share < 1.0)).collect()
}

/// Drivers by location and period: the mean of the values that a period holds, the last known one carried no further.
async fn drivers(
    app: &App,
    granularity: Granularity,
    ends: &[Day],
    keys: &[aisle_domain::SeriesKey],
) -> Result<(Vec<PanelDriver>, Vec<PanelLocation>), JobError> {
    let features = app.lake.features_panel(&FeatureFilter::default()).await?;
    // Features of single items are for models by item, which come with promotions of their own.
    let shared: Vec<&FeatureSeries> = features.iter().filter(|feature| feature.item.is_none()).collect();
    let names: BTreeSet<&str> = shared.iter().map(|feature| feature.name.as_str()).collect();
    let Some(first) = ends.first().copied().filter(|_| !names.is_empty()) else { return Ok((Vec::new(), Vec::new())) };
    let last = shared.iter().flat_map(|feature| feature.points.last()).map(|point| granularity.end_of(point.day)).max();
    let periods =
        last.map_or(ends.len(), |last| (granularity.steps_between(first, last) + 1).max(ends.len() as i32) as usize);
    let everywhere: BTreeSet<&LocationId> = keys.iter().map(|key| &key.location).collect();
    let locations = everywhere.into_iter().map(|location| PanelLocation {
        location: location.clone(),
        drivers: names
            .iter()
            .map(|name| {
                let mine = shared.iter().find(|f| f.name == *name && f.location.as_ref() == Some(location));
                let found = mine.or_else(|| shared.iter().find(|f| f.name == *name && f.location.is_none()));
                found.map_or_else(
                    || vec![f64::NAN; periods],
                    |feature| by_period(&feature.points, granularity, first, periods),
                )
            })
            .collect(),
    });
    let locations = locations.collect();
    let drivers = names.iter().map(|name| PanelDriver { name: (*name).to_owned(), kind: kind(name) }).collect();
    Ok((drivers, locations))
}

/// Markdowns and promotions are the shop's to set; weather, fuel and indices are not.
fn kind(name: &str) -> DriverKind {
    let ours = ["mark_down", "markdown", "promo", "discount", "price_cut", "deal"];
    if ours.iter().any(|word| name.contains(word)) { DriverKind::Promotion } else { DriverKind::Other }
}

fn by_period(points: &[FeaturePoint], granularity: Granularity, first: Day, periods: usize) -> Vec<f64> {
    let mut sums = vec![(0.0, 0_u32); periods];
    for point in points {
        let step = granularity.steps_between(first, granularity.end_of(point.day));
        if let Some((sum, count)) = usize::try_from(step).ok().and_then(|step| sums.get_mut(step)) {
            *sum += point.value;
            *count += 1;
        }
    }
    sums.into_iter().map(|(sum, count)| if count > 0 { sum / f64::from(count) } else { f64::NAN }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_the_means_of_their_weeks() {
        let week = Granularity::Week { ends: aisle_domain::Weekday::Friday };
        let day = |text: &str| Day::parse(text).unwrap();
        let point = |text: &str, value: f64| FeaturePoint { day: day(text), span_days: 1, value };
        let points = [point("2012-01-21", 1.0), point("2012-01-27", 3.0), point("2012-02-10", 5.0)];
        let found = by_period(&points, week, day("2012-01-27"), 3);
        assert_eq!((found[0], found[2]), (2.0, 5.0));
        assert!(found[1].is_nan());
        assert_eq!(kind("mark_down3"), DriverKind::Promotion);
        assert_eq!(kind("fuel_price"), DriverKind::Other);
    }
}
