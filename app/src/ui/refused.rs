//! What was typed into a form that was refused, so that the page that it comes back to shows it again.
//!
//! The server's layer around the functions puts the fields into a cookie of a minute that scripts cannot read, but
//! not those of a form that takes passwords; the page that tells the problem fills them in and takes the cookie back.

use crate::ports::query_string::pairs;
use crate::visit::cookie;
use axum::http::{HeaderValue, header};
use leptos::prelude::*;
use std::sync::Arc;

/// The cookie: the function's path and the fields, as an address.
pub const COOKIE: &str = "refused";

/// The form that was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RefusedForm {
    function: String,
    fields: Vec<(String, String)>,
}

/// The form that the fields being rendered stand in was refused, if this says so.
#[derive(Clone)]
pub(super) struct InForm(Option<Arc<RefusedForm>>);

impl RefusedForm {
    fn read(text: &str) -> Option<Self> {
        let (function, query) = text.split_once('?')?;
        Some(Self { function: function.to_owned(), fields: pairs(query).collect() })
    }

    /// Whether this is the form of a function, among alike ones that whose hidden fields hold this.
    fn is(&self, function: &str, alike: &Option<(&'static str, String)>) -> bool {
        let same = |(name, value): &(&'static str, String)| {
            self.fields.iter().any(|(sent, typed)| sent == name && typed == value)
        };
        self.function == function && alike.as_ref().is_none_or(same)
    }

    fn value(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.clone())
    }
}

/// Makes what the last form held known to this page's forms, where the page tells that it was refused.
pub(crate) fn provide(search: &str) {
    let Some(text) = cookie(COOKIE).filter(|text| !text.is_empty()) else { return };
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        let gone = HeaderValue::from_static("refused=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
        response.append_header(header::SET_COOKIE, gone);
    }
    let told = crate::ports::query_string::value(search, "__err").is_some();
    if let Some(form) = RefusedForm::read(&text).filter(|_| told) {
        provide_context(Arc::new(form));
    }
}

/// For a form of a function: what it held, if it is the one that was refused.
pub(super) fn in_form(function: &str, alike: &Option<(&'static str, String)>) -> InForm {
    InForm(use_context::<Arc<RefusedForm>>().filter(|form| form.is(function, alike)))
}

fn form() -> Option<Arc<RefusedForm>> {
    use_context::<InForm>().and_then(|form| form.0)
}

/// What was typed into a field, or else what it holds at first.
pub(super) fn typed(name: &str, first: String) -> String {
    form().and_then(|form| form.value(name)).unwrap_or(first)
}

/// Whether a box was ticked, or else whether it is at first. A box that is not ticked is not sent.
pub(super) fn ticked(name: &str, value: &str, first: bool) -> bool {
    form().map_or(first, |form| form.fields.iter().any(|(sent, typed)| sent == name && typed == value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_is_known_by_its_function_and_its_hidden_field() {
        let form = RefusedForm::read("/fn/change_user?user=7&name=Ann%20B&name=twice").unwrap();
        assert!(form.is("/fn/change_user", &None));
        assert!(form.is("/fn/change_user", &Some(("user", "7".to_owned()))));
        assert!(!form.is("/fn/change_user", &Some(("user", "8".to_owned()))));
        assert!(!form.is("/fn/create_user", &None));
        assert_eq!(form.value("name").as_deref(), Some("Ann B"));
        assert_eq!(form.value("role"), None);
        assert_eq!(RefusedForm::read("nothing"), None);
    }
}
