//! A whole program for a test: its own data folder and database, its real router, clients that speak HTTP to it.

use crate::config::Config;
use crate::desks::drafts;
use crate::state::{Aisle, App};
use crate::{clock, demo, http, jobs, shop};
use aisle_app::ports::{Accounts, NewUser, Visitor};
use aisle_domain::import::ImportReport;
use aisle_domain::job::{JobKind, JobState};
use aisle_domain::{Currency, ImportId, JobId, Permission, Role};
use aisle_store::{imports, jobs as kept_jobs, users};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use std::fmt::Write;
use tempfile::TempDir;
use tower::ServiceExt;

/// The password of every user that a test makes.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A program that answers requests, in a folder that goes with it.
pub(crate) struct TestApp {
    pub(crate) app: App,
    router: Router,
    folder: TempDir,
}

impl TestApp {
    /// Nothing imported, nobody known; state in SQLite.
    pub(crate) async fn empty() -> Self {
        Self::on("").await
    }

    /// The same with its state in the database of this address (empty: SQLite).
    pub(crate) async fn on(database_url: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("aisle-server").tempdir().unwrap();
        let site_dir = folder.path().join("site");
        std::fs::create_dir_all(site_dir.join("pkg")).unwrap();
        std::fs::write(site_dir.join("pkg/aisle.css"), "body { color: black }\n").unwrap();
        let config = Config {
            data_dir: folder.path().join("data"),
            database_url: database_url.to_owned(),
            site_dir,
            workers: 0,
            demo: false,
            ..Config::default()
        };
        let app = Aisle::open(config, false).await.unwrap();
        Self { router: http::router(&app), app, folder }
    }

    /// The tiny shop, imported and trained.
    pub(crate) async fn with_shop() -> Self {
        let test = Self::empty().await;
        test.import("sales.csv", &tiny_sales()).await;
        test.train().await;
        test
    }

    /// Writes a file, imports it by the guessed mapping, and waits.
    pub(crate) async fn import(&self, name: &str, content: &str) -> ImportReport {
        let id = self.queue_import(name, content).await;
        self.report(&id).await
    }

    /// Writes a file and queues its import; a training does not follow.
    pub(crate) async fn queue_import(&self, name: &str, content: &str) -> (ImportId, JobId) {
        let (currency, train_after_import) = (Some(Currency::new("USD").unwrap()), false);
        let settings = shop::ShopSettings { currency, train_after_import, ..shop::ShopSettings::default() };
        shop::keep(&self.app.store, &settings, clock::now()).await.unwrap();
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let arrived = demo::as_it_lies(&path).await.unwrap();
        let id = drafts::create(&self.app, "test", vec![arrived]).await.unwrap();
        let job = drafts::start(&self.app, "test", &id, Vec::new()).await.unwrap();
        (id, job.id)
    }

    /// Does the jobs until this one has ended, which must be well; the report of its import.
    pub(crate) async fn report(&self, (import, job): &(ImportId, JobId)) -> ImportReport {
        self.work_off(job).await;
        imports::get(&self.app.store, import).await.unwrap().report.expect("an import that succeeded has a report")
    }

    /// Trains, and waits.
    pub(crate) async fn train(&self) {
        let job = self.app.enqueue("test", JobKind::Train, serde_json::json!({}), Some("train")).await.unwrap();
        self.work_off(&job.id).await;
    }

    /// Does jobs until this one has ended, which must be well.
    pub(crate) async fn work_off(&self, job: &JobId) {
        jobs::work_off(&self.app, job, |_| ()).await.unwrap();
        let ended = kept_jobs::get(&self.app.store, job).await.unwrap();
        assert_eq!(ended.state, JobState::Succeeded, "{:?}", ended.error);
    }

    /// Makes a user whose sign-in name is the role's.
    pub(crate) async fn user(&self, role: Role) -> users::User {
        let new = NewUser { login: role.name().to_owned(), name: role.name().to_owned(), role };
        self.app.add_user("test", new, Some(PASSWORD.to_owned())).await.unwrap().0
    }

    /// Somebody who is not signed in.
    pub(crate) fn nobody(&self) -> Client {
        Client { router: self.router.clone(), credentials: Vec::new() }
    }

    /// Somebody who signed in by the form, with this name and [`PASSWORD`].
    pub(crate) async fn signed_in(&self, login: &str) -> Client {
        let nobody = self.nobody();
        let answer = nobody.form("/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(cookie.starts_with("aisle_session=") && cookie.len() > 40, "{login} could not sign in: {answer:?}");
        Client { credentials: vec![(header::COOKIE.as_str(), cookie)], ..nobody }
    }

    /// A new user of the role, signed in.
    pub(crate) async fn visitor(&self, role: Role) -> Client {
        self.user(role).await;
        self.signed_in(role.name()).await
    }

    /// A program with a key of these scopes, owned by the user of this name; and the key's public prefix.
    pub(crate) async fn program(&self, login: &str, scopes: &[Permission]) -> (Client, String) {
        let owner = users::by_login(&self.app.store, login).await.unwrap().expect("the key's owner");
        let key = self.app.create_key(&visitor_of(owner), "test", scopes.to_vec(), None).await.unwrap();
        let credentials = vec![(header::AUTHORIZATION.as_str(), format!("Bearer {}", key.secret))];
        (Client { router: self.router.clone(), credentials }, key.view.prefix)
    }
}

/// The user as desks know who asks.
pub(crate) fn visitor_of(user: users::User) -> Visitor {
    Visitor {
        user: user.id,
        name: user.display_name,
        login: user.login,
        role: user.role,
        must_change_password: user.must_change_password,
    }
}

/// Speaks HTTP to the program's router, with credentials or without.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    credentials: Vec<(&'static str, String)>,
}

