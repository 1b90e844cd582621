//! Own events, calendar files, impacts.

use crate::{NOW, SECOND};
use aisle_domain::{CalendarEvent, Day, HolidayKind, LocationId};
use aisle_store::holiday_impacts::NewImpact;
use aisle_store::{Store, StoreError, calendar_files, holiday_impacts, own_events};

fn event(name: &str, first: &str, location: Option<&str>) -> CalendarEvent {
    let first = Day::parse(first).unwrap();
    CalendarEvent {
        name: name.into(),
        first,
        last: first.plus(2),
        location: location.map(|id| LocationId::new(id).unwrap()),
    }
}

pub(crate) async fn an_own_event_is_entered_once_changed_and_removed(store: Store) {
    let fair = event("Fair \u{0}", "2012-06-01", Some("1"));
    let made = own_events::create(&store, &fair, HolidayKind::Local, "ada", NOW).await.unwrap();
    assert_eq!((made.event.name.as_str(), made.kind), ("Fair \u{fffd}", HolidayKind::Local));
    let twice = own_events::create(&store, &fair, HolidayKind::Local, "bob", NOW).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
    let closed = own_events::create(&store, &fair, HolidayKind::Closure, "ada", NOW).await.unwrap();
    let early = event("Opening", "2010-01-01", None);
    let early = own_events::create(&store, &early, HolidayKind::Promotion, "ada", NOW).await.unwrap();
    let ids: Vec<String> = own_events::list(&store).await.unwrap().into_iter().map(|event| event.id).collect();
    assert_eq!(ids, [early.id.clone(), closed.id.clone(), made.id.clone()]);

    let everywhere = event("Fair", "2012-06-08", None);
    let changed = own_events::change(&store, &made.id, &everywhere, HolidayKind::Local).await.unwrap();
    assert_eq!((&changed.event, changed.created_by.as_str()), (&everywhere, "ada"));
    let clash = own_events::change(&store, &closed.id, &everywhere, HolidayKind::Local).await;
    assert!(matches!(clash, Err(StoreError::Conflict { .. })), "{clash:?}");
    let missing = own_events::change(&store, "none", &everywhere, HolidayKind::Local).await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })), "{missing:?}");

    assert_eq!(own_events::delete(&store, &made.id).await.unwrap(), changed);
    assert!(matches!(own_events::get(&store, &made.id).await, Err(StoreError::NotFound { .. })));
    assert!(matches!(own_events::delete(&store, &made.id).await, Err(StoreError::NotFound { .. })));
    let backwards = CalendarEvent { last: Day::parse("2012-05-01").unwrap(), ..event("Back", "2012-06-01", None) };
    assert!(own_events::create(&store, &backwards, HolidayKind::Local, "ada", NOW).await.is_err());
}

pub(crate) async fn a_calendar_file_replaces_the_one_of_its_name(store: Store) {
    let draft = calendar_files::draft(&store, "School", "aa", b"one\0", "ada", NOW).await.unwrap();
    assert!(!draft.active && calendar_files::in_use(&store).await.unwrap().is_empty());
    let place = LocationId::new("7").unwrap();
    let left_out = ["Exams \"1\"".to_owned()];
    let used = calendar_files::put_to_use(&store, &draft.id, &left_out, Some(&place)).await.unwrap();
    assert_eq!((used.active, used.left_out.as_slice(), used.location.as_ref()), (true, &left_out[..], Some(&place)));
    assert_eq!(used.content, b"one\0");
    let next = calendar_files::draft(&store, "School", "bb", b"two", "bob", NOW + SECOND).await.unwrap();
    assert_eq!(calendar_files::named(&store, "School").await.unwrap().id, used.id, "a draft does not count");
    calendar_files::put_to_use(&store, &next.id, &[], None).await.unwrap();
    let names: Vec<String> = calendar_files::in_use(&store).await.unwrap().into_iter().map(|file| file.hash).collect();
    assert_eq!(names, ["bb"]);
    assert!(matches!(calendar_files::get(&store, &used.id).await, Err(StoreError::NotFound { .. })));

    // A draft that nobody confirmed goes when the next comes, a day later.
    let old = calendar_files::draft(&store, "Fairs", "cc", b"", "ada", NOW).await.unwrap();
    calendar_files::draft(&store, "Fairs", "dd", b"", "ada", NOW + 90_000 * SECOND).await.unwrap();
    assert!(matches!(calendar_files::get(&store, &old.id).await, Err(StoreError::NotFound { .. })));
    assert_eq!(calendar_files::delete(&store, &next.id).await.unwrap().name, "School");
    assert!(matches!(calendar_files::named(&store, "School").await, Err(StoreError::NotFound { .. })));
    let gone = calendar_files::put_to_use(&store, &next.id, &[], None).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
}

pub(crate) async fn the_latest_impacts_of_a_measure_replace_all_before(store: Store) {
    let impact = |event: &str, units: &str| NewImpact {
        event: event.into(),
        total: format!("{{\"event\":\"{event}\"}}"),
        units: units.into(),
    };
    let first = [impact("Easter", "[1]"), impact("Christmas", "[2]")];
    holiday_impacts::replace(&store, "revenue", "v1", &first, NOW).await.unwrap();
    holiday_impacts::replace(&store, "quantity", "v1", &first[..1], NOW).await.unwrap();
    let listed = holiday_impacts::list(&store, "revenue").await.unwrap();
    assert_eq!(listed.iter().map(|one| one.event.as_str()).collect::<Vec<_>>(), ["Christmas", "Easter"]);
    assert_eq!(listed[0].total["event"], "Christmas");
    holiday_impacts::replace(&store, "revenue", "v2", &[impact("Easter", "[3]")], NOW + SECOND).await.unwrap();
    let listed = holiday_impacts::list(&store, "revenue").await.unwrap();
    assert_eq!((listed.len(), listed[0].data_version.as_str(), listed[0].made_at), (1, "v2", NOW + SECOND));
    assert_eq!(holiday_impacts::units(&store, "revenue", "Easter").await.unwrap(), "[3]");
    assert_eq!(holiday_impacts::units(&store, "quantity", "Easter").await.unwrap(), "[1]");
    let gone = holiday_impacts::units(&store, "revenue", "Christmas").await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
}
