//! The server functions of the data pages.

use super::answers::FileAnswer;
use crate::Failure;
use crate::ports::{DeadLetterQuery, DeadLetterView, ImportView, Page, TableVersion, TableView};
use aisle_domain::ImportId;
use aisle_domain::import::Preview;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use crate::ui::flash::leave;
#[cfg(feature = "ssr")]
use crate::{
    access,
    ports::{DataDesk, MappingAnswer},
};
#[cfg(feature = "ssr")]
use aisle_domain::Problem;

/// Imports, newest first.
#[server(name = AskImports, prefix = "/fn", endpoint = "imports", input = Json)]
pub async fn imports(
    /// Where the list continues.
    after: Option<String>,
) -> Result<Page<ImportView>, Failure> {
    access::enter("imports")?;
    access::port::<dyn DataDesk>()?.imports(after).await.map_err(access::failed)
}

/// One import.
#[server(name = AskImport, prefix = "/fn", endpoint = "import_view", input = Json)]
pub async fn import_view(
    /// The import.
    id: ImportId,
) -> Result<ImportView, Failure> {
    access::enter("import_view")?;
    access::port::<dyn DataDesk>()?.import(&id).await.map_err(access::failed)
}

/// What was guessed of a draft's files.
#[server(name = AskPreviews, prefix = "/fn", endpoint = "import_previews", input = Json)]
pub async fn import_previews(
    /// The import.
    id: ImportId,
) -> Result<Vec<Preview>, Failure> {
    access::enter("import_previews")?;
    access::port::<dyn DataDesk>()?.previews(&id).await.map_err(access::failed)
}

/// Checks corrected mappings against a draft's files.
#[server(name = CheckMapping, prefix = "/fn", endpoint = "check_mapping", input = Json)]
pub async fn check_mapping(
    /// The import.
    id: ImportId,
    /// Its files' mappings.
    answers: Vec<FileAnswer>,
) -> Result<Vec<Preview>, Failure> {
    access::enter("check_mapping")?;
    let answers = mappings(&answers).map_err(access::failed)?;
    access::port::<dyn DataDesk>()?.check_mapping(&id, answers).await.map_err(access::failed)
}

/// Confirms a draft's mappings and starts the import.
#[server(name = StartImport, prefix = "/fn", endpoint = "start_import")]
pub async fn start_import(
    /// The import.
    id: ImportId,
    /// Its files' mappings.
    #[server(default)]
    answers: Vec<FileAnswer>,
) -> Result<(), Failure> {
    let visitor = access::enter("start_import")?;
    let answers = mappings(&answers).map_err(access::failed)?;
    access::port::<dyn DataDesk>()?.start_import(&visitor, &id, answers).await.map_err(access::failed)?;
    leptos_axum::redirect(&format!("/data/imports/{}", super::encode(id.as_str())));
    Ok(())
}

/// Throws a draft away.
#[server(name = DiscardImport, prefix = "/fn", endpoint = "discard_import")]
pub async fn discard_import(
    /// The import.
    id: ImportId,
) -> Result<(), Failure> {
    let visitor = access::enter("discard_import")?;
    access::port::<dyn DataDesk>()?.discard_import(&visitor, &id).await.map_err(access::failed)?;
    leave("The files were discarded.");
    leptos_axum::redirect("/data");
    Ok(())
}

/// Rows that were not taken.
#[server(name = AskDeadLetters, prefix = "/fn", endpoint = "dead_letters", input = Json)]
pub async fn dead_letters(
    /// Which of them.
    query: DeadLetterQuery,
) -> Result<Page<DeadLetterView>, Failure> {
    access::enter("dead_letters")?;
    access::port::<dyn DataDesk>()?.dead_letters(query).await.map_err(access::failed)
}

/// Reads a mended record again.
#[server(name = ReplayDeadLetter, prefix = "/fn", endpoint = "replay_dead_letter")]
pub async fn replay_dead_letter(
    /// The dead letter.
    id: String,
    /// The record as it should have been.
    #[server(default)]
    mended: String,
) -> Result<(), Failure> {
    let visitor = access::enter("replay_dead_letter")?;
    access::port::<dyn DataDesk>()?.replay(&visitor, &id, &mended).await.map_err(access::failed)?;
    leave("The mended row was taken.");
    Ok(())
}

/// Puts a dead letter aside for good.
#[server(name = DismissDeadLetter, prefix = "/fn", endpoint = "dismiss_dead_letter")]
pub async fn dismiss_dead_letter(
    /// The dead letter.
    id: String,
) -> Result<(), Failure> {
    let visitor = access::enter("dismiss_dead_letter")?;
    access::port::<dyn DataDesk>()?.dismiss(&visitor, &id).await.map_err(access::failed)?;
    leave("The row was put aside.");
    Ok(())
}

/// Tables: facts and master data.
#[server(name = AskTables, prefix = "/fn", endpoint = "tables", input = Json)]
pub async fn tables() -> Result<Vec<TableView>, Failure> {
    access::enter("tables")?;
    access::port::<dyn DataDesk>()?.tables().await.map_err(access::failed)
}

/// Versions of a fact table, newest first.
#[server(name = AskVersions, prefix = "/fn", endpoint = "table_versions", input = Json)]
pub async fn table_versions(
    /// The table's name.
    table: String,
) -> Result<Vec<TableVersion>, Failure> {
    access::enter("table_versions")?;
    access::port::<dyn DataDesk>()?.versions(&table).await.map_err(access::failed)
}

#[cfg(feature = "ssr")]
fn mappings(answers: &[FileAnswer]) -> Result<Vec<MappingAnswer>, Problem> {
    answers.iter().map(FileAnswer::read).collect()
}
