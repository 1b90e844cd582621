//! One calendar file: what it holds, and what of it counts.

use super::kind_text;
use crate::access;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::ports::CalendarDesk;
use crate::ports::calendar::{CalendarFileView, FileEventLine};
use crate::ui::flash::leave;
use crate::ui::{Button, Card, EmptyState, PageHeader, PostForm, Select, Table, format, loaded};
use crate::visit::may;
use aisle_domain::{Permission, Problem, ProblemCode};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

/// Puts a calendar file to use.
#[server(name = UseCalendarFile, prefix = "/fn", endpoint = "use_calendar_file")]
pub async fn use_calendar_file(
    /// Which.
    id: String,
    /// Names of the events that count.
    #[server(default)]
    names: Vec<String>,
    /// Where, by identifier; everywhere where empty.
    #[server(default)]
    location: String,
) -> Result<(), Failure> {
    let visitor = access::enter("use_calendar_file")?;
    let desk = access::port::<dyn CalendarDesk>()?;
    desk.use_calendar_file(&visitor, &id, Some(names), &location).await.map_err(access::failed)?;
    leave("The file's events are in the calendar.");
    leptos_axum::redirect("/calendar");
    Ok(())
}

/// Forgets a calendar file.
#[server(name = ForgetCalendarFile, prefix = "/fn", endpoint = "forget_calendar_file")]
pub async fn forget_calendar_file(
    /// Which.
    id: String,
) -> Result<(), Failure> {
    let visitor = access::enter("forget_calendar_file")?;
    access::port::<dyn CalendarDesk>()?.forget_calendar_file(&visitor, &id).await.map_err(access::failed)?;
    leave("The file is forgotten.");
    leptos_axum::redirect("/calendar");
    Ok(())
}

async fn file(id: Option<String>) -> Result<CalendarFileView, Failure> {
    let missing = || Problem::new(ProblemCode::NotFound, "the address does not name a calendar file");
    let id = id.ok_or_else(|| access::failed(missing()))?;
    access::port::<dyn CalendarDesk>()?.calendar_file(&id).await.map_err(access::failed)
}

/// The page of one calendar file.
#[component]
pub fn CalendarFilePage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id"));
    view! {
        <nav class="crumbs" aria-label="Where you are"><a href="/calendar">"Calendar"</a></nav>
        <PageHeader title="Calendar file" lead="What a calendar program's file holds, and what of it forecasts reckon with."/>
        {loaded(file(id), show)}
    }
    .into_any()
}

fn show(view: CalendarFileView) -> AnyView {
    let edits = may(Permission::ImportData);
    let state = if view.active { "In use." } else { "Not in use yet: choose what counts." };
    let (first, last) = view.days;
    let lead = format!("{}. {state} Events from {} to {}.", view.name, format::day(first), format::day(last));
    let rejected = (!view.rejected.is_empty()).then(|| rejected(&view));
    view! {
        <p class="source">{lead}</p>
        {events(&view, edits)}
        {rejected}
        {edits.then(|| forget(&view))}
    }
    .into_any()
}

fn events(view: &CalendarFileView, edits: bool) -> AnyView {
    if view.events.is_empty() {
        return view! { <EmptyState title="No events in these days"><p>"The file holds none that falls into the days that are looked at."</p></EmptyState> }
            .into_any();
    }
    let rows = view.events.iter().enumerate().map(|(index, line)| event_row(index, line, edits)).collect_view();
    let columns = vec![("Counts", ""), ("Event", ""), ("Kind", ""), ("Times", "number"), ("First", ""), ("Last", "")];
    let table = view! { <Table caption="Events by name" columns>{rows}</Table> };
    if !edits {
        return table.into_any();
    }
    let places = std::iter::once((String::new(), "Everywhere".to_owned())).chain(view.locations.clone()).collect();
    let (id, place) = (view.id.clone(), view.location.clone());
    let button = if view.active { "Save" } else { "Put into the calendar" };
    view! {
        <PostForm to=UseCalendarFile::PATH class="form-column">
            <input type="hidden" name="id" value=id/>
            {table}
            <Select label="Where" name="location" options=places selected=place
                hint="The location that these events hold for."/>
            <div><Button text=button class="primary"/></div>
        </PostForm>
    }
    .into_any()
}

fn event_row(index: usize, line: &FileEventLine, edits: bool) -> AnyView {
    let id = format!("event-{index}");
    let tick = if edits {
        let label = format!("{} counts", line.name);
        view! { <input id=id type="checkbox" name="names[]" value=line.name.clone() checked=line.taken aria-label=label/> }
            .into_any()
    } else if line.taken {
        "yes".into_any()
    } else {
        "no".into_any()
    };
    let (first, last) = line.days;
    view! {
        <tr>
            <td>{tick}</td>
            <th scope="row">{line.name.clone()}</th>
            <td>{kind_text(line.kind)}</td>
            <td class="number">{format::count(line.times as i64)}</td>
            <td>{format::day(first)}</td>
            <td>{format::day(last)}</td>
        </tr>
    }
    .into_any()
}

fn rejected(view: &CalendarFileView) -> AnyView {
    let rows = view
        .rejected
        .iter()
        .map(|line| {
            view! {
                <tr>
                    <td class="number">{line.line.to_string()}</td>
                    <td class="wrap"><code>{line.found.clone()}</code></td>
                    <td class="wrap">{line.expected.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![("Line", "number"), ("Found", ""), ("Expected", "")];
    view! { <Card title="Not read"><Table caption="Lines that could not be read" columns>{rows}</Table></Card> }
        .into_any()
}

fn forget(view: &CalendarFileView) -> AnyView {
    let (text, consequence) = if view.active {
        ("Forget this calendar", "Its events leave the calendar. The file can be uploaded again.")
    } else {
        ("Discard", "What was uploaded is deleted. Nothing of it is in the calendar.")
    };
    let question = format!("{text}: {}?", view.name);
    let id = view.id.clone();
    view! {
        <PostForm to=ForgetCalendarFile::PATH>
            <input type="hidden" name="id" value=id/>
            <ConfirmButton text class="danger" question consequence/>
        </PostForm>
    }
    .into_any()
}
