//! Dead letters: rows that could not be taken, to be mended and read again, or put aside.

use super::DataTabs;
use super::calls::{DismissDeadLetter, ReplayDeadLetter};
use crate::Failure;
use crate::islands::submit::SubmitOnChange;
use crate::ports::query_string::{join, value};
use crate::ports::{DataDesk, DeadLetterQuery, DeadLetterView, Page};
use crate::ui::{Badge, EmptyState, PageHeader, Pager, PostForm, Tone, loaded};
use crate::visit::may;
use crate::{access, addresses};
use aisle_domain::{ImportId, Permission};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;

async fn dead_letters(query: DeadLetterQuery) -> Result<Page<DeadLetterView>, Failure> {
    access::port::<dyn DataDesk>()?.dead_letters(query).await.map_err(access::failed)
}

/// The page of dead letters.
#[component]
pub fn DeadLettersPage() -> impl IntoView {
    let query = read(&use_location().search.get_untracked());
    view! {
        <PageHeader title="Dead letters" lead="Rows that could not be taken: why, and as they were read. Nothing is dropped."/>
        <DataTabs current="/data/dead-letters"/>
        {filters(&query)}
        {loaded(dead_letters(query.clone()), move |page| list(page, &query))}
    }
    .into_any()
}

fn read(search: &str) -> DeadLetterQuery {
    let given = |name: &str| value(search, name).filter(|value| !value.trim().is_empty());
    DeadLetterQuery {
        import: given("import").and_then(|id| ImportId::new(id).ok()),
        state: given("state").filter(|state| STATES.iter().any(|(known, _)| known == state)),
        after: given("after"),
    }
}

/// States and their words.
const STATES: [(&str, &str); 3] = [("open", "Open"), ("replayed", "Mended"), ("dismissed", "Put aside")];

fn filters(query: &DeadLetterQuery) -> AnyView {
    let state = query.state.as_deref().unwrap_or("open");
    let options = STATES.map(|(value, text)| view! { <option value=value selected=value == state>{text}</option> });
    let import = query.import.as_ref().map(|id| id.to_string());
    view! {
        <form method="get" action="/data/dead-letters" class="filters" autocomplete="off">
            <div class="field">
                <label for="letters-state">"State"</label>
                <select id="letters-state" name="state">{options.collect_view()}</select>
            </div>
            <div class="field">
                <label for="letters-import">"Import"</label>
                <input id="letters-import" name="import" value=import placeholder="All"/>
            </div>
            <div class="buttons"><button type="submit" class="button">"Show"</button></div>
            <SubmitOnChange/>
        </form>
    }
    .into_any()
}

fn list(page: Page<DeadLetterView>, query: &DeadLetterQuery) -> AnyView {
    if page.rows.is_empty() && query.after.is_none() {
        let title = match query.state.as_deref() {
            None | Some("open") => "No row waits to be mended",
            _ => "There are no such rows",
        };
        return view! { <EmptyState title=title><p>"Every row that an import cannot take is kept here with its file, line and reason."</p></EmptyState> }.into_any();
    }
    let address = |after: Option<&str>| {
        let import = query.import.as_ref().map(|import| ("import", import.as_str()));
        let state = query.state.as_deref().map(|state| ("state", state));
        let after = after.map(|after| ("after", after));
        format!("/data/dead-letters?{}", join([import, state, after].into_iter().flatten()))
    };
    let first = query.after.as_ref().map(|_| address(None));
    let next = page.next.as_deref().map(|next| address(Some(next)));
    let letters = page.rows.into_iter().map(letter_view).collect_view();
    view! { <ol class="letters">{letters}</ol><Pager first=first next=next/> }.into_any()
}

fn letter_view(letter: DeadLetterView) -> AnyView {
    let open = letter.state == "open";
    let mends = open && may(Permission::ImportData);
    let tone = if open { Tone::Warning } else { Tone::Neutral };
    let word = STATES.iter().find(|(known, _)| *known == letter.state).map_or("", |(_, word)| word);
    let href = addresses::import(&letter.import);
    let place = match &letter.column {
        Some(column) => format!(", line {}, column {column}", letter.line),
        None => format!(", line {}", letter.line),
    };
    let field = format!("mended-{}", letter.id);
    let lines = letter.raw.lines().count().clamp(1, 8).to_string();
    let (replayed, dismissed) = (letter.id.clone(), letter.id);
    let controls = if mends {
        view! {
            <PostForm to=ReplayDeadLetter::PATH>
                <input type="hidden" name="id" value=replayed/>
                <label for=field.clone()>"The row; mend it here"</label>
                <textarea id=field name="mended" rows=lines spellcheck="false">{letter.raw}</textarea>
                <button type="submit" class="button primary">"Read it again"</button>
            </PostForm>
            <PostForm to=DismissDeadLetter::PATH>
                <input type="hidden" name="id" value=dismissed/>
                <button type="submit" class="button quiet">"Put it aside"</button>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <pre>{letter.raw}</pre> }.into_any()
    };
    view! {
        <li class="letter card">
            <p><a href=href>{letter.file}</a>{place}" "<Badge text=word tone=tone/></p>
            <p class="reason">{letter.reason}</p>
            <div class="letter-controls">{controls}</div>
        </li>
    }
    .into_any()
}
