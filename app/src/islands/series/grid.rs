//! The grid: a table whose rows are in the document only where they are in view.
//!
//! On the server and until hydration it is a plain table of one window. In the browser (`live`) its frame scrolls over
//! all rows: two spacer rows stand for what is not in view, windows are fetched as they are scrolled to, and one cell at
//! a time can be reached by Tab (roving tabindex).

use super::cells::{Head, cell, heads, row_href};
use super::keys::{Cell, Extent, moved};
use super::series_window;
use super::windows::{GridRow, WINDOW, Windows};
use crate::Failure;
use crate::addresses;
use crate::ports::{SeriesQuery, SeriesWindow};
use crate::ui::{ErrorState, Unit};
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Height of a row and of the header, in CSS pixels: `--row` in `grid.css`.
const ROW: f64 = 36.0;
/// Rows kept ready above and below the ones in view.
const READY: u64 = 10;
/// Scrolling rests for so long before windows are fetched.
const REST: Duration = Duration::from_millis(60);

/// What the grid's parts share.
#[derive(Clone, Copy)]
struct State {
    live: RwSignal<bool>,
    windows: RwSignal<Windows>,
    /// Positions in the document: from, to (not included).
    span: RwSignal<(u64, u64)>,
    active: RwSignal<Cell>,
    trouble: RwSignal<Option<Failure>>,
    frame: NodeRef<html::Div>,
    query: StoredValue<SeriesQuery>,
    columns: usize,
}

/// The grid of a query, beginning with the window that came with the page.
#[component]
pub fn Grid(
    /// What it shows.
    query: SeriesQuery,
    /// The window that came with the page.
    first: SeriesWindow,
    /// Unit of the figures.
    unit: Unit,
    /// The cell to be focused when the grid appears: a grid sorted from its header gives the focus on to the next.
    focus: RwSignal<Option<Cell>>,
    /// Goes where a row or a head leads.
    follow: Callback<String>,
) -> impl IntoView {
    let heads = heads(&query);
    let start = first.offset;
    let shown = first.rows.len().max(first.groups.len()) as u64;
    let state = State {
        live: RwSignal::new(false),
        windows: RwSignal::new(Windows::new(first)),
        span: RwSignal::new((start, start + shown)),
        active: RwSignal::new(focus.get_untracked().unwrap_or(Cell { row: 0, column: 0 })),
        trouble: RwSignal::new(None),
        frame: NodeRef::new(),
        columns: heads.len(),
        query: StoredValue::new(query.clone()),
    };
    come_alive(state, start, focus);

    let stop = Memo::new(move |_| tab_stop(state));
    let on_keydown = move |event: KeyboardEvent| {
        if let Some(href) = pressed(state, focus, &event) {
            follow.run(href);
        }
    };
    let columns = heads.iter().map(|head| view! { <col class=head.class()/> }).collect_view();
    let header = header_row(&heads, &query, state, stop);
    let body = {
        let heads = heads.clone();
        move |(position, _, _): (u64, u32, bool)| grid_row(position, &heads, unit, state, stop)
    };
    let keys = move || {
        let (from, to) = state.span.get();
        state.windows.with(|w| (from..to).map(|at| (at, w.generation, w.row(at).is_some())).collect::<Vec<_>>())
    };
    let above = move || if state.live.get() { state.span.get().0 as f64 * ROW } else { 0.0 };
    let below = move || {
        let total = state.windows.with(|windows| windows.total);
        if state.live.get() { total.saturating_sub(state.span.get().1) as f64 * ROW } else { 0.0 }
    };
    view! {
        <div
            class="grid-frame" node_ref=state.frame tabindex=move || if state.live.get() { "-1" } else { "0" }
            role="region" aria-label="Series, scrolls"
            on:scroll=move |_| look(state) on:keydown=on_keydown on:focusin=move |event| focused(state, &event)
        >
            <table
                class="grid" role=move || state.live.get().then_some("grid")
                aria-rowcount=move || state.windows.with(|windows| windows.total + 1).to_string()
                aria-colcount=heads.len().to_string()
                aria-label="Items and locations"
            >
                <colgroup>{columns}</colgroup>
                <thead>{header}</thead>
                <tbody>
                    <tr class="spacer" role="presentation" aria-hidden="true"><td style:height=move || format!("{}px", above())></td></tr>
                    <For each=keys key=|key| *key children=body/>
                    <tr class="spacer" role="presentation" aria-hidden="true"><td style:height=move || format!("{}px", below())></td></tr>
                </tbody>
            </table>
        </div>
        {move || state.trouble.get().map(|failure| view! {
            <ErrorState problem=failure.0/>
            <button type="button" class="button" on:click=move |_| fetch(state)>"Fetch these rows again"</button>
        })}
        <GridPager state=state start=start shown=shown/>
    }
    .into_any()
}

