//! What can go wrong in a build step, said so that the reader knows what to do next.

use std::fmt;
use std::path::Path;

/// The result of a build step.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// Why a build step stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line asks for something that does not exist.
    Usage(String),
    /// A program or file that the step needs is missing, and could not be set up.
    Missing(String),
    /// A program ran and failed.
    Program(String),
    /// A file could not be read or written.
    File(String),
    /// A check found something to mend.
    Found(String),
}

impl Failure {
    /// A failed read or write of `path`.
    pub(crate) fn file(path: &Path, error: &dyn fmt::Display) -> Self {
        Self::File(format!("{}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Missing(text) | Self::Program(text) | Self::File(text) | Self::Found(text) => {
                out.write_str(text)
            }
        }
    }
}
