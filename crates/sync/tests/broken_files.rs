//! Files that are damaged, empty, or made to hurt: an error says which file, where, and what to do; nothing panics, and
//! nothing is taken for the end of a file that is not.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use aisle_domain::import::Mapping;
use aisle_domain::{Currency, ImportId};
use aisle_sync::{Defaults, ImportContext, Reader, SyncError, inspect};
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// Sales that hardly repeat themselves: 40,000 lines, of which an archive keeps a good part.
fn sales() -> String {
    let mut text = "date,store,sku,quantity\n".to_owned();
    for row in 0..40_000u64 {
        let sku = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
        text.push_str(&format!(
            "2011-{:02}-{:02},s{},A{sku:x},{}\n",
            row % 12 + 1,
            row % 28 + 1,
            row % 7,
            row % 90 + 1
        ));
    }
    text
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn parquet() -> Vec<u8> {
    use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use std::sync::Arc;
    let text = |of: &dyn Fn(i64) -> String| -> ArrayRef { Arc::new(StringArray::from_iter_values((0..5_000).map(of))) };
    let columns = [
        ("date", text(&|n| format!("2011-01-{:02}", n % 28 + 1))),
        ("store", text(&|n| format!("s{}", n % 7))),
        ("sku", text(&|n| format!("A{n}"))),
        ("quantity", Arc::new(Int64Array::from_iter_values(0..5_000)) as ArrayRef),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// The same bytes over and over.
struct Repeated<'a> {
    row: &'a [u8],
    at: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let given = buffer.len().min(self.row.len() - self.at);
        buffer[..given].copy_from_slice(&self.row[self.at..self.at + given]);
        self.at = (self.at + given) % self.row.len();
        Ok(given)
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn defaults() -> Defaults {
    Defaults { currency: Some(Currency::USD), location: None }
}

fn mapping(folder: &Path) -> Mapping {
    let good = write(folder, "good.csv", sales().as_bytes());
    inspect(&good, "good.csv", &[], &defaults()).unwrap().remove(0).mapping
}

/// Reads all chunks: how many records, or the error.
fn read(path: &Path, mapping: &Mapping) -> Result<u64, SyncError> {
    let context = ImportContext { import: ImportId::new("i").unwrap(), file_index: 0, file_name: "file".to_owned() };
    let mut read = 0;
    for chunk in Reader::open(path, None, mapping, &context)? {
        read += chunk?.read;
    }
    Ok(read)
}

/// Both doors refuse the file, with a text that holds these words.
fn refused(folder: &Path, name: &str, bytes: &[u8], words: &[&str]) {
    let mapping = mapping(folder);
    let path = write(folder, name, bytes);
    let errors = [inspect(&path, name, &[], &defaults()).map(|_| ()), read(&path, &mapping).map(|_| ())];
    for error in errors {
        let text = error.expect_err(name).to_string();
        for word in words.iter().chain(&[name]).filter(|word| !(**word == name && text.contains("file "))) {
            assert!(text.contains(word), "{name}: {word:?} is missing in: {text}");
        }
    }
}

#[test]
fn a_cut_off_archive_is_no_shorter_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = sales();
    let whole = gzip(text.as_bytes());
    refused(
        folder.path(),
        "cut.csv.gz",
        &whole[..whole.len() / 2],
        &["bytes into the packed data", "near line", "fetch it again"],
    );
    refused(
        folder.path(),
        "no-checksum.csv.gz",
        &whole[..whole.len() - 8],
        &["bytes into the packed data", "fetch it again"],
    );
    let whole = zstd::encode_all(text.as_bytes(), 1).unwrap();
    refused(
        folder.path(),
        "cut.csv.zst",
        &whole[..whole.len() / 2],
        &["bytes into the packed data", "near line", "fetch it again"],
    );
    let whole = zip(&[("sales.csv", text.as_bytes())]);
    refused(folder.path(), "cut.zip", &whole[..whole.len() / 2], &["fetch it again"]);
    let whole = parquet();
    let mapping = Mapping { format: aisle_domain::import::FileFormat::Parquet, ..mapping(folder.path()) };
    let path = write(folder.path(), "cut.parquet", &whole[..whole.len() / 2]);
    for error in [inspect(&path, "cut.parquet", &[], &defaults()).map(|_| ()), read(&path, &mapping).map(|_| ())] {
        let text = error.unwrap_err().to_string();
        assert!(text.contains("not readable Parquet") && text.contains("fetch it again"), "{text}");
    }
}

#[test]
fn damage_within_an_archive_is_found_by_its_checksum() {
    let folder = tempfile::tempdir().unwrap();
    let text = sales();
    let mut damaged = gzip(text.as_bytes());
    let checksum = damaged.len() - 6;
    damaged[checksum] ^= 0x10;
    refused(folder.path(), "damaged.csv.gz", &damaged, &["bytes into the packed data", "fetch it again"]);

    // Stored members are read as they lie: only the checksum tells.
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    archive.start_file("sales.csv", options).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    let mut damaged = archive.finish().unwrap().into_inner();
    let digit = damaged.windows(4).position(|bytes| bytes == b",s3,").unwrap();
    damaged[digit + 2] = b'4';
    refused(folder.path(), "damaged.zip", &damaged, &["its checksum is", "where its archive says", "fetch it again"]);
}

#[test]
fn an_archive_of_several_files_is_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let members: [(&str, &[u8]); 5] = [
        ("2011/sales.csv", b"date,store,sku,quantity\n2011-01-31,1,A,1\n2011-01-31,1,B,1\n"),
        ("items.csv", b"sku,name\nA,Apple\n"),
        ("__MACOSX/._items.csv", b"\0\x05\x16\x07"),
        (".DS_Store", b"\0\0\0\x01"),
        ("2012/sales.csv", b"date,store,sku,quantity\n2012-01-31,1,A,1\n"),
    ];
    let path = write(folder.path(), "shop.zip", &zip(&members));
    let previews = inspect(&path, "shop.zip", &[], &defaults()).unwrap();
    let names: Vec<&str> = previews.iter().map(|preview| preview.file.as_str()).collect();
    assert_eq!(names, ["shop.zip/2011/sales.csv", "shop.zip/items.csv", "shop.zip/2012/sales.csv"]);
    let context = ImportContext { import: ImportId::new("i").unwrap(), file_index: 0, file_name: "file".to_owned() };
    let count = |member| {
        let reader = Reader::open(&path, Some(member), &previews[0].mapping, &context).unwrap();
        reader.map(|chunk| chunk.unwrap().read).sum::<u64>()
    };
    assert_eq!((count("2011/sales.csv"), count("2012/sales.csv")), (2, 1));
    for member in [None, Some("2013/sales.csv")] {
        let text = Reader::open(&path, member, &previews[0].mapping, &context).unwrap_err().to_string();
        assert!(text.contains("2011/sales.csv, items.csv, 2012/sales.csv"), "what there is is said: {text}");
    }
}

#[test]
fn what_unpacks_to_far_more_than_a_table_does_is_refused_early() {
    let folder = tempfile::tempdir().unwrap();
    // A gigabyte of rows that say the same, each as long as a row may be: there are few of them to read.
    let header = "date,store,sku,quantity\n";
    let row = format!("2011-01-31,1,{},1\n", "7".repeat(65_000));
    let bomb = || header.as_bytes().chain(Repeated { row: row.as_bytes(), at: 0 }.take(1 << 30));
    let words = ["is refused", "times as many", "unpack it and import the plain file"];

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut bomb(), &mut encoder).unwrap();
    refused(folder.path(), "bomb.csv.gz", &encoder.finish().unwrap(), &words);
    refused(folder.path(), "bomb.csv.zst", &zstd::encode_all(bomb(), 1).unwrap(), &words);

    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("bomb.csv", SimpleFileOptions::default()).unwrap();
    std::io::copy(&mut bomb(), &mut archive).unwrap();
    let mut packed = archive.finish().unwrap().into_inner();
    refused(folder.path(), "bomb.zip", &packed, &words);
    // One that lies about its size is found out while it is unpacked.
    for mark in [&b"PK\x01\x02"[..], b"PK\x03\x04"] {
        let at = packed.windows(4).rposition(|bytes| bytes == mark).unwrap();
        let size = at + if mark[2] == 1 { 24 } else { 22 };
        packed[size..size + 4].copy_from_slice(&1_000u32.to_le_bytes());
    }
    refused(folder.path(), "liar.zip", &packed, &words);
}

