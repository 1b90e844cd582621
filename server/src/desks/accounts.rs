//! Users, sessions, keys, settings, audit.

use crate::clock::{self, DAY};
use crate::failure;
use crate::password;
use crate::shop;
use crate::state::Aisle;
use aisle_app::ports::accounts::AuditView;
use aisle_app::ports::{
    Accounts, Answer, KeyView, NewKey, NewUser, Page, SessionView, SettingsView, UserView, Visitor,
};
use aisle_domain::job::JobKind;
use aisle_domain::{Currency, Permission, PlanningPeriod, Problem, ProblemCode, Role, UserId};
use aisle_store::{audit, keys, sessions, users};
use serde_json::json;

const PAGE: u32 = 100;

impl Aisle {
    /// Writes an entry of the audit log.
    pub(crate) async fn note(&self, actor: &str, action: &str, subject: &str, detail: serde_json::Value) -> Answer<()> {
        audit::append(&self.store, actor, action, subject, &detail, clock::now()).await.map_err(failure::store)
    }

    /// Creates a user with a first password made here.
    pub(crate) async fn add_user(
        &self,
        actor: &str,
        new: NewUser,
        password: Option<String>,
    ) -> Answer<(users::User, String)> {
        let login = new.login.trim().to_lowercase();
        let fits = |c: char| c.is_alphanumeric() || "._-@+".contains(c);
        if login.is_empty() || login.chars().count() > 100 || !login.chars().all(fits) {
            let detail = "the sign-in name takes 1 to 100 letters, digits and . _ - @ +; an e-mail address will do";
            return Err(failure::invalid("login", detail));
        }
        let name = plain_name(&new.name, "name")?;
        let must_change = password.is_none();
        let first = password.unwrap_or_else(password::readable);
        let hash = hashed(first.clone()).await?;
        let made = users::NewUser {
            login,
            display_name: name,
            role: new.role,
            password_hash: hash,
            must_change_password: must_change,
        };
        let user = users::create(&self.store, made, clock::now()).await.map_err(failure::store)?;
        self.note(actor, "user.create", &user.login, json!({ "role": user.role })).await?;
        Ok((user, first))
    }
}

/// Hashes on a blocking thread.
pub(crate) async fn hashed(password: String) -> Answer<String> {
    let made = tokio::task::spawn_blocking(move || password::hash(&password)).await;
    made.map_err(|error| failure::internal(&error))?.map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        Problem::new(ProblemCode::Internal, "the password could not be kept; try again")
    })
}

fn plain_name(name: &str, field: &str) -> Answer<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(failure::invalid(field, "the name takes 1 to 200 characters"));
    }
    Ok(name.to_owned())
}

fn key_view(key: keys::ApiKey) -> KeyView {
    KeyView {
        prefix: key.prefix,
        name: key.name,
        scopes: key.scopes,
        created_at: key.created_at,
        last_used_at: key.last_used_at,
        expires_at: key.expires_at,
        revoked: key.revoked_at.is_some(),
    }
}

/// Names a session without giving away what opens it.
fn session_id(session: &sessions::Session) -> String {
    hex::encode(session.token_hash.get(..8).unwrap_or_default())
}

#[async_trait::async_trait]
impl Accounts for Aisle {
    async fn users(&self) -> Answer<Vec<UserView>> {
        let (mut views, mut after): (Vec<UserView>, Option<String>) = (Vec::new(), None);
        loop {
            let page = users::list(&self.store, after.as_deref(), 500).await.map_err(failure::store)?;
            let Some(last) = page.last() else { return Ok(views) };
            after = Some(last.login.clone());
            for user in page {
                let seen = sessions::of_user(&self.store, &user.id, clock::now()).await.map_err(failure::store)?;
                views.push(UserView {
                    last_seen_at: seen.iter().map(|session| session.last_seen_at).max(),
                    id: user.id,
                    login: user.login,
                    name: user.display_name,
                    role: user.role,
                    disabled: user.disabled,
                    created_at: user.created_at,
                });
            }
        }
    }

    async fn create_user(&self, by: &Visitor, new: NewUser) -> Answer<(UserView, String)> {
        let (user, first) = self.add_user(&by.login, new, None).await?;
        let view = UserView {
            id: user.id,
            login: user.login,
            name: user.display_name,
            role: user.role,
            disabled: user.disabled,
            created_at: user.created_at,
            last_seen_at: None,
        };
        Ok((view, first))
    }

