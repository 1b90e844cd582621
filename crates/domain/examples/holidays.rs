//! Prints every country's holidays, one a line: country, region, day, kind, name.
//!
//! `cargo run -p aisle-domain --example holidays -- 2005 2030`; with a country's code behind it, that country's alone.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use aisle_domain::Day;
use aisle_domain::holidays::countries;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let year = |index: usize, otherwise: i32| arguments.get(index).and_then(|y| y.parse().ok()).unwrap_or(otherwise);
    let (first, last) = (Day::from_civil(year(0, 2024), 1, 1), Day::from_civil(year(1, 2026), 12, 31));
    let (Ok(first), Ok(last)) = (first, last) else { return };
    let wanted = |code: &str| arguments.get(2).is_none_or(|only| only.eq_ignore_ascii_case(code));
    for country in countries().iter().filter(|country| wanted(country.code)) {
        for region in std::iter::once(None).chain(country.regions.iter().copied().map(Some)) {
            for holiday in country.holidays(region, first, last) {
                for ahead in 0..=holiday.last.since(holiday.first) {
                    let (day, kind, name) = (holiday.first.plus(ahead), holiday.kind, holiday.full_name());
                    println!("{}\t{}\t{day}\t{kind:?}\t{name}", country.code, region.unwrap_or(""));
                }
            }
        }
    }
}
