//! The weekly report and its signed links; the files that the grid and the browser take.

use crate::testing::TestApp;
use aisle_domain::Role;
use axum::body::Body;
use axum::http::{Method, StatusCode};

#[tokio::test]
async fn a_signed_link_shows_the_report_to_anybody_as_it_was_shared() {
    let test = TestApp::with_shop().await;
    let manager = test.visitor(Role::Manager).await;
    let own = manager.page("/reports/weekly?location=north").await;
    assert_eq!(own.status, StatusCode::OK, "{own:?}");
    assert!(!own.text().contains("<script"), "the report has no script");
    assert!(
        own.header("content-security-policy").contains("script-src 'none'")
            || own.header("content-security-policy").contains("default-src 'none'")
    );

    let shared = manager.json_form("/fn/share_report", &[("days", "7"), ("location", "north")]).await.json(200);
    let link = shared.as_str().expect("a link").to_owned();
    let nobody = test.nobody();
    let seen = nobody.page(&link).await;
    assert_eq!(seen.status, StatusCode::OK, "{link}: {seen:?}");
    assert!(!seen.text().contains("<script"));
    assert!(nobody.page("/reports/weekly").await.header("location").starts_with("/sign-in"));

    let until = link.split("until=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
    let later = (until.parse::<i64>().unwrap() + 1).to_string();
    let mut forged = link.clone();
    let last = if forged.pop() == Some('0') { '1' } else { '0' };
    forged.push(last);
    let tampered = [
        link.replace("north", "south"),
        link.replace("location=north&", ""),
        link.replace(until, &later),
        link.replace(until, "0"),
        link.replace("signature=", "signatur="),
        forged,
        "/reports/shared".to_owned(),
    ];
    for tampered in tampered {
        assert_ne!(tampered, link);
        let refused = nobody.page(&tampered).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{tampered}: {refused:?}");
    }
    for days in ["0", "91", "-1", "x"] {
        let refused = manager.json_form("/fn/share_report", &[("days", days)]).await;
        assert!(refused.status != StatusCode::OK, "{days} days: {refused:?}");
    }
}

#[tokio::test]
async fn a_report_of_what_is_not_there_says_so() {
    let test = TestApp::with_shop().await;
    let viewer = test.visitor(Role::Viewer).await;
    assert_eq!(viewer.page("/reports/weekly?location=west").await.status, StatusCode::NOT_FOUND);
    assert_eq!(viewer.page("/reports/weekly?measure=weight").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(viewer.page("/reports/weekly?history=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let empty = TestApp::empty().await;
    let viewer = empty.visitor(Role::Viewer).await;
    assert_eq!(viewer.page("/reports/weekly").await.status, StatusCode::OK, "a shop without sales has an empty report");
}

#[tokio::test]
async fn pages_of_a_shop_read_without_a_script() {
    let test = TestApp::with_shop().await;
    let boss = test.visitor(Role::Administrator).await;
    for (path, words) in [
        ("/", "Aisle"),
        ("/series", "bread"),
        ("/series?group=location", "north"),
        ("/series/north/bread", "bread"),
        ("/data", "sales.csv"),
        ("/data/tables", "sales"),
        ("/data/tables/sales", "fingerprint_hi"),
        ("/jobs", "train"),
        ("/users", "administrator"),
        ("/settings", "USD"),
        ("/audit", "sign_in"),
        ("/calendar", "New event"),
        ("/impact", "Nothing was measured yet"),
        ("/account", "administrator"),
        ("/help", "Aisle"),
    ] {
        let got = boss.page(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}: {got:?}");
        assert!(got.text().contains(words), "{path} does not show {words:?}: {}", got.text());
        assert_eq!(got.text().matches("<h1").count(), 1, "{path} has one heading of the first rank");
    }
    assert_eq!(boss.page("/series/north/oranges").await.status, StatusCode::NOT_FOUND);
    assert_eq!(boss.page("/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_grid_leaves_as_csv_and_artefacts_as_bytes_with_a_tag() {
    let test = TestApp::with_shop().await;
    let analyst = test.visitor(Role::Analyst).await;
    let csv = analyst.get("/series.csv?measure=revenue").await;
    assert_eq!(csv.status, StatusCode::OK, "{csv:?}");
    assert_eq!(csv.text().lines().count(), 1 + 6, "a line a series below the header:\n{}", csv.text());

    let whole = analyst.get("/artefacts/live?measure=revenue").await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "application/octet-stream"));
    let artefact = aisle_engine::Artefact::from_bytes(&whole.body).unwrap();
    let part = analyst.get("/artefacts/view?measure=revenue&key=north/bread&key=south/bread").await;
    let part = aisle_engine::Artefact::from_bytes(&part.body).unwrap();
    let key = aisle_domain::SeriesKey::parse("south/bread").unwrap();
    let scenario = aisle_engine::Scenario::default();
    let score = |artefact: &aisle_engine::Artefact| {
        let index = artefact.find(&key).expect("the series");
        aisle_engine::score(artefact, index, &scenario).unwrap()
    };
    assert_eq!(score(&artefact).mean, score(&part).mean, "a part scores as the whole does");
    let again = [("if-none-match", whole.header("etag"))];
    let again = analyst.ask(Method::GET, "/artefacts/live?measure=revenue", &again, Body::empty()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    for wrong in ["/artefacts/view", "/artefacts/view?key=north", "/artefacts/live?measure=weight"] {
        analyst.get(wrong).await.problem(422, "invalid");
    }
    analyst.get("/artefacts/view?key=north/oranges").await.problem(404, "not_found");
}
