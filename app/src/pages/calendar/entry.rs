//! Events of one's own: entered, changed, removed.

use super::kind_text;
use crate::access;
use crate::failure::Failure;
use crate::islands::confirm::ConfirmButton;
use crate::ports::CalendarDesk;
use crate::ports::calendar::EventForm;
use crate::ui::flash::leave;
use crate::ui::{Button, Field, PostForm, Select, format};
use aisle_domain::{HolidayKind, ShopEvent};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Enters an event; answers with its identifier.
#[server(name = EnterEvent, prefix = "/fn", endpoint = "enter_event")]
pub async fn enter_event(
    /// Its name.
    name: String,
    /// Its kind.
    kind: HolidayKind,
    /// First day.
    first: String,
    /// Last day, inclusive; the first where empty.
    #[server(default)]
    last: String,
    /// Where, by identifier; everywhere where empty.
    #[server(default)]
    location: String,
) -> Result<String, Failure> {
    let visitor = access::enter("enter_event")?;
    let event = EventForm { name, kind, first, last, location };
    let id = access::port::<dyn CalendarDesk>()?.enter(&visitor, event).await.map_err(access::failed)?;
    leave("The event is in the calendar.");
    Ok(id)
}

/// Changes an event.
#[server(name = ChangeEvent, prefix = "/fn", endpoint = "change_event")]
pub async fn change_event(
    /// Which.
    id: String,
    /// Its name.
    name: String,
    /// Its kind.
    kind: HolidayKind,
    /// First day.
    first: String,
    /// Last day, inclusive; the first where empty.
    #[server(default)]
    last: String,
    /// Where, by identifier; everywhere where empty.
    #[server(default)]
    location: String,
) -> Result<(), Failure> {
    let visitor = access::enter("change_event")?;
    let event = EventForm { name, kind, first, last, location };
    access::port::<dyn CalendarDesk>()?.change_event(&visitor, &id, event).await.map_err(access::failed)?;
    leave("The event is changed.");
    Ok(())
}

/// Removes an event.
#[server(name = RemoveEvent, prefix = "/fn", endpoint = "remove_event")]
pub async fn remove_event(
    /// Which.
    id: String,
) -> Result<(), Failure> {
    let visitor = access::enter("remove_event")?;
    access::port::<dyn CalendarDesk>()?.remove_event(&visitor, &id).await.map_err(access::failed)?;
    leave("The event has left the calendar.");
    Ok(())
}

/// Kinds that people enter.
const KINDS: [HolidayKind; 4] = [HolidayKind::Public, HolidayKind::Promotion, HolidayKind::Local, HolidayKind::Closure];

fn kinds() -> Vec<(String, String)> {
    KINDS.map(|kind| (kind.name().to_owned(), format::capital(kind_text(kind)))).to_vec()
}

fn places(locations: Vec<(String, String)>) -> Vec<(String, String)> {
    std::iter::once((String::new(), "Everywhere".to_owned())).chain(locations).collect()
}

/// The form for a new event.
#[component]
pub fn EntryForm(
    /// Locations, as (id, name).
    locations: Vec<(String, String)>,
) -> impl IntoView {
    view! {
        <PostForm to=EnterEvent::PATH class="form-row">
            <Field label="Name" name="name" required=true autocomplete="off" hint="The same every year: forecasts learn from it by its name."/>
            <Select label="Kind" name="kind" options=kinds() selected=HolidayKind::Promotion.name()
                hint="Closed: nothing is sold on these days, and nothing is forecast."/>
            <Field label="First day" name="first" kind="date" required=true/>
            <Field label="Last day" name="last" kind="date" hint="Empty: one day."/>
            <Select label="Where" name="location" options=places(locations)/>
            <Button text="Add" class="primary"/>
        </PostForm>
    }
    .into_any()
}

/// What can be done with one's own event.
#[component]
pub fn OwnEventActions(
    /// The event.
    told: ShopEvent,
    /// Locations, as (id, name).
    locations: Vec<(String, String)>,
) -> impl IntoView {
    let ShopEvent { event, kind, origin: id, .. } = told;
    let question = format!("Remove {} from the calendar?", event.name);
    let place = event.location.as_ref().map(ToString::to_string).unwrap_or_default();
    let (changed, removed) = (id.clone(), id.clone());
    let spoken = format!(" {} of {}", event.name, format::day(event.first));
    view! {
        <details class="row-edit">
            <summary>"Change"<span class="spoken">{spoken}</span></summary>
            <PostForm to=ChangeEvent::PATH>
                <input type="hidden" name="id" value=changed/>
                <Field label="Name" name="name" id=format!("name-{id}") value=event.name required=true autocomplete="off"/>
                <Select label="Kind" name="kind" id=format!("kind-{id}") options=kinds() selected=kind.name()/>
                <Field label="First day" name="first" id=format!("first-{id}") kind="date" value=event.first.to_string() required=true/>
                <Field label="Last day" name="last" id=format!("last-{id}") kind="date" value=event.last.to_string()/>
                <Select label="Where" name="location" id=format!("location-{id}") options=places(locations) selected=place/>
                <Button text="Save" class="primary"/>
            </PostForm>
            <PostForm to=RemoveEvent::PATH>
                <input type="hidden" name="id" value=removed/>
                <ConfirmButton text="Remove" class="danger" question consequence="Forecasts forget it from the next training on."/>
            </PostForm>
        </details>
    }
    .into_any()
}
