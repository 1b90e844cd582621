//! The calendar: events from every source, entered, uploaded, chosen; what forecasts make of them.

use crate::testing::{Client, TestApp};
use aisle_domain::{Day, Permission, Role, SeriesKey};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn planner(test: &TestApp) -> Client {
    test.user(Role::Administrator).await;
    test.program("administrator", &Permission::ALL).await.0
}

/// The last day of the tiny shop's sales.
fn last_day() -> Day {
    Day::parse("2021-01-08").unwrap().plus((crate::testing::WEEKS - 1) * 7)
}

fn names(list: &Value) -> Vec<&str> {
    list["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

const TERMS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
    BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Market day\r\nDTSTART;VALUE=DATE:20220105\r\nRRULE:FREQ=MONTHLY\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Board meeting\r\nDTSTART;VALUE=DATE:20230310\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:3\r\nSUMMARY:Broken\r\nDTSTART:soon\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn an_own_event_is_entered_changed_removed_and_each_is_audited() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    let fair =
        json!({ "name": "Fair", "kind": "local", "first": "2023-06-01", "last": "2023-06-03", "location": "north" });
    let made = program.json("/api/v1/events", &fair).await;
    let path = made.header("location").to_owned();
    let document = made.json(201);
    assert_eq!((&document["source"], &document["location"]), (&json!("own"), &json!("north")));
    program.json("/api/v1/events", &fair).await.problem(409, "conflict");
    assert_eq!(program.get(&path).await.json(200)["name"], "Fair");

    let listed = program.get("/api/v1/events?from=2023-05-01&to=2023-07-01").await;
    assert!(!listed.header("etag").is_empty());
    assert_eq!(names(&listed.json(200)), ["Fair"]);
    let south = program.get("/api/v1/events?from=2023-05-01&to=2023-07-01&location=south").await.json(200);
    assert!(names(&south).is_empty(), "{south}");

    let moved = json!({ "name": "Fair", "kind": "promotion", "first": "2023-06-08" }).to_string();
    let changed = program.send(Method::PUT, &path, "application/json", &moved).await.json(200);
    assert_eq!(
        (&changed["first"], &changed["last"], &changed["location"]),
        (&json!("2023-06-08"), &json!("2023-06-08"), &Value::Null)
    );
    let gone = program.send(Method::DELETE, &path, "application/json", "").await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    program.get(&path).await.problem(404, "not_found");
    program.send(Method::DELETE, &path, "application/json", "").await.problem(404, "not_found");
    let entries = aisle_store::audit::list(&test.app.store, None, 50).await.unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    for action in ["calendar.enter", "calendar.change", "calendar.remove"] {
        assert!(actions.contains(&action), "{action}: {actions:?}");
    }
}

#[tokio::test]
async fn what_is_no_event_is_told_by_field() {
    let test = TestApp::empty().await;
    let program = planner(&test).await;
    let wrong = [
        (json!({ "name": " ", "kind": "local", "first": "2023-06-01" }), "name"),
        (json!({ "name": "F", "kind": "nap", "first": "2023-06-01" }), "kind"),
        (json!({ "name": "F", "kind": "observed", "first": "2023-06-01" }), "kind"),
        (json!({ "name": "F", "kind": "local", "first": "June" }), "first"),
        (json!({ "name": "F", "kind": "local", "first": "2023-06-01", "last": "2023-05-01" }), "last"),
        (json!({ "name": "F", "kind": "local", "first": "2023-06-01", "last": "2025-06-01" }), "last"),
        (json!({ "name": "F", "kind": "local", "first": "2023-06-01", "location": "moon" }), "location"),
    ];
    for (body, field) in wrong {
        assert_eq!(program.json("/api/v1/events", &body).await.problem(422, "invalid")["field"], *field, "{body}");
    }
    for (path, field) in [
        ("/api/v1/events?from=soon", "from"),
        ("/api/v1/events?from=2020-01-01&to=2019-01-01", "to"),
        ("/api/v1/events?from=1990-01-01&to=2019-01-01", "to"),
        ("/api/v1/events?source=rumour", "source"),
        ("/api/v1/events?kind=nap", "kind"),
    ] {
        assert_eq!(program.get(path).await.problem(422, "invalid")["field"], *field, "{path}");
    }
    let bad = json!({ "chosen": ["US", "Narnia"] }).to_string();
    let refused = program.send(Method::PUT, "/api/v1/countries", "application/json", &bad).await;
    assert_eq!(refused.problem(422, "invalid")["field"], "countries");
}

#[tokio::test]
async fn a_countrys_holidays_count_once_chosen() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    let year = "/api/v1/events?from=2023-01-01&to=2023-12-31";
    assert!(names(&program.get(year).await.json(200)).is_empty(), "no country is chosen by itself");
    assert!(!test.app.board().await.unwrap().shop.calendar_changed);
    let chosen = json!({ "chosen": ["us", "US"] }).to_string();
    let answer = program.send(Method::PUT, "/api/v1/countries", "application/json", &chosen).await.json(200);
    assert_eq!(answer["chosen"], json!(["US"]));
    assert!(answer["known"].as_array().unwrap().len() > 32);
    let holidays = program.get(&format!("{year}&kind=public")).await.json(200);
    let listed = names(&holidays);
    assert!(listed.contains(&"Thanksgiving") && listed.contains(&"Independence Day"), "{listed:?}");
    assert!(test.app.board().await.unwrap().shop.calendar_changed, "the forecasts are older than the calendar");
    let page = test.signed_in("administrator").await.page("/calendar?from=2023-06-01").await;
    assert!(page.text().contains("Independence Day") && page.text().contains("Train now"), "{page:?}");
    test.train().await;
    assert!(!test.app.board().await.unwrap().shop.calendar_changed);
    let back = json!({ "chosen": [] }).to_string();
    program.send(Method::PUT, "/api/v1/countries", "application/json", &back).await.json(200);
    assert!(names(&program.get(year).await.json(200)).is_empty());
}

