//! Who may see which page and call which server function: one table, walked by a test for every role.

use aisle_domain::{Permission, Role};

#[cfg(feature = "ssr")]
use crate::{failure::Failure, ports::Visitor};
#[cfg(feature = "ssr")]
use aisle_domain::{Problem, ProblemCode};
#[cfg(feature = "ssr")]
use leptos::prelude::use_context;

/// What a page or server function asks of its visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// Whoever has the permission.
    Needs(Permission),
}

impl Access {
    /// Whether somebody of this role (`None`: nobody signed in) is let in.
    pub fn admits(self, role: Option<Role>) -> bool {
        match (self, role) {
            (Self::Public, _) => true,
            (_, None) => false,
            (Self::SignedIn, Some(_)) => true,
            (Self::Needs(permission), Some(role)) => role.may(permission),
        }
    }
}

/// Every page: its path pattern and what it asks.
pub const PAGES: &[(&str, Access)] = &[
    ("/", Access::Needs(Permission::ViewSales)),
    ("/series", Access::Needs(Permission::ViewSales)),
    ("/series/:location/:item", Access::Needs(Permission::ViewSales)),
    ("/data", Access::Needs(Permission::ViewData)),
    ("/data/imports/:id", Access::Needs(Permission::ViewData)),
    ("/data/dead-letters", Access::Needs(Permission::ViewData)),
    ("/data/tables", Access::Needs(Permission::ViewData)),
    ("/data/tables/:name", Access::Needs(Permission::ViewData)),
    ("/levels", Access::Needs(Permission::ViewSales)),
    ("/overrides", Access::Needs(Permission::ViewSales)),
    ("/accuracy", Access::Needs(Permission::ViewSales)),
    ("/calendar", Access::Needs(Permission::ViewSales)),
    ("/calendar/files/:id", Access::Needs(Permission::ViewSales)),
    ("/impact", Access::Needs(Permission::ViewSales)),
    ("/impact/:event", Access::Needs(Permission::ViewSales)),
    ("/jobs", Access::Needs(Permission::ViewJobs)),
    ("/jobs/:id", Access::Needs(Permission::ViewJobs)),
    ("/users", Access::Needs(Permission::ManageUsers)),
    ("/settings", Access::Needs(Permission::ManageSettings)),
    ("/audit", Access::Needs(Permission::ViewAudit)),
    ("/account", Access::SignedIn),
    ("/help", Access::SignedIn),
    ("/sign-in", Access::Public),
];

/// Every server function: its name and what it asks. A function that is not listed is refused.
pub const FUNCTIONS: &[(&str, Access)] = &[
    ("share_report", Access::Needs(Permission::ShareReports)),
    ("series_window", Access::Needs(Permission::ViewSales)),
    ("verify_series", Access::Needs(Permission::ViewSales)),
    ("search", Access::Needs(Permission::ViewSales)),
    ("import_progress", Access::Needs(Permission::ViewData)),
    ("start_import", Access::Needs(Permission::ImportData)),
    ("discard_import", Access::Needs(Permission::ImportData)),
    ("replay_dead_letter", Access::Needs(Permission::ImportData)),
    ("dismiss_dead_letter", Access::Needs(Permission::ImportData)),
    ("job_progress", Access::Needs(Permission::ViewJobs)),
    ("change_monitoring", Access::Needs(Permission::ManageSettings)),
    ("roll_back_model", Access::Needs(Permission::RunJobs)),
    ("make_override", Access::Needs(Permission::OverrideForecasts)),
    ("withdraw_override", Access::Needs(Permission::OverrideForecasts)),
    ("promote_model", Access::Needs(Permission::RunJobs)),
    ("start_backtest", Access::Needs(Permission::RunJobs)),
    ("start_job", Access::Needs(Permission::RunJobs)),
    ("cancel_job", Access::Needs(Permission::RunJobs)),
    ("retry_job", Access::Needs(Permission::RunJobs)),
    ("enter_event", Access::Needs(Permission::ImportData)),
    ("change_event", Access::Needs(Permission::ImportData)),
    ("remove_event", Access::Needs(Permission::ImportData)),
    ("use_calendar_file", Access::Needs(Permission::ImportData)),
    ("forget_calendar_file", Access::Needs(Permission::ImportData)),
    ("choose_countries", Access::Needs(Permission::ManageSettings)),
    ("create_user", Access::Needs(Permission::ManageUsers)),
    ("change_user", Access::Needs(Permission::ManageUsers)),
    ("reset_password", Access::Needs(Permission::ManageUsers)),
    ("change_settings", Access::Needs(Permission::ManageSettings)),
    ("change_password", Access::SignedIn),
    ("end_session", Access::SignedIn),
    ("create_key", Access::Needs(Permission::UseApi)),
    ("revoke_key", Access::Needs(Permission::UseApi)),
];

