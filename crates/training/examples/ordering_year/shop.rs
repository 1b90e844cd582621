//! A simulated shop's files as arrays: demand and sales by series and day, items, lead times as they were.

use aisle_domain::{CalendarEvent, Day, ItemId, LocationId, SeriesKey};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

pub(crate) type Failure = Box<dyn std::error::Error>;

/// An item as its buyer knows it.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) supplier: String,
    pub(crate) pack: f64,
    /// Cost of a unit, in the currency's major unit.
    pub(crate) cost: f64,
}

/// One item at one place, day by day from the shop's first day; not a number where it was not on sale.
pub(crate) struct Series {
    pub(crate) key: SeriesKey,
    pub(crate) item: usize,
    /// What customers wanted.
    pub(crate) demand: Vec<f32>,
    /// What they got: all that a shop's records tell.
    pub(crate) sold: Vec<f32>,
}

pub(crate) struct Shop {
    pub(crate) first: Day,
    pub(crate) days: usize,
    pub(crate) items: Vec<Item>,
    pub(crate) series: Vec<Series>,
    pub(crate) events: Vec<CalendarEvent>,
    /// By supplier: when a delivery came, and the days that it took.
    pub(crate) deliveries: HashMap<String, Vec<(Day, f64)>>,
}

impl Shop {
    /// Reads the folder that `aisle simulate` wrote.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let items = items(folder)?;
        let numbers: HashMap<String, usize> =
            items.iter().enumerate().map(|(number, item)| (item.id.clone(), number)).collect();
        let (first, days) = span(folder)?;
        let mut series: Vec<Series> = Vec::new();
        let mut places: HashMap<(String, usize), usize> = HashMap::new();
        rows(&folder.join("truth/demand.csv"), |fields| {
            let [day, place, item, _, demand, sold] = fields else { return Err("six fields expected".into()) };
            let number = *numbers.get(*item).ok_or("an item that is not in items.csv")?;
            let at = match places.get(&((*place).to_owned(), number)) {
                Some(at) => *at,
                None => {
                    let key = SeriesKey { location: LocationId::new(*place)?, item: ItemId::new(*item)? };
                    let nothing = vec![f32::NAN; days];
                    series.push(Series { key, item: number, demand: nothing.clone(), sold: nothing });
                    places.insert(((*place).to_owned(), number), series.len() - 1);
                    series.len() - 1
                }
            };
            let day = Day::parse(day)?.since(first) as usize;
            series[at].demand[day] = demand.parse()?;
            series[at].sold[day] = sold.parse()?;
            Ok(())
        })?;
        let mut deliveries: HashMap<String, Vec<(Day, f64)>> = HashMap::new();
        rows(&folder.join("stock/deliveries.csv"), |fields| {
            let [ordered, _, received, _, item, _] = fields else { return Err("six fields expected".into()) };
            let number = *numbers.get(*item).ok_or("an item that is not in items.csv")?;
            let received = Day::parse(received)?;
            let took = f64::from(received.since(Day::parse(ordered)?));
            deliveries.entry(items[number].supplier.clone()).or_default().push((received, took));
            Ok(())
        })?;
        let mut events = Vec::new();
        rows(&folder.join("calendar_events.csv"), |fields| {
            let [name, first, last] = fields else { return Err("three fields expected".into()) };
            let (first, last) = (Day::parse(first)?, Day::parse(last)?);
            events.push(CalendarEvent { name: (*name).to_owned(), first, last, location: None });
            Ok(())
        })?;
        Ok(Self { first, days, items, series, events, deliveries })
    }
}

fn items(folder: &Path) -> Result<Vec<Item>, Failure> {
    let mut items = Vec::new();
    rows(&folder.join("items.csv"), |fields| {
        // Names may hold commas: what follows them is counted from the end.
        let [id, .., supplier, pack, cost] = fields else { return Err("seven fields expected".into()) };
        let (id, supplier) = ((*id).to_owned(), (*supplier).to_owned());
        items.push(Item { id, supplier, pack: pack.parse()?, cost: cost.parse()? });
        Ok(())
    })?;
    Ok(items)
}

/// The first day and how many there are, from the features, which have a row for each day.
fn span(folder: &Path) -> Result<(Day, usize), Failure> {
    let (mut first, mut last): (Option<Day>, Option<Day>) = (None, None);
    rows(&folder.join("features.csv"), |fields| {
        let day = Day::parse(fields.first().copied().unwrap_or_default())?;
        first = first.or(Some(day));
        last = Some(day);
        Ok(())
    })?;
    let (first, last) = first.zip(last).ok_or("features.csv is empty")?;
    Ok((first, last.since(first) as usize + 1))
}

/// Takes the records of a file without quotes, but for its header.
fn rows(path: &Path, mut take: impl FnMut(&[&str]) -> Result<(), Failure>) -> Result<(), Failure> {
    let file = std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    for (number, line) in BufReader::with_capacity(1 << 20, file).lines().enumerate().skip(1) {
        let line = line?;
        let fields: Vec<&str> = line.split(',').collect();
        take(&fields).map_err(|error| format!("{}, line {}: {error}", path.display(), number + 1))?;
    }
    Ok(())
}
