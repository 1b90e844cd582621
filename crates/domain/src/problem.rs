//! What a client is told when something fails: RFC 9457 problem documents with stable codes.

use serde::{Deserialize, Serialize};

/// The closed list of problems; the code is stable, clients may match on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The request does not parse or does not make sense.
    BadRequest,
    /// Nobody is signed in, or the key is unknown.
    Unauthenticated,
    /// Signed in, but not allowed.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The method is not offered here.
    MethodNotAllowed,
    /// The state of things does not allow it.
    Conflict,
    /// The thing changed since it was read.
    PreconditionFailed,
    /// Larger than the limit.
    TooLarge,
    /// A media type that is not read here.
    UnsupportedMediaType,
    /// Understood, but a field is wrong; the detail says which.
    Invalid,
    /// Too many requests; try again later.
    Throttled,
    /// Ours; the id finds it in the log.
    Internal,
    /// Not ready, or too busy; try again later.
    Unavailable,
}

impl ProblemCode {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::PreconditionFailed => 412,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid => 422,
            Self::Throttled => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The stable code, as in `urn:aisle:problem:not_found`.
    pub fn name(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::PreconditionFailed => "precondition_failed",
            Self::TooLarge => "too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Invalid => "invalid",
            Self::Throttled => "throttled",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    /// A short title for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request could not be read",
            Self::Unauthenticated => "Sign in first",
            Self::Forbidden => "Your role does not allow this",
            Self::NotFound => "There is no such thing",
            Self::MethodNotAllowed => "This method is not offered here",
            Self::Conflict => "This does not fit the present state",
            Self::PreconditionFailed => "It changed since you read it",
            Self::TooLarge => "Larger than the limit",
            Self::UnsupportedMediaType => "This kind of content is not read here",
            Self::Invalid => "A value is not valid",
            Self::Throttled => "Too many requests",
            Self::Internal => "Something failed on our side",
            Self::Unavailable => "Not available right now",
        }
    }
}

/// A problem, as told to a client. Internals are logged under `id`, never written here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// The stable code.
    pub code: ProblemCode,
    /// What happened, where, and what to do, in a sentence or two.
    pub detail: String,
    /// Finds the log lines; set for internal problems.
    pub id: Option<String>,
    /// The field or parameter at fault, where there is one.
    pub field: Option<String>,
}

impl Problem {
    /// A problem with a code and a detail.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), id: None, field: None }
    }

    /// The same, naming the field at fault.
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same, with the id that the log has.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}
