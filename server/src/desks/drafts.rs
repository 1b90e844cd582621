//! Drafts of imports: what was guessed of the files, what was answered, when they are ready to run.

use crate::clock;
use crate::failure;
use crate::http::upload::Arrived;
use crate::jobs::import::Params;
use crate::shop;
use crate::state::App;
use aisle_app::ports::{Answer, MappingAnswer};
use aisle_domain::import::{Mapping, Packing, Preview};
use aisle_domain::job::{JobKind, JobView};
use aisle_domain::{ImportId, Problem, ProblemCode};
use aisle_store::imports::{self, ImportFile, ImportState, NewFile};
use aisle_store::mappings;
use aisle_sync::{Defaults, SyncError, inspect};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Makes the draft of an import from files on disk; what is guessed of them is kept beside the draft.
pub(crate) async fn create(app: &App, by: &str, files: Vec<Arrived>) -> Answer<ImportId> {
    let mut new = Vec::new();
    let mut found = Vec::new();
    for file in files {
        let previews = look(app, &file.path, &file.name, Vec::new()).await?;
        for preview in previews {
            let ready = preview.questions.is_empty().then(|| preview.mapping.clone());
            new.push(NewFile {
                name: preview.file.clone(),
                path: file.path.display().to_string(),
                bytes: if preview.packing == Packing::Zip { preview.bytes } else { file.bytes },
                sha256: file.sha256.clone(),
                mapping: ready,
            });
            found.push(preview);
        }
    }
    if new.is_empty() {
        return Err(failure::invalid("file", "the archive holds no file that can be imported"));
    }
    let import = imports::create(&app.store, &new, by, clock::now()).await.map_err(failure::store)?;
    keep_previews(app, &import.id, &found)?;
    let names: Vec<&str> = new.iter().map(|file| file.name.as_str()).collect();
    app.note(by, "import.draft", import.id.as_str(), json!({ "files": names.join(", ") })).await?;
    Ok(import.id)
}

/// What was guessed when the draft was made.
pub(crate) async fn previews(app: &App, id: &ImportId) -> Answer<Vec<Preview>> {
    imports::get(&app.store, id).await.map_err(failure::store)?;
    let text = match tokio::fs::read(previews_path(app, id)).await {
        Ok(text) => text,
        Err(_) => return check(app, id, Vec::new()).await,
    };
    serde_json::from_slice(&text).map_err(|error| failure::internal(&error))
}

/// Looks at the files again with the answers given.
pub(crate) async fn check(app: &App, id: &ImportId, answers: Vec<MappingAnswer>) -> Answer<Vec<Preview>> {
    let files = draft_files(app, id).await?;
    let mut previews = Vec::new();
    for file in &files {
        let answer = answers.iter().find(|answer| answer.file == file.name).map(|answer| answer.mapping.clone());
        let kept = answer.or_else(|| file.mapping.clone());
        let archive = archive_name(&file.name);
        let looked = look(app, Path::new(&file.path), archive, kept.into_iter().collect()).await?;
        previews.extend(looked.into_iter().filter(|preview| preview.file == file.name));
    }
    keep_previews(app, id, &previews)?;
    Ok(previews)
}

/// Settles the mappings, keeps them for the next files of these shapes, and queues the import.
pub(crate) async fn start(app: &App, by: &str, id: &ImportId, answers: Vec<MappingAnswer>) -> Answer<JobView> {
    let previews = if answers.is_empty() { previews(app, id).await? } else { check(app, id, answers).await? };
    let files = draft_files(app, id).await?;
    for preview in &previews {
        if let Some(question) = preview.questions.first() {
            let field = format!("{}.{}", question.column.as_deref().unwrap_or(&preview.file), question.field);
            return Err(failure::invalid(&field, format!("{}: {}", preview.file, question.text)));
        }
    }
    let now = clock::now();
    for file in &files {
        let preview = previews.iter().find(|preview| preview.file == file.name);
        let mapping =
            preview.map(|preview| &preview.mapping).ok_or_else(|| failure::not_found("preview of", &file.name))?;
        imports::set_mapping(&app.store, id, file.file, mapping, now).await.map_err(failure::store)?;
        keep_mapping(app, &file.name, mapping).await?;
    }
    imports::set_state(&app.store, id, ImportState::Queued, None, now).await.map_err(failure::store)?;
    enqueue(app, by, id).await
}

