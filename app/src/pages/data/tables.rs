//! Tables: what facts and master data there are, their columns and versions.

use super::DataTabs;
use super::encode;
use crate::Failure;
use crate::ports::{DataDesk, TableVersion, TableView};
use crate::ui::{Card, EmptyState, Facts, PageHeader, Table, format, loaded};
use crate::{access, addresses};
use aisle_domain::{ImportId, Problem, ProblemCode};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

async fn tables() -> Result<Vec<TableView>, Failure> {
    access::port::<dyn DataDesk>()?.tables().await.map_err(access::failed)
}

/// A table and its versions; master data has the last word only, no versions.
async fn table_of(name: String) -> Result<(TableView, Vec<TableVersion>), Failure> {
    let missing =
        || Problem::new(ProblemCode::NotFound, format!("there is no table {name:?}; choose one from the list"));
    let found = tables().await?.into_iter().find(|table| table.name == name);
    let table = found.ok_or_else(|| access::failed(missing()))?;
    let versions = match table.version {
        Some(_) => access::port::<dyn DataDesk>()?.versions(&name).await.map_err(access::failed)?,
        None => Vec::new(),
    };
    Ok((table, versions))
}

/// The page of all tables.
#[component]
pub fn TablesPage() -> impl IntoView {
    view! {
        <PageHeader title="Tables" lead="What the shop's numbers are computed from."/>
        <DataTabs current="/data/tables"/>
        {loaded(tables(), list_view)}
    }
    .into_any()
}

fn list_view(tables: Vec<TableView>) -> AnyView {
    if tables.is_empty() {
        return view! { <EmptyState title="There are no tables yet"><p><a href="/data">"Import files"</a></p></EmptyState> }.into_any();
    }
    let rows = tables
        .into_iter()
        .map(|table| {
            let href = format!("/data/tables/{}", encode(&table.name));
            view! {
                <tr>
                    <th scope="row"><a href=href>{table.name}</a></th>
                    <td>{table.meaning}</td>
                    <td class="number">{format::count(table.rows as i64)}</td>
                    <td class="number">{table.bytes.map_or_else(|| "–".to_owned(), format::bytes)}</td>
                    <td>{days(table.days)}</td>
                    <td class="number">{optional(table.version)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        ("Table", ""),
        ("A row is", ""),
        ("Rows", "number"),
        ("Size", "number"),
        ("Days", ""),
        ("Version", "number"),
    ];
    view! { <Card><Table caption="Tables of facts and master data" columns=columns>{rows}</Table></Card> }.into_any()
}

/// The page of one table.
#[component]
pub fn TablePage() -> impl IntoView {
    let name = use_params_map().with_untracked(|params| params.get("name")).unwrap_or_default();
    loaded(table_of(name), |(table, versions)| table_view(table, versions))
}

fn table_view(table: TableView, versions: Vec<TableVersion>) -> AnyView {
    let facts = vec![
        ("Rows".to_owned(), format::count(table.rows as i64).into_any()),
        ("Days".to_owned(), days(table.days).into_any()),
        ("Size".to_owned(), table.bytes.map_or_else(|| "–".to_owned(), format::bytes).into_any()),
        ("Files".to_owned(), optional(table.files).into_any()),
        ("Version".to_owned(), optional(table.version).into_any()),
    ];
    let columns = table
        .columns
        .into_iter()
        .map(|(name, kind, meaning)| view! { <tr><th scope="row"><code>{name}</code></th><td>{kind}</td><td>{meaning}</td></tr> })
        .collect_view();
    let heads = vec![("Column", ""), ("Type", ""), ("Meaning", "")];
    view! {
        <nav class="crumbs" aria-label="Where you are"><a href="/data/tables">"Tables"</a></nav>
        <PageHeader title=table.name lead=table.meaning/>
        <DataTabs current=""/>
        <Facts facts=facts/>
        <Card title="Columns"><Table caption="Columns" columns=heads>{columns}</Table></Card>
        {table.version.map(|_| versions_view(versions))}
    }
    .into_any()
}

fn versions_view(versions: Vec<TableVersion>) -> impl IntoView {
    let rows = versions
        .into_iter()
        .map(|version| {
            let import = version.import.map(|id| {
                let href = ImportId::new(id).ok().map(|id| addresses::import(&id));
                view! { <a href=href>"Import"</a> }
            });
            view! {
                <tr>
                    <th scope="row" class="number">{version.version}</th>
                    <td><time datetime=format::time_attribute(version.at)>{format::time(version.at)}</time></td>
                    <td>{version.operation}</td>
                    <td class="number">{optional(version.rows)}</td>
                    <td>{import}</td>
                </tr>
            }
        })
        .collect_view();
    let heads = vec![("Version", "number"), ("At", ""), ("Operation", ""), ("Rows added", "number"), ("By", "")];
    view! { <Card title="Versions"><Table caption="Versions, newest first" columns=heads>{rows}</Table></Card> }
}

fn days(days: Option<(aisle_domain::Day, aisle_domain::Day)>) -> String {
    days.map_or_else(|| "–".to_owned(), |(first, last)| format!("{} – {}", format::day(first), format::day(last)))
}

fn optional(number: Option<u64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format::count(number as i64))
}
