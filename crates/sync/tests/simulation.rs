//! The simulated shop: the same bytes for the same seed, books that balance, and a truth that the files bear out.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use aisle_domain::{Currency, Day};
use aisle_sync::simulate::{Detail, SimulationError, SimulationReport, Spec, simulate};
use std::collections::BTreeMap;
use std::path::Path;

fn small() -> Spec {
    Spec { items: 12, locations: 3, days: 400, ..Spec::default() }
}

fn simulated(spec: &Spec) -> (tempfile::TempDir, SimulationReport) {
    let folder = tempfile::tempdir().unwrap();
    let report = simulate(spec, folder.path()).unwrap();
    (folder, report)
}

fn records(folder: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(folder.join(file)).unwrap().deserialize().map(Result::unwrap).collect()
}

fn minor(text: &str) -> i64 {
    aisle_domain::measure::parse_decimal(text, 2).unwrap()
}

/// Name and hash of every file below a folder.
fn hashes(folder: &Path) -> BTreeMap<String, u128> {
    let mut found = BTreeMap::new();
    for below in ["", "stock", "visits", "truth"] {
        for entry in std::fs::read_dir(folder.join(below)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, xxhash_rust::xxh3::xxh3_128(&std::fs::read(&path).unwrap()));
            }
        }
    }
    found
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    for detail in [Detail::Daily, Detail::Orders] {
        let spec = Spec { detail, days: 120, ..small() };
        let ((first, _), (second, report)) = (simulated(&spec), simulated(&spec));
        assert_eq!(hashes(first.path()), hashes(second.path()));
        assert_eq!(hashes(second.path()).len(), report.files.len());
        let (other, _) = simulated(&Spec { seed: 2, ..spec.clone() });
        let differing =
            hashes(other.path()).iter().filter(|(name, hash)| hashes(first.path())[*name] != **hash).count();
        assert!(differing >= 10, "{differing} files differ between two seeds");
        // Again into the same folder: replaced, not added to.
        let again = simulate(&Spec { detail: Detail::Daily, ..spec }, first.path()).unwrap();
        assert_eq!(hashes(first.path()).len(), again.files.len());
    }
}

#[test]
fn the_books_balance() {
    let (folder, report) = simulated(&small());
    let sales = records(folder.path(), "sales.csv");
    assert_eq!(sales.iter().map(|row| row["quantity"].parse::<i64>().unwrap()).sum::<i64>(), report.units);
    assert_eq!(sales.iter().map(|row| minor(&row["revenue"])).sum::<i64>(), report.revenue_minor);
    assert!(sales.iter().all(|row| row["quantity"] != "0"));
    assert!(sales.is_sorted_by_key(|row| Day::parse(&row["date"]).unwrap()));

    let truth = records(folder.path(), "truth/demand.csv");
    let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
    assert!(truth.iter().all(|row| number(row, "sold") <= number(row, "demand")));
    let lost: f64 = truth.iter().map(|row| number(row, "demand") - number(row, "sold")).sum();
    assert_eq!(lost as u64, report.lost_units);
    assert!(lost > 0.0, "a shop without foresight runs out sometimes");
    let (demand, expected): (f64, f64) = truth
        .iter()
        .map(|row| (number(row, "demand"), number(row, "expected")))
        .fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert!((demand / expected - 1.0).abs() < 0.03, "demand {demand} around its mean {expected}");

    // Every unit sold was on the shelf: stock at the end of a day = before + delivered - sold.
    let mut delivered: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for row in records(folder.path(), "stock/deliveries.csv") {
        let key = (row["received"].clone(), row["location_id"].clone(), row["item_id"].clone());
        *delivered.entry(key).or_default() += row["units"].parse::<i64>().unwrap();
    }
    let mut shelf: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (stock, sold) in records(folder.path(), "stock/stock.csv").iter().zip(&truth) {
        let key = (stock["location_id"].clone(), stock["item_id"].clone());
        let on_hand: i64 = stock["on_hand"].parse().unwrap();
        let came = delivered.get(&(stock["date"].clone(), key.0.clone(), key.1.clone())).copied().unwrap_or(0);
        if let Some(before) = shelf.insert(key, on_hand) {
            assert_eq!(on_hand, before + came - sold["sold"].parse::<i64>().unwrap(), "{stock:?}");
        }
    }
}

#[test]
fn orders_and_daily_sums_tell_of_the_same_sales() {
    let (daily, _) = simulated(&small());
    let (orders, report) = simulated(&Spec { detail: Detail::Orders, ..small() });
    let sold = |folder: &Path, file: &str| {
        let mut units: BTreeMap<(String, String, String), i64> = BTreeMap::new();
        for row in records(folder, file) {
            let quantity: i64 = row["quantity"].parse().unwrap();
            if quantity > 0 {
                let day = row.get("date").unwrap_or_else(|| &row["ordered_at"])[..10].to_owned();
                *units.entry((day, row["location_id"].clone(), row["item_id"].clone())).or_default() += quantity;
            }
        }
        units
    };
    assert_eq!(sold(daily.path(), "sales.csv"), sold(orders.path(), "orders.csv"));
    let lines = records(orders.path(), "orders.csv");
    let net: i64 = lines.iter().map(|row| row["quantity"].parse::<i64>().unwrap()).sum();
    let money: i64 = lines.iter().map(|row| row["quantity"].parse::<i64>().unwrap() * minor(&row["unit_price"])).sum();
    assert_eq!((net, money), (report.units, report.revenue_minor));
    assert!(lines.iter().all(|row| row["order_id"].starts_with('C') == row["quantity"].starts_with('-')));
    assert!(lines.iter().any(|row| row["quantity"].starts_with('-')), "some goods come back");
    let distinct: std::collections::BTreeSet<_> = lines.iter().map(|row| (&row["order_id"], &row["item_id"])).collect();
    assert_eq!(distinct.len(), lines.len(), "an order names an item once");
}

