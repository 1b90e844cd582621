//! How far a job or an import is, while the page is looked at.

use crate::Failure;
use crate::islands::sent::Sent;
use crate::ui::{Badge, ProgressBar, Tone};
use aisle_domain::ProblemCode;
use aisle_domain::job::{JobState, Progress};
use aisle_domain::{ImportId, JobId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[cfg(feature = "ssr")]
use {
    crate::access,
    crate::ports::{DataDesk, JobDesk},
    aisle_domain::Problem,
};

/// What is asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A job.
    Job(JobId),
    /// The job of an import, for those who may see imports but no jobs.
    Import(ImportId),
}

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Queued, running, …
    pub state: JobState,
    /// How far it has come.
    pub progress: Progress,
}

/// Where a job stands.
#[server(name = AskJobProgress, prefix = "/fn", endpoint = "job_progress", input = Json)]
pub async fn job_progress(
    /// The job.
    id: JobId,
) -> Result<Standing, Failure> {
    access::enter("job_progress")?;
    let job = access::port::<dyn JobDesk>()?.job(&id).await.map_err(access::failed)?;
    Ok(Standing { state: job.state, progress: job.progress })
}

/// Where an import's job stands.
#[server(name = AskImportProgress, prefix = "/fn", endpoint = "import_progress", input = Json)]
pub async fn import_progress(
    /// The import.
    id: ImportId,
) -> Result<Standing, Failure> {
    access::enter("import_progress")?;
    let import = access::port::<dyn DataDesk>()?.import(&id).await.map_err(access::failed)?;
    let none = || access::failed(Problem::new(ProblemCode::NotFound, "the import was not started; reload the page"));
    let job = import.job.ok_or_else(none)?;
    Ok(Standing { state: job.state, progress: job.progress })
}

/// Pause between two questions.
const PAUSE: Duration = Duration::from_secs(2);
/// Pause after the server did not answer.
const LONG_PAUSE: Duration = Duration::from_secs(6);

/// The progress of work that is not finished, asked again every two seconds. When it has finished, the page is loaded
/// again, once: everything on it may have changed.
#[island]
pub(crate) fn LiveProgress(
    /// Which work.
    work: Sent<Work>,
    /// Where it stood when the page was made.
    standing: Sent<Standing>,
    /// Names it, for assistive technology.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let shown = RwSignal::new(standing.0);
    let work = StoredValue::new(work.0);
    Effect::new(move |_| ask_later(work, shown, PAUSE));
    view! {
        <div class="live-progress">
            {move || {
                let Standing { state, progress } = shown.get();
                view! { <Badge text=state.name() tone=Tone::of_job(state)/><ProgressBar progress label=label.clone()/> }
            }}
        </div>
    }
    .into_any()
}

fn ask_later(work: StoredValue<Work>, shown: RwSignal<Standing>, pause: Duration) {
    set_timeout(
        move || {
            spawn_local(async move {
                let answer = match work.get_value() {
                    Work::Job(id) => job_progress(id).await,
                    Work::Import(id) => import_progress(id).await,
                };
                match answer {
                    Ok(now) if now.state.is_final() => {
                        // Refused only while the page is left already.
                        let _ = window().location().reload();
                    }
                    Ok(now) => {
                        shown.set(now);
                        ask_later(work, shown, PAUSE);
                    }
                    Err(failure) if failure.0.code == ProblemCode::Unavailable => ask_later(work, shown, LONG_PAUSE),
                    // Signed out meanwhile, or gone: the page says so when it is loaded again.
                    Err(_) => {}
                }
            });
        },
        pause,
    );
}
