//! Extractors whose refusals are problem documents that name the field.

use crate::failure::{self, Answer};
use aisle_domain::{Problem, ProblemCode};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Json, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// Query parameters.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Answer> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(error) => Err(Answer(Problem::new(
                ProblemCode::BadRequest,
                format!("the query does not fit: {}", error.body_text()),
            ))),
        }
    }
}

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Answer;

    async fn from_request(request: Request, state: &S) -> Result<Self, Answer> {
        let code = |error: &JsonRejection| match error {
            JsonRejection::MissingJsonContentType(_) => ProblemCode::UnsupportedMediaType,
            JsonRejection::JsonDataError(_) => ProblemCode::Invalid,
            JsonRejection::BytesRejection(_) => ProblemCode::TooLarge,
            _ => ProblemCode::BadRequest,
        };
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(error) => Err(Answer(Problem::new(code(&error), error.body_text()))),
        }
    }
}

/// Parts of the path.
pub(crate) struct At<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Answer> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(error) => Err(Answer(Problem::new(
                ProblemCode::BadRequest,
                format!("the path does not fit: {}", error.body_text()),
            ))),
        }
    }
}

/// A page's size: 1 to [`super::MOST`], 100 where none is named.
pub(crate) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(100),
        Some(limit) if (1..=super::MOST).contains(&limit) => Ok(limit),
        Some(limit) => {
            Err(failure::invalid("limit", format!("{limit} is out of range; expected 1 to {}", super::MOST)))
        }
    }
}

/// An identifier of the path or query; one that cannot be is simply not there.
pub(crate) fn identifier<T>(
    what: &str,
    text: &str,
    read: impl Fn(&str) -> Result<T, aisle_domain::id::IdError>,
) -> Result<T, Problem> {
    read(text).map_err(|_| failure::not_found(what, text))
}

/// An identifier that filters or continues a list.
pub(crate) fn parameter<T>(
    field: &str,
    text: &str,
    read: impl Fn(&str) -> Result<T, aisle_domain::id::IdError>,
) -> Result<T, Problem> {
    read(text).map_err(|error| failure::invalid(field, error.to_string()))
}