#[test]
fn promotions_and_anomalies_show_in_the_demand() {
    let (folder, _) = simulated(&Spec { anomalies_per_year: 30, ..small() });
    let truth = records(folder.path(), "truth/demand.csv");
    let mean = |item: &str, from: Day, to: Day| {
        let rows = truth
            .iter()
            .filter(|row| row["item_id"] == item && (from..=to).contains(&Day::parse(&row["date"]).unwrap()));
        let (sum, count) =
            rows.fold((0.0, 0.0), |(sum, count), row| (sum + row["expected"].parse::<f64>().unwrap(), count + 1.0));
        if count > 0.0 { sum / count } else { f64::NAN }
    };
    let day = |row: &BTreeMap<String, String>, name: &str| Day::parse(&row[name]).unwrap();
    let ratios = |row: &BTreeMap<String, String>| {
        let (first, last) = (day(row, "first_day"), day(row, "last_day"));
        mean(&row["item_id"], first, last) / mean(&row["item_id"], first.plus(-14), first.plus(-1))
    };
    let anomalies = records(folder.path(), "truth/anomalies.csv");
    let of_kind = |kind: &str| {
        anomalies.iter().filter(|row| row["kind"] == kind).map(ratios).filter(|r| r.is_finite()).collect::<Vec<_>>()
    };
    let median = |mut ratios: Vec<f64>| {
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    };
    assert!(median(of_kind("demand_spike")) > 1.8);
    assert!(median(of_kind("demand_drop")) < 0.6);
    assert!(median(of_kind("price_error")) > 1.3);
    let promotions = records(folder.path(), "promotions.csv");
    let everywhere = promotions.iter().filter(|row| row["location_id"].is_empty());
    assert!(median(everywhere.map(ratios).filter(|ratio| ratio.is_finite()).collect()) > 1.2);
    for closed in anomalies.iter().filter(|row| row["kind"] == "closure") {
        let sales = records(folder.path(), "sales.csv");
        assert!(
            sales.iter().all(|row| row["location_id"] != closed["location_id"] || row["date"] != closed["first_day"])
        );
    }
}

#[test]
fn a_year_of_holidays_and_eight_weeks_of_promotions_are_known_ahead() {
    let (folder, report) = simulated(&small());
    let ahead = |file: &str, column: &str| {
        let days = records(folder.path(), file);
        let days = days.iter().map(|row| Day::parse(&row[column]).unwrap().since(report.last_day));
        days.filter(|days| *days > 0).collect::<Vec<_>>()
    };
    let holidays = ahead("calendar_events.csv", "first_day");
    assert!(holidays.len() >= 12 && holidays.iter().all(|days| *days <= 396), "{holidays:?}");
    let promotions = ahead("promotions.csv", "first_day");
    assert!(!promotions.is_empty() && promotions.iter().all(|days| *days <= 63), "{promotions:?}");
    assert!(ahead("sales.csv", "date").is_empty());
}

#[test]
fn any_size_works_and_what_is_out_of_range_is_named() {
    let tiny = Spec { items: 1, locations: 1, days: 7, currency: Currency::new("JPY").unwrap(), ..Spec::default() };
    let (folder, report) = simulated(&tiny);
    assert!(report.files.iter().all(|file| file.path.is_file()));
    assert!(records(folder.path(), "sales.csv").iter().all(|row| !row["revenue"].contains('.')));
    for (spec, text) in [
        (Spec { items: 0, ..tiny.clone() }, "items: found 0, expected 1 to 100000"),
        (
            Spec { items: 100_000, locations: 500, ..tiny.clone() },
            "items times locations: found 50000000, expected 1 to 2000000",
        ),
        (Spec { days: 6, ..tiny.clone() }, "days: found 6, expected 7 to 7305"),
    ] {
        assert_eq!(simulate(&spec, folder.path()).unwrap_err().to_string(), text);
    }
    std::fs::write(folder.path().join("thesis.doc"), "x").unwrap();
    assert!(matches!(simulate(&tiny, folder.path()), Err(SimulationError::Occupied { .. })));
    assert!(folder.path().join("sales.csv").is_file(), "nothing was touched");
}

#[test]
fn the_mappings_name_the_columns_of_their_files() {
    for detail in [Detail::Daily, Detail::Orders] {
        let (_folder, report) = simulated(&Spec { detail, days: 10, ..small() });
        let importable: Vec<_> = report.files.iter().filter_map(|file| Some((file, file.mapping.as_ref()?))).collect();
        assert_eq!(importable.len(), if detail == Detail::Daily { 9 } else { 10 });
        for (file, mapping) in importable {
            let mut reader = csv::Reader::from_path(&file.path).unwrap();
            let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
            assert_eq!(header, mapping.columns.iter().map(|column| column.column.clone()).collect::<Vec<_>>());
            assert_eq!(reader.records().map(Result::unwrap).count() as u64, file.rows, "{}", file.path.display());
        }
    }
}
