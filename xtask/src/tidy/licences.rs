//! Licences of everything that is compiled in, against the list in deny.toml.
//!
//! `cargo deny` reads the same list; it checks advisories too, where it is installed. This check needs nothing installed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cargo_metadata::Metadata;
use spdx::{Expression, ParseMode};

use super::unreadable;
use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::{process, setup};

/// Every package's licence expression must be satisfied by the allowed licences alone.
pub(super) fn allowed(place: &Place, metadata: &Metadata) -> Outcome<Vec<String>> {
    let allowed = list(&place.root.join("deny.toml"))?;
    let members: BTreeSet<_> = metadata.workspace_members.iter().collect();
    let mut broken = Vec::new();
    for package in metadata.packages.iter().filter(|package| !members.contains(&package.id)) {
        let name = format!("{} {}", package.name, package.version);
        match &package.license {
            Some(licence) => broken.extend(refusal(&name, licence, &allowed)),
            None => broken.push(format!(
                "{name} states no licence: read its licence file, and leave it out or record an exception here"
            )),
        }
    }
    if setup::on_path("cargo-deny").is_some() {
        let mut command = place.cargo();
        command.args(["deny", "check", "licenses", "bans"]);
        if let Err(failure) = process::run("cargo deny", &mut command, &place.log("deny")) {
            broken.push(failure.to_string());
        }
    }
    Ok(broken)
}

/// Why a licence expression is not acceptable; nothing when it is.
fn refusal(name: &str, licence: &str, allowed: &BTreeSet<String>) -> Option<String> {
    let expression = match Expression::parse_mode(licence, ParseMode::LAX) {
        Ok(expression) => expression,
        Err(error) => return Some(format!("{name}: the licence {licence:?} is no SPDX expression: {}", error.reason)),
    };
    let accepted = expression.evaluate(|requirement| {
        // `Apache-2.0 WITH LLVM-exception` grants more than Apache-2.0 does.
        requirement.license.id().is_some_and(|id| allowed.contains(id.name))
    });
    (!accepted).then(|| {
        format!(
            "{name} is under {licence}, which deny.toml does not allow: find another, or argue for the licence there"
        )
    })
}

/// The allowed licences' SPDX names.
fn list(file: &Path) -> Outcome<BTreeSet<String>> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
    let table: toml::Table = text.parse().map_err(|error| unreadable("deny.toml", &error))?;
    let names = table.get("licenses").and_then(|part| part.get("allow")).and_then(toml::Value::as_array);
    let names: BTreeSet<String> =
        names.into_iter().flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect();
    if names.is_empty() { Err(unreadable("deny.toml", &"[licenses] allow lists nothing")) } else { Ok(names) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_needs_an_allowed_way_through() {
        let allowed = BTreeSet::from(["MIT".to_owned(), "Apache-2.0".to_owned()]);
        for fine in [
            "MIT",
            "MIT OR GPL-3.0-only",
            "MIT/Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
            "(MIT OR ISC) AND Apache-2.0",
        ] {
            assert_eq!(refusal("shelf 1", fine, &allowed), None, "{fine}");
        }
        for bad in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "a licence of ours"] {
            assert!(refusal("shelf 1", bad, &allowed).is_some(), "{bad}");
        }
    }
}