/// Links to the windows before and after, for those without JavaScript.
#[component]
fn GridPager(state: State, start: u64, shown: u64) -> impl IntoView {
    let total = state.windows.with_untracked(|windows| windows.total);
    let href = move |offset: u64| {
        let query = state.query.with_value(SeriesQuery::to_query);
        format!("/series?{query}{}offset={offset}", if query.is_empty() { "" } else { "&" })
    };
    let before = (start > 0).then(
        || view! { <a class="button quiet" rel="prev" href=href(start.saturating_sub(WINDOW))>"Rows before"</a> },
    );
    let after = (start + shown < total)
        .then(|| view! { <a class="button quiet" rel="next" href=href(start + shown)>"Rows after"</a> });
    view! {
        <nav class="pager" aria-label="Rows of the table" hidden=move || state.live.get()>
            {before}
            <span>{format!("Rows {} to {} of {total}", (start + 1).min(total), start + shown)}</span>
            {after}
        </nav>
    }
}

fn header_row(heads: &[Head], query: &SeriesQuery, state: State, stop: Memo<Cell>) -> impl IntoView + use<> {
    let cells: Vec<_> = heads
        .iter()
        .enumerate()
        .map(|(column, head)| {
            let at = Cell { row: 0, column };
            let sort = head.sorted(query);
            let arrow = sort.map(|order| if order == "ascending" { " ▲" } else { " ▼" });
            let label = match head.sort_query(query) {
                Some(next) => view! {
                    <a href=addresses::series_grid(&next) tabindex=move || state.live.get().then_some("-1")>
                        {head.label()}<span aria-hidden="true">{arrow}</span>
                    </a>
                }
                .into_any(),
                None => head.label().into_any(),
            };
            view! {
                <th scope="col" class=head.class() aria-sort=sort id=cell_id(at) tabindex=move || tab_index(state, stop, at)>
                    {label}
                </th>
            }
        })
        .collect();
    view! { <tr aria-rowindex="1">{cells}</tr> }
}

fn grid_row(position: u64, heads: &[Head], unit: Unit, state: State, stop: Memo<Cell>) -> impl IntoView + use<> {
    let row = state.windows.with_untracked(|windows| windows.row(position).cloned());
    let number = position + 1;
    // One memo a row, so that a move of the focus touches the cells of two rows only.
    let own_stop = Memo::new(move |_| Some(stop.get()).filter(|cell| cell.row == number).map(|cell| cell.column));
    let cells: Vec<AnyView> = heads
        .iter()
        .enumerate()
        .map(|(column, head)| {
            let index = move || {
                let stops = own_stop.get() == Some(column);
                state.live.get().then_some(if stops { "0" } else { "-1" })
            };
            let content = match &row {
                Some(row) if column == 0 => link(row, *head, unit, state),
                Some(row) => cell(row, *head, unit),
                None => ().into_any(),
            };
            view! { <td class=head.class() id=cell_id(Cell { row: number, column }) tabindex=index>{content}</td> }
                .into_any()
        })
        .collect();
    let busy = row.is_none().then_some("true");
    view! { <tr aria-rowindex=(number + 1).to_string() aria-busy=busy>{cells}</tr> }
}

fn link(row: &GridRow, head: Head, unit: Unit, state: State) -> AnyView {
    let href = state.query.with_value(|query| row_href(row, query));
    view! { <a href=href tabindex=move || state.live.get().then_some("-1")>{cell(row, head, unit)}</a> }.into_any()
}

fn tab_index(state: State, stop: Memo<Cell>, at: Cell) -> Option<&'static str> {
    state.live.get().then(|| if stop.get() == at { "0" } else { "-1" })
}

/// The one cell that Tab reaches: the active one, or the first in view where that one is not in the document.
fn tab_stop(state: State) -> Cell {
    let (active, (from, to)) = (state.active.get(), state.span.get());
    let column = active.column.min(state.columns.saturating_sub(1));
    if active.row == 0 || (from < active.row && active.row <= to) {
        Cell { column, ..active }
    } else {
        Cell { row: (from + READY + 1).min(to), column }
    }
}

/// After hydration: scroll to where the page began, take over the keys, fetch what is missing.
fn come_alive(state: State, start: u64, focus: RwSignal<Option<Cell>>) {
    Effect::new(move |_| {
        state.live.set(true);
        request_animation_frame(move || {
            if let Some(frame) = state.frame.try_get_untracked().flatten() {
                frame.set_scroll_top((start as f64 * ROW) as i32);
            }
            look(state);
            if let Some(cell) = focus.try_get_untracked().flatten() {
                focus.set(None);
                focus_cell(cell);
            }
        });
    });
    Effect::new(move |_| {
        let span = state.span.get();
        if state.live.get() {
            set_timeout(
                move || {
                    if state.span.try_get_untracked() == Some(span) {
                        fetch(state);
                    }
                },
                REST,
            );
        }
    });
}

/// Height of the part of the frame that shows rows, in CSS pixels.
fn rows_height(frame: &web_sys::Element) -> f64 {
    (f64::from(frame.client_height()) - ROW).max(ROW)
}

