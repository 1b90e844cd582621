//! Planners' overrides.

use crate::{NOW, SECOND};
use aisle_domain::overrides::{Amount, Change, Effect, NewOverride, OverrideState, Scope};
use aisle_domain::{Day, Measure, OverrideId, SeriesKey, UserId};
use aisle_store::overrides::{self, Making};
use aisle_store::{Store, StoreError};

fn today() -> Day {
    Day::parse("2026-01-01").unwrap()
}

fn asked(reason: &str) -> NewOverride {
    NewOverride {
        measure: Some(Measure::Quantity),
        scope: Scope::series(&SeriesKey::parse("north/bread").unwrap()),
        change: Change::Set(150.5),
        amount: Amount::Together,
        periods: (today(), today().plus(27)),
        reason: reason.to_owned(),
        expires: None,
    }
}

fn effect() -> Effect {
    Effect {
        measure: Measure::Quantity,
        series: 1,
        days: vec![today().plus(7)],
        before: vec![120.25],
        after: vec![150.5],
    }
}

pub(crate) async fn an_override_comes_back_as_it_was_made(store: Store) {
    let author = UserId::new("u1").unwrap();
    let effects = [effect()];
    let making = |request| Making { author: &author, author_name: "Anna", effects: &effects, request };
    let (kept, new) = overrides::create(&store, &asked("a fair"), &making("u1:1"), NOW).await.unwrap();
    assert!(new);
    assert_eq!(kept.asked, asked("a fair"));
    assert_eq!((kept.effects.as_slice(), kept.author_name.as_str(), kept.created_at), (&effects[..], "Anna", NOW));
    assert_eq!(overrides::get(&store, &kept.id).await.unwrap(), kept);
    let (again, new) = overrides::create(&store, &asked("twice"), &making("u1:1"), NOW + SECOND).await.unwrap();
    assert!(!new, "the same request makes no second override");
    assert_eq!(again, kept);
    let whole = NewOverride {
        measure: None,
        scope: Scope { region: Some("West".to_owned()), category: Some("Tea".to_owned()), ..Scope::default() },
        change: Change::Percent(-5.0),
        expires: Some(today()),
        ..asked("weather")
    };
    let (other, _) = overrides::create(&store, &whole, &making("u1:2"), NOW + SECOND).await.unwrap();
    assert_eq!(other.asked, whole);
    let unknown = overrides::get(&store, &OverrideId::new("unknown").unwrap()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { what: "override", .. })), "{unknown:?}");
}

pub(crate) async fn overrides_end_by_their_day_or_are_withdrawn_once(store: Store) {
    let author = UserId::new("u1").unwrap();
    let making = |request| Making { author: &author, author_name: "Anna", effects: &[], request };
    let mut ids = Vec::new();
    for (number, expires) in [None, Some(today()), Some(today().plus(-1))].into_iter().enumerate() {
        let asked = NewOverride { expires, ..asked("why") };
        let at = NOW + number as i64 * SECOND;
        ids.push(overrides::create(&store, &asked, &making(["0", "1", "2"][number]), at).await.unwrap().0.id);
    }
    let active = overrides::active(&store, today()).await.unwrap();
    assert_eq!(active.iter().map(|one| &one.id).collect::<Vec<_>>(), [&ids[0], &ids[1]]);
    assert_eq!(overrides::active_ids(&store, today()).await.unwrap(), [ids[0].as_str(), ids[1].as_str()]);
    assert_eq!(overrides::active(&store, today().plus(1)).await.unwrap().len(), 1);

    assert!(overrides::withdraw(&store, &ids[0], "Bo", NOW + 9 * SECOND).await.unwrap());
    assert!(!overrides::withdraw(&store, &ids[0], "Cy", NOW + 10 * SECOND).await.unwrap());
    let withdrawn = overrides::get(&store, &ids[0]).await.unwrap();
    assert_eq!(withdrawn.withdrawn, Some((NOW + 9 * SECOND, "Bo".to_owned())));
    let unknown = overrides::withdraw(&store, &OverrideId::new("unknown").unwrap(), "Bo", NOW).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { what: "override", .. })), "{unknown:?}");

    let all = overrides::list(&store, None, today(), None, 10).await.unwrap();
    assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&ids[2], &ids[1], &ids[0]], "newest first");
    for state in OverrideState::ALL {
        let listed = overrides::list(&store, Some(state), today(), None, 10).await.unwrap();
        assert_eq!(listed.len(), 1, "{state:?}");
        assert_eq!(listed[0].state(today()), state, "the query and the type agree on what {state:?} is");
    }
    let older = overrides::list(&store, None, today(), Some(&ids[2]), 1).await.unwrap();
    assert_eq!(older[0].id, ids[1]);
}
