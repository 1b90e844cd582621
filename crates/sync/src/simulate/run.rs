//! The simulation itself: day by day, item by item, place by place, written as it goes.

use super::assortment::{CATEGORIES, Item, SUPPLIERS, items};
use super::baskets::{Line, Returns, write_customers, write_orders};
use super::demand::{Holidays, ItemDay, at_place, draw, item_day, price_effect, taste};
use super::disturbances::{Disturbance, Kind, Today, disturbances};
use super::files::{Amount, Files, Table, Thousandths};
use super::places::{DayWeather, Place, Weather, places};
use super::prices::{ListPrice, Promotion, promotion, week};
use super::random::{Purpose, Stream};
use super::stock::Stock;
use super::{Detail, SimulationError, SimulationReport, Spec};
use aisle_domain::{Day, Weekday};
use std::path::Path;

/// Weeks after the last day whose promotions are planned.
const WEEKS_PLANNED: i32 = 8;

/// Simulates into a folder; the specification has been checked.
pub(super) fn run(spec: &Spec, folder: &Path) -> Result<SimulationReport, SimulationError> {
    let mut shop = Shop::new(spec, Files::create(spec, folder)?);
    shop.write_master_data()?;
    for after in 0..spec.days as i32 {
        shop.day(spec.first_day.plus(after))?;
    }
    shop.plan_ahead()?;
    let Sums { units, revenue, lost } = shop.sums;
    Ok(SimulationReport {
        files: shop.files.finish(spec)?,
        first_day: spec.first_day,
        last_day: spec.last_day(),
        units: units - shop.returns.units,
        revenue_minor: revenue - shop.returns.revenue,
        lost_units: lost,
        currency: spec.currency,
    })
}

struct Shop<'a> {
    spec: &'a Spec,
    files: Files,
    items: Vec<Item>,
    places: Vec<Place>,
    holidays: Holidays,
    disturbances: Vec<Disturbance>,
    weather: Vec<Weather>,
    prices: Vec<ListPrice>,
    /// The price last written to the price list, by item.
    listed: Vec<Option<i64>>,
    promotions: Vec<Option<Promotion>>,
    /// By item, then place.
    series: Vec<Series>,
    returns: Returns,
    sums: Sums,
}

struct Series {
    taste: f64,
    stock: Option<Stock>,
}

#[derive(Default)]
struct Sums {
    units: i64,
    revenue: i64,
    lost: u64,
}

/// What one place has of one day.
struct PlaceDay {
    factors: [f64; CATEGORIES.len()],
    closed: bool,
    recorded: bool,
    lines: Vec<Line>,
    units: u64,
}

impl<'a> Shop<'a> {
    fn new(spec: &'a Spec, files: Files) -> Self {
        let (items, places) = (items(spec), places(spec));
        let pairs = (0..items.len()).flat_map(|item| (0..places.len()).map(move |place| (item, place)));
        Self {
            spec,
            files,
            series: pairs.map(|(item, place)| Series { taste: taste(spec, item, place), stock: None }).collect(),
            holidays: Holidays::new(spec),
            disturbances: disturbances(spec, &items),
            weather: places.iter().map(Weather::of).collect(),
            prices: items.iter().enumerate().map(|(index, item)| ListPrice::new(spec, index, item)).collect(),
            listed: vec![None; items.len()],
            promotions: vec![None; items.len()],
            items,
            places,
            returns: Returns::default(),
            sums: Sums::default(),
        }
    }

    fn day(&mut self, day: Day) -> Result<(), SimulationError> {
        let spec = self.spec;
        let disturbances = std::mem::take(&mut self.disturbances);
        let today = Today::on(day, &disturbances);
        let uplifts = self.holidays.uplifts(day);
        let mut place_days = self.open_places(day, &today)?;
        for index in 0..self.items.len() {
            let (first, last) = self.items[index].on_sale;
            if day < first || day > last {
                continue;
            }
            let list = self.list_price(index, day, &today)?;
            self.plan_promotion(index, day)?;
            let disturbed = today.item(Kind::DemandSpike, index) * today.item(Kind::DemandDrop, index);
            let holiday = uplifts[self.items[index].category];
            let item_day = item_day(&self.items[index], day, spec.first_day, list, holiday, disturbed);
            let supplied = today.item(Kind::SupplyFailure, index) > 0.0;
            for (place, place_day) in place_days.iter_mut().enumerate() {
                self.sell((index, place), day, item_day, supplied, place_day)?;
            }
        }
        self.disturbances = disturbances;
        self.close_places(day, place_days)
    }

