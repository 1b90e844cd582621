//! Who asks: the session cookie of browsers, the bearer key of programs.

use crate::clock::{self, SECOND};
use crate::failure::{self, Answer};
use crate::password;
use crate::state::App;
use aisle_app::ports::Visitor;
use aisle_domain::{Permission, Problem, ProblemCode};
use aisle_store::{keys, sessions, users};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

/// Name of the session cookie.
pub(crate) const COOKIE: &str = "aisle_session";
/// Every key begins with this, so that scanners of leaked secrets know it.
pub(crate) const KEY_MARK: &str = "aisle_";
/// How often the last use of a session or key is written down.
const TOUCH_EVERY: i64 = 60 * SECOND;

/// How the visitor proved who they are.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// By a session; its token's hash.
    Session(Vec<u8>),
    /// By a key, with its scopes.
    Key(Vec<Permission>),
}

impl Proof {
    /// Whether the proof carries the permission (a session carries all that the role has).
    pub(crate) fn carries(&self, permission: Permission) -> bool {
        match self {
            Self::Session(_) => true,
            Self::Key(scopes) => scopes.contains(&permission),
        }
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Puts [`Visitor`] and [`Proof`] into the request's extensions, where somebody is signed in.
pub(crate) async fn recognise(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let found = match bearer(request.headers()) {
        Some(key) => by_key(&app, key).await.map(Some),
        None => match cookie(request.headers(), COOKIE) {
            Some(token) => by_session(&app, token).await,
            None => Ok(None),
        },
    };
    match found {
        Ok(Some((visitor, proof))) => {
            request.extensions_mut().insert(visitor);
            request.extensions_mut().insert(proof);
        }
        Ok(None) => {}
        Err(problem) => return Answer(problem).into_response(),
    }
    next.run(request).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer "))
}

async fn by_session(app: &App, token: &str) -> Result<Option<(Visitor, Proof)>, Problem> {
    let now = clock::now();
    let hash = password::token_hash(token);
    let Some((session, user)) = sessions::find(&app.store, &hash, now).await.map_err(failure::store)? else {
        return Ok(None);
    };
    if now - session.last_seen_at > TOUCH_EVERY {
        let expires = now + i64::from(app.config.session_hours) * 3_600 * SECOND;
        sessions::touch(&app.store, &hash, now, expires).await.map_err(failure::store)?;
    }
    Ok(Some((visitor(user), Proof::Session(hash))))
}

async fn by_key(app: &App, key: &str) -> Result<(Visitor, Proof), Problem> {
    let unknown = || {
        Problem::new(
            ProblemCode::Unauthenticated,
            "the API key is unknown, expired or revoked; make a new one on the account page",
        )
    };
    let prefix = key.strip_prefix(KEY_MARK).and_then(|rest| rest.split_once('_')).map(|(prefix, _)| prefix);
    let prefix = prefix.ok_or_else(unknown)?;
    let now = clock::now();
    let found = keys::find(&app.store, prefix, now).await.map_err(failure::store)?.ok_or_else(unknown)?;
    let equal: bool = found.key_hash.ct_eq(&password::token_hash(key)).into();
    if !equal {
        return Err(unknown());
    }
    let user = users::get(&app.store, &found.owner).await.map_err(failure::store)?;
    if user.disabled {
        return Err(unknown());
    }
    if found.last_used_at.is_none_or(|used| now - used > TOUCH_EVERY) {
        keys::touch(&app.store, &found.id, now).await.map_err(failure::store)?;
    }
    Ok((visitor(user), Proof::Key(found.scopes)))
}

fn visitor(user: users::User) -> Visitor {
    Visitor {
        user: user.id,
        name: user.display_name,
        login: user.login,
        role: user.role,
        must_change_password: user.must_change_password,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "xaisle_session=no; aisle_session=yes; theme=dark".parse().unwrap());
        assert_eq!(cookie(&headers, COOKIE), Some("yes"));
        assert_eq!(cookie(&headers, "theme"), Some("dark"));
        assert_eq!(cookie(&headers, "aisle"), None);
    }
}
