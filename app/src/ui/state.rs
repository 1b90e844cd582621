//! Loading, empty and failed: every page has all three.

use super::icon::{Icon, icon};
use crate::Failure;
use aisle_domain::{Problem, ProblemCode};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Shown while a resource is on its way: grey bars of about the size of what comes.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="loading" role="status">
            <span class="spoken">"Loading"</span>
            <span class="bar"></span><span class="bar"></span><span class="bar"></span>
        </div>
    }
    .into_any()
}

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
        .then(|| view! { <p><a class="button primary" href="/sign-in" rel="external">"Sign in"</a></p> });
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

/// The view of a resource, with its loading and failed states. What is shown stays while the next value is on its way.
pub fn loaded<T, F>(resource: Resource<Result<T, Failure>>, show: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=Loading>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(value) => show(value),
                        Err(failure) => view! { <ErrorState problem=failure.0/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// What became of an action: its problem, or what `done` shows of its answer. A live region: announced when it changes.
pub fn outcome<S, F>(action: ServerAction<S>, done: F) -> impl IntoView
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
    F: Fn(S::Output) -> AnyView + Send + Sync + 'static,
{
    let value = action.value();
    view! {
        <div class="outcome" aria-live="polite">
            {move || match value.get() {
                None => ().into_any(),
                Some(Ok(answer)) => done(answer),
                Some(Err(failure)) => view! { <ErrorState problem=failure.0/> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// Like [`outcome`], with a fixed sentence where it went well; an empty one says nothing.
pub fn outcome_quiet<S>(action: ServerAction<S>, sentence: &'static str) -> impl IntoView
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    outcome(action, move |_| match sentence {
        "" => ().into_any(),
        sentence => view! { <p class="message good">{sentence}</p> }.into_any(),
    })
}

/// Asks again every two seconds while what was answered is not final; after a failed answer, every six.
pub fn refresh_while<T>(resource: Resource<Result<T, Failure>>, unfinished: fn(&T) -> bool)
where
    T: Clone + Send + Sync + serde::Serialize + serde::de::DeserializeOwned + 'static,
{
    Effect::new(move |_| {
        let pause = resource.with(|answer| match answer {
            Some(Ok(value)) if unfinished(value) => Some(2),
            Some(Err(failure)) if failure.0.code == ProblemCode::Unavailable => Some(6),
            _ => None,
        });
        let Some(seconds) = pause else { return };
        let timer = set_timeout_with_handle(move || resource.refetch(), std::time::Duration::from_secs(seconds));
        if let Ok(timer) = timer {
            on_cleanup(move || timer.clear());
        }
    });
}
