//! Requests that change something come from this site's own pages; nobody is led to another site.

use crate::testing::{PASSWORD, TestApp};
use aisle_domain::Role;
use axum::body::Body;
use axum::http::{Method, StatusCode};

#[tokio::test]
async fn posts_from_other_sites_are_refused_and_change_nothing() {
    let test = TestApp::empty().await;
    let boss = test.visitor(Role::Administrator).await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[form, ("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")],
        &[form, ("sec-fetch-site", "same-site")],
        &[form, ("origin", "http://evil.example")],
        &[form, ("origin", "null")],
        &[form],
    ];
    for headers in elsewhere {
        for path in ["/sign-out", "/fn/create_user", "/preferences", "/api/v1/jobs"] {
            let got =
                boss.ask(Method::POST, path, headers, Body::from("login=eve&name=Eve&role=viewer&theme=dark")).await;
            got.problem(403, "forbidden");
            assert_eq!(got.header("set-cookie"), "", "{path} {headers:?}");
        }
    }
    assert_eq!(boss.page("/help").await.status, StatusCode::OK, "still signed in");
    assert_eq!(aisle_store::users::count(&test.app.store).await.unwrap(), 1, "nobody was made");

    let upload = [("content-type", "multipart/form-data; boundary=edge"), ("sec-fetch-site", "cross-site")];
    boss.ask(Method::POST, "/data/upload", &upload, Body::from("--edge--")).await.problem(403, "forbidden");
}

#[tokio::test]
async fn the_sites_own_forms_are_accepted() {
    let test = TestApp::empty().await;
    let viewer = test.visitor(Role::Viewer).await;
    let own: [&[(&str, &str)]; 3] =
        [&[("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "none")], &[("origin", "http://aisle.test")]];
    for headers in own {
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        let got = viewer.ask(Method::POST, "/preferences", &headers, Body::from("theme=dark&next=/help")).await;
        assert_eq!((got.status, got.header("location")), (StatusCode::SEE_OTHER, "/help"), "{headers:?}");
        assert!(got.header("set-cookie").starts_with("theme=dark; Path=/"), "{got:?}");
    }
    let got = viewer.form("/preferences", &[("theme", "dark\r\nset-cookie: a=b"), ("next", "/")]).await;
    assert_eq!(got.header("set-cookie"), "", "only the three themes are set");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let test = TestApp::empty().await;
    test.user(Role::Viewer).await;
    for evil in ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", ""] {
        let got = test.nobody().form("/sign-in", &[("login", "viewer"), ("password", PASSWORD), ("next", evil)]).await;
        assert_eq!(got.header("location"), "/", "{evil:?}");
        let got = test.nobody().form("/sign-in", &[("login", "viewer"), ("password", "no"), ("next", evil)]).await;
        assert!(got.header("location").ends_with("next=/"), "{evil:?}: {got:?}");
        let got = test.nobody().form("/preferences", &[("theme", "dark"), ("next", evil)]).await;
        assert_eq!(got.header("location"), "/", "{evil:?}");
        let page = test.nobody().page(&format!("/sign-in?next={}", crate::http::guard::escape_query(evil))).await;
        assert!(!page.text().contains("evil.example"), "{evil:?}: {page:?}");
    }
}

#[tokio::test]
async fn what_an_address_says_is_never_written_into_a_page_as_it_is() {
    let test = TestApp::empty().await;
    let viewer = test.visitor(Role::Administrator).await;
    let evil = "%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        "/sign-in?error=",
        "/sign-in?next=/",
        "/series?q=",
        "/?location=",
        "/data/imports/",
        "/nowhere/",
        "/reports/weekly?location=",
    ] {
        for client in [&viewer, &test.nobody()] {
            let got = client.page(&format!("{path}{evil}")).await;
            assert!(!got.text().contains("<script>alert(1)"), "{path}: {got:?}");
        }
    }
}
