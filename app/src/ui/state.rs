//! Empty and failed: every page has both.

use super::icon::{Icon, icon};
use aisle_domain::{Problem, ProblemCode};
use leptos::prelude::*;

/// Shown where there is nothing yet: what it would show, and how to get there.
#[component]
pub fn EmptyState(
    /// What there is none of.
    #[prop(into)]
    title: String,
    /// What to do about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! { <div class="empty"><p class="empty-title">{title}</p>{children.map(|children| children())}</div> }
        .into_any()
}

/// Shown where it could not be had: what happened, what to do, and the id that the log has.
#[component]
pub fn ErrorState(
    /// What happened.
    problem: Problem,
) -> impl IntoView {
    let id = problem.id.map(|id| view! { <p class="error-id">"For the log: "<code>{id}</code></p> });
    let way_out = (problem.code == ProblemCode::Unauthenticated)
        .then(|| view! { <p><a class="button primary" href="/sign-in">"Sign in"</a></p> });
    view! {
        <div class="error-state" role="alert">
            {icon(Icon::Warning)}
            <div>
                <p class="error-title">{problem.code.title()}</p>
                <p>{problem.detail}</p>
                {id}
                {way_out}
            </div>
        </div>
    }
    .into_any()
}

/// The view of what a page asked for, or of the problem. The page waits for it; none may stand within another's view.
#[cfg(feature = "ssr")]
pub fn loaded<T>(
    answer: impl Future<Output = Result<T, crate::Failure>> + Send + 'static,
    show: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView
where
    T: Send + 'static,
{
    let view = async move {
        match answer.await {
            Ok(value) => show(value),
            Err(failure) => view! { <ErrorState problem=failure.0/> }.into_any(),
        }
    };
    Suspend::new(view).into_any()
}
