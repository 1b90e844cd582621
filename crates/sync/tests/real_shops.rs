//! Real shops' files, against sums computed here by other means. Needs `AISLE_TEST_DATA`; says so where it is missing.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use aisle_domain::import::{DateOrder, Entity, FileFormat, FileReport, Mapping, Meaning, Preview};
use aisle_domain::{Currency, Granularity, ImportId, Weekday};
use aisle_sync::{Defaults, ImportContext, Reader, Seen, StateRows, Tally, dedupe, inspect};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A file of the test data; `None`, with a note, where there is none.
fn data(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("AISLE_TEST_DATA").map(PathBuf::from);
    let found = folder.as_ref().map(|folder| folder.join(file)).filter(|path| path.exists());
    let promised = folder.is_some() && std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(found.is_some() || !promised, "AISLE_TEST_DATA is set, but {file} is not there");
    if found.is_none() {
        #[expect(clippy::print_stdout, reason = "a test left out is said")]
        {
            println!("left out: {file} is not there; set AISLE_TEST_DATA to the folder of test data");
        }
    }
    found
}

fn look(path: &Path, currency: Currency) -> Preview {
    let defaults = Defaults { currency: Some(currency), location: None };
    inspect(path, "file", &[], &defaults).unwrap().remove(0)
}

fn import(path: &Path, currency: Currency) -> (Preview, FileReport, Vec<StateRows>) {
    let preview = look(path, currency);
    assert_eq!(preview.questions, []);
    let (report, states) = read(path, &preview.mapping);
    (preview, report, states)
}

fn read(path: &Path, mapping: &Mapping) -> (FileReport, Vec<StateRows>) {
    let context = ImportContext { import: ImportId::new("i").unwrap(), file_index: 0, file_name: "file".to_owned() };
    let mut tally = Tally::new("file", mapping.entity, mapping.currency);
    let (mut seen, mut states) = (Seen::new(), Vec::new());
    for chunk in Reader::open(path, None, mapping, &context).unwrap() {
        let chunk = dedupe(chunk.unwrap(), &mut seen).unwrap();
        tally.add(&chunk);
        states.push(chunk.state);
    }
    (tally.report(), states)
}

fn sum<'a>(report: &'a FileReport, measure: &str, kind: &str) -> (u64, &'a str) {
    let found = report.sums.iter().find(|sum| sum.measure == measure && sum.kind == kind);
    found.map_or((0, "0"), |sum| (sum.rows, sum.sum.as_str()))
}

/// A decimal text in 10^-`decimals`, digit by digit.
fn units(text: &str, decimals: usize) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= decimals, "{text}");
    let digits = format!("{}{fraction}{}", whole.trim_start_matches('-'), "0".repeat(decimals - fraction.len()));
    let value: i128 = digits.parse().unwrap();
    if text.starts_with('-') { -value } else { value }
}

#[test]
fn walmart_is_weekly_sales_features_and_stores() {
    let Some(train) = data("walmart/train.csv") else { return };
    let (preview, report, states) = import(&train, Currency::USD);
    assert_eq!(preview.mapping.entity, Entity::Sales);
    assert_eq!(preview.mapping.granularity, Some(Granularity::Week { ends: Weekday::Friday }));
    let text = std::fs::read_to_string(&train).unwrap();
    let cents: i128 = text.lines().skip(1).map(|line| units(line.split(',').nth(3).unwrap(), 2)).sum();
    let rows = text.lines().count() as u64 - 1;
    assert_eq!((report.read, report.taken, report.rejected, report.duplicate), (rows, rows, 0, 0));
    let (summed, revenue) = sum(&report, "revenue (USD)", "sale");
    assert_eq!((summed, units(revenue, 2)), (rows, cents));
    let events: HashSet<&str> =
        states.iter().flat_map(|state| &state.events).map(|event| event.name.as_str()).collect();
    assert_eq!(events, HashSet::from(["Super Bowl", "Labor Day", "Thanksgiving", "Christmas"]));

    let Some(features) = data("walmart/features.csv") else { return };
    let (preview, report, _) = import(&features, Currency::USD);
    assert_eq!(preview.mapping.entity, Entity::Features);
    assert!(preview.mapping.columns.iter().any(|column| column.meaning == Meaning::Feature("markdown1".to_owned())));
    let lines = std::fs::read_to_string(&features).unwrap();
    let known = lines.lines().skip(1).filter(|line| line.split(',').nth(4) != Some("NA")).count() as u64;
    assert_eq!(sum(&report, "markdown1", "all").0, known);
    assert_eq!((report.rejected, report.duplicate), (0, 0));

    let Some(stores) = data("walmart/stores.csv") else { return };
    let (preview, report, states) = import(&stores, Currency::USD);
    assert_eq!((preview.mapping.entity, report.taken), (Entity::Locations, 45));
    let first = &states[0].locations[0];
    assert_eq!(
        (first.id.as_str(), first.kind.as_deref(), first.attributes["size"].as_str()),
        ("1", Some("A"), "151315")
    );
}

