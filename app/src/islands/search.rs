//! The search box: pages, actions, items, locations and series by a few letters.
//!
//! Without JavaScript a form that leads to the series that match. With it, Ctrl-K or the box opens a dialog with a
//! combobox (ARIA Authoring Practices, "Combobox with listbox popup"): arrows choose, Enter goes, Escape closes.

use crate::Failure;
use crate::islands::dialog::Dialog;
use crate::islands::sent::Sent;
use crate::ports::SearchHit;
use crate::ui::icon::{Icon, icon};
use crate::visit::Visit;
use aisle_domain::Permission;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use leptos::task::spawn_local;
use std::time::Duration;

#[cfg(feature = "ssr")]
use crate::{access, ports::SeriesDesk};

/// Items, locations and series whose name or id contains the words.
#[server(name = SearchEverything, prefix = "/fn", endpoint = "search", input = Json)]
pub async fn search(
    /// The words.
    words: String,
) -> Result<Vec<SearchHit>, Failure> {
    access::enter("search")?;
    access::port::<dyn SeriesDesk>()?.search(&words).await.map_err(access::failed)
}

/// Keystrokes closer together than this ask the server once.
const PAUSE: Duration = Duration::from_millis(120);

/// Pages and actions: text, hint, pattern that decides who sees it, address.
const KNOWN: [(&str, &str, &str, &str, &str); 18] = [
    ("page", "Overview", "tiles, forecast, movers", "/", "/"),
    ("page", "Items and locations", "every series", "/series", "/series"),
    ("page", "Weekly report", "printable", "/", "/reports/weekly"),
    ("page", "Data", "imports", "/data", "/data"),
    ("page", "Dead letters", "rows that could not be read", "/data/dead-letters", "/data/dead-letters"),
    ("page", "Tables", "facts and their versions", "/data/tables", "/data/tables"),
    ("page", "Forecast accuracy", "models, backtests, monitoring", "/accuracy", "/accuracy"),
    ("page", "Jobs", "imports, training, compaction", "/jobs", "/jobs"),
    ("page", "Users", "who may sign in", "/users", "/users"),
    ("page", "Settings", "of the installation", "/settings", "/settings"),
    ("page", "Audit log", "who did what", "/audit", "/audit"),
    ("page", "Account", "password, sessions, API keys", "/account", "/account"),
    ("page", "Help", "what the words mean", "/help", "/help"),
    ("page", "API reference", "for programs", "/help", "/api"),
    ("action", "Import files", "CSV, Parquet, gz, zst, zip", "/data", "/data"),
    ("action", "Train the forecasts", "start a job", "/jobs", "/jobs#start"),
    ("action", "Print the weekly report", "or save it as PDF", "/", "/reports/weekly"),
    ("action", "Change my password", "", "/account", "/account#password"),
];

