//! Users, sessions, keys, settings, audit.

use super::{Answer, Page};
use aisle_domain::{Permission, PlanningPeriod, Role, UserId};
use serde::{Deserialize, Serialize};

/// Who asks. Put into context by the server for every request; `None` of it where nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The user.
    pub user: UserId,
    /// Name as shown.
    pub name: String,
    /// Name used to sign in.
    pub login: String,
    /// Their role.
    pub role: Role,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
}

impl Visitor {
    /// Whether the visitor's role grants the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }
}

/// A user, as administrators see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Identifier.
    pub id: UserId,
    /// Name used to sign in.
    pub login: String,
    /// Name as shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Whether sign-in is refused.
    pub disabled: bool,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// Last request, in microseconds since 1970 UTC.
    pub last_seen_at: Option<i64>,
}

/// What is needed for a new user. The password is made by the server and shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// Name used to sign in.
    pub login: String,
    /// Name as shown.
    pub name: String,
    /// Role.
    pub role: Role,
}

/// A signed-in session of the visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Identifier (not the token).
    pub id: String,
    /// The browser, as it names itself.
    pub agent: String,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// Microseconds since 1970 UTC.
    pub last_seen_at: i64,
    /// Whether it is the session that asks.
    pub current: bool,
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    /// Its public prefix, which identifies it.
    pub prefix: String,
    /// Its name.
    pub name: String,
    /// What it may do, at most what its owner may.
    pub scopes: Vec<Permission>,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
    /// Microseconds since 1970 UTC.
    pub last_used_at: Option<i64>,
    /// Microseconds since 1970 UTC; never where `None`.
    pub expires_at: Option<i64>,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// A key just made: the only time that its secret is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// The whole key, as sent in `Authorization: Bearer`.
    pub secret: String,
    /// What is kept of it.
    pub view: KeyView,
}

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// Microseconds since 1970 UTC.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What was done: `user.create`, `import.start`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// Further detail, in a few words.
    pub detail: String,
}

/// Settings of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// Name of the shop, shown in headers and reports.
    pub shop_name: String,
    /// Currency assumed for money columns that do not say theirs; empty: ask.
    pub currency: String,
    /// What the shop is planned in.
    pub planning: PlanningPeriod,
    /// Forecast horizon, in periods; `None`: what is usual for them.
    pub horizon: Option<u32>,
    /// Whether an import starts a training when it is done.
    pub train_after_import: bool,
    /// The effective configuration as `key = value` lines, without secrets.
    pub configuration: Vec<(String, String)>,
    /// Version of the program.
    pub version: String,
}

/// Users, keys, settings and the audit log. Methods take the visitor for the audit log; permission was checked by the caller.
#[async_trait::async_trait]
pub trait Accounts: Send + Sync {
    /// Every user.
    async fn users(&self) -> Answer<Vec<UserView>>;
    /// Creates a user; answers with the first password, to be changed at sign-in.
    async fn create_user(&self, by: &Visitor, new: NewUser) -> Answer<(UserView, String)>;
    /// Changes role, name or whether sign-in is refused. The last administrator can be neither disabled nor demoted.
    async fn change_user(&self, by: &Visitor, user: &UserId, name: String, role: Role, disabled: bool) -> Answer<()>;
    /// Gives a new first password and ends the user's sessions.
    async fn reset_password(&self, by: &Visitor, user: &UserId) -> Answer<String>;
    /// Changes one's own password; other sessions end.
    async fn change_password(&self, by: &Visitor, old: &str, new: &str) -> Answer<()>;
    /// One's own sessions.
    async fn sessions(&self, by: &Visitor) -> Answer<Vec<SessionView>>;
    /// Ends one of one's own sessions.
    async fn end_session(&self, by: &Visitor, id: &str) -> Answer<()>;
    /// One's own keys.
    async fn keys(&self, by: &Visitor) -> Answer<Vec<KeyView>>;
    /// Makes a key with at most one's own permissions; `days` to live, for ever where `None`.
    async fn create_key(&self, by: &Visitor, name: &str, scopes: Vec<Permission>, days: Option<u32>) -> Answer<NewKey>;
    /// Revokes one's own key.
    async fn revoke_key(&self, by: &Visitor, prefix: &str) -> Answer<()>;
    /// Audit log, newest first.
    async fn audit(&self, after: Option<String>) -> Answer<Page<AuditView>>;
    /// The settings.
    async fn settings(&self) -> Answer<SettingsView>;
    /// Changes them.
    async fn change_settings(
        &self,
        by: &Visitor,
        shop_name: String,
        currency: String,
        planning: PlanningPeriod,
        horizon: &str,
        train_after_import: bool,
    ) -> Answer<()>;
}
