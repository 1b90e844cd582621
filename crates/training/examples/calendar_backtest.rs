//! Whether a country's holidays better the forecast: Walmart's weeks from two origins, with the events that its data flags
//! alone, and with those of the United States beside them.
//!
//! `AISLE_TEST_DATA=FOLDER cargo run --release -p aisle-training --example calendar_backtest`, where FOLDER holds
//! `walmart/train.csv` and `walmart/features.csv`. The weeks that weigh five times are the flagged ones in every line, so
//! that the errors compare.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

mod panels;

use aisle_domain::shop_calendar::{PlacedHoliday, joined};
use aisle_domain::{CalendarEvent, Day, Granularity, HolidayKind, Territory, Weekday};
use aisle_engine::{Scenario, score};
use aisle_training::{FitParameters, Panel, PanelParts, fit};
use panels::Failure;

const ORIGINS: [&str; 2] = ["2011-07-29", "2011-10-28"];
const HORIZON: usize = 13;
/// Weight of a week that the data flags.
const FLAGGED: f64 = 5.0;

fn main() -> Result<(), Failure> {
    if std::env::var_os("AISLE_TEST_DATA").is_none() {
        println!("left out: AISLE_TEST_DATA does not name the folder with the data");
        return Ok(());
    }
    let flagged = panels::read("walmart", Granularity::Week { ends: Weekday::Friday })?;
    let public: &[HolidayKind] = &[HolidayKind::Public];
    let wider: &[HolidayKind] = &[HolidayKind::Public, HolidayKind::Retail];
    let choices: [(&str, &[HolidayKind]); 4] = [
        ("flagged alone", &[]),
        ("public holidays", public),
        ("and retail days", wider),
        ("everything", &HolidayKind::ALL),
    ];
    println!("{:18} {:>7} {:>9} {:>9} {:>9}", "calendar", "events", "pooled", ORIGINS[0], ORIGINS[1]);
    for (name, kinds) in choices {
        let (panel, events) = with_holidays(&flagged, kinds)?;
        let mut pooled = (0.0, 0.0);
        let mut single = Vec::new();
        for origin in ORIGINS {
            let (sum, weights) = errors(&panel, &flagged, Day::parse(origin)?)?;
            pooled = (pooled.0 + sum, pooled.1 + weights);
            single.push(sum / weights);
        }
        println!("{name:18} {events:>7} {:>9.1} {:>9.1} {:>9.1}", pooled.0 / pooled.1, single[0], single[1]);
    }
    Ok(())
}

/// The panel with the country's holidays of these kinds, and how many events by name it then has.
fn with_holidays(panel: &Panel, kinds: &[HolidayKind]) -> Result<(Panel, usize), Failure> {
    let parts = panel.parts();
    let (first, last) = (parts.ends[0].plus(-400), parts.ends[parts.ends.len() - 1].plus(800));
    let holidays = Territory::parse("US")?.holidays(first, last).into_iter();
    let placed = holidays.filter(|holiday| kinds.contains(&holiday.kind)).map(|holiday| PlacedHoliday {
        holiday,
        territory: "US".to_owned(),
        location: None,
    });
    let events: Vec<CalendarEvent> =
        joined(parts.events.clone(), Vec::new(), placed.collect()).into_iter().map(|told| told.event).collect();
    let mut names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let count = names.len();
    Ok((Panel::new(PanelParts { events, ..parts.clone() })?, count))
}

/// Weighted absolute errors and weights from one origin: fitted on what lies before it.
fn errors(panel: &Panel, flagged: &Panel, origin: Day) -> Result<(f64, f64), Failure> {
    let parts = panel.parts();
    let seen = parts.ends.iter().filter(|end| **end <= origin).count();
    let outcome = fit(&panel.truncated(seen), &FitParameters::default().check()?, &|_| {}, &|| false)?;
    let holds = |end: Day| flagged.parts().events.iter().any(|event| event.first <= end && end.plus(-6) <= event.last);
    let (mut sum, mut weights) = (0.0, 0.0);
    for series in &parts.series {
        let Some(index) = outcome.artefact.find(&series.key) else { continue };
        let forecast = score(&outcome.artefact, index, &Scenario::default())?;
        for step in 0..HORIZON {
            let Some(actual) = series.values.get(seen + step).filter(|value| value.is_finite()) else { continue };
            let weight = if holds(parts.ends[seen + step]) { FLAGGED } else { 1.0 };
            sum += weight * (forecast.mean[step] - actual).abs();
            weights += weight;
        }
    }
    Ok((sum, weights))
}
