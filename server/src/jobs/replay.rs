//! One mended record, read again through the same door.

use super::import::{keep, load};
use crate::clock;
use crate::failure;
use crate::shop;
use crate::state::Aisle;
use crate::state::App;
use aisle_domain::{Problem, ProblemCode};
use aisle_lake::Commit;
use aisle_store::dead_letters::{self, DeadLetter, LetterState};
use aisle_store::{imports, settings};
use aisle_sync::{ImportContext, Seen, dedupe, reread};

/// Reads the mended text; on success its facts and state are committed and the letter is closed.
pub(crate) async fn replay(app: &App, id: i64, mended: &str) -> Result<(), Problem> {
    let store = &app.store;
    let letter = dead_letters::get(store, id).await.map_err(failure::store)?;
    if matches!(letter.state, LetterState::Replayed | LetterState::Dismissed) {
        return Err(Problem::new(ProblemCode::Conflict, "this dead letter is closed already"));
    }
    dead_letters::mend(store, id, mended, clock::now()).await.map_err(failure::store)?;
    match take(app, &letter, mended).await {
        Ok(outcome) => {
            dead_letters::replayed(store, id, Ok(&outcome), clock::now()).await.map_err(failure::store)?;
            settings::set(store, shop::CATALOGUE_STAMP, &clock::now(), clock::now()).await.map_err(failure::store)?;
            Ok(())
        }
        Err(problem) => {
            dead_letters::replayed(store, id, Err(&problem.detail), clock::now()).await.map_err(failure::store)?;
            Err(problem)
        }
    }
}

async fn take(app: &App, letter: &DeadLetter, mended: &str) -> Result<String, Problem> {
    let files = imports::files(&app.store, &letter.import_id).await.map_err(failure::store)?;
    let mapping = files.into_iter().find(|file| file.file == letter.file).and_then(|file| file.mapping);
    let mapping = mapping.ok_or_else(|| failure::not_found("mapping of the file", &letter.file_name))?;
    let context = ImportContext {
        import: letter.import_id.clone(),
        file_index: letter.file as i32,
        file_name: letter.file_name.clone(),
    };
    let chunk = reread(mended.as_bytes(), letter.line, &mapping, &context).map_err(failure::sync)?;
    let mut seen = Seen::new();
    for (table, _) in &chunk.facts {
        load(app, table, &mut seen).await.map_err(|error| Problem::new(ProblemCode::Unavailable, error.to_string()))?;
    }
    let chunk = dedupe(chunk, &mut seen).map_err(failure::sync)?;
    if let Some(rejection) = chunk.rejections.first() {
        let problem = Problem::new(ProblemCode::Invalid, rejection.reason.clone());
        return Err(problem.with_field(rejection.column.clone().unwrap_or_else(|| "record".to_owned())));
    }
    let (entity, duplicate) = (chunk.entity, chunk.duplicate);
    for (table, batch) in chunk.facts {
        let commit = Commit { app_id: format!("letter/{}", letter.id), sequence: 0, note: serde_json::Value::Null };
        app.lake.append(table, vec![batch], &commit).await.map_err(failure::lake)?;
    }
    keep(app, entity, &chunk.state).await.map_err(|error| Problem::new(ProblemCode::Unavailable, error.to_string()))?;
    Ok(if duplicate > 0 { "was there already".to_owned() } else { "taken".to_owned() })
}

impl Aisle {
    /// Reads a dead letter's number.
    pub(crate) fn letter_number(id: &str) -> Result<i64, Problem> {
        id.parse().map_err(|_| failure::not_found("dead letter", id))
    }
}