/// Queues an import's job, or finds the one that is queued or running: what broke off is resumed by it.
pub(crate) async fn enqueue(app: &App, by: &str, id: &ImportId) -> Answer<JobView> {
    let params = serde_json::to_value(Params { import: id.clone() }).map_err(|error| failure::internal(&error))?;
    app.enqueue(by, JobKind::Import, params, Some(&format!("import:{id}"))).await
}

/// Throws a draft away, with the files that were uploaded for it.
pub(crate) async fn discard(app: &App, by: &str, id: &ImportId) -> Answer<()> {
    let files = draft_files(app, id).await?;
    imports::set_state(&app.store, id, ImportState::Cancelled, None, clock::now()).await.map_err(failure::store)?;
    let uploads = app.config.uploads();
    for file in files {
        let path = PathBuf::from(&file.path);
        // Files that the command line named where they lie are the user's own.
        if path.starts_with(&uploads)
            && let Err(error) = tokio::fs::remove_file(&path).await
        {
            tracing::warn!(%error, path = %path.display(), "an upload stays behind");
        }
    }
    app.note(by, "import.discard", id.as_str(), json!({})).await
}

async fn draft_files(app: &App, id: &ImportId) -> Answer<Vec<ImportFile>> {
    let import = imports::get(&app.store, id).await.map_err(failure::store)?;
    if import.state != ImportState::Draft {
        return Err(Problem::new(
            ProblemCode::Conflict,
            "the import was started or discarded already; upload the files again to change it",
        ));
    }
    imports::files(&app.store, id).await.map_err(failure::store)
}

/// `archive.zip` of `archive.zip/member.csv`; the whole name of anything else.
fn archive_name(name: &str) -> &str {
    name.find(".zip/").map_or(name, |at| &name[..at + 4])
}

/// Inspects a file on a blocking thread, with the mappings kept from earlier files.
pub(crate) async fn look(app: &App, path: &Path, name: &str, first: Vec<Mapping>) -> Answer<Vec<Preview>> {
    let mut known = first;
    let kept = mappings::list(&app.store, 500).await.map_err(failure::store)?;
    known.extend(kept.iter().filter_map(|kept| aisle_sync::mapping::from_toml(&kept.toml).ok()));
    let shop = shop::settings(&app.store).await.map_err(failure::store)?;
    let defaults = Defaults { currency: shop.currency, location: None };
    let (path, name) = (path.to_owned(), name.to_owned());
    let looked = tokio::task::spawn_blocking(move || inspect(&path, &name, &known, &defaults)).await;
    looked
        .map_err(|error| failure::internal(&error))?
        .map_err(|error: SyncError| failure::sync(error).with_field("file"))
}

async fn keep_mapping(app: &App, name: &str, mapping: &Mapping) -> Answer<()> {
    let toml = aisle_sync::mapping::to_toml(mapping).map_err(failure::sync)?;
    let shape = shape(mapping);
    mappings::keep(&app.store, &shape, name, &toml, clock::now()).await.map_err(failure::store)
}

/// Names the shape of a file: its columns in order. Files of one shape are read by one mapping.
pub(crate) fn shape(mapping: &Mapping) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for column in &mapping.columns {
        hash.update(column.column.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..16])
}

fn previews_path(app: &App, id: &ImportId) -> PathBuf {
    app.config.uploads().join(format!("{id}.previews.json"))
}

fn keep_previews(app: &App, id: &ImportId, previews: &[Preview]) -> Answer<()> {
    let text = serde_json::to_vec(previews).map_err(|error| failure::internal(&error))?;
    std::fs::write(previews_path(app, id), text).map_err(|error| failure::internal(&error))
}
