//! Joins the small files that imports leave behind.

use super::{JobError, Watch};
use crate::state::App;
use aisle_domain::facts::TABLES;
use std::num::NonZeroU64;

/// Files of about this size are read fastest and still fit a small machine's memory.
const TARGET_BYTES: NonZeroU64 = NonZeroU64::MIN.saturating_add(64 * 1024 * 1024);

/// Compacts every fact table.
pub(crate) async fn run(app: &App, watch: &Watch) -> Result<String, JobError> {
    let mut words = Vec::new();
    for (index, table) in TABLES.into_iter().enumerate() {
        watch.check()?;
        watch.say(index as u64, Some(TABLES.len() as u64), format!("compacting {}", table.name));
        let done = app.lake.compact(table, TARGET_BYTES).await?;
        words.push(format!("{}: {} files became {}", table.name, done.joined, done.made));
    }
    watch.say(TABLES.len() as u64, Some(TABLES.len() as u64), "done");
    Ok(words.join("; "))
}
