//! The files: names, headers, what their columns mean, and rows written as they come.

use super::{Detail, SimulatedFile, SimulationError, Spec};
use aisle_domain::import::{ColumnMapping, Dialect, Entity, FileFormat, Mapping, Meaning, RepeatedRows};
use aisle_domain::{Currency, Granularity};
use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// One file to write: where, its columns, and for files to import their entity and meanings.
struct Shape {
    path: &'static str,
    columns: &'static [(&'static str, Meaning)],
    entity: Option<Entity>,
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident: $path:literal, $entity:expr, [$($column:literal = $meaning:expr),* $(,)?];)*) => {
        /// Every file of a simulation, in the order in which to import them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Table { $($(#[$doc])* $name),* }

        const TABLES: &[Table] = &[$(Table::$name),*];

        impl Table {
            fn shape(self) -> Shape {
                match self {
                    $(Table::$name => Shape { path: $path, columns: const { &[$(($column, $meaning)),*] }, entity: $entity }),*
                }
            }
        }
    };
}

use Meaning as M;

shapes! {
    Items: "items.csv", Some(Entity::Items), [
        "item_id" = M::Item, "item_name" = M::ItemName, "category" = M::Category, "brand" = M::Attribute(String::new()),
        "supplier" = M::Attribute(String::new()), "pack_size" = M::Attribute(String::new()), "unit_cost" = M::Attribute(String::new()),
    ];
    Locations: "locations.csv", Some(Entity::Locations), [
        "location_id" = M::Location, "location_name" = M::LocationName, "location_kind" = M::LocationKind,
        "region" = M::Attribute(String::new()), "floor_area_m2" = M::Attribute(String::new()),
    ];
    Customers: "customers.csv", Some(Entity::Customers), [
        "customer_id" = M::Customer, "segment" = M::Attribute(String::new()), "home_location" = M::Attribute(String::new()),
        "member_since" = M::Attribute(String::new()),
    ];
    Events: "calendar_events.csv", Some(Entity::CalendarEvents), [
        "event_name" = M::EventName, "first_day" = M::FirstDay, "last_day" = M::LastDay,
    ];
    Prices: "prices.csv", Some(Entity::Prices), ["valid_from" = M::Date, "item_id" = M::Item, "unit_price" = M::UnitPrice];
    Promotions: "promotions.csv", Some(Entity::Promotions), [
        "promotion" = M::EventName, "first_day" = M::FirstDay, "last_day" = M::LastDay, "location_id" = M::Location,
        "item_id" = M::Item, "discount" = M::Discount,
    ];
    Features: "features.csv", Some(Entity::Features), [
        "date" = M::Date, "location_id" = M::Location, "temperature" = M::Feature(String::new()), "rainfall" = M::Feature(String::new()),
    ];
    Sales: "sales.csv", Some(Entity::Sales), [
        "date" = M::Date, "location_id" = M::Location, "item_id" = M::Item, "quantity" = M::Quantity, "revenue" = M::Revenue,
    ];
    Orders: "orders.csv", Some(Entity::Orders), [
        "order_id" = M::Order, "ordered_at" = M::Date, "location_id" = M::Location, "customer_id" = M::Customer,
        "item_id" = M::Item, "quantity" = M::Quantity, "unit_price" = M::UnitPrice,
    ];
    StockDays: "stock/stock.csv", Some(Entity::StockLevels), [
        "date" = M::Date, "location_id" = M::Location, "item_id" = M::Item, "on_hand" = M::OnHand, "on_order" = M::OnOrder,
    ];
    Deliveries: "stock/deliveries.csv", Some(Entity::Deliveries), [
        "ordered" = M::OrderedDay, "expected" = M::ExpectedDay, "received" = M::Date, "location_id" = M::Location, "item_id" = M::Item,
        "units" = M::Quantity,
    ];
    Suppliers: "stock/suppliers.csv", None, ["supplier" = M::Ignore, "lead_time_days" = M::Ignore];
    Visits: "visits/visits.csv", None, [
        "date" = M::Date, "location_id" = M::Location, "visits" = M::Ignore, "product_views" = M::Ignore, "baskets_begun" = M::Ignore,
        "purchases" = M::Ignore,
    ];
    TrueDemand: "truth/demand.csv", None, [
        "date" = M::Date, "location_id" = M::Location, "item_id" = M::Item, "expected" = M::Ignore, "demand" = M::Ignore,
        "sold" = M::Ignore,
    ];
    TrueItems: "truth/items.csv", None, [
        "item_id" = M::Item, "units_a_day" = M::Ignore, "elasticity" = M::Ignore, "promotion_log_uplift" = M::Ignore,
        "log_trend_a_year" = M::Ignore, "noise_shape" = M::Ignore, "first_day" = M::FirstDay, "last_day" = M::LastDay,
    ];
    TrueCategories: "truth/categories.csv", None, [
        "category" = M::Category, "log_season" = M::Ignore, "peak_day_of_year" = M::Ignore, "log_saturday" = M::Ignore,
        "log_ten_degrees" = M::Ignore,
    ];
    TrueHolidays: "truth/holidays.csv", None, [
        "date" = M::Date, "holiday" = M::EventName, "category" = M::Category, "run_up_days" = M::Ignore,
        "log_uplift_on_the_eve" = M::Ignore, "open_share" = M::Ignore,
    ];
    TrueSeries: "truth/series.csv", None, [
        "location_id" = M::Location, "item_id" = M::Item, "size_and_taste" = M::Ignore,
    ];
    Anomalies: "truth/anomalies.csv", None, [
        "kind" = M::Ignore, "first_day" = M::FirstDay, "last_day" = M::LastDay, "location_id" = M::Location, "item_id" = M::Item,
        "factor" = M::Ignore,
    ];
}

