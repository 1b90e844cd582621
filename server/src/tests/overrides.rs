//! A planner's override: tried, made once, seen everywhere beside the model's number, withdrawn, measured.

use super::levels::path;
use crate::testing::{Client, TestApp, tiny_sales};
use aisle_domain::{Permission, Role};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

async fn planner(test: &TestApp) -> Client {
    test.user(Role::Planner).await;
    let scopes = [Permission::OverrideForecasts, Permission::ViewSales, Permission::Export];
    test.program("planner", &scopes).await.0
}

/// The first and the last of the first four periods forecast.
async fn weeks(program: &Client) -> (String, String) {
    let whole = program.get("/api/v1/forecasts?measure=quantity").await.json(200);
    (whole["periods"][0].as_str().unwrap().to_owned(), whole["periods"][3].as_str().unwrap().to_owned())
}

fn sum(values: &Value) -> f64 {
    values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).sum()
}

#[tokio::test]
async fn an_override_is_in_every_number_beside_the_models() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    let (first, last) = weeks(&program).await;
    let bread = "/api/v1/forecasts/north/bread?measure=quantity";
    let before = program.get(bread).await.json(200);
    assert_eq!((before["overrides"].clone(), before["mean"].clone()), (json!([]), before["model_mean"].clone()));
    let body = json!({
        "measure": "quantity", "location": "north", "item": "bread", "change": "set", "value": 500,
        "first": first, "last": last, "reason": "a new shop opens",
    });
    let tried = program.json("/api/v1/overrides/preview", &body).await.json(200);
    assert_eq!((tried[0]["series"].clone(), sum(&tried[0]["after"])), (json!(1), 2000.0));
    assert_eq!(program.get(bread).await.json(200), before, "to try changes nothing");

    let made = program.json("/api/v1/overrides", &body).await.json(201);
    assert_eq!((made["state"].as_str(), made["author"].as_str()), (Some("active"), Some("planner")));
    assert_eq!(made["effects"], tried);
    let after = program.get(bread).await.json(200);
    assert_eq!(after["overrides"], json!([made["id"]]));
    assert_eq!(after["model_mean"], before["mean"]);
    assert_eq!(after["result_hash"], before["result_hash"], "the proof is of the model's number");
    for (step, (mean, model)) in path(&after, "mean").iter().zip(path(&after, "model_mean")).enumerate() {
        let expected = if step < 4 { 500.0 } else { model };
        assert!((mean - expected).abs() < 1e-9, "step {step}: {mean}");
        let parts: f64 = after["components"].as_object().unwrap().values().map(|p| p[step].as_f64().unwrap()).sum();
        assert!((parts - mean).abs() < 1e-6 * mean, "components add up to the mean: {parts}, {mean}");
        let bounds = (after["interval80"]["lower"][step].as_f64(), after["interval80"]["upper"][step].as_f64());
        assert!(bounds.0 < Some(*mean) && Some(*mean) < bounds.1, "step {step}: {bounds:?} around {mean}");
    }
    let row = program.get("/api/v1/series?measure=quantity&location=north").await.json(200);
    let row = row["rows"].as_array().unwrap().iter().find(|row| row["item"] == "bread").unwrap().clone();
    let quarter: f64 = path(&after, "mean").iter().take(13).sum();
    assert!((row["forecast"].as_f64().unwrap() - quarter).abs() < 1e-6 * quarter, "{row}");
    assert!(row["model_forecast"].as_f64() < row["forecast"].as_f64(), "{row}");
    let csv = program.get("/series.csv?measure=quantity").await;
    assert!(
        csv.text().lines().any(|line| line.contains("bread") && line.contains(&format!("{quarter:.4}"))),
        "{csv:?}"
    );

    let reader = test.signed_in("planner").await;
    let page = reader.page("/series/north/bread?measure=quantity").await;
    for words in ["a new shop opens", "With overrides", "Override this forecast", "(model "] {
        assert!(page.text().contains(words), "{words:?} is missing: {}", page.text());
    }
    for address in ["/?measure=quantity", "/reports/weekly?measure=quantity"] {
        let page = reader.page(address).await;
        assert!(page.text().contains("the model alone expects"), "{address}: {}", page.text());
    }
    let list = reader.page("/overrides").await;
    assert!(list.text().contains("a new shop opens") && list.text().contains("bread at north"), "{}", list.text());

    let id = made["id"].as_str().unwrap();
    let gone = program.json(&format!("/api/v1/overrides/{id}/withdraw"), &json!({})).await.json(200);
    assert_eq!((gone["state"].as_str(), gone["withdrawn_by"].as_str()), (Some("withdrawn"), Some("planner")));
    assert_eq!(program.get(bread).await.json(200), before, "the forecast is the model's again");
    let audit = aisle_store::audit::list(&test.app.store, None, 10).await.unwrap();
    let actions: Vec<&str> = audit.iter().map(|entry| entry.action.as_str()).collect();
    assert!(actions.contains(&"override.made") && actions.contains(&"override.withdrawn"), "{actions:?}");
}

