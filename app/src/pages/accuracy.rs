//! Forecast accuracy: how the live models hold, which one is live and why, and what they would have said before.

pub mod decisions;
pub mod policy;

use crate::access;
use crate::addresses;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::pages::measure_filter::MeasureFilter;
use crate::ports::Page;
use crate::ports::models::{BacktestView, ModelDesk, ModelLine, ModelsView, ScoreLine, Standing, WatchedLine};
use crate::ports::monitoring::{DecisionLine, MonitoringDesk, MonitoringView};
use crate::ports::query_string::value;
use crate::ui::flash::leave;
use crate::ui::{Badge, Button, Card, EmptyState, Field, PageHeader, PostForm, Table, Tone, format, loaded};
use crate::visit::may;
use aisle_domain::job::JobView;
use aisle_domain::{ArtefactId, Currency, Granularity, Measure, Permission};
use aisle_engine::retraining::Policy;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;

/// Makes a model the live one.
#[server(name = PromoteModel, prefix = "/fn", endpoint = "promote_model")]
pub async fn promote_model(
    /// Which.
    id: ArtefactId,
    /// Why.
    reason: String,
) -> Result<(), Failure> {
    let visitor = access::enter("promote_model")?;
    access::port::<dyn ModelDesk>()?.promote(&visitor, &id, &reason).await.map_err(access::failed)?;
    leave("The model is live. Forecasts and reports use it from now on.");
    Ok(())
}

/// Queues a backtest and leads to its job.
#[server(name = StartBacktest, prefix = "/fn", endpoint = "start_backtest")]
pub async fn start_backtest(
    /// What to forecast.
    measure: Measure,
    /// Periods from each origin.
    horizon: u32,
    /// Days apart by commas; empty: the latest four that leave whole horizons.
    #[server(default)]
    origins: String,
) -> Result<JobView, Failure> {
    let visitor = access::enter("start_backtest")?;
    let desk = access::port::<dyn ModelDesk>()?;
    let job = desk.start_backtest(&visitor, measure, horizon, &origins).await.map_err(access::failed)?;
    leptos_axum::redirect(&addresses::job(&job.id));
    Ok(job)
}

/// Decisions on a page.
const DECISIONS: u32 = 20;

/// What the page shows.
struct Shown {
    models: ModelsView,
    monitoring: MonitoringView,
    decisions: Page<DecisionLine>,
    acted: bool,
}

async fn shown(measure: Option<Measure>, acted: bool, after: Option<String>) -> Result<Shown, Failure> {
    let models = access::port::<dyn ModelDesk>()?.models(measure).await.map_err(access::failed)?;
    let desk = access::port::<dyn MonitoringDesk>()?;
    let monitoring = desk.monitoring(models.measure).await.map_err(access::failed)?;
    let decisions = desk.decisions(Some(models.measure), acted, after, DECISIONS).await.map_err(access::failed)?;
    Ok(Shown { models, monitoring, decisions, acted })
}

/// The accuracy page: `?measure=` chooses what is forecast.
#[component]
pub fn AccuracyPage() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let measure = value(&search, "measure").and_then(|word| Measure::parse(&word));
    let acted = value(&search, "decisions").as_deref() == Some("acted");
    let after = value(&search, "after").filter(|id| !id.is_empty());
    view! {
        <PageHeader title="Forecast accuracy" lead="How far to trust the numbers: what came beside what was said, and who decided which model speaks."/>
        {loaded(shown(measure, acted, after), show)}
    }
    .into_any()
}

fn show(shown: Shown) -> AnyView {
    let Shown { models: view, monitoring, decisions, acted } = shown;
    if view.measures.is_empty() {
        return view! {
            <EmptyState title="No sales yet"><p>"Import some on the "<a href="/data">"data page"</a>"; then there is something to forecast."</p></EmptyState>
        }
        .into_any();
    }
    let period = match view.granularity {
        Granularity::Day => "days",
        Granularity::Week { .. } => "weeks",
        Granularity::Month => "months",
    };
    let margin = monitoring.policy.margin;
    let since = watched(&view.watched, view.trained_through.map(format::day), period, &monitoring.policy);
    let inputs = decisions::inputs(&monitoring.inputs, &monitoring.policy);
    let policy = policy::policy(&monitoring);
    let decisions = decisions::decisions(decisions, view.measure, acted);
    let live = decisions::live(monitoring.live, view.measure);
    let currency = view.currency.filter(|_| view.measure == Measure::Revenue);
    view! {
        <MeasureFilter action="/accuracy" measures=view.measures.clone() measure=view.measure/>
        <Card title="Since training">
            {since}{inputs}
        </Card>
        {policy}{decisions}
        <Card title="Backtest">
            {view.backtest.map(|found| backtest(found, currency, period))}
            {may(Permission::RunJobs).then(|| backtest_form(view.measure, period))}
        </Card>
        {live}
        <Card title="Models">{models_table(view.models, margin)}</Card>
    }
    .into_any()
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format::share(value, 1))
}

