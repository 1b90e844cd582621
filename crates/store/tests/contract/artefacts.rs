//! Artefacts, promotions, lineage.

use crate::NOW;
use aisle_domain::job::JobKind;
use aisle_domain::{ArtefactId, JobId};
use aisle_store::artefacts::{self, NewArtefact};
use aisle_store::{Store, StoreError, jobs};
use serde_json::json;

async fn register(store: &Store, hash: &str, bytes: &[u8], job: Option<&JobId>) -> artefacts::Artefact {
    let new = NewArtefact {
        hash,
        kind: "forecast",
        data_version: "sales@3",
        params: &json!({"season": 52}),
        metrics: &json!({"wape": 0.12}),
        summary: &json!({"wape": 0.12}),
        job_id: job,
        inputs: &[("sales".into(), "3".into()), ("features".into(), "1".into())],
    };
    artefacts::register(store, &new, bytes, NOW).await.unwrap()
}

pub(crate) async fn an_artefact_is_registered_once_and_its_bytes_come_back(store: Store) {
    let job =
        jobs::NewJob { kind: JobKind::Train, params: &json!({}), created_by: "ada", max_attempts: 1, dedupe_key: None };
    let (job, _) = jobs::enqueue(&store, &job, NOW).await.unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    let first = register(&store, "aa", &bytes, Some(&job)).await;
    let again = register(&store, "aa", &bytes, None).await;
    assert_eq!(again, first);
    assert_eq!((first.bytes, first.job_id.as_ref()), (300_000, Some(&job)));
    assert_eq!((&first.params, &first.metrics), (&json!({"season": 52}), &json!({"wape": 0.12})));
    assert_eq!(artefacts::get(&store, &first.id).await.unwrap(), first);
    assert_eq!(artefacts::load(&store, &first.id).await.unwrap(), bytes);
    let inputs = artefacts::inputs(&store, &first.id).await.unwrap();
    assert_eq!(inputs, [("features".to_owned(), "1".to_owned()), ("sales".to_owned(), "3".to_owned())]);
    let unknown = ArtefactId::new("unknown").unwrap();
    assert!(matches!(artefacts::load(&store, &unknown).await, Err(StoreError::NotFound { what: "artefact", .. })));
    let orphan = NewArtefact {
        hash: "bb",
        kind: "forecast",
        data_version: "",
        params: &json!({}),
        metrics: &json!({}),
        summary: &json!({}),
        job_id: Some(&JobId::new("unknown").unwrap()),
        inputs: &[],
    };
    let orphan = artefacts::register(&store, &orphan, b"", NOW).await;
    assert!(matches!(orphan, Err(StoreError::NotFound { what: "job", .. })), "{orphan:?}");
}

pub(crate) async fn the_last_promotion_is_live(store: Store) {
    let (first, second) = (register(&store, "aa", b"1", None).await, register(&store, "bb", b"2", None).await);
    assert_eq!(artefacts::live(&store, "forecast").await.unwrap(), None);
    for artefact in [&first, &first, &second, &first] {
        artefacts::promote(&store, &artefact.id, "ada", "lower WAPE", NOW).await.unwrap();
    }
    assert_eq!(artefacts::live(&store, "forecast").await.unwrap(), Some(first.clone()));
    let history = artefacts::promotions(&store, "forecast", 9).await.unwrap();
    let ids: Vec<_> = history.iter().map(|promotion| promotion.artefact_id.clone()).collect();
    assert_eq!(ids, [first.id.clone(), second.id.clone(), first.id.clone()], "promoting the live one changes nothing");
    let unknown = ArtefactId::new("unknown").unwrap();
    assert!(matches!(artefacts::promote(&store, &unknown, "", "", NOW).await, Err(StoreError::NotFound { .. })));
    let listed = artefacts::list(&store, Some("forecast"), None, 9).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(artefacts::list(&store, None, Some(&listed[0].id), 9).await.unwrap(), listed[1..]);
}
