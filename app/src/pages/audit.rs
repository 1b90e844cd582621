//! The audit log: who did what, newest first.

use crate::access;
use crate::failure::Failure;
use crate::ports::query_string::{encode, value};
use crate::ports::{Accounts, Page, accounts::AuditView};
use crate::ui::{EmptyState, PageHeader, Pager, Table, format, loaded};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

async fn audit(after: Option<String>) -> Result<Page<AuditView>, Failure> {
    access::port::<dyn Accounts>()?.audit(after).await.map_err(access::failed)
}

/// The audit page; `?after=` continues the list.
#[component]
pub fn AuditPage() -> impl IntoView {
    let after = value(&use_location().search.get_untracked(), "after");
    let continued = after.is_some();
    view! {
        <PageHeader title="Audit log" lead="Every change to users, settings, imports and jobs, newest first. Times are UTC."/>
        {loaded(audit(after), move |page| entries_view(page, continued))}
    }
    .into_any()
}

fn entries_view(page: Page<AuditView>, continued: bool) -> AnyView {
    if page.rows.is_empty() {
        return view! { <EmptyState title="Nothing has been done yet"/> }.into_any();
    }
    let rows = page
        .rows
        .into_iter()
        .map(|entry| {
            view! {
                <tr>
                    <td><time datetime=format::time_attribute(entry.at)>{format::time(entry.at)}</time></td>
                    <th scope="row">{entry.actor}</th>
                    <td><code>{entry.action}</code></td>
                    <td>{entry.subject}</td>
                    <td class="wrap">{entry.detail}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![("When", ""), ("Who", ""), ("What", ""), ("To what", ""), ("Detail", "")];
    let next = page.next.map(|next| format!("/audit?after={}", encode(&next)));
    view! {
        <Table caption="Audit log" columns>{rows}</Table>
        <Pager first=continued.then(|| "/audit".to_owned()) next/>
    }
    .into_any()
}
