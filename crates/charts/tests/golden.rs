//! Same data, same bytes: one chart of each kind against the file that was looked at when it was drawn. After a wanted
//! change, write the files anew with `AISLE_WRITE_GOLDEN=1` and look at them again. `aisle-drawing` draws these files.
#![expect(clippy::unwrap_used, reason = "a test states facts; a wrong one may panic")]

mod sample;

use aisle_charts::{ChartSpec, Palette};
use std::path::PathBuf;

#[test]
fn options_are_the_golden_ones() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (name, spec) in sample::charts(&Palette::themed()) {
        let file = folder.join(format!("{name}.json"));
        if std::env::var_os("AISLE_WRITE_GOLDEN").is_some() {
            std::fs::write(&file, format!("{}\n", spec.option_json)).unwrap();
        }
        let golden = std::fs::read_to_string(&file).unwrap();
        assert!(golden.trim_end() == spec.option_json, "{name} differs from {}", file.display());
    }
}

#[test]
fn every_chart_says_in_words_and_numbers_what_it_shows() {
    for (name, ChartSpec { summary, table, option_json, .. }) in sample::charts(&Palette::light()) {
        assert!(summary.ends_with('.') && summary.len() > 20, "{name}: {summary}");
        assert!(!table.rows.is_empty() && table.rows.iter().all(|row| row.len() == table.headers.len()), "{name}");
        assert!(!option_json.contains("function") && !option_json.contains("=>"), "{name} carries code");
    }
    let summaries: Vec<String> = sample::charts(&Palette::light()).into_iter().map(|(_, spec)| spec.summary).collect();
    assert!(summaries[3].contains("8.1 % of Chosen per series"), "{}", summaries[3]);
    assert!(summaries[4].contains("Groceries is the largest of 4 with $48,000,000.00, 58.6 %"), "{}", summaries[4]);
    assert!(summaries[5].contains("2 grew and 2 declined of 4"), "{}", summaries[5]);
}
