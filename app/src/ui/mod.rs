//! Primitives of the dashboard on semantic HTML: without state, readable without JavaScript.
//!
//! | module | what for |
//! |---|---|
//! | [`format`](mod@format) | numbers, money, shares, times as text, the same on both sides |
//! | [`figures`] | change, sparkline, progress, badge |
//! | [`state`] | empty and failed; `loaded` waits for what a page shows |
//! | [`icon`](mod@icon) | icons |
//! | [`unit`] | what the figures of a series count |
//! | `layout` | page header, card, tabs, facts (server) |
//! | `form` | form, field, select, checkbox, button (server) |
//! | `table` | a table that scrolls within itself, pager (server) |
//! | `tile` | a key figure (server) |
//! | `chart` | a chart with its text alternative (server) |
//! | `refused` | what was typed into a form that was refused (server) |
//! | `flash` | what a form did, carried over the redirect that follows it (server) |

pub mod figures;
pub mod format;
pub mod icon;
pub mod state;
pub mod unit;

#[cfg(feature = "ssr")]
pub mod chart;
#[cfg(feature = "ssr")]
pub mod flash;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod layout;
#[cfg(feature = "ssr")]
pub mod refused;
#[cfg(feature = "ssr")]
pub mod table;
#[cfg(feature = "ssr")]
pub mod tile;

pub use figures::{Badge, Delta, ProgressBar, Sparkline, Tone};
pub use state::{EmptyState, ErrorState};
pub use unit::Unit;

#[cfg(feature = "ssr")]
pub use {
    chart::Chart,
    flash::Flash,
    form::{Button, Checkbox, Field, PostForm, Select},
    layout::{Card, Facts, PageHeader, Tabs},
    state::loaded,
    table::{Pager, Table},
    tile::Tile,
};
