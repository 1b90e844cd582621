//! Forecasts at every level add up to the same, with overrides and without.

use crate::testing::{Client, TestApp};
use aisle_domain::{Permission, Role};
use serde_json::{Value, json};

pub(super) fn path(forecast: &Value, name: &str) -> Vec<f64> {
    forecast[name].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn is_sum(parts: &[Value], whole: &Value, name: &str) {
    for (step, expected) in path(whole, name).into_iter().enumerate() {
        let sum: f64 = parts.iter().map(|part| part[name][step].as_f64().unwrap()).sum();
        assert!((sum - expected).abs() < 1e-6 * expected.abs().max(1.0), "{name}, step {step}: {sum}, {expected}");
    }
}

async fn parts(program: &Client, level: &str, scenario: &str) -> (Vec<Value>, Value) {
    let (mut parts, mut after) = (Vec::new(), String::new());
    loop {
        let address = format!("/api/v1/forecasts?measure=quantity&limit=2&level={level}{scenario}{after}");
        let page = program.get(&address).await.json(200);
        parts.extend(page["parts"].as_array().into_iter().flatten().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return (parts, page),
        }
    }
}

#[tokio::test]
async fn every_level_adds_up_to_the_whole_shop() {
    let test = TestApp::with_shop().await;
    test.user(Role::Administrator).await;
    let (program, _) = test.program("administrator", &Permission::ALL).await;
    let whole = program.get("/api/v1/forecasts?measure=quantity").await.json(200);
    let (first, last) = (whole["periods"][1].as_str().unwrap(), whole["periods"][3].as_str().unwrap());
    let before = path(&whole, "mean");
    for (change, scope) in [(json!("percent"), json!({"item": "bread"})), (json!("add"), json!({"location": "south"}))]
    {
        let mut body = json!({
            "measure": "quantity", "change": change, "value": 30, "first": first, "last": last, "reason": "a fair"
        });
        body.as_object_mut().unwrap().extend(scope.as_object().unwrap().clone());
        program.json("/api/v1/overrides", &body).await.json(201);
    }
    for scenario in ["", "&scenario=growth%3D1.2"] {
        for (level, count) in [("total", 1), ("location", 2), ("item", 3), ("category", 1), ("region", 1)] {
            let (parts, whole) = parts(&program, level, scenario).await;
            assert_eq!(parts.len(), count, "{level}");
            is_sum(&parts, &whole, "mean");
            is_sum(&parts, &whole, "model_mean");
            let series: u64 = parts.iter().map(|part| part["series"].as_u64().unwrap()).sum();
            assert_eq!(series, 6, "{level}");
        }
    }
    let after = program.get("/api/v1/forecasts?measure=quantity").await.json(200);
    assert_eq!(path(&after, "model_mean"), before, "the model says what it said");
    let changed: Vec<bool> = path(&after, "mean").iter().zip(&before).map(|(a, b)| a != b).collect();
    assert_eq!(changed[..5], [false, true, true, true, false], "the periods asked for, and no others");
    let wrong = program.get("/api/v1/forecasts?level=planet").await;
    assert_eq!(wrong.problem(422, "invalid")["field"], "level");
}

#[tokio::test]
async fn the_page_of_levels_shows_parts_and_their_sum() {
    let test = TestApp::with_shop().await;
    let viewer = test.visitor(Role::Viewer).await;
    let page = viewer.page("/levels?level=item").await;
    for word in ["apples", "bread", "cheese", "The whole shop", "80 % interval"] {
        assert!(page.text().contains(word), "{word} is missing: {}", page.text());
    }
    assert!(!page.text().contains("/overrides?measure"), "a viewer overrides nothing");
    let empty = TestApp::empty().await;
    let viewer = empty.visitor(Role::Viewer).await;
    assert!(viewer.page("/levels").await.text().contains("No sales yet"));
}
