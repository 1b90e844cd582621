//! Reads a file as an import would, without storing it, and prints rows per second and the report.
//!
//! `cargo run --release -p aisle-sync --example read_speed FILE [CURRENCY]`
#![expect(clippy::print_stdout, reason = "it is a command")]

use aisle_domain::{Currency, ImportId};
use aisle_sync::{Defaults, ImportContext, Reader, Seen, Tally, dedupe, inspect};
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().ok_or("give a file")?);
    let currency = Currency::new(&arguments.next().unwrap_or_else(|| "USD".to_owned()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let defaults = Defaults { currency: Some(currency), location: Some("main".to_owned()) };
    let began = Instant::now();
    let previews = inspect(&path, &name, &[], &defaults)?;
    println!("inspected in {:.2} s", began.elapsed().as_secs_f64());
    let mut seen = Seen::new();
    for (index, preview) in previews.iter().enumerate() {
        println!("{}", aisle_sync::mapping::to_toml(&preview.mapping)?);
        for question in &preview.questions {
            println!("open: {} {:?}", question.text, question.options);
        }
        let member = preview.file.strip_prefix(&format!("{name}/")).map(str::to_owned);
        let context = ImportContext {
            import: ImportId::new("speed")?,
            file_index: index as i32,
            file_name: preview.file.clone(),
        };
        let began = Instant::now();
        let mut tally = Tally::new(&preview.file, preview.mapping.entity, preview.mapping.currency);
        let mut first = None;
        for chunk in Reader::open(&path, member.as_deref(), &preview.mapping, &context)? {
            let chunk = dedupe(chunk?, &mut seen)?;
            first = first.or_else(|| chunk.rejections.first().cloned());
            tally.add(&chunk);
        }
        let seconds = began.elapsed().as_secs_f64();
        let report = tally.report();
        println!("{report:#?}");
        if let Some(first) = first {
            println!("first rejection: {first:?} {}", String::from_utf8_lossy(&first.raw));
        }
        println!("{} rows in {seconds:.2} s: {:.0} rows/s", report.read, report.read as f64 / seconds);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("peak memory unknown"));
    Ok(())
}
