//! The grid of all series with its filters, its saved views and its history: every view is an address.

pub mod cells;
pub mod filters;
pub mod grid;
pub mod keys;
pub mod saved;
pub mod windows;

use crate::Failure;
use crate::addresses;
use crate::islands::sent::Sent;
use crate::ports::{SeriesColumn, SeriesQuery, SeriesWindow};
use crate::ui::{EmptyState, ErrorState, Unit, format};
use aisle_domain::{Currency, Measure};
use filters::Filters;
use grid::Grid;
use keys::Cell;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use leptos::task::spawn_local;
use saved::SavedViews;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use windows::WINDOW;

#[cfg(feature = "ssr")]
use crate::{access, ports::SeriesDesk};

/// Most rows that one call gives.
#[cfg(feature = "ssr")]
const MOST_ROWS: u32 = 500;

/// A window of the grid: `limit` rows (at most 500) from `offset` on.
#[server(name = AskSeriesWindow, prefix = "/fn", endpoint = "series_window", input = Json)]
pub async fn series_window(
    /// What the grid shows.
    query: SeriesQuery,
    /// Position of the first row.
    offset: u64,
    /// Rows wanted.
    limit: u32,
) -> Result<SeriesWindow, Failure> {
    access::enter("series_window")?;
    access::port::<dyn SeriesDesk>()?.window(query, offset, limit.min(MOST_ROWS)).await.map_err(access::failed)
}

/// What there is to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Locations, as (id, name).
    pub locations: Vec<(String, String)>,
    /// Categories.
    pub categories: Vec<String>,
    /// Measures; the first is the default.
    pub measures: Vec<Measure>,
    /// Currency of the sales.
    pub currency: Option<Currency>,
    /// Whether the visitor may take the view out as a file.
    pub export: bool,
}

/// What the browser's parts share.
#[derive(Clone, Copy)]
struct Browser {
    /// The view of the address.
    query: RwSignal<SeriesQuery>,
    /// The view in the grid, with its first window: it follows when the window has come.
    shown: RwSignal<(SeriesQuery, SeriesWindow)>,
    trouble: RwSignal<Option<Failure>>,
    /// Counts the views asked for: only the answer to the latest is shown.
    asked: StoredValue<u32>,
}

/// Filters, saved views and the grid.
#[island]
pub(crate) fn SeriesBrowser(
    /// What there is to choose from.
    choices: Sent<Choices>,
    /// The view of the address.
    query: Sent<SeriesQuery>,
    /// Its window that came with the page.
    window: Sent<SeriesWindow>,
) -> impl IntoView {
    let (Sent(choices), Sent(query), Sent(window)) = (choices, query, window);
    let browser = Browser {
        query: RwSignal::new(query.clone()),
        shown: RwSignal::new((query, window)),
        trouble: RwSignal::new(None),
        asked: StoredValue::new(0),
    };
    let (default, currency) = (choices.measures.first().copied().unwrap_or(Measure::Revenue), choices.currency);
    let focus = RwSignal::new(None::<Cell>);
    browser.follow_history();
    let follow = Callback::new(move |href: String| browser.open(&href));
    let apply = Callback::new(move |(query, replace)| browser.go(query, replace));
    let on_click = move |event: MouseEvent| {
        if let Some(href) = plain_click(&event)
            && view_of(&href).is_some()
        {
            event.prevent_default();
            browser.open(&href);
        }
    };
    let grid = move || {
        let (query, window) = browser.shown.get();
        let unit = Unit::of(query.measure.unwrap_or(default), currency);
        rows(query, window, unit, focus, follow)
    };
    view! {
        <div class="series-browser" on:click=on_click>
            <Filters query=browser.query choices apply/>
            <SavedViews query=browser.query/>
            {move || browser.trouble.get().map(|failure| view! { <ErrorState problem=failure.0/> })}
            {grid}
        </div>
    }
    .into_any()
}

