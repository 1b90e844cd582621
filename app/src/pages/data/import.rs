//! One import: a draft with its questions, a run with its progress, a report.

use super::answers::Answers;
use super::calls::{DiscardImport, mappings};
use super::mapping_form::MappingForm;
use super::report::Report;
use super::{DataTabs, state_label, state_tone};
use crate::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::islands::progress::{LiveProgress, Standing, Work};
use crate::islands::sent::Sent;
use crate::ports::{DataDesk, ImportView};
use crate::ui::{Badge, Card, ErrorState, Facts, PageHeader, PostForm, format, loaded};
use crate::visit::may;
use crate::{access, addresses};
use aisle_domain::import::Preview;
use aisle_domain::{ImportId, Permission, Problem, ProblemCode};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::{use_location, use_params_map};

/// What a draft's page shows: what is understood of its files, and why the answers of the address were not taken.
struct Draft {
    previews: Vec<Preview>,
    refused: Option<Problem>,
}

/// The import, and its draft while it is one and the visitor may go on with it.
async fn import_of(id: Option<ImportId>, search: String) -> Result<(ImportView, Option<Draft>), Failure> {
    let missing =
        || Problem::new(ProblemCode::NotFound, "the address does not name an import; choose one from the list");
    let id = id.ok_or_else(|| access::failed(missing()))?;
    let desk = access::port::<dyn DataDesk>()?;
    let import = desk.import(&id).await.map_err(access::failed)?;
    if import.state != "draft" || !may(Permission::ImportData) {
        return Ok((import, None));
    }
    let checked = match Answers::from_query(&search) {
        None => None,
        Some(answers) => Some(match mappings(&answers) {
            Ok(answers) => desk.check_mapping(&id, answers).await,
            Err(problem) => Err(problem),
        }),
    };
    let (guessed, refused) = match checked {
        Some(Ok(previews)) => return Ok((import, Some(Draft { previews, refused: None }))),
        // A wrong answer is told beside the form, which still shows the guess.
        Some(Err(problem)) => (desk.previews(&id).await, Some(access::failed(problem).0)),
        None => (desk.previews(&id).await, None),
    };
    Ok((import, Some(Draft { previews: guessed.map_err(access::failed)?, refused })))
}

/// The page of one import.
#[component]
pub fn ImportPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id")).and_then(|id| ImportId::new(id).ok());
    let search = use_location().search.get_untracked();
    loaded(import_of(id, search), |(import, draft)| import_body(import, draft))
}

fn is_under_way(import: &ImportView) -> bool {
    matches!(import.state.as_str(), "queued" | "running")
}

fn import_body(import: ImportView, draft: Option<Draft>) -> AnyView {
    let title = import.files.join(", ");
    let facts = vec![
        (
            "State".to_owned(),
            view! { <Badge text=state_label(&import.state) tone=state_tone(&import.state)/> }.into_any(),
        ),
        ("Size".to_owned(), format::bytes(import.bytes).into_any()),
        ("By".to_owned(), import.created_by.clone().into_any()),
        ("At".to_owned(), format::time(import.created_at).into_any()),
    ];
    let body = match draft {
        Some(draft) => draft_view(import.id, draft),
        None if import.state == "draft" => {
            view! { <p class="message">"Whoever may import files has to check these and start the import."</p> }
                .into_any()
        }
        None => run_view(import),
    };
    view! {
        <nav class="crumbs" aria-label="Where you are"><a href="/data">"Data"</a></nav>
        <PageHeader title=title lead="What was understood of the files, and what became of their rows."/>
        <DataTabs current=""/>
        <Facts facts=facts/>
        {body}
    }
    .into_any()
}

/// A run: progress, why it failed, the report so far.
fn run_view(import: ImportView) -> AnyView {
    let waits = is_under_way(&import);
    let job = import.job.clone().map(|job| {
        let progress = waits.then(|| {
            let standing = Standing { state: job.state, progress: job.progress };
            view! {
                <LiveProgress work=Sent(Work::Import(import.id.clone())) standing=Sent(standing) label="Import"/>
                <noscript><p>"Load the page again to see how far it has come."</p></noscript>
            }
        });
        let error = job.error.map(|error| view! { <p class="message bad">{error}</p> });
        view! { <Card title="Run">{progress}{error}<p><a href=addresses::job(&job.id)>"The job"</a></p></Card> }
    });
    view! { {job}<Report import=import/> }.into_any()
}

/// A draft: what was guessed, the questions, the form.
fn draft_view(id: ImportId, draft: Draft) -> AnyView {
    let Draft { previews, refused } = draft;
    let name = id.to_string();
    view! {
        {refused.map(|problem| view! { <ErrorState problem/> })}
        <MappingForm id previews/>
        <PostForm to=DiscardImport::PATH>
            <input type="hidden" name="id" value=name/>
            <ConfirmButton text="Discard these files" class="danger" question="Discard these files?"
                consequence="What was uploaded is deleted. Nothing of it was imported."/>
        </PostForm>
    }
    .into_any()
}
