//! Page header, card, facts, tabs.

use leptos::prelude::*;
use leptos_meta::Title;

/// The head of a page: the one `h1` (also the document's title), a sentence below it, actions beside it.
#[component]
pub fn PageHeader(
    /// Names the page.
    #[prop(into)]
    title: String,
    /// What it shows, in a sentence.
    #[prop(into, optional)]
    lead: String,
    /// Buttons and links.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lead = (!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> });
    let actions = children.map(|children| view! { <div class="actions">{children()}</div> });
    view! {
        <Title text=title.clone()/>
        <header class="page-header">
            <div class="page-title">
                <h1 id="page-title" tabindex="-1">{title}</h1>
                {lead}
            </div>
            {actions}
        </header>
    }
    .into_any()
}

/// A titled section in a frame. Without a title it is a plain frame.
#[component]
pub fn Card(
    /// Its heading (`h2`).
    #[prop(into, optional)]
    title: String,
    /// Further classes.
    #[prop(into, optional)]
    class: String,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let heading = (!title.is_empty()).then(|| view! { <h2>{title}</h2> });
    view! { <section class=format!("card {class}")>{heading}{children()}</section> }.into_any()
}

/// Label and value pairs as a description list.
#[component]
pub fn Facts(
    /// The pairs, in order.
    facts: Vec<(String, AnyView)>,
) -> impl IntoView {
    let pairs = facts.into_iter().map(|(label, value)| view! { <div><dt>{label}</dt><dd>{value}</dd></div> });
    view! { <dl class="facts">{pairs.collect_view()}</dl> }.into_any()
}

/// Links between parts of one subject; the present one is marked.
#[component]
pub fn Tabs(
    /// Names the group for assistive technology.
    #[prop(into)]
    label: String,
    /// Links as (text, address).
    links: Vec<(String, String)>,
    /// Address of the present one.
    #[prop(into)]
    current: String,
) -> impl IntoView {
    let links = links
        .into_iter()
        .map(|(text, href)| {
            let mark = (href == current).then_some("page");
            view! { <li><a href=href aria-current=mark>{text}</a></li> }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label><ul>{links}</ul></nav> }.into_any()
}
