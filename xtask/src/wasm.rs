//! The browser's half: Rust -> WASM, its JavaScript glue, and what binaryen saves.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process;
use crate::setup;
use crate::stamp::{Fingerprint, Stamp};

/// The name of the pages' script and WASM.
pub(crate) const NAME: &str = "aisle";
/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What compiles for the browser: nothing when rustup has the target, else Debian's compiler.
#[derive(Debug, Clone, Default)]
pub(crate) struct Toolchain {
    variables: Vec<(&'static str, &'static str)>,
}

impl Toolchain {
    /// `cargo` with this toolchain.
    pub(crate) fn cargo(&self, place: &Place) -> Command {
        if self.variables.is_empty() {
            return place.cargo();
        }
        let mut command = place.program(Path::new("/usr/bin/cargo"));
        command.env("CARGO_TARGET_DIR", &place.target).env_remove("RUSTUP_TOOLCHAIN");
        command.envs(self.variables.iter().copied());
        command
    }
}

/// Makes the WASM target usable: rustup's, else Debian's compiler with the standard library built from its source package.
pub(crate) fn toolchain(place: &Place) -> Outcome<Toolchain> {
    if has_target() {
        return Ok(Toolchain::default());
    }
    println!("  the Rust target {TARGET}");
    let mut add = place.program(Path::new("rustup"));
    add.args(["target", "add", TARGET]);
    let rustup = process::run("rustup target add", &mut add, &place.log("rustup target add"));
    let Err(refusal) = rustup else { return Ok(Toolchain::default()) };
    println!("      rustup cannot add it; trying Debian's compiler");
    debian_toolchain(place).map_err(|failure| {
        Failure::Missing(format!("{refusal}\n{failure}\nadd the target by hand: rustup target add {TARGET}"))
    })
}

/// Builds the pages' WASM and its glue into the workshop; returns their folder.
pub(crate) fn build(place: &Place, toolchain: &Toolchain) -> Outcome<PathBuf> {
    let finished = place.workshop().join("wasm");
    let (script, module) = (finished.join("aisle.js"), finished.join("aisle.wasm"));
    let inputs = inputs(place)?;
    let whole = Stamp::at(place.workshop().join("wasm.stamp"));
    if whole.holds(inputs, &[&script, &module]) {
        return Ok(finished);
    }
    let mut command = toolchain.cargo(place);
    command.args(["build", "-p", "aisle-frontend", "--target", TARGET, "--profile", "wasm-release"]);
    process::run("wasm", &mut command, &place.log("wasm"))?;
    let raw = place.target.join(TARGET).join("wasm-release").join("aisle.wasm");

    // A change that leaves the code as it was (a comment) needs no second round of optimisation.
    let code = Fingerprint::default().path(&raw)?.path(&binaryen_lock(place))?.text(&FLAGS.join(" ")).finish();
    let shrunk = Stamp::at(place.workshop().join("wasm-opt.stamp"));
    if !shrunk.holds(code, &[&script, &module]) {
        bind(&raw, &finished, NAME, Glue::Web)?;
        shrink(place, &module)?;
        shrunk.set(code, &[&script, &module])?;
    }
    whole.set(inputs, &[&script, &module])?;
    Ok(finished)
}

/// For whom the glue is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glue {
    /// An ES module for browsers.
    Web,
    /// A CommonJS module for Node.
    Node,
}

/// Writes `NAME.js` and `NAME.wasm` for a raw module into an emptied folder.
pub(crate) fn bind(raw: &Path, folder: &Path, name: &str, glue: Glue) -> Outcome<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    let said = |error: &dyn std::fmt::Display| Failure::Program(format!("wasm-bindgen: {error}"));
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(raw)
        .out_name(name)
        .typescript(false)
        .omit_default_module_path(false)
        .remove_producers_section(true);
    match glue {
        Glue::Web => bindgen.web(true).map_err(|error| said(&format!("{error:#}")))?,
        Glue::Node => bindgen.nodejs(true).map_err(|error| said(&format!("{error:#}")))?,
    };
    bindgen.generate(folder).map_err(|error| said(&format!("{error:#}")))?;
    if glue == Glue::Node {
        return Ok(());
    }
    // The pages ask for NAME.wasm; so must a worker that loads the glue without saying where the module is.
    let (from, to) = (folder.join(format!("{name}_bg.wasm")), folder.join(format!("{name}.wasm")));
    fs::rename(&from, &to).map_err(|error| Failure::file(&from, &error))?;
    let script = folder.join(format!("{name}.js"));
    let text = fs::read_to_string(&script).map_err(|error| Failure::file(&script, &error))?;
    let text = text.replace(&format!("{name}_bg.wasm"), &format!("{name}.wasm"));
    fs::write(&script, text).map_err(|error| Failure::file(&script, &error))
}