    async fn change_user(&self, by: &Visitor, user: &UserId, name: String, role: Role, disabled: bool) -> Answer<()> {
        let name = plain_name(&name, "name")?;
        let now = clock::now();
        let changed = users::update(&self.store, user, &name, role, disabled, now).await.map_err(failure::store)?;
        if disabled {
            sessions::delete_of_user(&self.store, user, None).await.map_err(failure::store)?;
        }
        self.note(&by.login, "user.change", &changed.login, json!({ "role": role, "disabled": disabled })).await
    }

    async fn reset_password(&self, by: &Visitor, user: &UserId) -> Answer<String> {
        let found = users::get(&self.store, user).await.map_err(failure::store)?;
        let first = password::readable();
        let hash = hashed(first.clone()).await?;
        users::set_password(&self.store, user, &hash, true, clock::now()).await.map_err(failure::store)?;
        sessions::delete_of_user(&self.store, user, None).await.map_err(failure::store)?;
        self.note(&by.login, "user.reset_password", &found.login, json!({})).await?;
        Ok(first)
    }

    async fn change_password(&self, by: &Visitor, old: &str, new: &str) -> Answer<()> {
        password::check(new).map_err(|detail| failure::invalid("new", detail))?;
        let user = users::get(&self.store, &by.user).await.map_err(failure::store)?;
        let (given, kept, next) = (old.to_owned(), user.password_hash, new.to_owned());
        let checked =
            tokio::task::spawn_blocking(move || (password::verify(&given, &kept), password::verify(&next, &kept)));
        let (right, same) = checked.await.map_err(|error| failure::internal(&error))?;
        if !right {
            return Err(failure::invalid("old", "the present password is not right"));
        }
        if same {
            return Err(failure::invalid("new", "the new password is the present one; choose another"));
        }
        let hash = hashed(new.to_owned()).await?;
        users::set_password(&self.store, &by.user, &hash, false, clock::now()).await.map_err(failure::store)?;
        let asking = current_session();
        sessions::delete_of_user(&self.store, &by.user, asking.as_deref()).await.map_err(failure::store)?;
        self.note(&by.login, "user.change_password", &by.login, json!({})).await
    }

    async fn sessions(&self, by: &Visitor) -> Answer<Vec<SessionView>> {
        let asking = current_session();
        let found = sessions::of_user(&self.store, &by.user, clock::now()).await.map_err(failure::store)?;
        let view = |session: sessions::Session| SessionView {
            id: session_id(&session),
            current: asking.as_ref() == Some(&session.token_hash),
            agent: session.user_agent,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
        };
        Ok(found.into_iter().map(view).collect())
    }

    async fn end_session(&self, by: &Visitor, id: &str) -> Answer<()> {
        let found = sessions::of_user(&self.store, &by.user, clock::now()).await.map_err(failure::store)?;
        let session = found.iter().find(|session| session_id(session) == id);
        let session = session.ok_or_else(|| failure::not_found("session", id))?;
        sessions::delete(&self.store, &session.token_hash).await.map_err(failure::store)?;
        self.note(&by.login, "session.end", id, json!({})).await
    }

    async fn keys(&self, by: &Visitor) -> Answer<Vec<KeyView>> {
        let found = keys::list(&self.store, Some(&by.user), None, 500).await.map_err(failure::store)?;
        Ok(found.into_iter().map(key_view).collect())
    }

    async fn create_key(&self, by: &Visitor, name: &str, scopes: Vec<Permission>, days: Option<u32>) -> Answer<NewKey> {
        let name = plain_name(name, "name")?;
        if scopes.is_empty() {
            return Err(failure::invalid("scopes", "choose at least one thing that the key may do"));
        }
        if let Some(scope) = scopes.iter().find(|scope| !by.may(**scope)) {
            return Err(failure::invalid("scopes", format!("your role does not include {}", scope.name())));
        }
        if days.is_some_and(|days| days == 0 || days > 3_650) {
            return Err(failure::invalid("days", "a key lives 1 to 3,650 days, or for ever where this is left empty"));
        }
        let now = clock::now();
        let prefix = hex::encode(password::random::<6>());
        let secret = format!("{}{prefix}_{}", super::super::http::session::KEY_MARK, password::token());
        let new = keys::NewApiKey {
            key_hash: password::token_hash(&secret),
            owner: by.user.clone(),
            expires_at: days.map(|days| now + i64::from(days) * DAY),
            prefix,
            name,
            scopes,
        };
        let key = keys::create(&self.store, new, now).await.map_err(failure::store)?;
        self.note(&by.login, "key.create", &key.prefix, json!({ "name": key.name, "scopes": key.scopes })).await?;
        Ok(NewKey { secret, view: key_view(key) })
    }

