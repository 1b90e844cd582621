//! Both databases have the same migrations, in the same order.

use std::collections::BTreeSet;

use cargo_metadata::Metadata;

use crate::failure::Outcome;
use crate::place::Place;
use crate::stamp::files_below;

/// Compares the file names of both folders.
pub(super) fn in_step(place: &Place, _: &Metadata) -> Outcome<Vec<String>> {
    let names = |database: &str| -> Outcome<BTreeSet<String>> {
        let files = files_below(&place.root.join("migrations").join(database))?;
        Ok(files.into_iter().map(|(name, _)| name).filter(|name| name.ends_with(".sql")).collect())
    };
    Ok(compare(&names("sqlite")?, &names("postgres")?))
}

fn compare(sqlite: &BTreeSet<String>, postgres: &BTreeSet<String>) -> Vec<String> {
    let missing = |name: &String, folder: &str| {
        format!("{name} is missing in migrations/{folder}/: both databases need every version")
    };
    let mut broken: Vec<String> = sqlite.difference(postgres).map(|name| missing(name, "postgres")).collect();
    broken.extend(postgres.difference(sqlite).map(|name| missing(name, "sqlite")));
    let mut versions = BTreeSet::new();
    for name in sqlite {
        let version = name.split('_').next().unwrap_or(name);
        if !versions.insert(version) {
            broken.push(format!("{name}: the version {version} is there twice"));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_on_one_side_only_is_found() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert!(compare(&set(&["1_a.sql"]), &set(&["1_a.sql"])).is_empty());
        assert_eq!(compare(&set(&["1_a.sql", "2_b.sql"]), &set(&["1_a.sql"])).len(), 1);
        assert_eq!(compare(&set(&["1_a.sql", "1_b.sql"]), &set(&["1_a.sql", "1_b.sql"])).len(), 1);
    }
}
