//! The document around every page, and the router within it: on the server only.

pub mod navigation;

use crate::pages;
use crate::ui::{Flash, refused};
use crate::visit::{theme_of_request, visit};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

/// Pages fade into each other, where the visitor likes things to move.
const FADE: &str = "@media (prefers-reduced-motion: no-preference) { @view-transition { navigation: auto; } }";
/// A fade that is cut short by the next click is no error.
const CUT_SHORT: &str = "for (const turn of ['pageswap', 'pagereveal']) addEventListener(turn, ({ viewTransition: fade }) => { \
     fade?.ready.catch(() => {}); fade?.finished.catch(() => {}); });";

/// The document: head, the app, the script that makes its islands react.
pub fn page(options: LeptosOptions) -> impl IntoView {
    set_security_policy();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme_of_request().name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content="Sales, forecasts and stock of a shop"/>
                <style>{FADE}</style>
                <script nonce=leptos::nonce::use_nonce()>{CUT_SHORT}</script>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/aisle.css"/>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
    .into_any()
}

/// The document of a report: no script, printable. `title` names it in the window and on paper.
pub fn report_page(title: String, report: impl IntoView + 'static) -> impl IntoView {
    set_policy_without_scripts();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme_of_request().name()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <title>{title}</title>
                <style>{FADE}</style>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/aisle.css"/>
            </head>
            <body class="report-body">{report}</body>
        </html>
    }
    .into_any()
}

/// The router. Pages render whole on the server (`SsrMode::Async`), so that they read the same without JavaScript.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Aisle".to_owned() } else { format!("{title} · Aisle") }/>
        <Router>
            <Frame/>
        </Router>
    }
    .into_any()
}

/// Navigation beside the page; only the page where nobody is signed in.
#[component]
fn Frame() -> impl IntoView {
    let visit = visit();
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    refused::provide(&search);
    let signed_in = visit.visitor.is_some();
    let here = if search.is_empty() { path.clone() } else { format!("{path}?{}", search.trim_start_matches('?')) };
    view! {
        <a class="skip-link" href="#page-title">"Skip to the page"</a>
        <div class="frame" class:signed-in=signed_in>
            {signed_in.then(|| view! { <navigation::Sidebar visit=visit.clone() path=path.clone()/> })}
            <div class="stage">
                {signed_in.then(|| view! { <navigation::Topbar visit=visit.clone() here/> })}
                <main id="main">
                    <Flash search/>
                    <Pages/>
                </main>
            </div>
            {signed_in.then(|| view! { <navigation::Bottombar visit path/> })}
        </div>
    }
    .into_any()
}

/// Every page of [`crate::access::PAGES`].
#[component]
fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <pages::NotFound/> }>
            <Route path=path!("/") view=pages::OverviewPage ssr=SsrMode::Async/>
            <Route path=path!("/series") view=pages::SeriesPage ssr=SsrMode::Async/>
            <Route path=path!("/series/:location/:item") view=pages::SeriesDetailPage ssr=SsrMode::Async/>
            <Route path=path!("/data") view=pages::DataPage ssr=SsrMode::Async/>
            <Route path=path!("/data/imports/:id") view=pages::ImportPage ssr=SsrMode::Async/>
            <Route path=path!("/data/dead-letters") view=pages::DeadLettersPage ssr=SsrMode::Async/>
            <Route path=path!("/data/tables") view=pages::TablesPage ssr=SsrMode::Async/>
            <Route path=path!("/data/tables/:name") view=pages::TablePage ssr=SsrMode::Async/>
            <Route path=path!("/levels") view=pages::LevelsPage ssr=SsrMode::Async/>
            <Route path=path!("/overrides") view=pages::OverridesPage ssr=SsrMode::Async/>
            <Route path=path!("/accuracy") view=pages::AccuracyPage ssr=SsrMode::Async/>
            <Route path=path!("/calendar") view=pages::CalendarPage ssr=SsrMode::Async/>
            <Route path=path!("/calendar/files/:id") view=pages::CalendarFilePage ssr=SsrMode::Async/>
            <Route path=path!("/impact") view=pages::ImpactsPage ssr=SsrMode::Async/>
            <Route path=path!("/impact/:event") view=pages::ImpactPage ssr=SsrMode::Async/>
            <Route path=path!("/jobs") view=pages::JobsPage ssr=SsrMode::Async/>
            <Route path=path!("/jobs/:id") view=pages::JobPage ssr=SsrMode::Async/>
            <Route path=path!("/users") view=pages::UsersPage ssr=SsrMode::Async/>
            <Route path=path!("/settings") view=pages::SettingsPage ssr=SsrMode::Async/>
            <Route path=path!("/audit") view=pages::AuditPage ssr=SsrMode::Async/>
            <Route path=path!("/account") view=pages::AccountPage ssr=SsrMode::Async/>
            <Route path=path!("/help") view=pages::HelpPage ssr=SsrMode::Async/>
            <Route path=path!("/sign-in") view=pages::SignInPage ssr=SsrMode::Async/>
        </Routes>
    }
    .into_any()
}

/// Scripts of this page only (by nonce, and what they load); WASM may be compiled.
fn set_security_policy() {
    let Some(nonce) = leptos::nonce::use_nonce() else { return };
    set_policy(&format!("script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; worker-src 'self' blob:; "));
}

/// No script at all.
fn set_policy_without_scripts() {
    set_policy("script-src 'none'; ");
}

fn set_policy(scripts: &str) {
    use axum::http::{HeaderValue, header};
    let policy = format!(
        "default-src 'self'; {scripts}style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; \
         font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let (Some(response), Ok(policy)) =
        (use_context::<leptos_axum::ResponseOptions>(), HeaderValue::from_str(&policy))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