    async fn revoke_key(&self, by: &Visitor, prefix: &str) -> Answer<()> {
        let found = keys::list(&self.store, Some(&by.user), None, 500).await.map_err(failure::store)?;
        let key = found.iter().find(|key| key.prefix == prefix).ok_or_else(|| failure::not_found("key", prefix))?;
        keys::revoke(&self.store, &key.id, Some(&by.user), clock::now()).await.map_err(failure::store)?;
        self.note(&by.login, "key.revoke", prefix, json!({})).await
    }

    async fn audit(&self, after: Option<String>) -> Answer<Page<AuditView>> {
        let before =
            after.map(|text| text.parse::<i64>().map_err(|_| failure::invalid("after", "not a cursor of this list")));
        let entries = audit::list(&self.store, before.transpose()?, PAGE).await.map_err(failure::store)?;
        let next = entries.last().filter(|_| entries.len() == PAGE as usize).map(|entry| entry.id.to_string());
        let words = |detail: &serde_json::Value| {
            let pairs = detail.as_object().into_iter().flatten();
            pairs
                .map(|(name, value)| {
                    format!("{name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                })
                .collect::<Vec<_>>()
                .join(", ")
        };
        let rows = entries.into_iter().map(|entry| AuditView {
            at: entry.at,
            detail: words(&entry.detail),
            actor: entry.actor,
            action: entry.action,
            subject: entry.subject,
        });
        Ok(Page { rows: rows.collect(), next })
    }

    async fn settings(&self) -> Answer<SettingsView> {
        let kept = shop::settings(&self.store).await.map_err(failure::store)?;
        Ok(SettingsView {
            shop_name: kept.name,
            currency: kept.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
            planning: kept.planning,
            horizon: kept.horizon,
            train_after_import: kept.train_after_import,
            configuration: self.config.shown(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    async fn change_settings(
        &self,
        by: &Visitor,
        shop_name: String,
        currency: String,
        planning: PlanningPeriod,
        horizon: &str,
        train_after_import: bool,
    ) -> Answer<()> {
        let name = plain_name(&shop_name, "shop_name")?;
        let currency = match currency.trim() {
            "" => None,
            code => Some(Currency::new(code).map_err(|error| failure::invalid("currency", error.to_string()))?),
        };
        let horizon = match horizon.trim() {
            "" => None,
            text => Some(text.parse().ok().filter(|periods| (1..=366).contains(periods)).ok_or_else(|| {
                failure::invalid("horizon", "the horizon takes 1 to 366 periods; leave it empty for what is usual")
            })?),
        };
        let mut kept = shop::settings(&self.store).await.map_err(failure::store)?;
        let replanned = kept.planning != planning;
        kept = shop::ShopSettings { name, currency, planning, horizon, train_after_import, ..kept };
        shop::keep(&self.store, &kept, clock::now()).await.map_err(failure::store)?;
        self.board.forget_freshness();
        if replanned && self.lake.span().await.map_err(failure::lake)?.is_some() {
            // The models there are forecast other periods.
            let reason = json!({ "cause": "person", "reason": "The shop is planned in other periods." });
            self.enqueue(&by.login, JobKind::Train, reason, Some(JobKind::Train.name())).await?;
        }
        self.note(&by.login, "settings.change", "shop", serde_json::to_value(&kept).unwrap_or_default()).await
    }
}

/// Hash of the token of the session that asks, where one does.
fn current_session() -> Option<Vec<u8>> {
    let parts = leptos::prelude::use_context::<axum::http::request::Parts>()?;
    match parts.extensions.get::<crate::http::session::Proof>() {
        Some(crate::http::session::Proof::Session(hash)) => Some(hash.clone()),
        _ => None,
    }
}
