//! Rolling-origin evaluation of a table of sales: `panel_backtest FILE PERIOD HORIZON ORIGINS`.
//!
//! FILE is comma-separated with the columns location, item, day (YYYY-MM-DD), value, one row per period with sales (a period
//! without a row within a series' life is a zero); PERIOD is `day`, `week` or `month`. Prints a table of errors.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use aisle_domain::{Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_training::evaluation::{Slice, latest_origins};
use aisle_training::{EvaluationPlan, FitParameters, Panel, PanelParts, PanelSeries, evaluate};
use std::collections::BTreeMap;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, period, horizon, origins] = arguments.as_slice() else {
        println!("expected FILE PERIOD HORIZON ORIGINS");
        return Ok(());
    };
    let granularity = match period.as_str() {
        "day" => Granularity::Day,
        "week" => Granularity::Week { ends: Weekday::Sunday },
        "month" => Granularity::Month,
        other => return Err(format!("{other:?} is no period; expected day, week or month").into()),
    };
    let (horizon, count) = (horizon.parse()?, origins.parse()?);
    let panel = panel(&std::fs::read_to_string(file)?, granularity)?;
    let zeros = panel.parts().series.iter().flat_map(|s| &s.values).filter(|v| **v == 0.0).count();
    let values = panel.parts().series.iter().flat_map(|s| &s.values).filter(|v| v.is_finite()).count();
    println!(
        "{} series, {} periods, {:.0} % zeros",
        panel.parts().series.len(),
        panel.periods(),
        100.0 * zeros as f64 / values as f64
    );
    let plan = EvaluationPlan { origins: latest_origins(&panel, horizon, count), horizon, event_weight: 1.0 };
    let started = Instant::now();
    let found = evaluate(&panel, &FitParameters::default().check()?, &plan, &|_| {}, &|| false)?;
    println!("{} origins in {:.1} s", found.origins.len(), started.elapsed().as_secs_f64());
    println!(
        "{:24} {:20} {:>8} {:>7} {:>7} {:>8} {:>6} {:>6} {:>7}",
        "model", "slice", "WAPE", "MASE", "RMSSE", "bias", "80 %", "95 %", "FVA"
    );
    for score in found.scores.iter().filter(|s| s.level == "series" && (s.model == "chosen" || s.slice == Slice::All)) {
        let (e, or) = (score.errors, |value: Option<f64>| value.unwrap_or(f64::NAN));
        println!(
            "{:24} {:20} {:8.4} {:7.3} {:7.3} {:+8.4} {:6.3} {:6.3} {:+7.3}",
            score.model,
            format!("{:?}", score.slice),
            or(e.wape),
            or(e.mase),
            or(e.rmsse),
            or(e.bias),
            or(e.coverage80),
            or(e.coverage95),
            or(score.value_added)
        );
    }
    Ok(())
}

fn panel(text: &str, granularity: Granularity) -> Result<Panel, Failure> {
    let mut rows: BTreeMap<(String, String), BTreeMap<Day, f64>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [location, item, day, value] = cells.as_slice() else {
            return Err(format!("not four cells: {line}").into());
        };
        let end = granularity.end_of(Day::parse(day)?);
        *rows.entry(((*location).to_owned(), (*item).to_owned())).or_default().entry(end).or_default() +=
            value.parse::<f64>()?;
    }
    let first = rows.values().filter_map(|r| r.keys().next()).min().copied().ok_or("no rows")?;
    let last = rows.values().filter_map(|r| r.keys().next_back()).max().copied().ok_or("no rows")?;
    let periods = granularity.steps_between(first, last) + 1;
    let ends: Vec<Day> = (0..periods).map(|step| granularity.step(first, step)).collect();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    rows.keys().for_each(|(_, item)| *places.entry(item.clone()).or_default() += 1);
    let mut series = Vec::with_capacity(rows.len());
    for ((location, item), values) in rows {
        let born = values.keys().next().copied();
        let value = |end: &Day| match values.get(end) {
            Some(value) => *value,
            None if born.is_some_and(|born| *end > born) => 0.0,
            None => f64::NAN,
        };
        series.push(PanelSeries {
            key: SeriesKey { location: LocationId::new(location)?, item: ItemId::new(item.clone())? },
            values: ends.iter().map(value).collect(),
            group: if places[&item] >= 3 { item } else { "all".to_owned() },
        });
    }
    Ok(Panel::new(PanelParts {
        data_version: "file".to_owned(),
        measure: Measure::Quantity,
        granularity,
        currency: None,
        ends,
        series,
        drivers: Vec::new(),
        locations: Vec::new(),
        events: Vec::new(),
    })?)
}
