//! The server functions that the forms of the data pages post to.

use super::answers::FileAnswer;
use crate::Failure;
use crate::ports::{DataDesk, MappingAnswer};
use crate::ui::flash::leave;
use crate::{access, addresses};
use aisle_domain::{ImportId, Problem};
use leptos::prelude::*;

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
    leptos_axum::redirect(&addresses::import(&id));
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

/// The mappings that the answers of a form say.
pub(super) fn mappings(answers: &[FileAnswer]) -> Result<Vec<MappingAnswer>, Problem> {
    answers.iter().map(FileAnswer::read).collect()
}
