//! Backtests and models by the API: started, done, read, promoted, refused.

use crate::testing::{TestApp, tiny_sales};
use aisle_domain::{JobId, Permission, Role};
use serde_json::json;

#[tokio::test]
async fn a_backtest_is_started_done_and_read() {
    let test = TestApp::empty().await;
    test.import("sales.csv", &tiny_sales()).await;
    test.user(Role::Planner).await;
    let (program, _) =
        test.program("planner", &[Permission::RunJobs, Permission::ViewSales, Permission::ViewJobs]).await;
    let asked = json!({ "measure": "revenue", "horizon": 8, "event_weight": 3 });
    let job = program.json("/api/v1/backtests", &asked).await.json(202);
    assert_eq!(job["kind"], "backtest");
    test.work_off(&JobId::new(job["id"].as_str().unwrap()).unwrap()).await;
    let listed = program.get("/api/v1/backtests?measure=revenue").await.json(200);
    assert_eq!(listed["rows"].as_array().unwrap().len(), 1);
    let id = listed["rows"][0]["id"].as_str().unwrap();
    let found = program.get(&format!("/api/v1/backtests/{id}")).await.json(200);
    assert_eq!(found["job"], job["id"]);
    assert_eq!((&found["plan"]["horizon"], &found["plan"]["event_weight"]), (&json!(8), &json!(3.0)));
    assert_eq!(found["plan"]["origins"], found["evaluation"]["origins"]);
    let scores = found["evaluation"]["scores"].as_array().unwrap();
    let of = |model: &str| scores.iter().find(|s| s["model"] == model && s["level"] == "series" && s["slice"] == "all");
    let (chosen, naive) = (of("chosen").unwrap(), of("seasonal_naive").unwrap());
    assert_eq!(chosen["points"], naive["points"], "models are compared on the same points");
    assert!(chosen["coverage80"].as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)));
    assert_eq!(naive["value_added"], 0.0);
    assert!(program.get("/api/v1/backtests?measure=quantity").await.json(200)["rows"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_evaluated_is_refused_by_name() {
    let test = TestApp::empty().await;
    test.user(Role::Planner).await;
    let (program, _) = test.program("planner", &[Permission::RunJobs, Permission::ViewSales]).await;
    for (asked, field) in [
        (json!({ "measure": "weight" }), "measure"),
        (json!({ "origins": ["2011-02-30"] }), "origins"),
        (json!({ "horizon": 0 }), "horizon"),
        (json!({ "event_weight": -1 }), "event_weight"),
    ] {
        assert_eq!(program.json("/api/v1/backtests", &asked).await.problem(422, "invalid")["field"], field);
    }
    program.get("/api/v1/backtests/unheard-of").await.problem(404, "not_found");
    test.user(Role::Viewer).await;
    let (viewer, _) = test.program("viewer", &[Permission::ViewSales]).await;
    viewer.json("/api/v1/backtests", &json!({})).await.problem(403, "forbidden");
}

/// Another item, so that the data is another.
const MORE: &str = "date,store,item,quantity,revenue
2021-01-08,north,tea,5,7.50
2021-01-15,north,tea,6,9.00
2021-01-22,north,tea,7,10.50
";

#[tokio::test]
async fn a_model_challenges_the_live_one_and_the_way_back_is_open() {
    let test = TestApp::empty().await;
    test.import("sales.csv", &tiny_sales()).await;
    test.train().await;
    test.import("more.csv", MORE).await;
    test.train().await;
    test.user(Role::Planner).await;
    let (program, _) = test.program("planner", &[Permission::RunJobs, Permission::ViewSales]).await;
    let models = program.get("/api/v1/models?measure=revenue").await.json(200);
    let rows = models["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{models}");
    let live: Vec<_> = rows.iter().filter(|row| row["state"] == "live").collect();
    assert_eq!(live.len(), 1);
    let promotions = rows[1]["promotions"].as_array().unwrap();
    assert_eq!(promotions.last().unwrap()["reason"], "the first of its kind");
    let other = rows.iter().find(|row| row["state"] != "live").unwrap()["id"].as_str().unwrap();
    let path = format!("/api/v1/models/{other}/promote");
    assert_eq!(program.json(&path, &json!({ "reason": " " })).await.problem(422, "invalid")["field"], "reason");
    let back = program.json(&path, &json!({ "reason": "the new one is too high" })).await.json(200);
    assert_eq!((&back["state"], &back["promotions"][0]["reason"]), (&json!("live"), &json!("the new one is too high")));
    let board = test.app.board().await.unwrap();
    assert_eq!(board.shop.artefact.as_deref(), back["hash"].as_str(), "pages forecast with it at once");
    let unknown = program.json("/api/v1/models/unheard-of/promote", &json!({ "reason": "why not" })).await;
    unknown.problem(404, "not_found");
}

#[tokio::test]
async fn what_comes_after_training_is_compared_with_what_was_forecast() {
    let test = TestApp::empty().await;
    let sales = tiny_sales();
    let (head, last) =
        sales.split_at(sales.len() - sales.lines().rev().take(6 * 8).map(|line| line.len() + 1).sum::<usize>());
    test.import("sales.csv", head).await;
    test.train().await;
    test.user(Role::Analyst).await;
    let (program, _) = test.program("analyst", &[Permission::ViewSales]).await;
    let before = program.get("/api/v1/monitoring?measure=revenue").await.json(200);
    assert_eq!(before["parts"], json!([]), "nothing has come yet");
    test.import("late.csv", &format!("date,store,item,quantity,revenue\n{last}")).await;
    let after = program.get("/api/v1/monitoring?measure=revenue").await.json(200);
    let total = &after["parts"][0];
    assert_eq!((&total["level"], &total["points"], &total["periods"]), (&json!("total"), &json!(48), &json!(8)));
    assert_eq!(after["parts"].as_array().unwrap().len(), 3, "the total and two locations");
    assert!(total["wape"].as_f64().is_some_and(|wape| wape < 0.2), "{total}");
    assert!(total["tracking_signal"].is_number() && total["stability"].is_number() && total["promised"].is_number());
}