#[test]
fn what_holds_no_table_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let inspected = |name: &str, bytes: &[u8]| {
        let path = write(folder.path(), name, bytes);
        inspect(&path, name, &[], &defaults()).expect_err(name).to_string()
    };
    for (name, bytes) in [
        ("empty.csv", &b""[..]),
        ("mark.csv", b"\xef\xbb\xbf"),
        ("blank.csv", b"\n\r\n\n"),
        ("header.csv", b"date,store,sku,quantity\n"),
        ("header-without-end.csv", b"date,store,sku,quantity"),
        ("empty.csv.gz", &gzip(b"")),
        ("empty.zip", &zip(&[])),
        ("empty-member.zip", &zip(&[("sales.csv", b"")])),
    ] {
        let text = inspected(name, bytes);
        assert!(text.contains(name) && text.contains("holds no record; expected at least one"), "{name}: {text}");
    }
    let noise: Vec<u8> = (0..100_000u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as u8).collect();
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
    for (name, bytes) in [("noise.csv", noise.as_slice()), ("picture.csv", picture)] {
        let text = inspected(name, bytes);
        assert!(text.contains(name) && text.contains("the byte 0x") && text.contains("at offset"), "{text}");
        assert!(text.contains("expected CSV or Parquet"), "{text}");
    }
    let text =
        inspected("workbook.xlsx", &zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]));
    assert!(text.contains("workbook.xlsx") && text.contains("save a workbook as CSV"), "{text}");
    let text = inspected("no.parquet", b"PAR1 and nothing else PAR1");
    assert!(text.contains("no.parquet is not readable Parquet"), "{text}");
    let absent = inspect(&folder.path().join("absent.csv"), "absent.csv", &[], &defaults()).unwrap_err();
    assert!(absent.to_string().contains("absent.csv"), "{absent}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_anywhere_never_panics_and_never_adds_records(
        packing in 0usize..5,
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let text: String = sales().lines().take(3_000).map(|line| format!("{line}\n")).collect();
        let mut bytes = match packing {
            0 => gzip(text.as_bytes()),
            1 => zstd::encode_all(text.as_bytes(), 1).unwrap(),
            2 => zip(&[("sales.csv", text.as_bytes())]),
            3 => parquet(),
            _ => text.clone().into_bytes(),
        };
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let path = write(folder.path(), "file", &bytes);
        if let Ok(previews) = inspect(&path, "file", &[], &defaults()) {
            for preview in previews {
                let complete = aisle_sync::mapping::validate(&preview.mapping).is_ok();
                if complete && let Ok(records) = read(&path, &preview.mapping) {
                    // A changed byte may end a line or open a quote; packed data is whole or refused.
                    let most = if packing == 3 { 5_000 } else { 3_004 };
                    prop_assert!(records <= most, "{records} records");
                }
            }
        }
    }
}
