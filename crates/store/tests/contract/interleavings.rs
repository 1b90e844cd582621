//! Whatever a worker and its successors do to the chunks of an import, and in whatever order, a plain model agrees.

use crate::NOW;
use crate::imports::{file, rejection};
use aisle_store::{Store, StoreError, dead_letters, imports};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use std::collections::BTreeMap;
use tokio::runtime::Runtime;

#[derive(Debug, Clone)]
enum Step {
    Begin { file: u32, sequence: u64, letters: usize },
    Confirm { file: u32, sequence: u64 },
    ConfirmPending,
    Discard,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u32..2, 0_u64..6, 0_usize..4).prop_map(|(file, sequence, letters)| Step::Begin { file, sequence, letters }),
        1 => (0_u32..2, 0_u64..6).prop_map(|(file, sequence)| Step::Confirm { file, sequence }),
        2 => Just(Step::ConfirmPending),
        1 => Just(Step::Discard),
    ]
}

/// What should be there: chunks by file and sequence, each with its letters; and which one is pending.
#[derive(Default)]
struct Model {
    chunks: BTreeMap<(u32, u64), usize>,
    pending: Option<(u32, u64)>,
}

pub(crate) fn of_chunks_leave_the_counts_consistent(runtime: &Runtime, store: &Store) {
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&proptest::collection::vec(step(), 1..24), |steps| {
            runtime.block_on(play(store, &steps));
            Ok(())
        })
        .unwrap();
}

async fn play(store: &Store, steps: &[Step]) {
    let import = imports::create(store, &[file("a.csv", 1), file("b.csv", 2)], "ada", NOW).await.unwrap().id;
    let mut model = Model::default();
    for step in steps {
        match *step {
            Step::Begin { file, sequence, letters } => {
                let rejections: Vec<_> = (0..letters as u64).map(rejection).collect();
                let begun =
                    imports::begin_chunk(store, &import, file, sequence, &json!(sequence), &rejections, NOW).await;
                let ascends = model.chunks.range((file, sequence)..=(file, u64::MAX)).next().is_none();
                if ascends && model.pending.is_none() {
                    begun.unwrap();
                    model.chunks.insert((file, sequence), letters);
                    model.pending = Some((file, sequence));
                } else {
                    assert!(matches!(begun, Err(StoreError::Conflict { .. })), "{begun:?}");
                }
            }
            Step::Confirm { file, sequence } => {
                let confirmed = imports::confirm_chunk(store, &import, file, sequence, NOW).await;
                assert_eq!(confirmed.is_ok(), model.chunks.contains_key(&(file, sequence)));
                if model.pending == Some((file, sequence)) {
                    model.pending = None;
                }
            }
            Step::ConfirmPending => {
                if let Some((file, sequence)) = model.pending.take() {
                    imports::confirm_chunk(store, &import, file, sequence, NOW).await.unwrap();
                }
            }
            Step::Discard => {
                let discarded = imports::discard_pending(store, &import).await.unwrap();
                assert_eq!(discarded, model.pending.is_some());
                if let Some(chunk) = model.pending.take() {
                    model.chunks.remove(&chunk);
                }
            }
        }
        let pending = imports::pending_chunk(store, &import).await.unwrap();
        assert_eq!(pending.map(|chunk| (chunk.file, chunk.sequence)), model.pending);
        let counts = dead_letters::counts(store, Some(&import)).await.unwrap();
        assert_eq!(counts.open, model.chunks.values().sum::<usize>() as u64);
        let confirmed: Vec<_> = imports::confirmed_chunks(store, &import).await.unwrap();
        let expected: Vec<_> = model.chunks.keys().copied().filter(|chunk| model.pending != Some(*chunk)).collect();
        assert_eq!(confirmed.iter().map(|chunk| (chunk.file, chunk.sequence)).collect::<Vec<_>>(), expected);
        for file in 0..2 {
            let last = imports::last_confirmed(store, &import, file).await.unwrap().map(|chunk| chunk.sequence);
            assert_eq!(last, expected.iter().filter(|chunk| chunk.0 == file).map(|chunk| chunk.1).max());
        }
    }
}
