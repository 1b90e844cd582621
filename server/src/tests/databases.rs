//! The same program on PostgreSQL: a journey through its doors, for the store's own contract is tested beside the store.

use crate::testing::{PASSWORD, TestApp, tiny_sales};
use aisle_domain::{Permission, Role};
use aisle_store::testing::Postgres;
use axum::http::StatusCode;

#[tokio::test]
async fn import_training_pages_and_api_work_on_postgresql() {
    let Some(server) = Postgres::start() else { return };
    let test = TestApp::on(&server.fresh_database()).await;
    let report = test.import("sales.csv", &tiny_sales()).await;
    assert_eq!((report.files[0].read, report.files[0].taken), (720, 720));
    let again = test.import("sales.csv", &tiny_sales()).await;
    assert_eq!((again.files[0].taken, again.files[0].duplicate), (0, 720));
    test.train().await;
    let boss = test.visitor(Role::Administrator).await;
    for page in ["/", "/series", "/series/north/bread", "/data", "/jobs", "/users", "/audit", "/reports/weekly"] {
        let got = boss.page(page).await;
        assert_eq!(got.status, StatusCode::OK, "{page}: {got:?}");
    }
    let (program, _) = test.program("administrator", &[Permission::ViewSales]).await;
    assert_eq!(program.get("/api/v1/forecasts").await.json(200)["series"], 6);
    assert_eq!(program.get("/api/v1/items?limit=2").await.json(200)["rows"].as_array().unwrap().len(), 2);
    program.get("/api/v1/tables").await.problem(403, "forbidden");
    for _ in 0..10 {
        boss.form("/sign-in", &[("login", "administrator"), ("password", "wrong")]).await;
    }
    let locked = boss.form("/sign-in", &[("login", "administrator"), ("password", PASSWORD)]).await;
    assert_eq!(locked.header("set-cookie"), "", "locked: {locked:?}");
    drop(test);
}
