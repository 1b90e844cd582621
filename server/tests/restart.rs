//! The same command again after a kill -9 goes on with the import that was begun: one import, each rejection once.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::ImportId;
use aisle_store::imports::{self, ImportState};
use aisle_store::{Store, dead_letters, jobs, settings};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Rows of the file: more than two groups of chunks, so that a kill between them leaves work on either side.
const ROWS: u64 = 1_200_000;
/// Every so many rows one cannot be read.
const BROKEN: u64 = 10_007;
/// Longest wait for anything; far more than it takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(300);

fn aisle(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aisle"));
    // The settings of whoever runs the tests are not those of this shop.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AISLE_")) {
        command.env_remove(name);
    }
    command.env_remove("DATABASE_URL").args(arguments).arg("--data-dir").arg(folder.join("data"));
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as i64
}

fn report(output: &Output) -> serde_json::Value {
    // Rows were rejected.
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_same_command_after_a_kill_resumes_its_import() {
    let folder = tempfile::Builder::new().prefix("aisle-restart").tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("data")).unwrap();
    let url = format!("sqlite:{}", folder.path().join("data/aisle.db").display());
    let store = Store::connect(&url).await.unwrap();
    settings::set(&store, "shop", &serde_json::json!({ "train_after_import": false }), now()).await.unwrap();
    let mut text = "date,store,item,quantity\n".to_owned();
    for row in 0..ROWS {
        let amount = if row % BROKEN == 7 { "some".to_owned() } else { (row % 9 + 1).to_string() };
        writeln!(text, "2021-{:02}-{:02},s{},i{},{amount}", row % 12 + 1, row % 28 + 1, row % 3, row / 3).unwrap();
    }
    let broken = (0..ROWS).filter(|row| row % BROKEN == 7).count() as u64;
    std::fs::write(folder.path().join("sales.csv"), text).unwrap();
    let arguments = ["import", "sales.csv", "--currency", "USD", "--json"];

    let mut first = aisle(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    let begun: ImportId = loop {
        assert!(began.elapsed() < PATIENCE, "nothing was confirmed");
        assert_eq!(first.try_wait().unwrap(), None, "the import ended before it could be killed");
        if let Some(import) = imports::list(&store, None, None, 1).await.unwrap().pop()
            && !imports::confirmed_chunks(&store, &import.id).await.unwrap().is_empty()
        {
            break import.id;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    first.kill().unwrap();
    first.wait().unwrap();
    let left = imports::get(&store, &begun).await.unwrap();
    assert_eq!(left.state, ImportState::Running, "killed while it ran");
    // The dead worker's lease is given back rather than waited for.
    jobs::release(&store, "", now()).await.unwrap();
    // The file may have been moved meanwhile.
    std::fs::rename(folder.path().join("sales.csv"), folder.path().join("moved.csv")).unwrap();

    let again = ["import", "moved.csv", "--currency", "USD", "--json"];
    let second = report(&aisle(folder.path(), &again).output().unwrap());
    assert_eq!(second["import"], begun.as_str(), "the import that was begun");
    let counts = ["read", "taken", "duplicate", "rejected"].map(|name| second["files"][0][name].as_u64().unwrap());
    assert_eq!(counts, [ROWS, ROWS - broken, 0, broken]);
    assert_eq!(dead_letters::counts(&store, None).await.unwrap().open, broken, "each rejection is there once");
    assert_eq!(imports::list(&store, None, None, 9).await.unwrap().len(), 1);

    // What is finished is no longer resumed: the same file is a new import, of which every row is known.
    let third = report(&aisle(folder.path(), &again).output().unwrap());
    assert_ne!(third["import"], begun.as_str());
    assert_eq!(third["files"][0]["duplicate"], ROWS - broken);
}
