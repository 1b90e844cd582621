//! Sidebar on wide screens, which opens as a menu on narrow ones; top bar with the search; bottom bar on phones.

use crate::islands::search::Search;
use crate::islands::sent::Sent;
use crate::islands::theme::ThemeSwitch;
use crate::ui::icon::{Icon, icon};
use crate::visit::Visit;
use leptos::prelude::*;

/// A place to go: pattern in [`crate::access::PAGES`] (or of a page outside of the app, open to whom `as_pattern` is),
/// text, icon.
struct Place {
    href: &'static str,
    as_pattern: &'static str,
    text: &'static str,
    icon: Icon,
}

const fn place(href: &'static str, text: &'static str, icon: Icon) -> Place {
    Place { href, as_pattern: href, text, icon }
}

const GROUPS: [(&str, &[Place]); 3] = [
    (
        "Sales",
        &[
            place("/", "Overview", Icon::Overview),
            place("/series", "Items & locations", Icon::Series),
            place("/levels", "By level", Icon::Levels),
            place("/overrides", "Overrides", Icon::Override),
            place("/accuracy", "Accuracy", Icon::Accuracy),
            place("/calendar", "Calendar", Icon::Calendar),
            place("/impact", "Holidays' impact", Icon::Impact),
            Place { href: "/reports/weekly", as_pattern: "/", text: "Weekly report", icon: Icon::Report },
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
    Place { href: "/api", as_pattern: "/help", text: "API", icon: Icon::Api },
];

const MENU_ID: &str = "menu";

/// Every place that the visitor may go to.
#[component]
pub fn Sidebar(
    /// Who visits.
    visit: Visit,
    /// Path of the page.
    path: String,
) -> impl IntoView {
    let groups = GROUPS
        .iter()
        .filter_map(|(title, places)| {
            let links = links(places, &visit, &path);
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
                <div class="nav-group"><ul aria-label="About">{links(&ABOUT, &visit, &path)}</ul></div>
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
    /// Path and query of the page.
    here: String,
) -> impl IntoView {
    let theme = visit.theme;
    view! {
        <header class="topbar">
            <a class="brand" href="/" aria-label="Aisle, to the overview">{brand_mark()}</a>
            <Search visit=Sent(visit)/>
            <ThemeSwitch theme here/>
        </header>
    }
    .into_any()
}

/// The most used places and the menu, on phones.
#[component]
pub fn Bottombar(
    /// Who visits.
    visit: Visit,
    /// Path of the page.
    path: String,
) -> impl IntoView {
    const SHORT: [Place; 3] = [
        place("/", "Overview", Icon::Overview),
        place("/series", "Items", Icon::Series),
        place("/data", "Data", Icon::Data),
    ];
    view! {
        <nav class="bottombar" aria-label="Shortcuts">
            <ul>
                {links(&SHORT, &visit, &path)}
                <li><button type="button" popovertarget=MENU_ID>{icon(Icon::Menu)}<span>"Menu"</span></button></li>
            </ul>
        </nav>
    }
    .into_any()
}

fn links(places: &'static [Place], visit: &Visit, path: &str) -> Vec<AnyView> {
    places.iter().filter(|place| visit.opens(place.as_pattern)).map(|place| link(place, path)).collect()
}

fn link(place: &'static Place, path: &str) -> AnyView {
    let current = is_current(place.href, path).then_some("page");
    view! { <li><a href=place.href aria-current=current>{icon(place.icon)}<span>{place.text}</span></a></li> }
        .into_any()
}

/// Whether the path is the place or below it.
fn is_current(href: &str, path: &str) -> bool {
    match href {
        "/" => path == "/",
        _ => path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
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
