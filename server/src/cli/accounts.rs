//! `aisle user`: for the machine's own administrator, who needs no password.

use super::{CliError, Output, open};
use crate::clock;
use crate::config::Config;
use crate::desks::accounts::hashed;
use crate::password;
use aisle_app::ports::{Accounts, NewUser};
use aisle_domain::Role;
use aisle_store::{sessions, users};
use clap::Subcommand;
use serde_json::json;
use std::process::ExitCode;

/// `aisle user …`
#[derive(Subcommand)]
pub(super) enum User {
    /// Add a user; prints a first password, to be changed at sign-in
    Add {
        /// Name to sign in with
        login: String,
        /// administrator, manager, planner, warehouse, analyst or viewer
        #[arg(long, default_value = "viewer")]
        role: String,
        /// Name as shown [default: the sign-in name]
        #[arg(long)]
        name: Option<String>,
    },
    /// List users
    List,
    /// Give a user a new first password and end their sessions
    Reset {
        /// Name to sign in with
        login: String,
    },
}

pub(super) async fn user(config: Config, command: User, output: Output) -> Result<ExitCode, CliError> {
    let app = open(config).await?;
    match command {
        User::Add { login, role, name } => {
            let parsed = Role::parse(&role).ok_or_else(|| {
                let known: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
                CliError::Usage(format!("{role:?} is not a role; expected one of {}", known.join(", ")))
            })?;
            let new = NewUser { name: name.unwrap_or_else(|| login.clone()), login, role: parsed };
            let (user, first) = app.add_user("cli", new, None).await?;
            let document = json!({ "login": user.login, "role": user.role, "password": first });
            output.result(&document, &format!("user {} ({}) with the first password {first}", user.login, user.role));
        }
        User::List => {
            let all = app.users().await?;
            let line = |user: &aisle_app::ports::UserView| {
                let state = if user.disabled { "disabled" } else { "" };
                format!("{:30} {:14} {:30} {state}", user.login, user.role.name(), user.name).trim_end().to_owned()
            };
            output.result(&all, &all.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
        User::Reset { login } => {
            let found = users::by_login(&app.store, &login).await?;
            let user =
                found.ok_or_else(|| CliError::Failed(format!("there is no user {login:?}; see `aisle user list`")))?;
            let first = password::readable();
            let hash = hashed(first.clone()).await?;
            users::set_password(&app.store, &user.id, &hash, true, clock::now()).await?;
            sessions::delete_of_user(&app.store, &user.id, None).await?;
            app.note("cli", "user.reset_password", &user.login, json!({})).await?;
            output.result(
                &json!({ "login": user.login, "password": first }),
                &format!("new first password of {}: {first}", user.login),
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
