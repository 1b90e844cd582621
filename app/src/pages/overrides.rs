//! Overrides of forecasts: which there are, what one more would change, what they were worth.

mod form;
mod worth;

use crate::access;
use crate::addresses;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::ports::overrides::{OverrideDesk, OverrideDraft, OverrideView, OverridesView};
use crate::ports::query_string::value;
use crate::ui::flash::leave;
use crate::ui::{
    Badge, Card, EmptyState, ErrorState, PageHeader, Pager, PostForm, Table, Tabs, Tone, Unit, format, loaded,
};
use crate::visit::may;
use aisle_domain::overrides::{Amount, Change, Effect, OverrideState};
use aisle_domain::{Measure, OverrideId, Permission, Problem};
use form::{draft_form, effect_tables};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;
use worth::authors_table;

/// Makes an override and leads to the list.
#[server(name = MakeOverride, prefix = "/fn", endpoint = "make_override")]
pub async fn make_override(
    /// What was typed.
    #[server(flatten)]
    draft: OverrideDraft,
    /// Names the request: a form that is sent twice makes one override.
    request: String,
) -> Result<OverrideId, Failure> {
    let visitor = access::enter("make_override")?;
    let desk = access::port::<dyn OverrideDesk>()?;
    let made = desk.make_override(&visitor, &draft, &request).await.map_err(access::failed)?;
    leave(&format!("The override of {} is in force.", made.about));
    leptos_axum::redirect(&addresses::overrides(made.measure));
    Ok(made.id)
}

/// Takes an override back.
#[server(name = WithdrawOverride, prefix = "/fn", endpoint = "withdraw_override")]
pub async fn withdraw_override(
    /// Which.
    id: OverrideId,
) -> Result<(), Failure> {
    let visitor = access::enter("withdraw_override")?;
    let desk = access::port::<dyn OverrideDesk>()?;
    let gone = desk.withdraw_override(&visitor, &id).await.map_err(access::failed)?;
    leave(&format!("The override of {} is withdrawn. Forecasts are without it from now on.", gone.about));
    Ok(())
}

/// What a draft would change, or why it cannot be.
type Tried = Option<Result<Vec<Effect>, Problem>>;

async fn overrides(search: String, draft: OverrideDraft) -> Result<(OverridesView, Tried), Failure> {
    let desk = access::port::<dyn OverrideDesk>()?;
    let measure = Measure::parse(&draft.measure);
    let state = value(&search, "state").and_then(|word| OverrideState::parse(&word));
    let after = value(&search, "after");
    let view = desk.overrides(measure, state, after.as_deref()).await.map_err(access::failed)?;
    let tries = !draft.value.is_empty() && may(Permission::OverrideForecasts);
    let tried = if tries { Some(desk.preview(&draft).await) } else { None };
    Ok((view, tried))
}

/// The page of overrides. The address may hold a draft: the form shows it, and its effect where it says enough.
#[component]
pub fn OverridesPage() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let draft = OverrideDraft::from_query(&search);
    view! {
        <PageHeader title="Overrides" lead="What planners know that the model does not: changes to forecasts, each with its reason, and what they were worth."/>
        {loaded(overrides(search.clone(), draft.clone()), move |(view, tried)| show(view, tried, draft, &search))}
    }
    .into_any()
}

fn show(view: OverridesView, tried: Tried, draft: OverrideDraft, search: &str) -> AnyView {
    if view.shop.days.is_none() {
        return view! {
            <EmptyState title="No sales yet"><p>"Import some on the "<a href="/data">"data page"</a>"; then there is a forecast to override."</p></EmptyState>
        }
        .into_any();
    }
    let unit = Unit::of(view.measure, view.shop.currency);
    let state = value(search, "state").and_then(|word| OverrideState::parse(&word));
    let asked = Measure::parse(&draft.measure);
    let currency = view.shop.currency;
    let effect = tried.map(|tried| match tried {
        Ok(effects) => effect_tables(effects, currency, view.shop.granularity),
        Err(problem) => view! { <ErrorState problem/> }.into_any(),
    });
    let form = may(Permission::OverrideForecasts).then(|| {
        let form = match view.forecast {
            Some(reach) => draft_form(&view, draft, reach),
            None => view! { <EmptyState title="There is no forecast yet"><p><a href="/jobs#start">"Start a training"</a>"."</p></EmptyState> }
                .into_any(),
        };
        view! { <Card title="New override">{form}<div id="effect">{effect}</div></Card> }
    });
    let first = value(search, "after").map(|_| list_address(asked, state, None));
    let next = view.next.as_deref().map(|after| list_address(asked, state, Some(after)));
    let tabs = std::iter::once((None, "All"))
        .chain([
            (Some(OverrideState::Active), "Active"),
            (Some(OverrideState::Expired), "Expired"),
            (Some(OverrideState::Withdrawn), "Withdrawn"),
        ])
        .map(|(state, text)| (text.to_owned(), list_address(asked, state, None)))
        .collect();
    view! {
        <Card title="Overrides">
            <Tabs label="State" links=tabs current=list_address(asked, state, None)/>
            {list(view.overrides, unit, state)}
            <Pager first next/>
        </Card>
        {form}
        <Card title="What they were worth">{authors_table(view.authors, unit)}</Card>
    }
    .into_any()
}