/// Others ask for the board at any moment: whoever changed the calendar is never shown one from before the change.
#[tokio::test]
async fn whoever_makes_a_change_sees_it() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    for round in 1..=6 {
        let (app, asking) = (test.app.clone(), std::time::Duration::from_micros(700 * round));
        let others = tokio::spawn(async move {
            for _ in 0..8 {
                app.board().await.unwrap();
                tokio::time::sleep(asking).await;
            }
        });
        let name = format!("Fair {round}");
        let fair = json!({ "name": name, "kind": "local", "first": "2023-06-01", "last": "2023-06-03" });
        program.json("/api/v1/events", &fair).await.json(201);
        let board = test.app.board().await.unwrap();
        assert!(board.events.iter().any(|event| event.name == name), "round {round}");
        others.await.unwrap();
    }
}

/// The data flags Christmas until its last year; the rule's Christmas Day goes on under that name, whichever year is asked for.
#[tokio::test]
async fn an_event_keeps_its_name_in_years_that_the_data_does_not_know() {
    let test = TestApp::with_shop().await;
    test.import("events.csv", "event_name,first_day,last_day\nChristmas,2021-12-20,2021-12-26\n").await;
    let program = planner(&test).await;
    let chosen = json!({ "chosen": ["US"] }).to_string();
    program.send(Method::PUT, "/api/v1/countries", "application/json", &chosen).await.json(200);
    for (year, source) in [("2021", "data"), ("2024", "country")] {
        let path = format!("/api/v1/events?from={year}-12-01&to={year}-12-27");
        let list = program.get(&path).await.json(200);
        let christmas: Vec<&Value> =
            list["rows"].as_array().unwrap().iter().filter(|row| row["name"] == "Christmas").collect();
        assert_eq!(christmas.len(), 1, "{year}: {list}");
        assert_eq!(christmas[0]["source"], source);
        assert!(!names(&list).contains(&"Christmas Day"), "{year}: {list}");
    }
}