impl Client {
    /// The same client with this cookie and nothing else to show.
    pub(crate) fn with_cookie(self, cookie: &str) -> Self {
        Self { credentials: vec![(header::COOKIE.as_str(), cookie.to_owned())], ..self }
    }

    /// The session's cookie, as a browser sends it.
    pub(crate) fn session(&self) -> String {
        let cookie = self.credentials.iter().find(|(name, _)| *name == header::COOKIE.as_str());
        cookie.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// GET, as a program asks.
    pub(crate) async fn get(&self, path: &str) -> Got {
        self.ask(Method::GET, path, &[("accept", "application/json")], Body::empty()).await
    }

    /// GET, as a browser asks for a page.
    pub(crate) async fn page(&self, path: &str) -> Got {
        self.ask(Method::GET, path, &[("accept", "text/html,*/*;q=0.8")], Body::empty()).await
    }

    /// POST of a form, as a browser sends it from a page of this site.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let body = aisle_app::ports::query_string::join(fields.iter().copied());
        let headers = [
            ("accept", "text/html,*/*;q=0.8"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.ask(Method::POST, path, &headers, Body::from(body)).await
    }

    /// POST of a form, as a page's script sends it: the answer is JSON, not a way back to the page.
    pub(crate) async fn json_form(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let body = aisle_app::ports::query_string::join(fields.iter().copied());
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.ask(Method::POST, path, &headers, Body::from(body)).await
    }

    /// POST of JSON, as a program or a page's script sends it.
    pub(crate) async fn json(&self, path: &str, body: &Value) -> Got {
        let headers =
            [("accept", "application/json"), ("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
        self.ask(Method::POST, path, &headers, Body::from(body.to_string())).await
    }

    /// Any method with a body of this kind, as a program or a page's script sends it.
    pub(crate) async fn send(&self, method: Method, path: &str, kind: &str, body: &str) -> Got {
        let headers = [("accept", "application/json"), ("content-type", kind), ("sec-fetch-site", "same-origin")];
        self.ask(method, path, &headers, Body::from(body.to_owned())).await
    }

    /// POST of one file as a form.
    pub(crate) async fn upload(&self, path: &str, name: &str, content: &str) -> Got {
        let body = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: text/csv\r\n\r\n{content}\r\n--edge--\r\n"
        );
        let headers = [("content-type", "multipart/form-data; boundary=edge"), ("sec-fetch-site", "same-origin")];
        self.ask(Method::POST, path, &headers, Body::from(body)).await
    }

    /// Any request.
    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Got {
        let mut request = Request::builder().method(method).uri(path).header("host", "aisle.test");
        for (name, value) in headers.iter().copied().chain(self.credentials.iter().map(|(n, v)| (*n, v.as_str()))) {
            request = request.header(name, value);
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Got { status, headers, body: to_bytes(response.into_body(), 64 << 20).await.unwrap() }
    }
}

/// An answer, read whole.
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    /// A header, empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON; the status must be this one.
    pub(crate) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks that this is a problem document of the code; gives it.
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let document = self.json(status);
        assert_eq!((document["status"].as_u64(), document["code"].as_str()), (Some(u64::from(status)), Some(code)));
        assert_eq!(document["type"], format!("urn:aisle:problem:{code}"));
        assert!(["title", "detail"].iter().all(|name| document[name].as_str().is_some_and(|text| !text.is_empty())));
        document
    }
}

impl std::fmt::Debug for Got {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start: String = String::from_utf8_lossy(&self.body).chars().take(600).collect();
        write!(f, "{} {:?}\n{start}", self.status, self.headers)
    }
}

/// Weeks of the tiny shop.
pub(crate) const WEEKS: i32 = 120;

/// Two stores, three items, [`WEEKS`] weeks: quantity and revenue, with a season and a trend; 720 rows.
pub(crate) fn tiny_sales() -> String {
    let mut text = "date,store,item,quantity,revenue\n".to_owned();
    let first = aisle_domain::Day::parse("2021-01-08").unwrap();
    for week in 0..WEEKS {
        for store in ["north", "south"] {
            for (index, item) in ["apples", "bread", "cheese"].iter().enumerate() {
                let season = (f64::from(week % 52) / 52.0 * std::f64::consts::TAU).sin() * 20.0;
                let quantity =
                    100 + season as i32 + week / 4 + index as i32 * 30 + if store == "north" { 0 } else { 50 };
                let price = 150 + 100 * index as i32;
                let cents = quantity * price;
                let (day, whole, part) = (first.plus(week * 7), cents / 100, cents % 100);
                writeln!(text, "{day},{store},{item},{quantity},{whole}.{part:02}").unwrap();
            }
        }
    }
    text
}
