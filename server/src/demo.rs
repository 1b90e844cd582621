//! The simulated shop that a new installation shows until it has data of its own.

use crate::clock;
use crate::desks::drafts;
use crate::http::upload::Arrived;
use crate::shop;
use crate::state::App;
use aisle_app::ports::MappingAnswer;
use aisle_domain::{Currency, Problem};
use aisle_store::imports;
use aisle_sync::simulate::{Spec, simulate};
use std::path::{Path, PathBuf};

const BY: &str = "demo";

/// Writes, drafts and queues the simulated shop where there is no import yet.
pub(crate) async fn load_where_empty(app: &App) -> Result<(), Problem> {
    let some = imports::list(&app.store, None, None, 1).await.map_err(crate::failure::store)?;
    if !some.is_empty() {
        return Ok(());
    }
    let folder = app.config.data_dir.join("demo");
    let spec = Spec::default();
    let currency = spec.currency;
    let target = folder.clone();
    let written = tokio::task::spawn_blocking(move || simulate(&spec, &target)).await;
    let report = written.map_err(|error| crate::failure::internal(&error))?;
    let report = report.map_err(|error| crate::failure::internal(&error))?;
    tracing::info!(files = report.files.len(), "simulated shop written");
    name_shop(app, currency).await?;
    let (mut arrived, mut answers) = (Vec::new(), Vec::new());
    for file in &report.files {
        // Files without a mapping are for later parts of the product, and the truth is nobody's to import.
        let Some(mapping) = &file.mapping else { continue };
        let file = as_it_lies(&file.path).await?;
        answers.push(MappingAnswer { file: file.name.clone(), mapping: mapping.clone() });
        arrived.push(file);
    }
    let id = drafts::create(app, BY, arrived).await?;
    drafts::start(app, BY, &id, answers).await?;
    Ok(())
}

async fn name_shop(app: &App, currency: Currency) -> Result<(), Problem> {
    let kept = shop::settings(&app.store).await.map_err(crate::failure::store)?;
    let kept =
        shop::ShopSettings { name: "Simulated shop".to_owned(), simulated: true, currency: Some(currency), ..kept };
    shop::keep(&app.store, &kept, clock::now()).await.map_err(crate::failure::store)
}

/// Files of a folder whose names say that they can be imported; folders below are left alone.
pub(crate) fn importable(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    const ENDINGS: [&str; 6] = [".csv", ".tsv", ".txt", ".parquet", ".zip", ".psv"];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        if entry.file_type()?.is_file() && ENDINGS.iter().any(|ending| plain.ends_with(ending)) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// A file on disk as an upload that has arrived, hashed on a blocking thread.
pub(crate) async fn as_it_lies(path: &Path) -> Result<Arrived, Problem> {
    let path = path.to_owned();
    let hashed = tokio::task::spawn_blocking(move || -> std::io::Result<Arrived> {
        use sha2::Digest;
        let path = path.canonicalize()?;
        let mut file = std::fs::File::open(&path)?;
        let mut hash = sha2::Sha256::new();
        let bytes = std::io::copy(&mut file, &mut hash)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Arrived { name, path, bytes, sha256: hash.finalize().to_vec() })
    });
    hashed.await.map_err(|error| crate::failure::internal(&error))?.map_err(|error| crate::failure::internal(&error))
}
