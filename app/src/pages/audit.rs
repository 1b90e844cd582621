//! The audit log: who did what, newest first.

use crate::failure::Failure;
use crate::ports::{Page, accounts::AuditView};
use crate::ui::{EmptyState, PageHeader, Pager, Table, format, loaded};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[cfg(feature = "ssr")]
use crate::{access, ports::Accounts};

/// One page of the log.
#[server(name = GetAudit, prefix = "/fn", endpoint = "audit", input = leptos::server_fn::codec::Json)]
pub async fn audit(
    /// Where the list continues.
    after: Option<String>,
) -> Result<Page<AuditView>, Failure> {
    access::enter("audit")?;
    access::port::<dyn Accounts>()?.audit(after).await.map_err(access::failed)
}

/// The audit page; `?after=` continues the list.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get("after")));
    let entries = Resource::new(move || after.get(), audit);
    view! {
        <PageHeader title="Audit log" lead="Every change to users, settings, imports and jobs, newest first. Times are UTC."/>
        {loaded(entries, move |page| entries_view(page, after.get_untracked().is_some()))}
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
    let next = page.next.map(|next| format!("/audit?after={}", format::url_part(&next)));
    view! {
        <Table caption="Audit log" columns>{rows}</Table>
        <Pager first=continued.then(|| "/audit".to_owned()) next/>
    }
    .into_any()
}