    fn open_places(&mut self, day: Day, today: &Today<'_>) -> Result<Vec<PlaceDay>, SimulationError> {
        let open = self.holidays.open(day);
        let mut place_days = Vec::with_capacity(self.places.len());
        for (index, place) in self.places.iter().enumerate() {
            let weather: DayWeather = self.weather[index].next(self.spec, index, day);
            let (temperature, rain) = (weather.temperature, weather.rain);
            self.files.row(Table::Features, format_args!("{day},{},{temperature:.1},{rain:.1}", place.id))?;
            place_days.push(PlaceDay {
                factors: std::array::from_fn(|category| at_place(&CATEGORIES[category], place, day, weather, open)),
                closed: today.location(Kind::Closure, index),
                recorded: !today.location(Kind::MissingRecords, index),
                lines: Vec::new(),
                units: 0,
            });
        }
        Ok(place_days)
    }

    /// The list price as charged on a day; a change is written to the price list.
    fn list_price(&mut self, index: usize, day: Day, today: &Today<'_>) -> Result<i64, SimulationError> {
        let item = &self.items[index];
        let price = &mut self.prices[index];
        price.advance(self.spec, index, item, day);
        let wrong = today.item(Kind::PriceError, index);
        let charged = if wrong < 1.0 { ((price.minor as f64 * wrong).round() as i64).max(1) } else { price.minor };
        if self.listed[index].replace(charged) != Some(charged) {
            let amount = Amount(charged, self.spec.currency);
            self.files.row(Table::Prices, format_args!("{day},{},{amount}", item.id))?;
        }
        Ok(charged)
    }

    fn plan_promotion(&mut self, index: usize, day: Day) -> Result<(), SimulationError> {
        let item = &self.items[index];
        if day.weekday() != Weekday::Monday && day != self.spec.first_day.max(item.on_sale.0) {
            return Ok(());
        }
        self.promotions[index] = promotion(self.spec, index, day);
        let last = week(day).1.min(item.on_sale.1).min(self.spec.last_day());
        self.promotions[index].map_or(Ok(()), |promotion| self.write_promotion(index, &promotion, (day, last)))
    }

    /// Promotions that begin after the last day, as far ahead as a shop prints its leaflets.
    fn plan_ahead(&mut self) -> Result<(), SimulationError> {
        let from = week(self.spec.last_day()).1.plus(1);
        for week_ahead in 0..WEEKS_PLANNED {
            let (first, last) = week(from.plus(7 * week_ahead));
            for index in 0..self.items.len() {
                // What was still sold on the last day stays on sale.
                let on_sale = self.items[index].on_sale.1 >= self.spec.last_day();
                if let Some(promotion) = promotion(self.spec, index, first).filter(|_| on_sale) {
                    self.write_promotion(index, &promotion, (first, last))?;
                }
            }
        }
        Ok(())
    }

    fn write_promotion(
        &mut self,
        index: usize,
        promotion: &Promotion,
        (first, last): (Day, Day),
    ) -> Result<(), SimulationError> {
        let place = promotion.location.map_or("", |place| self.places[place].id.as_str());
        let (Promotion { name, depth, .. }, item) = (promotion, &self.items[index].id);
        self.files.row(Table::Promotions, format_args!("{name},{first},{last},{place},{item},{depth:.2}"))
    }

    fn sell(
        &mut self,
        (index, place): (usize, usize),
        day: Day,
        item_day: ItemDay,
        supplied: bool,
        place_day: &mut PlaceDay,
    ) -> Result<(), SimulationError> {
        let (spec, item, place_id) = (self.spec, &self.items[index], &self.places[place].id);
        let number = (index * self.places.len() + place) as u64;
        let here = |promotion: &Promotion| promotion.location.is_none_or(|only| only == place);
        let promotion = self.promotions[index].filter(here);
        let price = promotion.map_or(item_day.price, |promotion| reduced(item_day.price, promotion.depth));
        let promoted = promotion.map_or(0.0, |promotion| {
            price_effect(item, price) - price_effect(item, item_day.price)
                + item.display * (promotion.depth / 0.25).sqrt()
        });
        let series = &mut self.series[number as usize];
        let open = if place_day.closed { 0.0 } else { 1.0 };
        let usual = item_day.level * place_day.factors[item.category] * series.taste;
        let expected = usual * promoted.exp() * open;
        let demand = draw(spec, item, number, day, expected);
        let stock = series.stock.get_or_insert_with(|| Stock::new(item, item.base * series.taste, day));
        if let Some(delivery) = stock.receive(day, !supplied) {
            let (ordered, due, units) = (delivery.ordered, delivery.expected, delivery.units);
            self.files.row(Table::Deliveries, format_args!("{ordered},{due},{day},{place_id},{},{units}", item.id))?;
        }
        let sold = stock.sell(spec, item, number, day, demand);
        let (on_hand, on_order) = (stock.on_hand, stock.on_order);
        self.files.row(Table::StockDays, format_args!("{day},{place_id},{},{on_hand},{on_order}", item.id))?;
        let mean = Thousandths(expected);
        self.files.row(Table::TrueDemand, format_args!("{day},{place_id},{},{mean},{demand},{sold}", item.id))?;
        self.sums.lost += u64::from(demand - sold);
        place_day.units += u64::from(sold);
        if sold == 0 || !place_day.recorded {
            return Ok(());
        }
        let revenue = i64::from(sold) * price;
        self.sums.units += i64::from(sold);
        self.sums.revenue += revenue;
        match spec.detail {
            Detail::Daily => {
                let amount = Amount(revenue, spec.currency);
                self.files.row(Table::Sales, format_args!("{day},{place_id},{},{sold},{amount}", item.id))?;
            }
            Detail::Orders => place_day.lines.push(Line { item: index, units: sold, price }),
        }
        Ok(())
    }