impl Table {
    fn wanted(self, detail: Detail) -> bool {
        match self {
            Self::Sales => detail == Detail::Daily,
            Self::Orders | Self::Customers => detail == Detail::Orders,
            _ => true,
        }
    }

    fn mapping(self, spec: &Spec) -> Option<Mapping> {
        let shape = self.shape();
        let columns = shape.columns.iter().map(|(column, meaning)| {
            let named = column.to_string();
            let meaning = match meaning {
                Meaning::Attribute(_) => Meaning::Attribute(named),
                Meaning::Feature(_) => Meaning::Feature(named),
                other => other.clone(),
            };
            let date_order = meaning.is_dated().then_some(aisle_domain::import::DateOrder::Ymd);
            ColumnMapping { column: column.to_string(), meaning, date_order }
        });
        let entity = shape.entity?;
        let priced = matches!(entity, Entity::Sales | Entity::Orders | Entity::Prices);
        let periodic = matches!(entity, Entity::Sales | Entity::Orders | Entity::Features);
        Some(Mapping {
            entity,
            format: FileFormat::Csv(Dialect::default()),
            columns: columns.collect(),
            granularity: periodic.then_some(Granularity::Day),
            currency: priced.then_some(spec.currency),
            location: None,
            repeated_rows: RepeatedRows::Once,
            charge_codes: Vec::new(),
            cancel_prefixes: if entity == Entity::Orders { vec!["C".to_owned()] } else { Vec::new() },
        })
    }
}

const SPEC: &str = "truth/spec.json";

/// The files of one simulation, open for writing.
pub(super) struct Files {
    folder: PathBuf,
    open: Vec<Option<Open>>,
}

struct Open {
    path: PathBuf,
    rows: u64,
    writer: BufWriter<File>,
}

impl Files {
    /// Makes the folder ready and opens every file, with its header.
    pub(super) fn create(spec: &Spec, folder: &Path) -> Result<Self, SimulationError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| SimulationError::Write { path, source }
        };
        clear(folder)?;
        for name in ["", "stock", "visits", "truth"] {
            let path = folder.join(name);
            std::fs::create_dir_all(&path).map_err(failed(&path))?;
        }
        let mut open = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            if !table.wanted(spec.detail) {
                open.push(None);
                continue;
            }
            let shape = table.shape();
            let path = folder.join(shape.path);
            let file = File::create(&path).map_err(failed(&path))?;
            let mut writer = BufWriter::with_capacity(1 << 17, file);
            let header = shape.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
            writeln!(writer, "{header}").map_err(failed(&path))?;
            open.push(Some(Open { path, rows: 0, writer }));
        }
        Ok(Self { folder: folder.to_owned(), open })
    }

    /// Writes one row, unless the detail has no such file.
    pub(super) fn row(&mut self, table: Table, row: fmt::Arguments<'_>) -> Result<(), SimulationError> {
        let Some(Some(file)) = self.open.get_mut(table as usize) else { return Ok(()) };
        file.rows += 1;
        let written = file.writer.write_fmt(row).and_then(|()| file.writer.write_all(b"\n"));
        written.map_err(|source| SimulationError::Write { path: file.path.clone(), source })
    }

    /// Closes the files, writes the specification, and says what there is.
    pub(super) fn finish(self, spec: &Spec) -> Result<Vec<SimulatedFile>, SimulationError> {
        let mut files = Vec::new();
        for (table, open) in TABLES.iter().zip(self.open) {
            let Some(mut open) = open else { continue };
            let synced = open.writer.flush().and_then(|()| open.writer.get_ref().sync_data());
            synced.map_err(|source| SimulationError::Write { path: open.path.clone(), source })?;
            files.push(SimulatedFile { path: open.path, rows: open.rows, mapping: table.mapping(spec) });
        }
        let path = self.folder.join(SPEC);
        let text = serde_json::to_string_pretty(spec).unwrap_or_default();
        std::fs::write(&path, text + "\n").map_err(|source| SimulationError::Write { path: path.clone(), source })?;
        files.push(SimulatedFile { path, rows: 1, mapping: None });
        Ok(files)
    }
}

/// Removes an earlier simulation; refuses a folder with anything else in it.
fn clear(folder: &Path) -> Result<(), SimulationError> {
    let failed = |source| SimulationError::Write { path: folder.to_owned(), source };
    if !folder.exists() {
        return Ok(());
    }
    let ours: Vec<&str> = TABLES.iter().map(|table| table.shape().path).chain([SPEC]).collect();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let known = |path: &&str| path.split('/').next().is_some_and(|first| name == first);
        if !ours.iter().any(known) {
            return Err(SimulationError::Occupied { folder: folder.to_owned() });
        }
    }
    for path in ours {
        match std::fs::remove_file(folder.join(path)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(())
}

/// An amount in minor units, as a decimal.
pub(super) struct Amount(pub(super) i64, pub(super) Currency);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.1.decimals();
        let unit = 10_i64.pow(decimals);
        if decimals == 0 {
            return write!(f, "{}", self.0);
        }
        let (sign, minor) = (if self.0 < 0 { "-" } else { "" }, self.0.abs());
        write!(f, "{sign}{}.{:0width$}", minor / unit, minor % unit, width = decimals as usize)
    }
}

/// A number that is not negative, in thousandths, written as a decimal: faster than formatting a float, same bytes everywhere.
pub(super) struct Thousandths(pub(super) f64);

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let thousandths = (self.0 * 1_000.0).round() as i64;
        write!(f, "{}.{:03}", thousandths / 1_000, thousandths % 1_000)
    }
}
