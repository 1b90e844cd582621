//! Imports, chunks, dead letters, mappings.

use crate::NOW;
use aisle_domain::ImportId;
use aisle_domain::import::{Entity, FileFormat, FileReport, ImportReport, Mapping, Rejection, RepeatedRows};
use aisle_store::imports::{self, ImportState, NewFile};
use aisle_store::{Store, StoreError, dead_letters, mappings};
use dead_letters::{Counts, Filter, LetterState};
use serde_json::json;

pub(crate) fn file(name: &str, hash: u8) -> NewFile {
    NewFile { name: name.into(), path: format!("files/{name}"), bytes: 5, sha256: vec![hash; 32], mapping: None }
}

pub(crate) fn rejection(line: u64) -> Rejection {
    Rejection {
        file: "sales.csv".into(),
        line,
        column: Some("Date".into()),
        reason: "found \"x\", expected a day".into(),
        raw: vec![0, 255, b'x', b'\n'],
    }
}

fn mapping() -> Mapping {
    Mapping {
        entity: Entity::Sales,
        format: FileFormat::Parquet,
        columns: Vec::new(),
        granularity: None,
        currency: None,
        location: None,
        repeated_rows: RepeatedRows::Once,
        charge_codes: Vec::new(),
        cancel_prefixes: Vec::new(),
    }
}

pub(crate) async fn a_chunk_is_pending_until_confirmed_and_discarded_whole(store: Store) {
    let import = imports::create(&store, &[file("sales.csv", 1), file("items.csv", 2)], "ada", NOW).await.unwrap().id;
    let letters = || dead_letters::counts(&store, Some(&import));
    assert_eq!(imports::last_confirmed(&store, &import, 0).await.unwrap(), None);
    imports::begin_chunk(&store, &import, 0, 0, &json!({"offset": 10}), &[rejection(3)], NOW).await.unwrap();
    let second = imports::begin_chunk(&store, &import, 1, 0, &json!({}), &[rejection(9)], NOW).await;
    assert!(matches!(&second, Err(StoreError::Conflict { what }) if what.contains("pending")), "{second:?}");
    assert_eq!(letters().await.unwrap().open, 1, "what was refused left no dead letter behind");
    let pending = imports::pending_chunk(&store, &import).await.unwrap().unwrap();
    assert_eq!((pending.file, pending.sequence, pending.confirmed), (0, 0, false));
    imports::confirm_chunk(&store, &import, 0, 0, NOW).await.unwrap();
    imports::confirm_chunk(&store, &import, 0, 0, NOW).await.unwrap();
    assert_eq!(imports::pending_chunk(&store, &import).await.unwrap(), None);
    let again = imports::begin_chunk(&store, &import, 0, 0, &json!({}), &[rejection(3)], NOW).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));

    let many: Vec<Rejection> = (0..1_100).map(rejection).collect();
    imports::begin_chunk(&store, &import, 0, 1, &json!({"offset": 20}), &many, NOW).await.unwrap();
    assert_eq!(letters().await.unwrap().open, 1_101);
    assert!(imports::discard_pending(&store, &import).await.unwrap());
    assert!(!imports::discard_pending(&store, &import).await.unwrap());
    assert_eq!(letters().await.unwrap().open, 1);
    let last = imports::last_confirmed(&store, &import, 0).await.unwrap().unwrap();
    assert_eq!((last.sequence, last.tally), (0, json!({"offset": 10})));
    imports::begin_chunk(&store, &import, 0, 1, &json!({"offset": 20}), &[], NOW).await.unwrap();
    imports::confirm_chunk(&store, &import, 0, 1, NOW).await.unwrap();
    let confirmed = imports::confirmed_chunks(&store, &import).await.unwrap();
    assert_eq!(confirmed.iter().map(|chunk| chunk.sequence).collect::<Vec<_>>(), [0, 1]);
    let nowhere = imports::begin_chunk(&store, &import, 7, 0, &json!({}), &[], NOW).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound { .. })), "{nowhere:?}");
    let unknown = imports::confirm_chunk(&store, &import, 0, 9, NOW).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { what: "chunk", .. })));
}

