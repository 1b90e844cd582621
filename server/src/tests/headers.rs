//! What every answer carries for browsers: which scripts may run, that types are not guessed, that nobody frames us.

use crate::testing::{Got, TestApp};
use aisle_domain::Role;
use axum::body::Body;
use axum::http::{Method, StatusCode};

fn check(path: &str, got: &Got) {
    assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}: {got:?}");
    assert_eq!(got.header("x-frame-options"), "DENY", "{path}: {got:?}");
    assert_eq!(got.header("referrer-policy"), "same-origin", "{path}: {got:?}");
    assert_eq!(got.header("cross-origin-opener-policy"), "same-origin", "{path}: {got:?}");
    let policies = got.headers.get_all("content-security-policy").iter().count();
    assert_eq!(policies, 1, "{path}: two policies would be joined by the browser: {got:?}");
    let policy = got.header("content-security-policy");
    for part in ["default-src ", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{path}: {policy}");
    }
    let part = |name: &str| policy.split(';').find(|part| part.trim().starts_with(name)).map(str::to_owned);
    let scripts = part("script-src").or_else(|| part("default-src")).unwrap();
    assert!(!scripts.contains("'unsafe-inline'") && !scripts.contains("'unsafe-eval'"), "{path}: {policy}");
    assert!(!got.header("x-request-id").is_empty(), "{path}: {got:?}");
}

#[tokio::test]
async fn every_kind_of_answer_carries_them() {
    let test = TestApp::empty().await;
    let boss = test.visitor(Role::Administrator).await;
    for path in ["/", "/sign-in", "/data", "/reports/weekly", "/api", "/nowhere", "/nowhere/at-all", "/series/a/b"] {
        check(path, &boss.page(path).await);
        check(path, &test.nobody().page(path).await);
    }
    for path in [
        "/api/v1/health",
        "/api/v1/items",
        "/api/v1/items?limit=0",
        "/api/v1/unheard-of",
        "/healthz",
        "/readyz",
        "/metrics",
        "/pkg/aisle.css",
        "/pkg/none.js",
    ] {
        check(path, &boss.get(path).await);
        check(path, &test.nobody().get(path).await);
    }
    check("cross-site", &boss.ask(Method::POST, "/sign-out", &[("sec-fetch-site", "cross-site")], Body::empty()).await);
    check(
        "wrong method",
        &boss.ask(Method::DELETE, "/api/v1/items", &[("sec-fetch-site", "same-origin")], Body::empty()).await,
    );
    check(
        "bad key",
        &test.nobody().ask(Method::GET, "/", &[("authorization", "Bearer aisle_no_key")], Body::empty()).await,
    );
    check("sign-in", &test.nobody().form("/sign-in", &[("login", "a"), ("password", "b")]).await);
}

#[tokio::test]
async fn pages_run_scripts_of_their_own_nonce_only_and_each_page_has_a_new_one() {
    let test = TestApp::empty().await;
    let viewer = test.visitor(Role::Viewer).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let got = viewer.page("/help").await;
        let policy = got.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        for script in got.text().split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "a script without the nonce: <script{tag}>");
        }
        assert!(seen.insert(nonce.to_owned()), "the nonce {nonce} came twice");
    }
}

#[tokio::test]
async fn files_are_served_from_their_folder_only_and_are_asked_for_anew() {
    let test = TestApp::empty().await;
    let nobody = test.nobody();
    let style = nobody.get("/pkg/aisle.css").await;
    assert_eq!((style.status, style.header("content-type")), (StatusCode::OK, "text/css"));
    assert!(style.header("cache-control").contains("must-revalidate"), "{style:?}");
    for path in
        ["/pkg/../../data/aisle.db", "/..%2fdata/aisle.db", "/%2e%2e/data/aisle.db", "/pkg/%2e%2e/%2e%2e/data/aisle.db"]
    {
        let got = nobody.get(path).await;
        assert!(got.status.is_client_error(), "{path}: {got:?}");
    }
}

#[tokio::test]
async fn the_program_says_how_it_is() {
    let test = TestApp::empty().await;
    let nobody = test.nobody();
    assert_eq!(nobody.get("/healthz").await.text(), "ok\n");
    assert_eq!(nobody.get("/readyz").await.text(), "ready\n");
    assert_eq!(nobody.get("/api/v1/health").await.json(200)["status"], "ok");
    let metrics = nobody.get("/metrics").await;
    assert!(metrics.text().lines().any(|line| line.starts_with("aisle_jobs{state=\"queued\"} 0")), "{metrics:?}");
    test.app.stopping.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(nobody.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(nobody.get("/healthz").await.status, StatusCode::OK);
}
