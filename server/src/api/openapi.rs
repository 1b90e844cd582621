//! The OpenAPI 3.1 document.

use super::{backtests, catalogue, events, forecasts, impact, imports, jobs, models, monitoring, overrides, sales};
use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

#[derive(OpenApi)]
#[openapi(
    info(title = "Aisle", description = "A shop's data in sync, forecast, explained. Lists are pages in keyset order: pass `next` as `after`. \
        Answers carry an ETag. What fails answers as a problem document (RFC 9457) with a stable `code`."),
    paths(
        jobs::health, catalogue::items, catalogue::item, catalogue::locations, catalogue::location, sales::sales, sales::series,
        sales::one_series, forecasts::totals, forecasts::one, imports::list, imports::upload, imports::one, imports::previews,
        imports::start, imports::dead_letters, imports::tables, backtests::list, backtests::start, backtests::one,
        models::list, models::promote, monitoring::monitoring, monitoring::decisions, monitoring::roll_back,
        overrides::list, overrides::make, overrides::preview, overrides::one, overrides::withdraw,
        events::list, events::create, events::one, events::change, events::remove, events::calendars,
        events::put_calendar, events::delete_calendar, events::countries, events::choose_countries,
        impact::list, impact::one, jobs::jobs, jobs::start, jobs::job, jobs::cancel
    ),
    components(schemas(ProblemDocument)),
    modifiers(&Everywhere)
)]
struct Document;

/// A problem document (RFC 9457).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `failure::Answer` writes")]
struct ProblemDocument {
    /// urn:aisle:problem: and the code.
    r#type: String,
    /// The same for every problem of this code.
    title: String,
    /// The HTTP status.
    status: u16,
    /// Stable: match on it.
    code: String,
    /// What happened, where, and what to do.
    detail: String,
    /// Finds the log lines of an internal problem.
    instance: Option<String>,
    /// The field or parameter at fault.
    field: Option<String>,
}

/// What holds for every operation: a key is asked, and any of the problems may come.
struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("aisle_…").build();
        if let Some(components) = document.components.as_mut() {
            components.add_security_scheme("key", SecurityScheme::Http(key));
        }
        document.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
        let problems = [
            ("304", "You have it already"),
            ("400", "The request could not be read"),
            ("401", "Sign in, or send a key"),
            ("403", "Not allowed"),
            ("404", "There is no such thing"),
            ("405", "This method is not offered here"),
            ("409", "This does not fit the present state"),
            ("413", "Larger than the limit"),
            ("415", "This kind of content is not read here"),
            ("422", "A value is not valid"),
            ("429", "Too many requests"),
            ("500", "Something failed on our side"),
            ("503", "Not available right now"),
        ];
        for item in document.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                for (status, description) in problems {
                    let mut response = ResponseBuilder::new().description(description);
                    if status != "304" {
                        let schema = RefOr::Ref(Ref::from_schema_name("ProblemDocument"));
                        response = response
                            .content("application/problem+json", ContentBuilder::new().schema(Some(schema)).build());
                    }
                    let known = &mut operation.responses.responses;
                    known.entry(status.to_owned()).or_insert_with(|| RefOr::T(response.build()));
                }
            }
        }
    }
}

/// The document.
pub(crate) fn specification() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// GET /api/v1/openapi.json
pub(crate) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(specification())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_and_the_table_of_routes_name_the_same() {
        let document = specification();
        let mut described: Vec<(String, &str)> = Vec::new();
        for (path, item) in &document.paths.paths {
            let operations = [(&item.get, "GET"), (&item.post, "POST"), (&item.put, "PUT"), (&item.delete, "DELETE")];
            let there = operations.into_iter().filter(|(operation, _)| operation.is_some());
            described.extend(there.map(|(_, method)| (path.clone(), method)));
        }
        let mut routed: Vec<(String, &str)> = crate::api::ROUTES
            .iter()
            .filter(|(_, path, _)| *path != "/api/v1/openapi.json")
            .map(|(method, path, _)| ((*path).to_owned(), method.as_str()))
            .collect();
        described.sort();
        routed.sort();
        assert_eq!(described, routed);
    }
}