#[tokio::test]
async fn locations_that_carry_a_country_keep_its_holidays() {
    let test = TestApp::with_shop().await;
    test.import("locations.csv", "location,name,country\nnorth,North,Germany\nsouth,South,US\n").await;
    let program = planner(&test).await;
    let chosen = json!({ "chosen": ["US"] }).to_string();
    program.send(Method::PUT, "/api/v1/countries", "application/json", &chosen).await.json(200);
    let list = program.get("/api/v1/events?from=2023-01-01&to=2023-12-31&kind=public").await.json(200);
    let rows = list["rows"].as_array().unwrap();
    let at = |name: &str| -> Vec<&str> {
        rows.iter()
            .filter(|row| row["name"] == name)
            .map(|row| row["location"].as_str().unwrap_or("everywhere"))
            .collect()
    };
    assert_eq!(at("Independence Day"), ["south"], "{list}");
    assert_eq!(at("German Unity Day"), ["north"], "{list}");
}

#[tokio::test]
async fn a_calendar_file_is_previewed_chosen_from_and_the_same_again_changes_nothing() {
    let test = TestApp::with_shop().await;
    planner(&test).await;
    let boss = test.signed_in("administrator").await;
    let uploaded = boss.upload("/calendar/upload", "Town.ics", TERMS).await;
    let page = uploaded.header("location").to_owned();
    assert!(page.starts_with("/calendar/files/"), "{uploaded:?}");
    let preview = boss.page(&page).await;
    for words in ["Market day", "Board meeting", "Not in use yet", "soon", "Put into the calendar"] {
        assert!(preview.text().contains(words), "{words}: {}", preview.text());
    }
    let events = "/api/v1/events?from=2023-01-01&to=2023-12-31";
    assert!(names(&boss.get(events).await.json(200)).is_empty(), "a draft does not count");
    let id = page.rsplit('/').next().unwrap().to_owned();
    let used =
        boss.form("/fn/use_calendar_file", &[("id", &id), ("names[]", "Market day"), ("location", "north")]).await;
    assert!(used.status.is_redirection() && !used.header("location").contains("__err"), "{used:?}");
    let list = boss.get(events).await.json(200);
    assert_eq!(names(&list), ["Market day"; 12], "it recurs each month");
    assert_eq!((&list["rows"][0]["location"], &list["rows"][0]["origin"]), (&json!("north"), &json!("Town")));

    let again = boss.upload("/calendar/upload", "Town.ics", TERMS).await;
    assert_eq!(again.header("location"), page, "the same file is the same file");
    assert_eq!(names(&boss.get(events).await.json(200)).len(), 12);
    let no_calendar = boss.upload("/calendar/upload", "notes.ics", "hello").await;
    assert_eq!(no_calendar.status.as_u16(), 422, "{no_calendar:?}");

    let gone = boss.form("/fn/forget_calendar_file", &[("id", &id)]).await;
    assert!(gone.status.is_redirection(), "{gone:?}");
    assert!(names(&boss.get(events).await.json(200)).is_empty());
}

#[tokio::test]
async fn a_calendar_put_by_a_program_holds_exactly_what_it_says() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    let path = "/api/v1/calendars/Town%20fairs";
    let put = |body: &'static str| {
        let program = program.clone();
        async move { program.send(Method::PUT, path, "text/calendar", body).await }
    };
    let first = put(TERMS).await.json(200);
    assert_eq!((&first["name"], &first["left_out"]), (&json!("Town fairs"), &json!([])));
    let version = || async { test.app.model_calendar(last_day(), last_day()).await.unwrap().version };
    let before = version().await;
    assert_eq!(put(TERMS).await.json(200), first, "the same again changes nothing");
    assert_eq!(version().await, before);
    let events = "/api/v1/events?from=2023-01-01&to=2023-12-31&source=file";
    assert_eq!(names(&program.get(events).await.json(200)).len(), 13);
    let fewer = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Only one\r\nDTSTART;VALUE=DATE:20230401\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    put(fewer).await.json(200);
    assert_eq!(names(&program.get(events).await.json(200)), ["Only one"]);
    assert_eq!(program.get("/api/v1/calendars").await.json(200)["rows"].as_array().unwrap().len(), 1);
    put("nothing").await.problem(422, "invalid");
    let gone = program.send(Method::DELETE, path, "application/json", "").await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    program.send(Method::DELETE, path, "application/json", "").await.problem(404, "not_found");
    assert!(names(&program.get(events).await.json(200)).is_empty());
}

