//! The calendar: events by month from every source, one's own to add and change, files of calendar programs.

pub mod countries;
pub mod entry;
pub mod file;

pub use file::CalendarFilePage;

use crate::access;
use crate::addresses;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::islands::submit::SubmitOnChange;
use crate::pages::jobs::StartJob;
use crate::ports::CalendarDesk;
use crate::ports::calendar::{CalendarQuery, CalendarView, FileLine};
use crate::ports::query_string::{join, value};
use crate::ui::{Badge, Button, Card, EmptyState, PageHeader, PostForm, Select, Table, Tone, format, loaded};
use crate::visit::may;
use aisle_domain::job::JobKind;
use aisle_domain::{Day, EventSource, HolidayKind, Permission, ShopEvent};
use entry::{EntryForm, OwnEventActions};
use file::ForgetCalendarFile;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_location;

async fn calendar(query: CalendarQuery) -> Result<CalendarView, Failure> {
    access::port::<dyn CalendarDesk>()?.calendar(query).await.map_err(access::failed)
}

/// The calendar page: `?from=` (a day) begins the year shown; `?source=`, `?kind=`, `?location=` filter.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let query = query_of(&use_location().search.get_untracked());
    view! {
        <PageHeader title="Calendar" lead="Holidays, closures and events that forecasts reckon with, and where each comes from.">
            <a class="button" href="/impact">"Holidays' impact"</a>
        </PageHeader>
        {loaded(calendar(query.clone()), move |view| show(view, &query))}
    }
    .into_any()
}

/// Reads the filter; what is empty or unknown is left out.
fn query_of(search: &str) -> CalendarQuery {
    let word = |name: &str| value(search, name).filter(|value| !value.is_empty());
    CalendarQuery {
        first: word("from").and_then(|day| Day::parse(&day).ok()),
        last: None,
        source: word("source").and_then(|word| EventSource::parse(&word)),
        kind: word("kind").and_then(|word| HolidayKind::parse(&word)),
        location: word("location"),
    }
}

/// A kind of event as people read it.
pub(super) fn kind_text(kind: HolidayKind) -> &'static str {
    match kind {
        HolidayKind::Public => "public holiday",
        HolidayKind::Observed => "day in lieu",
        HolidayKind::Retail => "shopping day",
        HolidayKind::Season => "season",
        HolidayKind::Closure => "closed",
        HolidayKind::Local => "event",
        HolidayKind::Promotion => "promotion",
    }
}

fn source_text(source: EventSource) -> &'static str {
    match source {
        EventSource::Data => "the data",
        EventSource::Own => "entered here",
        EventSource::File => "a calendar file",
        EventSource::Country => "the country",
    }
}

fn show(view: CalendarView, query: &CalendarQuery) -> AnyView {
    let edits = may(Permission::ImportData);
    let locations = view.locations.clone();
    let entry = edits.then(move || view! { <Card title="New event"><EntryForm locations/></Card> });
    let files = (edits || !view.files.is_empty()).then(|| files_card(view.files.clone(), edits));
    let countries: Vec<String> = view.countries.iter().map(|(_, name)| name.clone()).collect();
    let countries = if countries.is_empty() {
        "No country is chosen: besides what is entered here, only events of the imported data count.".to_owned()
    } else {
        format!("Holidays of {}.", countries.join(", "))
    };
    let settings =
        may(Permission::ManageSettings).then(|| view! { " "<a href="/settings#countries">"Choose countries"</a> });
    view! {
        {view.outdated.then(outdated)}
        <p class="source">{countries}{settings}</p>
        {filters(&view, query)}
        {events_table(&view, query, edits)}
        {entry}
        {files}
    }
    .into_any()
}

/// Said where the live forecast was trained on another calendar.
pub(super) fn outdated() -> AnyView {
    let train = may(Permission::RunJobs).then(|| {
        view! {
            <PostForm to=StartJob::PATH>
                <input type="hidden" name="kind" value=JobKind::Train.name()/>
                <Button text="Train now"/>
            </PostForm>
        }
    });
    view! {
        <div class="message warning">
            <p>"The calendar has changed since the forecasts were trained. They reckon with the new one from the next training on."</p>
            {train}
        </div>
    }
    .into_any()
}

fn filters(view: &CalendarView, query: &CalendarQuery) -> AnyView {
    let all = |text: &str| (String::new(), text.to_owned());
    let sources = std::iter::once(all("All sources"))
        .chain(EventSource::ALL.map(|s| (s.name().to_owned(), format::capital(source_text(s)))));
    let kinds = std::iter::once(all("All kinds"))
        .chain(HolidayKind::ALL.map(|k| (k.name().to_owned(), format::capital(kind_text(k)))));
    let places = std::iter::once(all("All locations")).chain(view.locations.clone());
    let several = view.locations.len() > 1;
    view! {
        <form method="get" action="/calendar" class="filters" aria-label="Filter" autocomplete="off">
            <input type="hidden" name="from" value=view.first.to_string()/>
            <Select label="Source" name="source" options=sources.collect() selected=query.source.map_or("", EventSource::name)/>
            <Select label="Kind" name="kind" id="filter-kind" options=kinds.collect() selected=query.kind.map_or("", HolidayKind::name)/>
            {several.then(|| view! {
                <Select label="Location" name="location" id="filter-location" options=places.collect() selected=query.location.clone().unwrap_or_default()/>
            })}
            <Button text="Apply"/>
            <SubmitOnChange/>
        </form>
    }
    .into_any()
}

/// The same page beginning on another day.
fn beginning(day: Day, query: &CalendarQuery) -> String {
    let day = day.to_string();
    let parts = [
        ("from", Some(day.as_str())),
        ("source", query.source.map(EventSource::name)),
        ("kind", query.kind.map(HolidayKind::name)),
        ("location", query.location.as_deref()),
    ];
    format!("/calendar?{}", join(parts.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)))))
}

