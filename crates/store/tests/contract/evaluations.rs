//! Evaluations.

use crate::{NOW, SECOND};
use aisle_domain::JobId;
use aisle_domain::job::JobKind;
use aisle_store::evaluations::{self, NewEvaluation};
use aisle_store::{Store, StoreError, jobs};
use serde_json::json;

pub(crate) async fn one_is_kept_for_each_measure_of_a_job(store: Store) {
    let job = jobs::NewJob {
        kind: JobKind::Backtest,
        params: &json!({}),
        created_by: "ada",
        max_attempts: 1,
        dedupe_key: None,
    };
    let (job, _) = jobs::enqueue(&store, &job, NOW).await.unwrap();
    let (plan, report) = (json!({"horizon": 13}), json!({"scores": []}));
    let new = |measure, report| NewEvaluation {
        measure,
        data_version: "sales@3",
        plan: &plan,
        report,
        job_id: &job,
        created_by: "ada",
    };
    let first = evaluations::keep(&store, &new("revenue", &report), NOW).await.unwrap();
    let other = evaluations::keep(&store, &new("quantity", &report), NOW + SECOND).await.unwrap();
    let better = json!({"scores": [1]});
    let again = evaluations::keep(&store, &new("revenue", &better), NOW + 2 * SECOND).await.unwrap();
    assert_eq!(again, first, "the job was run twice, so its answer is replaced");
    assert_eq!(evaluations::get(&store, &first).await.unwrap().report, better);
    let listed = evaluations::list(&store, None, None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), [other.as_str(), first.as_str()]);
    assert_eq!(evaluations::list(&store, None, Some(&other), 10).await.unwrap().len(), 1);
    assert_eq!(evaluations::list(&store, Some("revenue"), None, 10).await.unwrap()[0].id, first);
    assert_eq!(evaluations::of_job(&store, &job).await.unwrap().len(), 2);
    let nowhere = evaluations::get(&store, "unknown").await;
    assert!(matches!(nowhere, Err(StoreError::NotFound { what: "evaluation", .. })), "{nowhere:?}");
    let orphan = NewEvaluation { job_id: &JobId::new("unknown").unwrap(), ..new("revenue", &report) };
    let orphan = evaluations::keep(&store, &orphan, NOW).await;
    assert!(matches!(orphan, Err(StoreError::NotFound { what: "job", .. })), "{orphan:?}");
}
