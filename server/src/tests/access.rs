//! Every route for every role and for nobody: let in exactly where the table says so.

use crate::api;
use crate::http::{guard, routes};
use crate::testing::{Client, Got, TestApp, visitor_of};
use aisle_app::access::{Access, FUNCTIONS, PAGES};
use aisle_domain::{Permission, Role};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::middleware::from_fn;
use axum::routing::get;
use std::collections::BTreeSet;
use tower::ServiceExt;

/// Everybody who may ask: nobody, and a signed-in user of each role.
async fn everybody(test: &TestApp) -> Vec<(Option<Role>, Client)> {
    let mut all = vec![(None, test.nobody())];
    for role in Role::ALL {
        all.push((Some(role), test.visitor(role).await));
    }
    all
}

/// A path of the pattern: parts that vary name nothing that exists.
fn path_of(pattern: &str) -> String {
    let part = |part: &str| if part.starts_with([':', '{']) { "unheard-of".to_owned() } else { part.to_owned() };
    pattern.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Asks a route of the table by its method, with a body that says nothing.
async fn asked(client: &Client, method: &Method, pattern: &str) -> Got {
    let path = path_of(pattern);
    match *method {
        Method::GET => client.get(&path).await,
        Method::POST => client.json(&path, &serde_json::json!({})).await,
        _ => client.send(method.clone(), &path, "application/json", "{}").await,
    }
}

/// Whether the guard let the request through; what the route then says of it does not matter here.
fn was_let_in(got: &Got) -> bool {
    let to_sign_in = got.status.is_redirection() && got.header("location").starts_with("/sign-in");
    !matches!(got.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) && !to_sign_in
}

fn check(what: &str, access: Access, role: Option<Role>, got: &Got) {
    assert_eq!(was_let_in(got), access.admits(role), "{what} asked by {role:?}, whose table says {access:?}: {got:?}");
    assert!(!got.status.is_server_error() || got.status == 503, "{what} asked by {role:?}: {got:?}");
    if !was_let_in(got) && !got.status.is_redirection() {
        let expected = if role.is_none() { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
        assert_eq!(got.status, expected, "{what} asked by {role:?}: {got:?}");
    }
}

#[tokio::test]
async fn pages_let_in_whom_the_table_says() {
    let test = TestApp::empty().await;
    for (role, client) in everybody(&test).await {
        for (page, access) in PAGES {
            let got = client.page(&path_of(page)).await;
            check(page, *access, role, &got);
            if role.is_none() && *access != Access::Public {
                let next = crate::http::guard::escape_query(&path_of(page));
                assert_eq!(got.status, StatusCode::SEE_OTHER, "{page}");
                assert_eq!(got.header("location"), format!("/sign-in?next={next}"), "{page}");
            }
        }
    }
}

#[tokio::test]
async fn routes_of_the_server_and_the_api_let_in_whom_the_table_says() {
    let test = TestApp::empty().await;
    for (role, client) in everybody(&test).await {
        for (method, pattern, access) in routes::OWN.iter().chain(api::ROUTES) {
            // Signing out would end the walk, a wrong password would be counted, a link is checked by its signature;
            // each of the three has tests of its own.
            if matches!(*pattern, "/sign-out" | "/sign-in" | "/reports/shared") {
                continue;
            }
            let got = asked(&client, method, pattern).await;
            check(&format!("{method} {pattern}"), *access, role, &got);
            let routed = got.text() != "" || got.status != StatusCode::NOT_FOUND;
            assert!(routed && !got.text().contains("there is nothing at"), "{method} {pattern} is not routed: {got:?}");
        }
    }
}

#[tokio::test]
async fn server_functions_let_in_whom_the_table_says() {
    let test = TestApp::empty().await;
    for (role, client) in everybody(&test).await {
        for (function, access) in FUNCTIONS {
            let path = format!("/fn/{function}");
            // A body that no function can read: whoever is let in is told so, and nothing changes.
            let got = client.ask(Method::POST, &path, &[("sec-fetch-site", "same-origin")], Body::from("]")).await;
            assert_eq!(was_let_in(&got), access.admits(role), "{function} asked by {role:?}: {got:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_in_the_table_is_refused_even_where_it_is_routed() {
    let router = axum::Router::new().route("/forgotten", get(|| async { "secret" })).route_layer(from_fn(guard::admit));
    let request = Request::builder().uri("/forgotten").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);

    let test = TestApp::empty().await;
    let administrator = test.visitor(Role::Administrator).await;
    administrator.json("/fn/unheard_of", &serde_json::json!({})).await.problem(404, "not_found");
    administrator.get("/api/v1/unheard-of").await.problem(404, "not_found");
}

#[tokio::test]
async fn every_page_and_function_is_in_the_table_and_nothing_else_is() {
    let routed: BTreeSet<String> = leptos_axum::generate_route_list(aisle_app::App)
        .iter()
        .map(|route| route.path().to_owned())
        .filter(|path| path != "/*any")
        .collect();
    let listed: BTreeSet<String> = PAGES.iter().map(|(page, _)| routes::as_pattern(page)).collect();
    assert_eq!(routed, listed, "pages routed, pages in the table");

    let registered: BTreeSet<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let listed: BTreeSet<String> = FUNCTIONS.iter().map(|(name, _)| format!("/fn/{name}")).collect();
    assert_eq!(registered, listed, "functions registered, functions in the table");
}

#[tokio::test]
async fn a_key_opens_what_both_its_scopes_and_its_owner_may() {
    let test = TestApp::empty().await;
    test.user(Role::Manager).await;
    for scope in Permission::ALL.into_iter().filter(|scope| Role::Manager.may(*scope)) {
        let (program, _) = test.program("manager", &[scope]).await;
        for (method, pattern, access) in api::ROUTES {
            let got = asked(&program, method, pattern).await;
            let expected = match access {
                Access::Public | Access::SignedIn => true,
                Access::Needs(permission) => *permission == scope,
            };
            assert_eq!(was_let_in(&got), expected, "{method} {pattern} by a key for {}: {got:?}", scope.name());
        }
    }
}

#[tokio::test]
async fn a_key_is_for_the_api_only() {
    let test = TestApp::empty().await;
    test.user(Role::Administrator).await;
    let (program, _) = test.program("administrator", &Permission::ALL).await;
    // A key that could make keys could make one with more scopes than it has; one that could call the account's functions
    // could end its owner's sessions.
    for function in ["create_key", "end_session", "change_password", "create_user", "search"] {
        program.json(&format!("/fn/{function}"), &serde_json::json!({})).await.problem(403, "forbidden");
    }
    for page in ["/account", "/users", "/"] {
        program.get(page).await.problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_key_dies_by_revocation_by_its_owners_disabling_and_was_never_guessed() {
    use aisle_app::ports::Accounts;
    let test = TestApp::empty().await;
    let owner = test.user(Role::Analyst).await;
    let boss = test.user(Role::Administrator).await;
    let (program, prefix) = test.program("analyst", &[Permission::ViewSales]).await;
    assert_eq!(program.get("/api/v1/items").await.status, StatusCode::OK);
    test.app.revoke_key(&visitor_of(owner.clone()), &prefix).await.unwrap();
    program.get("/api/v1/items").await.problem(401, "unauthenticated");

    let (program, prefix) = test.program("analyst", &[Permission::ViewSales]).await;
    let guess = [("authorization", format!("Bearer aisle_{prefix}_{}", "A".repeat(43)))];
    let guess: Vec<(&str, &str)> = guess.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let nobody = test.nobody();
    nobody.ask(Method::GET, "/api/v1/items", &guess, Body::empty()).await.problem(401, "unauthenticated");
    for malformed in ["Bearer ", "Bearer aisle_", "Bearer x", "Bearer aisle_\u{20}_"] {
        let got = nobody.ask(Method::GET, "/api/v1/items", &[("authorization", malformed)], Body::empty()).await;
        got.problem(401, "unauthenticated");
    }

    assert_eq!(program.get("/api/v1/items").await.status, StatusCode::OK);
    test.app.change_user(&visitor_of(boss), &owner.id, "gone".to_owned(), Role::Analyst, true).await.unwrap();
    program.get("/api/v1/items").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_key_shrinks_with_its_owners_role() {
    use aisle_app::ports::Accounts;
    let test = TestApp::empty().await;
    let owner = test.user(Role::Planner).await;
    let boss = test.user(Role::Administrator).await;
    let (program, _) = test.program("planner", &[Permission::ViewSales, Permission::ViewData]).await;
    assert_eq!(program.get("/api/v1/tables").await.status, StatusCode::OK);
    test.app.change_user(&visitor_of(boss), &owner.id, "Ann".to_owned(), Role::Viewer, false).await.unwrap();
    program.get("/api/v1/tables").await.problem(403, "forbidden");
    assert_eq!(program.get("/api/v1/items").await.status, StatusCode::OK);
}
