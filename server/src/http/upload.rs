//! POST /data/upload: files of a form become the draft of an import.

use crate::desks::drafts;
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::Visitor;
use aisle_domain::{Problem, ProblemCode};
use axum::extract::multipart::Field;
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, http::HeaderMap};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;

/// A file as it arrived, on disk.
pub(crate) struct Arrived {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) sha256: Vec<u8>,
}

/// Takes the files, makes the draft, leads to its page.
pub(crate) async fn upload(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    match take(&app, &visitor, form).await {
        Ok(id) => Redirect::to(&format!("/data/imports/{id}")).into_response(),
        Err(problem) if super::guard::wants_page(&axum::http::Method::POST, &headers) => {
            super::guard::plain_page(&problem)
        }
        Err(problem) => Answer(problem).into_response(),
    }
}

/// Takes the files of a form into the draft of an import.
pub(crate) async fn take(app: &App, visitor: &Visitor, mut form: Multipart) -> Result<aisle_domain::ImportId, Problem> {
    let unreadable = |error: axum::extract::multipart::MultipartError| {
        Problem::new(ProblemCode::BadRequest, format!("the upload broke off: {error}; send it again"))
    };
    let mut arrived = Vec::new();
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let Some(name) = field.file_name().map(plain_name).filter(|name| !name.is_empty()) else { continue };
        let file = keep(app, name, field).await?;
        if file.bytes > 0 {
            arrived.push(file);
        }
    }
    if arrived.is_empty() {
        return Err(failure::invalid("file", "no file came with the form; choose at least one that is not empty"));
    }
    drafts::create(app, &visitor.login, arrived).await
}

/// The last part of a name, without what a file system could trip over.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(150).collect::<String>().trim_start_matches('.').to_owned()
}

async fn keep(app: &App, name: String, mut field: Field<'_>) -> Result<Arrived, Problem> {
    let path = app.config.uploads().join(format!("{}-{name}", uuid::Uuid::now_v7().simple()));
    let mut file = tokio::fs::File::create(&path).await.map_err(|error| failure::internal(&error))?;
    let limit = app.config.max_upload_mb.saturating_mul(1_000_000);
    let (mut bytes, mut hash) = (0_u64, Sha256::new());
    let outcome = loop {
        match field.chunk().await {
            Ok(Some(part)) => {
                bytes += part.len() as u64;
                if bytes > limit {
                    let detail = format!(
                        "{name} is larger than {} MB; split it, or raise max_upload_mb",
                        app.config.max_upload_mb
                    );
                    break Err(Problem::new(ProblemCode::TooLarge, detail));
                }
                hash.update(&part);
                if let Err(error) = file.write_all(&part).await {
                    break Err(failure::internal(&error));
                }
            }
            Ok(None) => break file.sync_all().await.map_err(|error| failure::internal(&error)),
            Err(error) => {
                break Err(Problem::new(
                    ProblemCode::BadRequest,
                    format!("the upload of {name} broke off: {error}; send it again"),
                ));
            }
        }
    };
    if let Err(problem) = outcome {
        // What cannot be removed now is found by the next sweep of the uploads folder.
        if let Err(error) = tokio::fs::remove_file(&path).await {
            tracing::warn!(%error, path = %path.display(), "an upload that failed stays behind");
        }
        return Err(problem);
    }
    Ok(Arrived { name, path, bytes, sha256: hash.finalize().to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_their_folder() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\data\\sales.csv"), "sales.csv");
        assert_eq!(plain_name(".hidden"), "hidden");
        assert_eq!(plain_name(".."), "");
    }
}
