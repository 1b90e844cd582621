//! A table that scrolls within itself, and a pager below it.

use leptos::prelude::*;

/// Heads of columns as (text, class).
#[derive(Debug, Clone)]
pub struct Heads(Vec<(String, &'static str)>);

impl From<Vec<(&'static str, &'static str)>> for Heads {
    fn from(columns: Vec<(&'static str, &'static str)>) -> Self {
        Self(columns.into_iter().map(|(text, class)| (text.to_owned(), class)).collect())
    }
}

impl From<Vec<(String, &'static str)>> for Heads {
    fn from(columns: Vec<(String, &'static str)>) -> Self {
        Self(columns)
    }
}

/// A table. Rows are `<tr>`s; cells that hold numbers have the class `number`.
///
/// Wide tables scroll within their frame, which can be focused and so scrolled by keyboard.
#[component]
pub fn Table(
    /// What it lists; shown above it for assistive technology only unless `show_caption`.
    #[prop(into)]
    caption: String,
    /// Heads of the columns as (text, class); the class `number` aligns to the right.
    #[prop(into)]
    columns: Heads,
    /// Whether the caption is seen.
    #[prop(optional)]
    show_caption: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let heads = columns
        .0
        .into_iter()
        .map(|(text, class)| {
            let text = if text.is_empty() {
                view! { <span class="spoken">"Actions"</span> }.into_any()
            } else {
                text.into_any()
            };
            view! { <th scope="col" class=class>{text}</th> }
        })
        .collect_view();
    let name = caption.clone();
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label=name>
            <table>
                <caption class=if show_caption { "" } else { "spoken" }>{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Links to the first and the next page of a list in keyset order.
#[component]
pub fn Pager(
    /// Address of the first page; `None` on it.
    first: Option<String>,
    /// Address of the next page; `None` at the end.
    next: Option<String>,
) -> impl IntoView {
    (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {first.map(|href| view! { <a class="button quiet" href=href>"First page"</a> })}
                {next.map(|href| view! { <a class="button quiet" href=href rel="next">"Next page"</a> })}
            </nav>
        }
    })
}
