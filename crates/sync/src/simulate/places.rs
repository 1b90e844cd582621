//! Where the shop sells, and the weather there.

use super::Spec;
use super::random::{Purpose, Stream};
use aisle_domain::{Day, Weekday};

/// What a location is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Supermarket,
    Neighbourhood,
    WebShop,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Supermarket => "supermarket",
            Self::Neighbourhood => "neighbourhood store",
            Self::WebShop => "web shop",
        }
    }
}

/// One location.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) region: &'static str,
    pub(super) floor_area: u32,
    /// Size of its demand; an average location has 1.
    pub(super) size: f64,
    /// Visits for each unit sold.
    pub(super) visits_per_unit: f64,
    climate: Climate,
}

#[derive(Debug, Clone, Copy)]
struct Climate {
    /// Mean temperature of the year and half its range between seasons, in degrees Celsius.
    mean: f64,
    swing: f64,
    /// Share of days with rain.
    rain: f64,
}

const STREETS: [&str; 24] = [
    "Harbour Street",
    "Market Square",
    "Station Road",
    "Mill Lane",
    "Park Avenue",
    "Church Hill",
    "River Gate",
    "Orchard Way",
    "Castle Street",
    "Meadow Court",
    "Bridge End",
    "Linden Row",
    "Quarry Road",
    "High Street",
    "Canal Wharf",
    "Beacon Hill",
    "Foundry Yard",
    "Abbey Green",
    "Lakeside",
    "Union Place",
    "Maple Corner",
    "North Gate",
    "Garden City",
    "Old Town",
];
const REGIONS: [(&str, f64); 4] = [("North", 7.5), ("East", 9.5), ("South", 13.0), ("West", 10.5)];

/// The locations of a shop, in order of their identifiers. The last of three or more is a web shop.
pub(super) fn places(spec: &Spec) -> Vec<Place> {
    (0..spec.locations as usize).map(|index| place(spec, index)).collect()
}

fn place(spec: &Spec, index: usize) -> Place {
    let mut stream = Stream::new(spec.seed, Purpose::Places, index as u64, 0);
    let count = spec.locations as usize;
    let kind = match index {
        last if count >= 3 && last + 1 == count => Kind::WebShop,
        _ if stream.chance(0.55) => Kind::Supermarket,
        _ => Kind::Neighbourhood,
    };
    let (region, mean) = REGIONS[index % REGIONS.len()];
    let street = STREETS[(index + (spec.seed % 24) as usize) % STREETS.len()];
    let round = index / STREETS.len();
    let name = match (kind, round) {
        (Kind::WebShop, _) => "Online".to_owned(),
        (_, 0) => street.to_owned(),
        (_, round) => format!("{street} {}", round + 1),
    };
    let (size, floor_area, visits_per_unit) = match kind {
        Kind::Supermarket => (stream.between(1.0, 1.8), 900 + 50 * stream.below(40) as u32, stream.between(0.35, 0.5)),
        Kind::Neighbourhood => {
            (stream.between(0.35, 0.8), 150 + 10 * stream.below(30) as u32, stream.between(0.5, 0.8))
        }
        Kind::WebShop => (stream.between(0.7, 1.4), 0, stream.between(6.0, 11.0)),
    };
    let climate =
        Climate { mean: mean + stream.normal(), swing: stream.between(8.0, 12.0), rain: stream.between(0.22, 0.4) };
    Place { id: format!("L{:03}", index + 1), name, kind, region, floor_area, size, visits_per_unit, climate }
}

impl Place {
    /// Natural logarithm of the weekday's demand over the average day's; `weekend` is the category's habit.
    pub(super) fn weekday(&self, weekday: Weekday, weekend: f64) -> f64 {
        match (self.kind, weekday) {
            (Kind::WebShop, Weekday::Sunday | Weekday::Monday) => 0.18,
            (Kind::WebShop, Weekday::Friday | Weekday::Saturday) => -0.15,
            (Kind::WebShop, _) => 0.0,
            (_, Weekday::Saturday) => weekend,
            (_, Weekday::Friday) => 0.14,
            (Kind::Supermarket, Weekday::Sunday) => weekend * 0.3,
            (Kind::Neighbourhood, Weekday::Sunday) => -0.6,
            (_, Weekday::Monday | Weekday::Tuesday) => -0.12,
            _ => -0.04,
        }
    }
}

/// The weather of one location, day after day.
#[derive(Debug, Clone)]
pub(super) struct Weather {
    climate: Climate,
    anomaly: f64,
}

/// One day's weather.
#[derive(Debug, Clone, Copy)]
pub(super) struct DayWeather {
    /// Degrees Celsius.
    pub(super) temperature: f64,
    /// Degrees above what the season would have.
    pub(super) above_season: f64,
    /// Millimetres.
    pub(super) rain: f64,
}

impl Weather {
    pub(super) fn of(place: &Place) -> Self {
        Self { climate: place.climate, anomaly: 0.0 }
    }

    /// The next day: warm and cold spells last some days (a first-order autoregression), neighbours share the season.
    pub(super) fn next(&mut self, spec: &Spec, place: usize, day: Day) -> DayWeather {
        let mut stream =
            Stream::new(spec.seed, Purpose::Weather, place as u64, i64::from(day.epoch_days()).cast_unsigned());
        self.anomaly = 0.78 * self.anomaly + 2.1 * stream.normal();
        let season = (std::f64::consts::TAU * (f64::from(day.day_of_year()) - 200.0) / 365.25).cos();
        let usual = self.climate.mean + self.climate.swing * season;
        let rain = if stream.chance(self.climate.rain) { -(1.0 - stream.unit()).ln() * 5.0 } else { 0.0 };
        DayWeather { temperature: usual + self.anomaly, above_season: self.anomaly, rain }
    }
}
