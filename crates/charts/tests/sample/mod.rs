//! A shop made of whole numbers, for the golden charts: two and three quarter years of weeks, a forecast of thirteen.

use aisle_charts::*;
use aisle_domain::{Currency, Day, Granularity, Weekday};

/// Money in dollars.
pub(crate) const USD: Unit = Unit::Money(Currency::USD);
/// Weeks that end on Friday.
pub(crate) const WEEKS: Granularity = Granularity::Week { ends: Weekday::Friday };

/// Sales of a week of the year: a wave, a peak before Christmas, a hollow after it, and noise from a fixed recurrence.
fn sales(week: i32, noise: &mut u64) -> f64 {
    *noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let wobble = ((*noise >> 40) % 2_000) as f64 - 1_000.0;
    let season = week.rem_euclid(52);
    let wave = 26 - (season - 26).abs();
    let peak = match season {
        46 => 14_000,
        49 => 6_000,
        50 => 19_000,
        51 => -9_000,
        _ => 0,
    };
    f64::from(45_000 + 180 * wave + peak + 12 * week) + wobble
}

/// The sales chart with everything in it.
pub(crate) fn curve() -> SalesAndForecast {
    let first = Day::parse("2010-02-05").unwrap();
    let mut noise = 7;
    let values: Vec<f64> = (0..156).map(|week| sales(week + 5, &mut noise)).collect();
    let days: Vec<Day> = (0..156).map(|week| WEEKS.step(first, week)).collect();
    let mean = values[143..].to_vec();
    let spread = |share: f64| {
        let width = |step: usize| mean[step] * share * (1.0 + step as f64 / 10.0);
        let low = (0..mean.len()).map(|step| mean[step] - width(step)).collect();
        let high = (0..mean.len()).map(|step| mean[step] + width(step)).collect();
        (low, high)
    };
    let holidays = [
        ("Super Bowl", ["2010-02-12", "2011-02-11", "2012-02-10"]),
        ("Labor Day", ["2010-09-10", "2011-09-09", "2012-09-07"]),
        ("Thanksgiving", ["2010-11-26", "2011-11-25", "2012-11-23"]),
        ("Christmas", ["2010-12-31", "2011-12-30", "2012-12-28"]),
    ];
    SalesAndForecast {
        subject: "all items".to_owned(),
        unit: USD,
        granularity: WEEKS,
        history_days: days[..143].to_vec(),
        history: values[..143].iter().copied().map(Some).collect(),
        forecast_days: days[143..].to_vec(),
        interval80: spread(0.04),
        interval95: spread(0.08),
        mean,
        baseline: None,
        model: None,
        last_year: None,
        holidays: holidays
            .iter()
            .flat_map(|(name, days)| days.iter().map(|day| ((*name).to_owned(), Day::parse(day).unwrap())))
            .collect(),
        zoom: true,
    }
}

/// One chart of each kind, by the name of its golden file.
pub(crate) fn charts(palette: &Palette) -> Vec<(&'static str, ChartSpec)> {
    let curve = curve();
    let short = SalesAndForecast {
        subject: "Department 72, store 1".to_owned(),
        history_days: curve.history_days[91..].to_vec(),
        history: curve.history[91..].to_vec(),
        last_year: Some(curve.history[39..].to_vec()),
        baseline: Some(curve.mean.iter().map(|value| value * 0.95).collect()),
        zoom: false,
        ..curve.clone()
    };
    let level: Vec<f64> = curve.mean.iter().map(|value| value * 0.8).collect();
    let season = curve.mean.iter().map(|value| value * 0.2 - 4_000.0).collect();
    let holiday = (0..13).map(|step| if step == 3 { 12_000.0 } else { 0.0 }).collect();
    let markdown = (0..13).map(|step| if step > 8 { -3_000.0 } else { 0.0 }).collect();
    let parts = [
        ("Level", level),
        ("Season", season),
        ("Holidays", holiday),
        ("Markdowns", markdown),
        ("Scenario", vec![0.0; 13]),
    ];
    let pairs = |list: &[(&str, f64)]| list.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    let past = |from: usize| PastForecast {
        origin: curve.history_days[from - 1],
        days: curve.history_days[from..from + 13].to_vec(),
        forecast: curve.history[from..from + 13].iter().flatten().map(|value| value * 1.03).collect(),
        actual: curve.history[from..from + 13].to_vec(),
        wape: 0.03,
    };
    let moved = [
        ("Dept 72 · Store 20", 61_000.0, 98_500.0),
        ("Dept 5 · Store 4", 40_000.0, 52_000.0),
        ("Dept 92 · Store 14 with a name that is far too long", 90_000.0, 82_500.0),
        ("Dept 7 · Store 2", 30_000.0, 8_250.0),
    ];
    vec![
        ("sales", sales_and_forecast(&curve, palette)),
        ("sales-short", sales_and_forecast(&short, palette)),
        (
            "components",
            components(
                &Components {
                    subject: "Department 72, store 1".to_owned(),
                    unit: USD,
                    granularity: WEEKS,
                    days: curve.forecast_days.clone(),
                    parts: parts.into_iter().map(|(name, values)| (name.to_owned(), values)).collect(),
                },
                palette,
            ),
        ),
        (
            "accuracy",
            accuracy(
                &Bars {
                    title: "WAPE by model".to_owned(),
                    named_by: "Model".to_owned(),
                    measured: "WAPE".to_owned(),
                    unit: Unit::Share,
                    bars: pairs(&[
                        ("Chosen per series", 0.081),
                        ("Elastic net", 0.094),
                        ("Seasonal naive x growth", 0.099),
                        ("Seasonal naive", 0.118),
                    ]),
                },
                palette,
            ),
        ),
        (
            "totals",
            totals_by_category(
                &Bars {
                    title: "Sales by department".to_owned(),
                    named_by: "Department".to_owned(),
                    measured: "Sales".to_owned(),
                    unit: USD,
                    bars: pairs(&[
                        ("Groceries", 48_000_000.0),
                        ("Household", 23_500_000.0),
                        ("Garden", 9_250_000.0),
                        ("Toys", 1_125_000.0),
                    ]),
                },
                palette,
            ),
        ),
        (
            "movers",
            movers(
                &Movers {
                    title: "Last four weeks against the same weeks a year before".to_owned(),
                    unit: USD,
                    movers: moved.iter().map(|(name, before, now)| ((*name).to_owned(), *before, *now)).collect(),
                },
                palette,
            ),
        ),
        (
            "histogram",
            histogram(
                &Histogram {
                    column: "Weekly_Sales".to_owned(),
                    bins: (0..12u64).map(|bin| (format!("{} k", bin * 5), 40_000 / (bin + 1))).collect(),
                },
                palette,
            ),
        ),
        ("sparkline", sparkline("Sales of the last 26 weeks", &curve.history[117..], USD, palette)),
        (
            "past",
            past_forecasts(
                &PastForecasts {
                    subject: "Department 72, store 1".to_owned(),
                    unit: USD,
                    granularity: WEEKS,
                    forecasts: vec![past(104), past(117), past(130)],
                },
                palette,
            ),
        ),
    ]
}