fn list_address(measure: Option<Measure>, state: Option<OverrideState>, after: Option<&str>) -> String {
    let pairs = [("measure", measure.map(Measure::name)), ("state", state.map(OverrideState::name)), ("after", after)];
    let query = crate::ports::query_string::join(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if query.is_empty() { "/overrides".to_owned() } else { format!("/overrides?{query}") }
}

fn list(overrides: Vec<OverrideView>, unit: Unit, state: Option<OverrideState>) -> AnyView {
    if overrides.is_empty() {
        let title = state.map_or("No overrides yet".to_owned(), |state| format!("No {} overrides", state.name()));
        return view! { <EmptyState title><p>"Forecasts are the model's, unless a planner who knows better says so here."</p></EmptyState> }
            .into_any();
    }
    let decides = may(Permission::OverrideForecasts);
    let rows = overrides.into_iter().map(|one| row(one, unit, decides)).collect_view();
    let columns = vec![
        ("Part", ""),
        ("Change", ""),
        ("Periods ending", ""),
        ("Reason", ""),
        ("By", ""),
        ("State", ""),
        ("Before", "number"),
        ("After", "number"),
        ("Error", "number"),
        ("", ""),
    ];
    view! {
        <Table caption="Overrides, newest first" columns>{rows}</Table>
        <p class="hint">"Before and after: the forecast of all the periods concerned on the day the override was made. Error: how it compares with the model's error, over the periods that have come; below zero is better."</p>
    }
    .into_any()
}

fn row(one: OverrideView, unit: Unit, decides: bool) -> AnyView {
    let (text, tone) = match one.state {
        OverrideState::Active => ("active", Tone::Good),
        OverrideState::Expired => ("expired", Tone::Neutral),
        OverrideState::Withdrawn => ("withdrawn", Tone::Neutral),
    };
    let until = match (&one.withdrawn, one.expires) {
        (Some((at, by)), _) => format!(" {} by {by}", format::time(*at)),
        (None, Some(day)) => format!(" until {}", format::day(day)),
        (None, None) => String::new(),
    };
    let sum = |values: &[f64]| unit.text(values.iter().sum());
    let (before, after) = match &one.effect {
        Some(effect) => (sum(&effect.before), sum(&effect.after)),
        None => ("–".to_owned(), "–".to_owned()),
    };
    let error =
        one.worth.and_then(|worth| worth.better()).map_or_else(|| "–".to_owned(), |better| format::change(-better));
    let withdraw = (decides && one.state == OverrideState::Active).then(|| {
        let question = format!("Withdraw the override of {}?", one.about);
        view! {
            <PostForm to=WithdrawOverride::PATH>
                <input type="hidden" name="id" value=one.id.to_string()/>
                <ConfirmButton text="Withdraw" class="quiet" question
                    consequence="Forecasts, reports and the API are without it at once. It stays on record."/>
            </PostForm>
        }
    });
    let (first, last) = one.periods;
    view! {
        <tr>
            <th scope="row" class="wrap">{one.about.clone()}</th>
            <td>{change_text(one.change, one.amount, if one.measure.is_some() { Some(unit) } else { None })}</td>
            <td>{format!("{} to {}", format::day(first), format::day(last))}</td>
            <td class="wrap">{one.reason}</td>
            <td>{one.author}", "<time datetime=format::time_attribute(one.created_at)>{format::time(one.created_at)}</time></td>
            <td><Badge text tone/>{until}</td>
            <td class="number">{before}</td>
            <td class="number">{after}</td>
            <td class="number">{error}</td>
            <td>{withdraw}</td>
        </tr>
    }
    .into_any()
}

/// A change in words: `set to 150 each`, `+20 %`.
pub(super) fn change_text(change: Change, amount: Amount, unit: Option<Unit>) -> String {
    let number = |value: f64| unit.map_or_else(|| format::number(value, 2), |unit| unit.text(value));
    let each = match amount {
        Amount::PerPeriod => "each",
        Amount::Together => "together",
    };
    match change {
        Change::Set(value) => format!("set to {} {each}", number(value)),
        Change::Add(value) if value < 0.0 => format!("{} {each}", number(value)),
        Change::Add(value) => format!("+{} {each}", number(value)),
        Change::Percent(percent) => format::change(percent / 100.0),
    }
}
