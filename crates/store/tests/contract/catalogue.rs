//! Items, locations, customers, events.

use crate::NOW;
use aisle_domain::{CalendarEvent, Customer, CustomerId, Day, Item, ItemId, Location, LocationId};
use aisle_store::Store;
use aisle_store::catalogue::{self, Filter};

fn item(id: &str, name: &str, category: Option<&str>) -> Item {
    let attributes = [("brand".to_owned(), "Ünik".to_owned())].into();
    Item { id: ItemId::new(id).unwrap(), name: name.into(), category: category.map(str::to_owned), attributes }
}

pub(crate) async fn the_last_word_wins_and_the_same_word_changes_nothing(store: Store) {
    // More than two statements' worth, with an identifier twice in one call.
    let mut many: Vec<Item> =
        (0..1_234).map(|n| item(&format!("sku-{n:05}"), &format!("Thing {n}"), Some("A"))).collect();
    many.push(item("sku-00000", "Renamed", None));
    assert_eq!(catalogue::upsert_items(&store, &many, NOW).await.unwrap(), 1_234);
    assert_eq!(catalogue::upsert_items(&store, &many, NOW).await.unwrap(), 0);
    let first = catalogue::item(&store, &many[0].id).await.unwrap();
    assert_eq!(first, Some(item("sku-00000", "Renamed", None)));
    assert_eq!(catalogue::categories(&store).await.unwrap(), [("A".to_owned(), 1_233)]);
    let ensured = [item("sku-00001", "Other", None), item("sku-new", "New", None)];
    assert_eq!(catalogue::ensure_items(&store, &ensured, NOW).await.unwrap(), 1);
    assert_eq!(catalogue::item(&store, &ensured[0].id).await.unwrap().unwrap().name, "Thing 1");
    assert_eq!(catalogue::upsert_items(&store, &[], NOW).await.unwrap(), 0);
    assert_eq!(catalogue::count_items(&store, &Filter::default()).await.unwrap(), 1_235);

    let shop = |kind: &str| Location {
        id: LocationId::new("1").unwrap(),
        name: "Store\0 1".into(),
        kind: Some(kind.into()),
        attributes: Default::default(),
    };
    assert_eq!(catalogue::upsert_locations(&store, &[shop("A"), shop("B")], NOW).await.unwrap(), 1);
    let found = catalogue::location(&store, &shop("A").id).await.unwrap().unwrap();
    assert_eq!((found.kind.as_deref(), found.name.as_str()), (Some("B"), "Store\u{fffd} 1"));
    assert_eq!(catalogue::ensure_locations(&store, &[shop("C")], NOW).await.unwrap(), 0);
    assert_eq!(catalogue::count_locations(&store, &Filter { group: Some("B"), ..Filter::default() }).await.unwrap(), 1);

    let customer =
        Customer { id: CustomerId::new("C-7").unwrap(), attributes: [("country".into(), "UK".into())].into() };
    assert_eq!(catalogue::upsert_customers(&store, std::slice::from_ref(&customer), NOW).await.unwrap(), 1);
    assert_eq!(catalogue::upsert_customers(&store, std::slice::from_ref(&customer), NOW).await.unwrap(), 0);
    assert_eq!(catalogue::customer(&store, &customer.id).await.unwrap(), Some(customer.clone()));
    assert_eq!(catalogue::customers(&store, Some("c-"), None, 5).await.unwrap(), [customer]);
    assert_eq!(catalogue::count_customers(&store, Some("nobody")).await.unwrap(), 0);
}

pub(crate) async fn lists_are_paged_by_bytes_and_searched_without_case(store: Store) {
    let ids = ["Z", "a", "B", "ä", "10", "9", "_x", "a%b"];
    let items: Vec<Item> = ids.iter().map(|id| item(id, &format!("Ärmel {id}"), Some("Größe"))).collect();
    catalogue::upsert_items(&store, &items, NOW).await.unwrap();
    let mut expected: Vec<&str> = ids.to_vec();
    expected.sort_unstable();
    let mut listed: Vec<Item> = Vec::new();
    loop {
        let page = catalogue::items(&store, &Filter::default(), listed.last().map(|item| &item.id), 3).await.unwrap();
        if page.is_empty() {
            break;
        }
        listed.extend(page);
    }
    assert_eq!(listed.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), expected);
    let found = |search: &'static str| {
        let store = store.clone();
        async move { catalogue::count_items(&store, &Filter { search: Some(search), group: None }).await.unwrap() }
    };
    assert_eq!(found("ÄRMEL").await, 8);
    assert_eq!(found("größe").await, 8);
    assert_eq!(found("%").await, 1);
    assert_eq!(found("_").await, 1);
    assert_eq!(found("sleeve").await, 0);
    let filter = Filter { search: Some("armel"), group: Some("Größe") };
    assert!(catalogue::items(&store, &filter, None, 9).await.unwrap().is_empty());
    let places: Vec<Location> = ["2", "10", "1"]
        .map(|id| Location {
            id: LocationId::new(id).unwrap(),
            name: id.into(),
            kind: None,
            attributes: Default::default(),
        })
        .to_vec();
    catalogue::upsert_locations(&store, &places, NOW).await.unwrap();
    let after = LocationId::new("1").unwrap();
    let rest = catalogue::locations(&store, &Filter::default(), Some(&after), 9).await.unwrap();
    assert_eq!(rest.iter().map(|place| place.id.as_str()).collect::<Vec<_>>(), ["10", "2"]);
}

pub(crate) async fn events_are_there_once(store: Store) {
    let day = |text| Day::parse(text).unwrap();
    let christmas = |location: Option<&str>| CalendarEvent {
        name: "Christmas".into(),
        first: day("2011-12-24"),
        last: day("2011-12-26"),
        location: location.map(|id| LocationId::new(id).unwrap()),
    };
    let events = [christmas(None), christmas(Some("1")), christmas(None)];
    assert_eq!(catalogue::upsert_events(&store, &events).await.unwrap(), 2);
    assert_eq!(catalogue::upsert_events(&store, &events).await.unwrap(), 0);
    let found = catalogue::events(&store, day("2011-12-26"), day("2012-01-01")).await.unwrap();
    assert_eq!(found, [christmas(None), christmas(Some("1"))]);
    assert!(catalogue::events(&store, day("2011-12-27"), day("2012-01-01")).await.unwrap().is_empty());
    assert_eq!(catalogue::count_events(&store).await.unwrap(), 2);
}

pub(crate) async fn customers_that_orders_name_keep_what_is_known_of_them(store: Store) {
    let customer = |id: &str, attributes: &[(&str, &str)]| Customer {
        id: CustomerId::new(id).unwrap(),
        attributes: attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    let known = customer("c-1", &[("city", "Delft")]);
    catalogue::upsert_customers(&store, std::slice::from_ref(&known), NOW).await.unwrap();
    let named = [customer("c-1", &[]), customer("c-2", &[])];
    assert_eq!(catalogue::ensure_customers(&store, &named, NOW).await.unwrap(), 1);
    assert_eq!(catalogue::customers(&store, None, None, 9).await.unwrap(), [known, customer("c-2", &[])]);
}
