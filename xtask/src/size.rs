//! `cargo xtask size`: what the browser downloads, and whether the WASM keeps to its limit.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::stamp::files_below;
use crate::{build, wasm};

/// What the WASM may weigh after brotli, in bytes (1 kB = 1000 bytes): a ratchet above what was last measured, to be lowered,
/// and raised only for an island that is worth it. Pages weigh nothing here.
const LIMIT: u64 = 340_000;

/// Builds, prints the table, fails above the limit.
pub(crate) fn size(place: &Place) -> Outcome<()> {
    build::pages(place)?;
    report(place)
}

/// Prints the table of the built site.
pub(crate) fn report(place: &Place) -> Outcome<()> {
    println!("  {:<28} {:>10} {:>10} {:>10}", "kB", "raw", "gzip", "brotli");
    for (name, file) in files_below(&place.site())? {
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let kilobytes =
            |form: &str| bytes(&file, form).map_or("-".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1000.0));
        println!("  {name:<28} {:>10} {:>10} {:>10}", kilobytes(""), kilobytes(".gz"), kilobytes(".br"));
    }
    let module = place.site_package().join(format!("{}.wasm", wasm::NAME));
    match bytes(&module, ".br") {
        Some(size) if size <= LIMIT => {
            println!("  the WASM takes {} kB after brotli, {} kB are allowed", size / 1000, LIMIT / 1000);
            Ok(())
        }
        Some(size) => {
            Err(Failure::Found(format!("the WASM takes {size} bytes after brotli, more than the {LIMIT} allowed")))
        }
        None => Err(Failure::Missing(format!("{} has no compressed form", module.display()))),
    }
}

fn bytes(file: &Path, form: &str) -> Option<u64> {
    let mut name = file.as_os_str().to_owned();
    name.push(form);
    fs::metadata(Path::new(&name)).ok().map(|meta| meta.len())
}
