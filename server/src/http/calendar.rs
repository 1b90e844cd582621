//! Calendar files that arrive by a form, and the impact of holidays that leaves as a table.

use super::{exports, guard};
use crate::desks::calendar::LARGEST_FILE;
use crate::desks::impact::{measured, unit_name};
use crate::desks::series::quoted;
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::{ImpactDesk, Visitor};
use aisle_domain::{Problem, ProblemCode};
use aisle_engine::impact::{HolidayImpact, ImpactUnit};
use axum::Extension;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};

/// POST /calendar/upload: a calendar file becomes a draft; leads to its page.
pub(crate) async fn upload(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let taken = match form {
        Ok(form) => take(&app, &visitor, form).await,
        Err(error) => Err(Problem::new(ProblemCode::UnsupportedMediaType, error.body_text())),
    };
    match taken {
        Ok(id) => Redirect::to(&aisle_app::addresses::calendar_file(&id)).into_response(),
        Err(problem) if guard::wants_page(&axum::http::Method::POST, &headers) => guard::plain_page(&problem),
        Err(problem) => Answer(problem).into_response(),
    }
}

async fn take(app: &App, visitor: &Visitor, mut form: Multipart) -> Result<String, Problem> {
    let unreadable = |error: axum::extract::multipart::MultipartError| {
        let detail = format!("the upload broke off, or is larger than {LARGEST_FILE} bytes: {error}");
        Problem::new(ProblemCode::BadRequest, detail)
    };
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let Some(file) = field.file_name().map(str::to_owned).filter(|name| !name.is_empty()) else { continue };
        let content = field.bytes().await.map_err(unreadable)?;
        let name = calendar_name(&file);
        return Ok(app.draft_calendar(&visitor.login, &name, &content).await?.id);
    }
    Err(failure::invalid("file", "no file came with the form; choose a calendar file (.ics)"))
}

/// A file's name without folders and ending.
fn calendar_name(file: &str) -> String {
    let last = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(150).collect();
    let ending = [".ics", ".ical", ".ifb"].into_iter().find(|ending| plain.to_lowercase().ends_with(ending));
    let kept = ending.and_then(|ending| plain.get(..plain.len() - ending.len())).unwrap_or(&plain).trim();
    if kept.is_empty() { "calendar".to_owned() } else { kept.to_owned() }
}

/// GET /impact.csv?measure=&event=: every unit of an event, or of every event.
pub(crate) async fn impact_csv(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    match csv(&app, &query.unwrap_or_default()).await {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"impact.csv\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, text).into_response()
        }
        Err(problem) => Answer(problem).into_response(),
    }
}

async fn csv(app: &App, query: &str) -> Result<String, Problem> {
    let board = app.board().await?;
    let measure = measured(&board, exports::measure(query)?)?;
    let mut events: Vec<String> = exports::values(query, "event").filter(|event| !event.is_empty()).collect();
    if events.is_empty() {
        events = app
            .impacts(Some(measure).filter(|_| !board.sheets.is_empty()))
            .await?
            .impacts
            .into_iter()
            .map(|impact| impact.event)
            .collect();
    }
    let mut text = "event,kind,level,unit,name,uplift_share,share_low,share_high,uplift,uplift_low,uplift_high,times,\
        next,next_expected,next_uplift,next_low,next_high\n"
        .to_owned();
    for event in events {
        let impact = app.whole_impact(measure, &event).await?;
        lines(&mut text, &impact, |unit| unit_name(&board, unit));
    }
    Ok(text)
}

fn lines(text: &mut String, impact: &HolidayImpact, name: impl Fn(&ImpactUnit) -> String) {
    for unit in &impact.units {
        let (level, id) = match &unit.unit {
            ImpactUnit::Total => ("total", String::new()),
            ImpactUnit::Group(name) => ("group", name.clone()),
            ImpactUnit::Location(name) => ("location", name.clone()),
            ImpactUnit::Item(name) => ("item", name.clone()),
            ImpactUnit::Series(key) => ("series", key.to_string()),
        };
        let mut cells = vec![
            quoted(&impact.event),
            impact.kind.name().to_owned(),
            level.to_owned(),
            quoted(&id),
            quoted(&name(&unit.unit)),
        ];
        cells.extend([unit.relative.value, unit.relative.low, unit.relative.high].map(|share| format!("{share:.4}")));
        cells.extend([unit.absolute.value, unit.absolute.low, unit.absolute.high].map(|amount| format!("{amount:.2}")));
        cells.push(unit.occurrences.len().to_string());
        match &unit.next {
            None => cells.extend(std::iter::repeat_n(String::new(), 5)),
            Some(next) => {
                cells.push(next.first.to_string());
                let amounts = [next.expected, next.uplift.value, next.uplift.low, next.uplift.high];
                cells.extend(amounts.map(|amount| format!("{amount:.2}")));
            }
        }
        text.push_str(&cells.join(","));
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_called_after_its_file() {
        assert_eq!(calendar_name("C:\\exports\\School terms.ics"), "School terms");
        assert_eq!(calendar_name("fairs.ICS"), "fairs");
        assert_eq!(calendar_name(".ics"), "calendar");
        assert_eq!(calendar_name("plain"), "plain");
    }
}