pub(crate) async fn an_import_goes_its_way(store: Store) {
    let import = imports::create(&store, &[file("sales.csv", 1)], "ada", NOW).await.unwrap();
    assert_eq!((import.state, import.report.as_ref()), (ImportState::Draft, None));
    assert_eq!(imports::add_file(&store, &import.id, &file("items.csv", 2), NOW).await.unwrap(), 1);
    imports::set_mapping(&store, &import.id, 0, &mapping(), NOW + 1).await.unwrap();
    let unknown = imports::set_mapping(&store, &import.id, 5, &mapping(), NOW).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { what: "file", .. })));
    let files = imports::files(&store, &import.id).await.unwrap();
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["sales.csv", "items.csv"]);
    assert_eq!((files[0].mapping.clone(), files[1].mapping.clone()), (Some(mapping()), None));
    imports::set_state(&store, &import.id, ImportState::Queued, None, NOW + 2).await.unwrap();
    let late = imports::add_file(&store, &import.id, &file("late.csv", 3), NOW).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })));
    imports::set_state(&store, &import.id, ImportState::Failed, Some("no space"), NOW + 3).await.unwrap();
    let failed = imports::get(&store, &import.id).await.unwrap();
    assert_eq!((failed.error.as_deref(), failed.finished_at), (Some("no space"), Some(NOW + 3)));
    imports::set_state(&store, &import.id, ImportState::Running, None, NOW + 4).await.unwrap();
    assert_eq!(imports::find_by_hash(&store, &[1; 32]).await.unwrap(), None);

    let row = FileReport {
        file: "sales.csv".into(),
        entity: Entity::Sales,
        read: 3,
        taken: 1,
        duplicate: 1,
        rejected: 1,
        days: None,
        sums: Vec::new(),
    };
    let report = ImportReport { import: import.id.clone(), files: vec![row] };
    imports::begin_chunk(&store, &import.id, 0, 0, &json!({}), &[], NOW).await.unwrap();
    assert!(matches!(imports::finish(&store, &import.id, &report, NOW).await, Err(StoreError::Conflict { .. })));
    imports::confirm_chunk(&store, &import.id, 0, 0, NOW).await.unwrap();
    imports::finish(&store, &import.id, &report, NOW + 5).await.unwrap();
    imports::finish(&store, &import.id, &report, NOW + 5).await.unwrap();
    let done = imports::get(&store, &import.id).await.unwrap();
    assert_eq!((done.state, done.report, done.error), (ImportState::Succeeded, Some(report), None));
    let reopened = imports::set_state(&store, &import.id, ImportState::Queued, None, NOW).await;
    assert!(matches!(reopened, Err(StoreError::Conflict { .. })));
    let found = imports::find_by_hash(&store, &[1; 32]).await.unwrap();
    assert_eq!(found, Some((import.id.clone(), 0, Some(Entity::Sales))));

    let newer = imports::create(&store, &[], "bob", NOW + 1_000_000).await.unwrap().id;
    let ids = |list: Vec<imports::Import>| list.into_iter().map(|import| import.id).collect::<Vec<_>>();
    assert_eq!(ids(imports::list(&store, None, None, 9).await.unwrap()), [newer.clone(), import.id.clone()]);
    assert_eq!(ids(imports::list(&store, None, Some(&newer), 9).await.unwrap()), std::slice::from_ref(&import.id));
    assert_eq!(ids(imports::list(&store, Some(ImportState::Draft), None, 9).await.unwrap()), [newer]);
    let unknown = ImportId::new("unknown").unwrap();
    assert!(matches!(imports::get(&store, &unknown).await, Err(StoreError::NotFound { what: "import", .. })));
}

pub(crate) async fn the_same_files_find_their_unfinished_import(store: Store) {
    let unfinished = |hashes: &'static [u8]| {
        let store = store.clone();
        let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| vec![*hash; 32]).collect();
        async move { imports::find_unfinished(&store, &hashes).await.unwrap() }
    };
    let state = |id: ImportId, state| {
        let store = store.clone();
        async move { imports::set_state(&store, &id, state, None, NOW).await.unwrap() }
    };
    // Two members of one archive, and another file.
    let files = [file("a.zip/x.csv", 1), file("a.zip/y.csv", 1), file("b.csv", 2)];
    let first = imports::create(&store, &files, "ada", NOW).await.unwrap().id;
    assert_eq!(unfinished(&[1, 2]).await, None, "a draft was never started");
    for begun in [ImportState::Queued, ImportState::Running, ImportState::Failed, ImportState::Cancelled] {
        state(first.clone(), begun).await;
        assert_eq!(unfinished(&[2, 1]).await.as_ref(), Some(&first), "{begun:?}");
    }
    for others in [&[1][..], &[2], &[1, 2, 3], &[3], &[]] {
        assert_eq!(unfinished(others).await, None, "{others:?}");
    }
    let second = imports::create(&store, &files, "ada", NOW + 1_000_000).await.unwrap().id;
    state(second.clone(), ImportState::Running).await;
    assert_eq!(unfinished(&[1, 2]).await.as_ref(), Some(&second), "the newest");
    imports::set_path(&store, &second, &[1; 32], "moved/a.zip", NOW).await.unwrap();
    let paths: Vec<String> = imports::files(&store, &second).await.unwrap().into_iter().map(|file| file.path).collect();
    assert_eq!(paths, ["moved/a.zip", "moved/a.zip", "files/b.csv"]);
    let report = ImportReport { import: second.clone(), files: Vec::new() };
    imports::finish(&store, &second, &report, NOW).await.unwrap();
    assert_eq!(unfinished(&[1, 2]).await, Some(first), "what has succeeded is finished");
}

