//! Sidebar on wide screens, which opens as a menu on narrow ones; top bar with the search; bottom bar on phones.

use super::search::Search;
use crate::ui::icon::{Icon, icon};
use crate::visit::{Theme, Visit};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// A place to go: pattern in [`crate::access::PAGES`] (or of a page outside of the app, open to whom `as_pattern` is),
/// text, icon.
struct Place {
    href: &'static str,
    as_pattern: &'static str,
    text: &'static str,
    icon: Icon,
    /// Served outside of the app: a full load.
    external: bool,
}

const fn place(href: &'static str, text: &'static str, icon: Icon) -> Place {
    Place { href, as_pattern: href, text, icon, external: false }
}

const GROUPS: [(&str, &[Place]); 3] = [
    (
        "Sales",
        &[
            place("/", "Overview", Icon::Overview),
            place("/series", "Items & locations", Icon::Series),
            Place {
                href: "/reports/weekly",
                as_pattern: "/",
                text: "Weekly report",
                icon: Icon::Report,
                external: true,
            },
        ],
    ),
    ("Data", &[place("/data", "Data", Icon::Data), place("/jobs", "Jobs", Icon::Jobs)]),
    (
        "Administration",
        &[
            place("/users", "Users", Icon::Users),
            place("/settings", "Settings", Icon::Settings),
            place("/audit", "Audit log", Icon::Audit),
        ],
    ),
];

const ABOUT: [Place; 3] = [
    place("/account", "Account", Icon::Account),
    place("/help", "Help", Icon::Help),
    Place { href: "/api", as_pattern: "/help", text: "API", icon: Icon::Api, external: true },
];

const MENU_ID: &str = "menu";

/// Every place that the visitor may go to.
#[component]
pub fn Sidebar(
    /// Who visits.
    visit: Visit,
) -> impl IntoView {
    let path = use_location().pathname;
    // A menu that was opened on a phone shuts when its link was followed.
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            shut_menu();
        }
    });
    let groups = GROUPS
        .iter()
        .filter_map(|(title, places)| {
            let links = links(places, &visit, path);
            let id = format!("nav-{}", title.to_lowercase());
            (!links.is_empty()).then(|| {
                view! {
                    <div class="nav-group">
                        <p class="nav-title" id=id.clone()>{*title}</p>
                        <ul aria-labelledby=id>{links}</ul>
                    </div>
                }
            })
        })
        .collect_view();
    let (name, role) =
        visit.visitor.as_ref().map(|visitor| (visitor.name.clone(), visitor.role.name())).unwrap_or_default();
    view! {
        <aside class="sidebar" id=MENU_ID popover="auto" aria-label="Menu">
            <a class="brand" href="/">{brand_mark()}<span>"Aisle"</span></a>
            <nav aria-label="Main">
                {groups}
                <div class="nav-group"><ul aria-label="About">{links(&ABOUT, &visit, path)}</ul></div>
            </nav>
            <div class="whoami">
                <p><strong>{name}</strong><span class="role">{role}</span></p>
                <form method="post" action="/sign-out">
                    <button class="button quiet icon-only" title="Sign out">
                        {icon(Icon::SignOut)}<span class="spoken">"Sign out"</span>
                    </button>
                </form>
            </div>
        </aside>
    }
    .into_any()
}

/// Search and theme.
#[component]
pub fn Topbar(
    /// Who visits.
    visit: Visit,
) -> impl IntoView {
    let theme = visit.theme;
    view! {
        <header class="topbar">
            <a class="brand" href="/" aria-label="Aisle, to the overview">{brand_mark()}</a>
            <Search visit/>
            <ThemeSwitch theme/>
        </header>
    }
    .into_any()
}

/// The most used places and the menu, on phones.
#[component]
pub fn Bottombar(
    /// Who visits.
    visit: Visit,
) -> impl IntoView {
    const SHORT: [Place; 3] = [
        place("/", "Overview", Icon::Overview),
        place("/series", "Items", Icon::Series),
        place("/data", "Data", Icon::Data),
    ];
    let path = use_location().pathname;
    view! {
        <nav class="bottombar" aria-label="Shortcuts">
            <ul>
                {links(&SHORT, &visit, path)}
                <li><button type="button" popovertarget=MENU_ID>{icon(Icon::Menu)}<span>"Menu"</span></button></li>
            </ul>
        </nav>
    }
    .into_any()
}

/// Light, dark, or as the device says. A plain form: the server keeps it in a cookie.
#[component]
fn ThemeSwitch(theme: Theme) -> impl IntoView {
    let location = use_location();
    let here = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    };
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

/// In the browser the theme changes at once; the form goes to the server behind the page, for the cookie.
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
    // Where cookies are refused the theme lasts until the next full load.
    let _ = js_sys::Reflect::set(&document(), &JsValue::from_str("cookie"), &JsValue::from_str(&cookie));
}

fn links(places: &'static [Place], visit: &Visit, path: Memo<String>) -> Vec<AnyView> {
    places.iter().filter(|place| visit.opens(place.as_pattern)).map(|place| link(place, path)).collect()
}

fn link(place: &'static Place, path: Memo<String>) -> AnyView {
    let current = move || is_current(place.href, &path.get()).then_some("page");
    let rel = place.external.then_some("external");
    view! {
        <li><a href=place.href rel=rel aria-current=current>{icon(place.icon)}<span>{place.text}</span></a></li>
    }
    .into_any()
}

/// Whether the path is the place or below it.
fn is_current(href: &str, path: &str) -> bool {
    match href {
        "/" => path == "/",
        _ => path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

fn shut_menu() {
    use wasm_bindgen::{JsCast, JsValue};
    let Some(menu) = document().get_element_by_id(MENU_ID) else { return };
    let hide = js_sys::Reflect::get(&menu, &JsValue::from_str("hidePopover"));
    if let Some(hide) = hide.ok().and_then(|hide| hide.dyn_into::<js_sys::Function>().ok()) {
        // Refused where it is not open: as wanted.
        let _ = hide.call0(&menu);
    }
}

fn brand_mark() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <path d="M3 20V9l4-5v16M10 20v-9l4-5v14M17 20v-7l4-5v12" fill="none" stroke="currentColor" stroke-width="2"
                stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_current_on_its_pages_only() {
        assert!(is_current("/", "/"));
        assert!(!is_current("/", "/series"));
        assert!(is_current("/data", "/data/imports/7"));
        assert!(!is_current("/data", "/database"));
    }

    #[test]
    fn every_place_is_a_page_with_a_permission() {
        let listed = |pattern: &str| crate::access::PAGES.iter().any(|(page, _)| *page == pattern);
        assert!(GROUPS.iter().flat_map(|(_, places)| places.iter()).chain(&ABOUT).all(|p| listed(p.as_pattern)));
    }
}