#[tokio::test]
async fn nothing_is_forecast_where_a_location_is_closed() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    let forecast = |app: std::sync::Arc<crate::board::Board>, key: &str| {
        let key = SeriesKey::parse(key).unwrap();
        let (_, sheet) = app.sheet(None).unwrap();
        let live = sheet.live.as_ref().unwrap();
        let index = live.artefact.find(&key).unwrap();
        aisle_engine::score(&live.artefact, index, &aisle_engine::Scenario::default()).unwrap()
    };
    let before = forecast(test.app.board().await.unwrap(), "north/bread");
    // The second week ahead throughout.
    let (first, last) = (before.periods[1].plus(-6), before.periods[1]);
    assert!(first > last_day());
    let closed = json!({ "name": "Refitting", "kind": "closure", "first": first, "last": last, "location": "north" });
    program.json("/api/v1/events", &closed).await.json(201);
    assert!(test.app.board().await.unwrap().shop.calendar_changed);
    test.train().await;
    let board = test.app.board().await.unwrap();
    let north = forecast(board.clone(), "north/bread");
    assert!(north.mean[1].abs() < 1e-6 && north.mean[0] > 1.0 && north.mean[2] > 1.0, "{:?}", &north.mean[..4]);
    assert!(forecast(board, "south/bread").mean[1] > 1.0);
}

#[tokio::test]
async fn what_holidays_did_is_measured_by_training_and_read_by_everybody() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    let boss = test.signed_in("administrator").await;
    assert_eq!(program.get("/api/v1/impact").await.json(200)["rows"], json!([]));
    assert!(boss.page("/impact").await.text().contains("Nothing was measured yet"));
    let chosen = json!({ "chosen": ["US"] }).to_string();
    program.send(Method::PUT, "/api/v1/countries", "application/json", &chosen).await.json(200);
    test.train().await;
    let list = program.get("/api/v1/impact?measure=revenue").await.json(200);
    let rows = list["rows"].as_array().unwrap();
    let easter = rows.iter().find(|row| row["event"] == "Thanksgiving").unwrap_or_else(|| panic!("{list}"));
    assert_eq!(easter["total"]["occurrences"].as_array().unwrap().len(), 2, "{easter}");
    assert!(easter["total"]["next"]["first"].as_str().is_some_and(|day| day.starts_with("2023-11-2")), "{easter}");
    let one = program.get("/api/v1/impact/Thanksgiving?level=location").await.json(200);
    let units: Vec<&str> = one["units"].as_array().unwrap().iter().map(|unit| unit["unit"].as_str().unwrap()).collect();
    assert_eq!(units, ["north", "south"]);
    let page = boss.page("/impact/Thanksgiving?level=item").await;
    for words in ["Past occurrences", "The next one", "bread", "without it"] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    assert_eq!(boss.page("/impact/Thanksgiving?level=location&unit=north").await.status, StatusCode::OK);
    assert!(boss.page("/impact").await.text().contains("Independence Day"));
    let csv = boss.get("/impact.csv?measure=revenue&event=Thanksgiving").await;
    assert!(
        csv.text().starts_with("event,kind,level,unit,") && csv.text().contains("Thanksgiving,public,location,north"),
        "{csv:?}"
    );
    assert_eq!(boss.page("/impact/Unheard%20of").await.status, StatusCode::NOT_FOUND);
    program.get("/api/v1/impact/Unheard%20of").await.problem(404, "not_found");
    program.get("/api/v1/impact/Thanksgiving?level=aisle").await.problem(422, "invalid");
}
