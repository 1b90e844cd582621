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
async fn a_body_that_cannot_be_read_is_the_callers_fault() {
    let test = TestApp::empty().await;
    let boss = test.visitor(Role::Administrator).await;
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let malformed: [(&str, &[u8]); 6] = [
        (form, b"login=eve"),
        (form, b"login=eve&name=Eve&role=emperor"),
        (form, b"%ff%fe\xff"),
        (form, b""),
        (json, b"{\"login\": "),
        ("application/octet-stream", b"\x00\x01\x02"),
    ];
    for (kind, body) in malformed {
        let ask = |accept: &'static str, from: Option<&'static str>| {
            let mut headers = vec![("accept", accept), ("content-type", kind), ("sec-fetch-site", "same-origin")];
            headers.extend(from.map(|from| ("referer", from)));
            let boss = boss.clone();
            async move { boss.ask(Method::POST, "/fn/create_user", &headers, Body::from(body)).await }
        };
        let problem = ask("application/json", None).await;
        assert!(problem.problem(400, "bad_request")["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
        // The pages' script reads the same document.
        let read: aisle_domain::Problem = serde_json::from_slice(&problem.body).unwrap();
        assert_eq!(read.code, aisle_domain::ProblemCode::BadRequest, "{kind} {body:?}");

        let page = "text/html,*/*;q=0.8";
        for (from, back) in [(Some("http://aisle.test/users?page=2"), "http://aisle.test/users?"), (None, "/?")] {
            let led = ask(page, from).await;
            assert_eq!(led.status, StatusCode::FOUND, "{kind} {body:?}: {led:?}");
            let location = led.header("location");
            assert!(location.starts_with(back) && location.contains("__err="), "{kind} {body:?}: {location}");
        }
    }
    let endless = Body::from(vec![b'x'; 5 << 20]);
    let headers = [("accept", json), ("content-type", form), ("sec-fetch-site", "same-origin")];
    boss.ask(Method::POST, "/fn/create_user", &headers, endless).await.problem(413, "too_large");
    assert_eq!(aisle_store::users::count(&test.app.store).await.unwrap(), 1, "nobody was made");
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed() {
    let test = TestApp::empty().await;
    let boss = test.visitor(Role::Administrator).await;
    let typed = [("login", "two words"), ("name", "Ann <B>"), ("role", "planner")];
    let led = boss.form("/fn/create_user", &typed).await;
    assert!(led.header("location").contains("__err="), "{led:?}");
    let cookie = led.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("refused=/fn/create_user?") && led.header("set-cookie").contains("HttpOnly"), "{led:?}");
    let query = led.header("location").split_once('?').unwrap().1.to_owned();
    let session = boss.session();
    let back = boss.clone().with_cookie(&format!("{session}; {cookie}")).page(&format!("/users?{query}")).await;
    let page = back.text();
    assert!(page.contains("value=\"two words\"") && page.contains("value=\"Ann &lt;B&gt;\""), "{page}");
    assert!(page.contains("<option value=\"planner\" selected"), "{page}");
    let cleared = back.headers.get_all("set-cookie").iter().any(|c| c.to_str().unwrap().starts_with("refused=;"));
    assert!(cleared, "the page takes the cookie back: {back:?}");
    let later = boss.clone().with_cookie(&format!("{session}; {cookie}")).page("/users").await;
    assert!(!later.text().contains("two words"), "only the page that tells the problem shows it");

    let passwords = [("old", "no"), ("new", "a long enough password"), ("again", "another one")];
    let led = boss.form("/fn/change_password", &passwords).await;
    assert!(led.header("location").contains("__err="), "{led:?}");
    assert_eq!(led.header("set-cookie"), "", "no password is put into a cookie");
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