fn month_name(day: Day) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, _) = day.civil();
    format!("{} {year}", MONTHS[(month as usize).clamp(1, 12) - 1])
}

fn events_table(view: &CalendarView, query: &CalendarQuery, edits: bool) -> AnyView {
    let span = view.last.since(view.first) + 1;
    let (earlier, later) = (beginning(view.first.plus(-span), query), beginning(view.last.plus(1), query));
    let pager = view! {
        <nav class="pager" aria-label="Months">
            <a class="button quiet" href=earlier rel="prev">"Earlier"</a>
            <span>{format!("{} to {}", format::day(view.first), format::day(view.last))}</span>
            <a class="button quiet" href=later rel="next">"Later"</a>
        </nav>
    };
    if view.events.is_empty() {
        return view! {
            {pager}
            <EmptyState title="No events in these months">
                <p>"Imported files, the countries chosen in the settings, calendar files and events entered here make the calendar."</p>
            </EmptyState>
        }
        .into_any();
    }
    let mut month = None;
    let mut rows = Vec::with_capacity(view.events.len());
    for told in &view.events {
        let begins = told.event.first.max(view.first);
        let (year, number, _) = begins.civil();
        if month != Some((year, number)) {
            month = Some((year, number));
            let columns = if edits { "6" } else { "5" };
            rows.push(
                view! { <tr class="month"><th scope="rowgroup" colspan=columns>{month_name(begins)}</th></tr> }
                    .into_any(),
            );
        }
        rows.push(event_row(told, view, edits));
    }
    let mut columns = vec![("Day", ""), ("Event", ""), ("Kind", ""), ("Where", ""), ("Source", "")];
    if edits {
        columns.push(("", ""));
    }
    view! { {pager}<Card><Table caption="Events by month" columns>{rows}</Table></Card> }.into_any()
}

fn event_row(told: &ShopEvent, view: &CalendarView, edits: bool) -> AnyView {
    let event = &told.event;
    let days = if event.first == event.last {
        format::day(event.first)
    } else {
        format!("{} to {}", format::day(event.first), format::day(event.last))
    };
    let place = event.location.as_ref().map_or_else(
        || "everywhere".to_owned(),
        |place| {
            let named = view.locations.iter().find(|(id, _)| id == place.as_str());
            named.map_or_else(|| place.to_string(), |(_, name)| name.clone())
        },
    );
    let source = match told.source {
        EventSource::File => told.origin.clone(),
        EventSource::Country => {
            let named = view.countries.iter().find(|(code, _)| *code == told.origin);
            named.map_or_else(|| told.origin.clone(), |(_, name)| name.clone())
        }
        other => source_text(other).to_owned(),
    };
    let tone = match told.kind {
        HolidayKind::Public | HolidayKind::Observed => Tone::Info,
        HolidayKind::Closure => Tone::Warning,
        _ => Tone::Neutral,
    };
    let own = edits && told.source == EventSource::Own;
    let actions = edits.then(|| {
        view! { <td>{own.then(|| view! { <OwnEventActions told=told.clone() locations=view.locations.clone()/> })}</td> }
    });
    let name = if told.kind == HolidayKind::Closure {
        event.name.clone().into_any()
    } else {
        view! { <a href=addresses::impact(&event.name, None)>{event.name.clone()}</a> }.into_any()
    };
    view! {
        <tr>
            <td><time datetime=event.first.to_string()>{days}</time></td>
            <th scope="row">{name}</th>
            <td><Badge text=kind_text(told.kind) tone/></td>
            <td>{place}</td>
            <td class="wrap">{source}</td>
            {actions}
        </tr>
    }
    .into_any()
}

fn files_card(files: Vec<FileLine>, edits: bool) -> AnyView {
    let rows = files
        .into_iter()
        .map(|file| {
            let href = addresses::calendar_file(&file.id);
            let question = format!("Forget the calendar {}?", file.name);
            let action = edits.then(|| {
                view! {
                    <PostForm to=ForgetCalendarFile::PATH>
                        <input type="hidden" name="id" value=file.id.clone()/>
                        <ConfirmButton text="Forget" class="danger" question
                            consequence="Its events leave the calendar. The file can be uploaded again."/>
                    </PostForm>
                }
            });
            view! {
                <tr>
                    <th scope="row"><a href=href>{file.name}</a></th>
                    <td class="number">{format::count(file.events as i64)}</td>
                    <td>{file.location.unwrap_or_else(|| "everywhere".to_owned())}</td>
                    <td>{file.created_by}</td>
                    <td><time datetime=format::time_attribute(file.created_at)>{format::time(file.created_at)}</time></td>
                    <td>{action}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![("Calendar", ""), ("Events shown", "number"), ("Where", ""), ("By", ""), ("At", ""), ("", "")];
    let table = (!rows.is_empty()).then(|| view! { <Table caption="Calendar files in use" columns>{rows}</Table> });
    let upload = edits.then(|| {
        view! {
            <form method="post" action="/calendar/upload" enctype="multipart/form-data" class="form-row">
                <div class="field">
                    <label for="calendar-upload">"Calendar file (.ics)"</label>
                    <input id="calendar-upload" name="file" type="file" required=true accept=".ics,.ical,.ifb,text/calendar"/>
                    <p class="hint">"As calendar programs export it. You see first what it holds. A file of the same name replaces the one before."</p>
                </div>
                <Button text="Upload and look" class="primary"/>
            </form>
        }
    });
    view! { <Card title="Calendar files">{table}{upload}</Card> }.into_any()
}
