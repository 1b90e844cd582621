//! What a server function answers when it cannot: a [`Problem`] that may be shown as it is.

use aisle_domain::{Problem, ProblemCode};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The error of every server function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure(pub Problem);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for Failure {}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let (code, detail) = match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                (ProblemCode::BadRequest, "the request could not be read; reload the page and try again")
            }
            ServerFnErrorErr::Request(_) => {
                (ProblemCode::Unavailable, "the server did not answer; check the connection and try again")
            }
            _ => (
                ProblemCode::Internal,
                "the server could not answer; try again, and tell an administrator if it stays so",
            ),
        };
        Self(Problem::new(code, detail))
    }
}