#[tokio::test]
async fn what_cannot_be_overridden_is_refused_by_field() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    let (first, last) = weeks(&program).await;
    let good = json!({
        "measure": "quantity", "change": "percent", "value": 10, "first": first, "last": last, "reason": "why"
    });
    let wrong = [
        ("measure", json!("weight")),
        ("location", json!("west")),
        ("item", json!("oranges")),
        ("category", json!("fruit")),
        ("region", json!("alps")),
        ("change", json!("double")),
        ("value", json!(-101)),
        ("amount", json!("each")),
        ("first", json!("soon")),
        ("last", json!("2021-01-01")),
        ("reason", json!("  ")),
        ("expires", json!("2021-01-01")),
    ];
    for (field, value) in wrong {
        let mut body = good.clone();
        body[field] = value;
        let refused = program.json("/api/v1/overrides", &body).await;
        assert_eq!(refused.problem(422, "invalid")["field"], field, "{body}");
    }
    let mut late = good.clone();
    (late["first"], late["last"]) = (json!("2099-01-01"), json!("2099-12-31"));
    let late = program.json("/api/v1/overrides", &late).await.problem(422, "invalid");
    assert!(late["detail"].as_str().unwrap().contains(&first), "it says how far the forecast reaches: {late}");
    let mut everything = json!({ "change": "add", "value": 1, "first": first, "last": last, "reason": "why" });
    let refused = program.json("/api/v1/overrides", &everything).await;
    assert_eq!(refused.problem(422, "invalid")["field"], "measure", "an amount of what?");
    everything["change"] = json!("percent");
    let made = program.json("/api/v1/overrides", &everything).await.json(201);
    assert_eq!(made["effects"].as_array().unwrap().len(), 2, "revenue and quantity: {made}");
    assert_eq!(program.get("/api/v1/overrides").await.json(200)["rows"].as_array().unwrap().len(), 1);
    program.get("/api/v1/overrides/unheard-of").await.problem(404, "not_found");
    program.json("/api/v1/overrides/unheard-of/withdraw", &json!({})).await.problem(404, "not_found");
    assert_eq!(program.get("/api/v1/overrides?state=odd").await.problem(422, "invalid")["field"], "state");

    test.import("nothing.csv", "date,store,item,quantity,revenue\n2021-01-08,north,tea,5,7.50\n").await;
    let untrained = json!({
        "measure": "quantity", "item": "tea", "change": "add", "value": 5, "first": first, "last": last, "reason": "why"
    });
    let refused = program.json("/api/v1/overrides", &untrained).await;
    assert_eq!(refused.problem(422, "invalid")["field"], "item", "what was never trained has no forecast");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_override() {
    let test = TestApp::with_shop().await;
    let program = planner(&test).await;
    let (first, last) = weeks(&program).await;
    let reader = test.signed_in("planner").await;
    let address = format!("/overrides?measure=quantity&item=Bread&change=percent&value=20&first={first}&last={last}");
    let page = reader.page(&address).await;
    assert!(page.text().contains("Effect, before it is made"), "{}", page.text());
    let request = page.text().split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [
        ("request", request.as_str()),
        ("measure", "quantity"),
        ("location", ""),
        ("item", "Bread"),
        ("change", "percent"),
        ("value", "20"),
        ("amount", "per_period"),
        ("first", &first),
        ("last", &last),
        ("reason", "a fair"),
        ("expires", ""),
    ];
    for _ in 0..2 {
        let led = reader.form("/fn/make_override", &fields).await;
        assert!(led.status.is_redirection(), "{led:?}");
        assert_eq!(led.header("location"), "/overrides?measure=quantity", "{led:?}");
    }
    let listed = program.get("/api/v1/overrides").await.json(200);
    assert_eq!(listed["rows"].as_array().unwrap().len(), 1);
    assert_eq!(listed["rows"][0]["item"], "bread", "an item is found by its name, too");

    let body = json!({
        "measure": "quantity", "change": "percent", "value": 5, "first": first, "last": last, "reason": "again"
    });
    let key = [("content-type", "application/json"), ("idempotency-key", "7")];
    let ask = || program.ask(Method::POST, "/api/v1/overrides", &key, Body::from(body.to_string()));
    let (one, two) = (ask().await, ask().await);
    assert_eq!((one.status, two.status), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(one.json(201)["id"], two.json(200)["id"]);

    let mut refused = fields;
    refused[9].1 = " ";
    let led = reader.form("/fn/make_override", &refused).await;
    assert!(led.header("location").contains("__err="), "{led:?}");
    assert!(led.header("set-cookie").starts_with("refused=/fn/make_override?"), "{led:?}");
}

#[tokio::test]
async fn what_an_override_was_worth_is_told_once_sales_are_in() {
    let test = TestApp::empty().await;
    let sales = tiny_sales();
    let (head, tail) =
        sales.split_at(sales.len() - sales.lines().rev().take(6 * 4).map(|line| line.len() + 1).sum::<usize>());
    test.import("sales.csv", head).await;
    test.train().await;
    let program = planner(&test).await;
    let (first, last) = weeks(&program).await;
    let far = json!({
        "measure": "quantity", "item": "bread", "change": "percent", "value": 300, "first": first, "last": last,
        "reason": "wishful",
    });
    let made = program.json("/api/v1/overrides", &far).await.json(201);
    assert_eq!(made["worth"], Value::Null, "nothing has come yet");
    test.import("late.csv", &format!("date,store,item,quantity,revenue\n{tail}")).await;
    let id = made["id"].as_str().unwrap();
    let measured = program.get(&format!("/api/v1/overrides/{id}")).await.json(200);
    let worth = &measured["worth"];
    assert_eq!(worth["periods"], 4, "{measured}");
    assert!(worth["error_with"].as_f64() > worth["error_without"].as_f64(), "{worth}");
    assert!(worth["better"].as_f64().is_some_and(|better| better < 0.0), "{worth}");
    // Fitted anew, the forecast begins later; what the override was worth is on record.
    test.train().await;
    let again = program.get(&format!("/api/v1/overrides/{id}")).await.json(200);
    assert_eq!(again["worth"], *worth);
    let reader = test.signed_in("planner").await;
    let page = reader.page("/overrides?measure=quantity").await;
    assert!(page.text().contains("Overrides made forecasts worse by"), "{}", page.text());
}

#[tokio::test]
async fn those_who_may_not_override_see_no_form_and_make_nothing() {
    let test = TestApp::with_shop().await;
    let viewer = test.visitor(Role::Viewer).await;
    let page = viewer.page("/overrides").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("No overrides yet") && !page.text().contains("make_override"), "{}", page.text());
    let series = viewer.page("/series/north/bread").await;
    assert!(!series.text().contains("Override this forecast"));
    viewer.json_form("/fn/make_override", &[("value", "5")]).await.problem(403, "forbidden");
    let empty = TestApp::empty().await;
    let planner = empty.visitor(Role::Planner).await;
    assert!(planner.page("/overrides").await.text().contains("No sales yet"));
}
