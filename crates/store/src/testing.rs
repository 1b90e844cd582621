//! PostgreSQL for tests.
/// A server of its own.
#[derive(Debug)]
pub struct Postgres {}
impl Postgres {
    /// Starts a server on a free port; `None` where PostgreSQL is missing and CI is not set.
    pub fn start() -> Option<Self> {
        todo!()
    }
    /// Address of a fresh, empty database.
    pub async fn fresh_database(&self) -> String {
        todo!()
    }
}
