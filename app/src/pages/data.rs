//! Data: imports and what became of them, dead letters, tables and their versions.

pub mod answers;
pub mod calls;
pub mod dead_letters;
pub mod import;
pub mod mapping_form;
pub mod profile;
pub mod report;
pub mod tables;

pub use answers::FileAnswer;
pub use dead_letters::DeadLettersPage;
pub use import::ImportPage;
pub use tables::{TablePage, TablesPage};

use crate::Failure;
use crate::islands::upload::Upload;
use crate::ports::query_string::{encode, value};
use crate::ports::{DataDesk, ImportView, Page};
use crate::ui::{Badge, Card, EmptyState, PageHeader, Pager, Table, Tabs, Tone, format, loaded};
use crate::visit::may;
use crate::{access, addresses};
use aisle_domain::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

async fn imports(after: Option<String>) -> Result<Page<ImportView>, Failure> {
    access::port::<dyn DataDesk>()?.imports(after).await.map_err(access::failed)
}

/// The page of imports, with the form to begin one.
#[component]
pub fn DataPage() -> impl IntoView {
    let after = value(&use_location().search.get_untracked(), "after");
    let further = after.is_some();
    view! {
        <PageHeader title="Data" lead="Files in, rows counted, nothing lost."/>
        <DataTabs current="/data"/>
        {may(Permission::ImportData).then(|| view! { <Card title="Import files"><Upload/></Card> })}
        <Card title="Imports">
            {loaded(imports(after), move |page| import_list(page, further))}
        </Card>
    }
    .into_any()
}

/// Links between the pages about data.
#[component]
fn DataTabs(current: &'static str) -> impl IntoView {
    let links = [("Imports", "/data"), ("Dead letters", "/data/dead-letters"), ("Tables", "/data/tables")];
    let links = links.into_iter().map(|(text, href)| (text.to_owned(), href.to_owned())).collect();
    view! { <Tabs label="Data" links=links current=current/> }
}

fn import_list(page: Page<ImportView>, further: bool) -> AnyView {
    if page.rows.is_empty() && !further {
        return view! {
            <EmptyState title="Nothing has been imported yet">
                <p>"Sales by day, week or month, orders, items, locations, prices, promotions, calendar events, features such as weather, and customers are all read; which is which is guessed, and asked where it cannot be."</p>
            </EmptyState>
        }
        .into_any();
    }
    let rows = page.rows.into_iter().map(import_row).collect_view();
    let first = further.then(|| "/data".to_owned());
    let next = page.next.map(|after| format!("/data?after={}", encode(&after)));
    let columns = vec![
        ("Files", ""),
        ("Size", "number"),
        ("State", ""),
        ("Read", "number"),
        ("Taken", "number"),
        ("Rejected", "number"),
        ("By", ""),
        ("At", ""),
    ];
    view! { <Table caption="Imports, newest first" columns=columns>{rows}</Table><Pager first=first next=next/> }
        .into_any()
}

fn import_row(import: ImportView) -> AnyView {
    let sum = |of: fn(&aisle_domain::import::FileReport) -> u64| {
        let known = !import.report.is_empty();
        if known { format::count(import.report.iter().map(of).sum::<u64>() as i64) } else { "–".to_owned() }
    };
    let (read, taken, rejected) = (sum(|r| r.read), sum(|r| r.taken), sum(|r| r.rejected));
    let href = addresses::import(&import.id);
    view! {
        <tr>
            <th scope="row"><a href=href>{import.files.join(", ")}</a></th>
            <td class="number">{format::bytes(import.bytes)}</td>
            <td><Badge text=state_label(&import.state) tone=state_tone(&import.state)/></td>
            <td class="number">{read}</td>
            <td class="number">{taken}</td>
            <td class="number">{rejected}</td>
            <td>{import.created_by}</td>
            <td><time datetime=format::time_attribute(import.created_at)>{format::time(import.created_at)}</time></td>
        </tr>
    }
    .into_any()
}

/// An import's state as people read it.
fn state_label(state: &str) -> String {
    match state {
        "draft" => "waits for you".to_owned(),
        other => other.to_owned(),
    }
}

fn state_tone(state: &str) -> Tone {
    match state {
        "draft" => Tone::Warning,
        "running" => Tone::Info,
        "succeeded" => Tone::Good,
        "failed" => Tone::Bad,
        _ => Tone::Neutral,
    }
}