    fn close_places(&mut self, day: Day, place_days: Vec<PlaceDay>) -> Result<(), SimulationError> {
        self.returns.write(&mut self.files, day)?;
        for (index, place_day) in place_days.into_iter().enumerate() {
            let place = &self.places[index];
            let (spec, files, lines) = (self.spec, &mut self.files, place_day.lines.as_slice());
            write_orders(spec, files, &mut self.returns, (index, place), &self.items, (day, lines))?;
            let days = i64::from(day.epoch_days()).cast_unsigned();
            let mut stream = Stream::new(spec.seed, Purpose::Visits, index as u64, days);
            let purchases = (place_day.units as f64 / 2.7).ceil() as u32;
            let visits = purchases + stream.poisson(place_day.units as f64 * place.visits_per_unit);
            let begun = purchases + stream.poisson(f64::from(visits - purchases) * 0.12);
            let views = stream.poisson(f64::from(visits) * 3.4);
            let id = &place.id;
            files.row(Table::Visits, format_args!("{day},{id},{visits},{views},{begun},{purchases}"))?;
        }
        Ok(())
    }

    fn write_master_data(&mut self) -> Result<(), SimulationError> {
        let (spec, files) = (self.spec, &mut self.files);
        for item in &self.items {
            let (category, supplier) = (CATEGORIES[item.category].name, SUPPLIERS[item.supplier].0);
            let cost = Amount(item.cost, spec.currency);
            // Names with a comma are quoted; no name has a quote.
            let quote = if item.name.contains(',') { "\"" } else { "" };
            let Item { id, name, brand, pack, elasticity, display, trend, shape, base, on_sale: (first, last), .. } =
                item;
            files.row(
                Table::Items,
                format_args!("{id},{quote}{name}{quote},{category},{brand},{supplier},{pack},{cost}"),
            )?;
            let habits = format_args!("{elasticity:.4},{display:.4},{trend:.4},{shape:.4}");
            files.row(Table::TrueItems, format_args!("{id},{base:.4},{habits},{first},{last}"))?;
        }
        for place in &self.places {
            let Place { id, name, kind, region, floor_area, .. } = place;
            files.row(Table::Locations, format_args!("{id},{name},{},{region},{floor_area}", kind.name()))?;
        }
        for (index, series) in self.series.iter().enumerate() {
            let (item, place) = (&self.items[index / self.places.len()], &self.places[index % self.places.len()]);
            files.row(Table::TrueSeries, format_args!("{},{},{:.4}", place.id, item.id, place.size * series.taste))?;
        }
        for category in &CATEGORIES {
            let ((season, peak), weekend, warmth) = (category.season, category.weekend, category.warmth);
            files.row(Table::TrueCategories, format_args!("{},{season},{peak},{weekend},{warmth}", category.name))?;
        }
        for (day, holiday) in self.holidays.known() {
            files.row(Table::Events, format_args!("{},{day},{day}", holiday.name))?;
            for category in &CATEGORIES {
                let (name, peak) = (category.name, holiday.peak(category.name));
                let row = format_args!("{day},{},{name},{},{peak},{}", holiday.name, holiday.run_up, holiday.open);
                files.row(Table::TrueHolidays, row)?;
            }
        }
        for (supplier, lead) in SUPPLIERS {
            files.row(Table::Suppliers, format_args!("{supplier},{lead}"))?;
        }
        for one in &self.disturbances {
            let place = one.location.map_or("", |place| self.places[place].id.as_str());
            let item = one.item.map_or("", |item| self.items[item].id.as_str());
            let (kind, first, last, factor) = (one.kind.name(), one.first, one.last, one.factor);
            files.row(Table::Anomalies, format_args!("{kind},{first},{last},{place},{item},{factor:.3}"))?;
        }
        if spec.detail == Detail::Orders { write_customers(spec, files, &self.places) } else { Ok(()) }
    }
}

/// A price less a share of it, in whole minor units.
fn reduced(price: i64, depth: f64) -> i64 {
    ((price as f64 * (1.0 - depth)).round() as i64).max(1)
}
