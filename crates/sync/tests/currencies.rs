//! Files that say the currency row by row: one is read, several are asked about, and no money is added to another's.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use aisle_domain::import::{Entity, Mapping, Preview};
use aisle_domain::{Currency, ImportId};
use aisle_sync::{Defaults, ImportContext, Reader, Tally, inspect};
use std::path::PathBuf;

/// A measure and its sum.
type Sum = (String, String);

struct Shop {
    folder: tempfile::TempDir,
    currency: Option<Currency>,
}

fn shop(currency: Option<&str>) -> Shop {
    Shop { folder: tempfile::tempdir().unwrap(), currency: currency.map(|code| Currency::new(code).unwrap()) }
}

impl Shop {
    fn file(&self, rows: &[&str]) -> PathBuf {
        let path = self.folder.path().join("sales.csv");
        let header = "date,store,sku,quantity,revenue,currency\n";
        std::fs::write(&path, format!("{header}{}\n", rows.join("\n"))).unwrap();
        path
    }

    fn look(&self, rows: &[&str], known: &[Mapping]) -> Preview {
        let defaults = Defaults { currency: self.currency, location: None };
        inspect(&self.file(rows), "sales.csv", known, &defaults).unwrap().remove(0)
    }

    /// Sums and rejected lines with their reasons.
    fn read(&self, rows: &[&str], mapping: &Mapping) -> (Vec<Sum>, Vec<(u64, String)>) {
        let context = ImportContext { import: ImportId::new("i").unwrap(), file_index: 0, file_name: "f".to_owned() };
        let mut tally = Tally::new("f", mapping.entity, mapping.currency);
        let mut rejected = Vec::new();
        for chunk in Reader::open(&self.file(rows), None, mapping, &context).unwrap() {
            let chunk = chunk.unwrap();
            tally.add(&chunk);
            rejected.extend(chunk.rejections.iter().map(|rejection| (rejection.line, rejection.reason.clone())));
        }
        let sums = tally.report().sums.into_iter().map(|sum| (sum.measure, sum.sum)).collect();
        (sums, rejected)
    }
}

const EUROS: [&str; 3] = ["2011-01-31,1,A,1,1.50,EUR", "2011-01-31,1,B,1,2.50,eur", "2011-01-31,1,C,1,4,"];
const MIXED: [&str; 3] = ["2011-01-31,1,A,1,1.50,EUR", "2011-01-31,1,B,1,2.50,USD", "2011-01-31,1,C,1,4,EUR"];

fn euros(sum: &str) -> Vec<Sum> {
    let quantity = if sum == "8.00" { "3" } else { "2" };
    vec![("quantity".to_owned(), quantity.to_owned()), ("revenue (EUR)".to_owned(), sum.to_owned())]
}

#[test]
fn the_one_currency_of_a_file_is_the_files() {
    for shop in [shop(None), shop(Some("EUR"))] {
        let preview = shop.look(&EUROS, &[]);
        assert_eq!((preview.mapping.entity, preview.questions.as_slice()), (Entity::Sales, &[][..]));
        assert_eq!(preview.mapping.currency, Some(Currency::new("EUR").unwrap()));
        assert_eq!(shop.read(&EUROS, &preview.mapping), (euros("8.00"), Vec::new()));
    }
}

#[test]
fn a_file_of_another_currency_than_the_shops_is_asked_about() {
    let preview = shop(Some("USD")).look(&EUROS, &[]);
    let [question] = preview.questions.as_slice() else { panic!("{:?}", preview.questions) };
    assert_eq!((question.field.as_str(), question.column.as_deref()), ("currency", Some("currency")));
    assert!(question.text.contains("in EUR, and the shop counts in USD"), "{}", question.text);
    assert_eq!(preview.mapping.currency, None);
}

#[test]
fn several_currencies_are_asked_about_and_only_the_one_chosen_is_added_up() {
    let shop = shop(Some("EUR"));
    let preview = shop.look(&MIXED, &[]);
    let [question] = preview.questions.as_slice() else { panic!("{:?}", preview.questions) };
    assert!(question.text.contains("several currencies (EUR, USD)"), "{}", question.text);
    assert_eq!(question.options, ["EUR", "USD"]);

    let chosen = Mapping { currency: Some(Currency::new("EUR").unwrap()), ..preview.mapping };
    let again = shop.look(&MIXED, std::slice::from_ref(&chosen));
    assert_eq!((again.questions.as_slice(), &again.mapping), (&[][..], &chosen), "an answer settles it");
    let (sums, rejected) = shop.read(&MIXED, &chosen);
    assert_eq!(sums, euros("5.50"));
    let [(3, reason)] = rejected.as_slice() else { panic!("{rejected:?}") };
    assert!(reason.contains("the row is in USD, and the import counts in EUR"), "{reason}");
}

#[test]
fn signs_are_no_codes() {
    let rows = ["2011-01-31,1,A,1,1.50,$", "2011-01-31,1,B,1,2.50,US dollar"];
    let preview = shop(None).look(&rows, &[]);
    let fields: Vec<&str> = preview.questions.iter().map(|question| question.field.as_str()).collect();
    assert_eq!(fields, ["currency"], "it is asked as if there were no such column");
    let shop = shop(Some("USD"));
    let preview = shop.look(&rows, &[]);
    assert_eq!(preview.questions, []);
    assert_eq!(shop.read(&rows, &preview.mapping).1, []);
}
