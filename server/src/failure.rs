//! From the rooms' errors to what a client may see: internals go to the log under an id, never out.

use aisle_domain::{Problem, ProblemCode};
use aisle_lake::LakeError;
use aisle_store::StoreError;
use aisle_sync::SyncError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Logs an error under a fresh id and tells the client only that id.
pub(crate) fn internal(error: &dyn std::error::Error) -> Problem {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let mut causes = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push_str(": ");
        causes.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(id, error = causes, "internal problem");
    let detail = format!("something failed on our side; an administrator finds it in the log under {id}");
    Problem::new(ProblemCode::Internal, detail).with_id(id)
}

/// An error of the store as a problem.
pub(crate) fn store(error: StoreError) -> Problem {
    match &error {
        StoreError::Conflict { what } => Problem::new(ProblemCode::Conflict, what.clone()),
        StoreError::NotFound { what, id } => Problem::new(ProblemCode::NotFound, format!("there is no {what} {id:?}")),
        _ => internal(&error),
    }
}

/// An error of the lake as a problem.
pub(crate) fn lake(error: LakeError) -> Problem {
    internal(&error)
}

/// An error of reading a file as a problem: what is wrong with a user's file is said to the user.
pub(crate) fn sync(error: SyncError) -> Problem {
    Problem::new(ProblemCode::Invalid, error.to_string())
}

/// A value that is not valid, by field.
pub(crate) fn invalid(field: &str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::Invalid, detail).with_field(field)
}

/// A thing that is not there.
pub(crate) fn not_found(what: &str, id: &str) -> Problem {
    Problem::new(ProblemCode::NotFound, format!("there is no {what} {id:?}"))
}

/// A problem as an HTTP answer (RFC 9457).
pub(crate) struct Answer(pub(crate) Problem);

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let Problem { code, detail, id, field } = self.0;
        let mut document = serde_json::json!({
            "type": format!("urn:aisle:problem:{}", code.name()),
            "title": code.title(),
            "status": code.status(),
            "code": code.name(),
            "detail": detail,
        });
        if let Some(id) = id {
            document["instance"] = format!("urn:aisle:log:{id}").into();
        }
        if let Some(field) = field {
            document["field"] = field.into();
        }
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, document.to_string()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(code, ProblemCode::Throttled | ProblemCode::Unavailable) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        if code == ProblemCode::Unauthenticated {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