#[test]
fn online_retail_is_orders_with_returns_and_charges() {
    let Some(path) = data("online_retail/online_retail.csv.zst") else { return };
    let (preview, report, _) = import(&path, Currency::GBP);
    assert_eq!(preview.mapping.entity, Entity::Orders);
    assert_eq!(preview.mapping.cancel_prefixes, ["C"]);
    let bytes = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let charges: HashSet<String> = preview.mapping.charge_codes.iter().cloned().collect();
    for code in ["POST", "D", "M", "DOT", "CRUK", "BANK CHARGES", "AMAZONFEE", "S", "PADS", "B", "C2"] {
        assert!(charges.contains(code), "{code}");
    }
    let (mut seen, mut rows) = (HashSet::new(), 0u64);
    let mut exact = [0i128; 3];
    let mut counts = [0u64; 3];
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for record in reader.records() {
        let record = record.unwrap();
        rows += 1;
        let key: Vec<&str> = record.iter().map(str::trim).collect();
        if !seen.insert(key.join("\u{1f}")) {
            continue;
        }
        let (quantity, price) = (units(&record[3], 0), units(&record[5], 3));
        let kind = match () {
            () if charges.contains(&record[1].trim().to_uppercase()) => 2,
            () if record[0].starts_with('C') || quantity < 0 => 1,
            () => 0,
        };
        // Thousandths to pence, half to even.
        let thousandths = quantity * price;
        let (pence, rest) = (thousandths.div_euclid(10), thousandths.rem_euclid(10));
        exact[kind] += pence + i128::from(rest > 5 || (rest == 5 && pence % 2 != 0));
        counts[kind] += 1;
    }
    assert_eq!((report.read, report.rejected), (rows, 0));
    for (at, kind) in ["sale", "return", "charge"].into_iter().enumerate() {
        let (summed, revenue) = sum(&report, "revenue (GBP)", kind);
        assert_eq!((summed, units(revenue, 2)), (counts[at], exact[at]), "{kind}");
    }
    assert_eq!(report.taken, seen.len() as u64);
    assert_eq!(report.duplicate, 5_268);
}

#[test]
fn complete_journey_is_orders_and_items() {
    let Some(path) = data("complete_journey/products.parquet") else { return };
    let (preview, report, _) = import(&path, Currency::USD);
    assert_eq!(preview.mapping.entity, Entity::Items);
    assert_eq!((report.read, report.rejected), (report.taken, 0));
    let Some(path) = data("complete_journey/transactions.parquet") else { return };
    let (preview, report, _) = import(&path, Currency::USD);
    assert_eq!((preview.mapping.entity, report.read, report.rejected), (Entity::Orders, 1_469_307, 0));
}

