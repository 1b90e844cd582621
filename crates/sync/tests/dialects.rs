//! However a table is written, its rows read back the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use aisle_domain::import::{Entity, FileReport, Mapping};
use aisle_domain::{Currency, ImportId};
use aisle_sync::{Chunk, Defaults, ImportContext, Reader, Seen, Tally, dedupe, inspect, reread};
use arrow::array::AsArray;
use arrow::datatypes::{Date32Type, Int64Type};
use proptest::prelude::*;
use std::io::Write;
use std::path::{Path, PathBuf};

fn context(name: &str) -> ImportContext {
    ImportContext { import: ImportId::new("i1").unwrap(), file_index: 0, file_name: name.to_owned() }
}

fn defaults() -> Defaults {
    Defaults { currency: Some(Currency::USD), location: Some("main".to_owned()) }
}

fn guess(path: &Path) -> Mapping {
    let previews = inspect(path, "file", &[], &defaults()).unwrap();
    assert_eq!(previews.len(), 1);
    assert_eq!(previews[0].questions, []);
    previews[0].mapping.clone()
}

fn read(path: &Path, mapping: &Mapping, seen: &mut Seen) -> (Vec<Chunk>, FileReport) {
    let mut tally = Tally::new("file", mapping.entity, mapping.currency);
    let mut chunks = Vec::new();
    for chunk in Reader::open(path, None, mapping, &context("file")).unwrap() {
        let chunk = dedupe(chunk.unwrap(), seen).unwrap();
        tally.add(&chunk);
        chunks.push(chunk);
    }
    (chunks, tally.report())
}

/// Day, location, item, quantity, revenue of each sale.
fn sales(chunks: &[Chunk]) -> Vec<(i32, String, String, i64, i64)> {
    let mut rows = Vec::new();
    for (table, batch) in chunks.iter().flat_map(|chunk| &chunk.facts) {
        assert_eq!(table.name, "sales");
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let found: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(found, names);
        let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>().clone();
        let number = |name: &str| batch.column_by_name(name).unwrap().as_primitive::<Int64Type>().clone();
        let days = batch.column_by_name("day").unwrap().as_primitive::<Date32Type>().clone();
        let (location, item) = (text("location"), text("item"));
        let (quantity, revenue) = (number("quantity"), number("revenue_minor"));
        for row in 0..batch.num_rows() {
            rows.push((
                days.value(row),
                location.value(row).to_owned(),
                item.value(row).to_owned(),
                quantity.value(row),
                revenue.value(row),
            ));
        }
    }
    rows
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-8 bom" => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        "utf-16le" => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        _ => text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect(),
    }
}

fn packed(bytes: &[u8], packing: &str) -> Vec<u8> {
    match packing {
        "gz" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        "zst" => zstd::encode_all(bytes, 1).unwrap(),
        "zip" => {
            let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            archive.start_file("member.csv", zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(bytes).unwrap();
            archive.finish().unwrap().into_inner()
        }
        _ => bytes.to_vec(),
    }
}

#[test]
fn every_dialect_gives_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = None;
    for (delimiter, mark) in [(',', '.'), (';', ','), ('\t', '.'), ('|', ','), (' ', '.')] {
        for encoding in ["utf-8", "utf-8 bom", "utf-16le", "utf-16be", "latin-1"] {
            for end in ["\n", "\r\n", "\r"] {
                for packing in ["", "gz", "zst", "zip"] {
                    let mut text = String::new();
                    let header = ["date", "store", "sku", "qty", "revenue"];
                    text.push_str(&header.join(&delimiter.to_string()));
                    for n in 0..40 {
                        let day = format!("2011-12-{:02}", n % 28 + 1);
                        let money = format!("{}{mark}{:02}", n * 3, n);
                        let fields = [day, "Zürich".to_owned(), format!("A{n}"), format!("{n}"), money];
                        text.push_str(end);
                        text.push_str(&fields.join(&delimiter.to_string()));
                    }
                    let path = write(folder.path(), "file", &packed(&encoded(&text, encoding), packing));
                    let mapping = guess(&path);
                    assert_eq!(mapping.entity, Entity::Sales);
                    let (chunks, report) = read(&path, &mapping, &mut Seen::new());
                    let what = format!("{delimiter:?} {encoding} {end:?} {packing}");
                    assert_eq!((report.read, report.taken, report.rejected), (40, 40, 0), "{what}");
                    let rows = sales(&chunks);
                    assert_eq!(&rows, expected.get_or_insert_with(|| rows.clone()), "{what}");
                }
            }
        }
    }
    assert_eq!(expected.unwrap()[39], (15_320, "Zürich".to_owned(), "A39".to_owned(), 390_000, 11_739));
}

