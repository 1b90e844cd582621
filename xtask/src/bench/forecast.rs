//! `cargo xtask bench forecast`: forecasts of Walmart's weekly sales beside statsforecast, in the same run, on the same data.
//!
//! From two origins, 13 weeks each, both fit what lies before and forecast what lies after, in one thread; the error is the
//! WMAE of the competition that the data is from (weeks with a holiday weigh five). CPU seconds are those of the fits and
//! forecasts: the example and the Python text below measure themselves, after reading their files. The peer is what
//! statsforecast offers for weeks of a year: MSTL with exponential smoothing of what remains.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process;

const PEER: [&str; 2] = ["statsforecast==2.1.1", "pandas==2.3.3"];
const ORIGINS: &str = "2011-07-29,2011-10-28";

/// Prints CPU seconds and WMAE of both origins together. Series that ended eight weeks before an origin are left out of the
/// fit; a series without forecast is forecast to be nothing, as the competition would have it.
const STATSFORECAST: &str = r#"
import os, sys, time, warnings
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"): os.environ[name] = "1"
warnings.filterwarnings("ignore")
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, MSTL, Naive
sales = pd.read_csv(sys.argv[1], parse_dates=["Date"])
sales["unique_id"] = sales.Store.astype(str) + "_" + sales.Dept.astype(str)
def panel(origin):
    seen = sales[sales.Date <= origin]
    span = seen.groupby("unique_id").Date.agg(["min", "max"])
    alive = span[span["max"] >= origin - pd.Timedelta(weeks=8)]
    weeks = pd.date_range(sales.Date.min(), origin, freq="W-FRI")
    table = seen[seen.unique_id.isin(alive.index)].pivot_table(index="Date", columns="unique_id", values="Weekly_Sales")
    table = table.reindex(weeks).rename_axis("ds").reset_index().melt("ds", var_name="unique_id", value_name="y")
    table = table[table.ds >= table.unique_id.map(alive["min"])]
    return table.fillna({"y": 0.0})[["unique_id", "ds", "y"]].sort_values(["unique_id", "ds"])
model = lambda: StatsForecast(models=[MSTL(season_length=52, trend_forecaster=AutoETS(model="ZZN"))], freq="W-FRI",
                              n_jobs=1, fallback_model=Naive())
first = panel(pd.Timestamp(sys.argv[2].split(",")[0]))
# Numba compiles at the first call: that is no part of the comparison.
model().forecast(df=first[first.unique_id == first.unique_id.iloc[0]], h=13)
seconds = error = weight = series = 0.0
for origin in map(pd.Timestamp, sys.argv[2].split(",")):
    known = panel(origin)
    began = time.process_time()
    said = model().forecast(df=known, h=13).reset_index()
    seconds += time.process_time() - began
    series = max(series, known.unique_id.nunique())
    column = [name for name in said.columns if name not in ("unique_id", "ds", "index")][0]
    came = sales[(sales.Date > origin) & (sales.Date <= origin + pd.Timedelta(weeks=13))]
    both = came.merge(said.rename(columns={"ds": "Date", column: "said"}), on=["unique_id", "Date"], how="left")
    weights = both.IsHoliday.map({True: 5.0, False: 1.0})
    error += (weights * (both.Weekly_Sales - both.said.fillna(0.0)).abs()).sum()
    weight += weights.sum()
print(seconds, error / weight, int(series))
"#;

/// What one program did.
struct Measured {
    seconds: f64,
    wmae: f64,
    series: u64,
}

/// Runs both and prints the comparison.
pub(crate) fn bench(place: &Place, arguments: &[String]) -> Outcome<()> {
    if !arguments.is_empty() {
        return Err(Failure::Usage("expected `cargo xtask bench forecast`, without arguments".to_owned()));
    }
    let Some(data) = std::env::var_os("AISLE_TEST_DATA").map(PathBuf::from) else {
        println!("left out: AISLE_TEST_DATA does not name the folder with the data");
        return Ok(());
    };
    let train = data.join("walmart/train.csv");
    if !train.is_file() {
        return Err(Failure::Missing(format!("{} is not there", train.display())));
    }
    let python = python(place)?;
    let mut ours = place.cargo();
    ours.args([
        "run",
        "--quiet",
        "--release",
        "--locked",
        "-p",
        "aisle-training",
        "--example",
        "walmart_backtest",
        "--",
    ]);
    let ours = read(ours.args(["--threads", "1", "--origins", ORIGINS]), "measured ")?;
    let theirs = read(Command::new(&python).args(["-c", STATSFORECAST]).arg(&train).arg(ORIGINS), "")?;
    println!("\n  {:<36} {:>8} {:>13} {:>9}", "origins 2011-07-29 and 2011-10-28", "series", "CPU seconds", "WMAE");
    for (name, measured) in [("Aisle, all models weighed", &ours), ("statsforecast, MSTL and ETS", &theirs)] {
        println!("  {name:<36} {:>8} {:>13.1} {:>9.1}", measured.series, measured.seconds, measured.wmae);
    }
    println!(
        "  Aisle / statsforecast: CPU {:.3} (1/{:.1}), WMAE {:.3}",
        ours.seconds / theirs.seconds,
        theirs.seconds / ours.seconds,
        ours.wmae / theirs.wmae
    );
    Ok(())
}

/// Runs a program and reads the line that begins so: CPU seconds, WMAE, series.
fn read(command: &mut Command, begins: &str) -> Outcome<Measured> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::Missing(format!("{name}: {error}")))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(Failure::Program(format!("{name} failed ({})", output.status)));
    }
    let line = said.lines().find_map(|line| line.strip_prefix(begins));
    let words: Vec<&str> = line.unwrap_or_default().split_whitespace().collect();
    let measured = match words.as_slice() {
        [seconds, wmae, series] => seconds.parse().ok().zip(wmae.parse().ok()).zip(series.parse().ok()),
        _ => None,
    };
    measured.map(|((seconds, wmae), series)| Measured { seconds, wmae, series }).ok_or_else(|| {
        Failure::Program(format!("{name} said {said:?}; CPU seconds, WMAE and the number of series were expected"))
    })
}

/// A Python that has the peer, in an environment of its own under the target directory.
fn python(place: &Place) -> Outcome<PathBuf> {
    let folder = place.workshop().join("statsforecast");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let log = place.log("bench-forecast-peer");
    let check = "import statsforecast, pandas; print(statsforecast.__version__, pandas.__version__)";
    let found = Command::new(&python).args(["-c", check]).stderr(Stdio::null()).output();
    let wanted = PEER.map(|name| name.split("==").nth(1).unwrap_or_default()).join(" ");
    if !found.is_ok_and(|found| String::from_utf8_lossy(&found.stdout).trim() == wanted) {
        process::run("python", Command::new("python3").args(["-m", "venv"]).arg(&folder), &log)?;
        process::run("peer", Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PEER), &log)?;
    }
    Ok(python)
}
