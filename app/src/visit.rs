//! Who visits and how they like it: known to the server by the request, handed to the islands that need it.

use crate::access::{Access, PAGES};
use crate::ports::Visitor;
use serde::{Deserialize, Serialize};

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The word in the cookie, the form and `data-theme`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word; anything else is [`Theme::Auto`].
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == word).unwrap_or_default()
    }
}

/// The visit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Visit {
    /// Who; `None`: nobody signed in.
    pub visitor: Option<Visitor>,
    /// Theme by cookie.
    pub theme: Theme,
}

impl Visit {
    /// Whether the visitor may open the page of this path pattern.
    pub fn opens(&self, pattern: &str) -> bool {
        let role = self.visitor.as_ref().map(|visitor| visitor.role);
        let must_change = self.visitor.as_ref().is_some_and(|visitor| visitor.must_change_password);
        let access = PAGES.iter().find(|(listed, _)| *listed == pattern).map(|(_, access)| *access);
        match access {
            Some(Access::Needs(_)) if must_change => false,
            Some(access) => access.admits(role),
            None => false,
        }
    }
}

/// The visit of the request.
#[cfg(feature = "ssr")]
pub fn visit() -> Visit {
    Visit { visitor: crate::access::visitor(), theme: theme_of_request() }
}

/// Whether the visitor has the permission: for showing or leaving out a control. The server function asks again.
#[cfg(feature = "ssr")]
pub fn may(permission: aisle_domain::Permission) -> bool {
    crate::access::visitor().is_some_and(|visitor| visitor.may(permission))
}

/// The theme by the request's cookie.
#[cfg(feature = "ssr")]
pub fn theme_of_request() -> Theme {
    cookie("theme").map(|word| Theme::parse(&word)).unwrap_or_default()
}

/// A cookie of the request by its name.
#[cfg(feature = "ssr")]
pub fn cookie(name: &str) -> Option<String> {
    let parts = leptos::prelude::use_context::<axum::http::request::Parts>()?;
    parts
        .headers
        .get_all(axum::http::header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aisle_domain::{Role, UserId};

    fn visit_of(role: Role, must_change_password: bool) -> Visit {
        let user = UserId::new("u").unwrap();
        let visitor = Visitor { user, name: "N".to_owned(), login: "n".to_owned(), role, must_change_password };
        Visit { visitor: Some(visitor), theme: Theme::Auto }
    }

    #[test]
    fn pages_open_by_role_and_only_the_account_before_the_first_password_is_changed() {
        assert!(visit_of(Role::Viewer, false).opens("/"));
        assert!(!visit_of(Role::Viewer, false).opens("/users"));
        assert!(visit_of(Role::Administrator, false).opens("/users"));
        assert!(!visit_of(Role::Administrator, true).opens("/users"));
        assert!(visit_of(Role::Administrator, true).opens("/account"));
        assert!(!Visit::default().opens("/"));
        assert!(!visit_of(Role::Administrator, false).opens("/no-such-page"));
    }

    #[test]
    fn an_unknown_theme_is_auto() {
        assert!(Theme::ALL.into_iter().all(|theme| Theme::parse(theme.name()) == theme));
        assert_eq!(Theme::parse("neon"), Theme::Auto);
    }
}