#[test]
fn day_first_dates_stay_day_first_however_small_the_first_days_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "date,store,sku,qty\n".to_owned();
    for n in 0..2000 {
        text.push_str(&format!("{:02}/{:02}/2011,1,A{n},1\n", n % 12 + 1, n % 11 + 1));
    }
    let open = write(folder.path(), "open.csv", text.as_bytes());
    let preview = inspect(&open, "open.csv", &[], &defaults()).unwrap().remove(0);
    assert_eq!(preview.questions.len(), 1);
    assert_eq!(preview.questions[0].field, "date_order");
    assert!(Reader::open(&open, None, &preview.mapping, &context("open.csv")).is_err());

    text.push_str("31/01/2011,1,B,1\n");
    let settled = write(folder.path(), "settled.csv", text.as_bytes());
    let (chunks, _) = read(&settled, &guess(&settled), &mut Seen::new());
    // The second row is the second of February, not the first of March.
    assert_eq!(sales_days(&chunks)[1], 15_007);
}

fn sales_days(chunks: &[Chunk]) -> Vec<i32> {
    let (_, batch) = &chunks[0].facts[0];
    batch.column_by_name("day").unwrap().as_primitive::<Date32Type>().values().to_vec()
}

#[test]
fn bad_rows_are_rejected_by_line_and_the_rest_goes_through() {
    let folder = tempfile::tempdir().unwrap();
    let text = "date,store,sku,qty,revenue\n2011-01-31,1,A,1,1.50\n\n2011-02-30,1,A,1,1.50\n2011-01-31,1,\"B, b\",x,1\n\
                \
                2011-01-31,1,,1,1\n2011-01-31,1,C,1\n2011-01-31,1,D,1,1.234\n2011-01-31,1,\"E\"\"e\",2,3\n2011-01-31,1,F";
    let path = write(folder.path(), "bad.csv", text.as_bytes());
    let mapping = {
        let good = write(folder.path(), "good.csv", b"date,store,sku,qty,revenue\n2011-01-31,1,A,1,1.50\n");
        guess(&good)
    };
    let (chunks, report) = read(&path, &mapping, &mut Seen::new());
    let rejected: Vec<(u64, Option<&str>)> =
        chunks[0].rejections.iter().map(|r| (r.line, r.column.as_deref())).collect();
    let expected = [(4, Some("date")), (5, Some("qty")), (6, Some("sku")), (7, None), (8, Some("revenue")), (10, None)];
    assert_eq!(rejected, expected);
    assert_eq!((report.read, report.taken, report.rejected), (8, 2, 6));
    assert_eq!(sales(&chunks)[1].2, "E\"e");
    assert_eq!(chunks[0].rejections[1].raw, b"2011-01-31,1,\"B, b\",x,1");

    let mended = reread(b"2011-01-31,1,B,4,1", 5, &mapping, &context("bad.csv")).unwrap();
    assert_eq!((mended.taken(), mended.rejections.len()), (1, 0));
    assert_eq!(sales(&[mended])[0].3, 40_000);
}