impl Browser {
    /// Shows another view: a new entry in the history, or in place of the present one.
    fn go(self, query: SeriesQuery, replace: bool) {
        let address = addresses::series_grid(&query);
        if let Ok(history) = window().history() {
            let state = JsValue::NULL;
            // Refused only when asked too often: the address then lags behind, the page does not.
            let _ = match replace {
                true => history.replace_state_with_url(&state, "", Some(&address)),
                false => history.push_state_with_url(&state, "", Some(&address)),
            };
        }
        self.show(query);
    }

    /// Follows a link: within the grid in place, to other pages by loading them.
    fn open(self, href: &str) {
        match view_of(href) {
            Some(query) => self.go(query, false),
            None => {
                // Where the browser refuses, the visitor stays: nothing is lost.
                let _ = window().location().set_href(href);
            }
        }
    }

    fn show(self, query: SeriesQuery) {
        let mine = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(mine);
        self.query.set(query.clone());
        spawn_local(async move {
            let answer = series_window(query.clone(), 0, WINDOW as u32).await;
            if self.asked.get_value() != mine {
                return;
            }
            match answer {
                Ok(window) => {
                    self.trouble.set(None);
                    self.shown.set((query, window));
                }
                Err(failure) => self.trouble.set(Some(failure)),
            }
        });
    }

    /// Back and forward between views.
    fn follow_history(self) {
        Effect::new(move |_| {
            let handle = window_event_listener(leptos::ev::popstate, move |_| {
                if let Ok(search) = window().location().search() {
                    self.show(SeriesQuery::from_query(&search));
                }
            });
            on_cleanup(move || handle.remove());
        });
    }
}

/// The view that a link to the grid shows; `None` for links to other pages.
fn view_of(href: &str) -> Option<SeriesQuery> {
    let rest = href.strip_prefix("/series")?;
    (rest.is_empty() || rest.starts_with('?')).then(|| SeriesQuery::from_query(rest))
}

/// Where a click leads that opens no new tab or window.
fn plain_click(event: &MouseEvent) -> Option<String> {
    let special = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if special || event.button() != 0 || event.default_prevented() {
        return None;
    }
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.closest("a[href]").ok().flatten()?.get_attribute("href")
}

fn rows(
    query: SeriesQuery,
    window: SeriesWindow,
    unit: Unit,
    focus: RwSignal<Option<Cell>>,
    follow: Callback<String>,
) -> AnyView {
    let summary = summary(&query, &window);
    if window.total == 0 {
        return view! {
            <p class="grid-summary" role="status">{summary}</p>
            <EmptyState title="Nothing matches these filters"><p><a href="/series">"Show every series"</a></p></EmptyState>
        }
        .into_any();
    }
    view! {
        <p class="grid-summary" role="status">{summary}</p>
        <Grid query first=window unit focus follow/>
        <p class="hint grid-keys">"Arrow keys, Page Up/Down, Home and End move within the grid; Enter opens a row or sorts by a column."</p>
    }
    .into_any()
}

/// `3,331 series, sorted by recent, descending`.
fn summary(query: &SeriesQuery, window: &SeriesWindow) -> String {
    let series = format::counted(window.series, "series");
    let groups = query.group.map(|group| {
        let noun = if window.total == 1 { "group" } else { "groups" };
        format!(" in {} {noun} by {}", format::count(window.total as i64), cells::column_label(group).to_lowercase())
    });
    let sort = query.sort.unwrap_or(SeriesColumn::Recent);
    let order = cells::Head::Of(sort).sorted(query).unwrap_or("descending");
    format!("{series}{}, sorted by {}, {order}", groups.unwrap_or_default(), cells::column_label(sort).to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_the_grid_are_followed_in_place() {
        assert_eq!(view_of("/series"), Some(SeriesQuery::default()));
        let view = view_of("/series?q=red%20mug").unwrap();
        assert_eq!(view.text.as_deref(), Some("red mug"));
        assert!(
            ["/series/1/2", "/series.csv?q=a", "/", "https://evil.example/series"].iter().all(|h| view_of(h).is_none())
        );
    }
}
