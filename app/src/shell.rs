//! The document around every page, and the router within it.

use crate::pages;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Stylesheet, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The document: head, the app, the scripts that hydrate it.
pub fn page(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// The router. Pages render whole on the server (`SsrMode::Async`), so that they read the same without JavaScript.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Stylesheet href="/pkg/aisle.css"/>
        <Title formatter=|title: String| if title.is_empty() { "Aisle".to_owned() } else { format!("{title} · Aisle") }/>
        <Router>
            <Routes fallback=|| view! { <pages::NotFound/> }>
                <Route path=path!("/") view=pages::NotFound ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