#[test]
fn quoted_line_ends_belong_to_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let text = "date,store,sku,description,qty\r\n2011-01-31,1,A,\"one\r\ntwo\",1\r\n2011-01-32,1,B,x,1\r\n";
    let path = write(folder.path(), "file.csv", text.as_bytes());
    let good = write(folder.path(), "good.csv", b"date,store,sku,description,qty\n2011-01-31,1,A,\"a\nb\",1\n");
    let (chunks, _) = read(&path, &guess(&good), &mut Seen::new());
    assert_eq!(chunks[0].state.items[0].name, "one\r\ntwo");
    assert_eq!(chunks[0].rejections[0].line, 4);
}

#[test]
fn an_open_quote_costs_its_line_only() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        write(folder.path(), "q.csv", b"date,store,sku,qty\n2011-01-31,1,A,1\n2011-01-31,1,\"B,1\n2011-01-31,1,C,1\n");
    let good = write(folder.path(), "good.csv", b"date,store,sku,qty\n2011-01-31,1,A,1\n2011-01-31,1,\"B\",1\n");
    let (chunks, report) = read(&path, &guess(&good), &mut Seen::new());
    assert_eq!((report.read, report.taken, chunks[0].rejections[0].line), (3, 2, 3));
}

#[test]
fn the_same_rows_twice_change_nothing_and_contradictions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(
        folder.path(),
        "a.csv",
        b"date,store,sku,revenue\n2011-01-31,1,A,5\n2011-01-31,1,B,6\n2011-01-31,1,A,5\n",
    );
    let mapping = guess(&first);
    let mut seen = Seen::new();
    let (_, report) = read(&first, &mapping, &mut seen);
    assert_eq!((report.read, report.taken, report.duplicate), (3, 2, 1));
    let (_, again) = read(&first, &mapping, &mut seen);
    assert_eq!((again.taken, again.duplicate), (0, 3));
    let other = write(folder.path(), "b.csv", b"date,store,sku,revenue\n2011-01-31,1,A,7\n2011-02-28,1,A,7\n");
    let (chunks, report) = read(&other, &mapping, &mut seen);
    assert_eq!((report.taken, report.duplicate, report.rejected), (1, 0, 1));
    assert_eq!((chunks[0].rejections[0].line, chunks[0].rejections[0].raw.as_slice()), (2, &b"2011-01-31,1,A,7"[..]));

    let each = Mapping { repeated_rows: aisle_domain::import::RepeatedRows::Each, ..mapping };
    let mut seen = Seen::new();
    assert_eq!(read(&first, &each, &mut seen).1.taken, 3);
    assert_eq!(read(&first, &each, &mut seen).1.taken, 0);
}

#[test]
fn a_resumed_import_reads_the_same_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "date,store,sku,qty\n".to_owned();
    (0..150_000).for_each(|n| text.push_str(&format!("2011-01-31,1,A{n},{n}\n")));
    let path = write(folder.path(), "big.csv", text.as_bytes());
    let mapping = guess(&path);
    let open = || Reader::open(&path, None, &mapping, &context("big.csv")).unwrap();
    let all: Vec<Chunk> = open().map(Result::unwrap).collect();
    assert_eq!(all.iter().map(|chunk| chunk.read).collect::<Vec<_>>(), [65_536, 65_536, 18_928]);
    let mut resumed = open();
    resumed.skip_to(2).unwrap();
    let last = resumed.next().unwrap().unwrap();
    assert_eq!((last.sequence, &last.facts), (2, &all[2].facts));
    assert_eq!(last.bytes_done, last.bytes_total);
    assert!(resumed.next().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_reads_back_or_names_the_line(
        rows in prop::collection::vec(("[A-Za-z0-9 ,;|\"\t\n\r-é]{0,12}", -9_999_999i64..9_999_999), 1..40),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let join = delimiter.to_string();
        let good = format!("date{join}sku{join}qty{end}2011-01-31{join}A{join}1{end}2011-01-31{join}B{join}2{end}");
        let mapping = guess(&write(folder.path(), "good", good.as_bytes()));
        let mut text = format!("date{join}sku{join}qty{end}");
        for (item, quantity) in &rows {
            text.push_str(&format!("2011-01-31{join}\"{}\"{join}{quantity}{end}", item.replace('"', "\"\"")));
        }
        let path = write(folder.path(), "file", text.as_bytes());
        let chunks: Vec<Chunk> = Reader::open(&path, None, &mapping, &context("file")).unwrap().map(Result::unwrap).collect();
        let read: u64 = chunks.iter().map(|chunk| chunk.read).sum();
        prop_assert_eq!(read, rows.len() as u64);
        let usable = |item: &str| {
            aisle_domain::ItemId::new(item).is_ok() && !["", "-"].contains(&item.trim()) && !["NA", "nan"].contains(&item.trim())
        };
        let expected: Vec<(String, i64)> = rows.iter().filter(|(item, _)| usable(item))
            .map(|(item, quantity)| (item.trim().to_owned(), quantity * 10_000)).collect();
        let mut found = Vec::new();
        for (_, batch) in chunks.iter().flat_map(|chunk| &chunk.facts) {
            let items = batch.column_by_name("item").unwrap().as_string::<i32>();
            let quantities = batch.column_by_name("quantity").unwrap().as_primitive::<Int64Type>();
            found.extend((0..batch.num_rows()).map(|row| (items.value(row).to_owned(), quantities.value(row))));
        }
        prop_assert_eq!(found, expected);
        prop_assert_eq!(chunks[0].rejections.len(), rows.iter().filter(|(item, _)| !usable(item)).count());
    }
}