fn decimal(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

fn watched(lines: &[WatchedLine], through: Option<String>, period: &'static str, policy: &Policy) -> AnyView {
    let Some(through) = through else {
        return view! { <EmptyState title="Nothing was trained yet"><p><a href="/jobs#start">"Start a training"</a>"."</p></EmptyState> }
            .into_any();
    };
    if lines.is_empty() {
        return view! {
            <EmptyState title="Nothing has come since">
                <p>{format!("The live model was fitted on sales up to {through}. When the next {period} are in, they are compared with what it said.")}</p>
            </EmptyState>
        }
        .into_any();
    }
    let rows = lines
        .iter()
        .map(|line| {
            let state = if line.concerns.is_empty() {
                view! { <Badge text="holds" tone=Tone::Good/> }.into_any()
            } else {
                let why = line.concerns.join("; ");
                view! { <Badge text="look" tone=Tone::Warning/>" "{why} }.into_any()
            };
            view! {
                <tr>
                    <th scope="row">{line.name.clone()}</th>
                    <td class="number">{line.periods.to_string()}</td>
                    <td class="number">{percent(Some(line.wape))}</td>
                    <td class="number">{percent(line.promised)}</td>
                    <td class="number">{percent(line.coverage80)}</td>
                    <td class="number">{decimal(line.tracking_signal)}</td>
                    <td class="number">{decimal(line.stability)}</td>
                    <td class="wrap">{state}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        ("Part", ""),
        ("Periods", "number"),
        ("WAPE", "number"),
        ("Promised", "number"),
        ("In 80 %", "number"),
        ("Tracking signal", "number"),
        ("Drift (PSI)", "number"),
        ("State", ""),
    ];
    view! {
        <p class="hint">{format!("The live model was fitted on sales up to {through}.")}</p>
        <Table caption="What has come since training beside what was forecast" columns>{rows}</Table>
        <p class="hint">{format!(
            "A tracking signal beyond {} either way means always too low or too high; a drift above {} (and above what chance makes of so few values), that sales look unlike those of the same season before.",
            policy.thresholds.tracking_signal, policy.thresholds.stability
        )}</p>
    }
    .into_any()
}

const SCORES: [(&str, &str); 10] = [
    ("", ""),
    ("Points", "number"),
    ("WAPE", "number"),
    ("WMAE", "number"),
    ("MASE", "number"),
    ("RMSSE", "number"),
    ("Bias", "number"),
    ("In 80 %", "number"),
    ("In 95 %", "number"),
    ("Value added", "number"),
];

fn score_rows(lines: Vec<ScoreLine>, currency: Option<Currency>) -> AnyView {
    let row = |line: ScoreLine| {
        let wmae = line.wmae.map_or_else(|| "–".to_owned(), |value| format::major(value, currency, 2));
        view! {
            <tr>
                <th scope="row">{line.name}</th>
                <td class="number">{format::count(line.points.min(i64::MAX as u64) as i64)}</td>
                <td class="number">{percent(line.wape)}</td>
                <td class="number">{wmae}</td>
                <td class="number">{decimal(line.mase)}</td>
                <td class="number">{decimal(line.rmsse)}</td>
                <td class="number">{line.bias.map_or_else(|| "–".to_owned(), format::change)}</td>
                <td class="number">{percent(line.coverage.0)}</td>
                <td class="number">{percent(line.coverage.1)}</td>
                <td class="number">{line.value_added.map_or_else(|| "–".to_owned(), format::change)}</td>
            </tr>
        }
    };
    lines.into_iter().map(row).collect_view().into_any()
}

fn backtest(found: BacktestView, currency: Option<Currency>, period: &'static str) -> AnyView {
    let head = |first: &'static str| {
        let mut columns = SCORES.to_vec();
        columns[0].0 = first;
        columns
    };
    let origins = found.origins.join(", ");
    let about = format!(
        "{} {period} from {origins}; data version {}; asked for by {}, {}.",
        found.horizon,
        found.data_version,
        found.created_by,
        format::time(found.created_at)
    );
    view! {
        <p class="hint">{about}</p>
        <Table caption="By model, single series" show_caption=true columns=head("Model")>{score_rows(found.models, currency)}</Table>
        <Table caption="What would have been said, by level and slice" show_caption=true columns=head("Slice")>{score_rows(found.slices, currency)}</Table>
        <p class="hint">"Each fit saw only the sales before its origin. Value added: how far the WAPE lies below the seasonal naive's. The words: "<a href="/help">"Help"</a>"."</p>
    }
    .into_any()
}

fn backtest_form(measure: Measure, period: &'static str) -> AnyView {
    let horizon = match period {
        "days" => "91",
        "months" => "3",
        _ => "13",
    };
    view! {
        <PostForm to=StartBacktest::PATH class="form-row">
            <input type="hidden" name="measure" value=measure.name()/>
            <Field label="Horizon" name="horizon" kind="number" min="1" max="366" value=horizon required=true hint=format!("In {period}.")/>
            <Field label="Origins" name="origins" placeholder="2011-07-29, 2011-10-28" autocomplete="off" hint="Last days that a fit may see; empty: the latest four."/>
            <Button text="Run a backtest"/>
        </PostForm>
    }
    .into_any()
}

fn models_table(models: Vec<ModelLine>, margin: f64) -> AnyView {
    if models.is_empty() {
        return view! { <EmptyState title="Nothing was trained yet"><p><a href="/jobs#start">"Start a training"</a>"."</p></EmptyState> }
            .into_any();
    }
    let decides = may(Permission::RunJobs);
    let rows = models.into_iter().map(|model| model_row(model, decides)).collect_view();
    let columns = vec![
        ("Model", ""),
        ("State", ""),
        ("Fitted", ""),
        ("WAPE", "number"),
        ("Of naive", "number"),
        ("Bias", "number"),
        ("In 80 %", "number"),
        ("Decision", ""),
        ("", ""),
    ];
    view! {
        <Table caption="Fitted models, newest first" columns>{rows}</Table>
        <p class="hint">{format!(
            "A newly trained model is kept back where its error is more than {} above the live one's: on the values that both forecast before they came, or relative to the seasonal naive's where these are few.",
            format::share(margin, 1)
        )}</p>
    }
    .into_any()
}

fn model_row(model: ModelLine, decides: bool) -> AnyView {
    let (word, tone) = match model.standing {
        Standing::Live => ("live", Tone::Good),
        Standing::Challenger => ("kept back", Tone::Warning),
        Standing::Retired => ("retired", Tone::Neutral),
    };
    let short: String = model.hash.chars().take(12).collect();
    let decision = model.promoted.map_or_else(
        || view! { "never live; see the audit log" }.into_any(),
        |(by, reason, at)| view! { {reason}" ("{by}", "{format::time(at)}")" }.into_any(),
    );
    let question = format!("Make model {short} the live one?");
    let action = (decides && model.standing != Standing::Live).then(|| {
        view! {
            <details class="row-edit">
                <summary>"Make live"<span class="spoken">{format!(" {short}")}</span></summary>
                <PostForm to=PromoteModel::PATH alike=("id", model.id.to_string())>
                    <input type="hidden" name="id" value=model.id.to_string()/>
                    <Field label="Reason" name="reason" id=format!("reason-{}", model.id) required=true autocomplete="off" hint="Kept with the decision."/>
                    <ConfirmButton text="Make live" class="primary" question
                        consequence="Forecasts, reports and the API use it at once. The one that is live now stays registered."/>
                </PostForm>
            </details>
        }
    });
    view! {
        <tr>
            <th scope="row"><code title=model.hash.clone()>{short}</code></th>
            <td><Badge text=word tone/></td>
            <td><time datetime=format::time_attribute(model.created_at)>{format::time(model.created_at)}</time></td>
            <td class="number">{percent(model.wape)}</td>
            <td class="number">{percent(model.relative)}</td>
            <td class="number">{model.bias.map_or_else(|| "–".to_owned(), format::change)}</td>
            <td class="number">{percent(model.coverage80)}</td>
            <td class="wrap">{decision}</td>
            <td>{action}</td>
        </tr>
    }
    .into_any()
}
