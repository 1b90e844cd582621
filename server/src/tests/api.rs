//! The REST API: problem documents, pages of lists, ETags, the OpenAPI document.

use crate::testing::{Client, TestApp, WEEKS};
use aisle_domain::{Permission, Role};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A program that may do everything.
async fn program(test: &TestApp) -> Client {
    test.user(Role::Administrator).await;
    test.program("administrator", &Permission::ALL).await.0
}

#[tokio::test]
async fn what_cannot_be_done_is_told_as_a_problem_that_names_the_field() {
    let test = TestApp::empty().await;
    let program = program(&test).await;
    let wrong: [(&str, u16, &str, Option<&str>); 17] = [
        ("/api/v1/items?limit=0", 422, "invalid", Some("limit")),
        ("/api/v1/items?limit=1001", 422, "invalid", Some("limit")),
        ("/api/v1/items?limit=many", 400, "bad_request", None),
        ("/api/v1/items?unheard=of", 400, "bad_request", None),
        ("/api/v1/items/unheard-of", 404, "not_found", None),
        ("/api/v1/locations/unheard-of", 404, "not_found", None),
        ("/api/v1/sales?from=yesterday", 422, "invalid", Some("from")),
        ("/api/v1/sales?to=2012-02-30", 422, "invalid", Some("to")),
        ("/api/v1/sales?kind=theft", 422, "invalid", Some("kind")),
        ("/api/v1/sales?after=%7B%7D", 422, "invalid", Some("after")),
        ("/api/v1/series?measure=weight", 422, "invalid", Some("measure")),
        ("/api/v1/series/a/b", 404, "not_found", None),
        ("/api/v1/jobs?kind=nap", 422, "invalid", Some("kind")),
        ("/api/v1/jobs/unheard-of", 404, "not_found", None),
        ("/api/v1/imports/unheard-of", 404, "not_found", None),
        ("/api/v1/imports/unheard-of/dead-letters", 404, "not_found", None),
        ("/api/v1/unheard-of", 404, "not_found", None),
    ];
    for (path, status, code, field) in wrong {
        let got = program.get(path).await;
        assert_eq!(got.status.as_u16(), status, "{path}: {got:?}");
        assert_eq!(got.problem(status, code)["field"].as_str(), field, "{path}");
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_told_apart() {
    let test = TestApp::empty().await;
    let program = program(&test).await;
    let json_type = [("content-type", "application/json")];
    let post = |path: &'static str, headers: &'static [(&'static str, &'static str)], body: &'static str| {
        let program = program.clone();
        async move { program.ask(Method::POST, path, headers, Body::from(body)).await }
    };
    let headers: &'static [(&str, &str)] = Box::leak(Box::new(json_type));
    post("/api/v1/jobs", headers, "{\"kind\":").await.problem(400, "bad_request");
    post("/api/v1/jobs", headers, "{\"kind\": 7}").await.problem(422, "invalid");
    post("/api/v1/jobs", headers, "{\"kind\": \"train\", \"soon\": true}").await.problem(422, "invalid");
    post("/api/v1/jobs", &[("content-type", "text/plain")], "train").await.problem(415, "unsupported_media_type");
    post("/api/v1/jobs", &[], "{}").await.problem(415, "unsupported_media_type");
    post("/api/v1/imports", headers, "{}").await.problem(415, "unsupported_media_type");
    let nothing =
        post("/api/v1/imports", &[("content-type", "multipart/form-data; boundary=edge")], "--edge--\r\n").await;
    assert_eq!(nothing.problem(422, "invalid")["field"], "file");
    assert_eq!(post("/api/v1/jobs", headers, "{\"kind\": \"nap\"}").await.problem(422, "invalid")["field"], "kind");
    assert_eq!(post("/api/v1/jobs", headers, "{\"kind\": \"import\"}").await.problem(422, "invalid")["field"], "kind");
    let wrong = program.ask(Method::DELETE, "/api/v1/items", &[], Body::empty()).await;
    wrong.problem(405, "method_not_allowed");
    assert!(wrong.header("allow").contains("GET"), "{wrong:?}");
    let endless = Body::from(format!("{{\"kind\": \"{}\"}}", "x".repeat(5 << 20)));
    program.ask(Method::POST, "/api/v1/jobs", &json_type, endless).await.problem(413, "too_large");
}

/// Follows `next` to the end: the rows in the order in which they came, and the pages that it took.
async fn every_page(program: &Client, path: &str) -> (Vec<Value>, usize) {
    let (mut rows, mut pages, mut after) = (Vec::new(), 0, String::new());
    loop {
        let page = program.get(&format!("{path}{after}")).await.json(200);
        pages += 1;
        assert!(pages < 1_000, "{path} never ends");
        rows.extend(page["rows"].as_array().expect("rows").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", crate::http::guard::escape_query(next).replace('/', "%2F")),
            None => return (rows, pages),
        }
    }
}

#[tokio::test]
async fn following_next_visits_every_row_once_and_in_order() {
    let test = TestApp::empty().await;
    test.import("sales.csv", &crate::testing::tiny_sales()).await;
    let program = program(&test).await;
    for limit in [7, 97, 720, 1_000] {
        let (rows, pages) = every_page(&program, &format!("/api/v1/sales?limit={limit}")).await;
        let expected = WEEKS as usize * 6;
        assert_eq!(rows.len(), expected, "limit {limit}");
        let lines: BTreeSet<i64> = rows.iter().map(|row| row["line"].as_i64().unwrap()).collect();
        assert_eq!(lines.len(), expected, "limit {limit}: a line came twice");
        let days: Vec<&str> = rows.iter().map(|row| row["day"].as_str().unwrap()).collect();
        assert!(days.is_sorted(), "limit {limit}");
        // A last page that is full cannot know that it is the last.
        assert_eq!(pages, expected / limit + 1, "limit {limit}");
    }
    let (rows, _) =
        every_page(&program, "/api/v1/sales?limit=50&location=north&item=bread&from=2021-02-01&to=2021-12-31").await;
    assert_eq!(rows.len(), 48, "Fridays from February to December 2021");
    assert!(rows.iter().all(|row| row["location"] == "north" && row["item"] == "bread"));
    for (path, names) in [
        ("/api/v1/items?limit=1", vec!["apples", "bread", "cheese"]),
        ("/api/v1/items?limit=2&text=e", vec!["apples", "bread", "cheese"]),
        ("/api/v1/items?limit=2&text=BREA", vec!["bread"]),
        ("/api/v1/locations?limit=1", vec!["north", "south"]),
    ] {
        let (rows, _) = every_page(&program, path).await;
        assert_eq!(rows.iter().map(|row| row["id"].as_str().unwrap()).collect::<Vec<_>>(), names, "{path}");
    }
    for limit in [1, 4, 6] {
        let (rows, _) = every_page(&program, &format!("/api/v1/series?limit={limit}")).await;
        let keys: Vec<String> = rows.iter().map(|row| format!("{}/{}", row["location"], row["item"])).collect();
        assert_eq!(keys.len(), 6, "limit {limit}");
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "limit {limit}: {keys:?}");
    }
}

