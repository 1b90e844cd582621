//! The calendar: events from every source, one's own to write, calendar files, the countries whose holidays count.

use super::Listing;
use super::extract::{At, Body, Params};
use crate::desks::calendar::LARGEST_FILE;
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::Visitor;
use aisle_app::ports::calendar::{CalendarDesk, CalendarQuery, EventForm};
use aisle_domain::{Day, EventSource, HolidayKind, Problem, ProblemCode, ShopEvent};
use aisle_store::calendar_files::{self, CalendarFile};
use aisle_store::own_events::{self, OwnEvent};
use axum::body::{Body as RawBody, to_bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One time that an event happens.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventDocument {
    /// Identifier of an event that was entered; absent for others, which are changed where they come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: String,
    /// public, observed, retail, season, closure, local or promotion.
    kind: String,
    /// First day, YYYY-MM-DD.
    first: String,
    /// Last day, inclusive.
    last: String,
    /// Where; everywhere where absent.
    location: Option<String>,
    /// data, own, file or country.
    source: String,
    /// Name of the calendar file, or code of the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

impl From<ShopEvent> for EventDocument {
    fn from(told: ShopEvent) -> Self {
        let own = told.source == EventSource::Own;
        let origin = Some(told.origin).filter(|origin| !origin.is_empty());
        Self {
            id: origin.clone().filter(|_| own),
            name: told.event.name,
            kind: told.kind.name().to_owned(),
            first: told.event.first.to_string(),
            last: told.event.last.to_string(),
            location: told.event.location.map(|location| location.to_string()),
            source: told.source.name().to_owned(),
            origin: origin.filter(|_| !own),
        }
    }
}

impl From<OwnEvent> for EventDocument {
    fn from(own: OwnEvent) -> Self {
        ShopEvent { event: own.event, kind: own.kind, source: EventSource::Own, origin: own.id }.into()
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    /// First day, YYYY-MM-DD; two months before the last sale where it is left out.
    from: Option<String>,
    /// Last day; a year after the first where it is left out, at most five.
    to: Option<String>,
    /// data, own, file or country.
    source: Option<String>,
    /// public, observed, retail, season, closure, local or promotion.
    kind: Option<String>,
    /// Only events that hold at this location.
    location: Option<String>,
}

fn day(field: &str, text: Option<&str>) -> Result<Option<Day>, Problem> {
    text.map(Day::parse).transpose().map_err(|error| failure::invalid(field, error.to_string()))
}

fn word<T>(field: &str, text: Option<&str>, read: fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
    let unknown = |text: &str| failure::invalid(field, format!("{text:?} is not known here; see the reference"));
    text.map(|text| read(text).ok_or_else(|| unknown(text))).transpose()
}

/// Events of the calendar, by first day.
#[utoipa::path(get, path = "/api/v1/events", tag = "calendar", params(EventsQuery),
    responses((status = 200, body = Listing<EventDocument>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<EventsQuery>,
) -> Result<Json<Listing<EventDocument>>, Answer> {
    let asked = CalendarQuery {
        first: day("from", query.from.as_deref())?,
        last: day("to", query.to.as_deref())?,
        source: word("source", query.source.as_deref(), EventSource::parse)?,
        kind: word("kind", query.kind.as_deref(), HolidayKind::parse)?,
        location: query.location,
    };
    let view = app.calendar(asked).await?;
    Ok(Json(Listing { rows: view.events.into_iter().map(EventDocument::from).collect(), next: None }))
}

/// An event to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEvent {
    /// The same every year: forecasts learn from it by its name. 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// public, promotion, local, or closure: nothing is sold on these days, and nothing is forecast.
    #[schema(pattern = "^(public|promotion|local|closure)$")]
    kind: String,
    /// First day, YYYY-MM-DD.
    first: String,
    /// Last day, inclusive; the first where it is left out.
    #[serde(default)]
    last: Option<String>,
    /// Identifier of a location; everywhere where it is left out.
    #[serde(default)]
    location: Option<String>,
}

impl NewEvent {
    fn form(self) -> Result<EventForm, Problem> {
        let kind = word("kind", Some(&self.kind), HolidayKind::parse)?.unwrap_or(HolidayKind::Local);
        let (last, location) = (self.last.unwrap_or_default(), self.location.unwrap_or_default());
        Ok(EventForm { name: self.name, kind, first: self.first, last, location })
    }
}

/// Enters an event.
#[utoipa::path(post, path = "/api/v1/events", tag = "calendar", request_body = NewEvent,
    responses((status = 201, body = EventDocument, headers(("location" = String, description = "Where the event is")))))]
pub(crate) async fn create(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Body(body): Body<NewEvent>,
) -> Result<Response, Answer> {
    let made = app.enter_event(&visitor.login, &body.form()?).await?;
    let location = [(header::LOCATION, format!("/api/v1/events/{}", made.id))];
    Ok((StatusCode::CREATED, location, Json(EventDocument::from(made))).into_response())
}

/// One event that was entered.
#[utoipa::path(get, path = "/api/v1/events/{id}", tag = "calendar",
    params(("id" = String, Path, description = "Identifier of the event")), responses((status = 200, body = EventDocument)))]
pub(crate) async fn one(State(app): State<App>, At(id): At<String>) -> Result<Json<EventDocument>, Answer> {
    Ok(Json(own_events::get(&app.store, &id).await.map_err(failure::store)?.into()))
}

