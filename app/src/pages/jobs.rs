//! Jobs: the list, and what starts one.

use crate::failure::Failure;
use crate::islands::progress::{LiveProgress, Standing, Work};
use crate::islands::sent::Sent;
use crate::islands::submit::SubmitOnChange;
use crate::ports::query_string::{join, value};
use crate::ports::{JobDesk, Page};
use crate::ui::{Badge, Button, Card, EmptyState, PageHeader, Pager, PostForm, Select, Table, Tone, format, loaded};
use crate::visit::may;
use crate::{access, addresses};
use aisle_domain::Permission;
use aisle_domain::job::{JobKind, JobState, JobView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;

/// Queues a training or compaction and leads to its page.
#[server(name = StartJob, prefix = "/fn", endpoint = "start_job")]
pub async fn start_job(
    /// What it does.
    kind: JobKind,
) -> Result<JobView, Failure> {
    let visitor = access::enter("start_job")?;
    let job = access::port::<dyn JobDesk>()?.start(&visitor, kind).await.map_err(access::failed)?;
    leptos_axum::redirect(&addresses::job(&job.id));
    Ok(job)
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

/// Which jobs: kind, state, where the list continues.
type Wanted = (Option<JobKind>, Option<JobState>, Option<String>);

async fn jobs((kind, state, after): Wanted) -> Result<Page<JobView>, Failure> {
    access::port::<dyn JobDesk>()?.jobs(kind, state, after).await.map_err(access::failed)
}

/// The jobs page: `?kind=`, `?state=` filter, `?after=` continues the list.
#[component]
pub fn JobsPage() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let kind = value(&search, "kind").and_then(|word| JobKind::parse(&word));
    let state = value(&search, "state").and_then(|word| JobState::parse(&word));
    let wanted: Wanted = (kind, state, value(&search, "after"));
    view! {
        <PageHeader title="Jobs" lead="Imports, trainings and compactions: what runs, what ran, what failed."/>
        {may(Permission::RunJobs).then(|| view! { <StartCard/> })}
        <Filter kind state/>
        {loaded(jobs(wanted.clone()), move |page| list_view(page, &wanted))}
    }
    .into_any()
}

/// Buttons that start a job.
#[component]
fn StartCard() -> impl IntoView {
    view! {
        <Card title="Start" class="start">
            <div id="start" class="choices">
                <div>
                    <PostForm to=StartJob::PATH>
                        <input type="hidden" name="kind" value=JobKind::Train.name()/>
                        <Button text="Train the forecasts" class="primary"/>
                    </PostForm>
                    <p class="hint">"Fits every series anew on the data as it is now, tries each model on past periods, and puts the best live."</p>
                </div>
                <div>
                    <PostForm to=StartJob::PATH>
                        <input type="hidden" name="kind" value=JobKind::Compact.name()/>
                        <Button text="Compact the tables"/>
                    </PostForm>
                    <p class="hint">"Joins the small files that imports leave behind, so that queries read fewer of them. No row changes."</p>
                </div>
            </div>
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
        <form method="get" action="/jobs" class="filters" aria-label="Filter" autocomplete="off">
            <Select label="Kind" name="kind" options=kinds.collect() selected=kind.map_or("", JobKind::name)/>
            <Select label="State" name="state" options=states.collect() selected=state.map_or("", JobState::name)/>
            <Button text="Apply"/>
            <SubmitOnChange/>
        </form>
    }
    .into_any()
}

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
        let query = join(parts.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))));
        if query.is_empty() { "/jobs".to_owned() } else { format!("/jobs?{query}") }
    };
    let next = page.next.as_deref().map(|next| address(Some(next)));
    let first = after.is_some().then(|| address(None));
    let rows = page.rows.into_iter().map(row).collect_view();
    let columns = vec![("Job", ""), ("State", ""), ("Asked for by", ""), ("Asked for", ""), ("Took", "number")];
    view! {
        <Table caption="Jobs, newest first" columns>{rows}</Table>
        <Pager first next/>
    }
    .into_any()
}

fn row(job: JobView) -> AnyView {
    let took = job.started_at.zip(job.finished_at).map(|(from, to)| format::duration(to - from));
    let standing = if job.state.is_final() {
        let told = job.error.clone().unwrap_or_else(|| job.progress.note.clone());
        view! { <Badge text=job.state.name() tone=Tone::of_job(job.state)/>" "{told} }.into_any()
    } else {
        view! { <Live job=job.clone()/> }.into_any()
    };
    view! {
        <tr>
            <th scope="row"><a href=addresses::job(&job.id)>{kind_text(job.kind)}</a></th>
            <td class="wrap">{standing}</td>
            <td>{job.created_by}</td>
            <td><time datetime=format::time_attribute(job.created_at)>{format::time(job.created_at)}</time></td>
            <td class="number">{took.unwrap_or_else(|| "–".to_owned())}</td>
        </tr>
    }
    .into_any()
}

/// State and progress of a job that is not finished.
#[component]
pub(super) fn Live(
    /// The job.
    job: JobView,
) -> impl IntoView {
    let label = format!("{} {}", kind_text(job.kind), job.id);
    let standing = Standing { state: job.state, progress: job.progress };
    view! { <LiveProgress work=Sent(Work::Job(job.id)) standing=Sent(standing) label/> }.into_any()
}
