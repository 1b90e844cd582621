//! What build and tests need beyond Rust and Node, set up when it is missing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process;
use crate::stamp::{Fingerprint, Stamp};
use crate::wasm;

/// Everything that `build` and `test` would set up.
pub(crate) fn everything(place: &Place) -> Outcome<()> {
    node(place)?;
    wasm::toolchain(place)?;
    npm(place, "frontend")?;
    npm(place, "end2end")?;
    println!("Chromium:   {}", chromium(place)?.display());
    println!("PostgreSQL: {}", postgres(place)?.display());
    Ok(())
}

/// Checks that Node is there, version 20 or later.
pub(crate) fn node(place: &Place) -> Outcome<()> {
    let said = place.program(Path::new("node")).arg("--version").output();
    let version = said.ok().map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(20..) => Ok(()),
        Some(_) => Err(Failure::Missing(format!("Node {version} is too old: install Node 20 or later"))),
        None => Err(Failure::Missing("Node is not on the PATH: install Node 20 or later (with npm)".into())),
    }
}

/// Installs the packages that `folder` locks, unless they are there.
pub(crate) fn npm(place: &Place, folder: &str) -> Outcome<()> {
    let home = place.root.join(folder);
    let lock = home.join("package-lock.json");
    if !lock.exists() {
        return Err(Failure::Missing(format!("{} does not exist; it pins the npm packages", lock.display())));
    }
    let modules = home.join("node_modules");
    let inputs = Fingerprint::default().path(&lock)?.path(&home.join("package.json"))?.finish();
    let stamp = Stamp::at(modules.join(".aisle-stamp"));
    if stamp.holds(inputs, &[]) {
        return Ok(());
    }
    println!("  npm packages of {folder}/");
    let mut command = place.program(Path::new("npm"));
    command.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&home);
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").env("PUPPETEER_SKIP_DOWNLOAD", "1");
    let name = format!("npm ci in {folder}");
    let said = process::run(&name, &mut command, &place.log(&name))?;
    if let Some(summary) = said.all.iter().find(|line| line.starts_with("added ")) {
        println!("      {summary}");
    }
    stamp.set(inputs, &[])
}

/// Chromium: `AISLE_CHROMIUM`, else a browser on the PATH, else Debian's package.
pub(crate) fn chromium(place: &Place) -> Outcome<PathBuf> {
    let find = || {
        env::var_os("AISLE_CHROMIUM").map(PathBuf::from).filter(|path| path.exists()).or_else(|| {
            ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
                .iter()
                .find_map(|name| on_path(name))
        })
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    debian(place, &["chromium"])?;
    find().ok_or_else(|| Failure::Missing("no Chromium: install one, or set AISLE_CHROMIUM to its path".into()))
}

/// The folder of PostgreSQL's programs (`initdb`, `pg_ctl`); from Debian's package when missing.
pub(crate) fn postgres(place: &Place) -> Outcome<PathBuf> {
    if let Some(found) = postgres_programs() {
        return Ok(found);
    }
    debian(place, &["postgresql"])?;
    postgres_programs().ok_or_else(|| Failure::Missing("no PostgreSQL: install its server (initdb, pg_ctl)".into()))
}

/// Installs Debian packages, when this is Debian and we may.
pub(crate) fn debian(place: &Place, packages: &[&str]) -> Outcome<()> {
    let list = packages.join(" ");
    let advice = format!("install what is missing: apt-get install --no-install-recommends {list}");
    if on_path("apt-get").is_none() {
        return Err(Failure::Missing(format!("{list} is missing and this is not Debian; {advice}, or its like here")));
    }
    if !is_root() {
        return Err(Failure::Missing(format!("{list} is missing; as root, {advice}")));
    }
    println!("  Debian's {list}");
    let apt = |arguments: &[&str]| {
        let mut command = place.program(Path::new("apt-get"));
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        let name = format!("apt-get {}", arguments[0]);
        process::run(&name, &mut command, &place.log(&name)).map(drop)
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())
}

/// Whether system packages may be installed.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// The program of that name on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn postgres_programs() -> Option<PathBuf> {
    if let Some(program) = on_path("initdb") {
        return program.parent().map(Path::to_path_buf);
    }
    let mut versions: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    versions.sort();
    versions.into_iter().rev().find(|folder| folder.join("initdb").exists())
}
