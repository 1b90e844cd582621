//! What reacts in the browser. The server renders islands with the page; the browser takes each over where it stands, with
//! the properties that the server wrote beside it. Without JavaScript every island is the plain form or text it looks like.
//!
//! | island | what it does |
//! |---|---|
//! | [`search`] | the search dialog (Ctrl K) |
//! | [`theme`] | light and dark at once |
//! | [`submit`] | sends a form when a choice in it changes |
//! | [`confirm`] | asks before a form is sent |
//! | [`copy`] | copies a text |
//! | [`progress`] | how far a job or import is |
//! | [`upload`] | files dropped, bytes counted |
//! | [`chart`](mod@chart) | charts that answer to the pointer |
//! | [`series`] | the grid of series |
//! | [`what_if`] | scenarios of one series, scored in the browser |
//!
//! Properties are small and hold data of [`crate::ports`], never views. Browser interfaces are used in handlers and effects
//! only: the body of an island runs on the server, too.

pub mod chart;
pub mod confirm;
pub mod copy;
pub mod dialog;
pub mod progress;
pub mod search;
pub mod sent;
pub mod series;
pub mod submit;
pub mod theme;
pub mod upload;
pub mod what_if;