#[test]
fn supply_chain_is_orders_and_which_of_its_dates_counts_is_asked() {
    let Some(path) = data("supply_chain/SCMS_Delivery_History_Dataset.csv") else { return };
    let preview = look(&path, Currency::USD);
    let [question] = preview.questions.as_slice() else { panic!("{:?}", preview.questions) };
    let dates = ["Scheduled Delivery Date", "Delivered to Client Date", "Delivery Recorded Date"];
    assert_eq!((question.field.as_str(), question.options.as_slice()), ("date", &dates.map(str::to_owned)[..]));
    assert_eq!(preview.mapping.entity, Entity::Orders);
    let means = |column: &str| {
        let found = preview.mapping.columns.iter().find(|mapped| mapped.column == column);
        found.map(|mapped| mapped.meaning.clone()).unwrap()
    };
    assert_eq!(means("Item Description"), Meaning::Item);
    assert_eq!((means("Country"), means("PO / SO #")), (Meaning::Location, Meaning::Order));
    assert_eq!((means("Line Item Quantity"), means("Line Item Value")), (Meaning::Quantity, Meaning::Revenue));
    let bytes = std::fs::read(&path).unwrap();
    let mut csv = csv::Reader::from_reader(bytes.as_slice());
    let rows: Vec<csv::ByteRecord> = csv.byte_records().map(Result::unwrap).collect();
    let cents: i128 = rows.iter().map(|row| units(std::str::from_utf8(&row[25]).unwrap(), 2)).sum();
    let (report, _) = read(&path, &preview.mapping);
    assert_eq!((report.read, report.rejected), (10_324, 0));
    let kept: i128 =
        ["sale", "return", "charge"].iter().map(|kind| units(sum(&report, "revenue (USD)", kind).1, 2)).sum();
    let repeated = report.duplicate;
    assert!(kept <= cents && (repeated > 0 || kept == cents), "{kept} of {cents}, {repeated} repeated");
}

/// The same file told to be deliveries. Expected numbers were counted by a script of its own: 5 lines came in before they were
/// ordered, 141 are repeated, 4,505 of the others have a day of order.
#[test]
fn supply_chain_as_deliveries_tells_lead_times() {
    let Some(path) = data("supply_chain/SCMS_Delivery_History_Dataset.csv") else { return };
    let mut mapping = look(&path, Currency::USD).mapping;
    mapping.entity = Entity::Deliveries;
    let meanings = [
        ("Delivered to Client Date", Meaning::Date, DateOrder::Dmy),
        ("PO Sent to Vendor Date", Meaning::OrderedDay, DateOrder::Mdy),
        ("Scheduled Delivery Date", Meaning::ExpectedDay, DateOrder::Dmy),
        ("Vendor", Meaning::Supplier, DateOrder::Ymd),
    ];
    let kept = [Meaning::Item, Meaning::Location, Meaning::Quantity];
    for column in &mut mapping.columns {
        let told = meanings.iter().find(|(name, ..)| *name == column.column);
        match told {
            Some((_, meaning, order)) => {
                column.meaning = meaning.clone();
                column.date_order = meaning.is_dated().then_some(*order);
            }
            None if kept.contains(&column.meaning) => {}
            None => column.meaning = Meaning::Ignore,
        }
    }
    if let FileFormat::Csv(dialect) = &mut mapping.format {
        dialect.null_tokens.extend(["N/A - From RDC", "Date Not Captured"].map(str::to_owned));
    }
    let (report, states) = read(&path, &mapping);
    assert_eq!((report.read, report.rejected, report.duplicate), (10_324, 5, 141));
    assert!(states.iter().any(|state| !state.items.is_empty() && !state.locations.is_empty()));
}

#[test]
fn what_no_guess_can_settle_is_asked() {
    // Weeks counted from nobody knows when, and logarithms of units: no sales as they stand.
    if let Some(path) = data("dominicks_oj/orangeJuice_yx.csv.zst") {
        let preview = look(&path, Currency::USD);
        let [question] = preview.questions.as_slice() else { panic!("{:?}", preview.questions) };
        assert!(question.field == "entity" && question.text.contains("No column holds days"), "{question:?}");
    }
    // What visitors looked at, without a header: no line of an order.
    if let Some(path) = data("taobao/UserBehavior.csv") {
        let preview = look(&path, Currency::USD);
        assert_eq!(preview.mapping.columns.len(), 5);
        let [question] = preview.questions.as_slice() else { panic!("{:?}", preview.questions) };
        assert_eq!((question.field.as_str(), question.text.as_str()), ("entity", "what are the rows of this file?"));
        let moments = &preview.profiles[4];
        assert_eq!((moments.column.as_str(), moments.nulls), ("column_5", 0));
    }
}
