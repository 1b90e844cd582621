//! What became of an import's rows, with the sums to reconcile.

use crate::ports::ImportView;
use crate::ports::query_string::encode;
use crate::ui::{Card, EmptyState, Table, format};
use aisle_domain::import::FileReport;
use leptos::prelude::*;

/// The report of an import, file by file.
#[component]
pub fn Report(
    /// The import.
    import: ImportView,
) -> impl IntoView {
    if import.report.is_empty() {
        return view! { <EmptyState title="No rows have been read yet"/> }.into_any();
    }
    let dead = (import.dead_letters > 0).then(|| {
        let href = format!("/data/dead-letters?import={}", encode(import.id.as_str()));
        let text = format!("{} rejected, to be mended or dismissed", format::counted(import.dead_letters, "row"));
        view! { <p class="message warning"><a href=href>{text}</a></p> }
    });
    let sums: Vec<_> = import
        .report
        .iter()
        .flat_map(|file| file.sums.iter().map(move |sum| (file.file.clone(), sum.clone())))
        .collect();
    let sums_rows = sums
        .iter()
        .cloned()
        .map(|(file, sum)| {
            view! {
                <tr>
                    <th scope="row">{file}</th>
                    <td>{format::capital(&sum.measure)}</td>
                    <td>{sum.kind}</td>
                    <td class="number">{format::count(sum.rows as i64)}</td>
                    <td class="number exact">{sum.sum}</td>
                </tr>
            }
        })
        .collect_view();
    let sums_columns =
        vec![("File", ""), ("Measure", ""), ("Kind of row", ""), ("Rows", "number"), ("Exact sum", "number")];
    let sums = (!sums.is_empty()).then(|| {
        view! {
            <Card title="Sums to reconcile">
                <p>"Exact sums over the rows taken: compare them with the system that the files came from."</p>
                <Table caption="Sums of the measures, by file" columns=sums_columns>{sums_rows}</Table>
            </Card>
        }
    });
    let rows = import.report.into_iter().map(file_row).collect_view();
    let columns = vec![
        ("File", ""),
        ("Rows are", ""),
        ("Read", "number"),
        ("Taken", "number"),
        ("Duplicate", "number"),
        ("Rejected", "number"),
        ("First day", ""),
        ("Last day", ""),
    ];
    view! {
        <Card title="Rows">
            {dead}
            <Table caption="What became of the rows, by file" columns=columns>{rows}</Table>
            <p class="hint">"Read = taken + duplicate + rejected. Duplicate rows were there already; they change nothing."</p>
        </Card>
        {sums}
    }
    .into_any()
}

fn file_row(file: FileReport) -> impl IntoView {
    let (first, last) =
        file.days.map_or_else(|| ("–".to_owned(), "–".to_owned()), |(a, b)| (format::day(a), format::day(b)));
    view! {
        <tr>
            <th scope="row">{file.file}</th>
            <td>{format::capital(&file.entity.name().replace('_', " "))}</td>
            <td class="number">{format::count(file.read as i64)}</td>
            <td class="number">{format::count(file.taken as i64)}</td>
            <td class="number">{format::count(file.duplicate as i64)}</td>
            <td class="number">{format::count(file.rejected as i64)}</td>
            <td>{first}</td>
            <td>{last}</td>
        </tr>
    }
}
