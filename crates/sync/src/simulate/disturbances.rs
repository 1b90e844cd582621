//! What goes wrong on purpose: anomalies with known kinds, places and days, for detectors to be judged by.

use super::Spec;
use super::assortment::Item;
use super::random::{Purpose, Stream};
use aisle_domain::Day;

/// What kind of thing goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An item is suddenly wanted everywhere.
    DemandSpike,
    /// An item is suddenly shunned everywhere.
    DemandDrop,
    /// A location is closed.
    Closure,
    /// A location's records of a day are lost: it sold, but the files do not say so.
    MissingRecords,
    /// An item is listed at a tenth of its price.
    PriceError,
    /// Nothing arrives of an item.
    SupplyFailure,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::DemandSpike,
        Self::DemandDrop,
        Self::Closure,
        Self::MissingRecords,
        Self::PriceError,
        Self::SupplyFailure,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DemandSpike => "demand_spike",
            Self::DemandDrop => "demand_drop",
            Self::Closure => "closure",
            Self::MissingRecords => "missing_records",
            Self::PriceError => "price_error",
            Self::SupplyFailure => "supply_failure",
        }
    }
}

/// One thing that goes wrong.
#[derive(Debug, Clone)]
pub(super) struct Disturbance {
    pub(super) kind: Kind,
    pub(super) first: Day,
    pub(super) last: Day,
    pub(super) item: Option<usize>,
    pub(super) location: Option<usize>,
    /// What demand (or the price, or deliveries) is multiplied by.
    pub(super) factor: f64,
}

/// Everything that goes wrong, in order of first days. None in the first weeks, so that a detector has something to learn.
pub(super) fn disturbances(spec: &Spec, items: &[Item]) -> Vec<Disturbance> {
    let days = i64::from(spec.days);
    let count = (days * i64::from(spec.anomalies_per_year) + 182) / 365;
    let quiet = (days / 10).min(60);
    let mut all: Vec<Disturbance> =
        (0..count.cast_unsigned()).map(|nth| disturbance(spec, items, nth, quiet as i32)).collect();
    all.retain(|disturbance| disturbance.first <= spec.last_day());
    all.sort_by_key(|disturbance| (disturbance.first, disturbance.kind as u8, disturbance.item, disturbance.location));
    all
}

fn disturbance(spec: &Spec, items: &[Item], nth: u64, quiet: i32) -> Disturbance {
    let mut stream = Stream::new(spec.seed, Purpose::Disturbance, nth, 0);
    let kind = Kind::ALL[nth as usize % Kind::ALL.len()];
    let first =
        spec.first_day.plus(quiet + stream.below((spec.days as usize).saturating_sub(quiet as usize).max(1)) as i32);
    // An item that sells well: on a slow one nobody could tell.
    let candidates = [(); 5].map(|()| stream.below(items.len()));
    let item = candidates.into_iter().max_by(|a, b| items[*a].base.total_cmp(&items[*b].base)).unwrap_or_default();
    let location = stream.below(spec.locations as usize);
    let (days, factor) = match kind {
        Kind::DemandSpike => (2 + stream.below(5), stream.between(2.5, 6.0)),
        Kind::DemandDrop => (7 + stream.below(14), stream.between(0.05, 0.3)),
        Kind::Closure => (1 + stream.below(3), 0.0),
        Kind::MissingRecords => (1, 0.0),
        Kind::PriceError => (1 + stream.below(2), 0.1),
        Kind::SupplyFailure => (21 + stream.below(25), 0.0),
    };
    let last = first.plus(days as i32 - 1).min(spec.last_day());
    let by_location = matches!(kind, Kind::Closure | Kind::MissingRecords);
    let (item, location) = if by_location { (None, Some(location)) } else { (Some(item), None) };
    Disturbance { kind, first, last, item, location, factor }
}

/// What is going wrong on one day.
pub(super) struct Today<'a> {
    active: Vec<&'a Disturbance>,
}

impl<'a> Today<'a> {
    pub(super) fn on(day: Day, all: &'a [Disturbance]) -> Self {
        Self { active: all.iter().filter(|one| one.first <= day && day <= one.last).collect() }
    }

    /// The factor of this kind for an item, 1 where nothing is wrong.
    pub(super) fn item(&self, kind: Kind, item: usize) -> f64 {
        self.active.iter().filter(|one| one.kind == kind && one.item == Some(item)).map(|one| one.factor).product()
    }

    /// Whether this is going on at a location.
    pub(super) fn location(&self, kind: Kind, location: usize) -> bool {
        self.active.iter().any(|one| one.kind == kind && one.location == Some(location))
    }
}
