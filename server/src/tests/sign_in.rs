//! Signing in and out, first passwords, sessions.

use crate::clock;
use crate::testing::{PASSWORD, TestApp};
use aisle_app::ports::NewUser;
use aisle_domain::Role;
use aisle_store::{sessions, throttle};
use axum::http::StatusCode;

#[tokio::test]
async fn the_right_password_opens_a_session_that_scripts_cannot_read() {
    let test = TestApp::empty().await;
    test.user(Role::Viewer).await;
    let answer =
        test.nobody().form("/sign-in", &[("login", " Viewer "), ("password", PASSWORD), ("next", "/help")]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/help"));
    let cookie = answer.header("set-cookie").to_owned();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.split("; ").any(|part| part == flag), "{flag} is missing in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "without TLS a secure cookie would never come back: {cookie}");
    assert_eq!(test.signed_in("viewer").await.page("/help").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_a_disabled_user_are_refused_alike() {
    use aisle_app::ports::Accounts;
    let test = TestApp::empty().await;
    let boss = crate::testing::visitor_of(test.user(Role::Administrator).await);
    let gone = test.user(Role::Viewer).await;
    test.user(Role::Planner).await;
    test.app.change_user(&boss, &gone.id, "Gone".to_owned(), Role::Viewer, true).await.unwrap();
    let mut places = Vec::new();
    for (login, password) in [("planner", "wrong"), ("nobody-of-this-name", PASSWORD), ("viewer", PASSWORD), ("", "")] {
        let answer = test.nobody().form("/sign-in", &[("login", login), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login}");
        assert_eq!(answer.header("set-cookie"), "", "{login}");
        places.push(answer.header("location").to_owned());
    }
    assert!(places.iter().all(|place| place.starts_with("/sign-in?error=") && *place == places[0]), "{places:?}");
    let page = test.nobody().page(&places[0]).await;
    assert!(page.text().contains("is not right"), "the page says what was wrong: {page:?}");
}

#[tokio::test]
async fn ten_failures_lock_the_account_even_for_the_right_password_and_only_this_account() {
    let test = TestApp::empty().await;
    test.user(Role::Viewer).await;
    test.user(Role::Planner).await;
    for attempt in 0..10 {
        let answer = test.nobody().form("/sign-in", &[("login", "viewer"), ("password", "wrong")]).await;
        assert_eq!(answer.header("set-cookie"), "", "attempt {attempt}");
    }
    let answer = test.nobody().form("/sign-in", &[("login", "viewer"), ("password", PASSWORD)]).await;
    assert_eq!(answer.header("set-cookie"), "", "the account is locked: {answer:?}");
    let page = test.nobody().page(answer.header("location")).await;
    assert!(page.text().contains("Too many"), "the page says why: {page:?}");
    let locked = throttle::locked_until(&test.app.store, &["account:viewer"], clock::now()).await.unwrap();
    assert!(locked.is_some_and(|until| until > clock::now()));
    test.signed_in("planner").await;

    throttle::clear(&test.app.store, "account:viewer").await.unwrap();
    test.signed_in("viewer").await;
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let test = TestApp::empty().await;
    let viewer = test.visitor(Role::Viewer).await;
    assert_eq!(viewer.page("/help").await.status, StatusCode::OK);
    let answer = viewer.form("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{answer:?}");
    // The client still sends the cookie that it was told to forget.
    let after = viewer.page("/help").await;
    assert_eq!((after.status, after.header("location")), (StatusCode::SEE_OTHER, "/sign-in?next=/help"));
    viewer.json("/fn/search", &serde_json::json!({ "words": "bread" })).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let test = TestApp::empty().await;
    let viewer = test.visitor(Role::Viewer).await;
    let later = clock::now() + i64::from(test.app.config.session_hours) * 3_600 * clock::SECOND + 1;
    assert_eq!(sessions::purge(&test.app.store, later).await.unwrap(), 1);
    assert_eq!(viewer.page("/help").await.header("location"), "/sign-in?next=/help");
}

#[tokio::test]
async fn the_first_password_must_be_changed_before_anything_else() {
    let test = TestApp::empty().await;
    let new = NewUser { login: "ann@shop.example".to_owned(), name: "Ann".to_owned(), role: Role::Planner };
    let (_, first) = test.app.add_user("test", new, None).await.unwrap();
    let answer =
        test.nobody().form("/sign-in", &[("login", "ann@shop.example"), ("password", &first), ("next", "/data")]).await;
    assert_eq!(answer.header("location"), "/account?first=1");
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let ann = test.nobody().with_cookie(&cookie);

    assert_eq!(ann.page("/data").await.header("location"), "/account?first=1");
    assert_eq!(ann.page("/account?first=1").await.status, StatusCode::OK);
    ann.get("/api/v1/items").await.problem(403, "forbidden");
    ann.json("/fn/search", &serde_json::json!({ "words": "bread" })).await.problem(403, "forbidden");

    let short = [("old", first.as_str()), ("new", "short"), ("again", "short")];
    assert!(ann.form("/fn/change_password", &short).await.status != StatusCode::OK);
    assert_eq!(ann.page("/data").await.header("location"), "/account?first=1", "a short password changed nothing");

    let other = test.nobody().form("/sign-in", &[("login", "ann@shop.example"), ("password", &first)]).await;
    let other = test.nobody().with_cookie(other.header("set-cookie").split(';').next().unwrap());
    let chosen = [("old", first.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
    let changed = ann.form("/fn/change_password", &chosen).await;
    assert!(changed.status.is_success() || changed.status.is_redirection(), "{changed:?}");
    assert_eq!(ann.page("/data").await.status, StatusCode::OK, "the session that changed it goes on");
    assert_eq!(other.page("/account").await.header("location"), "/sign-in?next=/account", "other sessions have ended");
    test.signed_in("ann@shop.example").await;
}