/// What a server function asks; `None` where it is not in the table.
pub fn of_function(name: &str) -> Option<Access> {
    FUNCTIONS.iter().find(|(listed, _)| *listed == name).map(|(_, access)| *access)
}

/// Who is asking, on the server: put into the request's extensions by the session layer.
#[cfg(feature = "ssr")]
pub fn visitor() -> Option<Visitor> {
    use_context::<axum::http::request::Parts>()?.extensions.get::<Visitor>().cloned()
}

/// Lets the visitor into the server function of this name, or says why not. The first line of every server function.
///
/// # Errors
/// [`ProblemCode::Unauthenticated`] where nobody is signed in, [`ProblemCode::Forbidden`] where the role does not allow
/// it, the password must be changed first, or the function is not in [`FUNCTIONS`].
#[cfg(feature = "ssr")]
pub fn enter(function: &str) -> Result<Visitor, Failure> {
    let refuse = |code: ProblemCode, detail: &str| failed(Problem::new(code, detail));
    let Some(visitor) = visitor() else {
        return Err(refuse(ProblemCode::Unauthenticated, "your session has ended; sign in again"));
    };
    let admitted = of_function(function).is_some_and(|access| access.admits(Some(visitor.role)));
    if !admitted {
        return Err(refuse(ProblemCode::Forbidden, "your role does not allow this; ask an administrator"));
    }
    if visitor.must_change_password && function != "change_password" {
        return Err(refuse(ProblemCode::Forbidden, "change your first password before anything else"));
    }
    Ok(visitor)
}

/// Who reads a page. The guard let them in by [`PAGES`] already; a part of a page that asks for more says so here.
///
/// # Errors
/// As [`enter`].
#[cfg(feature = "ssr")]
pub fn reader(permission: Permission) -> Result<Visitor, Failure> {
    let refuse = |code: ProblemCode, detail: &str| failed(Problem::new(code, detail));
    match visitor() {
        None => Err(refuse(ProblemCode::Unauthenticated, "your session has ended; sign in again")),
        Some(visitor) if visitor.may(permission) => Ok(visitor),
        Some(_) => Err(refuse(ProblemCode::Forbidden, "your role does not allow this; ask an administrator")),
    }
}

/// Sets the response's status by the problem and hands it on: `.map_err(failed)`.
///
/// Not where a form was posted: its browser is led back to the page that the form stands on, which tells the problem.
#[cfg(feature = "ssr")]
pub fn failed(problem: Problem) -> Failure {
    if let (Some(response), Ok(status), false) = (
        use_context::<leptos_axum::ResponseOptions>(),
        axum::http::StatusCode::from_u16(problem.code.status()),
        is_form(),
    ) {
        response.set_status(status);
    }
    Failure(problem)
}

/// Whether the request is a form that a browser posted to a server function.
#[cfg(feature = "ssr")]
fn is_form() -> bool {
    use_context::<axum::http::request::Parts>().is_some_and(|parts| {
        let accepts = parts.headers.get(axum::http::header::ACCEPT).and_then(|value| value.to_str().ok());
        parts.method == axum::http::Method::POST && accepts.is_some_and(|accepts| accepts.contains("text/html"))
    })
}

/// A port from context.
///
/// # Errors
/// [`ProblemCode::Unavailable`] where the server did not provide it.
#[cfg(feature = "ssr")]
pub fn port<T: ?Sized + Send + Sync + 'static>() -> Result<std::sync::Arc<T>, Failure> {
    use_context::<std::sync::Arc<T>>().ok_or_else(|| {
        failed(Problem::new(ProblemCode::Unavailable, "this part is not running; try again in a moment"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_let_in_but_to_public_pages() {
        for (path, access) in PAGES {
            assert_eq!(access.admits(None), *access == Access::Public, "{path}");
        }
        assert!(FUNCTIONS.iter().all(|(_, access)| !access.admits(None)));
        assert_eq!(of_function("no such function"), None);
    }
}
