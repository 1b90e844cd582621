//! Rolling-origin evaluation of a table of sales: `panel_backtest FILE PERIOD HORIZON ORIGINS`.
//!
//! FILE is comma-separated with the columns location, item, day (YYYY-MM-DD), value, one row per period with sales (a period
//! without a row within a series' life is a zero); PERIOD is `day`, `week` or `month`. Prints a table of errors.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

mod panels;
mod process;

use aisle_domain::{Granularity, Weekday};
use aisle_training::evaluation::{Slice, latest_origins};
use aisle_training::{EvaluationPlan, FitParameters, evaluate};
use panels::Failure;
use process::cpu_seconds;
use std::time::Instant;

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
    let panel = panels::read(file, granularity)?;
    let zeros = panel.parts().series.iter().flat_map(|s| &s.values).filter(|v| **v == 0.0).count();
    let values = panel.parts().series.iter().flat_map(|s| &s.values).filter(|v| v.is_finite()).count();
    println!(
        "{} series, {} periods, {:.0} % zeros",
        panel.parts().series.len(),
        panel.periods(),
        100.0 * zeros as f64 / values as f64
    );
    let plan = EvaluationPlan { origins: latest_origins(&panel, horizon, count), horizon, event_weight: 1.0 };
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let found = evaluate(&panel, &FitParameters::default().check()?, &plan, &|_| {}, &|| false)?;
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!("{} origins in {seconds:.1} s, {cpu:.1} CPU s", found.origins.len());
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