#[tokio::test]
async fn an_answer_that_the_client_has_is_not_sent_again() {
    let test = TestApp::empty().await;
    let program = program(&test).await;
    let first = program.get("/api/v1/items").await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{first:?}");
    for sent in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = program.ask(Method::GET, "/api/v1/items", &[("if-none-match", &sent)], Body::empty()).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{sent}");
        assert_eq!(again.header("etag"), tag);
    }
    let head = program.ask(Method::HEAD, "/api/v1/items", &[], Body::empty()).await;
    assert_eq!((head.status, head.header("etag"), head.body.len()), (StatusCode::OK, tag.as_str(), 0), "{head:?}");

    test.import("sales.csv", &crate::testing::tiny_sales()).await;
    let after = program.ask(Method::GET, "/api/v1/items", &[("if-none-match", &tag)], Body::empty()).await;
    assert_eq!(after.status, StatusCode::OK, "the items are others now");
    assert_ne!(after.header("etag"), tag);
    let refused = program.ask(Method::GET, "/api/v1/items?limit=0", &[("if-none-match", "*")], Body::empty()).await;
    refused.problem(422, "invalid");
}

#[tokio::test]
async fn the_openapi_document_describes_what_is_answered() {
    let test = TestApp::with_shop().await;
    let program = program(&test).await;
    let document = test.nobody().get("/api/v1/openapi.json").await.json(200);
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", document["openapi"]);
    let operations = document["paths"].as_object().unwrap();
    let mut answered = 0;
    for (path, item) in operations {
        let Some(operation) = item.get("get") else { continue };
        let path = path.replace("{location}", "north").replace("{item}", "bread");
        let path = match path.as_str() {
            "/api/v1/items/{id}" => "/api/v1/items/bread",
            "/api/v1/locations/{id}" => "/api/v1/locations/north",
            other => other,
        };
        let got = program.get(path).await;
        let described = &operation["responses"][got.status.as_str()];
        let kind = got.header("content-type");
        assert!(described["content"].get(kind).is_some(), "{path} answered {} as {kind}: {described}", got.status);
        let schema = &described["content"][kind]["schema"];
        let mut faults = Vec::new();
        fits(&document, schema, &serde_json::from_slice(&got.body).unwrap(), "$", &mut faults);
        assert!(faults.is_empty(), "{path}: {faults:?}");
        answered += usize::from(got.status == StatusCode::OK);
    }
    assert!(answered >= 12, "only {answered} operations answered well");
}

