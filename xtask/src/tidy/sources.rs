//! What every file has, and what none may have.

use std::fs;
use std::path::Path;

use cargo_metadata::Metadata;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process;

/// Lines above which a file has a second subject.
const LONG: usize = 500;
/// Names that say nothing about what is in a file.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"];

/// Rust files: module docs, length, names, and what must not stand in them.
pub(super) fn source_files(place: &Place, _: &Metadata) -> Outcome<Vec<String>> {
    let mut broken = Vec::new();
    for name in tracked(place)? {
        let ending = name.rsplit('.').next().unwrap_or_default();
        if !["rs", "ts", "js", "mjs"].contains(&ending) {
            continue;
        }
        let Some(text) = read(&place.root.join(&name))? else { continue };
        broken.extend(source_file(&name, &text));
    }
    Ok(broken)
}

fn source_file(name: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let words = name.trim_start_matches("./").split(['/', '.', '_', '-']);
    if let Some(word) = words.clone().find(|word| EMPTY_NAMES.contains(word)) {
        broken.push(format!("{name}: `{word}` says nothing; name the file after what it is about"));
    }
    let lines = text.lines().count();
    if lines > LONG {
        broken.push(format!("{name}: {lines} lines; look for the second subject (limit {LONG})"));
    }
    if name.ends_with(".rs") && !text.trim_start().starts_with("//!") {
        broken.push(format!("{name}: begin with `//!` and what the file is about"));
    }
    // Written in pieces, lest this file break its own rules.
    let forbidden: [(String, &str); 6] = [
        (["to", "do!("].concat(), "finish it, or leave it out"),
        (["unimple", "mented!("].concat(), "finish it, or leave it out"),
        (["#[al", "low("].concat(), "use #[expect(…, reason = \"…\")], which says when it is no longer needed"),
        (["#[ig", "nore"].concat(), "a test that does not run says nothing"),
        ([".sk", "ip("].concat(), "a test that does not run says nothing"),
        ([".on", "ly("].concat(), "leaves all other tests out"),
    ];
    for (word, why) in &forbidden {
        // Iterators skip too; tests do so in TypeScript and JavaScript only.
        if word.starts_with('.') && name.ends_with(".rs") {
            continue;
        }
        for (number, line) in text.lines().enumerate().filter(|(_, line)| line.contains(word.as_str())) {
            broken.push(format!("{name}:{}: {}: {why}", number + 1, line.trim()));
        }
    }
    broken
}

/// Every tracked text file: nothing that only one machine has.
pub(super) fn tracked_files(place: &Place, _: &Metadata) -> Outcome<Vec<String>> {
    let forbidden = [
        (["../sh", "ared"].concat(), "name the variable AISLE_TEST_DATA instead"),
        (["registry.np", "mjs.org"].concat(), "lock files and settings name no registry"),
        (["registry.ya", "rnpkg.com"].concat(), "lock files and settings name no registry"),
        (["files.python", "hosted.org"].concat(), "lock files and settings name no registry"),
        (["/ro", "ot/"].concat(), "a path of one machine"),
        (["/wo", "rk/"].concat(), "a path of one machine"),
    ];
    let mut broken = Vec::new();
    for name in tracked(place)? {
        let Some(text) = read(&place.root.join(&name))? else { continue };
        for (word, why) in &forbidden {
            for (number, line) in text.lines().enumerate().filter(|(_, line)| line.contains(word.as_str())) {
                let line: String = line.trim().chars().take(100).collect();
                broken.push(format!("{name}:{}: {line}: {why}", number + 1));
            }
        }
    }
    Ok(broken)
}

/// The files that git tracks, by their names from the root.
fn tracked(place: &Place) -> Outcome<Vec<String>> {
    let mut command = place.program(Path::new("git"));
    let said =
        process::run("git ls-files", command.args(["-c", "core.quotePath=false", "ls-files"]), &place.log("git"))?;
    Ok(said.out)
}

/// The text of a file; nothing for one that is not text, or that was removed and not yet committed so.
fn read(file: &Path) -> Outcome<Option<String>> {
    match fs::read(file) {
        Ok(bytes) => Ok(String::from_utf8(bytes).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file(file, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_finds_its_breach() {
        let tidy = "//! Shelves.\n\nfn shelf() {}\n";
        assert!(source_file("crates/domain/src/shelf.rs", tidy).is_empty());
        assert_eq!(source_file("crates/domain/src/utils.rs", tidy).len(), 1);
        assert_eq!(source_file("crates/domain/src/shelf.rs", "fn shelf() {}\n").len(), 1);
        assert_eq!(source_file("shelf.rs", &format!("{tidy}fn later() {{ {}) }}\n", ["to", "do!("].concat())).len(), 1);
        assert_eq!(source_file("shelf.rs", &format!("{tidy}{}dead_code)]\n", ["#[al", "low("].concat())).len(), 1);
        assert_eq!(source_file("shelf.rs", &format!("{tidy}{}", "// more\n".repeat(LONG))).len(), 1);
        assert_eq!(source_file("shelf.spec.ts", &["test.sk", "ip('x')"].concat()).len(), 1);
    }
}
