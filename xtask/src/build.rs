//! Both halves of the program: the `aisle` binary and the site it serves.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process;
use crate::setup;
use crate::site;
use crate::stamp::{Fingerprint, Stamp};
use crate::wasm;

/// Sets up what is missing and builds what has changed. With nothing to do this takes well under a second.
pub(crate) fn build(place: &Place) -> Outcome<()> {
    let started = Instant::now();
    let guard = alone(place)?;
    let toolchain = prepare(place)?;
    // The two compilations share no crate, so they run side by side.
    let (wasm, server) = thread::scope(|scope| {
        let wasm = scope.spawn(|| wasm::build(place, &toolchain));
        let server = native(place);
        let wasm = wasm.join().unwrap_or_else(|_| Err(Failure::Program("the WASM build panicked".into())));
        (wasm, server)
    });
    server?;
    put_together(place, &wasm?)?;
    drop(guard);
    println!("  built in {:.1} s: {}", started.elapsed().as_secs_f64(), place.binary().display());
    Ok(())
}

/// What the browser downloads, without the server.
pub(crate) fn pages(place: &Place) -> Outcome<()> {
    let guard = alone(place)?;
    let toolchain = prepare(place)?;
    put_together(place, &wasm::build(place, &toolchain)?)?;
    drop(guard);
    Ok(())
}

/// The scripts that the pages and the server's drawings run; returns their folder.
pub(crate) fn scripts(place: &Place) -> Outcome<PathBuf> {
    let guard = alone(place)?;
    packages(place)?;
    let folder = site::scripts(place)?;
    drop(guard);
    Ok(folder)
}

/// Checkouts share the directory for built files; two builds at once would tread on each other's toes.
fn alone(place: &Place) -> Outcome<File> {
    let path = place.workshop().join("lock");
    fs::create_dir_all(place.workshop()).map_err(|error| Failure::file(&path, &error))?;
    let file = File::create(&path).map_err(|error| Failure::file(&path, &error))?;
    if file.try_lock().is_err() {
        println!("  waiting for another `cargo xtask` to finish its build");
        file.lock().map_err(|error| Failure::file(&path, &error))?;
    }
    Ok(file)
}

fn prepare(place: &Place) -> Outcome<wasm::Toolchain> {
    let toolchain = wasm::toolchain(place)?;
    packages(place)?;
    Ok(toolchain)
}

/// Node and what the scripts are made with.
fn packages(place: &Place) -> Outcome<()> {
    if !place.root.join("frontend/node_modules/.aisle-stamp").exists() {
        setup::node(place)?;
    }
    setup::npm(place, "frontend")
}

fn put_together(place: &Place, wasm: &Path) -> Outcome<()> {
    let scripts = site::scripts(place)?;
    let style = site::style(place)?;
    let assets = place.root.join("style/assets");
    let (site, package) = (place.site(), place.site_package());
    site::assemble(place, &[(&assets, &site), (&style, &package), (&scripts, &package), (wasm, &package)])
}

/// The `aisle` binary.
fn native(place: &Place) -> Outcome<()> {
    let binary = place.binary();
    let inputs = native_inputs(place)?;
    let stamp = Stamp::at(place.workshop().join("native.stamp"));
    if stamp.holds(inputs, &[&binary]) {
        return Ok(());
    }
    let mut command = place.cargo();
    command.args(["build", "--release", "-p", "aisle-server", "--bin", "aisle"]);
    process::run("server", &mut command, &place.log("server"))?;
    stamp.set(inputs, &[&binary])
}

/// Takes the binary for built: compiling the server's tests has made it, with the features that those need.
pub(crate) fn adopt_binary(place: &Place, inputs: u64) -> Outcome<()> {
    let binary = place.binary();
    Stamp::at(place.workshop().join("native.stamp")).set(inputs, &[&binary])
}

/// The fingerprint of the server's sources.
pub(crate) fn native_inputs(place: &Place) -> Outcome<u64> {
    let mut sum = Fingerprint::default().text("native").state(&env::current_exe().unwrap_or_default());
    for part in [
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "app",
        "server",
        "crates",
        "migrations",
        "frontend/package-lock.json",
    ] {
        sum = sum.path(&place.root.join(part))?;
    }
    Ok(sum.finish())
}

/// The API documentation of the workspace's own crates.
pub(crate) fn document(place: &Place) -> Outcome<()> {
    let mut command = place.cargo();
    command.args(["doc", "--release", "--no-deps", "-p", "aisle-server", "-p", "aisle-app", "-p", "xtask"]);
    for name in ["domain", "engine", "charts", "training", "lake", "store", "sync", "drawing"] {
        command.arg("-p").arg(format!("aisle-{name}"));
    }
    process::run("documentation", command.env("RUSTDOCFLAGS", "-D warnings"), &place.log("documentation"))?;
    println!("  {}", place.target.join("doc/aisle_domain/index.html").display());
    Ok(())
}

/// Formats every source file.
pub(crate) fn format(place: &Place) -> Outcome<()> {
    let mut command = place.cargo();
    process::run("format", command.args(["fmt", "--all"]), &place.log("format")).map(drop)
}

/// Whether `path` names a source file, as opposed to notes and editors' leftovers.
pub(crate) fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        ["rs", "toml", "css", "js", "mjs", "sql", "svg", "json", "lock"].iter().any(|known| ending == *known)
    })
}
