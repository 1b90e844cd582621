//! What can go wrong with the fact tables.

use aisle_domain::Currency;
use datafusion::error::DataFusionError;
use deltalake::DeltaTableError;

/// Why the lake could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The root is not a folder, or cannot be made.
    #[error("the lake's folder {root} cannot be used: {reason}; give a folder that may be written")]
    Root {
        /// The root as given.
        root: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A table's folder holds something that is not a Delta table.
    #[error("{location} holds files but no Delta table; move them away, or choose another folder for the lake")]
    NotATable {
        /// The table's folder.
        location: String,
    },
    /// A Delta table is there, but with other columns.
    #[error(
        "table {table} has the columns [{found}], expected [{expected}]; it was written by something else or by another version of aisle"
    )]
    Layout {
        /// The table.
        table: &'static str,
        /// Its columns and types.
        found: String,
        /// Columns and types that it should have.
        expected: String,
    },
    /// A name that is none of the fact tables.
    #[error("there is no fact table {name:?}; expected sales, features, prices or promotions")]
    UnknownTable {
        /// The name as given.
        name: String,
    },
    /// Rows to append do not fit the table.
    #[error("rows for table {table} do not fit: {reason}")]
    Rows {
        /// The table.
        table: &'static str,
        /// What was found and what was expected.
        reason: String,
    },
    /// Other writers kept winning.
    #[error("table {table} was changed by others {attempts} times while committing; try again when fewer imports run")]
    Contended {
        /// The table.
        table: &'static str,
        /// Attempts made.
        attempts: usize,
    },
    /// Money in several currencies cannot be summed.
    #[error("sales are in several currencies ({}); choose one", .currencies.iter().map(Currency::code).collect::<Vec<_>>().join(", "))]
    MixedCurrencies {
        /// The currencies found.
        currencies: Vec<Currency>,
    },
    /// A value in a table is not what its column promises.
    #[error("table {table} holds an invalid {column}: {reason}")]
    Value {
        /// The table or query.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The Delta library failed.
    #[error("could not {doing} table {table}: {source}")]
    Delta {
        /// The table.
        table: &'static str,
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: Box<DeltaTableError>,
    },
    /// A query failed.
    #[error("the query failed: {0}")]
    Query(#[source] Box<DataFusionError>),
    /// Output could not be written.
    #[error("the export could not be written: {0}")]
    Write(#[from] std::io::Error),
}

impl From<DataFusionError> for LakeError {
    fn from(error: DataFusionError) -> Self {
        Self::Query(Box::new(error))
    }
}

impl From<arrow::error::ArrowError> for LakeError {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::Query(Box::new(error.into()))
    }
}
