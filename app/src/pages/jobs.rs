//! Jobs: the list, and what starts one.

use crate::failure::Failure;
use crate::ports::Page;
use crate::ui::{
    Badge, Button, Card, EmptyState, PageHeader, Pager, ProgressBar, Select, Table, Tone, format, loaded,
    outcome_quiet, state::refresh_while,
};
use crate::visit::may;
use aisle_domain::Permission;
use aisle_domain::job::{JobKind, JobState, JobView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;

#[cfg(feature = "ssr")]
use crate::{access, ports::JobDesk};

/// Jobs of a kind and in a state, newest first.
#[server(name = GetJobs, prefix = "/fn", endpoint = "jobs", input = leptos::server_fn::codec::Json)]
pub async fn jobs(
    /// This kind only.
    kind: Option<JobKind>,
    /// This state only.
    state: Option<JobState>,
    /// Where the list continues.
    after: Option<String>,
) -> Result<Page<JobView>, Failure> {
    access::enter("jobs")?;
    access::port::<dyn JobDesk>()?.jobs(kind, state, after).await.map_err(access::failed)
}

/// Queues a training or compaction and leads to its page.
#[server(name = StartJob, prefix = "/fn", endpoint = "start_job")]
pub async fn start_job(
    /// What it does.
    kind: JobKind,
) -> Result<JobView, Failure> {
    let visitor = access::enter("start_job")?;
    let job = access::port::<dyn JobDesk>()?.start(&visitor, kind).await.map_err(access::failed)?;
    leptos_axum::redirect(&job_href(&job));
    Ok(job)
}

/// The address of a job's page.
pub(super) fn job_href(job: &JobView) -> String {
    format!("/jobs/{}", format::url_part(job.id.as_str()))
}

/// What a job does, as a noun.
pub(super) fn kind_text(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Import => "Import",
        JobKind::Train => "Training",
        JobKind::Compact => "Compaction",
        JobKind::Backtest => "Backtest",
    }
}

/// The jobs page: `?kind=`, `?state=` filter, `?after=` continues the list.
#[component]
pub fn JobsPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        query.with(|query| {
            let kind = query.get("kind").and_then(|word| JobKind::parse(&word));
            let state = query.get("state").and_then(|word| JobState::parse(&word));
            (kind, state, query.get("after"))
        })
    });
    let list = Resource::new(move || wanted.get(), |(kind, state, after)| jobs(kind, state, after));
    refresh_while(list, |page: &Page<JobView>| page.rows.iter().any(|job| !job.state.is_final()));
    view! {
        <PageHeader title="Jobs" lead="Imports, trainings and compactions: what runs, what ran, what failed."/>
        {may(Permission::RunJobs).then(|| view! { <StartCard/> })}
        <Filter kind=wanted.get_untracked().0 state=wanted.get_untracked().1/>
        {loaded(list, move |page| list_view(page, &wanted.get_untracked()))}
    }
    .into_any()
}

/// Buttons that start a job.
#[component]
fn StartCard() -> impl IntoView {
    let start = ServerAction::<StartJob>::new();
    let pending: Signal<bool> = start.pending().into();
    view! {
        <Card title="Start" class="start">
            <div id="start" class="choices">
                <div>
                    <ActionForm action=start>
                        <input type="hidden" name="kind" value=JobKind::Train.name()/>
                        <Button text="Train the forecasts" class="primary" pending/>
                    </ActionForm>
                    <p class="hint">"Fits every series anew on the data as it is now, tries each model on past periods, and puts the best live."</p>
                </div>
                <div>
                    <ActionForm action=start>
                        <input type="hidden" name="kind" value=JobKind::Compact.name()/>
                        <Button text="Compact the tables" pending/>
                    </ActionForm>
                    <p class="hint">"Joins the small files that imports leave behind, so that queries read fewer of them. No row changes."</p>
                </div>
            </div>
            {outcome_quiet(start, "")}
        </Card>
    }
    .into_any()
}

/// Kind and state, as a form that fills the address.
#[component]
fn Filter(kind: Option<JobKind>, state: Option<JobState>) -> impl IntoView {
    let all = || (String::new(), "All".to_owned());
    let kinds = [all()].into_iter().chain(JobKind::ALL.map(|k| (k.name().to_owned(), kind_text(k).to_owned())));
    let states = [all()].into_iter().chain(JobState::ALL.map(|s| (s.name().to_owned(), format::capital(s.name()))));
    view! {
        <Form method="GET" action="/jobs" attr:class="filters" attr:aria-label="Filter">
            <Select label="Kind" name="kind" options=kinds.collect() selected=kind.map_or("", JobKind::name) submits=true/>
            <Select label="State" name="state" options=states.collect() selected=state.map_or("", JobState::name) submits=true/>
            <Button text="Apply"/>
        </Form>
    }
    .into_any()
}

type Wanted = (Option<JobKind>, Option<JobState>, Option<String>);

fn list_view(page: Page<JobView>, wanted: &Wanted) -> AnyView {
    let (kind, state, after) = wanted;
    if page.rows.is_empty() {
        let filtered = kind.is_some() || state.is_some();
        let title = if filtered { "No job matches" } else { "No job has run yet" };
        return view! {
            <EmptyState title>
                <p>"Imports start on the "<a href="/data">"data page"</a>"; trainings start here."</p>
            </EmptyState>
        }
        .into_any();
    }
    let address = |after: Option<&str>| {
        let parts = [("kind", kind.map(JobKind::name)), ("state", state.map(JobState::name)), ("after", after)];
        let pairs: Vec<String> = parts
            .iter()
            .filter_map(|(key, value)| value.map(|value| format!("{key}={}", format::url_part(value))))
            .collect();
        if pairs.is_empty() { "/jobs".to_owned() } else { format!("/jobs?{}", pairs.join("&")) }
    };
    let next = page.next.as_deref().map(|next| address(Some(next)));
    let first = after.is_some().then(|| address(None));
    let rows = page.rows.into_iter().map(row).collect_view();
    let columns =
        vec![("Job", ""), ("State", ""), ("Progress", ""), ("Asked for by", ""), ("Asked for", ""), ("Took", "number")];
    view! {
        <Table caption="Jobs, newest first" columns>{rows}</Table>
        <Pager first next/>
    }
    .into_any()
}

fn row(job: JobView) -> impl IntoView {
    let label = format!("{} {}", kind_text(job.kind), job.id);
    let took = job.started_at.zip(job.finished_at).map(|(from, to)| format::duration(to - from));
    let progress = if job.state.is_final() {
        job.error.clone().unwrap_or_else(|| job.progress.note.clone()).into_any()
    } else {
        view! { <ProgressBar progress=job.progress.clone() label=label/> }.into_any()
    };
    view! {
        <tr>
            <th scope="row"><a href=job_href(&job)>{kind_text(job.kind)}</a></th>
            <td><Badge text=job.state.name() tone=Tone::of_job(job.state)/></td>
            <td class="wrap">{progress}</td>
            <td>{job.created_by.clone()}</td>
            <td><time datetime=format::time_attribute(job.created_at)>{format::time(job.created_at)}</time></td>
            <td class="number">{took.unwrap_or_else(|| "–".to_owned())}</td>
        </tr>
    }
    .into_any()
}
