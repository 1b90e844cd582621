//! Appends land once, whole, and next to each other.

use crate::shop::{Sold, batch, commit, rows};
use aisle_domain::facts::{FEATURES, SALES};
use aisle_lake::{Appended, Lake, LakeError, SaleFilter};
use futures::StreamExt;
use std::num::NonZeroU64;

async fn lake() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    (folder, lake)
}

#[tokio::test]
async fn the_same_commit_twice_lands_once_and_its_note_is_found_again() {
    let (folder, lake) = lake().await;
    let rows_in = batch("i1", 1, &[Sold::on("2024-01-31", "a", "x", 5), Sold::on("2024-02-01", "a", "x", 7)]);
    assert_eq!(lake.committed(&SALES, "i1").await.unwrap(), None);
    let first = lake.append(&SALES, vec![rows_in.clone()], &commit("i1", 1)).await.unwrap();
    assert!(matches!(first, Appended::Done { rows: 2, .. }), "{first:?}");
    let Appended::Done { version, .. } = first else { unreachable!() };
    let again = lake.append(&SALES, vec![rows_in.clone()], &commit("i1", 1)).await.unwrap();
    assert_eq!(again, Appended::Already { version });
    assert_eq!(rows(&lake, &SALES).await, 2);

    // Another process, later.
    let other = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    assert_eq!(other.append(&SALES, vec![rows_in], &commit("i1", 1)).await.unwrap(), Appended::Already { version });
    let resumed = other.committed(&SALES, "i1").await.unwrap().unwrap();
    assert_eq!(
        (resumed.sequence, resumed.note, resumed.version),
        (1, serde_json::json!({ "line": 100 }), Some(version))
    );
    assert_eq!(other.committed(&SALES, "i2").await.unwrap(), None);
    assert_eq!(other.committed(&FEATURES, "i1").await.unwrap(), None);
}

#[tokio::test]
async fn rows_written_batch_by_batch_are_there_from_the_commit_on_and_once() {
    let (_folder, lake) = lake().await;
    let part = |line, day: &str| batch("i1", line, &[Sold::on(day, "a", "x", 5), Sold::on("2024-03-01", "b", "y", 7)]);
    let mut appending = lake.begin(&SALES).await.unwrap();
    appending.write(&part(1, "2024-01-31")).await.unwrap();
    appending.write(&part(3, "2024-02-01")).await.unwrap();
    assert_eq!(rows(&lake, &SALES).await, 0, "nobody reads them yet");
    // One that is given up: its rows are never read.
    let mut given_up = lake.begin(&SALES).await.unwrap();
    given_up.write(&part(5, "2024-02-02")).await.unwrap();
    drop(given_up);
    let landed = appending.commit(&commit("i1", 1)).await.unwrap();
    assert!(matches!(landed, Appended::Done { rows: 4, .. }), "{landed:?}");
    let mut again = lake.begin(&SALES).await.unwrap();
    again.write(&part(1, "2024-01-31")).await.unwrap();
    assert!(matches!(again.commit(&commit("i1", 1)).await.unwrap(), Appended::Already { .. }));
    assert_eq!(rows(&lake, &SALES).await, 4);
    let mut other = lake.begin(&SALES).await.unwrap();
    let misfit = other.write(&part(1, "2024-01-31").project(&[0, 1]).unwrap()).await;
    assert!(matches!(misfit, Err(LakeError::Rows { .. })), "{misfit:?}");
}

