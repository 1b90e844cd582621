//! How fast a shop is simulated: `cargo run --release -p aisle-sync --example simulate_speed [-- ITEMS LOCATIONS DAYS [FOLDER]]`.

use aisle_sync::simulate::{Spec, simulate};
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u32| arguments.get(place).map_or(Ok(default), |text| text.parse());
    let demo = Spec::default();
    let spec = Spec {
        items: number(0, demo.items)?,
        locations: number(1, demo.locations)?,
        days: number(2, demo.days)?,
        ..demo
    };
    let own = std::env::temp_dir().join(format!("simulate-speed-{}", std::process::id()));
    let folder = arguments.get(3).map_or_else(|| own.clone(), PathBuf::from);
    let began = Instant::now();
    let report = simulate(&spec, &folder)?;
    let seconds = began.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    let mut bytes = 0;
    for file in &report.files {
        let size = std::fs::metadata(&file.path)?.len();
        bytes += size;
        writeln!(out, "{:>10} rows {:>12} bytes  {}", file.rows, size, file.path.strip_prefix(&folder)?.display())?;
    }
    writeln!(
        out,
        "{} units sold, {} lost, {:.1} MB in {seconds:.2} s",
        report.units,
        report.lost_units,
        bytes as f64 / 1e6
    )?;
    if folder == own {
        std::fs::remove_dir_all(own)?;
    }
    Ok(())
}
