//! Light, dark, or as the device says.

use crate::ui::icon::{Icon, icon};
use crate::visit::Theme;
use leptos::prelude::*;

/// The switch: a plain form, which the server answers with a cookie; in the browser the theme changes at once.
#[island]
pub(crate) fn ThemeSwitch(
    /// The theme of the page.
    theme: Theme,
    /// Path and query of the page, to come back to.
    here: String,
) -> impl IntoView {
    let current = RwSignal::new(theme);
    let next = move || match current.get() {
        Theme::Auto => Theme::Dark,
        Theme::Dark => Theme::Light,
        Theme::Light => Theme::Auto,
    };
    let spoken = move || {
        let word = |theme: Theme| match theme {
            Theme::Auto => "as the device",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        format!("Theme: {}. Switch to {}", word(current.get()), word(next()))
    };
    view! {
        <form class="theme-switch" method="post" action="/preferences" on:submit=move |event| switch_in_place(&event, current, next())>
            <input type="hidden" name="theme" value=move || next().name()/>
            <input type="hidden" name="next" value=here/>
            <button class="button quiet icon-only" title=spoken>{icon(Icon::Theme)}<span class="spoken">{spoken}</span></button>
        </form>
    }
    .into_any()
}

/// Changes the page and keeps the theme for the next one.
fn switch_in_place(event: &web_sys::SubmitEvent, current: RwSignal<Theme>, next: Theme) {
    let Some(root) = document().document_element() else { return };
    event.prevent_default();
    if root.set_attribute("data-theme", next.name()).is_ok() {
        current.set(next);
        keep_theme(next);
    }
}

/// A cookie of a year, as the server writes it at `/preferences`.
fn keep_theme(theme: Theme) {
    use wasm_bindgen::JsValue;
    let cookie = format!("theme={}; path=/; max-age=31536000; samesite=lax", theme.name());
    // Where cookies are refused the theme lasts until the next page.
    let _ = js_sys::Reflect::set(&document(), &JsValue::from_str("cookie"), &JsValue::from_str(&cookie));
}
