//! Settings that nobody knows: a typing error in a name must not pass for a default.

use std::cmp::Reverse;

/// A name that is no setting, where it stands, and what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {name} is no setting{}; known are {}", suggestion(.nearest.as_deref()), .known.join(", "))]
pub(crate) struct UnknownSetting {
    /// The environment, or the file.
    pub(crate) place: String,
    /// As it is written there.
    pub(crate) name: String,
    /// The known name that is written most like it, where one is.
    pub(crate) nearest: Option<String>,
    /// Every known name, as it would be written there.
    pub(crate) known: Vec<String>,
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default()
}

/// The first of the names that is not known.
pub(crate) fn first_unknown(
    place: &str,
    names: impl IntoIterator<Item = String>,
    known: &[String],
) -> Option<UnknownSetting> {
    let name = names.into_iter().find(|name| !known.contains(name))?;
    let nearest = nearest(&name, known).map(str::to_owned);
    Some(UnknownSetting { place: place.to_owned(), name, nearest, known: known.to_vec() })
}

/// The known name that takes the fewest changes, where they are few beside its length; of equals the one that begins
/// most like it.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let alike = |other: &str| name.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let ranked = known.iter().map(|other| (changes(name, other), Reverse(alike(other)), other));
    let (changes, _, other) = ranked.min()?;
    (changes <= (other.chars().count() / 3).max(1)).then_some(other)
}

/// Letters to insert, drop, replace or swap with their neighbour to make one text of the other (the optimal string
/// alignment distance). Source: L. Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2.
fn changes(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let fewest = replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    if swapped { fewest.min(table[i - 2][j - 2] + 1) } else { fewest }
                }
            };
        }
    }
    table[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted_one_by_one() {
        for (a, b, expected) in [
            ("listen", "listen", 0),
            ("listn", "listen", 1),
            ("lsiten", "listen", 1),
            ("data_dri", "data_dir", 1),
            ("", "log", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!((changes(a, b), changes(b, a)), (expected, expected), "{a} {b}");
        }
    }

    #[test]
    fn only_a_name_that_is_like_it_is_suggested() {
        let known = ["listen", "log", "log_json", "workers"].map(str::to_owned);
        let suggested = |name: &str| {
            let unknown = first_unknown("aisle.toml", ["log".to_owned(), name.to_owned()], &known);
            unknown.expect("it is unknown").nearest
        };
        assert_eq!(suggested("listten").as_deref(), Some("listen"));
        assert_eq!(suggested("worker").as_deref(), Some("workers"));
        assert_eq!(suggested("log_jsno").as_deref(), Some("log_json"));
        assert_eq!(suggested("colour"), None);
        assert_eq!(first_unknown("aisle.toml", ["log".to_owned()], &known), None);
    }
}
