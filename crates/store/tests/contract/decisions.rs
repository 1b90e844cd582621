//! Decisions of monitoring, and the lease of the one that decides.

use crate::{NOW, SECOND};
use aisle_store::decisions::{self, NewDecision};
use aisle_store::{Store, leases};
use serde_json::json;

fn new<'a>(measure: &'a str, action: &'a str, figures: &'a serde_json::Value) -> NewDecision<'a> {
    NewDecision {
        measure,
        cause: "timer",
        action,
        reason: "all is well",
        figures,
        data_version: "sales@3",
        artefact_id: None,
        job_id: None,
        decided_by: "monitoring",
    }
}

pub(crate) async fn decisions_are_paged_from_the_newest_and_the_old_ones_go(store: Store) {
    let figures = json!({ "wape": 0.125 });
    let mut ids = Vec::new();
    for (index, (measure, action)) in
        [("revenue", "nothing"), ("quantity", "retrain"), ("", "promoted"), ("revenue", "kept")].into_iter().enumerate()
    {
        let at = NOW + index as i64 * SECOND;
        ids.push(decisions::append(&store, &new(measure, action, &figures), at).await.unwrap());
    }
    let all = decisions::list(&store, None, false, None, 10).await.unwrap();
    assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), ids.iter().rev().collect::<Vec<_>>());
    assert_eq!((all[0].figures.clone(), all[0].at), (figures.clone(), NOW + 3 * SECOND));
    let ours = decisions::list(&store, Some("revenue"), false, None, 10).await.unwrap();
    assert_eq!(ours.iter().map(|one| one.action.as_str()).collect::<Vec<_>>(), ["kept", "promoted", "nothing"]);
    let acted = decisions::list(&store, Some("revenue"), true, None, 10).await.unwrap();
    assert_eq!(acted.iter().map(|one| one.action.as_str()).collect::<Vec<_>>(), ["kept", "promoted"]);
    let page = decisions::list(&store, None, false, Some(&ids[2]), 1).await.unwrap();
    assert_eq!(page[0].id, ids[1]);
    assert_eq!(decisions::purge(&store, NOW, 4).await.unwrap(), 0);
    assert_eq!(decisions::purge(&store, NOW + SECOND, 2).await.unwrap(), 2, "one is too old, one too many");
    let left = decisions::list(&store, None, false, None, 10).await.unwrap();
    assert_eq!(left.iter().map(|one| &one.id).collect::<Vec<_>>(), [&ids[3], &ids[2]]);
}

pub(crate) async fn a_lease_has_one_holder_until_it_runs_out(store: Store) {
    let take = |holder: &'static str, at: i64| {
        let store = store.clone();
        async move { leases::take(&store, "monitoring", holder, 10 * SECOND, at).await.unwrap() }
    };
    assert!(take("a", NOW).await);
    assert!(!take("b", NOW + 9 * SECOND).await);
    assert!(take("a", NOW + 9 * SECOND).await, "the holder keeps it");
    assert!(!take("b", NOW + 11 * SECOND).await);
    assert!(take("b", NOW + 19 * SECOND).await, "it ran out");
    leases::give_back(&store, "monitoring", "a").await.unwrap();
    assert!(!take("a", NOW + 20 * SECOND).await, "what another holds is not given back");
    leases::give_back(&store, "monitoring", "b").await.unwrap();
    assert!(take("a", NOW + 20 * SECOND).await);
}