#[test]
fn stock_and_deliveries_are_known_by_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let stock = "date,warehouse,sku,on hand,on order\n2024-01-01,A,x,12,0\n2024-01-02,A,x,0,24\n2024-01-02,A,y,-3,\n2024-01-13,A,y,,\n";
    let path = write(folder.path(), "stock.csv", stock.as_bytes());
    let mapping = guess(&path);
    assert_eq!(mapping.entity, Entity::StockLevels);
    let (chunks, report) = read(&path, &mapping, &mut Seen::new());
    assert_eq!((report.read, report.taken, report.rejected), (4, 2, 2));
    let reasons: Vec<(u64, &str, Option<&str>)> = chunks
        .iter()
        .flat_map(|chunk| &chunk.rejections)
        .map(|rejection| (rejection.line, rejection.reason.as_str(), rejection.column.as_deref()))
        .collect();
    assert_eq!(reasons[0], (4, "-3 is below 0; expected what was there", Some("on hand")));
    assert!(reasons[1].0 == 5 && reasons[1].1.contains("missing"), "{reasons:?}");
    // The same day corrected is another row; the same row again is none.
    let again = "date,warehouse,sku,on hand,on order\n2024-01-01,A,x,12,0\n2024-01-02,A,x,1,24\n2024-01-13,A,x,2,0\n";
    let path = write(folder.path(), "again.csv", again.as_bytes());
    let mut seen = Seen::new();
    let (_, first) = read(&write(folder.path(), "stock.csv", stock.as_bytes()), &mapping, &mut seen);
    let (_, second) = read(&path, &mapping, &mut seen);
    assert_eq!((first.taken, second.taken, second.duplicate), (2, 2, 1), "a corrected level is another row");

    let deliveries = "ordered,expected,received,supplier,sku,units\n2024-01-01,2024-01-08,2024-01-13,Harbour,x,24\n2024-02-01,,2024-01-30,Harbour,x,24\n,,2024-01-30,Harbour,x,24\n";
    let path = write(folder.path(), "deliveries.csv", deliveries.as_bytes());
    let mapping = guess(&path);
    assert_eq!(mapping.entity, Entity::Deliveries);
    let (chunks, report) = read(&path, &mapping, &mut Seen::new());
    assert_eq!((report.taken, report.rejected), (2, 1));
    let reason = &chunks.iter().flat_map(|chunk| &chunk.rejections).next().unwrap().reason;
    assert_eq!(reason, "the goods came in on 2024-01-30, before they were ordered on 2024-02-01");
}
