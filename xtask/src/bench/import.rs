//! `cargo xtask bench import [--rows N]`: a whole import beside DuckDB, which reads the same file into Parquet.
//!
//! `aisle import` inspects every value, reads, drops what is there already, keeps the master data, and commits to Delta
//! tables; its time is that of its process. DuckDB's is that of its one COPY, without the start of Python. Both run alone,
//! one after the other, on every core, on a file that was written just before. Peak memory is the kernel's own figure
//! (VmHWM) of each process.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process;

const ROWS: u64 = 10_000_000;
/// The other program, as its registry names it.
const DUCKDB: &str = "duckdb==2.0.0";
/// How often the kernel is asked for the peak; it never falls, so the last answer is short of the truth by little.
const ASK: Duration = Duration::from_millis(10);

/// Prints the seconds first, so that Python's own start does not count.
const COPY: &str = "
import sys, time, duckdb
began = time.perf_counter()
connection = duckdb.connect()
connection.execute('SET enable_progress_bar = false')
connection.execute(f\"COPY (SELECT * FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet)\")
print(time.perf_counter() - began)
print(connection.execute(f\"SELECT count(*) FROM '{sys.argv[2]}'\").fetchone()[0])
";

/// What one program needed.
struct Needed {
    seconds: f64,
    /// Peak of resident memory, in bytes; `None` where the system does not tell.
    memory: Option<u64>,
}

/// Generates the file, runs both programs, and prints the comparison.
pub(crate) fn bench(place: &Place, arguments: &[String]) -> Outcome<()> {
    let rows = rows(arguments)?;
    let python = python(place)?;
    let mut build = place.cargo();
    build.args(["build", "--release", "--locked", "-p", "aisle-server", "--bin", "aisle"]);
    process::run("server", &mut build, &place.log("bench-import-build"))?;
    let folder = place.workshop().join("bench-import");
    let made = |error: std::io::Error| Failure::file(&folder, &error);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(made)?;
    }
    fs::create_dir_all(&folder).map_err(made)?;
    let file = folder.join("sales.csv");
    let bytes = write_sales(&file, rows).map_err(|error| Failure::file(&file, &error))?;
    println!(
        "{rows} order lines, {:.0} MB, {} cores",
        mega(bytes),
        thread::available_parallelism().map_or(0, usize::from)
    );

    let (duckdb, said) =
        watched(Command::new(&python).args(["-c", COPY]).arg(&file).arg(folder.join("sales.parquet")))?;
    let mut lines = said.lines();
    let (Some(Ok(seconds)), Some(Ok(counted))) =
        (lines.next().map(str::parse::<f64>), lines.next().map(str::parse::<u64>))
    else {
        return Err(Failure::Program(format!("DuckDB said {said:?}; seconds and rows were expected")));
    };
    let duckdb = Needed { seconds, ..duckdb };
    let mut aisle = place.program(&place.binary());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AISLE_")) {
        aisle.env_remove(name);
    }
    aisle.env_remove("DATABASE_URL").args(["import", "--currency", "EUR", "--json", "--log", "warn"]).arg(&file);
    let (aisle, said) = watched(aisle.arg("--data-dir").arg(folder.join("data")).current_dir(&folder))?;
    let report: serde_json::Value =
        serde_json::from_str(&said).map_err(|error| Failure::Program(format!("aisle said {said:?}: {error}")))?;
    let [read, taken, duplicate] = ["read", "taken", "duplicate"].map(|name| report["files"][0][name].as_u64());
    if counted != rows || read != Some(rows) || taken.zip(duplicate).map(|(a, b)| a + b) != Some(rows) {
        return Err(Failure::Found(format!("{rows} rows were written; DuckDB has {counted}, aisle says {report}")));
    }
    show(rows, &aisle, &duckdb);
    println!("aisle took {} rows and knew {} as repeated", taken.unwrap_or(0), duplicate.unwrap_or(0));
    fs::remove_dir_all(&folder).map_err(made)
}

fn rows(arguments: &[String]) -> Outcome<u64> {
    let wrong = || Failure::Usage("expected `cargo xtask bench import [--rows N]`".to_owned());
    match arguments {
        [] => Ok(ROWS),
        [flag, number] if flag == "--rows" => number.parse().ok().filter(|rows| *rows > 0).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// A Python that has DuckDB, in an environment of its own under the target directory.
fn python(place: &Place) -> Outcome<PathBuf> {
    let folder = place.workshop().join("duckdb");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let log = place.log("bench-import-duckdb");
    let has = |python: &Path| {
        let check = format!("import duckdb; assert 'duckdb==' + duckdb.__version__ == '{DUCKDB}'");
        Command::new(python).args(["-c", &check]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if !has(&python) {
        process::run("python", Command::new("python3").args(["-m", "venv"]).arg(&folder), &log)?;
        process::run("duckdb", Command::new(&python).args(["-m", "pip", "install", "--quiet", DUCKDB]), &log)?;
    }
    Ok(python)
}

/// Runs a program to its end: time of the process, peak of its memory, and what it printed.
fn watched(command: &mut Command) -> Outcome<(Needed, String)> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| Failure::Missing(format!("{name}: {error}"));
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let status_file = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut memory = None;
    // What is printed is less than a pipe holds, so nobody waits for a reader.
    let status = loop {
        memory = peak(&status_file).max(memory);
        match child.try_wait().map_err(failed)? {
            Some(status) => break status,
            None => thread::sleep(ASK),
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    let output = child.wait_with_output().map_err(failed)?;
    if !status.success() {
        return Err(Failure::Program(format!("{name} failed ({status})")));
    }
    Ok((Needed { seconds, memory }, String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// The peak of a process's resident memory, in bytes.
fn peak(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn show(rows: u64, aisle: &Needed, duckdb: &Needed) {
    println!("\n  {:<28} {:>10} {:>12} {:>10}", "", "seconds", "rows/s", "peak MB");
    let memory = |needed: &Needed| needed.memory.map_or("unknown".to_owned(), |bytes| format!("{:.0}", mega(bytes)));
    for (name, needed) in [("aisle import", aisle), ("DuckDB, CSV to Parquet", duckdb)] {
        let speed = rows as f64 / needed.seconds;
        println!("  {name:<28} {:>10.2} {speed:>12.0} {:>10}", needed.seconds, memory(needed));
    }
    let mut ratios = format!("speed {:.2}", duckdb.seconds / aisle.seconds);
    if let (Some(ours), Some(theirs)) = (aisle.memory, duckdb.memory) {
        let _ = write!(ratios, ", memory {:.2}", ours as f64 / theirs as f64);
    }
    println!("  aisle / DuckDB: {ratios}");
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Order lines over two years: baskets of one to five of 20,000 items, 40 stores, 300,000 customers.
fn write_sales(path: &Path, rows: u64) -> std::io::Result<u64> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(file, "order_id,sold_at,store,sku,quantity,unit_price,customer_id")?;
    let mut dice = Dice(7);
    let (mut order, mut left, mut head) = (100_000, 0, (String::new(), 0, 0));
    for row in 0..rows {
        if left == 0 {
            left = 1 + dice.below(5);
            order += 1;
            let second = row * (730 * 86_400) / rows;
            head = (moment(second), 1 + dice.below(40), dice.below(300_000));
        }
        left -= 1;
        // The product of two even draws: few items sell often, most seldom.
        let item = dice.below(20_000) * dice.below(20_000) / 20_000;
        let cents = 99 + item * 37 % 9_900;
        let (sold_at, store, customer) = &head;
        writeln!(
            file,
            "{order},{sold_at},S{store:02},SKU{item:05},{},{}.{:02},C{customer:06}",
            1 + dice.below(4),
            cents / 100,
            cents % 100
        )?;
    }
    file.flush()?;
    Ok(fs::metadata(path)?.len())
}

/// A moment so many seconds after the beginning of 2023; neither 2023 nor 2024's last day is passed.
fn moment(second: u64) -> String {
    const LEAP: [u64; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let (mut day, second) = (second / 86_400, second % 86_400);
    let year = 2023 + day / 365;
    day %= 365;
    let mut month = 0;
    let days = |month: usize| if year == 2024 || month != 1 { LEAP[month] } else { 28 };
    while day >= days(month) {
        day -= days(month);
        month += 1;
    }
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{year}-{:02}-{:02} {hour:02}:{minute:02}:{:02}", month + 1, day + 1, second % 60)
}

/// SplitMix64: the same file each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_calendar() {
        assert_eq!(moment(0), "2023-01-01 00:00:00");
        assert_eq!(moment(59 * 86_400 + 3_661), "2023-03-01 01:01:01");
        assert_eq!(moment((365 + 59) * 86_400), "2024-02-29 00:00:00");
        assert_eq!(moment(729 * 86_400 + 86_399), "2024-12-30 23:59:59");
    }
}
