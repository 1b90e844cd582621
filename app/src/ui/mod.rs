//! Primitives of the dashboard on semantic HTML: small, without state where possible, readable without JavaScript.
//!
//! | module | what for |
//! |---|---|
//! | [`format`](mod@format) | numbers, money, shares, times as text, the same on both sides |
//! | [`layout`] | page header, card, tabs, facts |
//! | [`figures`] | tile, change, sparkline, progress, badge |
//! | [`form`] | field, select, checkbox, button |
//! | [`table`] | a table that scrolls within itself, pager |
//! | [`state`] | loading, empty, failed; [`loaded`] and [`outcome`] put a resource and an action into them |
//! | [`dialog`] | a modal dialog |
//! | [`chart`](mod@chart) | a chart: SVG from the server, interactive in the browser, with its text alternative |
//! | [`flash`] | what an action did, carried over the redirect of a form without JavaScript |

pub mod chart;
pub mod dialog;
pub mod figures;
pub mod flash;
pub mod form;
pub mod format;
pub mod icon;
pub mod layout;
pub mod state;
pub mod table;

pub use chart::Chart;
pub use dialog::Dialog;
pub use figures::{Badge, Delta, ProgressBar, Sparkline, Tile, Tone};
pub use flash::Flash;
pub use form::{Button, Checkbox, Field, Select, TextArea};
pub use layout::{Card, Facts, PageHeader, Tabs};
pub use state::{EmptyState, ErrorState, Loading, loaded, outcome, outcome_quiet};
pub use table::{Pager, Table};
