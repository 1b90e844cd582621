//! One job: how far it is, what it made, and how to stop or repeat it.

use super::jobs::{Live, kind_text};
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::ports::JobDesk;
use crate::ui::{Badge, Button, Card, Facts, PageHeader, PostForm, ProgressBar, Tone, format, loaded};
use crate::visit::may;
use crate::{access, addresses};
use aisle_domain::job::{JobKind, JobState, JobView};
use aisle_domain::{ImportId, JobId, Permission, Problem, ProblemCode};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

async fn job_of(id: String) -> Result<JobView, Failure> {
    let id = named(&id)?;
    access::port::<dyn JobDesk>()?.job(&id).await.map_err(access::failed)
}

/// Asks it to stop.
#[server(name = CancelJob, prefix = "/fn", endpoint = "cancel_job")]
pub async fn cancel_job(
    /// Which job.
    id: String,
) -> Result<(), Failure> {
    let visitor = access::enter("cancel_job")?;
    let id = named(&id)?;
    access::port::<dyn JobDesk>()?.cancel(&visitor, &id).await.map_err(access::failed)?;
    crate::ui::flash::leave("Asked the job to stop. It does so at its next step.");
    Ok(())
}

/// Queues it again and leads to its page.
#[server(name = RetryJob, prefix = "/fn", endpoint = "retry_job")]
pub async fn retry_job(
    /// Which job.
    id: String,
) -> Result<JobView, Failure> {
    let visitor = access::enter("retry_job")?;
    let id = named(&id)?;
    let job = access::port::<dyn JobDesk>()?.retry(&visitor, &id).await.map_err(access::failed)?;
    leptos_axum::redirect(&addresses::job(&job.id));
    Ok(job)
}

/// The identifier in the address, or that there is no such job.
fn named(id: &str) -> Result<JobId, Failure> {
    JobId::new(id).map_err(|error| access::failed(Problem::new(ProblemCode::NotFound, error.to_string())))
}

/// The page of one job.
#[component]
pub fn JobPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    view! {
        <PageHeader title="Job" lead="Live while it runs."><a class="button quiet" href="/jobs">"All jobs"</a></PageHeader>
        {loaded(job_of(id), show)}
    }
    .into_any()
}

fn show(job: JobView) -> AnyView {
    let time = |at: i64| view! { <time datetime=format::time_attribute(at)>{format::time(at)}</time> }.into_any();
    let mut facts: Vec<(String, AnyView)> = vec![
        ("Asked for by".to_owned(), job.created_by.clone().into_any()),
        ("Asked for".to_owned(), time(job.created_at)),
    ];
    if let Some(at) = job.started_at {
        facts.push(("Last attempt began".to_owned(), time(at)));
    }
    if let Some(at) = job.finished_at {
        facts.push(("Ended".to_owned(), time(at)));
    }
    if let Some((from, to)) = job.started_at.zip(job.finished_at) {
        facts.push(("Took".to_owned(), format::duration(to - from).into_any()));
    }
    facts.push(("Attempts".to_owned(), format!("{} of at most {}", job.attempts, job.max_attempts).into_any()));
    if let Some(result) = job.result.clone() {
        let result = match job.kind {
            JobKind::Import => {
                let href = ImportId::new(result.as_str()).ok().map(|id| addresses::import(&id));
                view! { <a href=href>{result}</a> }.into_any()
            }
            JobKind::Train | JobKind::Compact | JobKind::Backtest => view! { <code>{result}</code> }.into_any(),
        };
        facts.push(("Made".to_owned(), result));
    }
    facts.push(("Identifier".to_owned(), view! { <code>{job.id.to_string()}</code> }.into_any()));
    let kind = kind_text(job.kind);
    let standing = if job.state.is_final() {
        let far = (job.progress.done > 0).then(|| view! { <ProgressBar progress=job.progress.clone() label=kind/> });
        view! { <p><Badge text=job.state.name() tone=Tone::of_job(job.state)/></p>{far} }.into_any()
    } else {
        view! {
            <Live job=job.clone()/>
            <noscript><p>"Load the page again to see how far it has come."</p></noscript>
        }
        .into_any()
    };
    let failed = job.error.clone().map(|error| {
        view! { <div class="message bad"><p><strong>"The last attempt failed"</strong></p><p>{error}</p></div> }
    });
    view! {
        <Card title=kind>
            {standing}
            {failed}
            <Facts facts/>
            {steering(&job)}
        </Card>
    }
    .into_any()
}

/// Cancel while it may still stop, retry where it failed or was stopped.
fn steering(job: &JobView) -> AnyView {
    if !may(Permission::RunJobs) {
        return ().into_any();
    }
    let id = job.id.to_string();
    match job.state {
        JobState::Queued | JobState::Running => view! {
            <PostForm to=CancelJob::PATH>
                <input type="hidden" name="id" value=id/>
                <ConfirmButton text="Cancel the job" class="danger" question="Cancel this job?"
                    consequence="It stops at its next step. What it has finished stays; it can be started again later."/>
            </PostForm>
        }
        .into_any(),
        JobState::Failed | JobState::Cancelled => view! {
            <PostForm to=RetryJob::PATH>
                <input type="hidden" name="id" value=id/>
                <Button text="Try again" class="primary"/>
            </PostForm>
        }
        .into_any(),
        JobState::Succeeded => ().into_any(),
    }
}