/// What binaryen may use: the features that Rust's own output has, all of them in browsers for years.
const FLAGS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Shrinks a module in place.
pub(crate) fn shrink(place: &Place, module: &Path) -> Outcome<()> {
    let optimiser = place.root.join("frontend/node_modules/.bin/wasm-opt");
    if !optimiser.exists() {
        return Err(Failure::Missing(format!(
            "{} is missing: frontend/package.json must list binaryen",
            optimiser.display()
        )));
    }
    let mut command = place.program(&optimiser);
    command.args(FLAGS).arg(module).arg("-o").arg(module);
    process::run("wasm-opt", &mut command, &place.log("wasm-opt")).map(drop)
}

fn binaryen_lock(place: &Place) -> PathBuf {
    place.root.join("frontend/node_modules/binaryen/package.json")
}

fn inputs(place: &Place) -> Outcome<u64> {
    let mut sum = Fingerprint::default().text("wasm").state(&env::current_exe().unwrap_or_default());
    for part in [
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "app",
        "frontend/src",
        "frontend/Cargo.toml",
        "frontend/package-lock.json",
    ] {
        sum = sum.path(&place.root.join(part))?;
    }
    for part in ["domain", "engine", "charts"] {
        sum = sum.path(&place.root.join("crates").join(part))?;
    }
    Ok(sum.finish())
}

fn has_target() -> bool {
    // The sysroot says it without starting rustup, which would cost a second of every start.
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let library = |sysroot: &Path| sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir();
    if let (Some(home), Some(chain)) = (rustup_home(), env::var_os("RUSTUP_TOOLCHAIN"))
        && library(&home.join("toolchains").join(chain))
    {
        return true;
    }
    let said = Command::new(compiler).args(["--print", "sysroot"]).output();
    said.is_ok_and(|out| library(Path::new(String::from_utf8_lossy(&out.stdout).trim())))
}

fn rustup_home() -> Option<PathBuf> {
    env::var_os("RUSTUP_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".rustup")))
}

/// Debian ships a compiler new enough for the web and the source of its standard library, but not the library for WASM.
fn debian_toolchain(place: &Place) -> Outcome<Toolchain> {
    let found = Toolchain {
        variables: vec![("RUSTC", "/usr/bin/rustc"), ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "rust-lld")],
    };
    let library = Path::new("/usr/lib/rustlib").join(TARGET).join("lib");
    let built = || {
        fs::read_dir(&library)
            .is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-")))
    };
    if built() {
        return Ok(found);
    }
    setup::debian(place, &["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"])?;
    let linker =
        fs::read_link("/usr/bin/rust-lld").map_err(|error| Failure::file(Path::new("/usr/bin/rust-lld"), &error))?;
    if let Some(package) = linker.file_name().map(|name| name.to_string_lossy().into_owned()) {
        setup::debian(place, &[&package])?;
    }
    // An empty library that asks for the standard library's source makes cargo build it.
    let seed = place.workshop().join("sysroot");
    fs::create_dir_all(seed.join("src")).map_err(|error| Failure::file(&seed, &error))?;
    let manifest =
        "[package]\nname = \"sysroot\"\nedition = \"2021\"\n[workspace]\n[profile.release]\npanic = \"abort\"\n";
    for (name, text) in [("Cargo.toml", manifest), ("src/lib.rs", "")] {
        let file = seed.join(name);
        fs::write(&file, text).map_err(|error| Failure::file(&file, &error))?;
    }
    let mut command = place.program(Path::new("/usr/bin/cargo"));
    command
        .current_dir(&seed)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTUP_TOOLCHAIN");
    command.env("CARGO_TARGET_DIR", seed.join("target"));
    command.args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,proc_macro"]);
    process::run("standard library for WASM", &mut command, &place.log("sysroot"))?;
    fs::create_dir_all(&library).map_err(|error| Failure::file(&library, &error))?;
    let parts = seed.join("target").join(TARGET).join("release/deps");
    for entry in fs::read_dir(&parts).map_err(|error| Failure::file(&parts, &error))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libsysroot") {
            fs::copy(entry.path(), library.join(&name)).map_err(|error| Failure::file(&library, &error))?;
        }
    }
    Ok(found)
}
