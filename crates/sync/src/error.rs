//! What can go wrong with a whole file. A single bad row is no error: it becomes a rejection.

use std::path::PathBuf;

/// Why a file could not be inspected or read.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The file cannot be opened or read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The packing is broken.
    #[error("{path} cannot be unpacked: {reason}; fetch it again, or pack it again as .gz, .zst or .zip", path = path.display())]
    Packing {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// It unpacks to far more than a table does.
    #[error("{path} is refused: {reason}; if it is a table all the same, unpack it and import the plain file", path = path.display())]
    Expansion {
        /// The file.
        path: PathBuf,
        /// How much comes out of how little.
        reason: String,
    },
    /// Neither text nor Parquet.
    #[error(
        "{file} holds no table: found {found}; expected CSV or Parquet, plain or packed as .gz, .zst or .zip (save a workbook as CSV)"
    )]
    NotATable {
        /// The file.
        file: String,
        /// What was found, and where.
        found: String,
    },
    /// A zip archive has no such member, or holds several where one was expected.
    #[error("{path} has no member {member:?}; it has {found}", path = path.display())]
    Member {
        /// The archive.
        path: PathBuf,
        /// What was asked for.
        member: String,
        /// What there is.
        found: String,
    },
    /// The Parquet file is broken or holds what cannot be read.
    #[error("{file} is not readable Parquet: {reason}; write or fetch it again")]
    Parquet {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Nothing in it.
    #[error("{file} holds no record; expected at least one, below the header where there is one")]
    Empty {
        /// The file.
        file: String,
    },
    /// The columns are not those of the mapping.
    #[error("{file} has the columns {found}, but the mapping expects {expected}; inspect the file again")]
    Columns {
        /// The file.
        file: String,
        /// What the file has.
        found: String,
        /// What the mapping says.
        expected: String,
    },
    /// The mapping cannot be used.
    #[error("the mapping is not usable: {reason}")]
    Mapping {
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A mapping file is not TOML of the expected shape.
    #[error("the mapping file cannot be read: {reason}")]
    MappingFile {
        /// Where and why.
        reason: String,
    },
    /// Columns of facts could not be put together; a fault of this program.
    #[error("facts could not be assembled: {reason}")]
    Assembly {
        /// What arrow says.
        reason: String,
    },
}
