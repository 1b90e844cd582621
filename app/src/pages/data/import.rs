//! One import: a draft with its questions, a run with its progress, a report.

use super::answers::Answers;
use super::calls::{DiscardImport, StartImport, check_mapping, import_previews, import_view};
use super::mapping_form::MappingForm;
use super::report::Report;
use super::{DataTabs, state_label, state_tone};
use crate::ports::ImportView;
use crate::ui::state::refresh_while;
use crate::ui::{Badge, Card, ErrorState, Facts, PageHeader, ProgressBar, format, loaded, outcome_quiet};
use aisle_domain::{ImportId, Problem, ProblemCode};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

/// The page of one import.
#[component]
pub fn ImportPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| ImportId::new(id).ok()));
    let start = ServerAction::<StartImport>::new();
    let import = Resource::new_blocking(
        move || (id.get(), start.version().get()),
        |(id, _)| async move {
            let missing =
                || Problem::new(ProblemCode::NotFound, "the address does not name an import; choose one from the list");
            import_view(id.ok_or_else(missing)?).await
        },
    );
    // In the browser a run is watched; without JavaScript the page says that it can be loaded again.
    refresh_while(import, is_under_way);
    loaded(import, move |import| import_body(import, start)).into_any()
}

fn is_under_way(import: &ImportView) -> bool {
    matches!(import.state.as_str(), "queued" | "running")
}

fn import_body(import: ImportView, start: ServerAction<StartImport>) -> AnyView {
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
    let draft = import.state == "draft";
    let body = if draft { view! { <Draft id=import.id.clone() start=start/> }.into_any() } else { run_view(import) };
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
    let job = import.job.clone().map(|job| {
        let waits = is_under_way(&import);
        let href = format!("/jobs/{}", super::encode(job.id.as_str()));
        let progress = waits.then(|| view! { <ProgressBar progress=job.progress label="Import"/> });
        let error = job.error.map(|error| view! { <p class="message bad">{error}</p> });
        let again =
            waits.then(|| view! { <noscript><p>"Load the page again to see how far it has come."</p></noscript> });
        view! { <Card title="Run">{progress}{error}{again}<p><a href=href>"The job"</a></p></Card> }
    });
    view! { {job}<Report import=import/> }.into_any()
}

/// A draft: what was guessed, the questions, the form.
#[component]
fn Draft(id: ImportId, start: ServerAction<StartImport>) -> impl IntoView {
    let search = use_location().search;
    let discard = ServerAction::<DiscardImport>::new();
    let subject = id.clone();
    let previews = Resource::new_blocking(
        move || search.with(|search| Answers::from_query(search)),
        move |answers| {
            let id = subject.clone();
            async move {
                match answers {
                    // A wrong answer is told beside the form, which still shows the guess.
                    Some(answers) => match check_mapping(id.clone(), answers).await {
                        Ok(previews) => Ok((previews, None)),
                        Err(failure) => import_previews(id).await.map(|previews| (previews, Some(failure.0))),
                    },
                    None => import_previews(id).await.map(|previews| (previews, None)),
                }
            }
        },
    );
    let form_id = id.clone();
    view! {
        {loaded(previews, move |(previews, problem)| {
            let problem = problem.map(|problem| view! { <ErrorState problem=problem/> });
            view! { {problem}<MappingForm id=form_id.clone() previews=previews start=start/> }.into_any()
        })}
        {outcome_quiet(start, "The import was started.")}
        <ActionForm action=discard>
            <input type="hidden" name="id" value=id.to_string()/>
            <button type="submit" class="button danger">"Discard these files"</button>
            {outcome_quiet(discard, "")}
        </ActionForm>
    }
}
