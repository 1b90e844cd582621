//! The REST API at /api/v1.
use crate::state::App;
use aisle_app::access::Access;
use axum::Router;
use axum::http::Method;
/// Routes.
pub(crate) const ROUTES: &[(Method, &str, Access)] = &[];
pub(crate) fn router() -> Router<App> {
    Router::new()
}
pub(crate) fn uploads() -> Router<App> {
    Router::new()
}
