//! One job: how far it is, what it made, and how to stop or repeat it.

use super::jobs::kind_text;
use crate::failure::Failure;
use crate::ui::{
    Badge, Button, Card, Facts, PageHeader, ProgressBar, Tone, format, loaded, outcome_quiet, state::refresh_while,
};
use crate::visit::may;
use aisle_domain::Permission;
use aisle_domain::job::{JobKind, JobState, JobView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[cfg(feature = "ssr")]
use super::jobs::job_href;
#[cfg(feature = "ssr")]
use crate::{access, ports::JobDesk};
#[cfg(feature = "ssr")]
use aisle_domain::JobId;

/// The job.
#[server(name = GetJob, prefix = "/fn", endpoint = "job_view", input = leptos::server_fn::codec::Json)]
pub async fn job_view(
    /// Which job.
    id: String,
) -> Result<JobView, Failure> {
    access::enter("job_view")?;
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
    crate::ui::flash::leave("Asked the job to stop.");
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
    leptos_axum::redirect(&job_href(&job));
    Ok(job)
}

/// The identifier in the address, or that there is no such job.
#[cfg(feature = "ssr")]
fn named(id: &str) -> Result<JobId, Failure> {
    use aisle_domain::{Problem, ProblemCode};
    JobId::new(id).map_err(|error| access::failed(Problem::new(ProblemCode::NotFound, error.to_string())))
}

/// The page of one job.
#[component]
pub fn JobPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let cancel = ServerAction::<CancelJob>::new();
    let retry = ServerAction::<RetryJob>::new();
    let job =
        Resource::new(move || (id.get(), cancel.version().get(), retry.version().get()), |(id, _, _)| job_view(id));
    refresh_while(job, |job: &JobView| !job.state.is_final());
    view! {
        <PageHeader title="Job" lead="Live while it runs."><a class="button quiet" href="/jobs">"All jobs"</a></PageHeader>
        {loaded(job, move |job| show(job, cancel, retry))}
        {outcome_quiet(cancel, "Asked the job to stop. It does so at its next step.")}
        {outcome_quiet(retry, "")}
    }
    .into_any()
}

fn show(job: JobView, cancel: ServerAction<CancelJob>, retry: ServerAction<RetryJob>) -> AnyView {
    let time = |at: i64| view! { <time datetime=format::time_attribute(at)>{format::time(at)}</time> }.into_any();
    let mut facts: Vec<(String, AnyView)> = vec![
        ("State".to_owned(), view! { <Badge text=job.state.name() tone=Tone::of_job(job.state)/> }.into_any()),
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
                let href = format!("/data/imports/{}", format::url_part(&result));
                view! { <a href=href>{result}</a> }.into_any()
            }
            JobKind::Train | JobKind::Compact | JobKind::Backtest => view! { <code>{result}</code> }.into_any(),
        };
        facts.push(("Made".to_owned(), result));
    }
    facts.push(("Identifier".to_owned(), view! { <code>{job.id.to_string()}</code> }.into_any()));
    let kind = kind_text(job.kind);
    let progress = (!job.state.is_final() || job.progress.done > 0)
        .then(|| view! { <ProgressBar progress=job.progress.clone() label=kind/> });
    let failed = job.error.clone().map(|error| {
        view! { <div class="message bad"><p><strong>"The last attempt failed"</strong></p><p>{error}</p></div> }
    });
    view! {
        <Card title=kind>
            {progress}
            {failed}
            <Facts facts/>
            {steering(&job, cancel, retry)}
        </Card>
    }
    .into_any()
}

/// Cancel while it may still stop, retry where it failed or was stopped.
fn steering(job: &JobView, cancel: ServerAction<CancelJob>, retry: ServerAction<RetryJob>) -> AnyView {
    if !may(Permission::RunJobs) {
        return ().into_any();
    }
    let id = job.id.to_string();
    match job.state {
        JobState::Queued | JobState::Running => view! {
            <ActionForm action=cancel>
                <input type="hidden" name="id" value=id/>
                <Button text="Cancel the job" class="danger" pending=cancel.pending()/>
            </ActionForm>
        }
        .into_any(),
        JobState::Failed | JobState::Cancelled => view! {
            <ActionForm action=retry>
                <input type="hidden" name="id" value=id/>
                <Button text="Try again" class="primary" pending=retry.pending()/>
            </ActionForm>
        }
        .into_any(),
        JobState::Succeeded => ().into_any(),
    }
}