pub(crate) async fn dead_letters_are_mended_replayed_or_dismissed(store: Store) {
    let import = imports::create(&store, &[file("sales.csv", 1)], "ada", NOW).await.unwrap().id;
    let rejections: Vec<Rejection> = (1..=4).map(rejection).collect();
    imports::begin_chunk(&store, &import, 0, 0, &json!({}), &rejections, NOW).await.unwrap();
    let all =
        dead_letters::list(&store, &Filter { import: Some(&import), ..Filter::default() }, None, 3).await.unwrap();
    assert_eq!(all.iter().map(|letter| letter.line).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((all[0].raw.as_slice(), all[0].column.as_deref()), ([0, 255, b'x', b'\n'].as_slice(), Some("Date")));
    let rest = dead_letters::list(&store, &Filter::default(), Some(all[2].id), 9).await.unwrap();
    assert_eq!(rest.len(), 1);
    dead_letters::mend(&store, all[0].id, "2012-01-01", NOW + 1).await.unwrap();
    dead_letters::mend(&store, all[1].id, "still wrong", NOW + 1).await.unwrap();
    let mended = Filter { file: Some(0), state: Some(LetterState::Mended), ..Filter::default() };
    assert_eq!(dead_letters::list(&store, &mended, None, 9).await.unwrap().len(), 2);
    dead_letters::replayed(&store, all[0].id, Ok("taken"), NOW + 2).await.unwrap();
    dead_letters::replayed(&store, all[0].id, Ok("taken"), NOW + 2).await.unwrap();
    dead_letters::replayed(&store, all[1].id, Err("not a day either"), NOW + 2).await.unwrap();
    dead_letters::dismiss(&store, all[2].id, NOW + 2).await.unwrap();
    let counts = Counts { open: 2, mended: 0, replayed: 1, dismissed: 1 };
    assert_eq!(dead_letters::counts(&store, Some(&import)).await.unwrap(), counts);
    assert_eq!(dead_letters::counts(&store, None).await.unwrap(), counts);
    let letter = dead_letters::get(&store, all[1].id).await.unwrap();
    assert_eq!((letter.state, letter.outcome.as_deref()), (LetterState::Open, Some("not a day either")));
    for settled in [
        dead_letters::mend(&store, all[0].id, "x", NOW).await,
        dead_letters::dismiss(&store, all[0].id, NOW).await,
        dead_letters::replayed(&store, all[0].id, Err("late"), NOW).await,
    ] {
        assert!(matches!(settled, Err(StoreError::Conflict { .. })));
    }
    assert!(matches!(dead_letters::dismiss(&store, -1, NOW).await, Err(StoreError::NotFound { .. })));
}

pub(crate) async fn mappings_are_kept_by_shape(store: Store) {
    mappings::keep(&store, "a,b", "sales", "entity = 'sales'", NOW).await.unwrap();
    mappings::keep(&store, "c,d", "items", "entity = 'items'", NOW + 1).await.unwrap();
    mappings::keep(&store, "a,b", "orders", "entity = 'orders'", NOW + 2).await.unwrap();
    let names: Vec<_> = mappings::list(&store, 9).await.unwrap().into_iter().map(|kept| kept.name).collect();
    assert_eq!(names, ["orders", "items"]);
    assert_eq!(mappings::find(&store, "a,b").await.unwrap().unwrap().toml, "entity = 'orders'");
    assert!(mappings::forget(&store, "a,b").await.unwrap());
    assert!(!mappings::forget(&store, "a,b").await.unwrap());
    assert_eq!(mappings::find(&store, "a,b").await.unwrap(), None);
}
