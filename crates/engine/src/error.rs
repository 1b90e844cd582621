//! What can go wrong when an artefact is read or scored.

/// The closed list of this crate's errors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The bytes do not start as an artefact does.
    #[error(
        "the bytes are not an artefact: expected them to start with {expected:?}; fetch or train the artefact again"
    )]
    NotAnArtefact {
        /// What an artefact starts with.
        expected: &'static str,
    },
    /// Written by another version of the format.
    #[error("the artefact has format version {found}, this program reads version {expected}; train again")]
    FormatVersion {
        /// The version found.
        found: u16,
        /// The version that is read.
        expected: u16,
    },
    /// The hash over the body is wrong: bytes were lost or changed on the way.
    #[error("the artefact is damaged: its SHA-256 is {found}, its trailer says {expected}; fetch it again")]
    Damaged {
        /// The hash computed, in hexadecimal.
        found: String,
        /// The hash written in the artefact, in hexadecimal.
        expected: String,
    },
    /// The body does not decode.
    #[error("the artefact's body cannot be decoded ({reason}); train again")]
    Undecodable {
        /// The decoder's words.
        reason: String,
    },
    /// The parts do not fit together.
    #[error("the artefact contradicts itself: {what}; expected {expected}")]
    Inconsistent {
        /// What was found.
        what: String,
        /// What was expected.
        expected: String,
    },
    /// No such series in the artefact.
    #[error("series {index} does not exist; the artefact has {count} series")]
    NoSuchSeries {
        /// The index asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A scenario that cannot be scored.
    #[error("scenario: {field} is {found}; expected {expected}")]
    Scenario {
        /// The part of the scenario.
        field: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A hierarchy, or values for its nodes, that do not fit together.
    #[error("hierarchy: found {found}; expected {expected}")]
    Hierarchy {
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A parameter of an order policy that nothing can be calculated with.
    #[error("{field} is {found}; expected {expected}")]
    Inventory {
        /// The parameter.
        field: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
}