/// Collects where a value is not as its schema says: types, required fields, fields that are not described.
fn fits(document: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return match target {
            Some(target) => fits(document, target, value, at, faults),
            None => faults.push(format!("{at}: {reference} is not in the document")),
        };
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices.iter().any(|choice| {
            let mut own = Vec::new();
            fits(document, choice, value, at, &mut own);
            own.is_empty()
        });
        if !fitting {
            faults.push(format!("{at}: {value} is none of the choices"));
        }
        return;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let whole_number = is == "integer" && kinds.contains(&"number");
    if !whole_number && !kinds.contains(&is) {
        return faults.push(format!("{at}: {value} is {is}, described as {kinds:?}"));
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(document, &schema["items"], item, &format!("{at}[{index}]"), faults);
    }
    let Some(fields) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            faults.push(format!("{at}: {name} is missing"));
        }
    }
    for (name, field) in fields {
        match (schema["properties"].get(name), schema.get("additionalProperties")) {
            (Some(described), _) | (None, Some(described)) => {
                fits(document, described, field, &format!("{at}.{name}"), faults)
            }
            (None, None) if schema.get("properties").is_some() => faults.push(format!("{at}: {name} is not described")),
            (None, None) => {}
        }
    }
}

#[tokio::test]
async fn a_forecast_and_its_proof_are_the_same_wherever_they_are_asked_for() {
    let test = TestApp::with_shop().await;
    let program = program(&test).await;
    let one = program.get("/api/v1/forecasts/north/bread?measure=revenue").await.json(200);
    let again = program.get("/api/v1/forecasts/north/bread?measure=revenue").await.json(200);
    assert_eq!(one, again);
    assert!(
        ["input_hash", "result_hash"].iter().all(|name| one[name].as_str().is_some_and(|hash| hash.len() >= 32)),
        "{one}"
    );
    let grown = program.get("/api/v1/forecasts/north/bread?measure=revenue&scenario=growth%3D1.1").await.json(200);
    assert_ne!(grown["result_hash"], one["result_hash"]);
    let sum = |forecast: &Value| {
        forecast["mean"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).sum::<f64>()
    };
    assert!(sum(&grown) > sum(&one));

    let mut series = 0.0;
    for location in ["north", "south"] {
        for item in ["apples", "bread", "cheese"] {
            series +=
                sum(&program.get(&format!("/api/v1/forecasts/{location}/{item}?measure=revenue")).await.json(200));
        }
    }
    let whole = program.get("/api/v1/forecasts?measure=revenue").await.json(200);
    assert_eq!(whole["series"], 6);
    assert!((sum(&whole) - series).abs() < 1e-6 * series, "{} is not the sum {series}", sum(&whole));
    let wrong = program.get("/api/v1/forecasts?scenario=growth%3Dmuch").await;
    assert_eq!(wrong.problem(422, "invalid")["field"], "scenario");
}

#[tokio::test]
async fn a_forecast_that_was_never_trained_is_not_there() {
    let test = TestApp::empty().await;
    let program = program(&test).await;
    let empty = program.get("/api/v1/forecasts").await;
    empty.problem(404, "not_found");
    program.get("/api/v1/forecasts?measure=revenue").await.problem(422, "invalid");
    assert_eq!(program.get("/api/v1/series").await.json(200), json!({ "rows": [] }));
    assert_eq!(program.get("/api/v1/sales").await.json(200), json!({ "rows": [] }));
    test.import("sales.csv", &crate::testing::tiny_sales()).await;
    program.get("/api/v1/forecasts").await.problem(404, "not_found");
    program.get("/api/v1/forecasts/north/bread").await.problem(404, "not_found");
}
