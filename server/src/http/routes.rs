//! The one table of who may call which route. The guard reads it; a test walks it for every role.

use crate::api;
use aisle_app::access::{self, Access};
use aisle_domain::Permission;
use axum::http::Method;

/// Routes that the server itself answers: method, pattern, what it asks. Pages and server functions are in
/// [`aisle_app::access`], the REST API in [`crate::api::ROUTES`].
pub(crate) const OWN: &[(Method, &str, Access)] = &[
    (Method::POST, "/sign-in", Access::Public),
    (Method::POST, "/sign-out", Access::Public),
    (Method::POST, "/preferences", Access::Public),
    (Method::POST, "/data/upload", Access::Needs(Permission::ImportData)),
    (Method::POST, "/calendar/upload", Access::Needs(Permission::ImportData)),
    (Method::GET, "/series.csv", Access::Needs(Permission::Export)),
    (Method::GET, "/impact.csv", Access::Needs(Permission::Export)),
    (Method::GET, "/artefacts/view", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/artefacts/live", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/reports/weekly", Access::Needs(Permission::ViewSales)),
    (Method::GET, "/reports/shared", Access::Public),
    (Method::GET, "/api", Access::SignedIn),
    (Method::GET, "/healthz", Access::Public),
    (Method::GET, "/readyz", Access::Public),
    (Method::GET, "/metrics", Access::Public),
];

/// What the route that matched asks; `None`: not in any table.
pub(crate) fn access(method: &Method, pattern: &str, path: &str) -> Option<Access> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    if let Some(name) = path.strip_prefix("/fn/") {
        return access::of_function(name);
    }
    let own = OWN.iter().chain(api::ROUTES).find(|(m, listed, _)| m == method && *listed == pattern);
    if let Some((_, _, access)) = own {
        return Some(*access);
    }
    // A method that the path does not offer is answered by the router (405) to whoever may use the path.
    let other = OWN.iter().chain(api::ROUTES).find(|(_, listed, _)| *listed == pattern);
    let page = access::PAGES.iter().find(|(page, _)| as_pattern(page) == pattern).map(|(_, access)| *access);
    page.or(other.map(|(_, _, access)| *access))
}

/// The path of a page as the router writes it: `/series/{location}/{item}`.
pub(crate) fn as_pattern(page: &str) -> String {
    let part = |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    page.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// What programs with a key may reach; the rest is for people with a session.
pub(crate) fn open_to_keys(path: &str) -> bool {
    let own = OWN.iter().any(|(method, listed, _)| *method == Method::GET && *listed == path);
    own || path.starts_with("/api/")
}

/// What somebody with a first password may still reach.
pub(crate) fn open_before_password_change(path: &str) -> bool {
    matches!(path, "/account" | "/fn/change_password" | "/sign-out" | "/preferences" | "/help")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_written_as_the_router_writes_them() {
        assert_eq!(as_pattern("/series/:location/:item"), "/series/{location}/{item}");
        assert_eq!(as_pattern("/"), "/");
        assert_eq!(
            access(&Method::GET, "/data/imports/{id}", "/data/imports/1"),
            Some(Access::Needs(Permission::ViewData))
        );
        assert_eq!(
            access(&Method::POST, "/fn/{*fn_name}", "/fn/create_user"),
            Some(Access::Needs(Permission::ManageUsers))
        );
        assert_eq!(access(&Method::POST, "/fn/{*fn_name}", "/fn/unheard_of"), None);
        assert_eq!(access(&Method::GET, "/unheard-of", "/unheard-of"), None);
    }
}
