//! Signing in and out, by plain forms that need no JavaScript.

use super::guard::escape_query;
use super::session::{COOKIE, Proof};
use crate::clock::{self, SECOND};
use crate::failure::{self, Answer};
use crate::password;
use crate::state::App;
use aisle_app::ports::Visitor;
use aisle_domain::Problem;
use aisle_store::{audit, sessions, throttle, users};
use axum::Extension;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::net::SocketAddr;

/// Ten failures of an account within a quarter of an hour lock it for as long.
const ACCOUNT: throttle::Limit = throttle::Limit { failures: 10, window: 900 * SECOND, lock: 900 * SECOND };
/// An address may fail more often: many people sit behind one.
const ADDRESS: throttle::Limit = throttle::Limit { failures: 50, window: 900 * SECOND, lock: 900 * SECOND };

#[derive(Deserialize)]
pub(crate) struct SignIn {
    login: String,
    password: String,
    next: Option<String>,
}

/// POST /sign-in
pub(crate) async fn sign_in(
    State(app): State<App>,
    connection: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Response {
    let address = address(&app, connection.map(|Extension(ConnectInfo(address))| address), &headers);
    let next = local(form.next.as_deref());
    match check(&app, &form, &address).await {
        Ok(Ok(user)) => match open_session(&app, &user, &headers, &address).await {
            Ok(token) => {
                metrics::counter!("aisle_sign_ins_total", "outcome" => "accepted").increment(1);
                let target = if user.must_change_password { "/account?first=1".to_owned() } else { next };
                with_cookie(Redirect::to(&target).into_response(), &session_cookie(&app, &token))
            }
            Err(problem) => Answer(problem).into_response(),
        },
        Ok(Err(reason)) => {
            metrics::counter!("aisle_sign_ins_total", "outcome" => reason).increment(1);
            Redirect::to(&format!("/sign-in?error={reason}&next={}", escape_query(&next))).into_response()
        }
        Err(problem) => Answer(problem).into_response(),
    }
}

/// The user, or the reason why not: `wrong`, `locked`.
async fn check(app: &App, form: &SignIn, address: &str) -> Result<Result<users::User, &'static str>, Problem> {
    let now = clock::now();
    let login = form.login.trim().to_lowercase();
    let keys = (format!("account:{login}"), format!("ip:{address}"));
    let locked = throttle::locked_until(&app.store, &[&keys.0, &keys.1], now).await.map_err(failure::store)?;
    if locked.is_some_and(|until| until > now) {
        return Ok(Err("locked"));
    }
    let user = users::by_login(&app.store, &login).await.map_err(failure::store)?;
    let (given, kept) = (form.password.clone(), user.as_ref().map(|user| user.password_hash.clone()));
    let matches = tokio::task::spawn_blocking(move || match kept {
        Some(kept) => password::verify(&given, &kept),
        None => {
            password::verify_nobody(&given);
            false
        }
    });
    let matches = matches.await.map_err(|error| failure::internal(&error))?;
    match user.filter(|user| matches && !user.disabled) {
        Some(user) => {
            throttle::clear(&app.store, &keys.0).await.map_err(failure::store)?;
            Ok(Ok(user))
        }
        None => {
            for (key, limit) in [(&keys.0, ACCOUNT), (&keys.1, ADDRESS)] {
                throttle::record_failure(&app.store, key, limit, now).await.map_err(failure::store)?;
            }
            let detail = serde_json::json!({ "address": address });
            audit::append(&app.store, &login, "sign_in.refused", &login, &detail, now).await.map_err(failure::store)?;
            Ok(Err("wrong"))
        }
    }
}

async fn open_session(app: &App, user: &users::User, headers: &HeaderMap, address: &str) -> Result<String, Problem> {
    let now = clock::now();
    let token = password::token();
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let session = sessions::Session {
        token_hash: password::token_hash(&token),
        user_id: user.id.clone(),
        csrf_secret: password::random::<32>().to_vec(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + i64::from(app.config.session_hours) * 3_600 * SECOND,
        user_agent: agent.chars().take(300).collect(),
        ip: address.to_owned(),
    };
    sessions::create(&app.store, &session).await.map_err(failure::store)?;
    let detail = serde_json::json!({ "address": address });
    audit::append(&app.store, &user.login, "sign_in", &user.login, &detail, now).await.map_err(failure::store)?;
    Ok(token)
}

/// POST /sign-out
pub(crate) async fn sign_out(
    State(app): State<App>,
    visitor: Option<Extension<Visitor>>,
    proof: Option<Extension<Proof>>,
) -> Response {
    if let Some(Extension(Proof::Session(hash))) = proof {
        if let Err(error) = sessions::delete(&app.store, &hash).await {
            return Answer(failure::store(error)).into_response();
        }
        if let Some(Extension(visitor)) = visitor {
            let nothing = serde_json::json!({});
            let written = audit::append(&app.store, &visitor.login, "sign_out", &visitor.login, &nothing, clock::now());
            if let Err(error) = written.await {
                return Answer(failure::store(error)).into_response();
            }
        }
    }
    let secure = if app.config.secure_cookies() { "; Secure" } else { "" };
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}");
    with_cookie(Redirect::to("/sign-in").into_response(), &gone)
}

#[derive(Deserialize)]
pub(crate) struct Preferences {
    theme: Option<String>,
    next: Option<String>,
}

/// POST /preferences
pub(crate) async fn preferences(State(app): State<App>, Form(form): Form<Preferences>) -> Response {
    let back = Redirect::to(&local(form.next.as_deref())).into_response();
    match form.theme.as_deref() {
        Some(theme @ ("light" | "dark" | "auto")) => {
            let secure = if app.config.secure_cookies() { "; Secure" } else { "" };
            with_cookie(back, &format!("theme={theme}; Path=/; SameSite=Lax; Max-Age=31536000{secure}"))
        }
        _ => back,
    }
}

fn session_cookie(app: &App, token: &str) -> String {
    let secure = if app.config.secure_cookies() { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// A path of this site, never another one: `//evil.example` and `https://…` become `/`.
fn local(next: Option<&str>) -> String {
    let fits = |next: &&str| {
        next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control)
    };
    next.filter(fits).unwrap_or("/").to_owned()
}

/// The address that failures are counted by.
fn address(app: &App, connection: Option<SocketAddr>, headers: &HeaderMap) -> String {
    let forwarded =
        headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).filter(|_| app.config.trust_forwarded);
    // The last entry is the one that our own proxy wrote; those before it are the client's word.
    let forwarded = forwarded.and_then(|list| list.rsplit(',').next()).map(|entry| entry.trim().to_owned());
    forwarded.or_else(|| connection.map(|address| address.ip().to_string())).unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(local(Some("/series?text=a")), "/series?text=a");
        for evil in ["//evil.example", "https://evil.example", "/\\evil.example", "evil", ""] {
            assert_eq!(local(Some(evil)), "/", "{evil}");
        }
    }
}
