//! Sign-in: a plain form to the server's own route, which starts the session and leads on.

use crate::ui::{Button, Field};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The sign-in page. `?error=` names why the last attempt failed, `?next=` where to go on to.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let error = query.get("error").map(|code| view! { <p class="message bad" role="alert">{sentence(&code)}</p> });
    let next = query.get("next").filter(|next| leads_within(next)).unwrap_or_else(|| "/".to_owned());
    view! {
        <Title text="Sign in"/>
        <div class="sign-in">
            <h1 id="page-title" tabindex="-1">"Sign in to Aisle"</h1>
            {error}
            <form method="post" action="/sign-in">
                <input type="hidden" name="next" value=next/>
                <Field label="User name" name="login" required=true autocomplete="username"/>
                <Field label="Password" name="password" kind="password" required=true autocomplete="current-password"/>
                <Button text="Sign in" class="primary wide"/>
            </form>
            <p class="hint">"Forgotten? An administrator can give you a new first password."</p>
        </div>
    }
    .into_any()
}

/// What to say for a code; texts from the address are never shown.
fn sentence(code: &str) -> &'static str {
    match code {
        "wrong" => "User name or password is not right.",
        "locked" => "Too many attempts. Wait some minutes and try again.",
        _ => "That did not work. Try again.",
    }
}

/// Whether the address is a path of this site.
fn leads_within(next: &str) -> bool {
    next.starts_with('/') && !next.starts_with("//") && !next.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        assert!(leads_within("/series?q=milk"));
        assert!(
            ["//evil.example", "https://evil.example", "/\\evil.example", ""].iter().all(|next| !leads_within(next))
        );
    }
}
