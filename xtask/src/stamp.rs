//! What has changed since the last time: a fingerprint of a step's inputs, written down with its outputs.
//!
//! Contents are compared, not dates, so that a fresh clone of the same commit finds the work of another one done.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::failure::{Failure, Outcome};
use crate::place::Place;

/// A fingerprint under way. Not for secrets: it only tells one state of the sources from another.
#[derive(Debug, Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// Adds a piece of text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.0.write(text.as_bytes());
        self.0.write_u8(0xff);
        self
    }

    /// Adds a file's content, or every file below a folder, by their names in order. What does not exist adds its absence.
    pub(crate) fn path(mut self, path: &Path) -> Outcome<Self> {
        if path.is_dir() {
            for (name, file) in files_below(path)? {
                self = self.text(&name);
                self.content(&file)?;
            }
        } else if path.exists() {
            self.content(path)?;
        } else {
            self = self.text("absent");
        }
        Ok(self)
    }

    /// Adds size and date of a file that is too large to read for every start.
    pub(crate) fn state(self, path: &Path) -> Self {
        let state = fs::metadata(path).ok().map(|meta| {
            let date = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            (meta.len(), date.unwrap_or_default())
        });
        self.text(&format!("{state:?}"))
    }

    /// The fingerprint.
    pub(crate) fn finish(self) -> u64 {
        self.0.finish()
    }

    fn content(&mut self, file: &Path) -> Outcome<()> {
        let bytes = fs::read(file).map_err(|error| Failure::file(file, &error))?;
        self.0.write_usize(bytes.len());
        self.0.write(&bytes);
        Ok(())
    }
}

/// The record of one step that succeeded.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
}

impl Stamp {
    /// The record in `file`; it need not exist yet.
    pub(crate) fn at(file: PathBuf) -> Self {
        Self { file }
    }

    /// Whether the step succeeded with these inputs, and nobody has touched its outputs since.
    pub(crate) fn holds(&self, inputs: u64, outputs: &[&Path]) -> bool {
        outputs.iter().all(|output| output.exists())
            && fs::read_to_string(&self.file).is_ok_and(|text| text == record(inputs, outputs))
    }

    /// Writes down that the step succeeded.
    pub(crate) fn set(&self, inputs: u64, outputs: &[&Path]) -> Outcome<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
        }
        fs::write(&self.file, record(inputs, outputs)).map_err(|error| Failure::file(&self.file, &error))
    }
}

fn record(inputs: u64, outputs: &[&Path]) -> String {
    let outputs = outputs.iter().fold(Fingerprint::default(), |sum, output| sum.state(output)).finish();
    format!("{inputs:016x} {outputs:016x}\n")
}

/// Notes which checkout the shared target directory was last built from, and where that was another one, gives this one's
/// Rust files today's date. Cargo compares dates alone, and a checkout of the same commit whose files are older would be
/// taken for built, together with the other one's paths.
pub(crate) fn take_over(place: &Place) -> Outcome<()> {
    let note = place.workshop().join("checkout");
    let root = place.root.to_string_lossy();
    if fs::read_to_string(&note).is_ok_and(|last| last == root) {
        return Ok(());
    }
    let now = SystemTime::now();
    for part in ["app", "crates", "frontend", "server"] {
        for (_, path) in files_below(&place.root.join(part))? {
            if path.extension().is_some_and(|kind| kind == "rs") {
                let file = fs::File::options().append(true).open(&path);
                file.and_then(|file| file.set_modified(now)).map_err(|error| Failure::file(&path, &error))?;
            }
        }
    }
    fs::create_dir_all(place.workshop()).map_err(|error| Failure::file(&note, &error))?;
    fs::write(&note, root.as_bytes()).map_err(|error| Failure::file(&note, &error))
}

/// Every file below `folder` with its name relative to it, in order; hidden files, `target` and `node_modules` left out.
pub(crate) fn files_below(folder: &Path) -> Outcome<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(current) = open.pop() {
        let entries = fs::read_dir(&current).map_err(|error| Failure::file(&current, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::file(&current, &error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') || name == "target" || name == "node_modules" || name.ends_with('~') {
                continue;
            }
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let relative = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                found.push((relative, path));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("aisle-xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_stamp_holds_until_an_input_or_an_output_changes() {
        let folder = scratch("stamp");
        let (input, output) = (folder.join("in.txt"), folder.join("out.txt"));
        fs::write(&input, "a").unwrap();
        fs::write(&output, "built").unwrap();
        let sum = || Fingerprint::default().path(&input).unwrap().finish();
        let stamp = Stamp::at(folder.join("step.stamp"));
        assert!(!stamp.holds(sum(), &[&output]));
        stamp.set(sum(), &[&output]).unwrap();
        assert!(stamp.holds(sum(), &[&output]));
        fs::write(&input, "b").unwrap();
        assert!(!stamp.holds(sum(), &[&output]));
        fs::write(&input, "a").unwrap();
        fs::write(&output, "touched by somebody else").unwrap();
        assert!(!stamp.holds(sum(), &[&output]));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn sources_of_another_checkout_are_dated_anew_once() {
        let folder = scratch("take-over");
        let place = |name: &str| Place { root: folder.join(name), target: folder.join("target") };
        let source = |name: &str| folder.join(name).join("app/src/lib.rs");
        let long_ago = UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        let age = |name: &str| {
            fs::File::options().append(true).open(source(name)).unwrap().set_modified(long_ago).unwrap();
        };
        let is_old = |name: &str| fs::metadata(source(name)).unwrap().modified().unwrap() == long_ago;
        for name in ["one", "two"] {
            for part in ["app/src", "crates", "frontend", "server"] {
                fs::create_dir_all(folder.join(name).join(part)).unwrap();
            }
            fs::write(source(name), "").unwrap();
            age(name);
        }
        take_over(&place("one")).unwrap();
        assert!(!is_old("one") && is_old("two"));
        age("one");
        take_over(&place("one")).unwrap();
        assert!(is_old("one"));
        take_over(&place("two")).unwrap();
        assert!(!is_old("two"));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn moving_text_between_files_changes_the_fingerprint() {
        let folder = scratch("fingerprint");
        let sum = |a: &str, b: &str| {
            fs::write(folder.join("a"), a).unwrap();
            fs::write(folder.join("b"), b).unwrap();
            Fingerprint::default().path(&folder).unwrap().finish()
        };
        assert_ne!(sum("xy", "z"), sum("x", "yz"));
        assert_eq!(sum("x", "y"), sum("x", "y"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