/// The box in the top bar and its dialog.
#[island]
pub(crate) fn Search(
    /// Who visits.
    visit: Sent<Visit>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let words = RwSignal::new(String::new());
    let seen = StoredValue::new(visit.0);
    // Filled when the dialog opens.
    let found = RwSignal::new(Vec::<SearchHit>::new());
    let chosen = RwSignal::new(0_usize);
    let latest = StoredValue::new(0_u32);

    let ask = move |text: String| {
        let mine = latest.get_value().wrapping_add(1);
        latest.set_value(mine);
        let known = seen.with_value(|visit| known_hits(visit, &text));
        found.set(known.clone());
        chosen.set(0);
        words.set(text.clone());
        if text.trim().is_empty() {
            return;
        }
        let is_latest = move || latest.try_get_value() == Some(mine);
        set_timeout(
            move || {
                if is_latest() {
                    spawn_local(async move {
                        // A search that fails leaves pages and actions; the next letter asks again.
                        let hits = search(text).await.unwrap_or_default();
                        if is_latest() {
                            found.set(known.into_iter().chain(hits).collect());
                        }
                    });
                }
            },
            PAUSE,
        );
    };
    let go = move |hit: SearchHit| {
        open.set(false);
        // Where the browser refuses, the visitor stays: nothing is lost.
        let _ = window().location().set_href(&hit.href);
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let many = found.with(Vec::len);
        let step = |forward: bool| {
            if many > 0 {
                chosen.update(|at| *at = if forward { (*at + 1) % many } else { (*at + many - 1) % many });
            }
        };
        match event.key().as_str() {
            "ArrowDown" => step(true),
            "ArrowUp" => step(false),
            "Enter" => {
                if let Some(hit) = found.with(|hits| hits.get(chosen.get_untracked()).cloned()) {
                    go(hit);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    open_on_shortcut(open);
    Effect::new(move |_| {
        if open.get() && found.with_untracked(Vec::is_empty) {
            found.set(seen.with_value(|visit| known_hits(visit, "")));
        }
    });
    focus_when_open(open);
    let options = move || {
        let hits = found.get();
        hits.into_iter()
            .enumerate()
            .map(|(at, hit)| {
                let target = hit.clone();
                view! {
                    <li id=option_id(at) role="option" class=format!("hit {}", hit.kind) aria-selected=move || if chosen.get() == at { "true" } else { "false" }
                        on:pointermove=move |_| if chosen.get_untracked() != at { chosen.set(at) }
                        on:click=move |_| go(target.clone())>
                        <span class="hit-label">{hit.label.clone()}</span>
                        <span class="hit-hint">{hit.hint.clone()}</span>
                        <span class="hit-kind">{hit.kind.clone()}</span>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <form class="search-box" role="search" aria-label="Everywhere" action="/series" method="get">
            {icon(Icon::Search)}
            <input type="search" name="q" aria-label="Search items, locations, pages" placeholder="Search…" autocomplete="off"
                on:click=move |_| open.set(true)
                on:input:target=move |event| {
                    ask(event.target().value());
                    open.set(true);
                }
            />
            <kbd aria-hidden="true">"Ctrl K"</kbd>
            <button class="spoken-until-focus button">"Search"</button>
        </form>
        <Dialog id="search" class="search-dialog" title="Search" open>
            <input id=INPUT_ID type="text" role="combobox" aria-expanded="true" aria-controls="search-hits" aria-autocomplete="list"
                aria-label="Search items, locations, pages and actions" autocomplete="off" spellcheck="false"
                placeholder="Item, location, page or action"
                aria-activedescendant=move || found.with(|hits| (!hits.is_empty()).then(|| option_id(chosen.get())))
                prop:value=move || words.get()
                on:input:target=move |event| ask(event.target().value())
                on:keydown=on_key
            />
            <ul id="search-hits" role="listbox" aria-label="Found">{options}</ul>
            <p class="hint" role="status">
                {move || found.with(|hits| match hits.len() {
                    0 => "Nothing found. Try fewer letters.".to_owned(),
                    1 => "1 found. Enter opens it.".to_owned(),
                    many => format!("{many} found. Arrow keys choose, Enter opens, Escape closes."),
                })}
            </p>
        </Dialog>
    }
    .into_any()
}

const INPUT_ID: &str = "search-words";

fn option_id(at: usize) -> String {
    format!("search-hit-{at}")
}

/// Pages and actions that the visitor may use and that contain the words.
fn known_hits(visit: &Visit, words: &str) -> Vec<SearchHit> {
    let wanted = words.trim().to_lowercase();
    let may = |label: &str| {
        let permission = match label {
            "Import files" => Permission::ImportData,
            "Train the forecasts" => Permission::RunJobs,
            _ => return true,
        };
        visit.visitor.as_ref().is_some_and(|visitor| visitor.may(permission))
    };
    KNOWN
        .iter()
        .filter(|(_, label, hint, pattern, _)| {
            visit.opens(pattern)
                && may(label)
                && (label.to_lowercase().contains(&wanted) || hint.to_lowercase().contains(&wanted))
        })
        .map(|(kind, label, hint, _, href)| SearchHit {
            kind: (*kind).to_owned(),
            label: (*label).to_owned(),
            hint: (*hint).to_owned(),
            href: (*href).to_owned(),
        })
        .collect()
}

/// Ctrl-K (Cmd-K) opens the dialog anywhere.
fn open_on_shortcut(open: RwSignal<bool>) {
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                open.set(true);
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// The dialog's first control is its close button; writing is what it was opened for.
fn focus_when_open(open: RwSignal<bool>) {
    Effect::new(move |_| {
        if open.get() {
            request_animation_frame(|| {
                use wasm_bindgen::JsCast;
                let input = document().get_element_by_id(INPUT_ID);
                if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlElement>().ok()) {
                    // Without focus the visitor can still click into it.
                    let _ = input.focus();
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Visitor;
    use aisle_domain::{Role, UserId};

    #[test]
    fn one_finds_what_one_may_use() {
        let visit = |role| {
            let user = UserId::new("u").unwrap();
            let visitor =
                Visitor { user, name: String::new(), login: String::new(), role, must_change_password: false };
            Visit { visitor: Some(visitor), ..Visit::default() }
        };
        let labels = |role, words| known_hits(&visit(role), words).into_iter().map(|hit| hit.label).collect::<Vec<_>>();
        assert_eq!(labels(Role::Viewer, "TRAIN"), Vec::<String>::new());
        assert_eq!(labels(Role::Planner, "train the"), ["Train the forecasts"]);
        assert!(!labels(Role::Manager, "").contains(&"Users".to_owned()));
        assert!(KNOWN.iter().all(|(_, _, _, pattern, _)| crate::access::PAGES.iter().any(|(page, _)| page == pattern)));
    }
}