/// Puts the rows in view, and some around them, into the document.
fn look(state: State) {
    if !state.live.try_get_untracked().unwrap_or(false) {
        return;
    }
    let Some(frame) = state.frame.get_untracked() else { return };
    let total = state.windows.with_untracked(|windows| windows.total);
    let top = f64::from(frame.scroll_top());
    let first = (top / ROW) as u64;
    let last = ((top + rows_height(&frame)) / ROW).ceil() as u64;
    let to = (last + READY).min(total);
    let span = (first.saturating_sub(READY).min(to), to);
    if state.span.get_untracked() != span {
        keep_focus(state, span, &frame);
        state.span.set(span);
    }
}

/// A focused row that leaves the document hands its focus to the frame, so that the arrows still lead back to it.
fn keep_focus(state: State, (from, to): (u64, u64), frame: &web_sys::HtmlElement) {
    let active = state.active.get_untracked();
    let leaves = active.row > 0 && (active.row <= from || active.row > to);
    let focused = document().active_element().is_some_and(|element| frame.contains(Some(&element)));
    if leaves && focused {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // Focus is a courtesy: where it is refused nothing is lost.
        let _ = frame.focus_with_options(&options);
    }
}

/// Fetches the windows that the rows in the document need.
fn fetch(state: State) {
    let Some((from, to)) = state.span.try_get_untracked() else { return };
    let offsets = state.windows.try_update_untracked(|windows| windows.ask(from, to)).unwrap_or_default();
    for offset in offsets {
        let query = state.query.get_value();
        spawn_local(async move {
            let answer = series_window(query, offset, WINDOW as u32).await;
            // The page may have been left meanwhile: then there is nothing to put it into.
            match answer {
                Ok(window) => {
                    let before = state.windows.try_with_untracked(|windows| windows.generation);
                    state.windows.try_update(|windows| windows.take(window));
                    state.trouble.try_set(None);
                    if before != state.windows.try_with_untracked(|windows| windows.generation) {
                        fetch(state);
                    }
                }
                Err(failure) => {
                    state.windows.try_update_untracked(|windows| windows.give_up(offset));
                    state.trouble.try_set(Some(failure));
                }
            }
        });
    }
}

/// Answers a key: moves the focus, or says where Enter leads.
fn pressed(state: State, focus: RwSignal<Option<Cell>>, event: &KeyboardEvent) -> Option<String> {
    if event.alt_key() || event.meta_key() {
        return None;
    }
    let on_link = target(event).is_some_and(|element| element.tag_name() == "A");
    let active = state.active.get_untracked();
    if matches!(event.key().as_str(), "Enter" | " ") {
        if on_link {
            return None;
        }
        event.prevent_default();
        return opened(state, focus, active);
    }
    let page = state.frame.get_untracked().map_or(10, |frame| (rows_height(&frame) / ROW) as u64);
    let extent = Extent { rows: state.windows.with_untracked(|w| w.total), columns: state.columns, page };
    let to = moved(active, &event.key(), event.ctrl_key(), extent)?;
    event.prevent_default();
    go(state, to);
    None
}

/// Where Enter on a cell leads: a head sorts, a row opens.
fn opened(state: State, focus: RwSignal<Option<Cell>>, cell: Cell) -> Option<String> {
    state.query.with_value(|query| {
        if cell.row == 0 {
            let head = heads(query).get(cell.column).copied()?;
            let next = head.sort_query(query)?;
            focus.set(Some(cell));
            return Some(addresses::series_grid(&next));
        }
        state.windows.with_untracked(|windows| windows.row(cell.row - 1).map(|row| row_href(row, query)))
    })
}

/// Makes a cell the active one, scrolls it into view and focuses it.
fn go(state: State, to: Cell) {
    state.active.set(to);
    if let (Some(frame), true) = (state.frame.get_untracked(), to.row > 0) {
        let (top, height) = (f64::from(frame.scroll_top()), rows_height(&frame));
        let y = (to.row - 1) as f64 * ROW;
        if y < top {
            frame.set_scroll_top(y as i32);
        } else if y + ROW > top + height {
            frame.set_scroll_top((y + ROW - height).ceil() as i32);
        }
        look(state);
    }
    request_animation_frame(move || focus_cell(to));
}

fn focus_cell(cell: Cell) {
    let element =
        document().get_element_by_id(&cell_id(cell)).and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // Refused only where the element is gone meanwhile.
        let _ = element.focus();
    }
}

/// The cell that got the focus, by Tab or by a click, is the active one.
fn focused(state: State, event: &FocusEvent) {
    let cell = target(event).and_then(|element| element.closest("td[id], th[id]").ok().flatten());
    if let Some(cell) = cell.and_then(|cell| read_cell_id(&cell.id()))
        && state.active.get_untracked() != cell
    {
        state.active.set(cell);
    }
}

fn target(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into().ok()
}

fn cell_id(cell: Cell) -> String {
    format!("cell-{}-{}", cell.row, cell.column)
}

fn read_cell_id(id: &str) -> Option<Cell> {
    let (row, column) = id.strip_prefix("cell-")?.split_once('-')?;
    Some(Cell { row: row.parse().ok()?, column: column.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_found_again_by_its_id() {
        let cell = Cell { row: 3331, column: 9 };
        assert_eq!(read_cell_id(&cell_id(cell)), Some(cell));
        assert_eq!(read_cell_id("cell-x-1"), None);
    }
}
