//! What can go wrong when models are fitted.

use aisle_engine::EngineError;

/// The closed list of this crate's errors.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TrainingError {
    /// The panel's parts do not fit together.
    #[error("the panel contradicts itself: {what}; expected {expected}")]
    Panel {
        /// What was found.
        what: String,
        /// What was expected.
        expected: String,
    },
    /// A hyperparameter is out of range.
    #[error("parameter {name} is {found}; expected {expected}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Rows that trees cannot learn from.
    #[error("the rows cannot be learnt from: {what}; expected {expected}")]
    Rows {
        /// What was found.
        what: String,
        /// What was expected.
        expected: String,
    },
    /// The caller asked to stop.
    #[error("training was cancelled")]
    Cancelled,
    /// The artefact could not be built from the fitted numbers.
    #[error("the fitted models make no artefact: {0}")]
    Artefact(#[from] EngineError),
}
