//! Panels read from text, for the examples.

use aisle_domain::{CalendarEvent, Currency, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_engine::DriverKind;
use aisle_training::{Panel, PanelDriver, PanelLocation, PanelParts, PanelSeries};
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) type Failure = Box<dyn std::error::Error>;

/// The weeks that the competition flags, by name.
const HOLIDAYS: [(&str, [&str; 4]); 4] = [
    ("Super Bowl", ["2010-02-12", "2011-02-11", "2012-02-10", "2013-02-08"]),
    ("Labor Day", ["2010-09-10", "2011-09-09", "2012-09-07", "2013-09-06"]),
    ("Thanksgiving", ["2010-11-26", "2011-11-25", "2012-11-23", "2013-11-29"]),
    ("Christmas", ["2010-12-31", "2011-12-30", "2012-12-28", "2013-12-27"]),
];

/// Walmart's weekly sales where the source is `walmart` (from the folder that AISLE_TEST_DATA names), else the sales of a
/// file.
pub(crate) fn read(source: &str, granularity: Granularity) -> Result<Panel, Failure> {
    if source != "walmart" {
        return sales(Path::new(source), granularity);
    }
    let folder =
        std::env::var("AISLE_TEST_DATA").map_err(|_| "AISLE_TEST_DATA does not name the folder with the data")?;
    walmart(Path::new(&folder))
}

/// Walmart's weekly sales by store and department.
fn walmart(folder: &Path) -> Result<Panel, Failure> {
    let sales = std::fs::read_to_string(folder.join("walmart/train.csv"))?;
    let features = std::fs::read_to_string(folder.join("walmart/features.csv"))?;
    let mut rows = Vec::new();
    for line in sales.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        rows.push((cells[0].to_owned(), cells[1].to_owned(), Day::parse(cells[2])?, cells[3].parse()?));
    }
    let header: Vec<&str> = features.lines().next().unwrap_or("").split(',').collect();
    let names = &header[2..header.len() - 1];
    let mut stores: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
    for line in features.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let drivers = stores.entry(cells[0].to_owned()).or_insert_with(|| vec![Vec::new(); names.len()]);
        for (index, cell) in cells[2..cells.len() - 1].iter().enumerate() {
            drivers[index].push(cell.parse().unwrap_or(f64::NAN));
        }
    }
    let kind = |name: &str| if name.starts_with("MarkDown") { DriverKind::Promotion } else { DriverKind::Other };
    let drivers = names.iter().map(|name| PanelDriver { name: (*name).to_owned(), kind: kind(name) }).collect();
    let mut events = Vec::new();
    for (name, ends) in HOLIDAYS {
        for end in ends {
            let last = Day::parse(end)?;
            events.push(CalendarEvent { name: name.to_owned(), first: last.plus(-6), last, location: None });
        }
    }
    let place = |(store, drivers)| Ok(PanelLocation { location: LocationId::new(store)?, drivers });
    let locations = stores.into_iter().map(place).collect::<Result<Vec<_>, Failure>>()?;
    panel(rows, Granularity::Week { ends: Weekday::Friday }, f64::NAN, drivers, locations, events)
}

/// Lines of `location,item,day,value` after a header, and drivers of the location whose names begin with `promo:` or
/// `other:`; what is absent after a series' first day is a zero. Items sold at fewer than three locations share a group.
fn sales(path: &Path, granularity: Granularity) -> Result<Panel, Failure> {
    let text = std::fs::read_to_string(path)?;
    let names: Vec<&str> = text.lines().next().unwrap_or_default().split(',').skip(4).collect();
    let kind = |name: &str| if name.starts_with("promo:") { DriverKind::Promotion } else { DriverKind::Other };
    let drivers = names.iter().map(|name| PanelDriver { name: (*name).to_owned(), kind: kind(name) }).collect();
    let mut rows = Vec::new();
    let mut known: BTreeMap<String, Vec<(Day, Vec<f64>)>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let day = granularity.end_of(Day::parse(cells[2])?);
        rows.push((cells[0].to_owned(), cells[1].to_owned(), day, cells[3].parse()?));
        if !names.is_empty() {
            let values = cells[4..].iter().map(|cell| cell.parse()).collect::<Result<_, _>>()?;
            known.entry(cells[0].to_owned()).or_default().push((day, values));
        }
    }
    let days = || known.values().flatten().map(|(day, _)| *day);
    let mut locations = Vec::new();
    if let (Some(first), Some(last)) = (days().min(), days().max()) {
        let periods = granularity.steps_between(first, last) as usize + 1;
        for (name, points) in &known {
            let mut drivers = vec![vec![f64::NAN; periods]; names.len()];
            for (day, values) in points {
                let at = granularity.steps_between(first, *day) as usize;
                drivers.iter_mut().zip(values).for_each(|(driver, value)| driver[at] = *value);
            }
            locations.push(PanelLocation { location: LocationId::new(name.clone())?, drivers });
        }
    }
    panel(rows, granularity, if names.is_empty() { 0.0 } else { f64::NAN }, drivers, locations, Vec::new())
}

fn panel(
    rows: Vec<(String, String, Day, f64)>,
    granularity: Granularity,
    absent: f64,
    drivers: Vec<PanelDriver>,
    locations: Vec<PanelLocation>,
    events: Vec<CalendarEvent>,
) -> Result<Panel, Failure> {
    let days = rows.iter().map(|(_, _, day, _)| *day);
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return Err("no rows".into()) };
    let periods = granularity.steps_between(first, last) as usize + 1;
    let mut by_key: BTreeMap<(String, String), Vec<(usize, f64)>> = BTreeMap::new();
    for (location, item, day, value) in rows {
        let period = granularity.steps_between(first, day) as usize;
        by_key.entry((location, item)).or_default().push((period, value));
    }
    let mut sold_at: BTreeMap<String, usize> = BTreeMap::new();
    by_key.keys().for_each(|(_, item)| *sold_at.entry(item.clone()).or_default() += 1);
    let mut series = Vec::with_capacity(by_key.len());
    for ((location, item), points) in by_key {
        let begins = points.iter().map(|(period, _)| *period).min().unwrap_or(0);
        let mut values: Vec<f64> = (0..periods).map(|at| if at < begins { f64::NAN } else { absent }).collect();
        points.iter().for_each(|(period, value)| {
            values[*period] = if values[*period].is_nan() { *value } else { values[*period] + value };
        });
        let key = SeriesKey { location: LocationId::new(location)?, item: ItemId::new(item.clone())? };
        let group = if sold_at[&item] < 3 && absent == 0.0 { "few".to_owned() } else { item };
        series.push(PanelSeries { key, values, group });
    }
    Ok(Panel::new(PanelParts {
        data_version: "example".to_owned(),
        measure: Measure::Revenue,
        granularity,
        currency: Some(Currency::USD),
        ends: (0..periods as i32).map(|at| granularity.step(first, at)).collect(),
        series,
        drivers,
        locations,
        events,
    })?)
}
