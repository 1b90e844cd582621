//! What was decided about forecasts and why; what was live when, and the way back.

use crate::access;
use crate::addresses;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::ports::Page;
use crate::ports::monitoring::{DecisionLine, LiveSpan, MonitoringDesk};
use crate::ports::query_string::encode;
use crate::ui::flash::leave;
use crate::ui::{Badge, Card, EmptyState, Field, PostForm, Table, Tone, format};
use crate::visit::may;
use aisle_domain::{Measure, Permission};
use aisle_engine::monitoring::WatchedInput;
use aisle_engine::retraining::Policy;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Makes the model live again that was live before.
#[server(name = RollBackModel, prefix = "/fn", endpoint = "roll_back_model")]
pub async fn roll_back_model(
    /// What it forecasts.
    measure: Measure,
    /// Why.
    reason: String,
) -> Result<(), Failure> {
    let visitor = access::enter("roll_back_model")?;
    access::port::<dyn MonitoringDesk>()?.roll_back(&visitor, measure, &reason).await.map_err(access::failed)?;
    leave("The model of before is live again.");
    Ok(())
}

/// The decisions, newest first.
pub(super) fn decisions(page: Page<DecisionLine>, measure: Measure, acted: bool) -> AnyView {
    let address = |acted: bool| {
        let which = if acted { "&decisions=acted" } else { "" };
        format!("/accuracy?measure={}{which}", measure.name())
    };
    let (other, text) = if acted {
        (address(false), "Show those to do nothing, too")
    } else {
        (address(true), "Leave out those to do nothing")
    };
    let older = page.next.map(|id| {
        let href = format!("{}&after={}#decisions", address(acted), encode(&id));
        view! { <a class="button quiet" href=href>"Older decisions"</a> }
    });
    let body = if page.rows.is_empty() {
        view! {
            <EmptyState title="Nothing was decided yet">
                <p>"When sales are imported, each hour, and when the schedule says so, the live forecast is looked at; what follows is written down here."</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = page.rows.into_iter().map(row).collect_view();
        let columns = vec![("When", ""), ("Cause", ""), ("Decision", ""), ("Why", ""), ("Figures", ""), ("By", "")];
        view! { <Table caption="Decisions, newest first" columns>{rows}</Table> }.into_any()
    };
    view! {
        <Card title="Decisions">
            <div id="decisions">{body}</div>
            <p class="buttons"><a class="button quiet" href=format!("{other}#decisions")>{text}</a>{older}</p>
        </Card>
    }
    .into_any()
}

fn row(line: DecisionLine) -> AnyView {
    let (word, tone) = match line.action.as_str() {
        "retrain" => ("train again", Tone::Warning),
        "promoted" => ("made live", Tone::Good),
        "made_live" => ("made live by hand", Tone::Good),
        "rolled_back" => ("rolled back", Tone::Warning),
        "kept" => ("kept back", Tone::Warning),
        "waiting" => ("waits", Tone::Warning),
        _ => ("nothing to do", Tone::Neutral),
    };
    let figures = (!line.figures.is_empty()).then(|| {
        let pairs = line
            .figures
            .into_iter()
            .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
            .collect_view();
        view! {
            <details>
                <summary>"Show"<span class="spoken">{format!(" the figures of {}", format::time(line.at))}</span></summary>
                <dl class="facts">{pairs}</dl>
            </details>
        }
    });
    let job = line.job.map(|job| view! { " "<a href=addresses::job(&job)>"Job"</a> });
    view! {
        <tr>
            <td><time datetime=format::time_attribute(line.at)>{format::time(line.at)}</time></td>
            <td>{line.cause}</td>
            <td><Badge text=word tone/></td>
            <td class="wrap">{line.reason}{job}</td>
            <td>{figures}</td>
            <td>{line.by}</td>
        </tr>
    }
    .into_any()
}

/// What was live when, and one click back.
pub(super) fn live(spans: Vec<LiveSpan>, measure: Measure) -> AnyView {
    if spans.is_empty() {
        return ().into_any();
    }
    let before = spans.iter().find(|span| span.model != spans[0].model).map(|span| short(span.model.as_str()));
    let back = before.filter(|_| may(Permission::RunJobs)).map(|before| {
        let question = format!("Roll back to model {before}?");
        view! {
            <PostForm to=RollBackModel::PATH class="form-row">
                <input type="hidden" name="measure" value=measure.name()/>
                <Field label="Reason for rolling back" name="reason" id="roll-back-reason" value="It was better before" required=true autocomplete="off" hint="Kept with the decision."/>
                <ConfirmButton text=format!("Roll back to {before}") class="danger" question
                    consequence="Forecasts, reports and the API use it at once. The one that is live now stays registered."/>
            </PostForm>
        }
    });
    let rows = spans
        .into_iter()
        .map(|span| {
            let until = span.until.map_or_else(|| "now".to_owned(), format::time);
            view! {
                <tr>
                    <th scope="row"><code title=span.model.to_string()>{short(span.model.as_str())}</code></th>
                    <td>{format::time(span.from)}</td>
                    <td>{until}</td>
                    <td>{span.by}</td>
                    <td class="wrap">{span.reason}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![("Model", ""), ("Live from", ""), ("To", ""), ("Made live by", ""), ("Why", "")];
    view! {
        <Card title="What was live when">
            <Table caption="What was live when, newest first" columns>{rows}</Table>
            {back}
        </Card>
    }
    .into_any()
}

/// The end of an identifier, which tells models apart (its beginning is the time).
fn short(id: &str) -> String {
    let from = id.len().saturating_sub(8);
    id.get(from..).unwrap_or(id).to_owned()
}

/// What comes in beside sales, since training.
pub(super) fn inputs(inputs: &[WatchedInput], policy: &Policy) -> AnyView {
    if inputs.is_empty() {
        return ().into_any();
    }
    let rows = inputs
        .iter()
        .map(|input| {
            let drifted = input.drifted(&policy.thresholds);
            let (word, tone) = if drifted { ("look", Tone::Warning) } else { ("alike", Tone::Good) };
            view! {
                <tr>
                    <th scope="row">{input.name.clone()}</th>
                    <td class="number">{format::count(input.points.min(i64::MAX as u64) as i64)}</td>
                    <td class="number">{input.stability.map_or_else(|| "–".to_owned(), |index| format::number(index, 2))}</td>
                    <td class="number">{format::number(input.chance, 2)}</td>
                    <td><Badge text=word tone/></td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        ("Input", ""),
        ("Values since", "number"),
        ("Drift (PSI)", "number"),
        ("By chance", "number"),
        ("State", ""),
    ];
    view! {
        <Table caption="Inputs since training beside the same season before" show_caption=true columns>{rows}</Table>
        <p class="hint">{format!("An input has drifted above {} and above what so few values reach by chance.", format::number(policy.thresholds.inputs, 2))}</p>
    }
    .into_any()
}