#[tokio::test]
async fn a_commit_of_another_process_is_seen_and_a_lower_number_is_there_already() {
    let (folder, lake) = lake().await;
    let other = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    let before = lake.data_version().await.unwrap();
    other.append(&SALES, vec![batch("i1", 1, &[Sold::on("2024-01-31", "a", "x", 5)])], &commit("i1", 5)).await.unwrap();
    assert_eq!(rows(&lake, &SALES).await, 1);
    assert_ne!(lake.data_version().await.unwrap(), before);
    assert_eq!(lake.data_version().await.unwrap(), other.data_version().await.unwrap());
    let late =
        lake.append(&SALES, vec![batch("i1", 1, &[Sold::on("2024-01-31", "a", "x", 5)])], &commit("i1", 4)).await;
    assert!(matches!(late.unwrap(), Appended::Already { .. }));
    assert_eq!(rows(&lake, &SALES).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_at_the_same_time_all_land_and_the_same_commit_among_them_once() {
    let (folder, _) = lake().await;
    let mut writers = Vec::new();
    for writer in 0..6_usize {
        let root = folder.path().to_str().unwrap().to_owned();
        // Writers 4 and 5 try the very same commits.
        let app_id = format!("i{}", writer.min(4));
        writers.push(tokio::spawn(async move {
            let lake = Lake::open(&root).await.unwrap();
            for sequence in 1..=5 {
                let sold = [Sold::on("2024-03-01", "a", "x", sequence), Sold::on("2024-04-01", "b", "y", 1)];
                lake.append(&SALES, vec![batch(&app_id, sequence, &sold)], &commit(&app_id, sequence)).await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    assert_eq!(rows(&lake, &SALES).await, 5 * 5 * 2);
    let sums = lake.sums_by_kind(&SaleFilter::everything()).await.unwrap();
    assert_eq!(sums[0].revenue_minor, Some(5 * (15 + 5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_abandoned_half_way_leaves_nothing_or_all_and_can_be_tried_again() {
    let (folder, lake) = lake().await;
    let many: Vec<Sold> =
        (0..20_000).map(|i| Sold { day: 19_000 + i % 700, ..Sold::on("2024-01-01", "a", "x", 1) }).collect();
    lake.append(&SALES, vec![batch("i0", 1, &many[..10])], &commit("i0", 1)).await.unwrap();
    for delay in [0, 1, 3, 8, 20, 50] {
        let append = lake.append(&SALES, vec![batch("i1", 1, &many)], &commit("i1", 1)).await;
        assert!(append.is_ok());
        let app_id = format!("after {delay} ms");
        let commit = commit(&app_id, 1);
        let append = lake.append(&SALES, vec![batch(&app_id, 1, &many)], &commit);
        let cut = tokio::time::timeout(std::time::Duration::from_millis(delay), append).await;
        let fresh = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
        let filter =
            SaleFilter { import: Some(aisle_domain::ImportId::new(&app_id).unwrap()), ..SaleFilter::everything() };
        let there = fresh.sums_by_kind(&filter).await.unwrap().first().map_or(0, |sum| sum.rows);
        assert!(there == 0 || there == 20_000, "{there} rows after {cut:?}");
        fresh.append(&SALES, vec![batch(&app_id, 1, &many)], &commit).await.unwrap();
        assert_eq!(fresh.sums_by_kind(&filter).await.unwrap()[0].rows, 20_000);
    }
}

#[tokio::test]
async fn compaction_keeps_every_row_and_the_data_version() {
    let (_folder, lake) = lake().await;
    for sequence in 1..=12 {
        let sold = [Sold::on("2024-03-01", "a", "x", sequence), Sold::on("2024-04-01", "b", "y", -sequence)];
        lake.append(&SALES, vec![batch("i1", sequence * 10, &sold)], &commit("i1", sequence)).await.unwrap();
    }
    let all = |lake: Lake| async move { lake.sales_rows(None, &SaleFilter::everything(), 1_000).await.unwrap() };
    let (before, version) = (all(lake.clone()).await, lake.data_version().await.unwrap());
    let compacted = lake.compact(&SALES, NonZeroU64::new(64 << 20).unwrap()).await.unwrap();
    assert_eq!((compacted.joined, compacted.made), (24, 2));
    assert_eq!(all(lake.clone()).await, before);
    assert_eq!(before.len(), 24);
    assert_eq!(lake.data_version().await.unwrap(), version);
    // The log remembers the application, so the last commit is still known.
    assert_eq!(lake.committed(&SALES, "i1").await.unwrap().unwrap().sequence, 12);
    // Files just replaced are younger than the retention.
    assert_eq!(lake.vacuum(&SALES).await.unwrap(), 0);
    let history = lake.history(&SALES, 3).await.unwrap();
    assert!(history.iter().any(|entry| entry.operation == "OPTIMIZE"), "{history:?}");
    let first = lake.history(&SALES, 100).await.unwrap().into_iter().find(|entry| entry.sequence == Some(1)).unwrap();
    assert_eq!((first.version, first.rows, first.app_id.as_deref()), (1, Some(2), Some("i1")));
}

#[tokio::test]
async fn rows_that_do_not_fit_are_refused_with_the_reason() {
    let (_folder, lake) = lake().await;
    let good = batch("i1", 1, &[Sold::on("2024-01-31", "a", "x", 5)]);
    let wrong_table = lake.append(&FEATURES, vec![good.clone()], &commit("i1", 1)).await.unwrap_err();
    assert!(matches!(wrong_table, LakeError::Rows { .. }), "{wrong_table}");
    let mut columns = good.columns().to_vec();
    columns[0] = std::sync::Arc::new(arrow::array::StringArray::from(vec!["2024-02"]));
    let shifted = arrow::array::RecordBatch::try_new(good.schema(), columns).unwrap();
    let error = lake.append(&SALES, vec![shifted], &commit("i1", 1)).await.unwrap_err();
    assert!(error.to_string().contains("row 0 has period Some(\"2024-02\") with day 2024-01-31"), "{error}");
    assert_eq!(lake.committed(&SALES, "i1").await.unwrap(), None);
}

#[tokio::test]
async fn what_is_no_lake_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap();
    std::fs::create_dir(folder.path().join("sales")).unwrap();
    assert!(Lake::open(root).await.is_ok(), "an empty folder is a table to be made");
    std::fs::write(folder.path().join("sales/notes.txt"), "not a table").unwrap();
    let error = Lake::open(root).await.unwrap_err();
    assert!(matches!(&error, LakeError::NotATable { location } if location.ends_with("sales")), "{error}");
    std::fs::create_dir(folder.path().join("sales/_delta_log")).unwrap();
    std::fs::write(folder.path().join("sales/_delta_log/00000000000000000000.json"), "garbage").unwrap();
    let error = Lake::open(root).await.unwrap_err();
    assert!(matches!(error, LakeError::Delta { table: "sales", .. }), "{error}");
    let file = folder.path().join("a file");
    std::fs::write(&file, "x").unwrap();
    assert!(matches!(Lake::open(file.to_str().unwrap()).await.unwrap_err(), LakeError::Root { .. }));
}

#[tokio::test]
async fn fingerprints_come_back_bit_for_bit() {
    let (_folder, lake) = lake().await;
    let all = || async {
        let chunks: Vec<_> = lake.fingerprints(&SALES).await.unwrap().collect().await;
        chunks.into_iter().flat_map(Result::unwrap).collect::<Vec<u128>>()
    };
    assert!(all().await.is_empty());
    let sold = vec![Sold::on("2024-01-31", "a", "x", 5); 3];
    lake.append(&SALES, vec![batch("i1", 1, &sold)], &commit("i1", 1)).await.unwrap();
    let mut found = all().await;
    found.sort_unstable();
    let expected = |line: i64| (u128::from((-line) as u64) << 64) | u128::from(line as u64);
    assert_eq!(found, [expected(3), expected(2), expected(1)]);
}