/// Changes an event that was entered.
#[utoipa::path(put, path = "/api/v1/events/{id}", tag = "calendar", request_body = NewEvent,
    params(("id" = String, Path, description = "Identifier of the event")), responses((status = 200, body = EventDocument)))]
pub(crate) async fn change(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
    Body(body): Body<NewEvent>,
) -> Result<Json<EventDocument>, Answer> {
    Ok(Json(app.put_event(&visitor.login, &id, &body.form()?).await?.into()))
}

/// Removes an event that was entered.
#[utoipa::path(delete, path = "/api/v1/events/{id}", tag = "calendar",
    params(("id" = String, Path, description = "Identifier of the event")), responses((status = 204)))]
pub(crate) async fn remove(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
) -> Result<StatusCode, Answer> {
    app.remove_event(&visitor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A calendar file in use.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarDocument {
    name: String,
    /// SHA-256 of the file, hexadecimal.
    hash: String,
    /// Where its events hold; everywhere where absent.
    location: Option<String>,
    /// Names of its events that do not count.
    left_out: Vec<String>,
    created_by: String,
    /// Microseconds since 1970 UTC.
    created_at: i64,
}

impl From<CalendarFile> for CalendarDocument {
    fn from(file: CalendarFile) -> Self {
        Self {
            name: file.name,
            hash: file.hash,
            location: file.location.map(|location| location.to_string()),
            left_out: file.left_out,
            created_by: file.created_by,
            created_at: file.created_at,
        }
    }
}

/// Calendar files in use, by name.
#[utoipa::path(get, path = "/api/v1/calendars", tag = "calendar", responses((status = 200, body = Listing<CalendarDocument>)))]
pub(crate) async fn calendars(State(app): State<App>) -> Result<Json<Listing<CalendarDocument>>, Answer> {
    let files = calendar_files::in_use(&app.store).await.map_err(failure::store)?;
    Ok(Json(Listing { rows: files.into_iter().map(CalendarDocument::from).collect(), next: None }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceQuery {
    /// Identifier of the location that its events hold for; everywhere where it is left out.
    location: Option<String>,
}

/// Makes a calendar hold exactly what an iCalendar text (RFC 5545) holds; the same again changes nothing.
#[utoipa::path(put, path = "/api/v1/calendars/{name}", tag = "calendar",
    params(("name" = String, Path, description = "Name of the calendar"), PlaceQuery),
    request_body(content = String, content_type = "text/calendar"), responses((status = 200, body = CalendarDocument)))]
pub(crate) async fn put_calendar(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    At(name): At<String>,
    Params(query): Params<PlaceQuery>,
    body: RawBody,
) -> Result<Json<CalendarDocument>, Answer> {
    let too_large =
        || Problem::new(ProblemCode::TooLarge, format!("the calendar is larger than {LARGEST_FILE} bytes; split it"));
    let content = to_bytes(body, LARGEST_FILE).await.map_err(|_| too_large())?;
    let drafted = app.draft_calendar(&visitor.login, &name, &content).await?;
    let location = query.location.unwrap_or_default();
    let unchanged = drafted.active
        && drafted.left_out.is_empty()
        && drafted.location.as_ref().map_or("", |place| place.as_str()) == location;
    if !unchanged {
        app.use_calendar_file(&visitor, &drafted.id, None, &location).await?;
    }
    Ok(Json(calendar_files::named(&app.store, &drafted.name).await.map_err(failure::store)?.into()))
}

/// Forgets a calendar and its events.
#[utoipa::path(delete, path = "/api/v1/calendars/{name}", tag = "calendar",
    params(("name" = String, Path, description = "Name of the calendar")), responses((status = 204)))]
pub(crate) async fn delete_calendar(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    At(name): At<String>,
) -> Result<StatusCode, Answer> {
    let file = calendar_files::named(&app.store, &name).await.map_err(failure::store)?;
    app.forget_calendar_file(&visitor, &file.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose holidays count.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountriesDocument {
    /// Codes of the countries and regions that count for the whole shop.
    chosen: Vec<String>,
    /// Every country and region whose holidays are known.
    known: Vec<CountryDocument>,
}

/// A country or region.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountryDocument {
    /// ISO 3166: `DE`, `DE-BY`.
    code: String,
    name: String,
}

/// Countries that can be chosen, and those that are.
#[utoipa::path(get, path = "/api/v1/countries", tag = "calendar", responses((status = 200, body = CountriesDocument)))]
pub(crate) async fn countries(State(app): State<App>) -> Result<Json<CountriesDocument>, Answer> {
    let view = CalendarDesk::countries(&*app).await?;
    let known = view.known.into_iter().map(|(code, name)| CountryDocument { code, name }).collect();
    Ok(Json(CountriesDocument { chosen: view.chosen, known }))
}

/// Which countries are to count.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenCountries {
    /// Codes such as US or DE-BY; none: the data's events alone.
    chosen: Vec<String>,
}

/// Chooses the countries whose holidays count, from the next training on.
#[utoipa::path(put, path = "/api/v1/countries", tag = "calendar", request_body = ChosenCountries,
    responses((status = 200, body = CountriesDocument)))]
pub(crate) async fn choose_countries(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Body(body): Body<ChosenCountries>,
) -> Result<Json<CountriesDocument>, Answer> {
    app.choose_countries(&visitor, body.chosen).await?;
    countries(State(app)).await
}
