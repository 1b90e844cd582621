//! Who may depend on whom, from `cargo metadata` and `cargo tree`.

use std::collections::BTreeSet;
use std::fs;

use cargo_metadata::{DependencyKind, Metadata};

use super::unreadable;
use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::{process, wasm};

/// Each room and the rooms it may see. The server, which knows everybody, and this tool, which knows nobody, complete it.
const SEES: [(&str, &[&str]); 11] = [
    ("aisle-domain", &[]),
    ("aisle-engine", &["aisle-domain"]),
    ("aisle-charts", &["aisle-domain"]),
    ("aisle-store", &["aisle-domain"]),
    ("aisle-lake", &["aisle-domain"]),
    ("aisle-sync", &["aisle-domain"]),
    ("aisle-drawing", &["aisle-domain"]),
    ("aisle-training", &["aisle-domain", "aisle-engine"]),
    ("aisle-app", &["aisle-domain", "aisle-engine", "aisle-charts"]),
    ("aisle-frontend", &["aisle-app"]),
    ("aisle-parity", &["aisle-engine"]),
];
/// May see every room but the WASM entry.
const KNOWS_EVERYBODY: &str = "aisle-server";
/// May see no room.
const KNOWS_NOBODY: &str = "xtask";
/// What must never reach the browser.
const SERVER_ONLY: [&str; 10] =
    ["tokio", "axum", "sqlx", "sqlx-core", "linfa", "datafusion", "deltalake", "deltalake-core", "rquickjs", "hyper"];

/// What cargo knows about the workspace and everything below it.
pub(super) fn metadata(place: &Place) -> Outcome<Metadata> {
    let mut command = place.cargo();
    let said = process::run(
        "cargo metadata",
        command.args(["metadata", "--format-version", "1", "--locked"]),
        &place.log("metadata"),
    )?;
    let text = said.out.into_iter().find(|line| line.starts_with('{')).unwrap_or_default();
    cargo_metadata::MetadataCommand::parse(text).map_err(|error| unreadable("cargo metadata", &error))
}

/// Architecture, first invariant. Tests may look into other rooms; what ships may not.
pub(super) fn rooms(_: &Place, metadata: &Metadata) -> Outcome<Vec<String>> {
    let mut broken = Vec::new();
    let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let seen = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
        for other in seen.map(|dependency| dependency.name.as_str()).filter(|other| members.contains(other)) {
            if !may_see(name, other) {
                broken.push(format!("{name} depends on {other}: see the dependency rules in ARCHITECTURE.md, and turn the arrow round or pass a port"));
            }
        }
        if name != KNOWS_EVERYBODY && name != KNOWS_NOBODY && !SEES.iter().any(|(room, _)| *room == name) {
            broken.push(format!("{name} is new: say in xtask/src/tidy/dependencies.rs whom it may see, and describe it in ARCHITECTURE.md"));
        }
    }
    Ok(broken)
}

fn may_see(room: &str, other: &str) -> bool {
    match room {
        KNOWS_EVERYBODY => other != "aisle-frontend" && other != KNOWS_NOBODY,
        KNOWS_NOBODY => false,
        _ => SEES.iter().any(|(name, seen)| *name == room && seen.contains(&other)),
    }
}

/// Architecture, third invariant.
pub(super) fn browser(place: &Place, _: &Metadata) -> Outcome<Vec<String>> {
    let mut command = place.cargo();
    command.args([
        "tree",
        "--locked",
        "-p",
        "aisle-frontend",
        "--target",
        wasm::TARGET,
        "-e",
        "normal",
        "--prefix",
        "none",
    ]);
    let said = process::run("cargo tree", &mut command, &place.log("tree"))?;
    let present: BTreeSet<&str> = said.out.iter().filter_map(|line| line.split_whitespace().next()).collect();
    if !present.contains("leptos") {
        return Err(Failure::Program(
            "cargo tree shows no leptos in the WASM; the check reads its output wrongly".into(),
        ));
    }
    let advice = |name: &str| {
        format!(
            "{name} is compiled into the WASM: `cargo tree -p aisle-frontend --target {} -e normal -i {name}` shows by whom",
            wasm::TARGET
        )
    };
    Ok(SERVER_ONLY.iter().filter(|name| present.contains(**name)).map(|name| advice(name)).collect())
}

/// Declared for the workspace and taken by no member; or declared by a member and not named in its sources.
pub(super) fn unused(place: &Place, metadata: &Metadata) -> Outcome<Vec<String>> {
    let manifest = place.root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|error| Failure::file(&manifest, &error))?;
    let table: toml::Table = text.parse().map_err(|error| Failure::file(&manifest, &error))?;
    let declared = table["workspace"]["dependencies"].as_table().into_iter().flatten().map(|(name, _)| name.as_str());
    let mut taken = BTreeSet::new();
    let mut broken = Vec::new();
    for package in metadata.workspace_packages() {
        let home = package.manifest_path.parent().map(|home| home.as_std_path().to_path_buf()).unwrap_or_default();
        let mut sources = String::new();
        for (name, file) in crate::stamp::files_below(&home)? {
            if name.ends_with(".rs") {
                sources.push_str(&fs::read_to_string(&file).map_err(|error| Failure::file(&file, &error))?);
            }
        }
        for dependency in &package.dependencies {
            taken.insert(dependency.name.clone());
            let word = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
            if !names(&sources, &word)
                && !turned_on(package, &dependency.name)
                && dependency.name != package.name.as_str()
            {
                broken.push(format!(
                    "{} declares {} and its sources never name it: take it out of its Cargo.toml",
                    package.name, dependency.name
                ));
            }
        }
    }
    broken.extend(
        declared
            .filter(|name| !taken.contains(*name))
            .map(|name| format!("[workspace.dependencies] declares {name}, which no member takes: take it out")),
    );
    Ok(broken)
}

/// Whether a feature of the package switches one of the dependency's own: then it is there for that.
fn turned_on(package: &cargo_metadata::Package, dependency: &str) -> bool {
    package
        .features
        .values()
        .flatten()
        .any(|part| part.split_once('/').is_some_and(|(name, _)| name.trim_end_matches('?') == dependency))
}

/// Whether `word` stands in the text as a whole word.
fn names(text: &str, word: &str) -> bool {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part_of_word) && !text[at + word.len()..].starts_with(part_of_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_point_one_way() {
        assert!(may_see("aisle-training", "aisle-engine"));
        assert!(!may_see("aisle-engine", "aisle-training"));
        assert!(!may_see("aisle-store", "aisle-lake"));
        assert!(!may_see("aisle-app", "aisle-store"));
        assert!(may_see("aisle-server", "aisle-lake"));
        assert!(!may_see("aisle-lake", "aisle-server"));
        assert!(!may_see("xtask", "aisle-domain"));
    }

    #[test]
    fn a_name_within_a_longer_one_is_not_a_use() {
        assert!(names("use csv::Reader;", "csv"));
        assert!(!names("use csv_core::Reader;", "csv"));
        assert!(!names("let my_csv = 1;", "csv"));
    }
}
